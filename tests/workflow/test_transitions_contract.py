"""What we rely on in `transitions`, and the traps for which the step function is built as it is.

Each test states a fact of the installed version. One that fails after an upgrade says which
precaution in `workflow.step` to look at again.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import pytest
from transitions import EventData, Machine, MachineError, State

from models import Case

Guard = Callable[[EventData], object]


class Proxy:
    """A throw-away model: it holds a state and nothing else."""

    def __init__(self, state: str) -> None:
        self.state = state


def resident(*rows: Mapping[str, object], **options: object) -> Machine:
    """The machine as `workflow.step` builds it, with whatever a trap needs on top."""
    machine = Machine(
        model=None, states=["draft", "review", "done"], initial="draft",
        auto_transitions=False, queued=False, send_event=True,
    )  # fmt: skip
    for name, value in options.items():
        setattr(machine, name, value)
    for row in rows or ({"trigger": "submit", "source": "draft", "dest": "review"},):
        machine.add_transition(**row)  # type: ignore[arg-type]
    return machine


def guarded(guard: Guard | str, **more: object) -> Machine:
    row = {"trigger": "submit", "source": "draft", "dest": "review", "conditions": guard}
    return resident(row | more)


def fail(_event: EventData) -> None:
    raise RuntimeError("broken callback")


# --------------------------------------------------------------------------- what we build upon


def test_a_resident_machine_without_models_moves_a_throw_away_proxy() -> None:
    machine, proxy = resident(), Proxy("draft")
    assert machine.events["submit"].trigger(proxy) is True
    assert proxy.state == "review"
    assert vars(proxy) == {"state": "review"}
    assert machine.models == []


def test_a_proxy_with_slots_is_enough() -> None:
    class Slotted:
        __slots__ = ("state",)
        state: str

    proxy = Slotted()
    proxy.state = "draft"
    assert resident().events["submit"].trigger(proxy) is True
    assert proxy.state == "review"


def test_what_the_trigger_is_given_reaches_the_guard_as_keywords() -> None:
    machine = guarded(lambda event: event.kwargs["edge_id"] == "this")
    assert machine.events["submit"].trigger(Proxy("draft"), edge_id="that") is False
    assert machine.events["submit"].trigger(Proxy("draft"), edge_id="this") is True


def test_a_trigger_that_does_not_leave_the_state_raises() -> None:
    with pytest.raises(MachineError, match="Can't trigger event submit from state done"):
        resident().events["submit"].trigger(Proxy("done"))


def test_a_proxy_in_a_state_that_nobody_knows_raises() -> None:
    with pytest.raises(ValueError, match="'limbo' is not a registered state"):
        resident().events["submit"].trigger(Proxy("limbo"))


def test_an_edge_without_a_destination_is_internal_and_calls_no_state() -> None:
    entered: list[str] = []
    machine = resident(
        {"trigger": "keep", "source": "draft", "dest": None},
        {"trigger": "again", "source": "draft", "dest": "draft"},
    )
    machine.get_state("draft").add_callback("enter", lambda _event: entered.append("entered"))
    machine.get_state("draft").add_callback("exit", lambda _event: entered.append("left"))
    assert machine.events["keep"].trigger(Proxy("draft")) is True
    assert entered == []
    assert machine.events["again"].trigger(Proxy("draft")) is True
    assert entered == ["left", "entered"]


def test_threads_share_a_resident_machine_without_meeting_each_other() -> None:
    sides = ("review", "done")
    machine = resident(
        *(
            {
                "trigger": "submit", "source": "draft", "dest": side,
                "conditions": lambda event, side=side: event.kwargs["to"] == side,
            }
            for side in sides
        )
    )  # fmt: skip
    together = threading.Barrier(8)

    def many(side: str) -> set[str]:
        together.wait()
        proxies = [Proxy("draft") for _ in range(2_000)]
        for proxy in proxies:
            machine.events["submit"].trigger(proxy, to=side)
        return {proxy.state for proxy in proxies}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(many, sides * 4)) == [{side} for side in sides * 4]


def test_a_guard_in_one_thread_that_waits_holds_nobody_up() -> None:
    inside, released = threading.Event(), threading.Event()

    def wait(event: EventData) -> bool:
        if event.kwargs["slow"]:
            inside.set()
            return released.wait(10)
        return True

    machine = guarded(wait)
    slow, quick = Proxy("draft"), Proxy("draft")
    thread = threading.Thread(target=lambda: machine.events["submit"].trigger(slow, slow=True))
    thread.start()
    assert inside.wait(10)
    assert machine.events["submit"].trigger(quick, slow=False) is True
    assert (slow.state, quick.state) == ("draft", "review")
    released.set()
    thread.join(10)
    assert slow.state == "review"


# ----------------------------------------------------------------------------------- the traps


def test_add_model_resets_a_state_that_was_loaded() -> None:
    loaded = Proxy("review")
    resident().add_model(loaded)
    assert loaded.state == "draft"


def test_add_model_with_the_loaded_state_as_initial_keeps_it() -> None:
    loaded = Proxy("review")
    resident().add_model(loaded, initial=loaded.state)
    assert loaded.state == "review"


def test_add_model_keeps_a_reference_until_it_is_removed() -> None:
    machine, model = resident(), Proxy("draft")
    machine.add_model(model)
    assert machine.models == [model]
    machine.remove_model(model)
    assert machine.models == []
    assert {"submit", "trigger", "may_submit", "is_draft"} <= vars(model).keys()


def test_default_auto_transitions_pass_by_every_guard() -> None:
    model = Proxy("draft")
    machine = Machine(model, states=["draft", "review", "done"], initial="draft")
    machine.add_transition("submit", "draft", "review", conditions=lambda: False)
    assert machine.events["submit"].trigger(model) is False
    assert machine.events["to_done"].trigger(model) is True
    assert model.state == "done"
    assert set(resident().events) == {"submit"}


def test_a_misspelt_destination_is_accepted_at_build_and_fails_when_it_fires() -> None:
    machine = resident({"trigger": "submit", "source": "draft", "dest": "reveiw"})
    proxy = Proxy("draft")
    with pytest.raises(ValueError, match="'reveiw' is not a registered state"):
        machine.events["submit"].trigger(proxy)
    assert proxy.state == "draft"


def test_a_misspelt_source_is_accepted_at_build_and_is_an_edge_that_never_fires() -> None:
    machine = resident({"trigger": "submit", "source": "darft", "dest": "review"})
    with pytest.raises(MachineError, match="Can't trigger event submit from state draft"):
        machine.events["submit"].trigger(Proxy("draft"))


def test_a_misspelt_initial_state_is_added_as_a_state_of_its_own() -> None:
    machine = Machine(model=None, states=["draft"], initial="darft", auto_transitions=False)
    assert list(machine.states) == ["draft", "darft"]


def test_a_misspelt_guard_is_accepted_at_build_and_fails_when_it_is_asked() -> None:
    machine = guarded("is_endorsd")
    with pytest.raises(AttributeError, match="'is_endorsd' could neither be retrieved"):
        machine.events["submit"].trigger(Proxy("draft"))


@pytest.mark.parametrize("answer", ["yes", [1], object(), 2, -1, {"a": 1}])
def test_a_truthy_guard_that_does_not_equal_true_counts_as_false(answer: object) -> None:
    proxy = Proxy("draft")
    assert bool(answer) is True
    assert guarded(lambda _event: answer).events["submit"].trigger(proxy) is False
    assert proxy.state == "draft"


@pytest.mark.parametrize("answer", [True, 1, 1.0])
def test_a_guard_that_equals_true_counts_as_true_though_it_is_no_bool(answer: object) -> None:
    assert guarded(lambda _event: answer).events["submit"].trigger(Proxy("draft")) is True


@pytest.mark.parametrize("answer", [None, "", []])
def test_a_falsy_guard_under_unless_that_does_not_equal_false_blocks_too(answer: object) -> None:
    row = {"trigger": "submit", "source": "draft", "dest": "review"}
    machine = resident(row | {"unless": lambda _event: answer})
    assert machine.events["submit"].trigger(Proxy("draft")) is False


def test_if_on_enter_raises_the_state_stays_changed() -> None:
    machine, proxy = resident(), Proxy("draft")
    machine.get_state("review").add_callback("enter", fail)
    with pytest.raises(RuntimeError, match="broken callback"):
        machine.events["submit"].trigger(proxy)
    assert proxy.state == "review"


def test_if_after_raises_the_state_stays_changed() -> None:
    row = {"trigger": "submit", "source": "draft", "dest": "review"}
    machine, proxy = resident(row | {"after": fail}), Proxy("draft")
    with pytest.raises(RuntimeError, match="broken callback"):
        machine.events["submit"].trigger(proxy)
    assert proxy.state == "review"


def test_errors_in_finalize_event_are_swallowed() -> None:
    proxy = Proxy("draft")
    assert resident(finalize_event=fail).events["submit"].trigger(proxy) is True
    assert proxy.state == "review"


def test_with_on_exception_set_no_error_reaches_the_caller() -> None:
    seen: list[object] = []
    machine = resident(on_exception=lambda event: seen.append(event.error))
    assert machine.events["submit"].trigger(Proxy("done")) is False
    assert [type(error) for error in seen] == [MachineError]


def test_may_runs_the_prepare_callbacks() -> None:
    ran: list[str] = []
    row = {"trigger": "submit", "source": "draft", "dest": "review"}
    machine = resident(
        row | {"prepare": lambda _event: ran.append("row")},
        prepare_event=lambda _event: ran.append("machine"),
    )
    model = Proxy("draft")
    machine.add_model(model)
    assert model.may_submit() is True  # type: ignore[attr-defined]
    assert ran == ["machine", "row"]
    assert model.state == "draft"


def two_edges(*order: str) -> Machine:
    return resident(
        *(
            {"trigger": "close", "source": "draft", "dest": dest, "conditions": lambda _event: True}
            for dest in order
        )
    )


@pytest.mark.parametrize("order", [("review", "done"), ("done", "review")])
def test_of_two_enabled_edges_the_first_wins_silently(order: tuple[str, str]) -> None:
    proxy = Proxy("draft")
    assert two_edges(*order).events["close"].trigger(proxy) is True
    assert proxy.state == order[0]


def test_the_same_edge_twice_is_accepted_at_build() -> None:
    assert len(two_edges("review", "review").get_transitions("close", "draft", "review")) == 2


def test_a_text_callback_imports_and_calls_any_dotted_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = {"trigger": "submit", "source": "draft", "dest": "review"}
    machine = resident(row | {"before": "builtins.print"})
    assert machine.events["submit"].trigger(Proxy("draft")) is True
    assert "EventData" in capsys.readouterr().out


def test_a_text_guard_is_read_from_the_model_before_anything_is_imported() -> None:
    class Lenient(Proxy):
        endorsed = True

    assert guarded("endorsed").events["submit"].trigger(Lenient("draft")) is True


def test_with_a_queue_a_trigger_inside_a_callback_returns_before_it_is_applied() -> None:
    proxy, answers = Proxy("draft"), list[tuple[object, str]]()

    def publish(event: EventData) -> None:
        answer = event.machine.events["publish"].trigger(event.model)
        answers.append((answer, proxy.state))

    machine = Machine(
        model=None, states=["draft", "review", "done"], initial="draft",
        auto_transitions=False, queued=True, send_event=True,
    )  # fmt: skip
    machine.add_transition("submit", "draft", "review", after=publish)
    machine.add_transition("publish", "review", "done")
    assert machine.events["submit"].trigger(proxy) is True
    assert answers == [(True, "review")]
    assert proxy.state == "done"


def test_with_a_queue_a_refused_trigger_says_true() -> None:
    machine = Machine(
        model=None, states=["draft", "review"], initial="draft",
        auto_transitions=False, queued=True, send_event=True,
    )  # fmt: skip
    machine.add_transition("submit", "draft", "review", conditions=lambda _event: False)
    proxy = Proxy("draft")
    assert machine.events["submit"].trigger(proxy) is True
    assert proxy.state == "draft"


def test_with_a_queue_another_thread_is_answered_before_its_event_is_applied() -> None:
    inside, released = threading.Event(), threading.Event()

    def wait(event: EventData) -> bool:
        inside.set()
        return released.wait(10) if event.kwargs["slow"] else True

    machine = Machine(
        model=None, states=["draft", "review"], initial="draft",
        auto_transitions=False, queued=True, send_event=True,
    )  # fmt: skip
    machine.add_transition("submit", "draft", "review", conditions=wait)
    slow, quick = Proxy("draft"), Proxy("draft")
    thread = threading.Thread(target=lambda: machine.events["submit"].trigger(slow, slow=True))
    thread.start()
    assert inside.wait(10)
    assert machine.events["submit"].trigger(quick, slow=False) is True
    assert quick.state == "draft"
    released.set()
    thread.join(10)
    assert quick.state == "review"


def test_add_model_fails_on_a_row_of_ours() -> None:
    row = Case.model_construct(state="draft")
    with pytest.raises(ValueError, match='"Case" object has no field "trigger"'):
        resident().add_model(row)


def test_a_state_that_is_an_enum_member_is_known_by_its_name_not_its_value() -> None:
    class Name(StrEnum):
        DRAFT = "in draft"

    machine = Machine(model=None, states=[Name.DRAFT], initial=None, auto_transitions=False)
    assert list(machine.states) == ["DRAFT"]
    with pytest.raises(ValueError, match="'in draft' is not a registered state"):
        machine.get_state("in draft")


def test_a_star_and_an_equals_sign_as_states_are_wildcards() -> None:
    machine = resident({"trigger": "go", "source": "*", "dest": "="})
    found = {(edge.source, edge.dest) for edge in machine.get_transitions("go")}
    assert found == {(state, state) for state in ("draft", "review", "done")}
    assert isinstance(machine.get_state("draft"), State)
