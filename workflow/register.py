"""The register: who changed what that is no case, when, in which words; it is only added to.

Whoever changes people, appointments, delegations, committees or the calendar records it in the
same transaction: the change and its line are there together, or neither is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workflow.chain import GENESIS, entry_hash

Rows = Connection[tuple[object, ...]]

#: One writer at a time, until its transaction ends: each line names the hash of the line before.
_LOCK: Final = 380_104_01


class Subject(NamedTuple):
    """What was changed: its kind in one word ("delegation", "committee", "calendar"), its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One line of the register, as it is kept."""

    seq: int
    at: datetime
    actor: str
    on_behalf_of: str | None
    subject_kind: str
    subject_id: str
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)


def record(
    connection: Rows, subject: Subject, *, says: str, at: datetime, actor: str,
    on_behalf_of: str | None = None, facts: Mapping[str, object] | None = None,
) -> int:  # fmt: skip
    """Add a line in the caller's transaction and return its number.

    `says` is a sentence people read ("Ana Ruiz stands in for J. Lee until Fri 4 Dec."), `at`
    business time, `actor` a person's id or "system". `facts` are JSON values that a program reads:
    no floats, instants as text. Other writers wait until the transaction ends, so record last.
    Raises TypeError for facts without one canonical form, RuntimeError outside a transaction.
    """
    if connection.autocommit and connection.info.transaction_status.name == "IDLE":
        raise RuntimeError("The register is written in the transaction of what it tells.")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    # A statement of its own, after the lock: it sees the line that was waited for.
    seq, previous = _head(connection)
    line: dict[str, object] = {
        "seq": seq + 1, "at": at, "actor": actor, "on_behalf_of": on_behalf_of,
        "subject_kind": subject.kind, "subject_id": subject.id, "says": says,
        "facts": dict(facts or {}), "previous": previous,
    }  # fmt: skip
    line["hash"] = entry_hash(previous, line)
    connection.execute(_INSERT, {**line, "facts": Jsonb(line["facts"])})
    return seq + 1


def trail(connection: Rows, subject: Subject) -> tuple[Recorded, ...]:
    """Every line on one subject, the first change first."""
    with connection.cursor(row_factory=class_row(Recorded)) as cursor:
        return tuple(cursor.execute(_TRAIL, subject).fetchall())


def newest(connection: Rows, *, before: int | None = None, take: int = 50) -> tuple[Recorded, ...]:
    """The newest lines, or the newest of those before a number: one page of the register."""
    values = {"before": before, "take": take}
    with connection.cursor(row_factory=class_row(Recorded)) as cursor:
        return tuple(cursor.execute(_NEWEST, values).fetchall())


def _head(connection: Rows) -> tuple[int, str]:
    last = connection.execute(
        "SELECT seq, hash FROM register_entry ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return (int(str(last[0])), str(last[1])) if last else (0, GENESIS)


_INSERT: Final[LiteralString] = """
INSERT INTO register_entry (seq, at, actor, on_behalf_of, subject_kind, subject_id, says, facts,
                            previous, hash)
VALUES (%(seq)s, %(at)s, %(actor)s, %(on_behalf_of)s, %(subject_kind)s, %(subject_id)s, %(says)s,
        %(facts)s, %(previous)s, %(hash)s)"""

_READ: Final[LiteralString] = """
SELECT seq, at, actor, on_behalf_of, subject_kind, subject_id, says, facts FROM register_entry"""

_TRAIL: Final[LiteralString] = f"{_READ} WHERE subject_kind = %s AND subject_id = %s ORDER BY seq"
_NEWEST: Final[LiteralString] = f"""{_READ}
 WHERE %(before)s::bigint IS NULL OR seq < %(before)s ORDER BY seq DESC LIMIT %(take)s"""
