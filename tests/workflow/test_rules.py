"""Rules: an atom answers with nothing or with what is missing, and what is joined says it all."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.toy import (
    NOTE_SIZE,
    SIZE,
    Size,
    complete,
    facts,
    not_small,
    noted,
    two_things,
)
from workflow.forms import Note
from workflow.rules import ALWAYS, Condition, Reason, rule

LACKING = facts(complete=False)


def texts(condition: Condition, **changes: object) -> list[str]:
    return [reason.text for reason in condition.reasons(facts(**changes))]  # type: ignore[arg-type]


def test_a_rule_that_holds_gives_no_reason() -> None:
    assert texts(complete) == []
    assert texts(ALWAYS) == []


def test_a_sentence_becomes_a_reason_with_rule_and_clause() -> None:
    assert complete.reasons(LACKING) == (Reason("T-1", "Toys 1", "It is not complete."),)


def test_a_rule_may_give_several_reasons_of_its_own() -> None:
    assert [reason.rule for reason in two_things.reasons(LACKING)] == ["T-3a", "T-3b"]


def test_and_gives_the_reasons_of_every_part_each_once() -> None:
    joined = complete & two_things & complete & not_small
    assert texts(joined, complete=False) == [
        "It is not complete.", "One lacks.", "Another lacks.", "It is too small.",
    ]  # fmt: skip


def test_or_holds_when_one_part_does_and_else_names_each_way_on() -> None:
    either = complete | not_small
    assert texts(either) == []
    assert texts(either, complete=False, size=Size.HUGE) == []
    assert texts(either, complete=False) == ["It is not complete.", "It is too small."]


def test_not_says_the_sentence_kept_for_it() -> None:
    assert texts(~not_small) == []
    assert texts(~not_small, size=Size.HUGE) == ["It is small."]
    assert texts(~complete) == ["Not so: T-1."]
    assert texts(~SIZE.is_(Size.SMALL)) == ["Not so: T-6."]
    assert texts(~ALWAYS) == ["This is never possible."]


def test_a_case_of_a_choice_says_which_value_it_has() -> None:
    assert texts(SIZE.is_(Size.SMALL, Size.LARGE)) == []
    assert texts(SIZE.is_(Size.LARGE)) == ["It is small."]


def test_rules_about_the_input_are_not_asked_while_there_is_none() -> None:
    for condition in (noted, ~noted, NOTE_SIZE.is_(Size.HUGE), ~NOTE_SIZE.is_(Size.HUGE)):
        assert texts(condition) == []
    assert texts(noted, form=Note()) == ["Write a note."]
    assert texts(NOTE_SIZE.is_(Size.HUGE), form=Note(note="small")) == ["You say small."]
    assert texts(~NOTE_SIZE.is_(Size.HUGE), form=Note(note="huge")) == ["Not so: T-7."]
    assert texts(~NOTE_SIZE.is_(Size.HUGE), form=Note(note="small")) == []


def test_a_rule_without_a_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"T-9: a rule says in its docstring what holds\."):

        @rule("T-9", "Toys 9")
        def silent(_: object) -> None:
            pass


def test_the_sentence_is_the_docstring() -> None:
    assert complete.sentence == "It is complete."


ATOMS = st.sampled_from([complete, not_small, SIZE.is_(Size.SMALL), SIZE.is_(Size.HUGE), ALWAYS])
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_what_the_proofs_see_is_what_the_rules_answer(condition: Condition) -> None:
    """`holds_in` over the values of the atoms and `reasons` over facts never disagree."""
    for is_complete, size in product((True, False), Size):
        world = {complete: is_complete, not_small: size is not Size.SMALL, SIZE: size}
        seen = facts(complete=is_complete, size=size)
        reasons = condition.reasons(seen)
        assert condition.holds_in(world) == (not reasons)
        assert len(set(reasons)) == len(reasons)


@given(CONDITIONS)
def test_the_atoms_are_each_named_once(condition: Condition) -> None:
    atoms = condition.atoms()
    assert len(set(atoms)) == len(atoms)
    assert set(atoms) <= {complete, not_small, SIZE}
