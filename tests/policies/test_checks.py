from dataclasses import replace
from datetime import date

import pytest

from policies.checks import Unmet, advice, all_unmet, met, unmet
from policies.concept import CONCEPT
from policies.design import DESIGN
from policies.document import ProposalDocument
from policies.edition import Edition, Stage, load
from policies.fields import generic, get, with_field
from tests.policies.documents import badge, certificate

EDITION = load("380.104/2024-02-07")
TODAY = date(2026, 11, 24)
NOTHING = ProposalDocument()
UNKIND = "Competency 2 does not say whether it is knowledge, a skill or an ability."
UNASKED = "It does not say whether what is new would go to the Senate Curriculum Committee."


def _found(document: ProposalDocument, rule: str, stage: Stage = Stage.DESIGN) -> list[str]:
    lacks = unmet(document, stage=stage, edition=EDITION)
    return [one.found for one in lacks if one.rule == rule]


def _only(path: str, value: object) -> dict[str, list[str]]:
    """Say one field of a complete badge otherwise, and return what is found by rule."""
    found: dict[str, list[str]] = {}
    for one in all_unmet(with_field(badge(), path, value), edition=EDITION):
        found.setdefault(one.rule, []).append(one.found)
    return found


@pytest.mark.parametrize("document", [badge(), certificate()], ids=["badge", "certificate"])
@pytest.mark.parametrize("stage", [Stage.CONCEPT, Stage.DESIGN])
def test_nothing_is_found_missing_where_nothing_is(
    document: ProposalDocument, stage: Stage
) -> None:
    assert unmet(document, stage=stage, edition=EDITION) == ()
    assert len(met(document, stage=stage, edition=EDITION)) == (
        10 if stage is Stage.CONCEPT else 23
    )


def test_an_empty_draft_lacks_every_concept_rule() -> None:
    assert {one.rule for one in unmet(NOTHING, stage=Stage.CONCEPT, edition=EDITION)} == set(
        CONCEPT
    )
    assert met(NOTHING, stage=Stage.CONCEPT, edition=EDITION) == ()


def test_an_empty_badge_lacks_every_design_rule_that_is_about_badges() -> None:
    lacks = all_unmet(with_field(NOTHING, "type", "digital_badge"), edition=EDITION)
    only_others = {"MC-8a", "MC-8b", "MC-9", "MC-7d", "MC-1b"}
    assert {one.rule for one in lacks} == {*CONCEPT, *DESIGN} - only_others


def test_what_is_missing_says_rule_place_question_example_and_field() -> None:
    (lack,) = all_unmet(with_field(badge(), "slos.o4.threshold", None), edition=EDITION)
    assert lack == Unmet(
        rule="MC-3a",
        clause="Statement 3",
        asks="Give each outcome an assessment, a rubric and a threshold.",
        found="Outcome 4 has an assessment but no threshold.",
        example=EDITION.rule("MC-3a").example,
        field="slos.o4.threshold",
    )


