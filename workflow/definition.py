"""A definition: an immutable value that reads like a table beside the policy, checked at import."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from transitions import Machine

from workflow.changes import Change
from workflow.clocks import Clock
from workflow.facts import Facts
from workflow.forms import Form, NoInput
from workflow.roles import Role
from workflow.rules import ALWAYS, Condition
from workflow.step import build_machine


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a case can be: in words, whose turn it is, and which clock runs.

    A state that neither ends nor runs a clock says in `rests` why it may wait; `stays` says why a
    state that is no end has no way out.
    """

    name: str
    says: str
    turn: Role | None = None
    clock: Clock | None = None
    ends: bool = False
    rests: str = ""
    stays: str = ""
    #: The step on the path that people see ("Consultation"); empty for a side state.
    step: str = ""
    #: Each person asked has a work item of their own (a ballot), not one for the role.
    each: bool = False
    #: Those whose turn it is are written to when it is entered.
    announce: bool = True


def days_of(state: State) -> int:
    """The business days of a state's clock, for a sentence; ValueError where it has none."""
    if state.clock is None or state.clock.days is None:
        raise ValueError(f"{state.name} is not counted in business days")
    return state.clock.days


class _Same:
    """The state stays."""

    name = "same"


SAME = _Same()
#: The source of a row that creates the case.
NOWHERE: tuple[State, ...] = ()


class Effect(Protocol):
    """A consequence, as a value: it names the rows to write and calls nothing."""

    @property
    def name(self) -> str:
        """A word for the definition as data."""
        ...

    @property
    def changes(self) -> Callable[..., Iterable[Change]]:
        """The rows this consequence writes, as a pure function of the action (see effects)."""
        ...


#: What a row that stays does to the state's clock; a function of the facts adds business days.
KEEP, RESTART, PAUSE, RESUME = "keep", "restart", "pause", "resume"
ClockChange = str | Callable[..., int]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One transition: trigger, from, to, who, clause; which rules; what is said; what follows."""

    trigger: str
    source: tuple[State, ...] | State
    to: State | _Same
    who: tuple[Role, ...] | Role
    clause: str
    #: Verb first, as on the button.
    label: str
    when: Condition = ALWAYS
    form: type[Form] = NoInput
    then: tuple[Effect, ...] = ()
    #: One sentence: what happens if you do it.
    effect: str = ""
    #: The content of the case changes, so pages that saw the old one must look again.
    content: bool = False
    clock: ClockChange = KEEP
    #: The state's own announcement is left out: what the row tells says it better.
    quiet: bool = False
    #: From here on the case is judged by the edition in force on this day.
    pins_edition: bool = False

    @property
    def sources(self) -> tuple[State, ...]:
        """The states it leaves from; none for a row that creates the case."""
        return self.source if isinstance(self.source, tuple) else (self.source,)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who may do it."""
        return self.who if isinstance(self.who, tuple) else (self.who,)

    def lands(self, source: str) -> str:
        """The state it leads to from `source`."""
        return source if isinstance(self.to, _Same) else self.to.name


@dataclass(frozen=True, eq=False)
class Definition:
    """One machine, one version: its states, its rows, and the facts its rules ask for."""

    machine: str
    version: int
    #: Two letters before the number of a case.
    prefix: str
    initial: State
    states: tuple[State, ...]
    rows: tuple[Row, ...]
    facts: type[Facts]
    #: Roles whose holders the read brings along, for work items and mail.
    reaches: tuple[Role, ...] = ()
    #: How the subject is called on a page.
    noun: str = ""
    _by_state: Mapping[tuple[str, str], tuple[Row, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the rows by the state they leave and their trigger."""
        index: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            for source in row.sources or (None,):
                index[source.name if source else "", row.trigger].append(row)
        object.__setattr__(self, "_by_state", {key: tuple(rows) for key, rows in index.items()})

    def rows_for(self, state: str | None, trigger: str) -> tuple[Row, ...]:
        """The rows of one trigger from one state ('' or None: the rows that create a case)."""
        return self._by_state.get((state or "", trigger), ())

    def state(self, name: str) -> State:
        """The state of this name; KeyError if there is none."""
        return self._states[name]

    @cached_property
    def _states(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger, in the order of the table."""
        return tuple(dict.fromkeys(row.trigger for row in self.rows))

    @cached_property
    def stepper(self) -> Machine:
        """The one resident `transitions` machine of this version."""
        return build_machine(
            (f"{n}", row.trigger, source.name, row.lands(source.name))
            if len(row.sources) == 1
            else (f"{n}:{source.name}", row.trigger, source.name, row.lands(source.name))
            for n, row in enumerate(self.rows)
            for source in row.sources
        )

    def edge(self, row: Row, source: str) -> str:
        """The id of a row's edge from one state, as the stepper knows it."""
        n = self._numbers[id(row)]
        return f"{n}" if len(row.sources) == 1 else f"{n}:{source}"

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(row): n for n, row in enumerate(self.rows)}

    @cached_property
    def hash(self) -> str:
        """sha256 of the definition as data: what a release is compared by."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_data(self) -> dict[str, object]:
        """The definition as plain data: kept with each release, drawn as table and diagram."""
        return {
            "machine": self.machine,
            "version": self.version,
            "initial": self.initial.name,
            "states": [_state_as_data(state) for state in self.states],
            "rows": [_row_as_data(row) for row in self.rows],
        }


def _state_as_data(state: State) -> dict[str, object]:
    return {
        "name": state.name,
        "says": state.says,
        "turn": state.turn.name if state.turn else None,
        "ends": state.ends,
        "rests": state.rests,
        "stays": state.stays,
        "clock": _clock_as_data(state.clock) if state.clock else None,
    }


def _clock_as_data(clock: Clock) -> dict[str, object]:
    """The full clock: every figure of the office that it was made from."""
    return {
        "days": clock.days,
        "lengths": dict(clock.lengths),
        "remind": list(clock.remind),
        "remind_days": list(clock.remind_days),
        "remind_shares": list(clock.remind_shares),
        "nudge": list(clock.nudge),
        "acknowledge": clock.acknowledge,
        "tell": {str(days): role.name for days, role in clock.tell.items()},
        "every": clock.every if clock.tell else 0,
        "warn": list(clock.warn),
        "warn_days": list(clock.warn_days),
        "fires": clock.fires,
        "grace": clock.grace,
        "off_contract": bool(clock.off_contract),
        "says": clock.says,
    }


def _row_as_data(row: Row) -> dict[str, object]:
    return {
        "trigger": row.trigger,
        "from": [state.name for state in row.sources],
        "to": row.to.name,
        "who": [role.name for role in row.roles],
        "clause": row.clause,
        "when": [atom.id for atom in row.when.atoms()],
        "form": row.form.__name__,
        "then": [effect.name for effect in row.then],
        "says": row.label,
        "clock": row.clock if isinstance(row.clock, str) else "lengthen",
    }
