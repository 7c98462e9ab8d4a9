"""Who may come in, for how long, from where, and what every answer tells the browser."""

from collections.abc import Callable

import psycopg
import pytest

from tests import factory
from tests.factory import PROPOSER
from tests.unchanged import content, differences
from tests.web.browser import Browser, Page
from tests.web.conftest import context_of
from tests.workflow.play import Play
from web.app import create_app

SignIn = Callable[[str], Browser]


def test_a_plain_script_signs_in_with_a_person_alone_and_changes_nothing_else(
    stranger: Browser, database_url: str
) -> None:
    before = content(database_url)
    answer = stranger.client.post("/sign-in", data={"person": PROPOSER})
    assert (answer.status_code, answer.location) == (303, "/work")
    (line,) = differences(before, content(database_url))
    assert line.startswith("+ public.session ")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert secret not in line, "only the hash of the secret is kept"


def test_signing_in_again_ends_the_session_before(sign_in: SignIn, database_url: str) -> None:
    rowan = sign_in(PROPOSER)
    rowan.client.post("/sign-in", data={"person": factory.UNIT_HEAD})
    assert "Noor Specimen" in rowan.read("/work")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT person FROM session").fetchall() == [("noor-specimen",)]


@pytest.mark.parametrize(
    ("given", "leads"),
    [("/cases/MC-1?done=2", "/cases/MC-1?done=2"), ("https://evil.example", "/work"),
     ("//evil.example", "/work"), ("/\\evil.example", "/work"), ("", "/work"),
     ("/x\r\nSet-Cookie: a=b", "/work")],
)  # fmt: skip
def test_after_signing_in_one_goes_on_to_a_page_of_ours(
    stranger: Browser, given: str, leads: str
) -> None:
    answer = stranger.client.post("/sign-in", data={"person": PROPOSER, "next": given})
    assert answer.location == leads


def test_without_sample_people_there_is_no_such_sign_in(play: Play) -> None:
    client = create_app(context_of(play, demo_identities=False)).test_client()
    assert "/sign-in" not in Page(client.get("/sign-in")).links
    assert client.post("/sign-in", data={"person": PROPOSER}).status_code == 404
    assert client.get("/work").location == "/sign-in?next=%2Fwork"
    assert client.get("/v/none").status_code == 404


@pytest.mark.parametrize(
    ("column", "age", "lives"),
    [("seen_at", "59 minutes", True), ("seen_at", "61 minutes", False),
     ("created_at", "11 hours 59 minutes", True), ("created_at", "12 hours 1 minute", False)],
)  # fmt: skip
def test_a_session_ends_when_it_is_idle_or_old(
    sign_in: SignIn, database_url: str, column: str, age: str, *, lives: bool
) -> None:
    rowan = sign_in(PROPOSER)
    with psycopg.connect(database_url) as connection:
        connection.execute(f"UPDATE session SET {column} = now() - interval '{age}'")  # noqa: S608
    assert (rowan.get("/work").status_code == 200) is lives


def test_use_keeps_a_session_alive_without_a_write_for_every_page(
    sign_in: SignIn, database_url: str
) -> None:
    rowan = sign_in(PROPOSER)
    with psycopg.connect(database_url, autocommit=True) as connection:
        seen = "SELECT now() - seen_at < interval '10 seconds', seen_at FROM session"
        before = connection.execute(seen).fetchone()
        rowan.read("/work")
        assert connection.execute(seen).fetchone() == before
        connection.execute("UPDATE session SET seen_at = now() - interval '2 minutes'")
        rowan.read("/work")
        assert connection.execute(seen).fetchone()[0] is True  # type: ignore[index]


def test_a_signed_out_browser_is_a_stranger_again(sign_in: SignIn) -> None:
    rowan = sign_in(PROPOSER)
    rowan.get("/work")
    assert rowan.post("/sign-out").location == "/sign-in?out=1"
    assert rowan.get("/work").location == "/sign-in?next=%2Fwork"


