"""The definitions are the machines that were agreed: no row lost, none unsaid, no other clock.

What was agreed stands in `tests/walks/machines.yaml`, apart from the code.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import orjson
import pytest

from policies import clocks
from policies.edition import editions
from tests.walks.agreed import Agreed, Edge, agreed
from workflow.decide import PRACTICE
from workflow.definition import Definition, Row, State
from workflow.effects import Ask, Tell
from workflow.facts import TIMER
from workflow.registry import MACHINES

#: Composites of the policy's own checks: each finding carries its own rule and clause.
COMPOSITE = "checks"


@pytest.fixture(params=list(MACHINES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def definition_of(machine: str) -> Definition:
    return MACHINES[machine].definition


def edges(definition: Definition) -> dict[Edge, frozenset[str]]:
    """Who may take each edge, as the definition says it."""
    found: dict[Edge, frozenset[str]] = {}
    for row in definition.rows:
        for source in [state.name for state in row.sources] or [""]:
            edge = row.trigger, source, row.lands(source)
            found[edge] = found.get(edge, frozenset()) | {role.name for role in row.roles}
    return found


def test_every_row_that_was_agreed_stands_in_the_definition_with_its_people(machine: str) -> None:
    there, said = edges(definition_of(machine)), agreed(machine)
    wanted = {**said.edges, **said.added}
    assert {edge: there.get(edge) for edge in wanted} == wanted


def test_the_definition_has_no_row_beside_them(machine: str) -> None:
    said = agreed(machine)
    assert edges(definition_of(machine)).keys() - said.edges.keys() == said.added.keys()


def test_nothing_that_comes_later_is_there_yet(machine: str) -> None:
    definition, said = definition_of(machine), agreed(machine)
    assert edges(definition).keys() & said.later == set()
    assert {state.name for state in definition.states} & said.later_states == set()
    assert definition.initial.name == said.initial


# ------------------------------------------------------------------------------------- clocks


def open_states(definition: Definition) -> Iterator[State]:
    return (state for state in definition.states if state.clock is not None)


def test_each_clock_is_the_one_that_was_agreed(machine: str) -> None:
    definition, said = definition_of(machine), agreed(machine)
    assert {state.name for state in open_states(definition)} == said.clocks.keys()
    for state in open_states(definition):
        clock, wanted = state.clock, said.clocks[state.name]
        assert clock is not None
        assert clock.fires == (wanted.fires or None), state.name
        assert clock.grace == wanted.grace, state.name
        if clock.days is not None:
            assert clock.days == wanted.days, state.name
        for day, roles in wanted.tell.items():
            assert roles <= told(definition, state, day), state.name


def told(definition: Definition, state: State, day: int) -> set[str]:
    """Who hears of it so many business days late: the clock's owner, or, that day, whoever owes."""
    clock = state.clock
    assert clock is not None
    roles = {clock.tell[day].name} if day in clock.tell else set()
    if state.turn is not None and day in clock.remind:
        roles.add(state.turn.name)
    for asked in asked_on_entry(definition, state):
        if day in asked.clock.remind:
            roles.add(asked.role.name)
    return roles


def asked_on_entry(definition: Definition, state: State) -> Iterator[Ask]:
    """What is asked of others, each with a clock of its own, by the rows that lead here."""
    for row in definition.rows:
        if row.to is state:
            yield from (effect for effect in row.then if isinstance(effect, Ask))


def test_every_clock_that_a_definition_runs_is_the_offices_to_the_last_figure(machine: str) -> None:
    """A release tells the figures of the file: none is said, or lost, in the definition."""
    told = {state["name"]: state["clock"] for state in released_states(machine)}
    for state in open_states(definition_of(machine)):
        figures, said = clocks.clock(machine, state.name), told[state.name]
        assert said is not None
        kept = {name: getattr(figures, name) for name in said if name not in {"days", "tell"}}
        kept["every"] = figures.every if figures.tell else 0
        kept["says"] = figures.words
        assert {name: said[name] for name in kept} == as_json(kept), state.name
        assert said["tell"] == {str(late): role for late, role in figures.tell.items()}, state.name
        assert said["days"] == (None if figures.bound or figures.hours else figures.days)


