"""What is decided about an award: each row possible, and each rule refusing with its reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import STATES
from policies import edition
from tests.workflow.award_facts import (
    NOW,
    award,
    case_in,
    decided,
    part,
    refused,
    result,
    rubric_outcome,
    sentences,
)
from workflow.award import forms
from workflow.award.definition import AWARD
from workflow.award.facts import AwardFacts, Reflected, Round
from workflow.decide import choices
from workflow.facts import SYSTEM, TIMER, Actor, Appointment

ANSWERS = {
    "pathway": "From sheets.",
    "personal_growth": "I ask.",
    "professional_growth": "At work.",
}
METS = (result(1), result(2))
ACCEPTED = Reflected("accepted", "mina")
SCORE = {"outcome": "o1", "level": "3", "feedback": "Go on."}
DONE: dict[str, object] = {
    "results": METS, "reflection": ACCEPTED, "assessed_by": frozenset({"mina"})
}  # fmt: skip
CERTIFICATE: dict[str, object] = {
    "type": "micro_certificate", "outcomes": (), "parts": (part(1), part(2)), "parts_needed": 2,
}  # fmt: skip


def claim(actor: str, **changes: object) -> AwardFacts:
    return award("", actor, **changes)


def running(state: str, *, warned: int = 2, **changes: object) -> AwardFacts:
    """A case whose clock has just run out."""
    return award(state, TIMER, fires_at=NOW, warned=warned, **changes)


ALLOWED = [
    ("claim", claim("leo"), {"credential": "CR-1"}, "claimed"),
    ("claim", claim("ida"), {"credential": "CR-1", "learner": "leo"}, "claimed"),
    ("claim", claim(SYSTEM, **CERTIFICATE), {"credential": "CR-1", "learner": "leo"}, "claimed"),
    ("open_certificate", award("claimed", SYSTEM, **CERTIFICATE), {}, "reflection"),
    ("submit_evidence", award("claimed", "leo"),
     {"evidence": {"o1": "A brief."}, "integrity": True}, "under_assessment"),
    ("submit_evidence", award("not_yet", "leo", results=(result(1, "below"),)),
     {"evidence": {"o1": "A better brief."}, "integrity": True}, "under_assessment"),
    ("score_slo", award("under_assessment", "mina", results=(result(1, "submitted"),)),
     SCORE, "under_assessment"),
    ("finish_round", award("under_assessment", "mina", results=METS), {}, "reflection"),
    ("finish_round", award("under_assessment", "mina", results=METS, reflection=ACCEPTED), {},
     "asa_verification"),
    ("finish_round", award("under_assessment", "mina", results=(result(1),)), {}, "claimed"),
    ("finish_round", award("under_assessment", "mina", results=(result(1), result(2, "below"))), {},
     "not_yet"),
    ("return_to_claimed", running("not_yet"), {}, "claimed"),
    ("submit_reflection", award("reflection", "leo", results=METS), ANSWERS, "reflection_review"),
    ("accept_reflection", award("reflection_review", "mina"), {"level": "meets"},
     "asa_verification"),
    ("return_reflection", award("reflection_review", "theo"), {"feedback": "Say why."},
     "reflection"),
    ("verify", award("asa_verification", "ida", **DONE), {"identity_method": "directory"},
     "approved_to_issue"),
    ("verify", award("asa_verification", "ida", **DONE, enrolled=False),
     {"identity_method": "verified_mail", "attested_by": "mina"}, "approved_to_issue"),
    ("send_back", award("asa_verification", "ida", **DONE), {"defect": "A link is dead."},
     "under_assessment"),
    ("issue", award("approved_to_issue", SYSTEM, signed=True), {}, "issued"),
    ("record_confirmed", award("issued", "reg"),
     {"record": "2026-118", "kept_in": "student_system"}, "issued"),
    ("record_confirmed", award("issued", "reg", enrolled=False),
     {"record": "2026-118", "kept_in": "asa_register"}, "issued"),
    ("correct_record", award("issued", "reg", record="2026-118"),
     {"record": "2026-119", "reason": "A digit was wrong."}, "issued"),
    ("publish", award("issued", "leo"), {}, "issued"),
    ("publish", award("issued", "leo", published=True), {"name_shown": True}, "issued"),
    ("publish", award("issued", "leo", hidden=True), {"name_shown": True}, "issued"),
    ("unpublish", award("issued", "leo"), {}, "issued"),
    ("unpublish", award("issued", "leo", published=True, name_shown=True), {}, "issued"),
    *(("extend", award(state, "ida"), {"reason": "accommodation", "business_days": 10}, state)
      for state in ("claimed", "not_yet", "reflection")),
    *(("withdraw", award(state, "leo"), {}, "withdrawn")
      for state in ("claimed", "under_assessment", "not_yet", "reflection", "reflection_review")),
    ("lapse", running("claimed"), {}, "lapsed"),
    ("lapse", running("reflection"), {}, "lapsed"),
    *(("recount", award(state, SYSTEM), {"calendar": 2, "why": "A storm."}, state)
      for state in ("claimed", "under_assessment", "not_yet", "reflection", "reflection_review",
                    "asa_verification", "approved_to_issue", "issued")),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "facts", "said", "to"), ALLOWED)
def test_each_row_is_possible(
    trigger: str, facts: AwardFacts, said: dict[str, object], to: str
) -> None:
    assert decided(facts, trigger, **said).to == to


def test_every_row_is_among_those_shown_to_be_possible() -> None:
    shown = {(t, f.case.state, to) for t, f, _, to in ALLOWED}
    for row in AWARD.rows:
        for source in [state.name for state in row.sources] or [""]:
            assert (row.trigger, source, row.lands(source)) in shown


def test_the_states_are_those_the_database_knows() -> None:
    assert {state.name for state in AWARD.states} == set(STATES["award"])


REFUSED = [
    ("claim", claim("leo", learner_name=""), {"credential": "CR-1"}, "PR-identity"),
    ("claim", claim("leo", credential_state="retired"), {"credential": "CR-1"}, "PR-claims-open"),
    ("claim", claim("leo", open_award="AW-3"), {"credential": "CR-1"}, "PR-one-claim"),
    ("claim", claim("mina"), {"credential": "CR-1", "learner": "leo"}, "PR-turn"),
    ("claim", claim(SYSTEM), {"credential": "CR-1", "learner": "leo"}, "MC-8a"),
    ("claim", claim(SYSTEM, **CERTIFICATE | {"parts": (part(1), part(2, issued=False))}),
     {"credential": "CR-1", "learner": "leo"}, "MC-8a"),
    ("open_certificate", award("claimed", "leo", **CERTIFICATE), {}, "PR-turn"),
    ("open_certificate", award("claimed", SYSTEM, results=METS), {}, "MC-8a"),
    ("open_certificate", award("claimed", SYSTEM, **CERTIFICATE | {"parts": ()}), {}, "MC-8a"),
    ("open_certificate", award("claimed", SYSTEM, **CERTIFICATE | {
        "outcomes": (rubric_outcome(1),)}), {}, "MC-7b"),
    ("submit_evidence", award("claimed", "mina"), {"evidence": {"o1": "x"}, "integrity": True},
     "PR-turn"),
    ("submit_evidence", award("claimed", "leo", credential_state="suspended"),
     {"evidence": {"o1": "x"}, "integrity": True}, "PR-claims-open"),
    ("submit_evidence", award("claimed", "leo"), {"evidence": {"o1": "x"}}, "PR-evidence"),
    ("submit_evidence", award("claimed", "leo"), {"evidence": {"o7": "x"}, "integrity": True},
     "PR-evidence"),
    ("submit_evidence", award("claimed", "leo", results=(result(1),)),
     {"evidence": {"o1": "x"}, "integrity": True}, "PR-met-stays-met"),
    ("submit_evidence", award("claimed", "leo", results=METS),
     {"evidence": {"o1": "x"}, "integrity": True}, "PR-evidence"),
    ("score_slo", award("under_assessment", "ida", results=METS), SCORE, "PR-turn"),
    ("score_slo", award("under_assessment", "mina"), SCORE, "PR-evidence"),
    ("score_slo", award("under_assessment", "mina"), SCORE | {"outcome": "o7"}, "PR-evidence"),
    ("score_slo", award("under_assessment", "mina", results=(
        result(1, "below", scored_at=NOW - timedelta(days=9)),)), SCORE, "PR-evidence"),
    ("score_slo", award("under_assessment", "mina", results=(
        result(1, scored_at=NOW - timedelta(days=9)),)), SCORE, "PR-evidence"),
    ("score_slo", award("under_assessment", "mina", results=(result(1, "submitted"),)),
     SCORE | {"level": "5"}, "MC-1c"),
    ("score_slo", award("under_assessment", "mina", results=(result(1, "submitted"),)),
     SCORE | {"level": "excellent"}, "MC-1c"),
    ("score_slo", award("under_assessment", "mina", results=(result(1, "submitted"),)),
     SCORE | {"met": "no"}, "MC-7b"),
    ("score_slo", award("under_assessment", "mina", results=(result(1, "submitted"),),
                        outcomes=(rubric_outcome(1, None),)), SCORE, "MC-7b"),
    ("finish_round", award("under_assessment", "mina", results=(result(1), result(2, "submitted"))),
     {}, "MC-7b"),
    ("finish_round", award("under_assessment", "ida", results=METS), {}, "PR-turn"),
    ("return_to_claimed", award("not_yet", TIMER, fires_at=NOW + timedelta(1)), {}, "PR-expiry"),
    ("return_to_claimed", award("not_yet", TIMER), {}, "PR-expiry"),
    ("submit_reflection", award("reflection", "leo"), ANSWERS, "MC-7b"),
    ("submit_reflection", award("reflection", "leo", results=METS),
     ANSWERS | {"pathway": " "}, "MC-5b"),
    ("accept_reflection", award("reflection_review", "leo"), {"level": "meets"}, "PR-segregation"),
    ("accept_reflection", award("reflection_review", "mina"), {"level": "not_yet"}, "MC-5a"),
    ("return_reflection", award("reflection_review", "ida"), {"feedback": "Say why."}, "PR-turn"),
    ("verify", award("asa_verification", "ida", **DONE | {"results": ()}),
     {"identity_method": "directory"}, "MC-7b"),
    ("verify", award("asa_verification", "ida", **DONE | {"reflection": None}),
     {"identity_method": "directory"}, "MC-5a"),
    ("verify", award("asa_verification", "ida", **DONE | {
        "reflection": Reflected("returned", "mina")}), {"identity_method": "directory"}, "MC-5a"),
    ("verify", award("asa_verification", "ida", **CERTIFICATE | DONE | {
        "parts": (part(1, issued=False), part(2))}), {"identity_method": "directory"}, "MC-8a"),
    ("verify", award("asa_verification", "ida", **DONE | {"case": case_in(
        "asa_verification", edition="")}), {"identity_method": "directory"}, "MC-14"),
    ("correct_record", award("issued", "reg"), {"record": "1", "reason": "Wrong."}, "MC-13"),
    ("correct_record", award("issued", "reg", record="2026-118"),
     {"record": "2026-118", "reason": "Wrong."}, "MC-13"),
    ("publish", award("issued", "leo", published=True), {}, "PR-privacy"),
    ("publish", award("issued", "leo", published=True, name_shown=True), {"name_shown": True},
     "PR-privacy"),
    ("unpublish", award("issued", "leo", hidden=True), {}, "PR-privacy"),
    ("verify", award("asa_verification", "ida", **DONE, enrolled=False),
     {"identity_method": "directory"}, "PR-identity"),
    ("verify", award("asa_verification", "ida", **DONE),
     {"identity_method": "verified_mail"}, "PR-identity"),
    ("verify", award("asa_verification", "ida", **DONE | {"assessed_by": frozenset({"ida"})}),
     {"identity_method": "directory"}, "PR-assessor"),
    ("verify", award("asa_verification", "ida", **DONE, learner="ida"),
     {"identity_method": "directory"}, "PR-segregation"),
    ("verify", award("asa_verification", "noor", **DONE), {"identity_method": "directory"},
     "PR-turn"),
    ("send_back", award("asa_verification", "ida"),
     {"defect": "A link is dead.", "outcomes": ["o1"]}, "PR-assessor"),
    ("send_back", award("asa_verification", "ida", learner="ida"),
     {"defect": "A link is dead."}, "PR-segregation"),
    ("issue", award("approved_to_issue", SYSTEM), {}, "MC-U4"),
    ("issue", award("approved_to_issue", "ida", signed=True), {}, "PR-turn"),
    ("record_confirmed", award("issued", "reg", record="2026-7"),
     {"record": "2026-118", "kept_in": "student_system"}, "MC-13"),
    ("record_confirmed", award("issued", "reg", enrolled=False),
     {"record": "2026-118", "kept_in": "student_system"}, "MC-13"),
    ("extend", award("claimed", "ida", learner="ida"),
     {"reason": "work", "business_days": 10}, "PR-segregation"),
    ("withdraw", award("claimed", "ida"), {}, "PR-turn"),
    ("lapse", running("claimed", warned=1), {}, "PR-expiry"),
    ("lapse", award("claimed", TIMER, fires_at=NOW + timedelta(1), warned=4), {}, "PR-expiry"),
    ("withdraw", award("issued", "leo"), {}, "PR-turn"),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "facts", "said", "rule"), REFUSED)
def test_each_rule_refuses_and_is_named(
    trigger: str, facts: AwardFacts, said: dict[str, object], rule: str
) -> None:
    assert rule in refused(facts, trigger, **said)


def test_every_rule_of_the_table_is_among_those_shown_to_refuse() -> None:
    asked = {atom.id for row in AWARD.rows for atom in row.when.atoms()}
    assert asked <= {rule for _, _, _, rule in REFUSED}


def test_every_rule_stands_in_the_edition_or_among_its_practices() -> None:
    kept = edition.load("380.104/2024-02-07")
    known = {rule.id for rule in kept.rules} | {practice.id for practice in kept.practices}
    assert {atom.id for row in AWARD.rows for atom in row.when.atoms()} <= known


# ---------------------------------------------------------------- what a refusal says


def test_a_refused_round_names_each_outcome_without_a_score() -> None:
    waits = (result(1, "submitted"), result(2, "submitted"))
    said = sentences(award("under_assessment", "mina", results=waits), "finish_round")
    assert "Outcome 1 has no score yet." in said
    assert "Outcome 2 has no score yet." in said


def test_a_stack_that_is_not_complete_names_the_parts_still_to_be_issued() -> None:
    facts = award("claimed", SYSTEM, **CERTIFICATE | {"parts": (part(1), part(2, issued=False))})
    assert "not issued yet: Part 2" in sentences(facts, "open_certificate")


def test_a_learner_whose_own_outcomes_are_met_reads_which_parts_the_certificate_waits_for() -> None:
    waits = CERTIFICATE | {"parts": (part(1), part(2, issued=False))}
    option = next(o for o in choices(AWARD, award("claimed", "leo", **waits))
                  if o.trigger == "submit_evidence")  # fmt: skip
    assert not option.enabled
    assert "issued: Part 2" in option.reasons[0].text


def test_a_level_is_asked_for_by_the_names_of_its_rubric() -> None:
    facts = award("under_assessment", "mina", results=(result(1, "submitted"),))
    assert "3, proficient" in sentences(facts, "score_slo", **SCORE | {"level": "9"})


def test_a_level_without_a_name_is_called_by_its_number() -> None:
    plain = rubric_outcome(1).model_copy(update={"rubric": tuple(
        level.model_copy(update={"level": ""}) for level in rubric_outcome(1).rubric)})  # fmt: skip
    waits = (result(1, "submitted"),)
    facts = award("under_assessment", "mina", results=waits, outcomes=(plain,))
    assert "Level 4" in sentences(facts, "score_slo", **SCORE | {"level": "9"})


# ---------------------------------------------------------------- separation of duties


def test_a_learner_on_the_roster_does_not_score_their_own_work_and_reads_why() -> None:
    facts = award("under_assessment", "mina", learner="mina", results=(result(1, "submitted"),))
    assert refused(facts, "score_slo", **SCORE) == {"PR-turn", "PR-segregation"}


def test_a_delegate_of_an_assessor_does_not_verify() -> None:
    delegated = Appointment("d", "ola", "asa_officer", "", "mina", "Ola")
    facts = replace(award("asa_verification", "ola", **DONE), actor=Actor("ola", (delegated,)))
    assert "PR-turn" in refused(facts, "verify", identity_method="directory")


def test_a_delegate_of_the_learner_does_not_score() -> None:
    delegated = Appointment("d", "ola", "assessor", "MC-1", "leo", "Ola")
    facts = replace(
        award("under_assessment", "ola", results=(result(1, "submitted"),)),
        actor=Actor("ola", (delegated,)),
    )
    assert "PR-turn" in refused(facts, "score_slo", **SCORE)


def test_where_every_officer_has_assessed_the_director_verifies() -> None:
    facts = award("asa_verification", "max", **DONE | {"assessed_by": frozenset({"ida"})})
    relied = decided(facts, "verify", identity_method="directory").relied
    assert [appointment.role for appointment in relied] == ["asa_director"]


def test_while_an_officer_is_free_the_director_does_not_verify() -> None:
    assert "PR-turn" in refused(
        award("asa_verification", "max", **DONE), "verify", identity_method="directory"
    )


def test_a_score_kept_from_an_earlier_award_still_bars_its_assessor_from_verifying() -> None:
    kept = DONE | {"results": (result(1, assessor="ida"), result(2)), "assessed_by": frozenset()}
    facts = award("asa_verification", "ida", **kept)
    assert "PR-assessor" in refused(facts, "verify", identity_method="directory")


# ---------------------------------------------------------------- scoring and rounds


def test_a_score_can_be_corrected_until_the_round_is_finished() -> None:
    facts = award("under_assessment", "theo", results=(result(1), result(2, "submitted")))
    assert decided(facts, "score_slo", **SCORE).to == "under_assessment"


@pytest.mark.parametrize("level", ["3", "3, Proficient", "4", "4, DISTINGUISHED"])
def test_a_level_is_named_or_numbered(level: str) -> None:
    facts = award("under_assessment", "mina", results=(result(1, "submitted"),))
    assert decided(facts, "score_slo", **SCORE | {"level": level, "met": "yes"}).relied


def test_a_threshold_in_words_is_judged_by_the_assessor() -> None:
    facts = award(
        "under_assessment", "mina", results=(result(1, "submitted"),),
        outcomes=(rubric_outcome(1, None),),
    )  # fmt: skip
    assert decided(facts, "score_slo", **SCORE | {"met": "no"}).relied


def test_a_result_below_ends_the_round_in_another_try_even_where_others_are_not_shown_yet() -> None:
    assert award("under_assessment", "mina", results=(result(1, "below"),)).round is Round.NOT_YET


def test_a_certificate_without_its_parts_goes_on_collecting_when_its_own_outcomes_are_met() -> None:
    waits = CERTIFICATE | {"outcomes": (rubric_outcome(1),), "parts": (part(1, issued=False),)}
    assert award("under_assessment", "mina", results=(result(1),), **waits).round is Round.MORE


# ---------------------------------------------------------------- stacks


def test_some_of_the_parts_are_enough_where_the_completion_rule_says_so() -> None:
    parts = (
        part(1, required=False),
        part(2, required=False),
        part(3, required=False, issued=False),
    )
    stack = CERTIFICATE | {"parts": parts}
    assert award("claimed", SYSTEM, **stack | {"parts_needed": 2}).stack_complete
    assert not award("claimed", SYSTEM, **stack | {"parts_needed": 3}).stack_complete


def test_an_own_outcome_is_met_by_a_part_that_shows_the_same() -> None:
    own = CERTIFICATE | {"outcomes": (rubric_outcome(1),)}
    shown = part(1, shows="  explains DATA set 1. ")
    assert award("claimed", SYSTEM, **own | {"parts": (shown, part(2))}).missing == ()
    other = part(1, issued=False, shows="Explains data set 1.")
    assert award("claimed", SYSTEM, **own | {"parts": (other, part(2))}).missing != ()


# ---------------------------------------------------------------- forms


def test_no_form_asks_for_a_student_number() -> None:
    names = {
        name for row in AWARD.rows for name, field in row.form.model_fields.items()
        if "student" in f"{name} {field.title} {field.description}".lower()
    }  # fmt: skip
    assert names == set()


def test_history_keeps_fingerprints_of_a_learners_words_never_the_words() -> None:
    evidence = forms.SubmitEvidence(evidence={"o1": "My secret brief"}, integrity=True)
    reflection = forms.SubmitReflection(pathway="My secret path")
    assert "secret" not in f"{evidence.said()}{reflection.said()}"
    assert evidence.said()["evidence"] == {"o1": forms.fingerprint("My secret brief")}
    assert reflection.said()["pathway"] == forms.fingerprint("My secret path")


def test_while_choices_are_listed_no_rule_asks_about_input_that_is_not_there() -> None:
    for state in STATES["award"]:
        for actor in ("leo", "mina", "ida", "reg", TIMER, SYSTEM):
            choices(AWARD, award(state, actor, results=METS))
