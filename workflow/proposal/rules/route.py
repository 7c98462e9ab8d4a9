"""Consultation, scope and the way through the committees."""

from collections.abc import Mapping
from enum import Enum

from workflow.proposal.facts import ProposalFacts, Way
from workflow.rules import Answer, Choice, Reason, rule

PRACTICE = "practice"

WAY_SAYS: Mapping[Enum, str] = {
    Way.OPEN: "The routing questions are not all answered.",
    Way.COMMITTEE: "The routing table sends it to the curriculum committee.",
    Way.ASA_ONLY: "The routing table leaves it with ASA; no committee has to act.",
    Way.DETERMINE: "The routing table asks for a determination first. Record it.",
    Way.REQUIRED: "It was determined that the curriculum committee must act.",
    Way.NOT_REQUIRED: "It was determined that no committee has to act.",
}
WAY = Choice(
    "MC-11", "Roles, Units 3", Way, lambda facts: facts.way, WAY_SAYS,
)  # fmt: skip
to_committee = WAY.is_(Way.COMMITTEE, Way.REQUIRED)
past_committee = WAY.is_(Way.ASA_ONLY, Way.NOT_REQUIRED)
undetermined = WAY.is_(Way.DETERMINE)


@rule("MC-U3", "Statement, opening 2")
def consulted(facts: ProposalFacts) -> Answer:
    """A consultation with ASA is on record for this basis and routing."""
    if facts.last("consultation", routing=facts.routing_key):
        return None
    if facts.last("consultation"):
        return "The routing has changed since the consultation. Record what was agreed on it."
    return "The consultation with ASA is not on record yet."


@rule("MC-2", "Statement 2")
def rigor_proposed(facts: ProposalFacts) -> Answer:
    """The unit proposes a level of rigor with a rationale; ASA agrees on one."""
    if facts.document.rigor.level and facts.document.rigor.rationale:
        return None
    text = "The unit has not proposed a level of rigor with a rationale. Return it for that."
    return (Reason("MC-2", "Statement 2", text, "rigor"),)


@rule("MC-U3", "Statement, opening 2", judges_form=True)
def held_already(facts: ProposalFacts) -> Answer:
    """A consultation is recorded after it was held."""
    if facts.form.held_on > facts.today:  # type: ignore[union-attr]
        text = "Give a date that has passed: a consultation is recorded after it was held."
        return (Reason("MC-U3", "Statement, opening 2", text, "held_on"),)
    return None


@rule("MC-7d", "Definitions, Micro-credential", judges_form=True)
def award_type_matches(facts: ProposalFacts) -> Answer:
    """It is awarded as what the unit proposes: a digital badge or a micro-certificate."""
    if facts.form.award_type == facts.document.type:  # type: ignore[union-attr]
        return None
    text = "The text proposes the other type. Return it so that the unit changes the text first."
    return (Reason("MC-7d", "Definitions, Micro-credential", text, "award_type"),)


@rule("MC-8b", "Definitions, Micro-certificate", judges_form=True)
def organisation_noted(facts: ProposalFacts) -> Answer:
    """For a micro-certificate, ASA notes how it is organized."""
    form = facts.form
    if form.award_type == "digital_badge" or form.organisation_note:  # type: ignore[union-attr]
        return None
    text = "Note how the micro-certificate is organized and what it is for."
    return (Reason("MC-8b", "Definitions, Micro-certificate", text, "organisation_note"),)


def _scope_open(facts: ProposalFacts) -> bool:
    asked, answered = facts.last("scope_question"), facts.last("scope_answer")
    return asked is not None and (answered is None or answered.seq < asked.seq)


@rule("PR-scope-question", PRACTICE, otherwise="A question of scope is out already.")
def scope_asked(facts: ProposalFacts) -> Answer:
    """A question of scope is out."""
    return None if _scope_open(facts) else "No question of scope is out."


@rule("PR-scope-question", PRACTICE)
def asked_of_you(facts: ProposalFacts) -> Answer:
    """The office that was asked answers."""
    asked = facts.last("scope_question")
    roles = {a.role for a in facts.actor.appointments}
    if asked is None or asked.said["office"] in roles:
        return None
    return "The question went to the other office."


@rule("MC-11", "Roles, Units 3", judges_form=True)
def senate_concurs(facts: ProposalFacts) -> Answer:
    """'Not required' on rows R2 and R4 has the Senate office's concurrence."""
    if facts.form.committee_required == "yes" or facts.row is None or not facts.row.concurrence:  # type: ignore[union-attr]
        return None
    for signed in facts.signed:
        agrees = signed.said.get("committee_required") == "no"
        if (
            signed.kind == "scope_answer"
            and signed.role == "senate_office"
            and agrees
            and signed.said.get("routing") == facts.routing_key
        ):
            return None
    text = (
        f"On row {facts.row.row} of the routing table “not required” needs the Senate office to "
        "agree. Ask it first."
    )
    return (Reason("MC-11", "Roles, Units 3", text, "committee_required"),)


@rule("MC-10a", "Roles, Units 3")
def curriculum_named(facts: ProposalFacts) -> Answer:
    """The course, program or experience the committee is to judge is named, with its text."""
    if facts.document.curriculum_items:
        return None
    text = "Name the course, program or experience the committee is to judge, with its text."
    return (Reason("MC-10a", "Roles, Units 3", text, "curriculum_items"),)


@rule("PR-order", PRACTICE)
def a_body_must_act(facts: ProposalFacts) -> Answer:
    """A required body has not carried the text as it stands."""
    if facts.missing_bodies:
        return None
    return "Every required body has carried it as it stands. Clear it to design."


@rule("MC-10b", "Roles, Units 3")
def all_carried(facts: ProposalFacts) -> Answer:
    """Every required body has carried the text as it stands, and its action date is on record."""
    missing = facts.missing_bodies
    if not missing:
        return None
    names = ", ".join(body.name for body in missing)
    return f"Still to act: {names}."


@rule("PR-carry", PRACTICE, otherwise="A committee has carried it, so the ASA director decides.")
def a_committee_carried(facts: ProposalFacts) -> Answer:
    """A committee has carried an item of it."""
    if any(item.state == "carried" for item in facts.items):
        return None
    return "No committee has carried it, so an ASA officer decides."


@rule("PR-expiry", PRACTICE)
def no_item_carried(facts: ProposalFacts) -> Answer:
    """No committee has carried an item of it, so it may expire."""
    if any(item.state == "carried" for item in facts.items):
        return "A committee has carried an item of it, so it does not expire."
    return None


@rule("PR-return", PRACTICE)
def an_item_was_returned(facts: ProposalFacts) -> Answer:
    """A body returned its item."""
    if any(item.state == "returned_item" for item in facts.items):
        return None
    return "No body has returned it."


@rule("PR-carry", PRACTICE)
def an_item_failed(facts: ProposalFacts) -> Answer:
    """A body voted and did not carry its item."""
    return None if any(i.state == "failed" for i in facts.items) else "No vote on it has failed."


@rule("PR-withdraw", PRACTICE)
def no_vote_open(facts: ProposalFacts) -> Answer:
    """No committee is voting on it."""
    if any(item.state == "open" for item in facts.items):
        return "A committee is voting on it. Withdraw it after the vote closes."
    return None
