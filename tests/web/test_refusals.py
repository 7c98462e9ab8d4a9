"""What may not be: each refused with every reason, the words kept, and the database as it was."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests import factory
from tests.factory import ASA_OFFICER, LEARNER, PROPOSER, UNIT_HEAD
from tests.unchanged import unchanged
from tests.web.browser import Browser, Page
from tests.workflow.award_play import Awards
from tests.workflow.play import Play

SignIn = Callable[[str], Browser]
DECLINE = {"code": "duplicate", "rationale": "The same badge exists in Humanities."}


def test_an_unknown_person_cannot_sign_in(stranger: Browser, database_url: str) -> None:
    with unchanged(database_url):
        for person in ("nobody", "", "rowan-sample\0", "x" * 5000, "\ud800"):
            answer = stranger.client.post(
                "/sign-in", data={"person": person.encode("utf-8", "replace")}
            )
            assert answer.status_code == 422
            assert "Choose someone from the list." in Page(answer).text


@pytest.mark.parametrize(
    "trigger", ["", "explode", "issue", "committee_carried", "submit\0", "a" * 300]
)
def test_an_unknown_trigger_is_not_found(
    sign_in: SignIn, play: Play, database_url: str, trigger: str
) -> None:
    case = play.draft()
    rowan = sign_in(PROPOSER)
    rowan.get(f"/cases/{case}")
    with unchanged(database_url):
        answer = rowan.send(f"/cases/{case}/act/withdraw", to=f"/cases/{case}/act/{trigger}")
        assert answer.status_code in {404, 405}


def test_the_wrong_role_is_told_who_may_and_what_was_typed_is_kept(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.submitted()
    noor = sign_in(UNIT_HEAD)
    path = f"/cases/{case}/act/decline"
    noor.get("/work")
    with unchanged(database_url):
        answer = noor.post(path, revision=99, **DECLINE)
        assert answer.status_code == 409
        noor.get(path)
        assert "Only an ASA officer can do this." in noor.page.text  # type: ignore[union-attr]


def test_nobody_signs_off_their_own_proposal(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.do("open", UNIT_HEAD, unit=factory.UNIT, content={"title": "By its own head"}).case
    noor = sign_in(UNIT_HEAD)
    with unchanged(database_url):
        answer = noor.send(f"/cases/{case}/act/endorse", to=f"/cases/{case}/act/endorse")
        assert answer.status_code == 409
        assert "Only the unit head can do this. That is Dana Template." in Page(answer).text


def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    again = play.submitted()
    ida = sign_in(ASA_OFFICER)
    ida.get(f"/cases/{again}/act/record_consultation")
    seen = ida.page
    play.do("return_for_revision", ASA_OFFICER, again,
            changes=[{"field": "title", "asks": "Say which data."}])  # fmt: skip
    play.do("answer_change", PROPOSER, again, number=1, answer="fixed")
    play.do("resubmit", PROPOSER, again)
    ida.page = seen
    with unchanged(database_url):
        answer = ida.post(
            f"/cases/{again}/act/record_consultation", held_on="2026-11-24", notes="We talked.",
            outcome="Agreed.", rigor="advanced", rigor_rationale="Near the end of a degree.",
            award_type="digital_badge",
        )  # fmt: skip
        assert answer.status_code == 409
        text = Page(answer).text
    assert "It has changed since you opened the page" in text
    assert "resubmitted it." in text
    assert ida.page.fields["notes"] == "We talked."  # type: ignore[union-attr]


def test_a_form_sent_twice_happens_once_and_answers_the_same(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.draft()
    rowan = sign_in(PROPOSER)
    first = rowan.send(f"/cases/{case}/act/keep")
    assert first.status_code == 303
    with unchanged(database_url):
        second = rowan.post(f"/cases/{case}/act/keep")
        assert (second.status_code, second.location) == (303, first.location)


def test_a_key_used_for_something_else_is_refused(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.draft()
    rowan = sign_in(PROPOSER)
    rowan.send(f"/cases/{case}/act/keep")
    key = rowan.page.fields["key"]  # type: ignore[union-attr]
    with unchanged(database_url):
        answer = rowan.send(f"/cases/{case}/act/withdraw", key=key)
        assert answer.status_code == 422
        assert "This form was already used for another action." in Page(answer).text
        assert rowan.send(f"/cases/{case}/act/withdraw", key="k" * 101).status_code == 400


def test_a_missing_field_is_named_with_a_link_to_it(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.submitted()
    ida = sign_in(ASA_OFFICER)
    with unchanged(database_url):
        answer = ida.send(f"/cases/{case}/act/decline", code="duplicate", rationale="  ")
    assert answer.status_code == 422
    page = Page(answer)
    assert "1 thing to fix on this page Your rationale: this is needed." in page.text
    assert "#f-rationale" in page.links
    assert "f-rationale" in page.ids
    assert page.fields["code"] == "duplicate"


@pytest.mark.parametrize("text", ["NUL \0 here", "bell \x07", "escape \x1b[2J"])
def test_a_character_that_cannot_be_kept_is_named(
    sign_in: SignIn, play: Play, database_url: str, text: str
) -> None:
    case = play.submitted()
    ida, rowan = sign_in(ASA_OFFICER), sign_in(PROPOSER)
    draft = play.draft(title="Another")
    with unchanged(database_url):
        answer = ida.send(f"/cases/{case}/act/decline", code="other", rationale=text)
        assert (answer.status_code, "take out the character U+00" in Page(answer).text) == (
            422,
            True,
        )
        answer = rowan.send(f"/proposals/{draft}/edit/title", title=text)
        assert answer.status_code == 422
        assert "take out the character U+00" in Page(answer).text


def test_half_a_character_stays_as_it_was_sent_and_breaks_nothing(
    sign_in: SignIn, play: Play
) -> None:
    case = play.draft()
    rowan = sign_in(PROPOSER)
    rowan.get(f"/proposals/{case}/edit/title")
    body = b"csrf=" + rowan.page.fields["csrf"].encode() + b"&title=%ED%A0%80"  # type: ignore[union-attr]
    answer = rowan.client.post(
        f"/proposals/{case}/edit/title", data=body,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 303
    assert "%ED%A0%80, MC-1" in rowan.read(f"/cases/{case}")
    assert rowan.get("/cases?title=%ED%A0%80&machine=%00&after=%ff").status_code == 200


def test_a_title_of_ten_megabytes_is_refused_before_it_is_read(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.draft()
    rowan = sign_in(PROPOSER)
    with unchanged(database_url):
        answer = rowan.send(f"/proposals/{case}/edit/title", title="x" * 10_000_000)
        assert answer.status_code == 413
        assert "That is more than fits" in Page(answer).text
        answer = rowan.send(f"/proposals/{case}/edit/title", title="x" * 201)
        assert answer.status_code == 422
        assert "At most 200 characters fit here." in Page(answer).text


def test_a_draft_is_written_by_its_proposer_alone(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.draft()
    noor, rowan = sign_in(UNIT_HEAD), sign_in(PROPOSER)
    rowan.get(f"/proposals/{case}/edit/title")
    assert noor.get(f"/proposals/{case}/edit").status_code == 303
    noor.get("/work")
    with unchanged(database_url):
        answer = noor.post(f"/proposals/{case}/edit/title", title="Mine", revision=1)
        assert answer.status_code == 409
        assert "Only the proposer can do this." in Page(answer).text
        assert rowan.send(f"/proposals/{case}/edit/outcomes", add="title").status_code == 404
        assert rowan.send(f"/proposals/{case}/edit/outcomes", add="a.b").status_code == 404
        assert rowan.send(f"/proposals/{case}/edit/outcomes", remove="slos.o99").status_code == 404
        assert rowan.send(f"/proposals/{case}/edit/outcomes", remove="title").status_code == 404


def test_a_claim_twice_leads_to_the_first(
    sign_in: SignIn, awards: Awards, database_url: str
) -> None:
    credential = awards.badge()
    awards.claimed(credential)
    leo = sign_in(LEARNER)
    with unchanged(database_url):
        answer = leo.send(f"/credentials/{credential}/claim", key=str(uuid4()))
        assert answer.status_code == 409
        assert "already" in Page(answer).text
        assert leo.get("/credentials/CR-99/claim").status_code == 404
        assert leo.get("/credentials/CR-\0/claim").status_code == 404


def test_a_proposal_for_a_unit_that_is_not_yours_is_refused(
    sign_in: SignIn, database_url: str
) -> None:
    rowan = sign_in(PROPOSER)
    with unchanged(database_url):
        assert rowan.send("/proposals/new", unit="humanities").status_code == 422
        assert "Only members of School of Humanities" in rowan.page.text  # type: ignore[union-attr]
        assert rowan.send("/proposals/new", unit="atlantis").status_code == 422
        assert rowan.send("/proposals/new", unit="").status_code == 422


def test_a_page_asked_with_the_wrong_verb_says_which_it_takes(sign_in: SignIn) -> None:
    rowan = sign_in(PROPOSER)
    rowan.get("/work")
    answer = rowan.post("/work")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "This page cannot do that" in Page(answer).text


def test_pages_go_on_where_they_ended_and_nonsense_is_the_first_page(
    sign_in: SignIn, play: Play
) -> None:
    case = play.draft()
    with play.connect() as connection:
        for n in range(60):
            due = None if n % 2 else factory.AT
            factory.insert(connection, "work_item", id=uuid4(), case_id=case, due_at=due,
                           kind="draft", person=ASA_OFFICER)  # fmt: skip
    for n in range(52):
        play.draft(title=f"Draft {n}")
    ida = sign_in(ASA_OFFICER)
    for start in ("/work", "/cases?machine=proposal"):
        ida.get(start)
        (more,) = [link for link in ida.page.links if "after=" in link]  # type: ignore[union-attr]
        assert ida.get(more).status_code == 200
        assert not [link for link in ida.page.links if "after=" in link]  # type: ignore[union-attr]
    for nonsense in ("x", "~", "2026-11-24~1", "2026-11-24T10:00:00~MC-1", "%00~%00"):
        assert "More than 50 things wait" in ida.read(f"/work?after={nonsense}")
        assert "Draft 51" in ida.read(f"/cases?after={nonsense}")


def test_an_award_that_is_being_issued_says_so(sign_in: SignIn, awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    ida = sign_in(ASA_OFFICER)
    ida.get(f"/cases/{case}/act/verify")
    awards.play.do("verify", ASA_OFFICER, case, identity_method="directory")
    done = awards.row("SELECT max(seq) FROM entry WHERE case_id = %s", case)[0]
    said = ida.read(f"/cases/{case}?done={done}")
    assert "You verified the award. It is being issued." in said
    assert "Now: Verification, being issued since" in said
    assert "You verified" not in ida.read(f"/cases/{case}?done=1")
