"""What a definition must pass before anything runs on it: each fault is found and named."""

from dataclasses import replace

import pytest

from tests.workflow.toy import (
    BEGIN,
    CLERK,
    DESK,
    DONE,
    DRAFT,
    FILE_LARGE,
    FILE_SMALL,
    HEAD,
    LAPSE,
    LOST,
    OWNER,
    REMARK,
    RETURN,
    ROWS,
    SEND,
    SIZE,
    STATES,
    Size,
    ToyFacts,
    complete,
    not_small,
    toy,
)
from workflow.checks import DefinitionError, asked_facts, checked
from workflow.clocks import Clock
from workflow.definition import SAME, Definition, Row, State
from workflow.forms import NoInput, Note
from workflow.registry import MACHINES
from workflow.roles import TIMER_ROLE
from workflow.rules import ALWAYS, Choice, Rule, rule

SIDE = State("side", "at the side", CLERK, rests="Waits for the toy.")
TO_SIDE = Row("set_aside", DESK, SIDE, CLERK, "Toys", "Set aside")
FROM_SIDE = Row("take_up", SIDE, DESK, CLERK, "Toys", "Take up")


def test_a_sound_definition_is_given_back() -> None:
    definition = toy()
    assert checked(definition) is definition


def test_every_machine_in_force_is_sound() -> None:
    for machine in MACHINES.values():
        assert checked(machine.definition) is machine.definition


def ask_of(ask: object, **more: object) -> Rule:
    return Rule("T-x", "Toys", "It holds.", ask, **more)  # type: ignore[arg-type]


def with_rows(*more: Row, without: tuple[Row, ...] = ()) -> Definition:
    return toy(rows=(*(row for row in ROWS if row not in without), *more))


def with_state(old: State, **changes: object) -> Definition:
    """The toy with one state changed wherever it stands."""
    new = replace(old, **changes)  # type: ignore[arg-type]

    def put(state: object) -> object:
        return new if state is old else state

    rows = tuple(
        replace(row, source=tuple(put(s) for s in row.sources), to=put(row.to))  # type: ignore[arg-type]
        for row in ROWS
    )
    return toy(states=tuple(map(put, STATES)), rows=rows, initial=put(DRAFT))


MANY = [ask_of(lambda _: None) for _ in range(13)]
ALL_OF_THEM = MANY[0]
for one in MANY[1:]:
    ALL_OF_THEM = ALL_OF_THEM & one  # type: ignore[assignment]

