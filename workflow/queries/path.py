"""The state path: the steps of a machine as a case went through them, at most eight circles."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

from workflow.definition import Definition, State
from workflow.engine import MachineInForce
from workflow.queries.words import plain

DONE: Final = "done"
NOW: Final = "now"
NEXT: Final = "next"


@dataclass(frozen=True, slots=True)
class Step:
    """One circle: its name, where it stands, and when it was left (done) or entered (now).

    `back`: it was returned, or ended, from here.
    """

    name: str
    place: Literal["done", "now", "next"]
    at: datetime | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """A state that was entered, and when."""

    state: str
    at: datetime


def path(
    definition: Definition, stays: Sequence[Stay], *, skip: Collection[str] = ()
) -> tuple[Step, ...]:
    """The steps of a case from its stays, oldest first; the last stay is the present one.

    A step that was skipped is left out; `skip` names states that will be. A side state shows at the
    step it came from; where it ends, it takes the place of all that would have come.
    """
    steps = [state for state in definition.states if state.step]
    here = definition.state(stays[-1].state)
    at = _standing(steps, stays)
    done = [_done(state, stays) for state in steps[:at] if _visited(state, stays)]
    later = [Step(state.step, "next") for state in steps[at + 1 :] if state.name not in skip]
    if here.step:
        return (*done, Step(here.step, "now", stays[-1].at), *later)
    side = plain(here.name)
    if here.ends:
        left = [_done(steps[at], stays)] if _visited(steps[at], stays) else []
        return (*done, *left, Step(side, "now", stays[-1].at, back=True))
    # What went back waits for the person whose case it is; what went on waits for an office.
    back = here.turn is not None and here.turn.party is not None
    name = f"{steps[at].step}, {side.lower() if back else here.says}"
    return (*done, Step(name, "now", stays[-1].at, back=back), *later)


def _standing(steps: Sequence[State], stays: Sequence[Stay]) -> int:
    """Which step the case stands at: its own, or for a side state the step it came from."""
    names = [state.name for state in steps]
    known = (names.index(stay.state) for stay in reversed(stays) if stay.state in names)
    return next(known, 0)


def _visited(state: State, stays: Iterable[Stay]) -> bool:
    return any(stay.state == state.name for stay in stays)


def _done(state: State, stays: Sequence[Stay]) -> Step:
    """A step that is done, with the day it was last left."""
    left = [after.at for stay, after in pairwise(stays) if stay.state == state.name]
    return Step(state.step, "done", left[-1] if left else None)


def dots(definition: Definition, state: str) -> tuple[str, ...]:
    """The path in small, for lists; none for a side state, whose history a list does not read."""
    names = [one.name for one in definition.states if one.step]
    if state not in names:
        return ()
    at = names.index(state)
    return (*(DONE,) * at, NOW, *(NEXT,) * (len(names) - at - 1))


def ended(machines: Mapping[str, MachineInForce]) -> list[str]:
    """Every state in which a case is over or may rest for good, as "machine.state"."""
    return [
        f"{machine.definition.machine}.{state.name}"
        for machine in machines.values()
        for state in machine.definition.states
        if state.ends or state.stays
    ]
