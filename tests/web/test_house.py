"""The house rules of the pages, held for every route, every template and every link there is."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import factory
from tests.web.browser import Browser, Page
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from web import guard, static_files

SignIn = Callable[[str], Browser]
TEMPLATES = sorted((Path(guard.__file__).parent / "templates").glob("*.html"))
#: Views that strangers may ask for, each with its reason to be public.
PUBLIC = {
    "mailbox.mailbox", "mailbox.mail", "mailbox.page",
    "signin.sign_in", "signin.begin", "signin.leave", "signin.back",  # where one becomes somebody
    "verification.look_up", "verification.award", "verification.signed",  # anyone may check
    "checking.ask", "checking.check",  # and any file
    "verification.did_document", "verification.status_list",  # what a verifier reads
    "named.verify", "named.achieved", "named.part_of_it", "named.unit",  # what awards name
    "taking.published", "taking.image_svg", "taking.image_png",  # what learners publish
    "meetings.agenda",  # sunshine: anyone may read what will be decided
    "minutes.read", "minutes.sheet",  # and what was, by name
    "ops.healthz", "ops.readyz", "static_files.asset",
}  # fmt: skip
WORDS = {"mail": "00000000-0000-0000-0000-000000000001",
         "case": "MC-1", "trigger": "submit", "part": "title", "number": "1", "version": "1",
         "name": "x.css", "unit": "libraries",
         "delegation": "d", "form": "csv", "file": "badge.png", "kind": "minutes"}  # fmt: skip


def _paths(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: WORDS[found[1]], rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


def test_every_route_asks_who_or_is_listed_as_public(app: Flask) -> None:
    open_views = {name for name, view in app.view_functions.items() if guard.is_public(view)}
    assert open_views == PUBLIC
    for endpoint, method, path in _paths(app):
        answer = app.test_client().open(path, method=method)
        asks = answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", "")
        assert asks == (endpoint not in PUBLIC), (endpoint, method, answer.status_code)


def test_no_post_is_taken_without_the_token_of_its_session(app: Flask, sign_in: SignIn) -> None:
    rowan, noor = sign_in(factory.PROPOSER), sign_in(factory.UNIT_HEAD)
    noor.get("/work")
    foreign = noor.page.fields["csrf"]  # type: ignore[union-attr]
    posts = [
        path
        for endpoint, method, path in _paths(app)
        if method == "POST" and endpoint not in PUBLIC
    ]
    assert len(posts) >= 5
    for path in posts:
        for token in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": foreign}):
            assert rowan.client.post(path, data=token).status_code == 403, path


def test_every_class_a_template_names_is_styled() -> None:
    styled = set(
        re.findall(r"\.([a-z][a-z0-9-]*)", (static_files.FOLDER / "conferral.css").read_text())
    )
    for template in TEMPLATES:
        for found in re.findall(r'class="([^"]*)"', re.sub(r"{#.*?#}", "", template.read_text())):
            plain = re.sub(r"{%.*?%}|{{.*?}}|is-$", " ", found)
            unknown = {name for name in plain.split() if not name.endswith("-")} - styled
            assert not unknown, (template.name, unknown)


def test_no_page_carries_script_or_style_of_its_own() -> None:
    for template in TEMPLATES:
        text = template.read_text()
        ours = text.replace("<script src=\"{{ asset_url('conferral.js') }}\" defer></script>", "")
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", ours), (
            template.name
        )


def test_no_colour_is_named_outside_the_tokens() -> None:
    text = (static_files.FOLDER / "conferral.css").read_text()
    without_code_ground = text.replace(
        ".qr { inline-size: 6rem; background: #fff; color: #000;", ""
    )
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", without_code_ground)


@pytest.fixture
def lived_in(awards: Awards, play: Play) -> list[str]:
    """A case in most states, so that most of what a page can show is shown."""
    credential = awards.badge()
    awards.issued(credential)
    awards.to_verify(credential, factory.OTHER_LEARNER)
    awards.submit(awards.claimed(credential, factory.GUEST_LEARNER), learner=factory.GUEST_LEARNER)
    returned = play.consulted(title="Returned")
    play.do("return_for_revision", factory.ASA_OFFICER, returned,
            changes=[{"field": "title", "asks": "Say which data."}])  # fmt: skip
    routed = play.routed(title="Routed")
    item = play.voting(play.items(routed)["ugc"], "ugc")
    play.vote(item, "ugc", "yyn")
    play.draft(title="Draft")
    play.approved(title="Approved")
    declined = play.submitted(title="Declined")
    play.do("decline", factory.ASA_OFFICER, declined, code="other", rationale="Not now.")
    gone = play.submitted(title="Withdrawn")
    play.do("withdraw", factory.PROPOSER, gone)
    play.follow()
    return [credential, returned, routed, item]


@pytest.mark.parametrize(
    "person",
    [factory.PROPOSER, factory.ASA_OFFICER, factory.ASSESSOR, factory.LEARNER, factory.REGISTRAR,
     factory.GUEST_LEARNER, factory.COMMITTEES["ugc"][0]],
)  # fmt: skip
def test_every_link_leads_somewhere(sign_in: SignIn, lived_in: list[str], person: str) -> None:
    browser = sign_in(person)
    seen: set[str] = set()
    waiting = ["/work", "/cases", "/credentials", f"/cases/{lived_in[0]}"]
    while waiting:
        link = waiting.pop()
        path, _, anchor = link.partition("#")
        if path in seen:
            continue
        seen.add(path)
        answer = browser.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (person, link, answer.status_code)
        if answer.mimetype != "text/html":
            continue
        page = Page(answer)
        _sound(page, link)
        assert not anchor or anchor in page.ids, link
        local = [one for one in page.links if not one.startswith(("mailto:", "http"))]
        assert all(one.partition("#")[2] in page.ids for one in local if one.startswith("#")), link
        waiting += [one for one in local if not one.startswith("#") and one != "/sign-out"]
    assert len(seen) > 8


def _sound(page: Page, link: str) -> None:
    twice = {one for one in page.ids if page.ids.count(one) > 1}
    assert not twice, (link, twice)
    assert page.tags.count("h1") == 1, link
    assert not {"style", "onclick"} & page.attributes, link
    assert "None" not in page.text.split(), (link, "a value that is not there is shown")
    assert "Undefined" not in page.text, link
