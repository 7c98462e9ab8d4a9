"""The machines in force, by name: what the composition hands to the engine."""

from collections.abc import Mapping

from workflow.agenda_item.definition import AGENDA_ITEM
from workflow.agenda_item.facts import READING as AGENDA_ITEM_READING
from workflow.award.definition import AWARD
from workflow.award.reading import READING as AWARD_READING
from workflow.credential.definition import CREDENTIAL
from workflow.credential.facts import READING as CREDENTIAL_READING
from workflow.engine import MachineInForce
from workflow.meeting.definition import MEETING
from workflow.meeting.facts import READING as MEETING_READING
from workflow.proposal.definition import PROPOSAL
from workflow.proposal.facts import READING as PROPOSAL_READING

MACHINES: Mapping[str, MachineInForce] = {
    "proposal": MachineInForce(PROPOSAL, PROPOSAL_READING),
    "agenda_item": MachineInForce(AGENDA_ITEM, AGENDA_ITEM_READING),
    "meeting": MachineInForce(MEETING, MEETING_READING),
    "credential": MachineInForce(CREDENTIAL, CREDENTIAL_READING),
    "award": MachineInForce(AWARD, AWARD_READING),
}