def test_every_field_that_is_named_is_a_field_and_every_sentence_ends() -> None:
    for document in (NOTHING, with_field(NOTHING, "type", "micro_certificate")):
        lacks = all_unmet(document, edition=EDITION)
        lacks += advice(document, edition=EDITION, today=TODAY)
        for one in lacks:
            assert generic(one.field)
            assert get(document, one.field) in {None, "", (), False} or "." not in one.field
            assert one.found.endswith(".")


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("title", "", {"PR-title": ["It has no title."]}),
        ("unit", "", {"MC-U1": ["It names no unit."]}),
        ("contact.name", "", {"MC-U1": ["It names no contact person."]}),
        ("contact.email", "", {"MC-U1": ["It has no contact e-mail."]}),
        ("purpose.kinds", [], {"MC-U2": ["It does not say what it is for."]}),
        ("purpose.rationale", "", {"MC-U2": ["It does not say why it is needed."]}),
        ("audience", [], {"MC-8c": ["It does not say who it is for."]}),
        ("overlap_seen", False, {
            "PR-overlap": ["The list of similar micro-credentials is not marked as read."]}),
        ("basis", [], {
            "MC-6c": ["It names no program, course or experience that it rests on."],
            "MC-10a": [UNASKED]}),
        ("basis.b1.kind", None, {
            "MC-6c": ["Entry 1 of the basis is not called a program, a course or an experience."]}),
        ("basis.b1.reference", None, {"MC-6c": ["Entry 1 of the basis has no name or number."]}),
        ("basis.b1.exists", None, {
            "MC-6c": ["Entry 1 of the basis does not say whether it exists."],
            "MC-10a": [UNASKED]}),
        ("basis.b1.exists", "new", {"MC-10a": [UNASKED]}),
        ("routing.stack", None, {
            "MC-11": ["It does not say whether it is designed to be stacked."]}),
        ("routing.credit_scope", None, {
            "MC-11": ["It does not say which credit policy covers it."]}),
        ("routing.credit_intended", None, {
            "MC-11": ["It does not say whether credit is intended."]}),
        ("competencies.c2.statement", "plans INTERVIEWS, on hard subjects", {
            "MC-1a": ["Competency 2 says the same as competency 1."]}),
        ("competencies.c2.statement", "", {"MC-1a": ["Competency 2 has no statement."]}),
        ("competencies.c2.kind", None, {
            "MC-1a": [UNKIND]}),
        ("slos.o2.competencies", [], {"MC-1b": ["No assessed outcome shows competency 2."]}),
        ("slos.o2.competencies", ["c2", "c9"], {
            "MC-1b": ["Outcome 2 names a competency that is not there."]}),
        ("slos.o2.assessment.attendance_only", True, {
            "MC-1b": ["Outcome 2 is met by being there or having paid; nothing is assessed."]}),
        ("slos.o2.assessment.description", "Attendance at two sessions.", {
            "MC-1b": ["Outcome 2 is met by being there or having paid; nothing is assessed."]}),
        ("rigor.level", None, {"MC-1c": ["It proposes no level of rigor."]}),
        ("slos.o3.assessment.kind", None, {
            "MC-1c": ["Outcome 3 does not say what kind of assessment it has."]}),
        ("rigor.rationale", None, {"MC-2": ["It does not say why its level of rigor fits."]}),
        ("slos.o1.statement", None, {"MC-3a": ["Outcome 1 does not say what the learner does."]}),
        ("slos.o1.assessment.description", None, {
            "MC-1b": ["No assessed outcome shows competency 1."],
            "MC-3a": ["Outcome 1 has no assessment."]}),
        ("slos.o1.rubric", [], {"MC-3a": ["Outcome 1 has an assessment but no rubric."]}),
        ("slos.o1.rubric", [{"description": "Done."}], {
            "MC-3a": ["Outcome 1 has a rubric of one level; two or more tell apart."]}),
        ("slos.o1.rubric.l2.description", None, {
            "MC-3a": ["Outcome 1 does not say what level 2 of its rubric looks like."]}),
        ("slos.o1.threshold_level", 5, {
            "MC-3a": ["Outcome 1 asks for level 5, and its rubric has 4."]}),
        ("pos", [], {"MC-3b": ["It has no program outcome."]}),
        ("pos.p1.metric", None, {"MC-3b": ["Program outcome 1 does not say what is counted."]}),
        ("pos.p1.target", None, {"MC-3b": ["Program outcome 1 has no target."]}),
        ("pos.p1.source", None, {
            "MC-3b": ["Program outcome 1 does not say where its number comes from."]}),
        ("alignment", [], {"MC-4": ["It names no need of a workplace or of a further degree."]}),
        ("alignment.a1.kind", None, {
            "MC-4": ["Need 1 does not say whether a workplace or a further degree has it."]}),
        ("alignment.a1.evidence", None, {"MC-4": ["Need 1 has no evidence."]}),
        ("reflection.rubric", None, {"MC-5a": ["It does not say how the reflection is judged."]}),
        ("reflection.prompts.r2", None, {
            "MC-5b": ["The reflection does not ask about personal growth."]}),
        ("reflection.prompts.r3.text", None, {
            "MC-5b": ["The reflection does not ask about professional growth."]}),
        ("pathway.position", None, {
            "MC-6a": ["It says neither where it stands in a pathway nor why it stands alone."]}),
        ("competency_statement", None, {"MC-7a": ["The badge has no competency statement."]}),
        ("type", None, {"MC-7d": ["It says neither badge nor micro-certificate."]}),
    ],
)  # fmt: skip
def test_one_missing_thing_is_found_by_its_rule_alone(
    path: str, value: object, found: dict[str, list[str]]
) -> None:
    assert _only(path, value) == found


