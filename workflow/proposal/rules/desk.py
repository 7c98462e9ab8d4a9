"""Taking a proposal and giving it back, nudging, commenting."""

from policies.fields import NoSuchFieldError, generic
from workflow.proposal.facts import ProposalFacts, readers
from workflow.rules import Answer, Reason, rule

PRACTICE = "practice"


@rule("PR-take", PRACTICE, otherwise="Nobody has taken it.")
def free_to_take(facts: ProposalFacts) -> Answer:
    """Nobody has taken it yet."""
    if facts.reviewer is None:
        return None
    if facts.reviewer == facts.actor.person:
        return "You have it already."
    names = {a.person: a.name for a in facts.people}
    return f"{names.get(facts.reviewer) or facts.reviewer} has it. They can give it back."


@rule("PR-nudge", PRACTICE)
def nudged_seldom(facts: ProposalFacts) -> Answer:
    """Whoever has it is nudged once in 5 business days at most."""
    again = facts.nudge_again
    if again is None or again <= facts.now:
        return None
    return f"You have nudged already. You can again on {again:%A} {again.day} {again:%B}."


@rule("PR-comment", PRACTICE, judges_form=True)
def on_a_field(facts: ProposalFacts) -> Answer:
    """A comment is on the whole proposal, or on a field of its text."""
    try:
        generic(facts.form.field or "title")  # type: ignore[union-attr]
    except NoSuchFieldError:
        return (Reason("PR-comment", PRACTICE, "Choose a field of the text, or none.", "field"),)
    return None


@rule("PR-comment", PRACTICE, judges_form=True)
def of_those_who_may_read(facts: ProposalFacts) -> Answer:
    """Whoever is named has to do with the proposal and may read it."""
    unknown = [p for p in facts.form.mentions if p not in readers(facts)]  # type: ignore[union-attr]
    if not unknown:
        return None
    text = "Name people who have to do with it and may read it."
    return (Reason("PR-comment", PRACTICE, text, "mentions"),)
