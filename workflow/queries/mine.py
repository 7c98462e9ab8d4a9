"""Mine: every case in which a person did something or was asked for something, for good.

Nothing leaves this list: what has ended is found by a filter and said to have ended, and what one
may no longer open stands there still, without its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from workflow.engine import MachineInForce
from workflow.queries import words
from workflow.queries.path import ended
from workflow.queries.people import Person
from workflow.queries.sight import VISIBLE, parameters

Rows = Connection[tuple[object, ...]]

PAGE: Final = 50
#: Which of them: all, those that go on, or those that have ended.
Which = Literal["all", "open", "ended"]


@dataclass(frozen=True, slots=True)
class Last:
    """Where a page ended: when one last had a part in the case, and the case."""

    at: datetime
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A case and one's part in it: what one did last, or what one was asked, and when.

    `open_to_you` is False where one may no longer read it; title and state are not told then.
    """

    case: str
    machine: str
    title: str
    state_says: str
    ended: bool
    at: datetime
    did: str
    open_to_you: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """A page of them, the latest first; `more` is where the next page begins."""

    parts: tuple[Part, ...]
    more: Last | None


#: By whom or for whom an entry was written, and whom a work item waited for.
_PARTS: Final[LiteralString] = f"""
WITH part AS (
  SELECT case_id, at, trigger, '' AS kind FROM entry
   WHERE actor = %(viewer)s AND actor NOT IN ('system', 'timer')
  UNION ALL
  SELECT case_id, at, trigger, '' FROM entry WHERE on_behalf_of = %(viewer)s
  UNION ALL
  SELECT case_id, opened_at, '', kind FROM work_item WHERE person = %(viewer)s),
latest AS (
  SELECT DISTINCT ON (case_id) case_id, at, trigger, kind FROM part
   ORDER BY case_id, at DESC, trigger DESC),
page AS MATERIALIZED (
  SELECT l.*, c.id, c.machine, c.state, (c.machine || '.' || c.state) = ANY(%(ends)s) AS ended
    FROM latest l JOIN cases c ON c.id = l.case_id
   WHERE (%(which)s = 'all'
          OR (%(which)s = 'ended') = ((c.machine || '.' || c.state) = ANY(%(ends)s)))
     AND (%(at)s::timestamptz IS NULL OR (l.at, l.case_id) < (%(at)s, %(case)s))
   ORDER BY l.at DESC, l.case_id DESC LIMIT %(take)s)
SELECT c.id AS case_id, c.machine, c.state, c.ended, c.at, c.trigger, c.kind,
       coalesce({VISIBLE}, false) AS visible, coalesce(p.title, i.title, k.title, '') AS title,
       coalesce(n.name, '') AS learner
  FROM page c
  LEFT JOIN proposal p ON c.machine = 'proposal' AND p.case_id = c.id
  LEFT JOIN agenda_item i ON c.machine = 'agenda_item' AND i.case_id = c.id
  LEFT JOIN award a ON c.machine = 'award' AND a.case_id = c.id
  LEFT JOIN person n ON n.id = a.learner
  LEFT JOIN credential k ON k.case_id = coalesce(a.credential, c.id)
 ORDER BY c.at DESC, c.id DESC"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class _Row:
    case_id: str
    machine: str
    state: str
    ended: bool
    at: datetime
    trigger: str
    kind: str
    visible: bool
    title: str
    learner: str


def mine(
    connection: Rows, person: Person, *, machines: Mapping[str, MachineInForce],
    which: Which = "all", after: Last | None = None, take: int = PAGE,
) -> Mine:  # fmt: skip
    """The cases in which a person had a part, after where the last page ended."""
    values = {
        **parameters(person), "which": which, "ends": ended(machines), "take": take + 1,
        "at": after.at if after else None, "case": after.case if after else None,
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        found = cursor.execute(_PARTS, values).fetchall()
    parts = tuple(_part(row, machines) for row in found[:take])
    more = Last(parts[-1].at, parts[-1].case) if len(found) > take else None
    return Mine(parts, more)


def _part(row: _Row, machines: Mapping[str, MachineInForce]) -> Part:
    state = machines[row.machine].definition.state(row.state)
    seen = row.visible
    return Part(
        case=row.case_id, machine=row.machine, ended=row.ended, at=row.at, open_to_you=seen,
        title=(row.title or "Untitled") if seen else "", state_says=state.says if seen else "",
        did=_did(row),
    )  # fmt: skip


def _did(row: _Row) -> str:
    """What one did last, or was asked, as a sentence."""
    if row.trigger:
        return f"You {words.did(row.machine, row.trigger)}"
    title, learner = (row.title or "it", row.learner) if row.visible else ("it", "a learner")
    asked = words.asks(row.machine, row.kind, title=title, learner=learner)
    return f"You were asked: {asked}."
