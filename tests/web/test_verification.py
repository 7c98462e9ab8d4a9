"""Public records: the answer first, checked anew, and nothing told that a learner keeps private."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from flask import Flask

from tests.factory import LEARNER, OTHER_LEARNER
from tests.unchanged import unchanged
from tests.web.browser import Browser, Page
from tests.web.conftest import context_of
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from web.app import create_app
from web.records import IssuedRecords

SignIn = Callable[[str], Browser]


@pytest.fixture
def number(awards: Awards) -> str:
    """The public number of an award that was issued to the sample learner."""
    case = awards.issued(awards.badge())
    (found,) = awards.row("SELECT credential_id FROM award WHERE case_id = %s", case)
    return str(found).removeprefix("urn:uuid:")


def _publish(awards: Awards, *, name_shown: bool = True) -> None:
    awards.do("publish", LEARNER, "AW-1", name_shown=name_shown)


def _mark(database_url: str, kind: str, *, successor: str | None = None) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO status_mark (case_id, kind, at, reason, successor) "
            "VALUES ('AW-1', %s, '2026-11-30 15:00+00', 'Issued in error.', %s)",
            (kind, successor),
        )  # fmt: skip


def test_an_award_answers_valid_first_without_a_name_or_a_cookie(
    stranger: Browser, number: str, database_url: str
) -> None:
    with unchanged(database_url):
        answer = stranger.get(f"/v/{number}")
    page = Page(answer)
    assert answer.status_code == 200
    assert (
        "Valid The holder earned Data Storytelling. Example University assessed this" in page.text
    )
    assert "Name not shared" in page.text
    assert "The signature matches" in page.text
    assert "Its issuer's status list says that it is not revoked." in page.text
    assert "Leo" not in answer.get_data(as_text=True)
    assert not answer.headers.getlist("Set-Cookie")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_the_name_and_the_signed_award_are_shown_where_the_learner_publishes(
    stranger: Browser, number: str, awards: Awards
) -> None:
    _publish(awards)
    assert "Leo Learner earned Data Storytelling" in stranger.read(f"/v/{number}")
    signed = stranger.get(f"/v/{number}.json")
    assert signed.mimetype == "application/ld+json"
    assert json.loads(signed.get_data())["id"] == f"urn:uuid:{number}"
    asked = stranger.get(f"/v/{number}", Accept="application/ld+json")
    assert asked.get_data() == signed.get_data()
    assert asked.headers["Vary"] == "Accept"


def test_a_browser_that_takes_everything_gets_the_page(stranger: Browser, number: str) -> None:
    answer = stranger.get(f"/v/{number}", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.mimetype == "text/html"


def test_what_is_private_answers_a_machine_exactly_as_what_does_not_exist(
    stranger: Browser, number: str
) -> None:
    private = stranger.get(f"/v/{number}.json")
    missing = stranger.get("/v/7d9a0c3e-0000-4000-8000-000000000000.json")
    assert private.status_code == missing.status_code == 404
    assert private.get_data() == missing.get_data()
    assert list(private.headers) == list(missing.headers)


def test_without_the_name_the_signed_award_is_handed_out_and_nobody_is_named(
    stranger: Browser, number: str, awards: Awards
) -> None:
    _publish(awards, name_shown=False)
    page = stranger.get(f"/v/{number}").get_data(as_text=True)
    assert "Leo" not in page
    assert f"/v/{number}.json" in page
    assert "Leo" not in stranger.get(f"/v/{number}.json").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/v/{}", "/v/{}.json"])
@pytest.mark.parametrize("accept", ["text/html", "application/ld+json"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_taken_down_answers_exactly_as_what_never_was(
    app: Flask, number: str, awards: Awards, path: str, accept: str, method: str
) -> None:
    nowhere = "7d9a0c3e-0000-4000-8000-000000000000"
    assert len(nowhere) == len(number)
    awards.do("unpublish", LEARNER, "AW-1")
    answers = [
        app.test_client().open(path.format(one), method=method, headers={"Accept": accept})
        for one in (number, nowhere)
    ]
    hidden, missing = answers
    assert hidden.status_code == missing.status_code == 404
    assert hidden.get_data() == missing.get_data().replace(nowhere.encode(), number.encode())
    told = [[h for h in answer.headers if h[0] != "ETag"] for answer in answers]
    assert told[0] == told[1]


def test_what_is_taken_down_costs_the_same_statements_as_what_never_was(
    play: Play, number: str, awards: Awards
) -> None:
    awards.do("unpublish", LEARNER, "AW-1")
    now, told = play.clock.now(), []
    for one in (number, "7d9a0c3e-0000-4000-8000-000000000000"):
        asked: list[str] = []
        with play.connect() as connection:
            found = _CountingRecords(connection, asked).award(one, now)
        assert found is None
        told.append(asked)
    assert told[0] == told[1]
    assert len(told[0]) == 1


class _CountingRecords(IssuedRecords):
    """Records that write down each statement and each look at keys and lists."""

    def __init__(
        self, connection: psycopg.Connection[tuple[object, ...]], asked: list[str]
    ) -> None:
        super().__init__(
            lambda: nullcontext(connection), lambda: asked.append("keys"),  # type: ignore[func-returns-value]
            lambda number: asked.append(f"list {number}"),  # type: ignore[func-returns-value]
        )  # fmt: skip

        class Told(psycopg.Cursor[Any]):
            def execute(self, query: Any, *more: Any, **options: Any) -> Any:  # noqa: ANN401
                asked.append(str(query))
                return super().execute(query, *more, **options)

        connection.cursor_factory = Told


def test_a_machine_may_ask_by_any_name_of_the_form_and_a_cache_keeps_them_apart(
    stranger: Browser, number: str, awards: Awards
) -> None:
    _publish(awards)
    for form in ("application/vc", "application/vc+ld+json", "application/json"):
        asked = stranger.get(f"/v/{number}", Accept=form)
        assert asked.mimetype == form
        assert json.loads(asked.get_data())["id"] == f"urn:uuid:{number}"
        assert asked.headers["Vary"] == "Accept"


def test_what_has_not_changed_is_answered_without_its_body(
    stranger: Browser, number: str, awards: Awards
) -> None:
    _publish(awards)
    for path in (f"/v/{number}", f"/v/{number}.json", "/did.json", "/status/1"):
        first = stranger.get(path)
        again = stranger.get(path, If_None_Match=first.headers["ETag"])
        assert again.status_code == 304, path
        assert not again.get_data()


def test_no_search_finds_what_has_not_been_published_or_is_not_there(
    stranger: Browser, number: str
) -> None:
    for path in (f"/v/{number}", f"/v/{number}.json", "/v/nowhere"):
        assert stranger.get(path).headers["X-Robots-Tag"] == "noindex"


def test_what_was_revoked_says_so_first_with_its_day_and_reason(
    stranger: Browser, number: str, database_url: str
) -> None:
    _mark(database_url, "revoked")
    page = stranger.read(f"/v/{number}")
    assert "Revoked on Mon 30 Nov Example University withdrew this award." in page
    assert "Reason. Issued in error." in page
    assert "Valid until" in page
    assert "stands by it" not in page


def test_what_was_replaced_leads_to_what_took_its_place_unless_that_is_hidden(
    stranger: Browser, number: str, database_url: str, awards: Awards
) -> None:
    awards.issued("CR-1", OTHER_LEARNER)
    _mark(database_url, "superseded", successor="AW-2")
    (newer,) = awards.row("SELECT credential_id FROM award WHERE case_id = 'AW-2'")
    link = f"/v/{str(newer).removeprefix('urn:uuid:')}"
    assert "Conferral Replaced Another award has taken the place" in stranger.read(f"/v/{number}")
    assert link in stranger.page.links  # type: ignore[union-attr]
    awards.do("unpublish", OTHER_LEARNER, "AW-2")
    stranger.read(f"/v/{number}")
    assert link not in stranger.page.links  # type: ignore[union-attr]


def test_what_has_run_out_is_expired_and_not_wrong(
    stranger: Browser, number: str, database_url: str
) -> None:
    _mark(database_url, "expired")
    page = stranger.read(f"/v/{number}")
    assert "Expired This award was genuine." in page
    assert "Expired does not mean wrong" in page


def test_under_review_is_said_only_where_a_notice_was_signed(
    stranger: Browser, number: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE award SET notice = 'The director looks at the evidence.'")
    page = stranger.read(f"/v/{number}")
    assert "Under review Example University looks at this award again." in page
    assert "The director looks at the evidence." in page


def test_no_key_of_ours_means_that_we_do_not_vouch(play: Play, number: str) -> None:
    with_none = IssuedRecords(play.engine.connect, lambda: None, lambda _: None)
    client = create_app(context_of(play, records=with_none)).test_client()
    page = Page(client.get(f"/v/{number}")).text
    assert "Cannot be verified" in page
    assert "Not checked: Whether it was revoked" in page


def test_bytes_that_are_not_those_that_were_signed_are_told(
    stranger: Browser, number: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE signed_credential DROP CONSTRAINT "
                           "ck_signed_credential_sha256_of_bytes")  # fmt: skip
        connection.execute("UPDATE signed_credential SET body = body || ' '::bytea")
    assert "The bytes kept here are not those that were signed." in stranger.read(f"/v/{number}")


def test_the_page_names_the_learner_as_they_are_called_now(
    stranger: Browser, number: str, database_url: str, awards: Awards
) -> None:
    _publish(awards)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE person SET name = 'Leonie Learner', email = 'new@example.edu' "
                           "WHERE id = %s", (LEARNER,))  # fmt: skip
    page = stranger.read(f"/v/{number}")
    assert "Valid Leonie Learner earned" in page  # another address leaves the signature as it was


def test_a_learner_publishes_and_takes_down_in_one_click(sign_in: SignIn, number: str) -> None:
    leo = sign_in(LEARNER)
    assert "Who has its link can check it" in leo.read("/cases/AW-1")
    leo.page.fields.poplist("name_shown")  # type: ignore[union-attr]
    said = leo.goes(leo.post("/cases/AW-1/act/publish", name_shown="on"))
    assert "You published it." in said
    assert "Everyone can see it" in said
    leo.page.fields.poplist("name_shown")  # type: ignore[union-attr]
    assert "You published it." in leo.goes(leo.post("/cases/AW-1/act/publish"))
    gone = leo.goes(leo.post("/cases/AW-1/act/unpublish"))
    assert "You took its page down." in gone
    assert "Nobody can see it" in gone
    assert leo.get(f"/v/{number}").status_code == 404


def test_nobody_else_decides_who_sees_an_award(sign_in: SignIn, number: str) -> None:
    del number
    for person in ("ida-example", "max-instance", "reg-ledger", "mina-testcase"):
        browser = sign_in(person)
        assert "Publish with your name" not in browser.read("/cases/AW-1")
        for trigger in ("publish", "unpublish"):
            assert browser.post(f"/cases/AW-1/act/{trigger}").status_code == 409, person


@pytest.mark.parametrize("asked", ["x", "AW-1", "a.b", "a b", "%00", "%F0%9F", "%27--", "x" * 200])
def test_an_unknown_number_is_not_found_and_can_be_typed_again(
    stranger: Browser, number: str, asked: str
) -> None:
    del number  # there is an award, but not this one
    answer = stranger.get(f"/v/{asked}")
    assert answer.status_code == 404
    assert "Not found" in Page(answer).text
    assert "number" in Page(answer).fields


def test_a_number_that_was_typed_leads_to_its_page(stranger: Browser, number: str) -> None:
    assert stranger.get(f"/v?number=%20{number}%20").location == f"/v/{number}"
    assert stranger.get("/v?number=no%20number").location == "/v/unknown"
    assert stranger.get(f"/verify/{number}").location == f"/v/{number}"


def test_bytes_that_were_changed_do_not_match_their_signature(
    stranger: Browser, number: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")  # an intruder past the guards
        connection.execute(
            "UPDATE signed_credential SET body = b, sha256 = encode(sha256(b), 'hex') FROM (SELECT "
            "convert_to(replace(convert_from(body, 'utf8'), 'Data Storytelling', 'Data Mastery'), "
            "'utf8') AS b FROM signed_credential) AS forged"
        )
    answer = stranger.get(f"/v/{number}")
    page = Page(answer)
    assert "Signature does not match" in page.text
    assert "stands by it" not in page.text
    assert "is-valid" not in page.classes


def test_keys_and_status_lists_are_there_for_verifiers(stranger: Browser, number: str) -> None:
    del number
    for place in ("/.well-known/did.json", "/did.json"):
        document = json.loads(stranger.get(place).get_data())
        assert document["id"] == "did:web:credentials.example.edu"
        assert "privateKey" not in str(document)
    listed = json.loads(stranger.get("/status/1").get_data())
    assert "BitstringStatusListCredential" in listed["type"]
    assert stranger.get("/status/2").status_code == 404
    assert stranger.get("/status/x").status_code == 404


def test_what_a_signed_award_names_can_be_read(
    stranger: Browser, number: str, awards: Awards
) -> None:
    _publish(awards)
    award = json.loads(stranger.get(f"/v/{number}.json").get_data())
    achievement = award["credentialSubject"]["achievement"]
    named = [achievement["id"], achievement["criteria"]["id"], achievement["creator"]["id"],
             award["credentialStatus"]["statusListCredential"]]  # fmt: skip
    for address in named:
        path = address.removeprefix("https://credentials.example.edu")
        assert stranger.client.get(path, follow_redirects=True).status_code == 200, path
    assert "Just good enough" in stranger.read(achievement["id"].partition(".edu")[2])
    for nowhere in ("/achievements/CR-1/v9", "/achievements/CR-\0/v1", "/units/atlantis",
                    "/achievements/CR-1/v99999999999"):  # fmt: skip
        assert stranger.get(nowhere).status_code == 404


def test_where_nothing_was_ever_issued_there_is_nothing_to_read(play: Play) -> None:
    from web.context import NoPublicRecords

    client = create_app(context_of(play, records=NoPublicRecords())).test_client()
    for path in ("/v/x", "/v/x.json", "/did.json", "/status/1"):
        assert client.get(path).status_code == 404, path


def test_an_award_is_seen_by_its_learner_and_those_who_act_on_it_alone(
    sign_in: SignIn, number: str
) -> None:
    del number
    for person, sees in [
        (LEARNER, True), ("mina-testcase", True), ("ida-example", True), ("max-instance", True),
        ("reg-ledger", True), ("mira-pupil", False), ("rowan-sample", False),
        ("noor-specimen", False), ("cass-fiction", False), ("sena-gavel", False),
    ]:  # fmt: skip
        browser = sign_in(person)
        there, nowhere = browser.get("/cases/AW-1"), browser.get("/cases/AW-99")
        assert there.status_code == (200 if sees else 404), person
        listed = browser.read("/cases?machine=award")
        assert ("AW-1" in listed) is sees, person
        if not sees:
            assert there.get_data() == nowhere.get_data().replace(b"AW-99", b"AW-1")
