"""What a learner takes along, who else gets it, and what a shared link shows."""

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from credentials.bake import extract
from credentials.png import chunks, size
from tests.credentials.test_certificate import words
from tests.factory import ASA_OFFICER, LEARNER, OTHER_LEARNER
from tests.web.browser import Browser, Page
from tests.workflow.award_play import COMPETENCIES, OUTCOMES, Awards

SignIn = Callable[[str], Browser]
FILES = {
    "award.json": "application/ld+json", "badge.png": "image/png",
    "certificate.pdf": "application/pdf", "card.png": "image/png",
}  # fmt: skip


@pytest.fixture
def case(awards: Awards) -> str:
    """An award that was issued to the sample learner."""
    return awards.issued(awards.badge())


def number_of(awards: Awards, case: str) -> str:
    (found,) = awards.row("SELECT credential_id FROM award WHERE case_id = %s", case)
    return str(found).removeprefix("urn:uuid:")


def signed(awards: Awards, case: str) -> bytes:
    (body,) = awards.row("SELECT body FROM signed_credential WHERE case_id = %s", case)
    return bytes(body)  # type: ignore[call-overload, no-any-return]


def publish(awards: Awards, case: str, *, name_shown: bool = True) -> None:
    awards.do("publish", LEARNER, case, name_shown=name_shown)


def test_the_learner_has_every_file_before_anything_is_published(
    sign_in: SignIn, case: str
) -> None:
    browser = sign_in(LEARNER)
    for file, mimetype in FILES.items():
        answer = browser.get(f"/cases/{case}/files/{file}")
        assert answer.status_code == 200
        assert answer.mimetype == mimetype
        assert "data-storytelling" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
    for file in ("record.json", "nothing.txt"):
        assert browser.get(f"/cases/{case}/files/{file}").status_code == 404


def test_the_signed_file_and_the_picture_hold_the_very_bytes(
    sign_in: SignIn, awards: Awards, case: str
) -> None:
    browser = sign_in(LEARNER)
    assert browser.get(f"/cases/{case}/files/award.json").data == signed(awards, case)
    picture = browser.get(f"/cases/{case}/files/badge.png").data
    assert extract(picture) == signed(awards, case)
    assert size(chunks(picture)) == (600, 600)


def test_the_sheet_names_the_learner_and_leads_to_the_page(
    sign_in: SignIn, awards: Awards, case: str
) -> None:
    said = words(sign_in(LEARNER).get(f"/cases/{case}/files/certificate.pdf").data)
    assert "Leo" in said
    assert f"localhost/v/{number_of(awards, case)}" in said


def test_nobody_else_gets_a_learners_files(sign_in: SignIn, case: str) -> None:
    for browser in (sign_in(OTHER_LEARNER), sign_in(ASA_OFFICER)):
        for file in (*FILES, "record.json"):
            assert browser.get(f"/cases/{case}/files/{file}").status_code == 404


def test_what_has_not_been_issued_has_no_files(sign_in: SignIn, awards: Awards) -> None:
    waiting = awards.to_verify(awards.badge())
    assert sign_in(LEARNER).get(f"/cases/{waiting}/files/award.json").status_code == 404
    assert "Take it along" not in Page(sign_in(LEARNER).get(f"/cases/{waiting}")).text


def test_strangers_get_no_file_before_it_is_published_nor_once_it_is_taken_down(
    stranger: Browser, awards: Awards, case: str
) -> None:
    number = number_of(awards, case)
    for change in (None, "unpublish"):
        if change:
            awards.do(change, LEARNER, case)
        for file in (*FILES, "record.json"):
            for asked in (number, f"{number[:-1]}0", "!!"):
                assert stranger.get(f"/v/{asked}/{file}").status_code == 404


