"""The rules of an award: each a question with its clause, answered with nothing or what lacks."""

from policies.clocks import WARNINGS
from policies.document import Outcome
from workflow.award import forms
from workflow.award.facts import AwardFacts, Round
from workflow.facts import SYSTEM
from workflow.rules import Answer, Choice, Reason, rule

PRACTICE = "practice"
BADGE, CERTIFICATE = "Definitions, Digital Badge", "Definitions, Micro-certificate"


def _named(facts: AwardFacts, outcomes: tuple[Outcome, ...]) -> str:
    return "; ".join(f"outcome {facts.number(o.id)}, {o.statement}" for o in outcomes)


# ---------------------------------------------------------------- who


@rule("PR-segregation", PRACTICE)
def not_the_learner(facts: AwardFacts) -> Answer:
    """Nobody judges their own work, nor does a delegate of the learner."""
    if facts.learner in facts.actor.persons:
        return "You earn this yourself, so another person decides."
    return None


@rule("PR-assessor", PRACTICE)
def not_an_assessor(facts: AwardFacts) -> Answer:
    """Whoever verifies has assessed nothing of this award."""
    scored = {result.assessor for result in facts.results}
    if (facts.assessed_by | scored) & facts.actor.persons:
        return "You assessed this award, so another ASA officer verifies it."
    return None


@rule("PR-identity", PRACTICE)
def learner_known(facts: AwardFacts) -> Answer:
    """The learner is someone we know by name and e-mail address."""
    if facts.learner_name:
        return None
    return (Reason("PR-identity", PRACTICE, "There is no such person.", "learner"),)


# ---------------------------------------------------------------- claiming


@rule("PR-claims-open", PRACTICE)
def credential_active(facts: AwardFacts) -> Answer:
    """The credential is in force."""
    if facts.credential_state == "active":
        return None
    return f"{facts.title} is not in force, so it cannot be earned now."


@rule("PR-one-claim", PRACTICE)
def no_open_award(facts: AwardFacts) -> Answer:
    """A learner has one award of a credential at a time."""
    if facts.open_award is None:
        return None
    return f"There is a claim of {facts.title} already: {facts.open_award}. Go on with that one."


@rule("MC-8a", CERTIFICATE)
def stack_complete_for_system(facts: AwardFacts) -> Answer:
    """Only a complete stack of a micro-certificate is claimed without the learner's asking."""
    if facts.actor.person != SYSTEM:
        return None
    return is_certificate.ask(facts) or stack_complete.ask(facts)


# ---------------------------------------------------------------- evidence and scores


@rule("PR-evidence", PRACTICE)
def something_left(facts: AwardFacts) -> Answer:
    """An outcome is left to show."""
    if facts.missing:
        return None
    if facts.parts_missing:
        names = ", ".join(part.title for part in facts.parts_missing)
        return f"Your own outcomes are met. It opens when these are issued: {names}."
    return "Every outcome is met; there is nothing left to show."


@rule("PR-evidence", PRACTICE, judges_form=True)
def outcomes_known(facts: AwardFacts) -> Answer:
    """Evidence is for outcomes of this credential."""
    return tuple(
        Reason("PR-evidence", PRACTICE, f"There is no outcome {name}.", f"evidence.{name}")
        for name in facts.form.evidence  # type: ignore[union-attr]
        if facts.outcome(name) is None
    )


@rule("PR-met-stays-met", PRACTICE, judges_form=True)
def not_met_already(facts: AwardFacts) -> Answer:
    """An outcome that is met stays met and is not shown again."""
    met = {result.outcome for result in facts.results if result.state == "met"}
    return tuple(
        Reason("PR-met-stays-met", PRACTICE,
               f"Outcome {facts.number(name)} is met and stays met; leave it out.",
               f"evidence.{name}")
        for name in facts.form.evidence  # type: ignore[union-attr]
        if name in met
    )  # fmt: skip


@rule("PR-evidence", PRACTICE, judges_form=True)
def integrity_stated(facts: AwardFacts) -> Answer:
    """The learner states that the work is their own."""
    if facts.form.integrity:  # type: ignore[union-attr]
        return None
    return (Reason("PR-evidence", PRACTICE, "Say that this is your own work.", "integrity"),)


@rule("PR-evidence", PRACTICE, judges_form=True)
def evidence_waits(facts: AwardFacts) -> Answer:
    """A score is for evidence of this round."""
    form = facts.form
    result = facts.result(form.outcome)  # type: ignore[union-attr]
    if facts.outcome(form.outcome) is None:  # type: ignore[union-attr]
        text = f"There is no outcome {form.outcome}."  # type: ignore[union-attr]
    elif result is None:
        text = f"Nothing was submitted for outcome {facts.number(form.outcome)}."  # type: ignore[union-attr]
    elif result.state == "submitted" or _scored_in_this_round(facts, result.scored_at):
        return None
    elif result.state == "met":
        text = f"Outcome {facts.number(result.outcome)} is met and stays met."
    else:
        text = f"Nothing new was submitted for outcome {facts.number(result.outcome)}."
    return (Reason("PR-evidence", PRACTICE, text, "outcome"),)


