"""What people say when they act on an agenda item."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from workflow.forms import Change, Form, Line, Paragraph, Words


class OpenItem(Form):
    """A proposal's item for one body, with the document that the votes will bind."""

    proposal: Line
    body: Line
    position: int = Field(ge=0, le=50)
    document: dict[str, JsonValue]
    document_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    after_item: Line | None = None


class Section(StrEnum):
    """Where on the agenda an item stands."""

    CONSENT = "consent"
    DISCUSSION = "discussion"


class Place(Form):
    """A place on an agenda."""

    meeting_on: date = Field(
        title="Meeting",
        description="The day the committee meets.",
        json_schema_extra={"options": "meeting_days"},
    )
    section: Section = Field(title="Section")
    late_waiver: Words = Field(
        default="",
        title="Why it comes late",
        description="Needed only after the cut-off: who waived it, and why.",
    )


class Pull(Form):
    """Any one member can move an item to discussion."""

    reason: Words = Field(default="", title="Your reason", description="Optional.")


class WaiveNotice(Form):
    """The recorded vote that waived the notice."""

    in_favor: int = Field(title="Votes to waive", ge=0, le=999)
    voting: int = Field(title="Votes cast", ge=1, le=999)


class Mode(StrEnum):
    """How the committee votes."""

    MEETING = "meeting"
    E_BALLOT = "e_ballot"


class OpenVote(Form):
    """Voting opens."""

    mode: Mode = Field(title="How you vote")
    present: Annotated[tuple[Line, ...], Field(max_length=500)] = Field(
        default=(),
        title="Members present",
        description="For a meeting: everyone in the room or connected; none means the roll as it "
        "was taken. An e-ballot needs none.",
        json_schema_extra={"options": "attendees"},
    )


class Choice(StrEnum):
    """A member's vote."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class CastVote(Form):
    """A vote on the document as it was pinned."""

    choice: Choice = Field(title="Your vote")
    document_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        title="Document", json_schema_extra={"widget": "hidden", "from": "document_hash"}
    )


class Recuse(Form):
    """A recusal, declared or forced, with its reason."""

    member: Line = Field(title="Member", json_schema_extra={"options": "members"})
    reason: Paragraph = Field(title="Reason", description="It stands in the minutes.")


class CloseVote(Form):
    """The vote closes; a chair with a casting vote gives it here in a tie."""

    casting: Choice | None = Field(
        default=None,
        title="Casting vote",
        description="Counts in a tie, where the committee's rules give the chair one.",
    )


class ReturnItem(Form):
    """The body returns it with what must change."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=40)] = Field(
        title="Required changes"
    )
    message: Words = Field(default="", title="A word to the proposer")


class MeetingCancelled(Form):
    """The meeting it was placed for is not held."""

    meeting: Line


class Cancel(Form):
    """Why the item is no longer needed."""

    reason: Words = ""
