"""One mail to one mail server, within one total time; what the server meant is told apart.

A refusal of the recipient or of the mail itself (5xx) is for good; one of the moment (4xx) is not.
A line that fails says nothing of the mail: the server is away, for all mails alike. A server that
refuses us, who we are or how we speak, is a setting to be mended, and no mail's fault either. Once
the mail has begun to go out, silence means that the server may have taken it: the attempt is
unknown, and a later copy has the same Message-ID (RFC 5321, sections 3.8 and 4.5.3.2).
"""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}
_READY, _OK, _GO_AHEAD = 220, 250, 354
_CLOSING = 421
_BAD_FOR_GOOD = 500
#: At MAIL too it speaks of this mail: we said how large it is (RFC 1870).
_TOO_LARGE = 552
#: Answers to RCPT or DATA that speak of us: say who you are, with TLS, by another way.
_OF_US = frozenset({530, 534, 535, 538})
#: RFC 5321 had it 552 for too many recipients: a server that says so means this time.
_TOO_MANY = re.compile(r"^552 .*(5\.5\.3|too many recipients)", re.IGNORECASE)
_ANSWER_LENGTH = 500

#: Whose the failure is: the mail's, the moment's, the line's, or a setting's of ours.
Fault = Literal["", "mail", "moment", "line", "setting"]


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went: sent, retry, dead or unknown, and the server's words or ours.

    `took_ms`: milliseconds from connecting to the answer.
    """

    result: Literal["sent", "retry", "dead", "unknown"]
    text: str
    fault: Fault = ""
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends, who receives, and the bytes of the mail with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes

    @property
    def needs_utf8(self) -> bool:
        """Whether an address can only be said with SMTPUTF8 (RFC 6531)."""
        return not (self.sender + self.recipient).isascii()


class _Answered(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.text)


def server_of(url: str) -> str:
    """A mail server's name for people and rows: its host and port, without any password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or _PORTS[parts.scheme]}"


def send(
    url: str, envelope: Envelope, *, total: timedelta, tls: ssl.SSLContext | None = None
) -> Answer:
    """Hand a mail to the server at `smtp://` or `smtps://`, within `total`.

    Whatever a server or a network does is an Answer, not an error. `tls` says whom to trust; by
    default those whom this machine trusts.
    """
    began = time.monotonic()
    talk = _Talk(urlsplit(url), total.total_seconds(), tls)
    try:
        with talk.within_time(envelope.sender.rpartition("@")[2]) as server:
            answer = talk.deliver(server, envelope)
    except _Answered as told:
        answer = told.answer
    except (smtplib.SMTPException, OSError) as error:
        answer = talk.broke_off(error)
    return replace(answer, took_ms=round((time.monotonic() - began) * 1000))


@cache
def _public_authorities() -> ssl.SSLContext:
    """Whom a machine trusts, read once: reading them costs more than all the rest of a mail."""
    return ssl.create_default_context()


