"""What the registrar is given each week: one row an award, in columns that do not change.

Version 1 of the feed; a column is only ever added at the end, under a new version. Learners who are
not enrolled are kept in ASA's register, and no key of theirs is told (MC-8c, MC-13).
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Final, LiteralString
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

VERSION: Final = 1
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Record:
    """One award as the registrar's system takes it; the fields are the feed's columns, in order."""

    award: str
    credential_id: str
    #: The directory's key of an enrolled learner; "" of others.
    learner: str
    learner_name: str
    kept_in: str
    credential: str
    version: int
    code: str
    title: str
    type: str
    level: str
    unit: str
    issued_on: date
    record: str
    #: "in_force", "revoked", "superseded" or "expired".
    standing: str
    #: Why somebody has to look at it; "" where nobody has.
    exception: str


COLUMNS: Final = tuple(one.name for one in fields(Record))

_RECORDS: Final[LiteralString] = """
SELECT a.case_id AS award, a.credential_id, CASE WHEN p.enrolled THEN p.id ELSE '' END AS learner,
       p.name AS learner_name,
       CASE WHEN p.enrolled THEN 'student_system' ELSE 'asa_register' END AS kept_in,
       k.case_id AS credential, v.version, k.code, k.title, k.type, v.rigor AS level,
       u.name AS unit, (i.at AT TIME ZONE %(zone)s)::date AS issued_on,
       a.registrar_record AS record, coalesce(m.kind, 'in_force') AS standing,
       concat_ws(' ',
         CASE WHEN w.due_at < %(now)s THEN 'The record is not confirmed in time.' END,
         CASE WHEN p.enrolled AND a.identity_method = 'verified_mail'
              THEN 'The directory did not match the learner: look for the student number.' END,
         CASE WHEN a.registrar_record <> '' AND EXISTS (
                SELECT FROM award o WHERE o.registrar_record = a.registrar_record
                   AND o.case_id <> a.case_id)
              THEN 'Another award has the same record number.' END) AS exception
  FROM award a JOIN signed_credential s ON s.case_id = a.case_id
  JOIN entry i ON i.case_id = a.case_id AND i.trigger = 'issue'
  JOIN person p ON p.id = a.learner JOIN credential k ON k.case_id = a.credential
  JOIN credential_version v ON v.case_id = a.credential AND v.version = a.credential_version
  JOIN unit u ON u.id = k.unit
  LEFT JOIN status_mark m ON m.case_id = a.case_id
  LEFT JOIN work_item w ON w.case_id = a.case_id AND w.kind = 'issued' AND w.state = 'open'
 WHERE (%(start)s::timestamptz IS NULL OR i.at >= %(start)s)
   AND (%(end)s::timestamptz IS NULL OR i.at < %(end)s)
   AND (NOT %(open)s OR a.registrar_record = '')
 ORDER BY i.at, a.case_id"""


def week_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """The week of a day, from Monday to Monday, by the institution's clock.

    >>> start, end = week_of(date(2026, 11, 26), "America/New_York")
    >>> start.isoformat(), (end - start).days
    ('2026-11-23T00:00:00-05:00', 7)
    """
    monday = day - timedelta(days=day.weekday())
    first, last = (
        datetime.combine(one, time(), ZoneInfo(zone)) for one in (monday, monday + timedelta(7))
    )
    return first, last


def of_week(connection: Rows, day: date, *, zone: str, now: datetime) -> tuple[Record, ...]:
    """Every award that was issued in the week of a day."""
    start, end = week_of(day, zone)
    return _records(connection, {"start": start, "end": end, "open": False, "zone": zone,
                                 "now": now})  # fmt: skip


def unconfirmed(connection: Rows, *, zone: str, now: datetime) -> tuple[Record, ...]:
    """Every award whose record waits to be confirmed."""
    return _records(connection, {"start": None, "end": None, "open": True, "zone": zone,
                                 "now": now})  # fmt: skip


def _records(connection: Rows, values: dict[str, object]) -> tuple[Record, ...]:
    with connection.cursor(row_factory=class_row(Record)) as cursor:
        return tuple(cursor.execute(_RECORDS, values).fetchall())


def as_csv(records: Iterable[Record]) -> str:
    """The feed as CSV (RFC 4180); no cell of it is a formula to a spreadsheet."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in asdict(one).values()] for one in records)
    return text.getvalue()


def _cell(value: object) -> str:
    said = str(value)
    return f"'{said}" if said.startswith(_FORMULA) else said


def as_data(records: Sequence[Record]) -> dict[str, object]:
    """The feed as JSON values."""
    return {
        "feed": "conferral-registrar", "version": VERSION, "columns": list(COLUMNS),
        "records": [asdict(one) for one in records],
    }  # fmt: skip