def test_a_form_sent_after_the_session_ended_shows_what_was_typed(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.submitted()
    ida = sign_in(factory.ASA_OFFICER)
    ida.get(f"/cases/{case}/act/decline")
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM session")
    answer = ida.post(f"/cases/{case}/act/decline", rationale="Long and <b>careful</b> words.")
    assert answer.status_code == 401
    assert "Long and <b>careful</b> words." in Page(answer).text
    assert "csrf" not in Page(answer).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 303), ({"Origin": "http://localhost"}, 303), ({"Sec-Fetch-Site": "same-origin"}, 303),
     ({"Sec-Fetch-Site": "none"}, 303), ({"Origin": "https://evil.example"}, 403),
     ({"Origin": "null"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
     ({"Sec-Fetch-Site": "same-site"}, 403)],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(
    stranger: Browser, headers: dict[str, str], status: int
) -> None:
    answer = stranger.client.post("/sign-in", data={"person": PROPOSER}, headers=headers)
    assert answer.status_code == status


def test_only_our_own_host_is_answered_to(play: Play) -> None:
    client = create_app(context_of(play, base_url="http://127.0.0.1:8000")).test_client()
    for host, status in [("127.0.0.1:8000", 200), ("localhost:8000", 200), ("127.0.0.1:8001", 400),
                         ("evil.example", 400), ("credentials.example.edu", 200)]:  # fmt: skip
        assert client.get("/sign-in", headers={"Host": host}).status_code == status, host
        assert client.get("/healthz", headers={"Host": host}).status_code == 200, host


def test_over_https_the_cookie_is_tied_to_this_host(play: Play) -> None:
    app = create_app(context_of(play, base_url="https://conferral.example.edu"))
    client = app.test_client()
    at = {"base_url": "https://conferral.example.edu"}
    answer = client.post("/sign-in", data={"person": PROPOSER}, **at)  # type: ignore[arg-type]
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert client.get("/work", **at).status_code == 200  # type: ignore[arg-type]


def test_every_answer_says_what_a_browser_may_load_and_keep(
    sign_in: SignIn, stranger: Browser
) -> None:
    rowan = sign_in(PROPOSER)
    answers = [rowan.get(path) for path in ("/work", "/cases/MC-99", "/cases", "/nowhere")]
    answers += [stranger.get(path) for path in ("/sign-in", "/v/none", "/healthz")]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_a_get_decides_nothing_however_often_a_scanner_follows_it(
    sign_in: SignIn, play: Play, database_url: str
) -> None:
    case = play.submitted()
    ida = sign_in(factory.ASA_OFFICER)
    ida.read("/work")
    before = content(database_url)
    for _ in range(3):
        for trigger in play.engine.machines["proposal"].definition.triggers:
            for method in ("GET", "HEAD", "OPTIONS"):
                path = f"/cases/{case}/act/{trigger}?key=1&reason=x&csrf=y"
                assert ida.client.open(path, method=method).status_code < 500
    assert not list(differences(before, content(database_url)))


def test_a_fault_of_ours_shows_a_number_and_no_trace(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(case: str) -> None:
        raise RuntimeError(f"what somebody typed in {case}")

    app = create_app(context_of(play, follow=broken))
    browser = Browser(app.test_client())
    browser.client.post("/sign-in", data={"person": PROPOSER})
    case = play.draft()
    answer = browser.send(f"/cases/{case}/act/keep")
    assert answer.status_code == 500
    assert "Traceback" not in Page(answer).text
    assert "typed in MC-1" not in Page(answer).text + caplog.text
    assert "RuntimeError" in caplog.text


def test_while_the_database_is_away_people_are_asked_to_come_back(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rowan = sign_in(PROPOSER)

    def away(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("connection refused by 10.0.0.1")

    monkeypatch.setattr("web.sessions.visitor", away)
    answer = rowan.get("/work")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "10.0.0.1" not in Page(answer).text


def test_a_secret_too_short_to_sign_with_is_refused_at_the_start(play: Play) -> None:
    with pytest.raises(ValueError, match="at least 32 characters"):
        create_app(context_of(play, secret_key="short"))
    assert "short" not in repr(context_of(play, secret_key="short"))


def test_style_sheets_are_kept_for_ever_under_a_name_that_changes_with_them(
    stranger: Browser,
) -> None:
    stranger.get("/sign-in")
    sheets = [link for link in stranger.page.links if link.endswith(".css")]  # type: ignore[union-attr]
    assert len(sheets) == 2
    for sheet in sheets:
        answer = stranger.client.get(sheet)
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
    assert stranger.client.get("/assets/conferral.0000000000000000.css").status_code == 404
    assert stranger.client.get("/assets/..%2f..%2fapp.py").status_code == 404


def test_probes_say_whether_it_can_answer(stranger: Browser) -> None:
    assert stranger.client.get("/healthz").get_data() == b"ok\n"
    assert stranger.client.get("/readyz").get_data() == b"ready\n"
