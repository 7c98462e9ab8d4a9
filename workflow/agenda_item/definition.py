"""The agenda item, as a table: it has its own document, and votes bind that, not the badge's text.

FIU's chain (council, University Curriculum Committee, Senate notice) is data in `policies/committees.yaml`.
"""

from datetime import datetime

from policies.clocks import clock
from workflow.agenda_item import forms, rows
from workflow.agenda_item import rules as r
from workflow.agenda_item.cycles import next_cut_off, outside_off_contract, senate_after
from workflow.agenda_item.facts import AgendaFacts, Result
from workflow.agenda_item.roles import (
    ALTERNATE,
    CHAIR,
    MEMBER,
    PROPOSER,
    QUEUED_WITH,
    SIGNER,
    VOTER,
)
from workflow.checks import checked
from workflow.clocks import Calendar, Clock, DueDate
from workflow.clocks import of as clock_of
from workflow.definition import SAME, Definition, Row, State
from workflow.effects import Settle, Tell
from workflow.forms import NoInput, Note
from workflow.moved import recounted
from workflow.roles import SENATE_OFFICE, SYSTEM_ROLE, TIMER_ROLE, Role

PRACTICE = "practice"
UNITS_3 = "Roles, Units 3"
QUEUED_FIGURES, NOTICE = clock("agenda_item", "queued"), clock("agenda_item", "senate_notice")


def _next_cut_off(facts: AgendaFacts, calendar: Calendar) -> datetime | None:
    """The next cycle's submit-by date; for an office that signs, some business days."""
    if not facts.votes_here:
        return calendar.add_business_days(facts.now, QUEUED_FIGURES.length("sign_off"))
    return next_cut_off(calendar, facts.now)


def _meeting_day(facts: AgendaFacts, calendar: Calendar) -> datetime | None:
    """The end of the day of the meeting it is placed for."""
    form = facts.form
    day = form.meeting_on if isinstance(form, forms.Place) else facts.meeting_on
    return calendar.end_of(day) if day else None


def _notice_over(facts: AgendaFacts, calendar: Calendar) -> datetime | None:
    """The later of the notice and the Senate's date; never inside an off-contract window."""
    tenth = calendar.add_business_days(facts.now, NOTICE.days)
    senate = senate_after(calendar, calendar.day_of(facts.now))
    over = max(tenth, calendar.end_of(senate)) if senate else tenth
    return outside_off_contract(calendar, over)


def _clock(place: str, *tells: Role, due: DueDate) -> Clock:
    """The office's clock of a state (policies/clocks.yaml)."""
    return clock_of("agenda_item", place, *tells, due=due)


# fmt: off
QUEUED = State("queued", "waiting for a place on an agenda", QUEUED_WITH, step="Queued",
    clock=_clock("queued", PROPOSER, due=_next_cut_off))
SCHEDULED = State("scheduled", "on an agenda", CHAIR, step="On the agenda", announce=False,
    clock=_clock("scheduled", due=_meeting_day))
OPEN = State("open", "open for votes", VOTER, step="Voting", each=True, announce=False,
    clock=_clock("open", due=rows.closes_at))
SENATE_NOTICE = State("senate_notice", "in the Senate's notice window", SENATE_OFFICE, step="Senate notice", announce=False,
    clock=_clock("senate_notice", SENATE_OFFICE, due=_notice_over))
CARRIED = State("carried", "carried", ends=True, step="Carried")
FAILED = State("failed", "not carried", ends=True)
RETURNED = State("returned_item", "returned with required changes", ends=True)
CANCELLED = State("cancelled", "cancelled", ends=True)

