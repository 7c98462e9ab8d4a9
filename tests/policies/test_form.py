from enum import StrEnum
from typing import get_args

import pytest

from policies.document import Part, ProposalDocument
from policies.edition import edition_on, editions
from policies.fields import NoSuchFieldError, all_generic_paths
from policies.form import load

FORM = load()


def test_every_field_of_a_proposal_is_asked_for_and_no_other() -> None:
    assert set(FORM.fields) == set(all_generic_paths())


def test_eight_parts_hold_every_field_once() -> None:
    asked = [name for part in FORM.parts for name in part.fields]
    assert len(FORM.parts) == 8
    assert sorted(asked) == sorted(ProposalDocument.model_fields)


def test_every_rule_a_field_answers_to_is_a_rule_of_every_edition() -> None:
    for edition in editions():
        for help_ in FORM.fields.values():
            if help_.rule:
                assert edition.rule(help_.rule).id == help_.rule


def test_every_field_a_rule_is_about_can_be_asked_for() -> None:
    edition = edition_on(editions()[0].effective)
    for rule in (*edition.rules, *edition.practices):
        assert not rule.field or FORM.help_for(rule.field).ask


def _choices(model: type[Part], before: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, field in model.model_fields.items():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, StrEnum):
                found[before + name] = set(inner)
            elif isinstance(inner, type) and issubclass(inner, Part):
                found |= _choices(inner, f"{before}{name}.")
    return found


def test_every_choice_is_put_in_words_and_no_other() -> None:
    assert {
        path: {choice.value for choice in choices} for path, choices in FORM.choices.items()
    } == _choices(ProposalDocument)


def test_a_field_is_found_by_the_path_of_an_item() -> None:
    assert FORM.help_for("slos.o4.threshold").ask == "What is just good enough?"
    assert FORM.part_of("slos.o4.threshold").id == "outcomes"
    assert [one.label for one in FORM.choices_for("competencies.c2.kind")] == [
        "Knowledge", "Skill", "Ability",
    ]  # fmt: skip
    assert FORM.choices_for("title") == ()


def test_a_field_that_no_proposal_has_is_not_asked_for() -> None:
    with pytest.raises(NoSuchFieldError):
        FORM.help_for("colour")


def test_widgets_are_of_a_closed_list() -> None:
    assert {help_.widget for help_ in FORM.fields.values()} <= {
        "line", "paragraph", "choice", "choices", "flag", "date", "number", "unit", "refs", "lines",
        "list", "group",
    }  # fmt: skip
