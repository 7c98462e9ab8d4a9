"""Who an agenda item's rows name, and how each is found in its facts."""

from workflow.agenda_item.facts import AgendaFacts
from workflow.roles import Role, party


def _voting_body(facts: AgendaFacts) -> tuple[str, ...]:
    return (facts.body_id,) if facts.votes_here else ()


def _signing_body(facts: AgendaFacts) -> tuple[str, ...]:
    return () if facts.votes_here else (facts.body_id,)


def _recused(facts: AgendaFacts) -> frozenset[str]:
    return frozenset(facts.recused)


def _proposer(facts: AgendaFacts) -> frozenset[str]:
    return frozenset({facts.proposer})


VICE_CHAIR = Role(
    "committee_vice_chair", "the committee's vice-chair", scopes=_voting_body, excluded=_recused
)
#: The vice-chair where the chair is recused or there is none.
CHAIR = Role(
    "committee_chair", "the committee's chair", scopes=_voting_body, excluded=_recused,
    deputy=VICE_CHAIR,
)  # fmt: skip
MEMBER = Role("committee_member", "a member of the committee", scopes=_voting_body)
#: Members whose vote is still asked for: the recused are not.
VOTER = Role(
    "committee_member", "a voting member who is not recused", scopes=_voting_body, excluded=_recused
)
#: Counts only where the roll has them in the seat of the member they stand for.
ALTERNATE = Role(
    "committee_alternate", "a member’s alternate", scopes=_voting_body, excluded=_recused
)
SIGNER = Role("signer", "the office's signer", scopes=_signing_body, excluded=_proposer)
#: Whose turn a queued item is: the signer of a sign-off body, else the chair.
QUEUED_WITH = Role(
    "signer", "the signer or chair", scopes=_signing_body, excluded=_proposer, deputy=CHAIR
)
PROPOSER = party("proposer", "the proposer", lambda facts: facts.proposer)
