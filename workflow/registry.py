"""The machines in force, by name: what the composition hands to the engine."""

from collections.abc import Mapping

from workflow.engine import MachineInForce
from workflow.proposal.definition import PROPOSAL
from workflow.proposal.facts import READING as PROPOSAL_READING

MACHINES: Mapping[str, MachineInForce] = {
    "proposal": MachineInForce(PROPOSAL, PROPOSAL_READING),
}