def _scored_in_this_round(facts: AwardFacts, scored_at: object) -> bool:
    return scored_at is not None and scored_at >= facts.case.entered_at  # type: ignore[operator]


def level_number(outcome: Outcome, said: str) -> int | None:
    """The rubric level someone means by its name or number, from 1; None for neither."""
    if said.isascii() and said.isdigit():
        return int(said) if 1 <= int(said) <= len(outcome.rubric) else None
    names = [level.level.casefold() for level in outcome.rubric]
    return names.index(said.casefold()) + 1 if said.casefold() in names else None


def level_name(outcome: Outcome, number: int) -> str:
    """What a rubric level is called."""
    return outcome.rubric[number - 1].level or f"Level {number}"


def reaches(outcome: Outcome, form: forms.ScoreOutcome) -> bool:
    """Whether a score is at or above the threshold."""
    if outcome.threshold_level is None:
        return form.met is forms.Met.YES
    return (level_number(outcome, form.level) or 0) >= outcome.threshold_level


@rule("MC-1c", "Statement 1", judges_form=True)
def level_on_rubric(facts: AwardFacts) -> Answer:
    """A score is a level of the outcome's rubric."""
    form = facts.form
    outcome = facts.outcome(form.outcome)  # type: ignore[union-attr]
    if outcome is None or level_number(outcome, form.level):  # type: ignore[union-attr]
        return None
    names = ", ".join(level_name(outcome, n + 1) for n in range(len(outcome.rubric)))
    return (Reason("MC-1c", "Statement 1", f"Choose a level of its rubric: {names}.", "level"),)


@rule("MC-7b", BADGE, judges_form=True)
def threshold_judged(facts: AwardFacts) -> Answer:
    """The rubric level decides; a threshold written in words is judged by the assessor."""
    form = facts.form
    outcome = facts.outcome(form.outcome)  # type: ignore[union-attr]
    if outcome is None:
        return None
    if outcome.threshold_level is None and form.met is None:  # type: ignore[union-attr]
        text = f"Say whether the threshold is reached: {outcome.threshold}"
    elif form.met is not None and (form.met == "yes") != reaches(outcome, form):  # type: ignore[union-attr, arg-type]
        text = f"The level decides here: level {outcome.threshold_level} is the lowest that is met."
    else:
        return None
    return (Reason("MC-7b", BADGE, text, "met"),)


@rule("MC-7b", BADGE)
def every_one_scored(facts: AwardFacts) -> Answer:
    """Every outcome that was submitted has a score."""
    return tuple(
        Reason("MC-7b", BADGE, f"Outcome {facts.number(r.outcome)} has no score yet.", r.outcome)
        for r in facts.unscored
    )


ROUND = Choice(
    "MC-7b", BADGE, Round, lambda facts: facts.round,
    {
        Round.REFLECT: "Every required outcome is met; the reflection comes next.",
        Round.VERIFY: "Every required outcome is met and the reflection is accepted.",
        Round.MORE: "What was scored is met; something is still to be shown.",
        Round.NOT_YET: "An outcome is below its threshold.",
    },
)  # fmt: skip


# ---------------------------------------------------------------- the reflection


@rule("MC-7b", BADGE)
def outcomes_met(facts: AwardFacts) -> Answer:
    """Every required outcome is met, by this award or by a part of its stack."""
    if not facts.missing:
        return None
    return f"Not met yet: {_named(facts, facts.missing)}."


@rule("MC-8a", CERTIFICATE)
def stack_complete(facts: AwardFacts) -> Answer:
    """Of a micro-certificate, as many parts are issued as its completion rule asks for."""
    if facts.stack_complete:
        return None
    names = ", ".join(part.title for part in facts.parts_missing)
    return f"Parts of the stack not issued yet: {names}." if names else "It names no parts."


@rule("MC-8a", CERTIFICATE)
def is_certificate(facts: AwardFacts) -> Answer:
    """It is a micro-certificate."""
    return None if facts.is_certificate else "A badge is earned by its own outcomes."


@rule("MC-5b", "Statement 5", judges_form=True)
def three_prompts(facts: AwardFacts) -> Answer:
    """The reflection answers all three prompts: pathway, personal and professional growth."""
    return tuple(
        Reason("MC-5b", "Statement 5", f"{field.title}: write your answer.", name)
        for name, field in forms.SubmitReflection.model_fields.items()
        if not getattr(facts.form, name)
    )


