"""A definition as a table: what an officer reads beside the policy, and the page draws.

Pure: from the definition alone, in its own order, so the same definition gives the same text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workflow.clocks import Clock
from workflow.definition import KEEP, PAUSE, RESTART, RESUME, Definition, Row, State
from workflow.facts import SYSTEM, TIMER
from workflow.rules import All, Case, Choice, Condition, Either, Not, Rule

#: Where a row that creates a case comes from, in words.
NOWHERE = "(new)"
_NO_PERSON = frozenset({SYSTEM, TIMER})
_CLOCK_WORDS = {
    RESTART: "the clock begins anew",
    PAUSE: "the clock rests",
    RESUME: "the clock goes on",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a definition in words; `rules` joins the names of its rules with and, or, not."""

    trigger: str
    label: str
    sources: tuple[str, ...]
    to: str
    who: str
    clause: str
    rules: str
    #: The sentence a person reads before they act, and the names of what is written.
    effect: str
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow of the picture: rows of one trigger between the same two states."""

    trigger: str
    source: str
    target: str
    #: No person acts: a clock fires it, or another case causes it.
    by_itself: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule or enumerated fact as it is named in a Line, with its id, clause and sentence."""

    name: str
    id: str
    clause: str
    says: str


def lines(definition: Definition) -> tuple[Line, ...]:
    """Every row, in the order of the definition."""
    return tuple(_line(row) for row in definition.rows)


def ways(definition: Definition) -> tuple[Way, ...]:
    """Every arrow between two different states, in the order of the definition."""
    found: dict[tuple[str, str, str], bool] = {}
    for row in definition.rows:
        alone = {role.name for role in row.roles} <= _NO_PERSON
        for source in row.sources:
            target = row.lands(source.name)
            if target != source.name:
                key = (row.trigger, source.name, target)
                found[key] = found.get(key, True) and alone
    return tuple(Way(*key, by_itself=alone) for key, alone in found.items())


def stays(definition: Definition, state: State) -> tuple[str, ...]:
    """The triggers that leave this state as it is."""
    return tuple(dict.fromkeys(
        row.trigger for row in definition.rows
        if state in row.sources and row.lands(state.name) == state.name
    ))  # fmt: skip


def asked(definition: Definition) -> tuple[Asked, ...]:
    """Every rule and enumerated fact that the rows name, once each."""
    atoms = dict.fromkeys(atom for row in definition.rows for atom in row.when.atoms())
    return tuple(_asked(atom) for atom in atoms)


def clock_in_words(clock: Clock | None) -> str:
    """How long a state may last, in a few words; empty without a clock."""
    if clock is None:
        return ""
    if clock.days is not None:
        return f"{clock.days} business days"
    return clock.says


def clock_in_full(clock: Clock | None) -> str:
    """What a clock does: how long, who is reminded when, whom it is escalated to, what it fires."""
    return "; ".join(_of_clock(clock)) if clock else ""


def rules_in_words(condition: Condition) -> str:
    """A condition as names joined by and, or, not; empty where nothing is asked."""
    match condition:
        case Rule():
            return f"`{_name(condition)}`"
        case Case(choice, wanted):
            values = [str(value.value) for value in choice.values if value in wanted]
            return f"`{_name(choice)}` is {' or '.join(values)}"
        case All():
            return ", ".join(_nested(part) for part in _flat(condition))
        case Either():
            return " or ".join(_nested(part) for part in _flat(condition))
        case Not(inner):
            return f"not {_nested(inner)}"
        case _:
            return ""


# --------------------------------------------------------------------------------- as text


def markdown(definition: Definition) -> str:
    """States, rows and rules as three Markdown tables, with headings of the second level."""
    parts = (
        ("States", _states(definition)),
        ("Transitions", _rows(definition)),
        ("Rules", _rules(definition)),
    )
    return "\n".join(f"## {heading}\n\n{table}" for heading, table in parts)


