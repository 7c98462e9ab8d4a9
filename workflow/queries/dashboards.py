"""How long cases stay in each state, and what waits for whom: figures for everyone who works here.

Stays are counted in business days, from the history alone. A group of fewer than five is not shown:
it would say something of somebody (FERPA, and plain tact).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection

from workflow.definition import Definition
from workflow.engine import MachineInForce
from workflow.queries import words
from workflow.queries.work import Calendar

Rows = Connection[tuple[object, ...]]

#: Fewer than so many are not shown.
LEAST: Final = 5
#: Of each machine so many of the newest moves are looked at: a bound that a plan can rely on.
NEWEST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long cases stayed in a state, in business days; None where fewer than five did.

    `half` is the median, `most` the 85th percentile; `limit` the days its clock gives, if it counts
    in days.
    """

    state: str
    says: str
    cases: int
    half: int | None
    most: int | None
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Open items by who has them: how many, how many late, and the oldest in business days."""

    role: str
    open: int
    late: int
    oldest: int


_LEFT: Final[LiteralString] = """
WITH moved AS (
  SELECT e.case_id, e.seq, e.at, e.from_state, e.to_state
    FROM entry e JOIN cases c ON c.id = e.case_id
   WHERE c.machine = %(machine)s AND e.from_state IS DISTINCT FROM e.to_state
   ORDER BY e.at DESC LIMIT %(newest)s),
stayed AS (
  SELECT from_state AS state, lag(at) OVER of_case AS entered, at AS left_at
    FROM moved WINDOW of_case AS (PARTITION BY case_id ORDER BY seq))
SELECT state, entered, left_at FROM stayed WHERE entered IS NOT NULL AND state IS NOT NULL"""

_OPEN: Final[LiteralString] = """
SELECT CASE WHEN w.role = '' THEN 'person' ELSE w.role END, count(*),
       count(*) FILTER (WHERE w.due_at < %(now)s), min(w.opened_at)
  FROM work_item w WHERE w.state = 'open' GROUP BY 1"""


def stays(connection: Rows, machine: MachineInForce, calendar: Calendar) -> tuple[Stay, ...]:
    """How long cases of a machine stayed in each state that they can leave, in its order."""
    definition = machine.definition
    found: dict[str, list[int]] = defaultdict(list)
    rows = connection.execute(_LEFT, {"machine": definition.machine, "newest": NEWEST})
    for state, entered, left in rows.fetchall():
        found[str(state)].append(_days(calendar, entered, left))
    return tuple(
        _stay(definition, state.name, found.get(state.name, ()))
        for state in definition.states
        if not state.ends
    )


def _days(calendar: Calendar, entered: object, left: object) -> int:
    if not isinstance(entered, datetime) or not isinstance(left, datetime):
        raise TypeError("an entry is dated by an instant")
    return calendar.business_days_between(entered, left)


def _stay(definition: Definition, name: str, days: Sequence[int]) -> Stay:
    state = definition.state(name)
    shown = len(days) >= LEAST
    clock = state.clock
    return Stay(
        state=name, says=state.step or words.plain(state.says).capitalize(), cases=len(days),
        half=percentile(days, 50) if shown else None, most=percentile(days, 85) if shown else None,
        limit=clock.days if clock and clock.tell else None,
    )  # fmt: skip


def percentile(days: Sequence[int], share: int) -> int:
    """The least number of days within which `share` of a hundred are done.

    >>> percentile([1, 2, 3, 4, 10], 50), percentile([1, 2, 3, 4, 10], 85)
    (3, 10)
    """
    ordered = sorted(days)
    return ordered[-(-share * len(ordered) // 100) - 1]


def loads(connection: Rows, *, now: datetime, calendar: Calendar) -> tuple[Load, ...]:
    """Open items by the role that has them, those with most first."""
    rows = connection.execute(_OPEN, {"now": now}).fetchall()
    found = (
        Load(role=_who(str(role)), open=_count(many), late=_count(late),
             oldest=_days(calendar, oldest, now))
        for role, many, late, oldest in rows
    )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.open, one.role)))


def _who(role: str) -> str:
    return "Named persons" if role == "person" else words.role(role)


def _count(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a count is a number")
    return value


def bottleneck(found: Iterable[Load]) -> Load | None:
    """Where most waits too long; None where nothing is late."""
    late = [one for one in found if one.late]
    return max(late, key=lambda one: (one.late, one.oldest), default=None)
