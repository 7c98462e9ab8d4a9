"""An embedded Valkey: on loopback at a port of its own, behind a password made for this run."""

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from conferral.errors import ServerFailed
from conferral.servers.binaries import valkey_program
from conferral.servers.child import Kept, Way, last_words, start, stop
from conferral.servers.folder import Home

PATIENCE = 20.0
POLL = 0.005
ATTEMPTS = 5  # a free port may be taken between asking and listening
FAREWELL = ((signal.SIGTERM, 3.0),)


@contextmanager
def valkey(home: Home, *, fast: bool) -> Iterator[tuple[str, Kept]]:
    """Run Valkey on the home's files and yield its URL and process.

    `fast` keeps nothing on disk, for tests.

    Raises:
        ServerFailed: no program, or it ended at its start.
    """
    program = valkey_program(home.user)
    folder = home.own("valkey")
    way = Way(
        log=home.logs / "valkey.log",
        env={"LC_ALL": "C", "TZ": "UTC"},
        user=home.user,
        cwd=Path("/"),
    )
    password = secrets.token_urlsafe(24)
    for _ in range(ATTEMPTS):
        port = free_port()
        settings = _settings(folder, port=port, password=password, fast=fast)
        begin = partial(start, [str(program), "-"], way, stdin=settings)
        kept = Kept("Valkey", log=way.log, begin=begin)
        try:
            if _answers(kept.child, port=port, password=password):
                yield f"redis://:{password}@127.0.0.1:{port}/0", kept
                return
        finally:
            stop(kept.child, *FAREWELL)
    raise ServerFailed(f"Valkey ended at its start:\n{last_words(way.log)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _settings(folder: Path, *, port: int, password: str, fast: bool) -> bytes:
    """The configuration, read from standard input so that the password is in no process list."""
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "daemonize no",
        "maxmemory-policy noeviction",
        f"appendonly {'no' if fast else 'yes'}",
        'save ""',
    ]
    return "\n".join([*lines, ""]).encode()


def _answers(child: subprocess.Popen[bytes], *, port: int, password: str) -> bool:
    """Whether this child answers to our password before it ends or the time is up."""
    give_up = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < give_up:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            with line.makefile("rb") as said:
                answer = said.readline() + said.readline()
            if answer == b"+OK\r\n+PONG\r\n":
                return True
            if not answer.startswith(b"-LOADING"):
                return False  # a stranger listens there
        time.sleep(POLL)
    return False
