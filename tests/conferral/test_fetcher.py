"""Fetching what a stranger's file names: from the public internet alone, and not for long."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conferral import fetcher
from conferral.fetcher import LARGEST, Fetcher, is_public, look_up
from credentials.resolve import FetchRefused

HOST = "badges.example.edu"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/did+json\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of that host, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([
            x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                          serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return file


Answers = Callable[[ssl.SSLSocket], None]


class Place:
    """A real https server on a loopback port; it answers as a test says, one after another."""

    def __init__(self, certificate: Path) -> None:
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.asked: list[bytes] = []
        self.answers: Answers = lambda _: None
        self.looked_up: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            with plain:
                try:
                    with self._context.wrap_socket(plain, server_side=True) as connection:
                        self.asked.append(connection.recv(4096))
                        self.answers(connection)
                except OSError:
                    continue

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def fetcher(self, **changes: object) -> Fetcher:
        """One that finds this place under any name, and may ask it."""

        def lookup(host: str, _: int) -> tuple[str, ...]:
            self.looked_up.append(host)
            return ("127.0.0.1",)

        given: dict[str, object] = {
            "lookup": lookup, "allowed": lambda _: True, "trust": lambda: self.trust
        } | changes  # fmt: skip
        return Fetcher(**given)  # type: ignore[arg-type]

    def fetch(self, answer: bytes, path: str = "/did.json", **changes: object) -> bytes:
        self.answers = lambda connection: connection.sendall(answer)
        return self.fetcher(**changes)(f"https://{HOST}:{self.port}{path}")


@pytest.fixture
def place(certificate: Path) -> Iterator[Place]:
    there = Place(certificate)
    yield there
    there.close()


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(FetchRefused) as why:
        call()
    return str(why.value)


def test_a_document_is_fetched_with_one_look_up_and_a_plain_question(place: Place) -> None:
    assert place.fetch(OK + b"\r\n{}", "/a?b=c") == b"{}"
    (asked,) = place.asked
    assert asked.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: badges.example.edu:")
    assert b"Cookie" not in asked
    assert place.looked_up == [HOST]


def test_an_answer_in_pieces_is_put_together(place: Place) -> None:
    pieces = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert place.fetch(OK + pieces) == b"{}"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
     "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104 - refused, not bound
      "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1",

     "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1",
     "2001:0:1::1", "::7f00:1", "2001:db8::1", "no address"],
)  # fmt: skip
def test_a_place_that_is_not_on_the_public_internet_is_not_asked(
    place: Place, address: str
) -> None:
    assert not is_public(address)
    asked = place.fetcher(allowed=is_public, lookup=lambda *_: ("93.184.215.14", address))
    said = refused(lambda: asked(f"https://{HOST}:{place.port}/did.json"))
    assert said == f"{HOST} is not a place on the public internet, so it is not asked."
    assert place.asked == []


def test_what_is_public_may_be_asked() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert is_public("::ffff:93.184.215.14")


def test_the_connection_goes_to_what_was_looked_up_whatever_the_name_says_later(
    place: Place,
) -> None:
    answers = iter([("127.0.0.1",), ("10.0.0.1",)])
    assert place.fetch(OK + b"\r\n{}", lookup=lambda *_: next(answers)) == b"{}"
    assert next(answers) == ("10.0.0.1",)


@pytest.mark.parametrize(
    "url",
    ["http://badges.example.edu/", "ftp://x/", "file:///etc/passwd", "https:///did.json",
     "https://user:word@badges.example.edu/", "https://badges.example.edu:0/", "https://[::1",
     "https://badges.example.edu:99999/", "https://bädges.example.edu/", "gopher://x",
     "https://badges.example.edu/a b", "https://badges.example.edu/\r\nX: y", ""],
)  # fmt: skip
def test_only_a_plain_https_address_is_asked(place: Place, url: str) -> None:
    assert refused(lambda: place.fetcher()(url))
    assert place.looked_up == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", "not followed"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "has nothing there (it answered 404)"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>", "answered with text/html"),
        (OK + b"Content-Encoding: gzip\r\n\r\nxx", "answered packed"),
        (OK + b"\r\n" + b" " * (LARGEST + 1), "larger than 1024 kB"),
        (OK + b"\r\n" + b" " * (LARGEST + 70_000), "larger than 1024 kB"),
        (b"no http at all\r\n\r\n", "did not answer"),
        (OK + b"Content-Length: 50\r\n\r\n{}", "did not answer"),
        (b"", "did not answer"),
    ],
)
def test_what_is_no_document_is_refused_in_words(place: Place, answer: bytes, says: str) -> None:
    assert says in refused(lambda: place.fetch(answer))


def test_who_answers_drop_by_drop_is_not_waited_for(place: Place) -> None:
    stop = threading.Event()

    def drop_by_drop(connection: ssl.SSLSocket) -> None:
        while not stop.wait(0.05):
            connection.sendall(b"H")

    place.answers = drop_by_drop
    asked = place.fetcher(seconds=0.4)
    try:
        said = refused(lambda: asked(f"https://{HOST}:{place.port}/"))
    finally:
        stop.set()
    assert said == f"{HOST} did not answer in time."


def test_a_name_that_takes_too_long_or_has_no_address_is_told(place: Place) -> None:
    held = threading.Event()

    def slow(*_: object) -> tuple[str, ...]:
        held.wait(5)
        return ()

    url = f"https://{HOST}:{place.port}/"
    said = refused(lambda: place.fetcher(lookup=slow, seconds=0.1)(url))
    held.set()
    assert said == f"{HOST} did not answer in time."
    assert refused(lambda: place.fetcher(lookup=lambda *_: ())(url)) == f"{HOST} has no address."


def test_a_certificate_that_nobody_vouches_for_is_refused(place: Place) -> None:
    said = refused(lambda: place.fetch(OK + b"\r\n{}", trust=fetcher._trusted))
    assert said == f"{HOST} does not show a certificate that is trusted."


def test_a_certificate_of_another_host_is_refused(place: Place) -> None:
    asked = place.fetcher()
    said = refused(lambda: asked(f"https://other.example.edu:{place.port}/"))
    assert "certificate" in said


def test_only_so_many_are_asked_at_a_time(place: Place) -> None:
    busy = place.fetcher(most=1)
    busy._free.acquire()
    assert "Try again in a minute" in refused(lambda: busy(f"https://{HOST}:{place.port}/"))
    busy._free.release()
    place.answers = lambda connection: connection.sendall(OK + b"\r\n{}")
    assert busy(f"https://{HOST}:{place.port}/") == b"{}"


def test_names_are_looked_up_as_the_system_does() -> None:
    assert "127.0.0.1" in look_up("localhost", 443) or "::1" in look_up("localhost", 443)
    assert "did not answer" in refused(lambda: Fetcher()("https://nowhere.invalid/"))
