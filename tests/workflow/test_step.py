"""The step function takes the edge that was chosen, and no other."""

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import pytest
from transitions import Machine

from workflow.step import Edge, NoEdgeError, build_machine, step

EDGES = (
    Edge("submit", "submit", "draft", "review"),
    Edge("keep", "keep", "draft", "draft"),
    Edge("close/carried", "close", "review", "carried"),
    Edge("close/failed", "close", "review", "failed"),
    Edge("close/again", "close", "review", "draft"),
)


@pytest.fixture(scope="module")
def machine() -> Machine:
    return build_machine(EDGES)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.id)
def test_the_chosen_edge_is_taken_whatever_stands_before_it(machine: Machine, edge: Edge) -> None:
    assert step(machine, edge.source, edge.trigger, edge.id) == edge.dest


def test_the_order_of_the_edges_decides_nothing() -> None:
    backwards = build_machine(reversed(EDGES))
    assert step(backwards, "review", "close", "close/carried") == "carried"
    assert step(backwards, "review", "close", "close/again") == "draft"


def test_an_edge_that_stays_leaves_and_enters_nothing(machine: Machine) -> None:
    edge = machine.get_transitions("keep", "draft")[0]
    assert edge.dest is None
    assert step(machine, "draft", "keep", "keep") == "draft"


def test_a_trigger_that_leaves_another_state_only_is_refused(machine: Machine) -> None:
    with pytest.raises(NoEdgeError, match="no edge for 'submit' leaves 'review'"):
        step(machine, "review", "submit", "submit")


def test_a_trigger_and_a_state_that_nobody_knows_are_refused(machine: Machine) -> None:
    with pytest.raises(NoEdgeError, match="no edge for 'launch' leaves 'draft'"):
        step(machine, "draft", "launch", "submit")
    with pytest.raises(NoEdgeError, match="no edge for 'submit' leaves 'limbo'"):
        step(machine, "limbo", "submit", "submit")


def test_an_edge_of_another_trigger_or_state_is_refused(machine: Machine) -> None:
    with pytest.raises(NoEdgeError, match="edge 'submit' of 'keep' does not leave 'draft'"):
        step(machine, "draft", "keep", "submit")
    with pytest.raises(NoEdgeError, match="edge 'nowhere' of 'close' does not leave 'review'"):
        step(machine, "review", "close", "nowhere")


def test_a_refused_step_leaves_nothing_behind(machine: Machine) -> None:
    before = {name: set(event.transitions) for name, event in machine.events.items()}
    with pytest.raises(NoEdgeError):
        step(machine, "failed", "close", "close/failed")
    assert {name: set(event.transitions) for name, event in machine.events.items()} == before
    assert step(machine, "review", "close", "close/failed") == "failed"


@pytest.mark.parametrize("name", ["", "*", "=", ["a", "b"], None, lambda: "a"])
@pytest.mark.parametrize("place", range(4))
def test_only_plain_text_names_an_edge_a_trigger_or_a_state(name: object, place: int) -> None:
    edge: list[object] = ["id", "go", "a", "b"]
    edge[place] = name
    with pytest.raises(ValueError, match="cannot name an edge, a trigger or a state"):
        build_machine([tuple(edge)])  # type: ignore[list-item]


def test_two_edges_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two edges have the same id"):
        build_machine([("id", "go", "a", "b"), ("id", "go", "b", "a")])


def test_an_enum_of_text_is_known_by_its_value() -> None:
    class Name(StrEnum):
        DRAFT = "in draft"
        DONE = "all done"

    machine = build_machine([("finish", "finish", Name.DRAFT, Name.DONE)])
    landed = step(machine, Name.DRAFT, "finish", "finish")
    assert landed == "all done"
    assert type(landed) is str
    assert step(machine, "in draft", "finish", "finish") == "all done"


def test_each_edge_has_one_condition_and_no_text_and_no_effect_is_ever_called(
    machine: Machine,
) -> None:
    for edge in machine.get_transitions():
        (condition,) = edge.conditions
        assert callable(condition.func)
        assert not isinstance(condition.func, str)
        assert [*edge.prepare, *edge.before, *edge.after] == []
    for state in machine.states.values():
        assert [*state.on_enter, *state.on_exit] == []
    hooks = ("prepare_event", "before_state_change", "after_state_change", "finalize_event")
    assert [getattr(machine, hook) for hook in hooks] == [[], [], [], []]


def test_the_machine_has_no_trigger_but_the_edges_and_no_model(machine: Machine) -> None:
    assert set(machine.events) == {"submit", "keep", "close"}
    assert machine.models == []
    assert set(machine.states) == {"draft", "review", "carried", "failed"}


def test_threads_share_one_machine_and_each_gets_its_own_edge(machine: Machine) -> None:
    def many(edge: Edge) -> list[str]:
        return [step(machine, edge.source, edge.trigger, edge.id) for _ in range(2_000)]

    with ThreadPoolExecutor(len(EDGES) * 2) as pool:
        landed = list(pool.map(many, EDGES * 2))
    assert landed == [[edge.dest] * 2_000 for edge in EDGES * 2]