ROWS = (
    Row("open_item", (), QUEUED, SYSTEM_ROLE, UNITS_3, "Open the item",
        form=forms.OpenItem, then=(rows.OPEN_ITEM,), effect="It waits for a place on an agenda."),
    Row("place_on_agenda", QUEUED, SCHEDULED, CHAIR, PRACTICE, "Place on an agenda",
        r.earlier_bodies_carried & r.meeting_ahead & r.on_a_meeting_day & r.before_the_cut_off, forms.Place,
        (rows.PLACE, rows.OUT_OF_REACH, Tell("placed", (PROPOSER,), saying=rows.meeting_said)),
        "It stands on the agenda of that day. The notice runs from the day the agenda is public."),
    Row("pull_from_consent", SCHEDULED, SAME, MEMBER, PRACTICE, "Pull from consent",
        r.on_consent, forms.Pull, (rows.TO_DISCUSSION, Tell("pulled", (CHAIR, PROPOSER), "fyi")),
        "It is discussed on its own; any one member can ask for that."),
    Row("waive_notice", SCHEDULED, SAME, CHAIR, PRACTICE, "Record that the notice was waived",
        r.notice_not_waived & r.two_thirds, forms.WaiveNotice, (rows.WAIVE,),
        "It can be voted on although the agenda was published late."),
    Row("open_vote", SCHEDULED, OPEN, CHAIR, PRACTICE, "Open the vote",
        r.noticed & r.on_its_day & r.enough_to_vote, forms.OpenVote, (rows.OPEN_VOTE,),
        "Roster and document are frozen; every member who is not recused can vote."),
    Row("cast_vote", OPEN, SAME, (MEMBER, ALTERNATE), PRACTICE, "Vote",
        r.on_the_roster & r.not_recused & r.names_the_document, forms.CastVote, (rows.VOTE, Settle("open", own=True)),
        "Your vote is by name. You can change it until the vote closes."),
    Row("recuse", (SCHEDULED, OPEN), SAME, (MEMBER, ALTERNATE, CHAIR, SYSTEM_ROLE), PRACTICE, "Recuse",
        r.recusal_possible, forms.Recuse, (rows.RECUSE, rows.OUT_OF_REACH),
        "The member leaves numerator and denominator; the reason stands in the minutes."),
    Row("close_vote", OPEN, SENATE_NOTICE, (CHAIR, TIMER_ROLE), UNITS_3, "Close the vote",
        r.may_close & r.RESULT.is_(Result.CARRIED_TO_SENATE), forms.CloseVote,
        (rows.COUNT, Tell("bulletin", (SENATE_OFFICE,), "act", rows.tally_said), Tell("result", (PROPOSER,), saying=rows.tally_said)),
        "The tally and the roll are kept; the Senate's notice begins."),
    Row("close_vote", OPEN, CARRIED, (CHAIR, TIMER_ROLE), UNITS_3, "Close the vote",
        r.may_close & r.RESULT.is_(Result.CARRIED), forms.CloseVote,
        (rows.COUNT, rows.ACTED, rows.CARRIED, Tell("result", (PROPOSER,), saying=rows.tally_said)),
        "The tally and the roll are kept; the body has acted."),
    Row("close_vote", OPEN, FAILED, (CHAIR, TIMER_ROLE), UNITS_3, "Close the vote",
        r.may_close & r.RESULT.is_(Result.NOT_CARRIED), forms.CloseVote,
        (rows.COUNT, rows.FAILED, Tell("result", (PROPOSER,), saying=rows.tally_said)),
        "The tally and the roll are kept; the proposal is not approved."),
    Row("close_vote", OPEN, QUEUED, (CHAIR, TIMER_ROLE), PRACTICE, "Close the vote",
        r.may_close & r.RESULT.is_(Result.NO_QUORUM), forms.CloseVote,
        (rows.COUNT, rows.OFF_THE_AGENDA, Tell("no_quorum", (PROPOSER,), saying=rows.tally_said)),
        "There is no result; it waits for the next meeting."),
    Row("meeting_passed", SCHEDULED, QUEUED, TIMER_ROLE, PRACTICE, "The meeting passed",
        r.clock_passed, NoInput, (rows.OFF_THE_AGENDA, Tell("not_reached", (PROPOSER,))),
        "It waits for the next meeting."),
    Row("meeting_cancelled", SCHEDULED, QUEUED, SYSTEM_ROLE, PRACTICE, "The meeting is not held",
        form=forms.MeetingCancelled, then=(rows.OFF_THE_AGENDA, Tell("meeting_cancelled", (PROPOSER,))),
        effect="It waits for another meeting."),
    Row("return_item", (QUEUED, SCHEDULED, OPEN), RETURNED, (CHAIR, SIGNER), PRACTICE, "Return with required changes",
        form=forms.ReturnItem, then=(rows.RETURNED,),
        effect="Votes stay as history; the proposer answers each change."),
    Row("no_objection", SENATE_NOTICE, CARRIED, TIMER_ROLE, UNITS_3, "No objection was made",
        r.clock_passed & r.bulletin_mailed, NoInput, (rows.ACTED, rows.CARRIED, Tell("no_objection", (PROPOSER,))),
        "It is carried."),
    Row("sign_off", QUEUED, CARRIED, SIGNER, PRACTICE, "Sign off",
        r.signer_is_not_the_proposer & r.earlier_bodies_carried, Note, (rows.ACTED, rows.CARRIED),
        "The office has acted."),
    recounted(QUEUED, SCHEDULED, OPEN, SENATE_NOTICE),
    Row("cancel", (QUEUED, SCHEDULED, OPEN, SENATE_NOTICE), CANCELLED, SYSTEM_ROLE, PRACTICE, "Cancel the item",
        form=forms.Cancel, then=(Tell("cancelled", (CHAIR,), "fyi"),), effect="It leaves the agenda."),
)

AGENDA_ITEM = checked(Definition("agenda_item", version=1, prefix="AG", initial=QUEUED, noun="agenda item",
    facts=AgendaFacts, states=(QUEUED, SCHEDULED, OPEN, SENATE_NOTICE, CARRIED, FAILED, RETURNED, CANCELLED), rows=ROWS))
# fmt: on
