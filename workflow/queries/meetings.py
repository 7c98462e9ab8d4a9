"""Meetings to come and those that were, and one with its agenda.

No learner's data stands in them, so anyone may read a published agenda (sunshine).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString, cast

from psycopg import Connection
from psycopg.rows import class_row

from policies import committees
from policies.data import DataError
from workflow.queries.subjects import OnAgenda, agenda

Rows = Connection[tuple[object, ...]]

#: Meetings that are shown, the newest first.
SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting as anyone may see it; `agenda` is empty while it is not published."""

    case: str
    body: str
    title: str
    state: str
    held_on: date
    starts_at: datetime
    place: str
    published_at: datetime | None
    count: int
    agenda: tuple[OnAgenda, ...] = ()

    @property
    def body_name(self) -> str:
        """The committee by name."""
        try:
            return committees.load().body(self.body).name
        except DataError:
            return self.body

    def section(self, name: str) -> tuple[OnAgenda, ...]:
        """The items of one section."""
        return tuple(one for one in self.agenda if one.section == name)


_MEETINGS: Final[LiteralString] = """
SELECT m.case_id AS case, m.body, m.title, c.state, m.held_on, m.starts_at, m.place,
       m.published_at, jsonb_array_length(m.agenda) AS count
  FROM meeting m JOIN cases c ON c.id = m.case_id"""


def meetings(connection: Rows, *, public: bool) -> tuple[Meeting, ...]:
    """Meetings, the latest day first; with `public` only those whose agenda is out."""
    only = " WHERE m.published_at IS NOT NULL" if public else ""
    statement = f"{_MEETINGS}{only} ORDER BY m.held_on DESC, m.case_id LIMIT %(most)s"
    with connection.cursor(row_factory=class_row(Meeting)) as cursor:
        return tuple(cursor.execute(statement.encode(), {"most": SHOWN}).fetchall())


def public_meeting(connection: Rows, case: str) -> Meeting | None:
    """A meeting with its published agenda; None where there is none, or it is not public."""
    statement = f"{_MEETINGS} WHERE m.case_id = %(case)s AND m.published_at IS NOT NULL"
    with connection.cursor(row_factory=class_row(Meeting)) as cursor:
        found = cursor.execute(statement.encode(), {"case": case}).fetchone()
    if found is None:
        return None
    order = connection.execute("SELECT agenda FROM meeting WHERE case_id = %s", (case,)).fetchone()
    items = cast("list[str]", order[0] if order else [])
    shown = agenda(connection, items)
    return Meeting(
        case=found.case, body=found.body, title=found.title, state=found.state,
        held_on=found.held_on, starts_at=found.starts_at, place=found.place,
        published_at=found.published_at, count=found.count, agenda=shown,
    )  # fmt: skip
