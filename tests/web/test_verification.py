"""Public records: the answer first, checked anew, and nothing told that a learner keeps private."""

import json
from collections.abc import Callable

import psycopg
import pytest

from tests.factory import LEARNER
from tests.unchanged import unchanged
from tests.web.browser import Browser, Page
from tests.web.conftest import context_of
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from web.app import create_app

SignIn = Callable[[str], Browser]


@pytest.fixture
def number(awards: Awards) -> str:
    """The public number of an award that was issued to the sample learner."""
    case = awards.issued(awards.badge())
    (found,) = awards.row("SELECT credential_id FROM award WHERE case_id = %s", case)
    return str(found).removeprefix("urn:uuid:")


def _publish(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE award SET published = true")


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
    stranger: Browser, number: str, database_url: str
) -> None:
    _publish(database_url)
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
    assert "Valid" not in page.text
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
    stranger: Browser, number: str, database_url: str
) -> None:
    _publish(database_url)
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
