"""What a mail server can do to us, and what we make of it."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tasks.smtp import Answer, Envelope, send, server_of
from tests.tasks.post import closed_port, dripping, scripted, sink

MAIL = Envelope("conferral@example.edu", "leo@example.edu", b"Subject: x\r\n\r\n.dot\r\nend\r\n")
ABROAD = replace(MAIL, recipient="léo@example.edu")
SECONDS = timedelta(seconds=5)
SHORT = timedelta(seconds=0.5)


def told(answer: Answer) -> tuple[str, str, str]:
    """How it went, whose fault it was, and the words."""
    assert answer.took_ms >= 0
    return answer.result, answer.fault, answer.text


def test_a_mail_arrives_byte_by_byte_dots_and_all() -> None:
    with sink() as post:
        assert told(send(post.url, MAIL, total=SECONDS)) == ("sent", "", "250 OK")
        assert post.taken == [MAIL.content]


@pytest.mark.parametrize(
    ("said", "result", "fault"),
    [
        ("421 too busy", "retry", "line"),
        ("450 4.2.0 greylisted, come again", "retry", "moment"),
        ("451 4.7.1 greylisted", "retry", "moment"),
        ("452 4.5.3 too many recipients", "retry", "moment"),
        ("452 4.2.2 mailbox full", "retry", "moment"),
        ("552 5.5.3 too many recipients", "retry", "moment"),
        ("552 5.2.2 mailbox full", "dead", "mail"),
        ("550 5.1.1 no such user", "dead", "mail"),
        ("553 that is no mailbox", "dead", "mail"),
        ("530 5.7.0 say who you are", "retry", "setting"),
    ],
)
def test_a_refusal_of_the_recipient_is_told_apart_by_its_code(
    said: str, result: str, fault: str
) -> None:
    with sink() as post:
        post.at_rcpt = lambda _: said
        assert told(send(post.url, MAIL, total=SECONDS)) == (result, fault, said)
        assert post.taken == []


@pytest.mark.parametrize(
    ("said", "result", "fault"),
    [
        ("452 disk full", "retry", "moment"),
        ("421 closing", "retry", "line"),
        ("552 5.3.4 too large", "dead", "mail"),
        ("554 looks like spam", "dead", "mail"),
    ],
)
def test_a_refusal_of_the_mail_is_told_apart_by_its_code(
    said: str, result: str, fault: str
) -> None:
    with sink() as post:
        post.at_data = lambda: said
        assert told(send(post.url, MAIL, total=SECONDS)) == (result, fault, said)


@pytest.mark.parametrize(
    ("said", "result", "fault"),
    [
        ("451 slow down", "retry", "line"),
        ("550 5.7.1 we take nothing from you", "retry", "setting"),
        ("552 5.3.4 we take 10 kilobytes", "dead", "mail"),
    ],
)
def test_a_refusal_of_the_sender_speaks_of_us_and_one_of_the_size_of_the_mail(
    said: str, result: str, fault: str
) -> None:
    with sink() as post:
        post.at_mail = lambda _: said
        assert told(send(post.url, MAIL, total=SECONDS)) == (result, fault, said)


def test_a_mail_says_how_large_it_is() -> None:
    heard: list[str] = []
    with sink(data_size_limit=20) as post:
        post.at_mail = lambda line: heard.append(line) or ""  # type: ignore[func-returns-value]
        answer = send(post.url, MAIL, total=SECONDS)
        assert (answer.result, answer.fault) == ("dead", "mail")
        assert answer.text.startswith("552")
        assert heard == []
    with sink() as post:
        post.at_mail = lambda line: heard.append(line) or ""  # type: ignore[func-returns-value]
        send(post.url, MAIL, total=SECONDS)
        assert heard == [f"conferral@example.edu SIZE={len(MAIL.content)}"]


def test_an_address_beyond_ascii_goes_where_the_server_takes_it_and_is_dead_elsewhere() -> None:
    with sink(enable_SMTPUTF8=True) as post:
        heard: list[str] = []
        post.at_rcpt = lambda address: heard.append(address) or ""  # type: ignore[func-returns-value]
        assert send(post.url, ABROAD, total=SECONDS).result == "sent"
        assert heard == ["léo@example.edu"]
    with sink() as post:
        answer = send(post.url, ABROAD, total=SECONDS)
        assert (answer.result, answer.fault) == ("dead", "mail")
        assert "SMTPUTF8" in answer.text


# ------------------------------------------------------------------- a server that refuses us


def _knows_nobody(*_: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


def _with(url: str, user: str) -> str:
    return url.replace("smtp://", f"smtp://{user}@")


@pytest.mark.parametrize(
    "said", [b"554 we do not talk to you\r\n", b"550 your address has no name\r\n"]
)
def test_a_greeting_that_refuses_us_is_no_reason_to_give_up_the_mail(said: bytes) -> None:
    with scripted(said) as url:
        answer = send(url, MAIL, total=SECONDS)
    assert told(answer) == ("retry", "setting", said.decode().strip())


def test_a_server_that_refuses_our_name_is_a_setting() -> None:
    with scripted(b"220 hello\r\n", b"550 who?\r\n", b"550 who?\r\n") as url:
        assert told(send(url, MAIL, total=SECONDS)) == ("retry", "setting", "550 who?")


def test_a_password_that_is_refused_is_a_setting_and_not_the_mails_fault() -> None:
    with sink(authenticator=_knows_nobody, auth_require_tls=False) as post:
        answer = send(_with(post.url, "user:wrong"), MAIL, total=SECONDS)
    assert (answer.result, answer.fault) == ("retry", "setting")
    assert answer.text.startswith("535")


def test_a_server_that_wants_no_password_and_one_that_wants_it_are_settings_too() -> None:
    with sink() as post:
        answer = send(_with(post.url, "user:pass"), MAIL, total=SECONDS)
        assert (answer.result, answer.fault) == ("retry", "setting")
        assert "no user and password" in answer.text
    with sink() as post:
        post.at_mail = lambda _: "530 5.7.0 say who you are"
        answer = send(post.url, MAIL, total=SECONDS)
        assert told(answer) == ("retry", "setting", "530 5.7.0 say who you are")


def test_a_password_that_cannot_be_checked_now_is_the_moments() -> None:
    hello = b"250-hello\r\n250 AUTH PLAIN\r\n"
    with scripted(b"220 hello\r\n", hello, b"454 4.7.0 try later\r\n") as url:
        answer = send(_with(url, "user:pass"), MAIL, total=SECONDS)
    assert told(answer) == ("retry", "line", "454 4.7.0 try later")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody vouches for but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return file


def test_starttls_is_used_where_it_is_offered_and_an_unknown_certificate_is_a_setting(
    certificate: Path,
) -> None:
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with sink(tls_context=ours, require_starttls=True) as post:
        url = post.url.replace("127.0.0.1", "localhost")
        assert send(url, MAIL, total=SECONDS, tls=trusting).result == "sent"
        answer = send(url, MAIL, total=SECONDS)
        assert (answer.result, answer.fault) == ("retry", "setting")
        assert answer.text.startswith("Its certificate:")
        assert len(post.taken) == 1


# ------------------------------------------------------------------- a line that fails


def test_nobody_there_is_tried_again() -> None:
    answer = send(closed_port(), MAIL, total=SECONDS)
    assert (answer.result, answer.fault) == ("retry", "line")
    assert "refused" in answer.text


def test_a_server_that_speaks_no_tls_is_tried_again() -> None:
    with sink() as post:
        answer = send(post.url.replace("smtp:", "smtps:"), MAIL, total=SECONDS)
    assert (answer.result, answer.fault) == ("retry", "line")


def test_silence_before_the_mail_is_no_copy_and_is_tried_again() -> None:
    with scripted(b"220 hello\r\n") as url:
        answer = send(url, MAIL, total=SHORT)
    assert told(answer) == ("retry", "line", "No answer in time")


def test_silence_after_the_mail_may_be_a_copy() -> None:
    said = (b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")
    with scripted(*said) as url:
        answer = send(url, MAIL, total=SHORT)
    assert told(answer) == ("unknown", "line", "No answer in time")
    assert answer.took_ms >= 400


def test_a_server_that_takes_the_mail_and_hangs_up_may_have_kept_it() -> None:
    with sink() as post:
        post.at_data = lambda: "drop"
        answer = send(post.url, MAIL, total=SECONDS)
        assert (answer.result, answer.fault) == ("unknown", "line")
        assert len(post.taken) == 1


def test_a_server_that_drips_is_cut_off_when_the_total_time_is_over() -> None:
    with scripted(b"220-a\r\n") as url:  # a greeting that never ends
        assert send(url, MAIL, total=SHORT).result == "retry"
    with dripping(every=0.05) as url:  # each letter within the time of a single read
        assert told(send(url, MAIL, total=SHORT)) == ("retry", "line", "No answer in time")
    with sink() as post:
        post.wait = 30
        answer = send(post.url, MAIL, total=SHORT)
        assert told(answer) == ("unknown", "line", "No answer in time")


def test_a_server_is_named_by_host_and_port_and_never_by_its_password() -> None:
    assert server_of("smtps://user:secret@mail.example.edu") == "mail.example.edu:465"
    assert server_of("smtp://127.0.0.1:2525") == "127.0.0.1:2525"
