"""Where the rooms are joined: servers in, an engine out. Nothing else knows them all."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from conferral.errors import MachineChanged
from models import migrate
from policies import edition
from workflow.calendars import InForce
from workflow.effects import Ids
from workflow.engine import Clock, Connect, Engine, RandomIds, WallClock
from workflow.registry import MACHINES
from workflow.release import ReleaseChangedError, record

#: A write that waits longer for a lock than this is given up and answered with 503.
SESSION = (
    "SET lock_timeout = '2s'; SET idle_in_transaction_session_timeout = '10s'; "
    # Our statements are few, long and keyed: planning one anew costs more than running it.
    "SET plan_cache_mode = force_generic_plan; SET jit = off; "
    # A plan made while a table was empty must still serve when it has grown.
    "SET enable_seqscan = off"
)


# It says at INFO what each trigger did; the entry says it better.
logging.getLogger("transitions").setLevel(logging.WARNING)


def _prepare(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    set_json_loads(orjson.loads, connection)
    connection.execute(SESSION)


@contextmanager
def pool(database_url: str, *, size: int = 8) -> Iterator[Connect]:
    """Lend autocommit connections to the primary; at most `size` at once.

    A connection that the server closed is replaced; a caller waits 10 s for one, then gets
    psycopg_pool.PoolTimeout.
    """
    with ConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        timeout=10,
        kwargs={"autocommit": True},
        configure=_prepare,
        open=True,
        name="conferral",
    ) as lent:
        yield lent.connection


def bring_up(database_url: str) -> None:
    """Bring a database to this release: its rows, and the released machines it must agree with.

    Raises:
        MachineChanged: the database holds another text of a released machine.
    """
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        try:
            record(connection, MACHINES)
        except ReleaseChangedError as problem:
            raise MachineChanged(str(problem)) from problem


def make_engine(
    connect: Connect,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    wake: Callable[[str], None] = lambda _: None,
) -> Engine:
    """The engine over lent connections, with the calendar and policy in force and every machine."""
    calendars = InForce(connect)
    return Engine(
        connect=connect,
        calendars=calendars,
        look_again=calendars.look_again,
        edition_on=_edition_on,
        machines=MACHINES,
        clock=clock or WallClock(),
        ids=ids or RandomIds(),
        wake=wake,
    )


def _edition_on(day: date) -> str:
    return edition.edition_on(day).id