@rule("MC-5a", "Statement 5", judges_form=True)
def rubric_met(facts: AwardFacts) -> Answer:
    """The reflection meets its rubric."""
    if facts.form.level != "not_yet":  # type: ignore[union-attr]
        return None
    text = "A reflection that does not meet its rubric yet is returned with your feedback."
    return (Reason("MC-5a", "Statement 5", text, "level"),)


# ---------------------------------------------------------------- verifying and issuing


@rule("MC-5a", "Statement 5")
def reflection_accepted(facts: AwardFacts) -> Answer:
    """The culminating reflection is accepted."""
    return None if facts.accepted else "The reflection is not accepted."


@rule("MC-14", "Reason for policy")
def edition_pinned(facts: AwardFacts) -> Answer:
    """The award names the edition of the policy it was claimed under."""
    return None if facts.case.edition else "It names no edition of the policy."


@rule("PR-identity", PRACTICE, judges_form=True)
def identity_matched(facts: AwardFacts) -> Answer:
    """The identity is matched by the directory, or by a verified address and an attested name."""
    form = facts.form
    if form.identity_method == "directory":  # type: ignore[union-attr]
        if facts.enrolled:
            return None
        text = "The directory does not know this learner. Use the verified e-mail address."
        return (Reason("PR-identity", PRACTICE, text, "identity_method"),)
    if form.attested_by in facts.assessed_by:  # type: ignore[union-attr]
        return None
    text = "Name the assessor of this award who attests the learner's name."
    return (Reason("PR-identity", PRACTICE, text, "attested_by"),)


@rule("PR-assessor", PRACTICE, judges_form=True)
def outcomes_scored(facts: AwardFacts) -> Answer:
    """What is to be scored again has a score here."""
    return tuple(
        Reason("PR-assessor", PRACTICE, f"There is no score of {name} to give again.", "outcomes")
        for name in facts.form.outcomes  # type: ignore[union-attr]
        if facts.result(name) is None
    )


@rule("MC-U4", "Statement, opening 3")
def bytes_stored(facts: AwardFacts) -> Answer:
    """The university has signed the credential, and its bytes are kept."""
    return None if facts.signed else "The credential is not signed yet."


@rule("MC-13", "Roles, ASA")
def not_confirmed(facts: AwardFacts) -> Answer:
    """The record is confirmed once."""
    return f"The record is confirmed already: {facts.record}." if facts.record else None


@rule("MC-13", "Roles, ASA", judges_form=True)
def right_register(facts: AwardFacts) -> Answer:
    """Records of learners who are not enrolled are kept in ASA's register."""
    if facts.enrolled or facts.form.kept_in == "asa_register":  # type: ignore[union-attr]
        return None
    text = "This learner is not enrolled: the record is kept in ASA's register."
    return (Reason("MC-13", "Roles, ASA", text, "kept_in"),)


@rule("MC-13", "Roles, ASA")
def confirmed_before(facts: AwardFacts) -> Answer:
    """Only a confirmed record is corrected."""
    return None if facts.record else "The record is not confirmed yet."


@rule("MC-13", "Roles, ASA", judges_form=True)
def another_number(facts: AwardFacts) -> Answer:
    """A correction gives another number."""
    if facts.form.record != facts.record:  # type: ignore[union-attr]
        return None
    return (Reason("MC-13", "Roles, ASA", "That is the number it has.", "record"),)


# ---------------------------------------------------------------- who sees it


@rule("PR-privacy", PRACTICE, judges_form=True)
def shown_another_way(facts: AwardFacts) -> Answer:
    """Publishing changes who sees it, or whether the learner is named."""
    if not facts.published or facts.form.name_shown != facts.name_shown:  # type: ignore[union-attr]
        return None
    return f"It is published already, {'with' if facts.name_shown else 'without'} your name."


@rule("PR-privacy", PRACTICE)
def shown_at_all(facts: AwardFacts) -> Answer:
    """A page that is there can be taken down."""
    return "Its page is taken down already." if facts.hidden else None


# ---------------------------------------------------------------- timers


@rule("PR-expiry", PRACTICE)
def clock_passed(facts: AwardFacts) -> Answer:
    """The state's clock has run out."""
    if facts.fires_at is not None and facts.fires_at <= facts.now:
        return None
    return "The time is not over."


@rule("PR-expiry", PRACTICE)
def warned_twice(facts: AwardFacts) -> Answer:
    """The learner was warned at least twice."""
    return None if facts.warned >= WARNINGS else "The learner has not been warned twice."
