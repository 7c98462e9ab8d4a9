"""Dates counted anew when the calendar changes: each case once, through the one door.

What was armed keeps its civil rule ("-3 BD of the due date, America/New_York"); here the rule is
asked again of the calendar in force. A reminder that went out stays out, nothing is moved into the
past, and the entry of a case says what moved and why.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, LiteralString, NamedTuple, cast
from uuid import UUID

from psycopg import Connection

from workflow.calendars import ALL_HAVE_SEEN, newest
from workflow.clocks import AGAIN, NINE_MONTHS, Alarm, Calendar, Clock, figured
from workflow.definition import Definition
from workflow.effects import Ask
from workflow.engine import Engine, MachineInForce
from workflow.facts import SYSTEM, Facts
from workflow.moved import MovedDeadline, MovedWork, Recount
from workflow.perform import Command, Refused, perform
from workflow.reading import Wanted, read_case

log = logging.getLogger(__name__)

Rows = Connection[tuple[object, ...]]
#: Cases of one batch: the version's row is locked for as long as a batch takes.
BATCH: Final = 100


class _Armed(NamedTuple):
    """An armed deadline, as it was read."""

    id: UUID
    clock: str
    fires_at: datetime
    due_at: datetime
    rule: str


class _Work(NamedTuple):
    """What is open of one kind: when it was first asked, and when it is due."""

    kind: str
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What the calendar in force moves in one case."""

    case: str
    seq: int
    machine: str
    deadlines: tuple[MovedDeadline, ...]
    work: tuple[MovedWork, ...]
    people: tuple[str, ...]


# ------------------------------------------------------------------------- what moves in a case

_ARMED: Final[LiteralString] = """
SELECT id, clock, fires_at, due_at, rule FROM deadline
 WHERE case_id = %s AND state = 'armed' AND fires_at > %s AND outcome IS NULL
 ORDER BY fires_at, id"""
_OPEN: Final[LiteralString] = """
SELECT kind, min(opened_at), min(due_at) FROM work_item
 WHERE case_id = %s AND state = 'open' GROUP BY kind ORDER BY kind"""
_HOLDERS: Final[LiteralString] = """
SELECT DISTINCT coalesce(w.person, a.person) AS person
  FROM work_item w LEFT JOIN appointment a ON w.person IS NULL AND a.role = w.role
   AND a.scope = w.scope AND a.starts <= %(now)s AND (a.ends IS NULL OR a.ends > %(now)s)
 WHERE w.case_id = %(case)s AND w.state = 'open' AND w.kind = ANY(%(kinds)s)
   AND coalesce(w.person, a.person) IS NOT NULL ORDER BY person"""


