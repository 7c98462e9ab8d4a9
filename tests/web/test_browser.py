"""In a real Chromium: without script, by keyboard alone, in light and dark, on a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests import factory
from tests.web.chromium import chromium, needed, sign_in_there
from tests.workflow.award_play import Awards
from tests.workflow.play import Play

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

__all__ = ["chromium"]
pytestmark = needed


def test_a_proposer_begins_a_draft_without_script(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in_there(page, site, factory.PROPOSER)
    page.get_by_role("link", name="Start a proposal").click()
    page.get_by_label("Unit").select_option(factory.UNIT)
    page.get_by_role("button", name="Start a proposal").click()
    page.get_by_role("link", name="Title, unit and contact").click()
    page.get_by_label("Title", exact=True).fill("Data Storytelling")
    page.get_by_role("button", name="Save and continue").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Purpose and audience"
    page.goto(f"{site}/proposals/MC-1/edit/outcomes")
    page.get_by_role("button", name="Add a competency").click()
    page.get_by_label("Competency 1: What can the learner do?").fill("Tells an honest story.")
    page.get_by_role("group", name="Competency 1", exact=True).get_by_label("Skill").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.goto(f"{site}/cases/MC-1")
    page.get_by_text("Competencies and outcomes").click()
    assert page.get_by_text("Tells an honest story.").is_visible()
    context.close()


def test_a_head_endorses_by_keyboard_alone(chromium: Browser, site: str, play: Play) -> None:
    case = play.draft()
    play.do("ask_endorsement", factory.PROPOSER, case)
    context = chromium.new_context()
    page = context.new_page()
    sign_in_there(page, site, factory.UNIT_HEAD)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    _tab_to(page, "Start with the most urgent")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case}")
    _tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/act/endorse")
    _tab_to(page, "Endorse")
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=*")
    assert page.get_by_role("status").inner_text().startswith("You endorsed it.")
    context.close()


def _tab_to(page: Page, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == words:
            return
    raise AssertionError(f"The keyboard does not reach {words!r}.")


@pytest.fixture
def pages(awards: Awards, play: Play) -> list[tuple[str, str]]:
    """(person or "", path) of every kind of page there is, on cases that have moved."""
    credential = awards.badge()
    issued = awards.issued(credential)
    assessed = awards.claimed(credential, factory.OTHER_LEARNER)
    returned = play.consulted(title="Returned")
    play.do("return_for_revision", factory.ASA_OFFICER, returned,
            changes=[{"field": "title", "asks": "Say which data."}])  # fmt: skip
    item = play.voting(play.items(play.routed(title="Routed"))["ugc"], "ugc")
    draft = play.draft(title="Draft")
    (number,) = awards.row("SELECT credential_id FROM award WHERE case_id = %s", issued)
    public = f"/v/{str(number).removeprefix('urn:uuid:')}"
    rowan, ida, member = factory.PROPOSER, factory.ASA_OFFICER, factory.COMMITTEES["ugc"][3]
    leo, mira = factory.LEARNER, factory.OTHER_LEARNER
    return [
        ("", "/sign-in"), ("", public), ("", "/v/none"), ("", f"/achievements/{credential}/v1"),
        (rowan, "/work"), (rowan, "/cases?machine=proposal"), (rowan, f"/cases/{returned}"),
        (rowan, f"/cases/{draft}"), (rowan, "/cases/MC-99"), (rowan, "/proposals/new"),
        (rowan, f"/cases/{draft}/act/withdraw"), (rowan, f"/proposals/{draft}/edit"),
        *((rowan, f"/proposals/{draft}/edit/{part}")
          for part in ("title", "purpose", "basis", "outcomes", "routing", "value", "reflection")),
        (ida, "/work"), (ida, f"/cases/{issued}"), (member, f"/cases/{item}"),
        (member, f"/cases/{item}/act/cast_vote"), (leo, "/work"), (leo, "/credentials"),
        (mira, f"/cases/{assessed}"), (mira, f"/cases/{assessed}/act/submit_evidence"),
        (leo, f"/cases/{credential}"), (leo, f"/credentials/{credential}/claim"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "width", "each"),
    [
        ("light", 1280, 4),  # a sample of the kinds of pages; all of them in the long run
        pytest.param("light", 1280, 1, marks=pytest.mark.long),
        pytest.param("dark", 1280, 1, marks=pytest.mark.long),
        pytest.param("light", 320, 1, marks=pytest.mark.long),
    ],
)
def test_no_page_shuts_anyone_out(
    chromium: Browser, site: str, pages: list[tuple[str, str]], *, scheme: str, width: int,
    each: int,
) -> None:  # fmt: skip
    contexts: dict[str, BrowserContext] = {}
    for person, path in pages[::each]:
        if person not in contexts:
            contexts[person] = chromium.new_context(
                color_scheme=scheme,
                viewport={"width": width, "height": 900},  # type: ignore[arg-type]
            )
            if person:
                sign_in_there(contexts[person].new_page(), site, person)
        _accessible(contexts[person].new_page(), site + path, scheme)
    for context in contexts.values():
        context.close()


def _accessible(page: Page, address: str, scheme: str) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide), f"{address} scrolls sideways"
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, (address, scheme, [(v["id"], v["nodes"][0]["html"]) for v in found])
    assert not [words for words in wrong if "404" not in words], (address, wrong)
    page.close()


def test_a_refused_form_leads_by_its_links_to_each_field(
    chromium: Browser, site: str, play: Play
) -> None:
    case = play.submitted()
    context = chromium.new_context()
    page = context.new_page()
    sign_in_there(page, site, factory.ASA_OFFICER)
    page.goto(f"{site}/cases/{case}/act/record_consultation")
    page.get_by_label("What was discussed").fill("Scope and rigor.")
    page.get_by_role("button", name="Record the consultation").click()
    alert = page.get_by_role("alert")
    assert alert.get_by_role("heading").inner_text() == "5 things to fix on this page"
    alert.get_by_role("link", name="Level of rigor agreed").click()
    assert page.locator(":focus").get_attribute("id") == "f-rigor"
    assert page.get_by_label("What was discussed").input_value() == "Scope and rigor."
    assert not Axe().run(page, options=RULES).response["violations"]
    context.close()
