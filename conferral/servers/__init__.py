"""A real PostgreSQL, a real Valkey and a mail sink, started by us, gone with us.

An address in the environment (DATABASE_URL, REDIS_URL, SMTP_URL) replaces each part. A server that
merely happens to listen on this machine is never taken over.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from conferral.errors import FolderInUse
from conferral.servers.child import Kept
from conferral.servers.folder import (
    Running,
    Servers,
    announce,
    announced,
    guest,
    held,
    home_of,
    wait_for_guests,
    withdraw,
)
from conferral.servers.mailbox import mailbox
from conferral.servers.postgres import postgres
from conferral.servers.valkey import valkey

__all__ = ["Kept", "Running", "Servers", "attach_or_start", "embedded"]

GUESTS_MAY_STAY = 60.0
OTHERS_MAY_START = 60.0
POLL = 0.05


@contextmanager
def embedded(
    data: Path,
    *,
    need_redis: bool = True,
    need_smtp: bool = True,
    fast: bool = False,
    keep: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Hold the data folder and run what is needed on it, except what `environ` has a URL for.

    `fast` gives up durability, for tests; `keep=False` removes the servers' files at the end.
    Without `environ` the process's own is asked.

    Raises:
        FolderInUse: another Conferral runs on this folder.
        ServerFailed: a server cannot be had or does not start; nothing is left running.
    """
    given = os.environ if environ is None else environ
    with ExitStack() as stack:
        data = stack.enter_context(held(data))
        home = home_of(data)
        if not keep:
            stack.callback(home.remove)
        kept: list[Kept] = []
        database = given.get("DATABASE_URL", "")
        if not database:
            database, process = stack.enter_context(postgres(home, fast=fast))
            kept.append(process)
        broker = given.get("REDIS_URL", "")
        if need_redis and not broker:
            broker, process = stack.enter_context(valkey(home, fast=fast))
            kept.append(process)
        mail = given.get("SMTP_URL", "")
        if need_smtp and not mail:
            mail = stack.enter_context(mailbox(data / "mail"))
        servers = Running(database, broker, mail, kept=tuple(kept))
        announce(data, servers)
        stack.callback(withdraw, data)
        yield servers


@contextmanager
def attach_or_start(
    data: Path,
    *,
    need_redis: bool = True,
    need_smtp: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Servers]:
    """Use the servers that run on this folder, else start them and stop them at the end.

    Whoever uses servers another command started is its guest: that command waits for its guests
    before it stops them.

    Raises:
        FolderInUse: the folder is held, but by one who does not run what is needed here.
        ServerFailed: as `embedded`.
    """
    given = os.environ if environ is None else environ
    wanted = ["DATABASE_URL", *["REDIS_URL"] * need_redis, *["SMTP_URL"] * need_smtp]
    with ExitStack() as stack:
        if all(given.get(name) for name in wanted):
            yield _with_given(Servers(database_url=""), given)
            return
        start = partial(embedded, data, need_redis=need_redis, need_smtp=need_smtp, environ=given)
        yield _with_given(_ours_or_theirs(stack, data.resolve(), start, wanted=wanted), given)


def _ours_or_theirs(
    stack: ExitStack,
    data: Path,
    start: Callable[[], AbstractContextManager[Running]],
    *,
    wanted: Sequence[str],
) -> Servers:
    """Start servers, or become a guest of those that run; whichever it is, `stack` undoes it."""
    give_up = time.monotonic() + OTHERS_MAY_START
    while True:
        try:
            servers = stack.enter_context(start())
        except FolderInUse:
            stack.enter_context(guest(data))
            running = announced(data)
            if running is not None and all(running.environ().get(name) for name in wanted):
                return running
            stack.close()  # a guest who waits would be waited for
            if running is not None or time.monotonic() > give_up:
                raise
            time.sleep(POLL)
        else:
            stack.callback(_let_guests_finish, data)
            return servers


def _with_given(servers: Servers, given: Mapping[str, str]) -> Servers:
    return Servers(
        database_url=given.get("DATABASE_URL") or servers.database_url,
        redis_url=given.get("REDIS_URL") or servers.redis_url,
        smtp_url=given.get("SMTP_URL") or servers.smtp_url,
    )


def _let_guests_finish(data: Path) -> None:
    withdraw(data)
    wait_for_guests(data, seconds=GUESTS_MAY_STAY)