@dataclass(frozen=True, slots=True)
class Counting:
    """Cases counted on a calendar: read only."""

    engine: Engine
    connection: Rows
    calendar: Calendar

    def moves(self, case: str) -> Moves | None:
        """What the calendar moves in a case; None where nothing moves."""
        machine = self.engine.machine_of(case)
        facts = self._facts(machine, case) if machine else None
        if machine is None or facts is None:
            return None
        armed = [_Armed(*row) for row in self._rows(_ARMED, case, facts.now)]  # type: ignore[arg-type]
        work = {str(row[0]): _Work(*row) for row in self._rows(_OPEN, case)}  # type: ignore[arg-type]
        found: list[MovedDeadline] = []
        later: list[MovedWork] = []
        for name in dict.fromkeys(one.clock for one in armed):
            runs = _running(machine.definition, facts, name, work=work)
            if runs is not None:
                anew = self._anew(facts, runs)
                found += anew.deadlines([one for one in armed if one.clock == name])
                later += anew.work(work.get(name))
        if not found and not later:
            return None
        return Moves(
            case=case, seq=facts.case.seq, machine=facts.case.machine, deadlines=tuple(found),
            work=tuple(later), people=self._told(case, later, facts.now),
        )  # fmt: skip

    def _facts(self, machine: MachineInForce, case: str) -> Facts | None:
        wanted = Wanted(
            machine=machine.definition.machine, case=case, actor=SYSTEM,
            now=self.engine.clock.now(), key="", form=None, calendar=self.calendar,
        )  # fmt: skip
        read = read_case(self.connection, machine.reading, wanted)
        return read.facts if read else None

    def _rows(self, statement: LiteralString, *values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(statement, values).fetchall()

    def _anew(self, facts: Facts, runs: "_Runs") -> "_Anew":
        then, clock = replace(facts, now=runs.start), runs.clock
        count = partial(clock.every_alarm, then, self.calendar)
        alarms = {_words(one.rule): one for one in count(start=runs.start, extra=runs.extra)}
        due = clock.due_at(then, self.calendar, start=runs.start, extra=runs.extra)
        return _Anew(alarms, due, self.calendar, facts.now)

    def _told(self, case: str, work: list[MovedWork], now: datetime) -> tuple[str, ...]:
        """Whoever has what moved by a day or more."""
        day = self.calendar.day_of
        kinds = [one.kind for one in work if day(one.was) != day(one.due_at)]
        values = {"case": case, "kinds": kinds, "now": now}
        found = self.connection.execute(_HOLDERS, values).fetchall()
        return tuple(cast("str", row[0]) for row in found)


@dataclass(frozen=True, slots=True)
class _Runs:
    """A clock that runs on a case: since when, and the business days added to it."""

    clock: Clock
    start: datetime
    extra: int = 0


def _running(
    definition: Definition, facts: Facts, name: str, *, work: Mapping[str, _Work]
) -> _Runs | None:
    """The clock of this name; None where neither the state nor an open work item has it."""
    case, state = facts.case, definition.state(facts.case.state)
    if name == state.name and state.clock is not None:
        return _Runs(state.clock, case.clock_at, case.clock_extra)
    if name in work:
        clock = _asked(definition, name) or figured(definition.machine, name)
        return _Runs(clock, work[name].since)
    return None


def _asked(definition: Definition, kind: str) -> Clock | None:
    """The clock with which a row asks for it; None where a row's own words ask."""
    asks = (one for row in definition.rows for one in row.then if isinstance(one, Ask))
    return next((one.clock for one in asks if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class _Anew:
    """One clock of a case, counted on a new calendar from when it began."""

    alarms: Mapping[str, Alarm]
    due: datetime | None
    calendar: Calendar
    now: datetime

    def deadlines(self, armed: list[_Armed]) -> Iterator[MovedDeadline]:
        for one in armed:
            fires_at, due_at = self._anew(one)
            fires_at = max(fires_at, self.now)
            if (fires_at, due_at) != (one.fires_at, one.due_at):
                yield MovedDeadline(
                    id=one.id, was=one.fires_at, fires_at=fires_at, due_at=due_at
                )  # fmt: skip

    def _anew(self, one: _Armed) -> tuple[datetime, datetime]:
        words = _words(one.rule)
        if words in self.alarms:
            return self.alarms[words].fires_at, self.alarms[words].due_at
        if words.startswith(AGAIN):
            day = self.calendar.nth_business_day(
                self.calendar.day_of(one.fires_at), 0, off_contract=NINE_MONTHS in words
            )
            return self.calendar.end_of(day), self.due or one.due_at
        return one.fires_at, one.due_at

    def work(self, item: _Work | None) -> Iterator[MovedWork]:
        if item and item.due_at and self.due and item.due_at != self.due:
            yield MovedWork(kind=item.kind, was=item.due_at, due_at=self.due)


def _words(rule: str) -> str:
    """A civil rule without its zone, which the new calendar has its own."""
    return rule.rpartition(", ")[0] or rule


# ------------------------------------------------------------------------- all of them

_NEXT: Final[LiteralString] = """
SELECT DISTINCT case_id FROM deadline WHERE state = 'armed' AND case_id > %s
 ORDER BY case_id LIMIT %s"""


def cases_with_clocks(connection: Rows, *, after: str = "", take: int = BATCH) -> list[str]:
    """Ids of cases on which a clock is armed, a page of them."""
    return [cast("str", row[0]) for row in connection.execute(_NEXT, (after, take))]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a batch did: cases that moved, and whether the round goes on."""

    moved: int = 0
    more: bool = False


def recount(engine: Engine, *, take: int = BATCH, wait: bool = True) -> Counted:
    """Count a batch of cases anew on the newest calendar.

    Any number may run: the version's row is taken with skip locked, and a case that was done is
    found done. A version rests until every process has seen it, so that nothing is armed on the old
    one behind us; without `wait` a round is made at once, and the one that waits is made as well.
    """
    with engine.connect() as connection, connection.transaction():
        row = connection.execute(_PENDING, {"wait": wait, "seconds": ALL_HAVE_SEEN}).fetchone()
        if row is None:
            return Counted()
        version, reason, reached = cast("tuple[int, str, str]", row)
        cases = cases_with_clocks(connection, after=reached, take=take)
        counting = Counting(engine, connection, newest(connection).calendar)
        moved = sum(_recount(counting, case, version=version, reason=reason) for case in cases)
        more = len(cases) == take
        values = {"version": version, "reached": cases[-1] if more else "", "done": wait}
        connection.execute(_REACHED if more else _ROUND_MADE, values)
    return Counted(moved, more)


_PENDING: Final[LiteralString] = """
SELECT version, reason, reached FROM calendar_version
 WHERE done_at IS NULL AND (NOT %(wait)s
       OR noticed_from < now() - make_interval(secs => %(seconds)s))
 ORDER BY version DESC LIMIT 1 FOR UPDATE SKIP LOCKED"""
_REACHED: Final[LiteralString] = """
UPDATE calendar_version SET reached = %(reached)s WHERE version = %(version)s"""
#: The versions before it are done with it.
_ROUND_MADE: Final[LiteralString] = """
UPDATE calendar_version SET reached = '', done_at = CASE WHEN %(done)s THEN now() END
 WHERE version <= %(version)s AND done_at IS NULL"""


def _recount(counting: Counting, case: str, *, version: int, reason: str) -> bool:
    found = counting.moves(case)
    if found is None:
        return False
    form = Recount(
        calendar=version, why=reason, deadlines=found.deadlines, work=found.work,
        people=found.people,
    )  # fmt: skip
    key = f"calendar-{version}-{case}-{found.seq}"
    command = Command(trigger="recount", actor=SYSTEM, key=key, case=case, form=form)
    try:
        perform(counting.engine, command)
    except Refused as refused:
        # It moved on since it was read: what it arms now, it arms on the calendar in force.
        log.info("recount of %s: %s", case, refused.reasons[0].rule)
        return False
    return True