@pytest.mark.parametrize(
    ("path", "value", "rule", "found"),
    [
        ("theme", None, "MC-8a", "The micro-certificate names no theme or meta-competency."),
        ("constituents", [], "MC-8a", "It asks for 2 of its 0 parts."),
        ("constituents", ["CR-1", "CR-1"], "MC-8a",
         "A micro-certificate collects at least two micro-credentials; it names one."),
        ("completion.rule", None, "MC-8a", "It does not say how many of its parts are needed."),
        ("completion.n", None, "MC-8a", "Some of its parts are needed; it does not say how many."),
        ("completion.n", 4, "MC-8a", "It asks for 4 of its 3 parts."),
        ("organisation.pattern", None, "MC-8b", "It does not say how its parts are organised."),
        ("organisation.goal", None, "MC-8b", "It does not say what the whole is for."),
        ("routing.stack", "none", "MC-11",
         "A micro-certificate is designed to be stacked; the answer says it is not."),
    ],
)  # fmt: skip
def test_a_certificate_is_asked_what_it_collects(
    path: str, value: object, rule: str, *, found: str
) -> None:
    assert found in _found(with_field(certificate(), path, value), rule)


def test_a_certificate_of_all_parts_needs_no_number() -> None:
    whole = with_field(certificate(), "completion", {"rule": "all"})
    assert all_unmet(whole, edition=EDITION) == ()
    assert all_unmet(with_field(certificate(), "routing.stack", "award"), edition=EDITION) == ()


def test_an_outcome_with_nothing_lacks_all_at_once() -> None:
    assert _found(with_field(badge(), "slos", [{}]), "MC-3a") == [
        "Outcome 1 does not say what the learner does.",
        "Outcome 1 has no assessment.",
        "Outcome 1 has no rubric.",
        "Outcome 1 has no threshold.",
    ]


def test_a_level_on_the_rubric_is_a_threshold_too() -> None:
    levelled = with_field(
        with_field(badge(), "slos.o1.threshold", ""), "slos.o1.threshold_level", 3
    )
    assert all_unmet(levelled, edition=EDITION) == ()


def test_a_framework_says_the_rigor_too_and_a_reason_to_stand_alone_is_welcome() -> None:
    other = with_field(with_field(badge(), "rigor.level", None), "rigor.framework", "Bloom")
    other = with_field(with_field(other, "pathway.position", ""), "pathway.why_not", "Serves one.")
    assert all_unmet(other, edition=EDITION) == ()


def test_a_badge_without_a_linked_outcome_is_guided_by_nothing() -> None:
    assert _found(with_field(badge(), "slos", [{"statement": "Explains."}]), "MC-7a") == [
        "No outcome is linked to what the badge states."
    ]


def test_what_exists_must_be_assessed() -> None:
    assert _found(with_field(badge(), "slos", []), "MC-9") == [
        "It rests on something that exists and includes no assessment."
    ]
    new = with_field(with_field(badge(), "slos", []), "basis.b1.exists", "new")
    assert _found(new, "MC-9") == []


def test_a_described_reflection_without_prompts_still_lacks_its_three_questions() -> None:
    described = with_field(badge(), "reflection", {"description": "Two pages.", "rubric": "Meets."})
    assert _found(described, "MC-5a") == []
    assert len(_found(described, "MC-5b")) == 3
    assert _found(with_field(described, "reflection", None), "MC-5a")[0] == (
        "No reflection is described."
    )