class _Talk:
    """One conversation: how far it got decides what breaking off means."""

    def __init__(self, url: SplitResult, seconds: float, tls: ssl.SSLContext | None) -> None:
        self._url = url
        self._seconds = seconds
        self._tls = tls or _public_authorities()
        self._expired = threading.Event()
        #: The mail has begun to go out.
        self._sending = False

    @contextmanager
    def within_time(self, domain: str) -> Iterator[smtplib.SMTP]:
        """A client that is cut off when the time is over, whatever it waits for.

        Connecting, which cannot be cut, has half of the time.
        """
        # Our own domain, or smtplib asks the name service who we are.
        half = self._seconds / 2
        server = (
            smtplib.SMTP_SSL(local_hostname=domain, timeout=half, context=self._tls)
            if self._url.scheme == "smtps"
            else smtplib.SMTP(local_hostname=domain, timeout=half)
        )
        watch = threading.Timer(self._seconds, self._cut, [server])
        watch.daemon = True
        watch.start()
        try:
            yield server
        finally:
            watch.cancel()
            server.close()

    def _cut(self, server: smtplib.SMTP) -> None:
        self._expired.set()
        line = server.sock
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                line.close()

    def deliver(self, server: smtplib.SMTP, envelope: Envelope) -> Answer:
        """The whole conversation; raises _Answered where the server refuses."""
        host, port = self._url.hostname or "localhost", self._url.port or _PORTS[self._url.scheme]
        server._host = host  # type: ignore[attr-defined] # noqa: SLF001 - the name that TLS checks
        self._expect(server.connect(host, port), _READY, of_us=True)
        if server.sock is not None:
            server.sock.settimeout(self._seconds)
        self._introduce(server)
        options = _options(server, envelope)
        self._expect(server.mail(envelope.sender, options), _OK, of_us=True)
        self._expect(server.rcpt(envelope.recipient), _OK)
        self._expect(server.docmd("DATA"), _GO_AHEAD)
        self._sending = True
        server.send(_stuffed(envelope.content))
        answer = self._expect(server.getreply(), _OK)
        with suppress(smtplib.SMTPException, OSError):
            server.putcmd("QUIT")  # said, not waited for: the mail is theirs
        return Answer("sent", answer)

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
        if self._url.username:
            self._sign_in(server, self._url.username, self._url.password or "")

    def _sign_in(self, server: smtplib.SMTP, user: str, password: str) -> None:
        try:
            server.login(unquote(user), unquote(password))
        except smtplib.SMTPAuthenticationError as refused:
            text = _said((refused.smtp_code, refused.smtp_error))
            fault: Fault = "setting" if refused.smtp_code >= _BAD_FOR_GOOD else "line"
            raise _Answered(Answer("retry", text, fault)) from refused
        except smtplib.SMTPNotSupportedError as missing:
            text = f"It takes no user and password: {missing}"
            raise _Answered(Answer("retry", text[:_ANSWER_LENGTH], "setting")) from missing

    def _expect(self, reply: tuple[int, bytes], code: int, *, of_us: bool = False) -> str:
        """The server's words, or _Answered; `of_us`: it speaks of us, not of the mail."""
        number, text = reply[0], _said(reply)
        if self._expired.is_set():
            raise TimeoutError(text)
        if number // 10 == code // 10:
            return text
        if number == -1:
            raise smtplib.SMTPServerDisconnected(text)
        raise _Answered(_refusal(number, text, of_us=of_us))

    def broke_off(self, error: Exception) -> Answer:
        """What it means that the conversation ended by itself."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return Answer("retry", f"Its certificate: {error.verify_message}", "setting")
        if isinstance(error, smtplib.SMTPHeloError):
            return _refusal(error.smtp_code, _said((error.smtp_code, error.smtp_error)), of_us=True)
        why = "No answer in time" if self._late(error) else f"{type(error).__name__}: {error}"
        result: Literal["unknown", "retry"] = "unknown" if self._sending else "retry"
        return Answer(result, why[:_ANSWER_LENGTH], "line")

    def _late(self, error: Exception) -> bool:
        # smtplib tells of a time-out as of a lost connection, with the cause behind it.
        return self._expired.is_set() or isinstance(error.__context__ or error, TimeoutError)


def _options(server: smtplib.SMTP, envelope: Envelope) -> list[str]:
    """What MAIL says besides; _Answered where the server cannot carry the mail at all."""
    said = [f"SIZE={len(envelope.content)}"] if server.has_extn("size") else []
    if not envelope.needs_utf8:
        return said
    if not server.has_extn("smtputf8"):
        text = "The mail server takes no address with letters beyond ASCII (SMTPUTF8)."
        raise _Answered(Answer("dead", text, "mail"))
    server.command_encoding = "utf-8"
    return [*said, "SMTPUTF8", "BODY=8BITMIME"]


def _refusal(number: int, text: str, *, of_us: bool) -> Answer:
    if number == _CLOSING:
        return Answer("retry", text, "line")
    if number < _BAD_FOR_GOOD:
        return Answer("retry", text, "line" if of_us else "moment")
    if number in _OF_US or (of_us and number != _TOO_LARGE):
        return Answer("retry", text, "setting")
    if _TOO_MANY.match(text):
        return Answer("retry", text, "moment")
    return Answer("dead", text, "mail")


def _said(reply: tuple[int, bytes | str]) -> str:
    number, said = reply
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{number} {words}"[:_ANSWER_LENGTH]


def _stuffed(content: bytes) -> bytes:
    """The mail as DATA wants it: CRLF, dots doubled at the start of lines, one dot at the end."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    dotted = re.sub(rb"(?m)^\.", b"..", lines)
    return (dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n") + b".\r\n"
