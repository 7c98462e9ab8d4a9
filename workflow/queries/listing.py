"""Lists of cases, for pages and the command line, and the catalogue of what is in force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from workflow.queries.people import Person
from workflow.queries.sight import VISIBLE, parameters

Rows = Connection[tuple[object, ...]]

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases: of a machine, in a state, with words in their title; "" asks for all."""

    machine: str = ""
    state: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended."""

    entered_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list."""

    id: str
    machine: str
    state: str
    title: str
    unit: str
    revision: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of cases, those that moved last first; `more` is where the next page begins."""

    cases: tuple[Listed, ...]
    more: After | None


#: The page first, from the cases alone; then what its few rows are about.
_PAGE_OF: Final[LiteralString] = """
WITH page AS MATERIALIZED (
  SELECT c.id, c.machine, c.state, c.revision, c.entered_at FROM cases c WHERE true"""

_ABOUT: Final[LiteralString] = """
   ORDER BY c.entered_at DESC, c.id DESC LIMIT %(take)s)
SELECT c.id, c.machine, c.state, coalesce(p.title, i.title, m.title, k.title, '') AS title,
       coalesce(u.name, '') AS unit, c.revision, c.entered_at
  FROM page c
  LEFT JOIN proposal p ON c.machine = 'proposal' AND p.case_id = c.id
  LEFT JOIN agenda_item i ON c.machine = 'agenda_item' AND i.case_id = c.id
  LEFT JOIN meeting m ON c.machine = 'meeting' AND m.case_id = c.id
  LEFT JOIN award a ON c.machine = 'award' AND a.case_id = c.id
  LEFT JOIN credential k ON k.case_id = coalesce(a.credential, c.id)
  LEFT JOIN unit u ON u.id = coalesce(p.unit, i.unit, k.unit)
 ORDER BY c.entered_at DESC, c.id DESC"""

#: Only what is asked for stands in the statement, so that its plan can follow an index.
_MACHINE: Final[LiteralString] = " AND c.machine = %(machine)s"
_STATE: Final[LiteralString] = " AND c.state = %(state)s"
_TITLE: Final[LiteralString] = """
   AND strpos(lower(CASE c.machine
         WHEN 'proposal' THEN (SELECT t.title FROM proposal t WHERE t.case_id = c.id)
         WHEN 'agenda_item' THEN (SELECT t.title FROM agenda_item t WHERE t.case_id = c.id)
         WHEN 'meeting' THEN (SELECT t.title FROM meeting t WHERE t.case_id = c.id)
         WHEN 'credential' THEN (SELECT t.title FROM credential t WHERE t.case_id = c.id)
         ELSE (SELECT t.title FROM award w JOIN credential t ON t.case_id = w.credential
                WHERE w.case_id = c.id) END), lower(%(title)s)) > 0"""
_AFTER: Final[LiteralString] = " AND (c.entered_at, c.id) < (%(entered_at)s, %(id)s)"


def cases(
    connection: Rows,
    wanted: Filter,
    *,
    viewer: Person | None,
    after: After | None = None,
    take: int = PAGE,
) -> Listing:
    """Cases that the viewer may see; viewer None is the operator's command line and sees all."""
    asked: dict[str, object] = {
        "machine": wanted.machine, "state": wanted.state, "title": wanted.title, "take": take + 1,
    }  # fmt: skip
    begun = {"entered_at": after.entered_at, "id": after.id} if after else {}
    sees = parameters(viewer) if viewer else {}
    statement = _statement(wanted, viewed=viewer is not None, begun=after is not None)
    with connection.cursor(row_factory=class_row(Listed)) as cursor:
        found = cursor.execute(statement, {**asked, **begun, **sees}).fetchall()
    shown = tuple(found[:take])
    more = After(shown[-1].entered_at, shown[-1].id) if len(found) > take else None
    return Listing(shown, more)


def _statement(wanted: Filter, *, viewed: bool, begun: bool) -> LiteralString:
    statement = _PAGE_OF
    statement += _MACHINE if wanted.machine else ""
    statement += _STATE if wanted.state else ""
    statement += _TITLE if wanted.title else ""
    statement += _AFTER if begun else ""
    statement += " AND " + VISIBLE if viewed else ""
    return statement + _ABOUT


@dataclass(frozen=True, slots=True)
class InForce:
    """A credential that can be claimed, and the person's own open claim of it, if any."""

    case: str
    title: str
    type: str
    unit: str
    rigor: str
    effective_on: date
    statement: str
    claim: str


_IN_FORCE: Final[LiteralString] = """
SELECT k.case_id AS case, k.title, k.type, u.name AS unit, v.rigor, v.effective_on,
       coalesce(v.content ->> 'competency_statement', v.content ->> 'description', '') AS statement,
       coalesce((SELECT a.case_id FROM award a WHERE a.learner = %(person)s
                    AND a.credential = k.case_id AND NOT a.ended), '') AS claim
  FROM credential k JOIN cases c ON c.id = k.case_id JOIN unit u ON u.id = k.unit
  JOIN credential_version v ON v.case_id = k.case_id AND v.version = k.version
 WHERE c.state = 'active' """

_PAGE: Final[LiteralString] = (
    _IN_FORCE + "AND k.title > %(after)s ORDER BY k.title, k.case_id LIMIT %(take)s"
)
_ONE: Final[LiteralString] = _IN_FORCE + "AND k.case_id = %(case)s"


def catalogue(
    connection: Rows, person: str, *, after: str = "", take: int = PAGE
) -> tuple[InForce, ...]:
    """Credentials in force by title, after a title; with the person's open claims."""
    values = {"person": person, "after": after, "take": take}
    with connection.cursor(row_factory=class_row(InForce)) as cursor:
        return tuple(cursor.execute(_PAGE, values).fetchall())


def in_force(connection: Rows, person: str, case: str) -> InForce | None:
    """One credential in force; None when there is none of this id."""
    with connection.cursor(row_factory=class_row(InForce)) as cursor:
        return cursor.execute(_ONE, {"person": person, "case": case}).fetchone()
