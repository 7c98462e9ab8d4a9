"""Who a proposal's rows name, and how each is found in its facts."""

from workflow.proposal.facts import ProposalFacts, may_read
from workflow.roles import ASA_OFFICER, Role, appointed, party


def _unit_path(facts: ProposalFacts) -> tuple[str, ...]:
    return facts.unit_path


def _own_unit(facts: ProposalFacts) -> tuple[str, ...]:
    return (facts.unit,)


def _proposer_alone(facts: ProposalFacts) -> frozenset[str]:
    return frozenset({facts.proposer})


def _bodies(facts: ProposalFacts) -> tuple[str, ...]:
    return tuple(body.id for body in facts.missing_bodies) or tuple(b.id for b in facts.bodies)


PROPOSER = party("proposer", "the proposer", lambda facts: facts.proposer)
#: A new proposal has no proposer yet: whoever belongs to the unit may become it.
MEMBER = Role("member", "a member of the unit", scopes=_own_unit)
#: Nobody endorses their own proposal: the next head up is asked.
UNIT_HEAD = Role("unit_head", "the unit head", scopes=_unit_path, excluded=_proposer_alone)
AVP = appointed("avp", "the assistant vice president")
CHAIR = Role("committee_chair", "the committee's chair", scopes=_bodies)
#: The unit's liaison in ASA, else the pool of officers.
LIAISON = Role("asa_liaison", "the unit's ASA liaison", scopes=_own_unit, deputy=ASA_OFFICER)
#: Whoever took it, and nobody else.
TAKER = party("reviewer", "the ASA officer who has it", lambda facts: facts.reviewer)
#: Whoever took it, else the liaison.
REVIEWER = Role(
    "reviewer", "the ASA officer who has it", party=lambda facts: facts.reviewer, deputy=LIAISON
)


def _may_read(facts: ProposalFacts) -> str | None:
    return facts.actor.person if facts.actor.appointments and may_read(facts) else None


#: Whoever may read it: a first draft its unit and ASA, what was submitted everyone who works here.
COLLEAGUE = party("colleague", "somebody who works here and may read it", _may_read)
