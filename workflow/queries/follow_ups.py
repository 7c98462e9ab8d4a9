"""Follow-up dates of a person, by case."""

from datetime import date
from typing import cast

from psycopg import Connection


def follow_ups(
    connection: Connection[tuple[object, ...]], person: str, case: str | None = None
) -> dict[str, date]:
    """The day of each case that a person wants back on top, or of one case."""
    rows = connection.execute(
        """SELECT case_id, day FROM follow_up
            WHERE person = %s AND (%s::text IS NULL OR case_id = %s)""",
        (person, case, case),
    ).fetchall()
    return {str(one): cast("date", day) for one, day in rows}
