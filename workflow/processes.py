"""Which workers and relays live: each says so again and again, by the database's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

#: Between two signs of life, and the silence after which a process counts as gone.
BEAT: Final = timedelta(seconds=10)
SILENT_AFTER: Final = timedelta(seconds=45)
#: How long one that is gone is still shown.
_SHOWN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """A process that says that it lives: what it is, where, and what it serves."""

    id: UUID
    kind: str
    host: str
    pid: int
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A process as it was last seen; `silent` when it neither said goodbye nor says that it lives.

    Instants are the database's clock.
    """

    kind: str
    host: str
    pid: int
    does: str
    since: datetime
    seen_at: datetime
    ended_at: datetime | None
    silent: bool

    @property
    def runs(self) -> bool:
        """Whether it is there now."""
        return self.ended_at is None and not self.silent


def beat(connection: Rows, one: Living) -> None:
    """Say that a process lives; the first time it is written down."""
    connection.execute(
        """
        INSERT INTO running_process (id, kind, host, pid, does, since, seen_at)
        VALUES (%s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp())
            ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()""",
        (one.id, one.kind, one.host, one.pid, one.does),
    )


def farewell(connection: Rows, one: Living) -> None:
    """Say that a process ends as it should."""
    connection.execute(
        "UPDATE running_process SET ended_at = clock_timestamp(), seen_at = clock_timestamp() "
        "WHERE id = %s",
        (one.id,),
    )


def processes(connection: Rows) -> tuple[Seen, ...]:
    """Those that live and those that were seen within a day, the living first."""
    with connection.cursor(row_factory=class_row(Seen)) as cursor:
        found = cursor.execute(_SEEN, {"silent": SILENT_AFTER, "shown": _SHOWN}).fetchall()
    return tuple(sorted(found, key=lambda one: (not one.runs, one.kind, one.host, one.since)))


def forget(connection: Rows) -> int:
    """Remove those that have been gone for a week; how many."""
    return connection.execute(
        "DELETE FROM running_process WHERE seen_at < clock_timestamp() - interval '7 days'"
    ).rowcount


_SEEN: Final[LiteralString] = """
SELECT kind, host, pid, does, since, seen_at, ended_at,
       ended_at IS NULL AND seen_at < clock_timestamp() - %(silent)s::interval AS silent
  FROM running_process WHERE seen_at > clock_timestamp() - %(shown)s::interval"""
