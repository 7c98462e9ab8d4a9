"""A local mail server that sends nothing on: each mail it takes becomes a file that can be read."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 10.0
LARGEST_MAIL = 32 * 1024 * 1024


class Taker(Protocol):
    """What takes a mail; its answer is the server's."""

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, /
    ) -> str: ...


class Mailbox:
    """Writes mails as `000001-<hash of its Message-ID>.eml`, in the order they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = sum(1 for _ in folder.glob("*.eml"))

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self._count += 1
        content = envelope.original_content or b""
        trace = [f"Return-Path: <{envelope.mail_from or ''}>"]
        trace += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
        name = f"{self._count:06d}-{_short_name(content)}.eml"
        draft = self._folder / f"{name}.new"
        draft.write_bytes("".join(f"{line}\r\n" for line in trace).encode() + content)
        draft.replace(self._folder / name)
        return "250 OK"


def _short_name(content: bytes) -> str:
    """Eight digits that are the same for two copies of one mail: they share their Message-ID."""
    head = content.partition(b"\r\n\r\n")[0]
    ids = [line for line in head.splitlines() if line.lower().startswith(b"message-id:")]
    return hashlib.sha256(ids[0].split(b":", 1)[1].strip() if ids else content).hexdigest()[:8]


@contextmanager
def mailbox(folder: Path) -> Iterator[str]:
    """Take mail on loopback into `folder`; yields the URL. It runs in a thread of this process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with taking(Mailbox(folder)) as url:
        yield url


@contextmanager
def taking(taker: Taker) -> Iterator[str]:
    """Give `taker` each mail that comes to loopback; yields the URL."""
    port: Future[int] = Future()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, taker, port), name="mailbox", daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{port.result(PATIENCE)}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)


def _serve(loop: asyncio.AbstractEventLoop, handler: Taker, port: "Future[int]") -> None:
    asyncio.set_event_loop(loop)

    def session() -> SMTP:
        return SMTP(
            handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            ident="Conferral",
            loop=loop,
        )

    async def listen() -> asyncio.Server:
        return await loop.create_server(session, "127.0.0.1", 0)

    try:
        server = loop.run_until_complete(listen())
    except BaseException as error:  # noqa: BLE001 -- whoever waits for the port raises it
        port.set_exception(error)
        loop.close()
        return
    port.set_result(server.sockets[0].getsockname()[1])
    loop.run_forever()
    server.close()
    _cancel_sessions(loop)
    loop.close()


def _cancel_sessions(loop: asyncio.AbstractEventLoop) -> None:
    sessions = asyncio.all_tasks(loop)
    for task in sessions:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*sessions, return_exceptions=True))
