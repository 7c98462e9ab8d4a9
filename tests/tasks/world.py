"""A small world to carry things out in: an engine on a test's database, and rows that are due."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from policies import calendar
from tests import factory
from workflow.engine import Engine
from workflow.registry import MACHINES

NOW = factory.AT
NAMES = UUID(int=7)


@dataclass
class SetClock:
    """Business time that stands where it is set."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class CountedIds:
    """Ids in a fixed order."""

    drawn: int = field(default=0)

    def uuid(self) -> UUID:
        self.drawn += 1
        return UUID(int=self.drawn)

    def below(self, bound: int) -> int:
        return 0 % bound


@contextmanager
def engine_on(url: str, *, clock: SetClock | None = None, size: int = 8) -> Iterator[Engine]:
    """An engine on its own pool of autocommit connections."""
    with ConnectionPool(
        url, min_size=1, max_size=size, open=True, kwargs={"autocommit": True}
    ) as pool:
        yield Engine(
            connect=pool.connection, calendars=calendar.load, edition_on=lambda _: "2024-02-07",
            machines=MACHINES, clock=clock or SetClock(), ids=CountedIds(),
        )  # fmt: skip


def rows_of(engine: Engine, statement: str, *values: object) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return connection.execute(statement, values).fetchall()


def uuid(name: str) -> UUID:
    """An id that a test can call by a name."""
    return uuid5(NAMES, name)


def lay_case(
    connection: Connection[tuple[object, ...]],
    case: str = "MC-1",
    *,
    state: str = "draft",
    **more: object,
) -> None:
    """A proposal case in a state, with the entry that led there; the people are there already."""
    proposal = {"case_id": case, "title_key": case.lower(), **more}
    factory.insert(connection, "cases", id=case, machine="proposal", state=state, seq=3, revision=2)
    factory.insert(
        connection, "entry", case_id=case, seq=1, to_state="draft", key=f"{case}/1",
    )  # fmt: skip
    factory.insert(
        connection, "entry", case_id=case, seq=3, from_state="draft", to_state=state,
        trigger="submit", key=f"{case}/3", actor=factory.PROPOSER,
    )  # fmt: skip
    factory.insert(connection, "proposal", **proposal)


def lay_mail(
    connection: Connection[tuple[object, ...]],
    name: str,
    *,
    to: str = factory.PROPOSER,
    **more: object,
) -> UUID:
    """A notification in an envelope of its own, both due now; returns the id of both."""
    row = {
        "id": uuid(name), "case_id": "MC-1", "seq": 3, "kind": "proposal.received",
        "recipient": to, "facts": {}, "created_at": NOW, "due_at": NOW,
    } | more  # fmt: skip
    tries = {word: row.pop(word) for word in ("attempts",) if word in row}
    factory.insert(
        connection, "envelope", id=uuid(name), recipient=row["recipient"], thread=name,
        importance=row.get("importance", "know"), created_at=NOW, due_at=row["due_at"], **tries,
    )  # fmt: skip
    factory.insert(connection, "notification", **row, envelope=uuid(name))
    return uuid(name)


def lay_notice(
    connection: Connection[tuple[object, ...]],
    name: str,
    *,
    to: str = factory.PROPOSER,
    **more: object,
) -> UUID:
    """A notification that is due now and in no envelope yet; returns its id."""
    row = {
        "id": uuid(name), "case_id": "MC-1", "seq": 3, "kind": "proposal.received",
        "recipient": to, "facts": {}, "created_at": NOW, "due_at": NOW,
    } | more  # fmt: skip
    factory.insert(connection, "notification", **row)
    return uuid(name)


def all_sent(connection: Connection[tuple[object, ...]]) -> None:
    """Every mail has gone out, each notification in an envelope of its own."""
    connection.execute(
        """
        WITH mail AS (
          INSERT INTO envelope (id, recipient, thread, importance, created_at, due_at, fence)
          SELECT id, recipient, case_id, importance, created_at, due_at, 1
            FROM notification WHERE envelope IS NULL RETURNING id)
        UPDATE notification n SET envelope = mail.id FROM mail WHERE n.id = mail.id"""
    )
    for table in ("envelope", "notification"):
        statement = "UPDATE {} SET state = 'sent', sent_at = now()"
        connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def lay_deadline(
    connection: Connection[tuple[object, ...]], name: str, *, does: str = "remind", **more: object
) -> UUID:
    """A deadline of MC-1 that is due now; returns its id."""
    row = {
        "id": uuid(name), "case_id": "MC-1", "seq": 3, "of_state": "draft", "clock": "draft",
        "does": does, "role": "", "scope": "", "fires_at": NOW - timedelta(hours=1), "due_at": NOW,
    } | more  # fmt: skip
    factory.insert(connection, "deadline", **row)
    return uuid(name)


def lay_work(
    connection: Connection[tuple[object, ...]], name: str, *, case: str = "MC-1", **more: object
) -> UUID:
    """An open work item; returns its id."""
    factory.insert(connection, "work_item", **{"id": uuid(name), "case_id": case} | more)
    return uuid(name)


def lay_lost_follow_on(connection: Connection[tuple[object, ...]], name: str) -> None:
    """A follow-on for a case that does not exist: whoever carries it out finds it dead."""
    factory.insert(
        connection, "follow_on", id=uuid(name), machine="proposal", target="MC-9", trigger="expire"
    )
