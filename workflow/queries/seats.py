"""Who sits on a committee: chair, vice-chair, members and alternates, with their terms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

_SAYS: Final = {
    "committee_chair": "chair", "committee_vice_chair": "vice-chair", "committee_member": "member",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One appointment to a committee; whoever chairs it is listed as its chair only."""

    person: str
    name: str
    role: str
    starts: datetime
    ends: datetime | None
    stands_for: str | None
    stands_for_name: str | None

    @property
    def says(self) -> str:
        """What they are there: "chair", "member", "alternate for Omar Sketch"."""
        return _SAYS.get(self.role) or f"alternate for {self.stands_for_name}"

    @property
    def last(self) -> datetime | None:
        """An instant on the last day of the term; None where it has no end."""
        return self.ends - timedelta(microseconds=1) if self.ends else None


_SEATS: Final[LiteralString] = """
SELECT person, name, role, starts, ends, stands_for, stands_for_name FROM (
  SELECT DISTINCT ON (a.person) a.person, p.name, a.role, a.starts, a.ends, a.stands_for,
         m.name AS stands_for_name, array_position(ARRAY['committee_chair', 'committee_vice_chair',
           'committee_member', 'committee_alternate'], a.role) AS rank
    FROM appointment a JOIN person p ON p.id = a.person LEFT JOIN person m ON m.id = a.stands_for
   WHERE a.scope = %(body)s AND a.on_behalf_of IS NULL AND a.starts <= %(now)s
     AND (a.ends IS NULL OR a.ends > %(now)s) AND a.role IN ('committee_chair',
         'committee_vice_chair', 'committee_member', 'committee_alternate')
   ORDER BY a.person, rank) s
 ORDER BY rank, name, person"""


def seats(connection: Rows, body: str, now: datetime) -> tuple[Seat, ...]:
    """Everyone who sits on a committee at `now`: the chair first, alternates last."""
    with connection.cursor(row_factory=class_row(Seat)) as cursor:
        return tuple(cursor.execute(_SEATS, {"body": body, "now": now}).fetchall())
