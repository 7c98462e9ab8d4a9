"""What one transition costs on the wire and on disk: counted, not timed."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryFile

from psycopg import Connection

from bench.machines import fresh_key, still
from bench.transition import Load, actor_of, engine_on, full
from conferral.compose import pool
from workflow.changes import Change
from workflow.effects import Action, Keep
from workflow.engine import Connect
from workflow.perform import Command, perform

CASE = "CR-1"


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """How often the client waits for the server, once its statements are prepared."""

    uncontended: int
    #: From BEGIN to COMMIT, after a race was lost.
    locked: int


def round_trips(database_url: str) -> RoundTrips:
    """Count them in libpq's own trace: each Sync or Query sent is one wait for an answer."""
    load = Load("full", database_url, 0, 1, 0)
    with (
        pool(database_url, size=1) as others,
        pool(database_url, size=1) as ours,
        ours() as connection,
    ):
        plain = full(load, engine_on(lambda: nullcontext(connection)))
        contended = _contended(lambda: nullcontext(connection), others)
        for warm in (plain, plain, contended, contended):
            warm()
        uncontended = _sent(connection, plain)
        both = _sent(connection, contended)
    return RoundTrips(uncontended, both - uncontended)


def _contended(connect: Connect, others: Connect) -> Callable[[], None]:
    """A transition that loses its first race: another comes between its read and its write."""
    theirs = engine_on(others)
    due = [False]

    def rival(_: Action) -> Iterator[Change]:
        if due[0]:
            due[0] = False
            perform(theirs, _touch())
        yield from ()

    ours = engine_on(connect, {"credential": still(Keep("a rival", rival))})

    def one() -> None:
        due[0] = True
        perform(ours, _touch())

    return one


def _touch() -> Command:
    return Command(case=CASE, trigger="touch", actor=actor_of(CASE), key=fresh_key())


def _sent(connection: Connection[tuple[object, ...]], act: Callable[[], None]) -> int:
    with TemporaryFile() as trace:
        connection.pgconn.trace(trace.fileno())
        try:
            act()
        finally:
            connection.pgconn.untrace()
        trace.seek(0)
        messages = [line.split() for line in trace]
    return sum(b"F" in words and (b"Sync" in words or b"Query" in words) for words in messages)


def wal_bytes(database_url: str, *, times: int = 200) -> float:
    """Bytes of write-ahead log of a full transition: a median, moved by no full image of a page."""
    with pool(database_url, size=2) as connect, connect() as other:
        one = full(Load("full", database_url, 0, 1, 0), engine_on(connect))
        figures = []
        for _ in range(times):
            before = _written(other)
            one()
            figures.append(_written(other) - before)
    return median(figures)


_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"


def _written(connection: Connection[tuple[object, ...]]) -> int:
    row = connection.execute(_WRITTEN).fetchone()
    return int(str(row[0])) if row else 0
