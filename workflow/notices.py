"""Every kind of message that a definition can send, read from the definition itself.

A kind is `<machine>.<word>`: the word of a Tell or an Ask, the state that was entered ("your
turn"), `<clock>.nudge`, `.remind`, `.warn`, `.late` (to whoever is late) and
`.escalate` (to whom it was escalated), and `clock_refused` where a clock fires a trigger.
"""

import dis
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType

from workflow.clocks import Clock, figured
from workflow.definition import Definition, Effect, State
from workflow.effects import Ask, Keep, Tell
from workflow.roles import Role

#: Where a function of a definition names a message: `notify(act, "word", …)`, `Ask("word", …)`.
_CALLS = ("notify", "Ask", "Tell")
_CLASSES = ("act", "know", "fyi")


def kinds(definition: Definition) -> frozenset[str]:
    """Every kind of notification that cases of this definition can cause."""
    words = {
        *(word for state in definition.states for word in _of_state(state)),
        *(
            word
            for row in definition.rows
            for effect in row.then
            for word in _of_effect(effect, definition.machine)
        ),
    }
    return frozenset(f"{definition.machine}.{word}" for word in words)


def _of_state(state: State) -> Iterator[str]:
    if state.ends or state.turn is None:
        return
    if state.announce and _is_held(state.turn):
        yield state.name
    if state.clock:
        yield from _of_clock(state.name, state.clock, state.turn)


def _of_clock(name: str, clock: Clock, turn: Role) -> Iterator[str]:
    if clock.nudge:
        yield f"{name}.nudge"
    if clock.remind or clock.acknowledge or clock.remind_days or clock.remind_shares:
        yield f"{name}.remind"
    if clock.warn or clock.warn_days:
        yield f"{name}.warn"
    if clock.tell and _is_held(turn):
        yield f"{name}.late"
    # Whoever is late is told so, and not a second time as the owner.
    if any(owner is not turn for owner in clock.tell.values()):
        yield f"{name}.escalate"
    if clock.fires:
        yield "clock_refused"


def _is_held(role: Role) -> bool:
    """Whether people hold it: Conferral itself and its clocks read no mail."""
    return role.party is not None or role.scopes is not None


def _of_effect(effect: Effect, machine: str) -> Iterator[str]:
    match effect:
        case Tell(kind):
            yield kind
        case Ask(kind, role, clock, announce):
            if announce:
                yield kind
            yield from _of_clock(kind, clock, role)
        case Keep(_, rows):
            yield from _named_in(rows, machine)


def _named_in(function: Callable[..., object], machine: str) -> Iterator[str]:
    """Words of the messages that a function of our own rows names, in a call it makes itself."""
    code = getattr(function, "__code__", None)
    if isinstance(code, CodeType):
        steps = list(dis.get_instructions(code))
        for n, step in enumerate(steps):
            if step.opname == "LOAD_GLOBAL" and step.argval in _CALLS:
                word = _first_word(steps[n + 1 :])
                yield word
                if step.argval == "Ask":
                    yield from _of_asked(machine, word)


def _of_asked(machine: str, word: str) -> Iterator[str]:
    """What the office's clock of something asked calls for; people are asked, so all of it."""
    clock = figured(machine, word)
    yield f"{word}.remind"
    if clock.tell:
        yield from (f"{word}.late", f"{word}.escalate")


def _first_word(steps: Iterable[dis.Instruction]) -> str:
    return next(
        str(step.argval)
        for step in steps
        if step.opname == "LOAD_CONST" and isinstance(step.argval, str)
    )


def importances(definition: Definition) -> Mapping[str, str]:
    """The class of each kind that a row names: "act", "know" or "fyi"; all others are "act"."""
    found: dict[str, str] = {}
    for row in definition.rows:
        for effect in row.then:
            match effect:
                case Tell(kind, _, importance):
                    found[kind] = importance
                case Keep(_, rows):
                    found.update(_classed_in(rows))
    return {f"{definition.machine}.{word}": importance for word, importance in found.items()}


def _classed_in(function: Callable[..., object]) -> Iterator[tuple[str, str]]:
    """(word, class) of each `notify(act, "word", people, importance="…")` of our own rows."""
    code = getattr(function, "__code__", None)
    steps = list(dis.get_instructions(code)) if isinstance(code, CodeType) else []
    for n, step in enumerate(steps):
        if step.opname == "LOAD_GLOBAL" and step.argval == "notify":
            said = [one.argval for one in steps[n:] if one.opname == "LOAD_CONST"]
            yield (
                next(word for word in said if isinstance(word, str)),
                next(word for word in said if word in _CLASSES),
            )
