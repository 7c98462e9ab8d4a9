"""What was proposed to be set right in a case, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One correction: what was on record, what should be, and both people.

    `answer` is "open", "confirmed", "dropped", or "lapsed" where the case went on unanswered.
    """

    what: str
    was: str
    value: str
    reason: str
    who: str
    for_whom: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


_CORRECTIONS: Final[LiteralString] = """
SELECT x.what, x.was, x.value, x.reason, p.name AS who, coalesce(b.name, '') AS for_whom,
       x.proposed_at AS at, coalesce(a.name, '') AS answered_by, x.answered_at,
       CASE WHEN x.answer = 'open' AND x.seq <= c.entered_seq THEN 'lapsed' ELSE x.answer END
         AS answer
  FROM correction x JOIN cases c ON c.id = x.case_id JOIN person p ON p.id = x.proposed_by
  LEFT JOIN person b ON b.id = x.on_behalf_of LEFT JOIN person a ON a.id = x.answered_by
 WHERE x.case_id = %s ORDER BY x.seq"""


def corrections(connection: Rows, case: str) -> tuple[Correction, ...]:
    """Every correction of a case, the first one first."""
    with connection.cursor(row_factory=class_row(Correction)) as cursor:
        return tuple(cursor.execute(_CORRECTIONS, (case,)).fetchall())
