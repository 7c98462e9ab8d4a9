"""What the script adds for whoever has one: saving as one leaves a field, keys, nothing lost."""

import re

from playwright.sync_api import Page, expect

from tests import factory
from tests.web.chromium import chromium, needed, page, sign_in_there
from tests.workflow.play import Play

__all__ = ["chromium", "page"]
pytestmark = needed


def test_a_field_is_saved_as_one_leaves_it_and_says_so_beside_it(
    page: Page, site: str, play: Play
) -> None:
    case = play.do("open", factory.PROPOSER, unit=factory.UNIT).case
    sign_in_there(page, site, factory.PROPOSER)
    page.goto(f"{site}/proposals/{case}/edit/title")
    page.fill("#f-title", "Data Storytelling")
    page.locator("#f-title").blur()
    expect(page.locator(".ask", has=page.locator("#f-title")).locator("[data-note]")).to_have_text(
        re.compile(r"Saved today at \d\d:\d\d")
    )
    page.fill("#f-title", "x" * 300)
    page.locator("#f-title").blur()
    expect(page.locator("[data-note]").first).to_contain_text("Not saved. ")
    page.reload()
    expect(page.locator("#f-title")).to_have_value("x" * 300)
    expect(page.get_by_text("What you typed before is here again.")).to_be_visible()


def test_j_and_k_move_through_what_waits_and_a_question_mark_tells_the_keys(
    page: Page, site: str, play: Play
) -> None:
    for title in ("One", "Two"):
        play.draft(title=title)
    sign_in_there(page, site, factory.PROPOSER)
    page.goto(f"{site}/work")
    titles = page.locator(".inbox h3 a")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("One|Two"))


def test_whoever_is_idle_is_asked_before_the_session_ends_and_can_stay(
    page: Page, site: str
) -> None:
    page.clock.install()
    sign_in_there(page, site, factory.PROPOSER)
    page.goto(f"{site}/work")
    page.clock.run_for("54:00")
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.run_for("01:30")
    expect(page.locator("#idle")).to_contain_text("You will be signed out in 5 minutes")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#idle")).to_be_hidden()
