"""Mail servers for tests: a real aiosmtpd that can be told to misbehave, and worse ones."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 10.0


@dataclass
class Sink:
    """What arrived, and how the server behaves: an answer to RCPT, an answer to DATA, a wait."""

    url: str = ""
    taken: list[bytes] = field(default_factory=list)
    #: Called with the recipient; "" takes the recipient.
    at_rcpt: Callable[[str], str] = lambda _: ""
    #: "" takes the mail. "drop" takes it and hangs up without a word.
    at_data: Callable[[], str] = lambda: ""
    wait: float = 0.0
    #: Called with what MAIL said; "" goes on.
    at_mail: Callable[[str], str] = lambda _: ""

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self.at_mail(" ".join([address, *options]))
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's names
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self.at_rcpt(address)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.wait)
        answer = self.at_data()
        if answer in {"", "drop"}:
            self.taken.append(envelope.original_content or b"")
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer or "250 OK"

    # Methods, not properties: aiosmtpd looks at every attribute of its handler at each connection.
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.taken]

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails()]


@contextmanager
def sink(**options: object) -> Iterator[Sink]:
    """A mail server on the loopback, in a thread of this process; `options` are aiosmtpd's."""
    made, port = Sink(), Future[int]()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, made, port, options), daemon=True)
    thread.start()
    made.url = f"smtp://127.0.0.1:{port.result(PATIENCE)}"
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)


def _serve(
    loop: asyncio.AbstractEventLoop,
    handler: Sink,
    port: "Future[int]",
    options: Mapping[str, object],
) -> None:
    asyncio.set_event_loop(loop)
    every: Mapping[str, object] = {"hostname": "localhost", "ident": "test", "loop": loop}

    async def listen() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(handler, **(every | options)),  # type: ignore[arg-type]
            "127.0.0.1",
            0,
        )

    server = loop.run_until_complete(listen())
    port.set_result(server.sockets[0].getsockname()[1])
    loop.run_forever()
    server.close()
    sessions = asyncio.all_tasks(loop)
    for task in sessions:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*sessions, return_exceptions=True))
    loop.close()


@contextmanager
def scripted(*lines: bytes) -> Iterator[str]:
    """A server that says these lines, one for each thing it is told, and then says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_say, args=(listener, lines), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"


def _say(listener: socket.socket, lines: tuple[bytes, ...]) -> None:
    try:
        line, _ = listener.accept()
    except OSError:
        return
    with line:
        for said in lines:
            line.sendall(said)
            if not line.recv(65536):
                return
        while line.recv(65536):
            pass


@contextmanager
def dripping(every: float) -> Iterator[str]:
    """A server that greets, then answers each thing it is told one letter at a time, for ever."""
    stopped = threading.Event()

    def drip(listener: socket.socket) -> None:
        with suppress(OSError), listener.accept()[0] as line:
            line.sendall(b"220 hello\r\n")
            line.recv(65536)
            while not stopped.wait(every):
                line.sendall(b"2")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopped.set()


def closed_port() -> str:
    """The URL of a server that is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"smtp://127.0.0.1:{probe.getsockname()[1]}"
