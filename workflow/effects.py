"""What follows from a decided action, as rows: the state left and entered, work, clocks, messages.

Every effect is a value in a definition; here its rows are named. What a new row begins with (open,
armed, pending) is the schema's default. Nothing is called from inside a write.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from workflow.changes import Change, Insert, Update
from workflow.clocks import Calendar, Clock
from workflow.definition import KEEP, PAUSE, RESTART, Definition, Row, State
from workflow.facts import Appointment, Facts
from workflow.roles import Asked, Role

#: Namespace of every deterministic key: the same cause gives the same row, however often it runs.
NAMESPACE = UUID("6f1b8a52-0f5e-5c0b-9c3e-3801042024fb")


class Ids(Protocol):
    """Source of what must be random; passed in so that a run can be repeated."""

    def uuid(self) -> UUID:
        """A fresh random id."""
        ...

    def below(self, bound: int) -> int:
        """A random number from 0 up to, not including, `bound`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A decided action on its way into rows."""

    definition: Definition
    row: Row
    facts: Facts
    to: str
    seq: int
    role: Role
    relied: tuple[Appointment, ...]
    calendar: Calendar
    ids: Ids

    @property
    def case(self) -> str:
        """The case it happens to."""
        return self.facts.case.id

    @property
    def now(self) -> datetime:
        """Business time of the action."""
        return self.facts.now

    @property
    def actor(self) -> str:
        """The person, or 'system' or 'timer'."""
        return self.facts.actor.person

    @property
    def acted_as(self) -> str:
        """The role they acted in: a deputy's own, where one stood in."""
        return self.relied[0].role if self.relied else self.role.name

    @property
    def form(self) -> Mapping[str, object]:
        """What was said, as JSON values."""
        return self.facts.form.said() if self.facts.form else {}

    @property
    def moves(self) -> bool:
        """Whether the state changes."""
        return self.to != self.facts.case.state

    def key(self, *words: str) -> UUID:
        """A deterministic id under this case and entry."""
        return uuid5(NAMESPACE, "\x1f".join((self.case, str(self.seq), *words)))


# --------------------------------------------------------------------------- work and clocks


def work_items(
    action: Action, kind: str, asked: Asked, *, due: datetime | None, each: bool
) -> Iterator[Insert]:
    """Open a work item for those asked: one for the role, or one for each person."""
    persons = asked.people if each else (asked.person,)
    for person in persons:
        yield Insert("work_item", {
            "id": action.key("work", kind, asked.role, asked.scope, person or ""),
            "case_id": action.case, "seq": action.seq, "kind": kind, "role": asked.role,
            "scope": asked.scope, "person": person, "opened_at": action.now, "due_at": due,
        })  # fmt: skip


def close_work(
    action: Action, kind: str | None, *, person: str | None = None, state: str = "done"
) -> Update:
    """Close open work of the case: of one kind and person, or all of it."""
    where: dict[str, object] = {"case_id": action.case, "state": "open"}
    if kind is not None:
        where["kind"] = kind
    if person is not None:
        where["person"] = person
    return Update("work_item", where, {
        "state": state, "closed_seq": action.seq, "closed_by": action.actor,
    })  # fmt: skip


def arm(
    action: Action, clock: Clock, name: str, *, start: datetime, extra: int = 0
) -> Iterator[Insert]:
    """Arm every deadline of a clock."""
    for alarm in clock.alarms(action.facts, action.calendar, start=start, extra=extra):
        owner = alarm.to.asked(action.facts) if alarm.to else Asked("", "", None, ())
        yield Insert("deadline", {
            "id": action.key("deadline", name, alarm.occurrence), "case_id": action.case,
            "seq": action.seq, "of_state": action.to, "clock": name, "does": alarm.does,
            "trigger": alarm.trigger, "role": owner.role, "scope": owner.scope,
            "person": owner.person, "fires_at": alarm.fires_at, "due_at": alarm.due_at,
            "rule": alarm.rule, "every": alarm.every,
        })  # fmt: skip


def disarm(action: Action, clock: str | None = None) -> Update:
    """Cancel the armed deadlines of the case, or of one of its clocks."""
    where: dict[str, object] = {"case_id": action.case, "state": "armed"}
    if clock is not None:
        where["clock"] = clock
    return Update("deadline", where, {"state": "cancelled"})


def notify(
    action: Action, kind: str, people: Iterable[str], *, importance: str, occurrence: str = "",
    facts: Mapping[str, object] | None = None,
) -> Iterator[Insert]:  # fmt: skip
    """One notification for each person: the row is the outbox, its id the idempotency key."""
    word = f"{action.definition.machine}.{kind}"
    for person in dict.fromkeys(people):
        yield Insert("notification", {
            "id": action.key("mail", word, person, occurrence), "case_id": action.case,
            "seq": action.seq, "kind": word, "importance": importance, "recipient": person,
            "occurrence": occurrence, "facts": dict(facts or {}), "created_at": action.now,
            "due_at": action.now,
        })  # fmt: skip


# --------------------------------------------------------------------------- effects of a row


