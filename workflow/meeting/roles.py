"""Who a meeting's rows name."""

from workflow.meeting.facts import MeetingFacts
from workflow.roles import Role


def _body(facts: MeetingFacts) -> tuple[str, ...]:
    return (facts.body_id,) if facts.votes_here else ()


VICE_CHAIR = Role("committee_vice_chair", "the committee's vice-chair", scopes=_body)
#: The vice-chair where there is no chair.
CHAIR = Role("committee_chair", "the committee's chair", scopes=_body, deputy=VICE_CHAIR)
MEMBER = Role("committee_member", "a member of the committee", scopes=_body)
