"""The machines in force, by name: what the composition hands to the engine."""

from collections.abc import Mapping

from workflow.award.definition import AWARD
from workflow.award.reading import READING as AWARD_READING
from workflow.credential.definition import CREDENTIAL
from workflow.credential.facts import READING as CREDENTIAL_READING
from workflow.engine import MachineInForce
from workflow.proposal.definition import PROPOSAL
from workflow.proposal.facts import READING as PROPOSAL_READING

MACHINES: Mapping[str, MachineInForce] = {
    "proposal": MachineInForce(PROPOSAL, PROPOSAL_READING),
    "credential": MachineInForce(CREDENTIAL, CREDENTIAL_READING),
    "award": MachineInForce(AWARD, AWARD_READING),
}
