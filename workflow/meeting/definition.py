"""A committee's meeting, as a table: planned, its agenda published, held, its minutes approved.

The policy is silent on how committees meet; open meetings, seven days of notice and named votes are the office's practice.
"""

from workflow.checks import checked
from workflow.clocks import of as clock_of
from workflow.definition import SAME, Definition, Row, State
from workflow.effects import Settle, Tell
from workflow.forms import NoInput
from workflow.meeting import forms, rows
from workflow.meeting import rules as r
from workflow.meeting.facts import MeetingFacts
from workflow.meeting.roles import CHAIR, MEMBER
from workflow.moved import recounted
from workflow.roles import SENATE_OFFICE, TIMER_ROLE

PRACTICE = "practice"

# fmt: off
PLANNED = State("planned", "being prepared", CHAIR, step="Planned", announce=False,
    clock=clock_of("meeting", "planned", SENATE_OFFICE, due=rows.notice_due))
PUBLISHED = State("published", "on the public calendar", CHAIR, step="Agenda published", announce=False,
    clock=clock_of("meeting", "published", due=rows.over_at))
HELD = State("held", "held; the minutes are due", CHAIR, step="Held",
    clock=clock_of("meeting", "held", SENATE_OFFICE))
MINUTED = State("minuted", "held, with its minutes", ends=True, step="Minutes")
CANCELLED = State("cancelled", "not held", ends=True)

ROWS = (
    Row("plan", (), PLANNED, (SENATE_OFFICE, CHAIR), PRACTICE, "Plan a meeting",
        r.of_a_voting_body & r.day_is_ahead & r.day_is_free, forms.Plan, (rows.PLAN,),
        "Items can be placed for that day from now on."),
    Row("set_order", PLANNED, SAME, CHAIR, PRACTICE, "Order the agenda",
        r.items_are_of_this_meeting, forms.SetOrder, (rows.ORDER,),
        "The agenda stands in this order. What is placed later comes last.", content=True),
    Row("publish_agenda", PLANNED, PUBLISHED, CHAIR, PRACTICE, "Publish the agenda",
        r.something_is_placed & r.not_over, NoInput, (rows.PUBLISH, rows.INVITE),
        "The agenda is frozen and public. Every member is asked whether they come."),
    Row("rsvp", PUBLISHED, SAME, MEMBER, PRACTICE, "Say whether you come",
        r.not_over, forms.Answer, (rows.RSVP, Settle("rsvp", own=True)),
        "The chair sees it. You can change it until the meeting."),
    Row("take_roll", PUBLISHED, SAME, CHAIR, PRACTICE, "Take the roll",
        r.on_the_day & r.roll_names_members, forms.Roll, (rows.ROLL,),
        "It stands in the minutes. Take it again when somebody comes or goes."),
    Row("close_meeting", PUBLISHED, HELD, (CHAIR, TIMER_ROLE), PRACTICE, "Close the meeting",
        r.clock_passed & r.nothing_is_open, NoInput, (),
        "The minutes are drafted from what happened; you approve them within 5 business days."),
    Row("approve_minutes", HELD, MINUTED, CHAIR, PRACTICE, "Approve the minutes",
        form=forms.Minutes, then=(Tell("minutes", (MEMBER, SENATE_OFFICE), "fyi", rows.meeting_said),),
        effect="The minutes are public, with every vote by name."),
    recounted(PLANNED, PUBLISHED, HELD),
    Row("cancel_meeting", (PLANNED, PUBLISHED), CANCELLED, (CHAIR, SENATE_OFFICE), PRACTICE, "Cancel the meeting",
        r.nothing_is_open, forms.CancelMeeting, (rows.CANCEL, rows.OFF_THE_AGENDA),
        "Its items wait for another meeting. Members who were invited are told."),
    Row("drop_meeting", PLANNED, CANCELLED, TIMER_ROLE, PRACTICE, "The day passed without an agenda",
        r.clock_passed, NoInput, (rows.CANCEL, rows.OFF_THE_AGENDA, Tell("dropped", (CHAIR, SENATE_OFFICE))),
        "Its items wait for another meeting."),
)

MEETING = checked(Definition("meeting", version=1, prefix="ME", initial=PLANNED, noun="meeting",
    facts=MeetingFacts, states=(PLANNED, PUBLISHED, HELD, MINUTED, CANCELLED), rows=ROWS))
# fmt: on
