"""What a definition must pass before anything runs on it; every fault is named at once."""

import dis
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import product

from workflow.definition import Definition, Row, State
from workflow.facts import TIMER
from workflow.rules import Choice, Rule

#: A proof by cases stays small: more atoms in one (state, trigger) means the rows say too much.
MAX_ATOMS = 12


class DefinitionError(ValueError):
    """A definition that may not run; the message lists every fault."""


def checked(definition: Definition) -> Definition:
    """Return the definition when nothing is at fault; else DefinitionError names every fault."""
    faults = [
        *_states_are_sound(definition),
        *_rows_are_sound(definition),
        *_forms_agree(definition),
        *_reachable(definition),
        *_can_end(definition),
        *_rows_exclude_each_other(definition),
        *_clocks_have_their_rows(definition),
        *_facts_are_provided(definition),
    ]
    if faults:
        name = f"{definition.machine} v{definition.version}"
        raise DefinitionError(f"{name}: " + "; ".join(faults))
    return definition


def _states_are_sound(definition: Definition) -> Iterator[str]:
    names = [state.name for state in definition.states]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"two states are called {name}"
    if definition.initial.name not in names:
        yield f"the initial state {definition.initial.name} is not among the states"
    for state in definition.states:
        if state.ends and (state.turn or state.clock):
            yield f"{state.name} ends, so it has neither turn nor clock"
        if not state.ends and state.turn is None and not state.stays:
            yield f"{state.name} is open but is nobody's turn"
        if not state.ends and state.clock is None and not state.rests:
            yield f"{state.name} has no clock and does not say why it may rest"


def _rows_are_sound(definition: Definition) -> Iterator[str]:
    known = {state.name for state in definition.states}
    for row in definition.rows:
        for state in (*row.sources, *_target(row)):
            if state.name not in known:
                yield f"{row.trigger}: {state.name} is no state of this machine"
        for state in row.sources:
            if state.ends:
                yield f"{row.trigger} leaves {state.name}, which ends"
        if not row.clause:
            yield f"{row.trigger} cites neither a clause nor practice"
        if not row.label or not row.roles:
            yield f"{row.trigger} says neither what it is called nor who may do it"
    creators = {row.lands("") for row in definition.rows if not row.sources}
    if creators != {definition.initial.name}:
        yield f"rows that create a case lead to {sorted(creators)}, not to the initial state alone"


def _forms_agree(definition: Definition) -> Iterator[str]:
    """Whoever acts names a trigger, not a row: so its rows are told the same things."""
    for trigger in definition.triggers:
        forms = {row.form.__name__ for row in definition.rows if row.trigger == trigger}
        if len(forms) > 1:
            yield f"rows of {trigger} take different forms: {', '.join(sorted(forms))}"


def _target(row: Row) -> tuple[State, ...]:
    return (row.to,) if hasattr(row.to, "says") else ()  # type: ignore[return-value]


def _ways(definition: Definition) -> dict[str, set[str]]:
    ways: dict[str, set[str]] = defaultdict(set)
    for row in definition.rows:
        for source in row.sources:
            ways[source.name].add(row.lands(source.name))
    return ways


def _reach(starts: Iterable[str], ways: dict[str, set[str]]) -> set[str]:
    seen, edge = set(starts), list(starts)
    while edge:
        new = ways.get(edge.pop(), set()) - seen
        seen |= new
        edge.extend(new)
    return seen


def _reachable(definition: Definition) -> Iterator[str]:
    reached = _reach([definition.initial.name], _ways(definition))
    for state in definition.states:
        if state.name not in reached:
            yield f"{state.name} cannot be reached"


def _can_end(definition: Definition) -> Iterator[str]:
    back: dict[str, set[str]] = defaultdict(set)
    for source, targets in _ways(definition).items():
        for target in targets:
            back[target].add(source)
    ends = [s.name for s in definition.states if s.ends or s.stays]
    reached = _reach(ends, back)
    for state in definition.states:
        if state.name not in reached:
            yield f"{state.name} can reach no end"


