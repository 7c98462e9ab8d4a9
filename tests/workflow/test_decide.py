"""Deciding: to where and relying on whom, or every reason why not; choices and explanations."""

import pytest

from tests.workflow.toy import (
    BEGIN,
    CLERK,
    DESK,
    DONE,
    FILE_SMALL,
    PEOPLE,
    ROWS,
    SEND,
    TOY,
    Size,
    appointment,
    facts,
    toy,
)
from workflow.decide import Decision, Option, Refusal, TwoRowsEnabledError, choices, decide
from workflow.definition import SAME, Row
from workflow.explain import Answer, explain
from workflow.forms import Note

CLERKS = (PEOPLE["clerk"], PEOPLE["second clerk"])
OFFICE = (*CLERKS, PEOPLE["head"], PEOPLE["upper head"])


def refusal(trigger: str, state: str = "draft", actor: str = "owner", **more: object) -> Refusal:
    found = decide(TOY, facts(state, actor, **more), trigger)  # type: ignore[arg-type]
    assert isinstance(found, Refusal)
    assert found.trigger == trigger
    return found


def decision(trigger: str, state: str = "draft", actor: str = "owner", **more: object) -> Decision:
    found = decide(TOY, facts(state, actor, **more), trigger)  # type: ignore[arg-type]
    assert isinstance(found, Decision)
    return found


def texts(found: Refusal) -> list[str]:
    return [reason.text for reason in found.reasons]


# ------------------------------------------------------------------------- yes


def test_a_decision_says_to_where_as_what_and_relying_on_which_appointment() -> None:
    found = decision("send")
    assert (found.row, found.to, found.role.name, found.relied) == (SEND, "desk", "owner", ())
    filed = decision("file", "desk", "cleo", people=OFFICE)
    assert (filed.row, filed.to, filed.relied) == (FILE_SMALL, "done", (PEOPLE["clerk"],))


def test_the_row_is_chosen_by_its_rules_and_not_by_its_place() -> None:
    assert decision("file", "desk", "cleo", people=OFFICE).to == "done"
    assert decision("file", "desk", "hera", people=OFFICE, size=Size.LARGE).to == "desk"


def test_a_row_that_begins_a_case_leads_to_the_first_state() -> None:
    found = decision("begin", "")
    assert (found.row, found.to) == (BEGIN, "draft")


def test_the_first_role_that_is_held_is_acted_in() -> None:
    both = (*OFFICE, appointment("owner", "clerk"))
    note = Note(note="hello")
    assert decision("remark", "desk", "owner", people=both, form=note).role.name == "owner"
    assert decision("remark", "desk", "cleo", people=both, form=note).role.name == "clerk"


def test_whoever_acts_by_delegation_acts_for_someone() -> None:
    lent = appointment("dan", "clerk", on_behalf_of="cleo")
    found = decision("file", "desk", "dan", people=(*OFFICE, lent))
    assert found.facts.actor.on_behalf_of == "cleo"
    assert found.facts.actor.persons == {"dan", "cleo"}


# ------------------------------------------------------------------------- no


def test_every_reason_is_given_at_once() -> None:
    found = refusal("return", "desk", "mallory", people=OFFICE, complete=False)
    assert texts(found) == [
        "Only a clerk or the head can do this. That is Cleo or Clint or Hera.",
        "One lacks.", "Another lacks.", "It is too small.",
    ]  # fmt: skip


def test_the_reasons_of_every_row_of_a_trigger_are_given_each_once() -> None:
    found = refusal("file", "desk", "owner", people=OFFICE, size=Size.HUGE)
    assert texts(found) == [
        "Only a clerk can do this. That is Cleo or Clint.",
        "You own it.",
        "It is huge.",
        "Only the head can do this. That is Hera.",
    ]


def test_a_delegate_of_the_owner_is_refused_as_the_owner_is() -> None:
    lent = appointment("dan", "clerk", on_behalf_of="owner")
    found = refusal("file", "desk", "dan", people=(lent,))
    assert texts(found)[0] == "You own it."


def test_where_nobody_holds_the_role_no_name_is_given() -> None:
    assert texts(refusal("file", "desk", "mallory"))[0] == "Only a clerk can do this."


def test_a_trigger_of_another_state_says_from_where_it_is_possible() -> None:
    assert texts(refusal("file")) == ["Possible while it is on the desk; it is being drafted."]
    assert texts(refusal("remark", "done")) == [
        "Possible while it is being drafted or on the desk; it is put away."
    ]
    assert texts(refusal("send", "")) == ["Possible while it is being drafted; it is not begun."]


