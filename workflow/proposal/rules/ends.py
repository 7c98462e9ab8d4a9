"""What stands before issuing, and what the clocks ask."""

from policies.clocks import WARNINGS
from workflow.proposal.facts import ProposalFacts
from workflow.rules import Answer, Reason, rule

PRACTICE = "practice"


@rule("PR-code", PRACTICE)
def code_recorded(facts: ProposalFacts) -> Answer:
    """The registrar has recorded a code."""
    return None if facts.last("code") else "The registrar's code is not recorded yet."


@rule("PR-roster", PRACTICE)
def roster_set(facts: ProposalFacts) -> Answer:
    """At least one assessor is on the roster."""
    if any(a.role == "assessor" and a.scope == facts.case.id for a in facts.people):
        return None
    return "No assessor is on the roster yet."


@rule("PR-roster", PRACTICE, judges_form=True)
def assessors_listed_once(facts: ProposalFacts) -> Answer:
    """Nobody is put on the roster twice."""
    named = facts.form.assessors  # type: ignore[union-attr]
    there = {a.person for a in facts.people if a.role == "assessor" and a.scope == facts.case.id}
    twice = [p for n, p in enumerate(named) if p in there or p in named[:n]]
    if not twice:
        return None
    text = f"Already on the roster: {', '.join(twice)}."
    return (Reason("PR-roster", PRACTICE, text, "assessors"),)


@rule("PR-image", PRACTICE)
def design_published(facts: ProposalFacts) -> Answer:
    """The badge's design is published with a text alternative."""
    return None if facts.last("design") else "The badge's design is not published yet."


@rule("PR-effective", PRACTICE, judges_form=True)
def effective(facts: ProposalFacts) -> Answer:
    """The effective date is reached, and is not before what a committee carried takes effect."""
    day, today = facts.form.effective_on, facts.today  # type: ignore[union-attr]
    first = facts.effective_from
    if first and day < first:
        text = f"What it rests on takes effect on {first:%a %-d %b %Y}; choose that day or later."
        return (Reason("PR-effective", PRACTICE, text, "effective_on"),)
    if day > today:
        text = "This day has not come. Issue it on that day or later."
        return (Reason("PR-effective", PRACTICE, text, "effective_on"),)
    return None


@rule("PR-effective", PRACTICE)
def term_reached(facts: ProposalFacts) -> Answer:
    """The term in which what it rests on takes effect has begun."""
    first = facts.effective_from
    if first and facts.today < first:
        return f"What it rests on takes effect on {first:%a %-d %b %Y}."
    return None


@rule("PR-expiry", PRACTICE)
def clock_passed(facts: ProposalFacts) -> Answer:
    """The state's clock has run out."""
    if facts.fires_at is not None and facts.fires_at <= facts.now:
        return None
    return "The time is not over."


@rule("PR-expiry", PRACTICE)
def warned_twice(facts: ProposalFacts) -> Answer:
    """The proposer was warned at least twice."""
    return None if facts.warned >= WARNINGS else "The proposer has not been warned twice."
