"""Fetching an address that a stranger's file names, without being led anywhere else.

https only, to an address that is public: the name is looked up once and the connection goes to what
was found, so that a second answer of the name changes nothing. No redirect is followed, no proxy is
used, and size and time are bounded. What the answer may be is JSON.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, BytesIO
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import SplitResult, urlsplit

from credentials.resolve import FetchRefused

LARGEST: Final = 1_048_576
SECONDS: Final = 5.0
_HEAD: Final = 65_536
_PIECE: Final = 65_536
_OK: Final = 200
_KINDS: Final = frozenset({"application/json", "application/vc", "application/did"})
#: Networks that lead on to others: NAT64, 6to4 and Teredo carry an IPv4 address inside.
_TUNNELS: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
_LOOKUPS: Final = ThreadPoolExecutor(4, thread_name_prefix="lookup")

Lookup = Callable[[str, int], Iterable[str]]


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name, as the system finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the internet at large.

    >>> is_public("93.184.215.14"), is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    (True, True)
    >>> any(map(is_public, ("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    ...                     "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1",
    ...                     "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1")))
    False
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        if mapped is not None:
            return is_public(str(mapped))
        if any(found in network for network in _TUNNELS) or int(found) >> 32 == 0:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True)
class Fetcher:
    """Fetches one address after the other; at most `most` at a time, so that nobody waits long."""

    lookup: Lookup = look_up
    allowed: Callable[[str], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = _trusted
    seconds: float = SECONDS
    most: int = 4
    _free: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", BoundedSemaphore(self.most))

    def __call__(self, url: str) -> bytes:
        """The bytes at an address. Raises FetchRefused with a sentence."""
        parts = _parts(url)
        if not self._free.acquire(blocking=False):
            raise FetchRefused("Too many addresses are looked at just now. Try again in a minute.")
        try:
            return self._fetch(parts)
        except (OSError, HTTPException, ssl.SSLError, ValueError) as problem:
            why = "did not answer in time" if isinstance(problem, TimeoutError) else (
                "does not show a certificate that is trusted"
                if isinstance(problem, ssl.SSLCertVerificationError) else "did not answer"
            )  # fmt: skip
            raise FetchRefused(f"{parts.hostname} {why}.") from problem
        finally:
            self._free.release()

    def _fetch(self, parts: SplitResult) -> bytes:
        host, port, ends = parts.hostname or "", parts.port or 443, time.monotonic() + self.seconds
        address = self._address(host, port, ends)
        with (
            socket.create_connection((address, port), timeout=_left(ends)) as plain,
            self.trust().wrap_socket(plain, server_hostname=host) as connection,
        ):
            connection.settimeout(_left(ends))
            connection.sendall(_request(parts))
            return _body(host, _answer(connection, ends))

    def _address(self, host: str, port: int, ends: float) -> str:
        """The one address that is connected to; refused where any of them is not public."""
        try:
            found = tuple(_LOOKUPS.submit(self.lookup, host, port).result(timeout=_left(ends)))
        except Late as late:
            raise TimeoutError from late
        if not found:
            raise FetchRefused(f"{host} has no address.")
        if not all(map(self.allowed, found)):
            raise FetchRefused(f"{host} is not a place on the public internet, so it is not asked.")
        return found[0]


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused("An address in the file cannot be read.") from error
    if parts.scheme != "https" or not parts.hostname or not url.isascii() or not url.isprintable():
        raise FetchRefused(f"{url[:100]!r} is not an https address, so it is not asked.")
    if " " in url or parts.username is not None or port == 0:
        raise FetchRefused("An address in the file carries more than a place, so it is not asked.")
    return parts


def _request(parts: SplitResult) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (
        f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        "Accept: application/did+json, application/vc, application/ld+json, application/json\r\n"
        "Accept-Encoding: identity\r\nUser-Agent: conferral\r\n\r\n"
    ).encode("ascii")


def _left(ends: float) -> float:
    """Seconds that are left; TimeoutError where none are."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _answer(connection: ssl.SSLSocket, ends: float) -> bytes:
    """Everything that is sent until the other side closes, within size and time."""
    received = bytearray()
    while True:
        connection.settimeout(_left(ends))
        piece = connection.recv(_PIECE)
        received += piece
        if not piece:
            return bytes(received)
        if len(received) > LARGEST + _HEAD:
            raise FetchRefused(f"What was sent is larger than {LARGEST // 1024} kB.")


class _Received:
    """What was received, as the parser of answers wants a connection to be."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, mode: str) -> BufferedReader:
        del mode
        return BufferedReader(BytesIO(self._content))


def _body(host: str, received: bytes) -> bytes:
    response = HTTPResponse(_Received(received), method="GET")  # type: ignore[arg-type]
    response.begin()
    kind = response.headers.get_content_type()
    if response.status // 100 == 3:  # noqa: PLR2004 - any redirect
        raise FetchRefused(f"{host} sends on to another place, which is not followed.")
    if response.status != _OK:
        raise FetchRefused(f"{host} has nothing there (it answered {response.status}).")
    if kind not in _KINDS and not kind.endswith("+json"):
        raise FetchRefused(f"{host} answered with {kind}, not with JSON.")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchRefused(f"{host} answered packed, which was not asked for.")
    body = response.read()
    if len(body) > LARGEST:
        raise FetchRefused(f"What {host} sent is larger than {LARGEST // 1024} kB.")
    return body
