"""The rows: SQLModel tables whose constraints keep every state honest, and their migrations."""

from models.award import (
    Award,
    Constituent,
    Credential,
    CredentialVersion,
    LearnerRecord,
    OutcomeResult,
    Reflection,
    SignedCredential,
    StatusList,
    StatusMark,
)
from models.base import metadata
from models.calendar import CalendarVersion
from models.case import (
    MACHINES,
    STATES,
    Case,
    Census,
    DefinitionRelease,
    Entry,
    FollowOn,
)
from models.charter import Charter
from models.committee import AgendaItem, Attendance, Meeting, Seat, Vote
from models.correction import Correction
from models.delivery import Bounce, Job, MailPace, MailServer, RunningProcess, Undeliverable
from models.guards import APPEND_ONLY
from models.log import LogCheckpoint, LogLeaf
from models.mail import Envelope, MailWishes
from models.numbers import NUMBERS, PREFIXES
from models.people import Appointment, Identity, Person, Session, Unit
from models.proposal import Proposal, ProposalVersion, RequiredChange, SignOff
from models.register import RegisterEntry
from models.schema import migrate
from models.work import Attempt, Deadline, FollowUp, Notification, WorkItem

__all__ = [
    "APPEND_ONLY",
    "MACHINES",
    "NUMBERS",
    "PREFIXES",
    "STATES",
    "AgendaItem",
    "Appointment",
    "Attempt",
    "Attendance",
    "Award",
    "Bounce",
    "CalendarVersion",
    "Case",
    "Census",
    "Charter",
    "Constituent",
    "Correction",
    "Credential",
    "CredentialVersion",
    "Deadline",
    "DefinitionRelease",
    "Entry",
    "Envelope",
    "FollowOn",
    "FollowUp",
    "Identity",
    "Job",
    "LearnerRecord",
    "LogCheckpoint",
    "LogLeaf",
    "MailPace",
    "MailServer",
    "MailWishes",
    "Meeting",
    "Notification",
    "OutcomeResult",
    "Person",
    "Proposal",
    "ProposalVersion",
    "Reflection",
    "RegisterEntry",
    "RequiredChange",
    "RunningProcess",
    "Seat",
    "Session",
    "SignOff",
    "SignedCredential",
    "StatusList",
    "StatusMark",
    "Undeliverable",
    "Unit",
    "Vote",
    "WorkItem",
    "metadata",
    "migrate",
]
