"""Who stands in for whom: what a person can have a deputy for, and the deputies there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from workflow.queries.people import Holding

Rows = Connection[tuple[object, ...]]

#: Memberships are one's own; a seat votes in person (no proxies); a roster names its assessors.
PERSONAL: Final = {
    "member": "A membership is your own and has no deputy.",
    "committee_member": "Votes are cast in person: a seat on a committee has no deputy.",
    "committee_alternate": "Votes are cast in person: an alternate has no deputy.",
    "assessor": "Assessors stand on the roster: ask the unit head to name another.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """One role that one person holds for another, with its first and last instant."""

    id: str
    role: str
    scope: str
    scope_name: str
    deputy: str
    deputy_name: str
    by: str
    by_name: str
    starts: datetime
    ends: datetime
    reason: str

    @property
    def says(self) -> str:
        """The role in words, with where."""
        return Holding(self.role, self.scope, self.scope_name, "").says

    @property
    def last(self) -> datetime:
        """An instant on its last day."""
        return self.ends - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Own:
    """A role somebody holds themselves: its key on the form, when it ends, what it is called."""

    role: str
    scope: str
    scope_name: str
    ends: datetime | None

    @property
    def key(self) -> str:
        """How the form names it."""
        return f"{self.role}/{self.scope}" if self.scope else self.role

    @property
    def says(self) -> str:
        """The role in words, with where."""
        return Holding(self.role, self.scope, self.scope_name, "").says


def roles_of(connection: Rows, person: str, now: datetime) -> tuple[Own, ...]:
    """What a person holds themselves and can have a deputy for."""
    return tuple(own for own in held_by(connection, person, now) if own.role not in PERSONAL)


def delegations(connection: Rows, person: str, now: datetime) -> tuple[Delegation, ...]:
    """Every delegation by or to a person that has not ended at `now`, the next first."""
    with connection.cursor(row_factory=class_row(Delegation)) as cursor:
        return tuple(cursor.execute(_RUNNING, {"person": person, "now": now}).fetchall())


def held_by(connection: Rows, person: str, now: datetime) -> tuple[Own, ...]:
    """Every role that a person holds themselves at `now`; one held for another is not theirs."""
    with connection.cursor(row_factory=class_row(Own)) as cursor:
        return tuple(cursor.execute(_OWN, {"person": person, "now": now}).fetchall())


_OWN: Final[LiteralString] = """
SELECT a.role, a.scope, coalesce(u.name, '') AS scope_name,
       CASE WHEN bool_or(a.ends IS NULL) THEN NULL ELSE max(a.ends) END AS ends
  FROM appointment a LEFT JOIN unit u ON u.id = a.scope
 WHERE a.person = %(person)s AND a.on_behalf_of IS NULL AND a.starts <= %(now)s
   AND (a.ends IS NULL OR a.ends > %(now)s)
 GROUP BY a.role, a.scope, u.name ORDER BY a.role, a.scope"""

_RUNNING: Final[LiteralString] = """
SELECT a.id, a.role, a.scope, coalesce(u.name, '') AS scope_name, a.person AS deputy,
       d.name AS deputy_name, a.on_behalf_of AS by, b.name AS by_name, a.starts, a.ends, a.reason
  FROM appointment a JOIN person d ON d.id = a.person JOIN person b ON b.id = a.on_behalf_of
  LEFT JOIN unit u ON u.id = a.scope
 WHERE (a.on_behalf_of = %(person)s OR a.person = %(person)s AND a.on_behalf_of IS NOT NULL)
   AND a.ends > %(now)s AND a.ends > a.starts + interval '1 microsecond'
 ORDER BY a.starts, a.role, a.scope, a.id"""
