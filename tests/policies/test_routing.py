from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from policies.choices import Answer, CreditScope, Stack
from policies.committees import bodies_for
from policies.data import ROOM, DataError
from policies.edition import editions
from policies.fields import with_field
from policies.routing import (
    BasisState,
    RouteAnswer,
    RouteInputs,
    UnsettledError,
    all_inputs,
    basis_of,
    explain,
    inputs_of,
    load,
    route,
    routing_changed,
)
from tests.policies.documents import badge, certificate

ALL = list(all_inputs())
SETTLED = RouteInputs(
    basis=BasisState.NEW,
    would_require_committee=Answer.NO,
    stack=Stack.AWARD,
    credit_scope=CreditScope.OUTSIDE_BOTH,
    credit_intended=Answer.YES,
)


def test_each_of_the_324_inputs_is_matched_by_exactly_one_row() -> None:
    assert len(ALL) == len(set(ALL)) == 324
    assert all(len(load().possible(inputs)) == 1 for inputs in ALL)


def test_each_row_matches_as_many_inputs_as_the_table_says() -> None:
    assert Counter(route(inputs).row for inputs in ALL) == {
        "R1": 72, "R2": 72, "R3": 5, "R4": 10, "R5": 15, "R6": 30, "R7": 120,
    }  # fmt: skip


def _by_hand(one: RouteInputs) -> str:
    """Read the table a second time, as prose."""
    if one.basis is not BasisState.EXISTING and one.would_require_committee is not Answer.NO:
        return "R1" if one.would_require_committee is Answer.YES else "R2"
    if one.stack is not Stack.AWARD:
        return "R7"
    if one.credit_scope is CreditScope.UNSURE:
        return "R5"
    if one.credit_scope is not CreditScope.OUTSIDE_BOTH:
        return "R6"
    return "R3" if one.credit_intended is Answer.YES else "R4"


def test_the_table_says_what_the_prose_says() -> None:
    assert [route(inputs).row for inputs in ALL] == [_by_hand(inputs) for inputs in ALL]


def test_answers_defaults_and_duties_of_the_rows() -> None:
    rows = {row.id: row for row in load().rows}
    committee, asa, open_ = RouteAnswer.COMMITTEE, RouteAnswer.ASA_ONLY, RouteAnswer.DETERMINE
    assert [rows[f"R{n}"].answer for n in range(1, 8)] == [
        committee, open_, committee, open_, open_, asa, asa,
    ]  # fmt: skip
    assert rows["R4"].default is committee
    assert {row.id for row in rows.values() if row.concurrence} == {"R2", "R4"}
    assert rows["R5"].asks == "registrar"
    assert rows["R6"].obligation


def test_every_row_cites_a_rule_and_clause_of_the_edition() -> None:
    for edition in editions():
        for row in load().rows:
            assert row.clause in edition.rule(row.rule).clauses


def test_a_row_that_the_answers_already_fix_needs_no_more_of_them() -> None:
    early = RouteInputs(basis=BasisState.MIXED, would_require_committee=Answer.YES)
    assert route(early).row == "R1"
    assert route(RouteInputs(basis=BasisState.EXISTING, stack=Stack.NONE)).row == "R7"


def test_an_open_route_names_the_answers_that_are_missing() -> None:
    with pytest.raises(UnsettledError, match="basis, would_require_committee, stack") as refused:
        route(RouteInputs())
    assert refused.value.missing == (
        "basis", "would_require_committee", "stack", "credit_scope", "credit_intended",
    )  # fmt: skip


def test_the_committee_question_rests_where_everything_exists() -> None:
    assert RouteInputs(basis=BasisState.EXISTING).missing == (
        "stack",
        "credit_scope",
        "credit_intended",
    )
    assert SETTLED.missing == ()


@pytest.mark.parametrize("inputs", [SETTLED, RouteInputs(), RouteInputs(stack=Stack.AWARD)])
def test_every_row_explains_itself_in_a_sentence(inputs: RouteInputs) -> None:
    readings = explain(inputs)
    assert [one.row for one in readings] == [f"R{n}" for n in range(1, 8)]
    assert all(one.says.startswith(f"Row {one.row} ") and one.says[-1] == "." for one in readings)
    assert sum(one.fits for one in readings) == (not inputs.missing)


def test_a_row_says_what_it_is_for_and_what_is_so_here() -> None:
    says = {one.row: one.says for one in explain(replace(SETTLED, stack=Stack.PATHWAY))}
    assert says["R3"] == (
        "Row R3 does not fit: it is for proposals where it is stacked into a further award or "
        "credit, and here it has a place in a pathway, without a further award."
    )
    assert says["R7"].startswith("Row R7 fits: nothing that is missing would go to")
    assert explain(RouteInputs())[0].says == "Row R1 is possible until all is answered."


@pytest.mark.parametrize(
    ("exists", "basis"),
    [
        ([], None),
        (["existing"], BasisState.EXISTING),
        (["existing", "existing"], BasisState.EXISTING),
        (["new"], BasisState.NEW),
        (["new", "existing"], BasisState.MIXED),
        (["existing", None], None),
    ],
)
def test_the_basis_is_the_worst_case_over_its_entries(
    exists: list[str | None], basis: BasisState | None
) -> None:
    assert basis_of(badge(basis=[{"kind": "course", "exists": one} for one in exists])) is basis


def test_a_micro_certificate_always_counts_as_stacked_into_an_award() -> None:
    assert inputs_of(certificate()).stack is Stack.AWARD
    assert inputs_of(with_field(certificate(), "routing.stack", "none")).stack is Stack.AWARD
    assert inputs_of(badge()).stack is Stack.NONE


def test_a_route_and_an_audience_give_the_bodies() -> None:
    found = route(RouteInputs(basis=BasisState.NEW, would_require_committee=Answer.YES))
    assert [body.id for body in bodies_for(found.answer, badge().audience)] == ["ugc", "ucc"]


@pytest.mark.parametrize(
    ("path", "value", "stale"),
    [
        ("routing.credit_intended", "yes", True),
        ("basis.b1.reference", "IDS 3302", True),
        ("type", "micro_certificate", True),
        ("slos.o1.threshold", "Level 2", False),
        ("title", "Other", False),
    ],
)
def test_only_a_change_of_basis_or_answers_makes_a_decision_stale(
    path: str, value: str, *, stale: bool
) -> None:
    assert routing_changed(badge(), with_field(badge(), path, value)) is stale


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("stack: [none, pathway]", "stack: [none]", "rows: none fit"),
        ("stack: [none, pathway]", "stack: [none, pathway, award]", "fit RouteInputs"),
        ("    pathway: it has", "    path: it has", r"words\.stack: no words for pathway"),
        ("  stack:\n    none", "  heap:\n    none", r"words\.stack: no words for award, none"),
    ],
)
def test_a_table_with_a_hole_an_overlap_or_without_words_is_refused(
    written: str, instead: str, says: str, *, tmp_path: Path
) -> None:
    table = (ROOM / "routes/380.104.yaml").read_text("utf-8")
    assert written in table
    (tmp_path / "wrong.yaml").write_text(table.replace(written, instead), "utf-8")
    with pytest.raises(DataError, match=says):
        load(f"{tmp_path}/wrong.yaml")
