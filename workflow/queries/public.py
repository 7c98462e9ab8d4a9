"""What signed credentials name and anyone may read: a version of a credential, and a unit."""

from dataclasses import dataclass
from datetime import date
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from policies.document import read_document

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """One version of a credential: what it says and takes; `newest` is the version in force."""

    case: str
    version: int
    newest: int
    title: str
    type: str
    unit: str
    rigor: str
    effective_on: date
    statement: str
    description: str
    outcomes: tuple[tuple[str, str], ...]
    competencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    type: str
    newest: int
    unit: str
    rigor: str
    effective_on: date
    content: dict[str, object]


_ACHIEVEMENT: Final[LiteralString] = """
SELECT k.title, k.type, k.version AS newest, u.name AS unit, v.rigor, v.effective_on, v.content
  FROM credential k JOIN unit u ON u.id = k.unit
  JOIN credential_version v ON v.case_id = k.case_id AND v.version = %(version)s
 WHERE k.case_id = %(case)s"""


def achievement(connection: Rows, case: str, version: int) -> Achievement | None:
    """A version of a credential; None when there is none."""
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        row = cursor.execute(_ACHIEVEMENT, {"case": case, "version": version}).fetchone()
    if row is None:
        return None
    document = read_document(row.content)
    return Achievement(
        case=case, version=version, newest=row.newest, title=row.title, type=row.type,
        unit=row.unit, rigor=row.rigor, effective_on=row.effective_on,
        statement=document.competency_statement, description=document.description,
        outcomes=tuple((one.statement, one.threshold) for one in document.slos),
        competencies=tuple(one.statement for one in document.competencies),
    )  # fmt: skip


def unit_name(connection: Rows, unit: str) -> str | None:
    """A unit by its id; None when there is none."""
    row = connection.execute("SELECT name FROM unit WHERE id = %s", (unit,)).fetchone()
    return str(row[0]) if row else None