def released_states(machine: str) -> list[dict[str, dict[str, object]]]:
    return cast("list[dict[str, dict[str, object]]]", definition_of(machine).as_data()["states"])


def as_json(figures: dict[str, object]) -> object:
    plain = {
        name: None if name == "fires" and not value else value for name, value in figures.items()
    }
    return orjson.loads(orjson.dumps(plain))


def test_no_definition_writes_a_figure_of_a_clock_itself() -> None:
    """Clocks are made of the office's figures alone: `Clock(...)` stands in one module."""
    rooms = Path(__file__).parents[2] / "workflow"
    makers = [
        file.relative_to(rooms).as_posix()
        for file in rooms.rglob("*.py")
        if re.search(r"(?<![_\w])Clock\(", file.read_text("utf-8"))
    ]
    assert [name for name in makers if name != "engine.py"] == ["clocks.py"]


def test_everything_that_is_asked_for_has_the_offices_clock(machine: str) -> None:
    asked = [e for row in definition_of(machine).rows for e in row.then if isinstance(e, Ask)]
    for effect in asked:
        assert (effect.clock.days or 0) == clocks.clock(machine, effect.kind).days
        assert effect.clock.tell, effect.kind


def test_where_no_clock_runs_nothing_is_due_until_its_rows_come(machine: str) -> None:
    definition, said = definition_of(machine), agreed(machine)
    still = {state.name for state in definition.states if not state.ends and state.clock is None}
    assert still == ({"active"} if machine == "credential" else set())
    assert still & said.clocks.keys() == set()


def test_what_a_clock_fires_is_a_row_for_a_timer_and_needs_nobody_else(machine: str) -> None:
    definition = definition_of(machine)
    for state in open_states(definition):
        fires = state.clock.fires if state.clock else None
        if fires is not None:
            rows = definition.rows_for(state.name, fires)
            assert any(TIMER in {role.name for role in row.roles} for row in rows), state.name


# ------------------------------------------------------------------------------------- mail


def test_no_row_writes_one_kind_of_message_twice(machine: str) -> None:
    """Two effects of one kind would give one person two rows of one key: the write would fail."""
    for row in definition_of(machine).rows:
        kinds = list(written(row))
        assert len(kinds) == len(set(kinds)), (row.trigger, kinds)


def written(row: Row) -> Iterator[str]:
    """The kinds of message that a row writes, and those of the state it leads to."""
    yield from (effect.kind for effect in row.then if isinstance(effect, Tell))
    yield from (effect.kind for effect in row.then if isinstance(effect, Ask) and effect.announce)
    if isinstance(row.to, State) and row.to.announce and row.to.turn is not None:
        yield row.to.name


# ------------------------------------------------------------------------------------- clauses


def test_each_rule_and_clause_of_a_definition_is_in_the_edition(machine: str) -> None:
    edition = editions()[-1]
    rules = {
        rule.id: {edition.clause(clause).place for clause in rule.clauses} or {PRACTICE}
        for rule in (*edition.rules, *edition.practices)
    }
    places = {clause.place for clause in edition.clauses} | {PRACTICE}
    for row in definition_of(machine).rows:
        assert row.clause in places, row.trigger
        for rule, clause in cited(row):
            known = places if rule == COMPOSITE else rules[rule]
            assert clause in known, (row.trigger, rule, clause)


def cited(row: Row) -> Iterator[tuple[str, str]]:
    """(rule, clause) of every condition of a row."""
    return ((atom.id, atom.clause) for atom in row.when.atoms())


def test_a_lost_row_is_seen() -> None:
    said = agreed("award")
    short = Agreed(
        said.initial,
        dict(list(said.edges.items())[1:]),
        said.added,
        said.later,
        said.later_states,
        {},
    )
    known = short.edges.keys() | short.added.keys()
    assert edges(definition_of("award")).keys() - known == {("claim", "", "claimed")}