@dataclass(frozen=True, slots=True)
class Tell:
    """Write to the holders of roles; nobody is told, as an office, of their own act."""

    kind: str
    to: tuple[Role, ...]
    importance: str = "know"
    #: What only this moment knows and the mail must say.
    saying: Callable[[Action], Mapping[str, object]] | None = None

    @property
    def name(self) -> str:
        return f"tell {', '.join(role.name for role in self.to)}: {self.kind}"

    def changes(self, act: Action) -> Iterator[Change]:
        people = [
            person
            for role in self.to
            for person in role.asked(act.facts).people
            if role.party is not None or person != act.actor
        ]
        facts = self.saying(act) if self.saying else None
        yield from notify(act, self.kind, people, importance=self.importance, facts=facts)


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a work item of its own for a role, with its clock, and write to those asked."""

    kind: str
    role: Role
    clock: Clock
    announce: bool = True
    #: Each person asked has a work item of their own.
    each: bool = False

    @property
    def name(self) -> str:
        return f"ask {'each ' if self.each else ''}{self.role.name}: {self.kind}"

    def changes(self, act: Action) -> Iterator[Change]:
        asked = self.role.asked(act.facts)
        due = self.clock.due_at(act.facts, act.calendar, start=act.now)
        yield from work_items(act, self.kind, asked, due=due, each=self.each)
        yield from arm(act, self.clock, self.kind, start=act.now)
        if self.announce:
            saying = {"due": due.isoformat()} if due else {}
            yield from notify(act, self.kind, asked.people, importance="act", facts=saying)


@dataclass(frozen=True, slots=True)
class Settle:
    """Close the open work items of a kind and stop their clock: what was asked for is done."""

    kind: str
    #: Only the actor's own item, where each person has one (a ballot).
    own: bool = False

    @property
    def name(self) -> str:
        return f"settle {self.kind}"

    def changes(self, act: Action) -> Iterator[Change]:
        yield close_work(act, self.kind, person=act.actor if self.own else None)
        if not self.own:
            yield disarm(act, self.kind)


@dataclass(frozen=True, slots=True)
class Fire:
    """A trigger that this action causes in other cases: one follow-on row each."""

    machine: str
    trigger: str
    #: (target case or None to open one, form) for each.
    targets: Callable[[Action], Iterable[tuple[str | None, Mapping[str, object]]]]
    task: str = "perform"

    @property
    def name(self) -> str:
        return f"fire {self.machine}.{self.trigger}"

    def changes(self, act: Action) -> Iterator[Change]:
        for n, (target, form) in enumerate(self.targets(act)):
            yield Insert("follow_on", {
                "id": act.key("follow", self.machine, self.trigger, target or "", str(n)),
                "task": self.task, "cause_case": act.case, "cause_seq": act.seq,
                "machine": self.machine, "target": target, "trigger": self.trigger,
                "form": dict(form), "due_at": act.now,
            })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows of the subject itself, named by a pure function of the action."""

    name: str
    rows: Callable[[Action], Iterable[Change]]

    def changes(self, act: Action) -> Iterable[Change]:
        return self.rows(act)


# --------------------------------------------------------------------------- the whole write


def consequences(action: Action) -> tuple[Change, ...]:
    """Every row of one action but case and entry: the state's own, then the row's effects."""
    return (*_of_state(action), *(c for effect in action.row.then for c in effect.changes(action)))


def _of_state(action: Action) -> Iterator[Change]:
    if action.moves:
        yield from _leave(action)
        yield from _enter(action, action.definition.state(action.to))
    else:
        yield from _of_clock(action, action.definition.state(action.to))


def _leave(action: Action) -> Iterator[Change]:
    if not action.facts.case.state:
        yield Insert(
            "census", {"machine": action.definition.machine, "state": action.to, "change": 1}
        )
        return
    yield close_work(action, None)
    yield disarm(action)
    for state, change in ((action.facts.case.state, -1), (action.to, 1)):
        yield Insert("census", {
            "machine": action.definition.machine, "state": state, "change": change,
        })  # fmt: skip


def _enter(action: Action, state: State) -> Iterator[Change]:
    if state.ends or state.turn is None:
        return
    asked = state.turn.asked(action.facts)
    due = _due(action, state, start=action.now, extra=0)
    yield from work_items(action, state.name, asked, due=due, each=state.each)
    if state.clock:
        yield from arm(action, state.clock, state.name, start=action.now)
    if state.announce and not action.row.quiet:
        people = [person for person in asked.people if person != action.actor]
        saying = {"due": due.isoformat()} if due else {}
        yield from notify(action, state.name, people, importance="act", facts=saying)


def _due(action: Action, state: State, *, start: datetime, extra: int) -> datetime | None:
    if state.clock is None:
        return None
    return state.clock.due_at(action.facts, action.calendar, start=start, extra=extra)


def _of_clock(action: Action, state: State) -> Iterator[Change]:
    """What a row that stays does to the clock: nothing, or begin anew, rest, go on, lengthen."""
    if action.row.clock == KEEP or state.clock is None:
        return
    yield disarm(action, state.name)
    if action.row.clock == PAUSE:
        return
    start, extra = clock_after(action)
    yield from arm(action, state.clock, state.name, start=start, extra=extra)
    due = _due(action, state, start=start, extra=extra)
    where = {"case_id": action.case, "state": "open", "kind": state.name}
    yield Update("work_item", where, {"due_at": due})


def clock_after(action: Action) -> tuple[datetime, int]:
    """When the state's clock counts from, and the business days added to it, after this action."""
    case, mode = action.facts.case, action.row.clock
    if action.moves or mode == RESTART:
        return action.now, 0
    if mode in (KEEP, PAUSE):
        return case.clock_at, case.clock_extra
    if callable(mode):
        return case.clock_at, case.clock_extra + mode(action.facts)
    clock = action.definition.state(case.state).clock
    rested = action.calendar.business_days_between(
        case.paused_at or action.now, action.now,
        off_contract=clock is not None and clock.summer_is_free(action.facts),
    )  # fmt: skip
    return case.clock_at, case.clock_extra + rested


def paused_after(action: Action) -> datetime | None:
    """Since when the state's clock rests, after this action."""
    if action.moves or action.row.clock not in (KEEP, PAUSE):
        return None
    rests_since = action.facts.case.paused_at
    return rests_since or action.now if action.row.clock == PAUSE else rests_since
