"""A process that says again and again that it lives, from a thread of its own."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from workflow.engine import Engine
from workflow.processes import BEAT, Living, beat, farewell

log = logging.getLogger(__name__)


@contextmanager
def living(engine: Engine, kind: str, does: str) -> Iterator[Living]:
    """Say that this process lives until the block ends, then that it has ended."""
    one = Living(
        id=engine.ids.uuid(), kind=kind, host=socket.gethostname(), pid=os.getpid(), does=does
    )
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(engine, one, stop), name="heart", daemon=True)
    thread.start()
    try:
        yield one
    finally:
        stop.set()
        thread.join(5)


def _beat(engine: Engine, one: Living, stop: threading.Event) -> None:
    while True:
        _say(engine, one, ended=stop.is_set())
        if stop.is_set():
            return
        stop.wait(BEAT.total_seconds())


def _say(engine: Engine, one: Living, *, ended: bool) -> None:
    try:
        with engine.connect() as connection:
            (farewell if ended else beat)(connection, one)
    except Exception as error:  # noqa: BLE001 - a heart goes on beating while the database is away
        log.warning("no sign of life: %s", type(error).__name__)
