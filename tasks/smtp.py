"""One mail to one mail server, within one total time; what the server meant is told apart.

A refusal of the recipient or of the mail itself (5xx) is for good; one of ourselves or of the
moment (4xx, no connection, no time) is not. Once the mail has begun to go out, silence means that
the server may have taken it: the attempt is unknown, and a later copy has the same Message-ID.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}
_READY, _OK, _GO_AHEAD = 220, 250, 354
_BAD_FOR_GOOD = 500
_ANSWER_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went: sent, retry, dead or unknown, and the server's words or ours."""

    result: Literal["sent", "retry", "dead", "unknown"]
    text: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends, who receives, and the bytes of the mail with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes


class _Answered(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.text)


def send(url: str, envelope: Envelope, *, total: timedelta) -> Answer:
    """Hand a mail to the server at `smtp://` or `smtps://`, within `total`.

    Whatever a server or a network does is an Answer, not an error.
    """
    talk = _Talk(urlsplit(url), total.total_seconds())
    try:
        with talk.within_time(envelope.sender.rpartition("@")[2]) as server:
            return talk.deliver(server, envelope)
    except _Answered as told:
        return told.answer
    except (smtplib.SMTPException, OSError) as error:
        return talk.broke_off(error)


class _Talk:
    """One conversation: how far it got decides what breaking off means."""

    def __init__(self, url: SplitResult, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        self._expired = threading.Event()
        #: The mail has begun to go out.
        self._sending = False

    @contextmanager
    def within_time(self, domain: str) -> Iterator[smtplib.SMTP]:
        """A client that is cut off when the time is over, whatever it waits for.

        Connecting, which cannot be cut, has half of the time.
        """
        kind = smtplib.SMTP_SSL if self._url.scheme == "smtps" else smtplib.SMTP
        # Our own domain, or smtplib asks the name service who we are.
        server = kind(local_hostname=domain, timeout=self._seconds / 2)
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
        greeting = server.connect(host, port)
        self._expect(greeting, _READY)
        if server.sock is not None:
            server.sock.settimeout(self._seconds)
        self._introduce(server)
        self._expect(server.mail(envelope.sender), _OK)
        self._expect(server.rcpt(envelope.recipient), _OK, ours=False)
        self._expect(server.docmd("DATA"), _GO_AHEAD, ours=False)
        self._sending = True
        server.send(_stuffed(envelope.content))
        answer = self._expect(server.getreply(), _OK, ours=False)
        with suppress(smtplib.SMTPException, OSError):
            server.putcmd("QUIT")  # said, not waited for: the mail is theirs
        return Answer("sent", answer)

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _expect(self, reply: tuple[int, bytes], code: int, *, ours: bool = True) -> str:
        """The server's words, or _Answered; `ours`: it speaks of us, so the mail can wait."""
        number, said = reply
        text = f"{number} {said.decode(errors='replace')}"[:_ANSWER_LENGTH]
        if self._expired.is_set():
            raise TimeoutError(text)
        if number // 10 == code // 10:
            return text
        if number == -1:
            raise smtplib.SMTPServerDisconnected(text)
        for_good = number >= _BAD_FOR_GOOD and not ours
        raise _Answered(Answer("dead" if for_good else "retry", text))

    def broke_off(self, error: Exception) -> Answer:
        """What it means that the conversation ended by itself."""
        why = "No answer in time" if self._late(error) else f"{type(error).__name__}: {error}"
        result: Literal["unknown", "retry"] = "unknown" if self._sending else "retry"
        return Answer(result, why[:_ANSWER_LENGTH])

    def _late(self, error: Exception) -> bool:
        # smtplib tells of a time-out as of a lost connection, with the cause behind it.
        return self._expired.is_set() or isinstance(error.__context__ or error, TimeoutError)


def _stuffed(content: bytes) -> bytes:
    """The mail as DATA wants it: CRLF, dots doubled at the start of lines, one dot at the end."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    dotted = re.sub(rb"(?m)^\.", b"..", lines)
    return (dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n") + b".\r\n"