def mermaid(definition: Definition) -> str:
    """The arrows as a Mermaid state diagram, for those who want to draw them otherwise."""
    text = ["stateDiagram-v2", *(f"    {s.name} : {s.says}" for s in definition.states)]
    openers = dict.fromkeys(row.trigger for row in definition.rows if not row.sources)
    text += [f"    [*] --> {definition.initial.name} : {trigger}" for trigger in openers]
    text += [f"    {way.source} --> {way.target} : {way.trigger}" for way in ways(definition)]
    text += [f"    {state.name} --> [*]" for state in definition.states if state.ends]
    return "\n".join(text) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; what would end a cell is written so that it does not."""
    written = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in written)


def _line(row: Row) -> Line:
    clock = (
        _CLOCK_WORDS.get(row.clock, "") if isinstance(row.clock, str) else "the clock is lengthened"
    )
    follows = [effect.name for effect in row.then]
    return Line(
        trigger=row.trigger, label=row.label,
        sources=tuple(state.name for state in row.sources) or (NOWHERE,), to=row.to.name,
        who=" or ".join(role.says for role in row.roles), clause=row.clause,
        rules=rules_in_words(row.when), effect=row.effect,
        follows=(*follows, clock) if row.clock != KEEP else tuple(follows),
    )  # fmt: skip


def _asked(atom: Rule | Choice) -> Asked:
    says = atom.sentence if isinstance(atom, Rule) else " / ".join(map(str, atom.says.values()))
    return Asked(_name(atom), atom.id, atom.clause, says)


def _name(atom: Rule | Choice) -> str:
    return atom.ask.__name__ if isinstance(atom, Rule) else atom.values.__name__.lower()


def _flat(joined: All | Either) -> Iterator[Condition]:
    """The parts, with those of the same kind taken apart: `a & b & c` is one list."""
    for part in joined.parts:
        if isinstance(part, type(joined)):
            yield from _flat(part)
        else:
            yield part


def _nested(part: Condition) -> str:
    words = rules_in_words(part)
    return f"({words})" if isinstance(part, All | Either) else words


def _waits(state: State) -> str:
    """Which clock runs, or why none does; and why nothing leads on from here."""
    if state.ends:
        return "an end"
    clock = f"{clock_in_full(state.clock)}." if state.clock else state.rests
    return f"{clock} {state.stays}".strip()


def _states(definition: Definition) -> str:
    return table(
        ("state", "it is", "whose turn", "clock"),
        (
            (
                f"`{state.name}`", state.says, state.turn.says if state.turn else "",
                _waits(state),
            )
            for state in definition.states
        ),
    )  # fmt: skip


def _rows(definition: Definition) -> str:
    return table(
        ("trigger", "from", "to", "who", "clause", "rules", "what follows"),
        (
            (
                f"`{line.trigger}`<br>{line.label}",
                "<br>".join(f"`{source}`" for source in line.sources), f"`{line.to}`", line.who,
                line.clause, line.rules, "<br>".join(filter(None, (line.effect, *line.follows))),
            )
            for line in lines(definition)
        ),
    )  # fmt: skip


def _rules(definition: Definition) -> str:
    return table(
        ("name", "rule", "clause", "what it asks"),
        ((f"`{one.name}`", one.id, one.clause, one.says) for one in asked(definition)),
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _of_clock(clock: Clock) -> Iterator[str]:
    length = clock_in_words(clock)
    yield f"{length} ({clock.says})" if clock.says and clock.says != length else length
    if clock.remind:
        yield f"reminders {', '.join(map(_offset, clock.remind))}"
    yield from _on_the_way(clock)
    yield from _of_warnings(clock)
    for late, role in clock.tell.items():
        yield f"{role.says} is told {_offset(late)}"
    if clock.tell and clock.every:
        yield f"then both hear again every {clock.every} business days"
    if clock.fires:
        grace = f" {clock.grace} business days later" if clock.grace else ""
        yield f"then `{clock.fires}`{grace}"


def _on_the_way(clock: Clock) -> Iterator[str]:
    if clock.nudge:
        yield f"asked after {', '.join(map(str, clock.nudge))} idle business days"
    if clock.acknowledge:
        yield f"asked {clock.acknowledge} after the start to take it up"
    if clock.remind_shares:
        yield f"reminders at {', '.join(f'{share} %' for share in clock.remind_shares)} of it"
    if clock.remind_days:
        yield f"reminders {', '.join(str(-days) for days in clock.remind_days)} days before"


def _of_warnings(clock: Clock) -> Iterator[str]:
    if clock.warn:
        yield f"warnings {', '.join(map(str, clock.warn))} before it closes"
    if clock.warn_days:
        yield f"warnings {', '.join(map(str, clock.warn_days))} days before it closes"


def _offset(days: int) -> str:
    if days == 0:
        return "on the day"
    return f"{-days} before" if days < 0 else f"{days} after"