FAULTS = {
    "two states of one name": (
        toy(states=(*STATES, DONE)), "two states are called done",
    ),
    "an initial state that is none": (
        toy(initial=SIDE), "the initial state side is not among the states",
    ),
    "an end with a turn": (
        with_state(DONE, turn=CLERK), "done ends, so it has neither turn nor clock",
    ),
    "an end with a clock": (
        with_state(DONE, clock=Clock(days=1, tell={0: HEAD})),
        "done ends, so it has neither turn nor clock",
    ),
    "an open state that is nobody's turn": (
        with_state(DESK, turn=None), "desk is open but is nobody's turn",
    ),
    "a state that rests without a word": (
        with_state(DESK, clock=None), "desk has no clock and does not say why it may rest",
    ),
    "a row to an unknown state": (
        with_rows(TO_SIDE), "set_aside: side is no state of this machine",
    ),
    "a row from an unknown state": (
        with_rows(FROM_SIDE), "take_up: side is no state of this machine",
    ),
    "a row out of an end": (
        with_rows(replace(SEND, source=DONE)), "send leaves done, which ends",
    ),
    "a row without a clause": (
        with_rows(replace(SEND, clause=""), without=(SEND,)),
        "send cites neither a clause nor practice",
    ),
    "a row without a label": (
        with_rows(replace(SEND, label=""), without=(SEND,)),
        "send says neither what it is called nor who may do it",
    ),
    "a row that nobody may do": (
        with_rows(replace(SEND, who=()), without=(SEND,)),
        "send says neither what it is called nor who may do it",
    ),
    "rows of one trigger with different forms": (
        with_rows(replace(FILE_LARGE, form=Note), without=(FILE_LARGE,)),
        "rows of file take different forms: NoInput, Note",
    ),
    "a case that begins elsewhere": (
        with_rows(replace(BEGIN, to=DESK)),
        "rows that create a case lead to ['desk', 'draft'], not to the initial state alone",
    ),
    "a case that cannot begin": (
        with_rows(without=(BEGIN,)),
        "rows that create a case lead to [], not to the initial state alone",
    ),
    "a state that cannot be reached": (
        toy(states=(*STATES, SIDE), rows=(*ROWS, FROM_SIDE)), "side cannot be reached",
    ),
    "a state that reaches no end": (
        toy(states=(*STATES, SIDE), rows=(*ROWS, TO_SIDE)), "side can reach no end",
    ),
    "two rows that can be enabled at once": (
        with_rows(replace(SEND, to=DONE)),
        "send from draft: rows [0, 1] can be enabled at once",
    ),
    "two rows whose rules overlap in one value": (
        with_rows(
            replace(FILE_LARGE, when=SIZE.is_(Size.SMALL, Size.LARGE)), without=(FILE_LARGE,)
        ),
        "file from desk: rows [0, 1] can be enabled at once",
    ),
    "two rows told apart by different rules": (
        with_rows(replace(FILE_LARGE, when=not_small), without=(FILE_LARGE,)),
        "file from desk: rows [0, 1] can be enabled at once",
    ),
    "a row that can never be enabled": (
        with_rows(
            replace(FILE_LARGE, when=SIZE.is_(Size.LARGE) & SIZE.is_(Size.HUGE)),
            without=(FILE_LARGE,),
        ),
        "file from desk: row 1 can never be enabled",
    ),
    "a creating row that can never be enabled": (
        with_rows(replace(BEGIN, when=~ALWAYS), without=(BEGIN,)),
        "begin from nowhere: row 0 can never be enabled",
    ),
    "more atoms than a proof can hold": (
        with_rows(replace(SEND, when=ALL_OF_THEM), without=(SEND,)),
        "send from draft asks 13 atoms, more than 12",
    ),
    "a clock that does nothing in the end": (
        with_state(DESK, clock=Clock(days=3, remind=(0,))),
        "the clock of desk neither fires a trigger nor tells an owner",
    ),
    "a clock that fires what no row allows": (
        with_state(DESK, clock=Clock(days=3, fires="file")),
        "the clock of desk fires file, which no row lets a timer do",
    ),
    "a clock that fires what there is not": (
        with_state(DESK, clock=Clock(days=3, fires="explode")),
        "the clock of desk fires explode, which no row lets a timer do",
    ),
    "a row that waits for a timer that is not armed": (
        with_rows(Row("decay", DESK, LOST, TIMER_ROLE, "practice", "Decay")),
        "decay from desk waits for a timer that no clock arms",
    ),
    "a rule that asks for what nothing provides": (
        with_rows(
            replace(SEND, when=ask_of(lambda facts: None if facts.colour else "No.")),
            without=(SEND,),
        ),
        "T-x asks for colour, which no reading provides",
    ),
    "a rule that asks the form for what it has not": (
        with_rows(
            replace(REMARK, when=ask_of(lambda facts: facts.form.weight, judges_form=True)),
            without=(REMARK,),
        ),
        "T-x asks for form.weight, which remark has no field for",
    ),
    "a choice that asks for what nothing provides": (
        with_rows(
            replace(SEND, when=Choice("T-y", "Toys", Size, lambda facts: facts.colour, {}).is_(
                Size.SMALL
            )),
            without=(SEND,),
        ),
        "T-y asks for colour, which no reading provides",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str) -> None:
    definition, says = FAULTS[name]
    with pytest.raises(DefinitionError) as refused:
        checked(definition)
    assert says in str(refused.value).removeprefix("toy v1: ").split("; ")


def test_every_fault_is_named_at_once() -> None:
    broken = toy(states=(*STATES, SIDE), rows=(*ROWS, replace(SEND, to=DONE, clause="")))
    with pytest.raises(DefinitionError, match=r"^toy v1: ") as refused:
        checked(broken)
    assert len(str(refused.value).split("; ")) == 4


def test_rows_that_are_cases_of_one_fact_exclude_each_other() -> None:
    """Proved over the values: a value that no row takes is allowed, one that two take is not."""
    some = replace(FILE_LARGE, when=SIZE.is_(Size.HUGE))
    assert checked(with_rows(some, without=(FILE_LARGE,)))
    apart = replace(FILE_SMALL, when=complete & not_small), replace(FILE_LARGE, when=~not_small)
    assert checked(with_rows(*apart, without=(FILE_SMALL, FILE_LARGE)))


def test_one_who_stays_for_ever_counts_as_an_end() -> None:
    stays = replace(SIDE, stays="A toy at the side is there to be looked at.", turn=None)
    to_side = replace(TO_SIDE, to=stays)
    assert checked(toy(states=(*STATES, stays), rows=(*ROWS, to_side)))


def test_a_row_that_a_person_may_do_too_needs_no_clock() -> None:
    assert checked(with_rows(replace(LAPSE, source=DESK, who=(CLERK, TIMER_ROLE))))


def test_what_a_rule_asks_is_read_from_its_code() -> None:
    assert set(asked_facts(complete.ask)) == {("complete", "")}
    assert list(asked_facts(lambda facts: facts.form.note)) == [("form", "note")]
    assert list(asked_facts(lambda facts: facts.form.said())) == [("form", "said")]
    assert list(asked_facts(lambda: None)) == []
    assert list(asked_facts(lambda facts: facts)) == []
    assert list(asked_facts(lambda facts: (facts, facts.size))) == [("size", "")]
    assert list(asked_facts(len)) == []


def test_a_rule_may_ask_a_forms_own_words() -> None:
    @rule("T-z", "Toys", judges_form=True)
    def said_something(facts: ToyFacts) -> str | None:
        """Something is said."""
        return None if facts.form.said() else "Say something."  # type: ignore[union-attr]

    assert checked(with_rows(replace(REMARK, when=said_something), without=(REMARK,)))


def test_the_definition_as_data_changes_its_hash_with_every_part_of_it() -> None:
    same = toy()
    assert same.hash == toy().hash
    others = [
        toy(version=2),
        with_state(DESK, says="elsewhere"),
        with_rows(replace(RETURN, label="Give back"), without=(RETURN,)),
        with_rows(replace(RETURN, clock=lambda _: 3), without=(RETURN,)),
        with_state(DESK, clock=Clock(days=4, tell={1: HEAD})),
    ]
    assert len({same.hash, *(other.hash for other in others)}) == len(others) + 1


def test_a_row_names_its_sources_and_roles_whether_one_or_several() -> None:
    assert (REMARK.sources, SEND.sources, BEGIN.sources) == ((DRAFT, DESK), (DRAFT,), ())
    assert (REMARK.roles, SEND.roles) == ((OWNER, CLERK), (OWNER,))
    assert Row("x", DESK, SAME, CLERK, "Toys", "X").form is NoInput
