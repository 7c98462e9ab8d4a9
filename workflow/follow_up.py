"""A follow-up date: the day on which a case comes back to the top of one's own work.

It is a private note beside the case, not an act on it: it has no entry, moves no clock and hides
nothing. Its person alone sees it.
"""

from datetime import date, datetime
from typing import Final, LiteralString

from psycopg import Connection
from pydantic import Field

from workflow.decide import PRACTICE
from workflow.engine import Engine
from workflow.forms import Form
from workflow.perform import InvalidError
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]


class SetFollowUp(Form):
    """The day; without one the follow-up is taken off."""

    day: date | None = Field(default=None, title="Back on top on")


def set_follow_up(engine: Engine, *, person: str, case: str, day: date | None) -> None:
    """Set, move or take off (None) a person's follow-up date of a case that is there.

    Raises InvalidError for a day that is past.
    """
    now = engine.clock.now()
    with engine.connect() as connection:
        if day is None:
            connection.execute(_OFF, (person, case))
            return
        if day < _today(connection, person, now):
            text = "Choose today or a later day."
            raise InvalidError((Reason("follow-up", PRACTICE, text, "day"),))
        connection.execute(_SET, (person, case, day))


def _today(connection: Rows, person: str, now: datetime) -> date:
    """The civil day where the person reads times."""
    row = connection.execute(_TODAY, (now, person)).fetchone()
    if row is None or not isinstance(row[0], date):
        raise InvalidError((Reason("follow-up", PRACTICE, "There is no such person.", "person"),))
    return row[0]


_TODAY: Final[LiteralString] = (
    "SELECT (%s::timestamptz AT TIME ZONE p.zone)::date FROM person p WHERE p.id = %s"
)
_OFF: Final[LiteralString] = "DELETE FROM follow_up WHERE person = %s AND case_id = %s"
_SET: Final[LiteralString] = """
INSERT INTO follow_up (person, case_id, day) VALUES (%s, %s, %s)
ON CONFLICT (person, case_id) DO UPDATE SET day = EXCLUDED.day"""
