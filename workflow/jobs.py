"""Long work and how far it has come: one row a job, written as each piece of it is done.

    with job(engine, "reminders", says="Reminders of this week", by=person, total=len(late)) as on:
        for item in late[on.begun:]:
            remind(item)
            on.did()

A job whose worker died is begun again under the same id and goes on where it stood.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString, cast
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from workflow.engine import Engine

Rows = Connection[tuple[object, ...]]

#: A job that nobody has moved for so long has lost its worker.
LOST_AFTER: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands; `lost` when it is not finished and nobody works on it any more."""

    id: UUID
    kind: str
    says: str
    by: str
    by_name: str
    total: int
    done: int
    failed: int
    cursor: str
    problem: str
    started_at: datetime
    finished_at: datetime | None
    lost: bool

    @property
    def begun(self) -> int:
        """How many pieces have been taken up, well or not."""
        return self.done + self.failed

    @property
    def percent(self) -> int:
        """How much of it is behind us, rounded down: 100 only when all of it is."""
        return 100 * self.begun // self.total if self.total else 100


class Progress:
    """A job in hand: what is told here is on the page at once."""

    def __init__(self, engine: Engine, job: Job) -> None:
        self._engine = engine
        self.id = job.id
        #: How many pieces are done already, and the cursor its last worker left.
        self.begun, self.cursor = job.begun, job.cursor

    def did(self, *, pieces: int = 1, cursor: str | None = None) -> None:
        """So many pieces more are done; `cursor` is where another would go on."""
        self._moved(done=pieces, failed=0, cursor=cursor, problem=None)

    def failed(self, problem: str, *, cursor: str | None = None) -> None:
        """One piece could not be done, and why, in a sentence; the others go on."""
        self._moved(done=0, failed=1, cursor=cursor, problem=problem)

    def _moved(self, *, done: int, failed: int, cursor: str | None, problem: str | None) -> None:
        values = {"id": self.id, "done": done, "failed": failed, "cursor": cursor,
                  "problem": problem}  # fmt: skip
        with self._engine.connect() as connection:
            connection.execute(_MOVED, values)
        self.begun += done + failed


@contextmanager
def job(
    engine: Engine, kind: str, *, says: str, by: str, total: int, job_id: UUID | None = None
) -> Iterator[Progress]:
    """Begin a job, or take up the unfinished one of this id; it ends with the block.

    `kind` is one word, `says` a line people read, `by` a person's id or "system". An error leaves
    it unfinished with its cursor, so that it can be taken up again.
    """
    values = {"id": job_id or engine.ids.uuid(), "kind": kind, "says": says, "by": by,
              "total": total, "now": engine.clock.now()}  # fmt: skip
    with engine.connect() as connection:
        connection.execute(_BEGIN, values)
        begun = cast("Job", find(connection, cast("UUID", values["id"])))
    yield Progress(engine, begun)
    with engine.connect() as connection:
        connection.execute(_END, {"id": begun.id, "now": engine.clock.now()})


def find(connection: Rows, job_id: UUID) -> Job | None:
    """A job by its id."""
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        return cursor.execute(_ONE, {"id": job_id, "lost": LOST_AFTER}).fetchone()


def newest(connection: Rows, *, before: Job | None = None, take: int = 20) -> tuple[Job, ...]:
    """The jobs that began last, or those that began before one: a page of them."""
    at, last = (before.started_at, before.id) if before else (None, None)
    values = {"lost": LOST_AFTER, "at": at, "id": last, "take": take}
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        return tuple(cursor.execute(_NEWEST, values).fetchall())


_BEGIN: Final[LiteralString] = """
INSERT INTO job (id, kind, says, by, total, started_at, seen_at)
VALUES (%(id)s, %(kind)s, %(says)s, %(by)s, %(total)s, %(now)s, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()"""

_MOVED: Final[LiteralString] = """
UPDATE job SET done = done + %(done)s, failed = failed + %(failed)s, seen_at = clock_timestamp(),
       cursor = coalesce(%(cursor)s, cursor), problem = coalesce(%(problem)s, problem)
 WHERE id = %(id)s"""

_END: Final[LiteralString] = """
UPDATE job SET finished_at = %(now)s, seen_at = clock_timestamp()
 WHERE id = %(id)s AND finished_at IS NULL"""

_READ: Final[LiteralString] = """
SELECT j.id, j.kind, j.says, j.by, coalesce(p.name, '') AS by_name, j.total, j.done, j.failed,
       j.cursor, j.problem, j.started_at, j.finished_at,
       j.finished_at IS NULL AND j.seen_at < clock_timestamp() - %(lost)s::interval AS lost
  FROM job j LEFT JOIN person p ON p.id = j.by"""

_ONE: Final[LiteralString] = _READ + " WHERE j.id = %(id)s"
_NEWEST: Final[LiteralString] = f"""{_READ}
 WHERE %(at)s::timestamptz IS NULL OR (j.started_at, j.id) < (%(at)s, %(id)s)
 ORDER BY j.started_at DESC, j.id DESC LIMIT %(take)s"""
