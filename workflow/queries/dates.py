"""What the committees' dates mean for a case, where it is on its way to one."""

from typing import Final

from policies import cycles
from workflow.agenda_item.facts import AgendaFacts
from workflow.clocks import Calendar
from workflow.facts import Facts
from workflow.proposal.facts import ProposalFacts

#: Actions whose sentence says the dates that would follow.
TOWARDS_A_COMMITTEE: Final = frozenset({"submit", "resubmit", "route_to_committee"})
#: States from which a proposal can still go to a committee.
_BEFORE: Final = frozenset({"draft", "asa_consultation", "returned"})


def dates(facts: Facts, calendar: Calendar, *, zone: str) -> str:
    """The sentence for the reader's zone; empty where no committee's date bears on the case."""
    if isinstance(facts, AgendaFacts):
        waits = facts.case.state == "queued" and facts.votes_here
        return cycles.sentence(calendar, facts.now, zone=zone) if waits else ""
    if not isinstance(facts, ProposalFacts) or not facts.missing_bodies:
        return ""
    if facts.case.state in _BEFORE:
        return cycles.if_today(calendar, facts.now, zone=zone)
    waits = facts.case.state == "curriculum_committee" and any(
        item.state == "queued" for item in facts.items
    )
    return cycles.sentence(calendar, facts.now, zone=zone) if waits else ""