def _rows_exclude_each_other(definition: Definition) -> Iterator[str]:
    sources = [state.name for state in definition.states] + [""]
    for state, trigger in product(sources, definition.triggers):
        rows = definition.rows_for(state, trigger)
        if rows:
            yield from _exclusive(state, trigger, rows)


def _exclusive(state: str, trigger: str, rows: tuple[Row, ...]) -> Iterator[str]:
    """Prove over every value of every atom that one row at most is enabled, and each sometimes."""
    atoms = tuple(dict.fromkeys(atom for row in rows for atom in row.when.atoms()))
    if len(atoms) > MAX_ATOMS:
        yield f"{trigger} from {state or 'nowhere'} asks {len(atoms)} atoms, more than {MAX_ATOMS}"
        return
    alive: set[int] = set()
    for values in product(*(_values(atom) for atom in atoms)):
        world: dict[object, object] = dict(zip(atoms, values, strict=True))
        enabled = [n for n, row in enumerate(rows) if row.when.holds_in(world)]
        alive.update(enabled)
        if len(enabled) > 1:
            yield f"{trigger} from {state}: rows {enabled} can be enabled at once"
            return
    for n in set(range(len(rows))) - alive:
        yield f"{trigger} from {state or 'nowhere'}: row {n} can never be enabled"


def _values(atom: Rule | Choice) -> tuple[object, ...]:
    return tuple(atom.values) if isinstance(atom, Choice) else (True, False)


def _clocks_have_their_rows(definition: Definition) -> Iterator[str]:
    fired: set[tuple[str, str]] = set()
    for state in definition.states:
        clock = state.clock
        if clock is None:
            continue
        if clock.fires is None and not clock.tell:
            yield f"the clock of {state.name} neither fires a trigger nor tells an owner"
        if clock.fires:
            fired.add((state.name, clock.fires))
            if not _timer_may(definition, state.name, clock.fires):
                yield f"the clock of {state.name} fires {clock.fires}, which no row lets a timer do"
    for row in definition.rows:
        for source in row.sources:
            by_clock = {role.name for role in row.roles} == {TIMER}
            if by_clock and (source.name, row.trigger) not in fired:
                yield f"{row.trigger} from {source.name} waits for a timer that no clock arms"


def _timer_may(definition: Definition, state: str, trigger: str) -> bool:
    return any(
        TIMER in {role.name for role in row.roles} for row in definition.rows_for(state, trigger)
    )


def _facts_are_provided(definition: Definition) -> Iterator[str]:
    """Every fact a rule asks for is filled by the reading, or is a field of the row's form."""
    provided = {f.name for f in fields(definition.facts)} | set(dir(definition.facts))
    for row in definition.rows:
        for atom in row.when.atoms():
            ask = atom.read if isinstance(atom, Choice) else atom.ask
            for fact, part in asked_facts(ask):
                if fact not in provided:
                    yield f"{atom.id} asks for {fact}, which no reading provides"
                elif fact == "form" and part and part not in form_names(row):
                    yield f"{atom.id} asks for form.{part}, which {row.trigger} has no field for"


def form_names(row: Row) -> set[str]:
    """Names a rule may ask of a row's form: its fields and its own properties."""
    return set(row.form.model_fields) | set(dir(row.form))


def asked_facts(question: object) -> Iterator[tuple[str, str]]:
    """(fact, attribute of it) pairs that a question reads from its first argument."""
    code = getattr(question, "__code__", None)
    if code is None or not code.co_varnames:
        return
    first = code.co_varnames[0]
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("CACHE", "PRECALL")]
    for n, instruction in enumerate(steps[:-1]):
        if not (instruction.opname.startswith("LOAD_FAST") and instruction.argval == first):
            continue
        fact, then = steps[n + 1], steps[n + 2] if n + 2 < len(steps) else None
        if fact.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
            continue
        part = (
            then.argval if then is not None and then.opname in ("LOAD_ATTR", "LOAD_METHOD") else ""
        )
        yield str(fact.argval), str(part)
