"""Who an award's rows name, and how each is found in its facts."""

from workflow.award.facts import AwardFacts
from workflow.facts import SYSTEM
from workflow.roles import Role, appointed, everywhere, party


def _roster(facts: AwardFacts) -> tuple[str, ...]:
    return (facts.proposal,)


def _unit_path(facts: AwardFacts) -> tuple[str, ...]:
    return facts.unit_path


def _learner_alone(facts: AwardFacts) -> frozenset[str]:
    return frozenset({facts.learner})


def _earned_or_assessed(facts: AwardFacts) -> frozenset[str]:
    scored = {result.assessor for result in facts.results if result.assessor}
    return facts.assessed_by | scored | {facts.learner}


def _claimed_in_person(facts: AwardFacts) -> str | None:
    return None if facts.actor.person == SYSTEM else facts.learner


def _still_owes_outcomes(facts: AwardFacts) -> str | None:
    return facts.learner if facts.actor.person == SYSTEM and facts.missing else None


LEARNER = party("learner", "the learner", lambda facts: facts.learner)
#: The learner, unless the claim was opened by the assembler, which writes at its next step.
CLAIMANT = party("learner", "the learner who claims", _claimed_in_person)
#: The learner of a complete stack whose certificate has outcomes of its own left to show.
STACKER = party("learner", "the learner of a complete stack", _still_owes_outcomes)
#: On the roster of the proposal that put the credential in force; never the learner.
ASSESSOR = Role("assessor", "an assessor on the roster", scopes=_roster, excluded=_learner_alone)
UNIT_HEAD = Role("unit_head", "the unit head", scopes=_unit_path)
LEAD_ASSESSOR = Role("lead_assessor", "the lead assessor", scopes=_roster, deputy=UNIT_HEAD)
_DIRECTOR = Role(
    "asa_director", "the ASA director", scopes=everywhere, excluded=_earned_or_assessed
)
#: Three people stand behind each award: who earned it, who assessed it, who verifies it.
VERIFIER = Role(
    "asa_officer", "an ASA officer who neither earned nor assessed it",
    scopes=everywhere, excluded=_earned_or_assessed, deputy=_DIRECTOR,
)  # fmt: skip
OPERATOR = appointed("admin", "an operator")


def only_nine_months(facts: AwardFacts) -> bool:
    """Whether everyone who is asked to assess is nine-month faculty: who is not, works on."""
    asked = set(ASSESSOR.asked(facts).people)
    held = [a for a in facts.people if a.role == "assessor" and a.person in asked]
    return bool(held) and all(a.nine_months for a in held)
