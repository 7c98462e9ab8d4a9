"""What people say when they act on a meeting."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from workflow.forms import Form, Line, Paragraph, Words


class Plan(Form):
    """A meeting to come."""

    body: Line = Field(title="Committee", json_schema_extra={"options": "my_committees"})
    held_on: date = Field(title="Day", description="The day the committee meets.")
    starts: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        default="14:00", title="Beginning", description="In the university's time, such as 14:00."
    )
    place: Line = Field(
        title="Place", description="A room, or the address of a call; both where both are open."
    )


class SetOrder(Form):
    """The order of the agenda."""

    order: Annotated[tuple[Line, ...], Field(max_length=200)] = Field(
        title="Items in their order",
        description="One id a line, such as AG-7. What you leave out comes last.",
    )


class Rsvp(StrEnum):
    """Whether a member comes."""

    YES = "yes"
    REMOTE = "remote"
    NO = "no"


class Answer(Form):
    """A member's answer to the invitation."""

    coming: Rsvp = Field(title="Do you come?", description="You can change it until the meeting.")
    note: Words = Field(default="", title="A word to the chair")


class Roll(Form):
    """Who is there, as the chair calls it."""

    room: Annotated[tuple[Line, ...], Field(max_length=500)] = Field(
        default=(), title="In the room", json_schema_extra={"options": "attendees"}
    )
    remote: Annotated[tuple[Line, ...], Field(max_length=500)] = Field(
        default=(), title="Connected", json_schema_extra={"options": "attendees"}
    )


class CancelMeeting(Form):
    """Why a meeting is not held."""

    reason: Paragraph = Field(title="Reason", description="Every member reads it.")


class Minutes(Form):
    """What the minutes add to what Conferral kept."""

    remarks: Words = Field(
        default="",
        title="Remarks",
        description="What was said beside the votes, where it should stand in the minutes.",
    )