def test_a_committee_needs_something_to_vote_on() -> None:
    assert _found(badge(), "MC-10a", Stage.COMMITTEE) == [
        "It names nothing that the committee could vote on."
    ]
    named = with_field(badge(), "curriculum_items.i1.reference", "IDS 3301")
    assert _found(named, "MC-10a", Stage.COMMITTEE) == [
        "Item 1 for the committee has no title.",
        "Item 1 for the committee has no text.",
    ]
    whole = with_field(named, "curriculum_items.i1", {
        "reference": "IDS 3301", "title": "Ways of Knowing", "text": "Three credits.",
    })  # fmt: skip
    assert unmet(whole, stage=Stage.COMMITTEE, edition=EDITION) == ()


def test_a_stage_that_asks_nothing_of_the_document_is_refused() -> None:
    with pytest.raises(ValueError, match="'award'"):
        unmet(badge(), stage=Stage.AWARD, edition=EDITION)


def test_a_rule_that_an_edition_does_not_know_is_not_asked() -> None:
    kept = tuple(rule for rule in EDITION.rules if rule.id not in {"MC-U2", "MC-6b"})
    older: Edition = replace(EDITION, rules=kept)
    assert "MC-U2" not in {one.rule for one in all_unmet(NOTHING, edition=older)}
    assert "MC-6b" not in {one.rule for one in advice(NOTHING, edition=older, today=TODAY)}


def test_every_check_belongs_to_a_rule_of_its_stage() -> None:
    for rule in CONCEPT:
        assert EDITION.rule(rule).stage is Stage.CONCEPT
    for rule in DESIGN:
        assert EDITION.rule(rule).stage in {Stage.DESIGN, Stage.CONSULTATION}


def test_every_rule_of_the_concept_and_design_is_checked_or_is_a_warning_or_of_people() -> None:
    asked = {rule.id for rule in EDITION.rules if rule.stage in {Stage.CONCEPT, Stage.DESIGN}}
    assert asked - {*CONCEPT, *DESIGN} == {"MC-6b", "MC-6d", "MC-15"}


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("slos.o1.statement", "The learner understands the costs.",
         "“Understands” cannot be seen. Try explains, compares or calculates."),
        ("slos.o1.statement", "Learners know three methods.",
         "“Know” cannot be seen. Try explains, compares or calculates."),
        ("slos.o1.statement", "The learner is aware of bias.",
         "“Is aware” cannot be seen. Try explains, compares or calculates."),
        ("pos.p1.cycle", None, "Program outcome 1 does not say how often it is reported."),
        ("alignment.a1.dated", None, "The evidence for need 1 has no date."),
        ("alignment.a1.dated", "2023-11-23", "The evidence for need 1 is more than 3 years old."),
        ("partners", [], "No partner who recognises it is named."),
        ("portability_note", None, "It does not say where else it counts."),
    ],
)  # fmt: skip
def test_advice_never_stops_anyone(path: str, value: object, found: str) -> None:
    document = with_field(badge(), path, value)
    assert [one.found for one in advice(document, edition=EDITION, today=TODAY)] == [found]
    assert all_unmet(document, edition=EDITION) == ()


@pytest.mark.parametrize(
    "statement", ["The learner explains how learners learned.", "Applies knowledge."]
)
def test_a_verb_that_can_be_seen_is_not_advised_on(statement: str) -> None:
    document = with_field(badge(), "slos.o1.statement", statement)
    assert advice(document, edition=EDITION, today=TODAY) == ()


@pytest.mark.parametrize(
    ("dated", "today", "old"),
    [
        ("2023-11-24", date(2026, 11, 24), False),
        ("2023-11-23", date(2026, 11, 24), True),
        ("2021-02-28", date(2024, 2, 29), False),
        ("2021-02-27", date(2024, 2, 29), True),
    ],
)
def test_evidence_ages_by_years_also_from_a_leap_day(dated: str, today: date, *, old: bool) -> None:
    document = with_field(badge(), "alignment.a1.dated", dated)
    assert bool(advice(document, edition=EDITION, today=today)) is old
