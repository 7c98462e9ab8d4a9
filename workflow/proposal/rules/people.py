"""Who may act on a proposal, and the separation of duties."""

from workflow.proposal.facts import ProposalFacts
from workflow.rules import Answer, Reason, rule

PRACTICE = "practice"


@rule("MC-15", "Scope")
def member_of_the_unit(facts: ProposalFacts) -> Answer:
    """Whoever proposes is a member of the proposing unit."""
    mine = {a.scope for a in facts.actor.appointments if a.role in {"member", "unit_head"}}
    if facts.unit in mine:
        return None
    return f"Only members of {facts.unit_name} can open a proposal for it."


@rule("MC-12", "Roles, ASA")
def not_the_proposer(facts: ProposalFacts) -> Answer:
    """Nobody decides on their own proposal, nor does a delegate of the proposer."""
    if facts.proposer in facts.actor.persons:
        return "You propose this, so another person decides."
    return None


@rule("PR-reviewer", PRACTICE)
def not_of_the_unit(facts: ProposalFacts) -> Answer:
    """Whoever decides for ASA is not in the proposing unit."""
    if facts.actor.persons & facts.insiders:
        return f"You belong to {facts.unit_name}, which proposes this; another officer decides."
    return None


@rule("PR-reviewer", PRACTICE, judges_form=True)
def reviewer_is_free(facts: ProposalFacts) -> Answer:
    """The reviewer is an ASA officer, not the proposer, and not in the proposing unit."""
    reviewer = facts.form.reviewer  # type: ignore[union-attr]
    if reviewer not in {a.person for a in facts.people if a.role == "asa_officer"}:
        return (Reason("PR-reviewer", PRACTICE, "Choose an ASA officer.", "reviewer"),)
    if reviewer == facts.proposer or reviewer in facts.insiders:
        text = "Choose an officer who neither proposes this nor belongs to its unit."
        return (Reason("PR-reviewer", PRACTICE, text, "reviewer"),)
    return None
