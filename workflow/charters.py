"""Committees as they are at an instant: the data file, and what charters have changed since.

The fragments read a charter along with a case's facts, so that a rule asks nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from policies import committees
from policies.committees import Body, Committees

Rows = Connection[tuple[object, ...]]


def charter_of(body: str) -> str:
    """SQL of the charter in force of a body, as text; NULL where the data file says it.

    `body` is a column of the statement around it.
    """
    return f"""
    (SELECT h.said::text FROM charter h WHERE h.body = {body} AND h.starts <= %(now)s
      ORDER BY h.starts DESC, h.entry DESC LIMIT 1)"""  # noqa: S608 - our own words


#: Every charter in force, as a JSON list of texts; NULL where there is none.
ALL: Final[LiteralString] = """
    (SELECT json_agg(h.said) FROM (
       SELECT DISTINCT ON (body) said::text FROM charter WHERE starts <= %(now)s
        ORDER BY body, starts DESC, entry DESC) h)"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a committee: since when, and the line of the register that tells of it."""

    starts: datetime
    entry: int
    text: str
    says: str
    actor: str

    @property
    def body(self) -> Body:
        """The committee as this version says it."""
        return committees.body_of(self.text)


_VERSIONS: Final[LiteralString] = """
SELECT h.starts, h.entry, h.said::text AS text, r.says, r.actor
  FROM charter h JOIN register_entry r ON r.seq = h.entry
 WHERE h.body = %s ORDER BY h.starts, h.entry"""


def committees_at(connection: Rows, now: datetime) -> Committees:
    """The committees in force at an instant of business time."""
    found = connection.execute(f"SELECT {ALL}".encode(), {"now": now}).fetchone()
    texts = found[0] if found else None
    return committees.in_force(texts if isinstance(texts, list) else ())


def versions(connection: Rows, body: str) -> tuple[Kept, ...]:
    """Every charter of a committee, the first first; () where only the data file knows it."""
    with connection.cursor(row_factory=class_row(Kept)) as cursor:
        return tuple(cursor.execute(_VERSIONS, (body,)).fetchall())
