"""The page of one case: what it is, who has it, what may be done and why not, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from workflow.decide import Option, choices
from workflow.definition import Definition
from workflow.engine import Engine, MachineInForce
from workflow.facts import SYSTEM, TIMER, Facts
from workflow.forms import Form
from workflow.queries import words
from workflow.queries.beside import Beside, beside, learner, named, skipped
from workflow.queries.corrections import Correction, corrections
from workflow.queries.dates import TOWARDS_A_COMMITTEE, dates
from workflow.queries.follow_ups import follow_ups
from workflow.queries.history import Line, history
from workflow.queries.path import Stay, Step, path
from workflow.queries.people import Person
from workflow.queries.sight import may_see
from workflow.queries.work import Due, due
from workflow.reading import Wanted, read_case
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: What is said here stands elsewhere on the page, so the history leaves it out.
UNTOLD: Final = frozenset({
    "open", "claim", "submit_evidence", "submit_reflection", "comment",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has something of the case now: one person, or whoever holds a role."""

    asks: str
    who: str
    role: str
    since: datetime
    due: Due
    yours: bool
    #: The state's own turn, not something asked beside it.
    main: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a clock will do when nobody acts."""

    at: datetime
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One action: possible with what follows, or not yet with every reason; `form` is its input."""

    trigger: str
    label: str
    effect: str
    enabled: bool
    yours: bool
    reasons: tuple[Reason, ...]
    form: type[Form]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the page of a case says. History is newest first."""

    id: str
    machine: str
    noun: str
    title: str
    about: str
    state: str
    state_says: str
    ends: bool
    entered_at: datetime
    revision: int
    path: tuple[Step, ...]
    holders: tuple[Holder, ...]
    alarms: tuple[Alarm, ...]
    choices: tuple[Choice, ...]
    history: tuple[Line, ...]
    beside: Beside
    facts: Facts
    #: The day on which the reader wants it back on top of their work.
    follow_up: date | None = None
    #: What was set right in its record, or is proposed to be.
    corrections: tuple[Correction, ...] = ()
    #: What the committees' dates mean for it, in a sentence; empty where none bears on it.
    dates: str = ""

    @property
    def turn(self) -> Holder | None:
        """Who has the case itself."""
        return next((holder for holder in self.holders if holder.main), None)

    @property
    def yours(self) -> tuple[Holder, ...]:
        """What of it waits for the reader."""
        return tuple(holder for holder in self.holders if holder.yours)

    def choice(self, trigger: str) -> Choice | None:
        """One action of the present state."""
        return next((choice for choice in self.choices if choice.trigger == trigger), None)


def case_page(engine: Engine, case: str, person: Person) -> CasePage | None:
    """The page of a case for a person; None when there is none, or none that they may see."""
    machine = engine.machine_of(case)
    if machine is None:
        return None
    with engine.connect() as connection:
        if not may_see(connection, person, case):
            return None
        facts = read_facts(engine, connection, machine, case=case, person=person.id)
        return (
            _Page(engine, connection, machine.definition, facts, person).whole() if facts else None
        )


def read_facts(
    engine: Engine, connection: Rows, machine: MachineInForce, *, case: str, person: str
) -> Facts | None:
    """The facts of a case as its rules see them for a person, without any input."""
    wanted = Wanted(
        machine=machine.definition.machine, case=case, actor=person, now=engine.clock.now(),
        key="", form=None, calendar=engine.calendar,
    )  # fmt: skip
    read = read_case(connection, machine.reading, wanted)
    return read.facts if read else None


_HOLDERS: Final[LiteralString] = """
SELECT w.kind, w.role, w.scope, w.person, w.opened_at, w.due_at, coalesce(n.name, (
         SELECT string_agg(h.name, ' or ') FROM (
           SELECT DISTINCT q.name FROM appointment m JOIN person q ON q.id = m.person
            WHERE m.role = w.role AND m.scope = w.scope AND m.starts <= %(now)s
              AND (m.ends IS NULL OR m.ends > %(now)s) ORDER BY q.name LIMIT 3) h), '') AS who
  FROM work_item w LEFT JOIN person n ON n.id = w.person
 WHERE w.case_id = %(case)s AND w.state = 'open'
 ORDER BY w.kind <> %(state)s, w.kind, w.due_at, who, w.id LIMIT 500"""

_ALARMS: Final[LiteralString] = """
SELECT d.fires_at, d.does, coalesce(d.trigger, '') AS trigger, d.role
  FROM deadline d WHERE d.case_id = %(case)s AND d.state = 'armed'
   AND d.does IN ('escalate', 'fire')
 ORDER BY d.fires_at, d.id LIMIT 3"""


@dataclass(frozen=True, slots=True)
class _HolderRow:
    kind: str
    role: str
    scope: str
    person: str | None
    opened_at: datetime
    due_at: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class _AlarmRow:
    fires_at: datetime
    does: str
    trigger: str
    role: str


@dataclass(frozen=True, slots=True)
class _Page:
    """One page being put together from one connection."""

    engine: Engine
    connection: Rows
    definition: Definition
    facts: Facts
    person: Person

    def whole(self) -> CasePage:
        case, state = self.facts.case, self.definition.state(self.facts.case.state)
        lines = history(self.connection, self.definition, case.id, untold=self._untold())
        title, about = named(self.facts)
        return CasePage(
            id=case.id, machine=case.machine, noun=self.definition.noun, title=title, about=about,
            state=state.name, state_says=state.says, ends=state.ends, entered_at=case.entered_at,
            revision=case.revision, path=self._path(lines), holders=tuple(self._holders(title)),
            alarms=tuple(self._alarms()), choices=tuple(self._choices()),
            history=tuple(reversed(lines)), facts=self.facts,
            follow_up=follow_ups(self.connection, self.person.id, case.id).get(case.id),
            corrections=corrections(self.connection, case.id),
            beside=beside(self.connection, self.facts, self.person),
            dates=dates(self.facts, self.engine.calendar, zone=self.person.zone),
        )  # fmt: skip

    def _untold(self) -> frozenset[str]:
        voting = self.facts.case.state == "open"
        return UNTOLD | {"cast_vote"} if voting else UNTOLD

    def _path(self, lines: tuple[Line, ...]) -> tuple[Step, ...]:
        stays = [Stay(one.to_state, one.at) for one in lines if one.from_state != one.to_state]
        return path(self.definition, stays, skip=skipped(self.facts))

    def _holders(self, title: str) -> Iterator[Holder]:
        """Who has what; those who are asked the same, each for themselves, stand together."""
        case, now = self.facts.case, self.facts.now
        values = {"case": case.id, "state": case.state, "now": now}
        with self.connection.cursor(row_factory=class_row(_HolderRow)) as cursor:
            rows = cursor.execute(_HOLDERS, values).fetchall()
        for kind, group in groupby(rows, key=lambda row: row.kind):
            held = tuple(group)
            first = held[0]
            yield Holder(
                asks=words.asks(case.machine, kind, title=title, learner=learner(self.facts)),
                who=_together([row.who for row in held]), role=words.role(first.role),
                since=first.opened_at, due=due(first.due_at, now, self.engine.calendar),
                main=kind == case.state, yours=any(map(self._mine, held)),
            )  # fmt: skip

    def _mine(self, row: _HolderRow) -> bool:
        if row.person is not None:
            return row.person == self.person.id
        return any((h.role, h.scope) == (row.role, row.scope) for h in self.person.holds)

    def _alarms(self) -> Iterator[Alarm]:
        with self.connection.cursor(row_factory=class_row(_AlarmRow)) as cursor:
            rows = cursor.execute(_ALARMS, {"case": self.facts.case.id}).fetchall()
        for row in rows:
            if row.does == "fire":
                fired = self.definition.rows_for(self.facts.case.state, row.trigger)
                said = words.FIRES.get(row.trigger) or (fired[0].effect if fired else "")
                yield Alarm(row.fires_at, said)
            else:
                yield Alarm(row.fires_at, f"{words.role(row.role)} is told, openly.")

    def _choices(self) -> Iterator[Choice]:
        for option in choices(self.definition, self.facts):
            if {role.name for role in option.row.roles} <= {SYSTEM, TIMER}:
                continue
            yield Choice(
                trigger=option.trigger, label=option.label, effect=self._effect(option),
                enabled=option.enabled, yours=option.yours, reasons=option.reasons,
                form=option.row.form,
            )  # fmt: skip

    def _effect(self, option: Option) -> str:
        """What follows; where it goes on towards a committee, with the dates that it would have."""
        towards = option.trigger in TOWARDS_A_COMMITTEE
        told = dates(self.facts, self.engine.calendar, zone=self.person.zone) if towards else ""
        return f"{option.effect} {told}".strip()


def _together(names: list[str]) -> str:
    """Names in a line: all of a few, the first two of many."""
    few = 3
    if len(names) <= few:
        return " and ".join(filter(None, names))
    return f"{', '.join(names[:2])} and {len(names) - 2} others"
