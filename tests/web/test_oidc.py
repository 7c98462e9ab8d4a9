"""People come in with the institution's account: a real provider vouches, never an address."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from flask.testing import FlaskClient

from tests import factory
from tests.unchanged import content, differences
from tests.web.browser import Page
from tests.web.conftest import context_of
from tests.web.provider import answered, provider, through
from tests.workflow.play import Play
from web.app import create_app
from web.oidc import Provider, Registration

PEOPLE = (
    {"sub": factory.PROPOSER, "email": "rowan.sample@example.edu", "name": "Rowan Sample"},
    {"sub": "u-77", "email": "noor.specimen@example.edu", "name": "Not Noor"},
    {"sub": "u-new", "email": "new.person@example.edu", "name": "New Person"},
    {"sub": "u-mute"},
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider(*PEOPLE) as running:
        yield running


def registered(issuer: str, **changes: object) -> Registration:
    given: dict[str, object] = {
        "issuer": issuer, "client_id": "conferral", "client_secret": "a secret of the client",
        "redirect_uri": "http://localhost/sign-in/back", "name": "your Example account",
    }  # fmt: skip
    return Registration(**(given | changes))  # type: ignore[arg-type]


def client_of(play: Play, issuer: str, **changes: object) -> FlaskClient:
    """A browser before an installation that has no sample people."""
    to = Provider(registered(issuer, **changes))
    return create_app(context_of(play, demo_identities=False, provider=to)).test_client()


def test_whoever_was_loaded_comes_in_with_their_account_and_goes_on_where_they_wanted(
    play: Play, issuer: str
) -> None:
    client = client_of(play, issuer)
    assert "Sign in with your Example account" in Page(client.get("/sign-in?next=/cases")).text
    answer = through(client, factory.PROPOSER, place="/cases?machine=proposal")
    assert (answer.status_code, answer.location) == (303, "/cases?machine=proposal")
    assert "Rowan Sample" in client.get("/work").get_data(as_text=True)


def test_the_second_visit_is_known_by_issuer_and_subject_alone(
    play: Play, issuer: str, database_url: str
) -> None:
    through(client_of(play, issuer), factory.PROPOSER)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE person SET email = 'moved@example.edu' WHERE id = 'rowan-sample'"
        )
        before = content(database_url)
        again = client_of(play, issuer)
        assert through(again, factory.PROPOSER).status_code == 303
    (line,) = differences(before, content(database_url))
    assert line.startswith("+ public.session ")


def test_an_address_identifies_nobody(play: Play, issuer: str, database_url: str) -> None:
    """The claims carry Noor's address under another subject."""
    before = content(database_url)
    answer = through(client_of(play, issuer), "u-77")
    assert answer.status_code == 403
    assert "nobody has entered you here yet" in Page(answer).text
    assert not list(differences(before, content(database_url)))


def test_a_newcomer_becomes_a_person_without_any_role_where_that_is_wanted(
    play: Play, issuer: str, database_url: str
) -> None:
    client = client_of(play, issuer, new_people=True)
    assert through(client, "u-new").status_code == 303
    assert "New Person" in client.get("/work").get_data(as_text=True)
    with psycopg.connect(database_url) as connection:
        held = connection.execute("SELECT FROM appointment WHERE person = 'u-new'").fetchall()
        row = connection.execute("SELECT name, email, zone FROM person WHERE id = 'u-new'")
        assert row.fetchone() == ("New Person", "new.person@example.edu", "America/New_York")
    assert held == []


def test_a_newcomer_without_an_address_is_told_why_not(play: Play, issuer: str) -> None:
    answer = through(client_of(play, issuer, new_people=True), "u-mute")
    assert (answer.status_code, "names no mail address" in Page(answer).text) == (403, True)


def test_a_second_account_of_the_provider_is_no_second_way_in(
    play: Play, issuer: str, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO identity VALUES (%s, 'someone-else', %s, now())",
            (issuer, factory.PROPOSER),
        )
    answer = through(client_of(play, issuer), factory.PROPOSER)
    assert (answer.status_code, "Another account already" in Page(answer).text) == (403, True)


def test_an_answer_for_another_browser_another_attempt_or_used_twice_signs_nobody_in(
    play: Play, issuer: str
) -> None:
    victim, attacker = client_of(play, issuer), client_of(play, issuer)
    left = attacker.get("/sign-in/account")
    stolen = answered(left.headers["Location"], factory.PROPOSER)
    assert victim.get(stolen).status_code == 400, "a browser that carries no attempt"
    victim.get("/sign-in/account")
    assert victim.get(stolen).status_code == 403, "the state of another attempt"
    assert attacker.get(stolen).status_code == 303
    assert attacker.get(stolen).status_code == 400, "what was carried along is gone"


def test_a_refusal_of_the_provider_and_a_missing_answer_are_said_in_words(
    play: Play, issuer: str
) -> None:
    client = client_of(play, issuer)
    for tail, words in (("error=access_denied", "did not sign you in"), ("x=1", "sent no answer")):
        left = client.get("/sign-in/account")
        state = parse_qs(urlsplit(left.headers["Location"]).query)["state"][0]
        answer = client.get(f"/sign-in/back?state={state}&{tail}")
        assert (answer.status_code, words in Page(answer).text) == (403, True)


def test_a_code_that_the_provider_never_gave_is_refused(play: Play, issuer: str) -> None:
    client = client_of(play, issuer)
    left = client.get("/sign-in/account")
    state = parse_qs(urlsplit(left.headers["Location"]).query)["state"][0]
    answer = client.get(f"/sign-in/back?state={state}&code=made-up")
    assert (answer.status_code, "did not accept" in Page(answer).text) == (403, True)


def test_what_was_signed_for_another_application_is_refused(issuer: str) -> None:
    """The token's audience is another client: an answer taken from one site opens no other."""
    asked, other = registered(issuer), registered(issuer, client_id="another")
    address, attempt = Provider(other).begin("/work")
    code = parse_qs(urlsplit(answered(address, factory.PROPOSER)).query)["code"][0]
    theirs = Provider(other)
    token = theirs._token(code, attempt)
    with pytest.raises(Exception, match="could not be verified"):
        Provider(asked)._claims(token, attempt)


def test_a_provider_that_is_away_is_said_to_be_away(play: Play) -> None:
    answer = client_of(play, "http://127.0.0.1:9").get("/sign-in/account")
    assert (answer.status_code, "does not answer" in Page(answer).text) == (502, True)


def test_a_provider_that_could_be_listened_to_is_not_used() -> None:
    with pytest.raises(ValueError, match="https"):
        registered("http://login.example.edu")


def test_an_installation_without_a_provider_says_so_and_has_no_way_to_one(play: Play) -> None:
    client = create_app(context_of(play, demo_identities=False)).test_client()
    assert "Nobody can sign in here yet" in Page(client.get("/sign-in")).text
    assert client.get("/sign-in/account").status_code == 404
    assert client.get("/sign-in/back").status_code == 404


def test_one_can_sign_out_everywhere_else(play: Play) -> None:
    app = create_app(context_of(play))
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        client.post("/sign-in", data={"person": factory.PROPOSER})
    page = here.get("/sessions")
    assert "You are signed in in two browsers" in Page(page).text
    here.post("/sessions", data={"csrf": Page(page).fields["csrf"]})
    assert "You are signed in here only" in Page(here.get("/sessions")).text
    assert there.get("/work").status_code == 303, "the other browser has to sign in again"