def test_a_case_that_is_there_is_not_begun_again() -> None:
    assert texts(refusal("begin")) == ["This begins another toy; this one is being drafted."]


def test_an_unknown_trigger_is_named_with_those_there_are() -> None:
    assert texts(refusal("fly\x00")) == [
        "There is no 'fly\\x00' here. There is: begin, send, remark, file, return, lapse."
    ]


def test_two_enabled_rows_are_a_fault_of_the_definition_and_order_never_decides() -> None:
    doubled = toy(rows=(*ROWS, Row("send", SEND.sources, DONE, SEND.roles, "Toys", "Send away")))
    with pytest.raises(TwoRowsEnabledError, match=r"send from draft has 2 enabled rows \(Send, "):
        decide(doubled, facts(), "send")


# ------------------------------------------------------------------------- choices


def option(trigger: str, state: str, actor: str, **more: object) -> Option:
    seen = facts(state, actor, people=OFFICE, **more)  # type: ignore[arg-type]
    (found,) = (one for one in choices(TOY, seen) if one.trigger == trigger)
    return found


def test_choices_are_the_triggers_of_the_present_state() -> None:
    assert [one.trigger for one in choices(TOY, facts())] == ["send", "remark", "lapse"]
    assert choices(TOY, facts("done")) == ()


def test_a_choice_that_is_possible_says_what_follows() -> None:
    found = option("send", "draft", "owner")
    assert (found.enabled, found.yours, found.reasons) == (True, True, ())
    assert (found.label, found.effect) == ("Send", "A clerk has it then.")


def test_a_choice_that_is_not_possible_gives_every_reason_and_whether_it_is_yours() -> None:
    found = option("send", "draft", "owner", complete=False)
    assert (found.enabled, found.yours) == (False, True)
    assert [reason.rule for reason in found.reasons] == ["T-1"]
    assert not option("lapse", "draft", "owner").yours


def test_the_input_is_not_judged_while_choices_are_listed() -> None:
    assert option("remark", "desk", "cleo").enabled
    assert option("remark", "desk", "cleo", form=Note()).enabled


def test_of_two_rows_the_possible_one_is_shown() -> None:
    assert option("file", "desk", "hera", size=Size.LARGE).label == "File with care"
    assert option("file", "desk", "cleo").label == "File"
    refused = option("file", "desk", "hera")
    assert (refused.label, refused.yours) == ("File", True)


# ------------------------------------------------------------------------- explanations


def answer(trigger: str, state: str, actor: str = "", **more: object) -> Answer:
    seen = facts(state, actor, **({"people": OFFICE} | more))  # type: ignore[arg-type]
    (found,) = (one for one in explain(TOY, seen, anyone=not actor) if one.trigger == trigger)
    return found


def test_every_trigger_of_the_definition_is_explained_in_the_order_of_the_table() -> None:
    told = explain(TOY, facts("done"))
    assert tuple(one.trigger for one in told) == TOY.triggers
    assert not any(one.enabled for one in told)
    assert answer("file", "draft", "cleo").reasons == refusal("file").reasons


def test_for_a_person_the_role_is_judged_and_for_nobody_it_is_not() -> None:
    assert answer("file", "desk", "mallory").reasons[0].text.startswith("Only a clerk")
    assert answer("file", "desk", "cleo").enabled
    assert answer("file", "desk").enabled
    assert answer("lapse", "draft").enabled
    assert answer("send", "draft").enabled


def test_without_a_person_a_row_holds_when_it_holds_for_one_who_could_act() -> None:
    owner_is_clerk = (appointment("owner", "clerk"), *OFFICE)
    assert answer("file", "desk", people=owner_is_clerk).enabled
    alone = answer("file", "desk", people=owner_is_clerk[:1])
    assert [reason.text for reason in alone.reasons] == ["You own it.", "It is small."]


def test_where_nobody_could_act_the_other_rules_are_still_asked() -> None:
    assert answer("file", "desk", people=()).enabled
    reasons = answer("return", "desk", people=(), complete=False).reasons
    assert [reason.rule for reason in reasons] == ["T-3a", "T-3b", "T-2"]


def test_an_explanation_does_not_judge_an_input() -> None:
    assert answer("remark", "desk", "cleo", form=Note()).enabled


def test_same_is_where_it_was() -> None:
    row = Row("stay", DESK, SAME, CLERK, "Toys", "Stay")
    assert row.lands("desk") == "desk"