def test_what_is_published_is_handed_out_with_the_name_only_where_it_is_shown(
    stranger: Browser, awards: Awards, case: str
) -> None:
    number = number_of(awards, case)
    publish(awards, case, name_shown=False)
    nameless = words(stranger.get(f"/v/{number}/certificate.pdf").data)
    publish(awards, case)
    named = words(stranger.get(f"/v/{number}/certificate.pdf").data)
    assert "Leo" not in nameless
    assert "The holder of this award" in nameless
    assert "Leo" in named
    assert extract(stranger.get(f"/v/{number}/badge.png").data) == signed(awards, case)
    card = stranger.get(f"/v/{number}/card.png")
    assert size(chunks(card.data)) == (1200, 630)
    assert card.headers["X-Robots-Tag"] == "noindex"


def test_a_shared_link_shows_a_card_only_where_the_learner_publishes(
    stranger: Browser, awards: Awards, case: str
) -> None:
    number = number_of(awards, case)
    assert "og:" not in stranger.get(f"/v/{number}").get_data(as_text=True)
    publish(awards, case)
    page = stranger.get(f"/v/{number}").get_data(as_text=True)
    said = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', page))
    assert said["og:url"] == f"http://localhost/v/{number}"
    assert said["og:image"] == f"http://localhost/v/{number}/card.png"
    assert said["og:title"] == "Data Storytelling, digital badge"
    assert "Leo" in said["og:description"]
    publish(awards, case, name_shown=False)
    assert "The holder earned" in stranger.get(f"/v/{number}").get_data(as_text=True)


def test_the_page_of_an_award_says_what_each_file_is_for(
    sign_in: SignIn, awards: Awards, case: str
) -> None:
    browser = sign_in(LEARNER)
    before = Page(browser.get(f"/cases/{case}"))
    assert "always send the link or the file too" in before.text
    assert "Publish the award first" in before.text
    assert not [link for link in before.links if "record.json" in link]
    publish(awards, case)
    links = Page(browser.get(f"/cases/{case}")).links
    (link,) = [link for link in links if "linkedin" in link]
    asked = parse_qs(urlsplit(link).query)
    assert asked["startTask"] == ["CERTIFICATION_NAME"]
    assert asked["name"] == ["Data Storytelling"]
    assert asked["organizationName"] == ["Example University"]
    assert asked["certId"] == [number_of(awards, case)]
    assert asked["certUrl"] == [f"http://localhost/v/{number_of(awards, case)}"]
    assert (asked["issueYear"], asked["issueMonth"]) == (["2026"], ["11"])


def test_a_certificate_brings_its_record_with_every_badge_in_it(
    sign_in: SignIn, stranger: Browser, awards: Awards
) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(
        first, second, slos=OUTCOMES[:1], competencies=COMPETENCIES[:1]
    )
    awards.issued(first)
    awards.issued(second)
    ((case,),) = awards.rows("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.reflected(str(case))
    awards.verify(str(case))
    awards.follow()
    browser = sign_in(LEARNER)
    record = json.loads(browser.get(f"/cases/{case}/files/record.json").data)
    assert len(record["credentialSubject"]["verifiableCredential"]) == 3
    assert "Download the record" in Page(browser.get(f"/cases/{case}")).text
    drawn = stranger.get(f"/achievements/{certificate}/v1/image.svg").get_data(as_text=True)
    assert "a small coin for each of its parts: Charts; Sources" in drawn


def test_the_address_that_an_award_names_shows_its_badge(
    stranger: Browser, awards: Awards, case: str
) -> None:
    achievement = json.loads(signed(awards, case))["credentialSubject"]["achievement"]
    path = urlsplit(achievement["image"]["id"]).path
    picture = stranger.get(path)
    assert size(chunks(picture.data)) == (600, 600)
    assert picture.headers["Cache-Control"] == "public, max-age=60"
    drawn = stranger.get(path.replace(".png", ".svg"))
    assert drawn.mimetype == "image/svg+xml"
    assert "Data Storytelling, " in drawn.get_data(as_text=True)
    assert path.replace(".png", ".svg") in Page(stranger.get(f"/v/{number_of(awards, case)}")).links


def test_there_is_no_badge_of_what_is_not_there(stranger: Browser, case: str) -> None:
    del case
    for path in ("CR-999/v1", "CR-1/v9", "CR-1/v1000000", "CR-1%00/v1"):
        for kind in ("svg", "png"):
            assert stranger.get(f"/achievements/{path}/image.{kind}").status_code in {400, 404}
