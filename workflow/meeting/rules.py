"""The rules of a meeting: the office's practice, in words the Sunshine rules ask for."""

from workflow.facts import TIMER
from workflow.meeting.facts import MeetingFacts
from workflow.rules import Answer, Reason, rule

PRACTICE = "practice"


@rule("PR-meeting", PRACTICE, judges_form=True)
def of_a_voting_body(facts: MeetingFacts) -> Answer:
    """Only a committee that votes meets; an office signs when it is its turn."""
    if facts.votes_here:
        return None
    return (Reason("PR-meeting", PRACTICE, "Choose a committee that votes.", "body"),)


@rule("PR-meeting", PRACTICE, judges_form=True)
def day_is_ahead(facts: MeetingFacts) -> Answer:
    """The day is ahead, and a day on which the university is open."""
    day = facts.held_on
    if day <= facts.calendar.day_of(facts.now):
        return (Reason("PR-meeting", PRACTICE, "Choose a day that is still ahead.", "held_on"),)
    if not facts.calendar.is_business_day(day):
        text = f"The university is closed on {day:%a %-d %b %Y}."
        return (Reason("PR-meeting", PRACTICE, text, "held_on"),)
    return None


@rule("PR-meeting", PRACTICE, judges_form=True)
def day_is_free(facts: MeetingFacts) -> Answer:
    """The committee has no other meeting on that day."""
    if facts.held_on not in facts.others:
        return None
    text = "This committee meets on that day already."
    return (Reason("PR-meeting", PRACTICE, text, "held_on"),)


@rule("PR-agenda", PRACTICE)
def something_is_placed(facts: MeetingFacts) -> Answer:
    """At least one item is placed for this meeting."""
    return None if facts.placed else "Nothing is placed for this meeting yet."


@rule("PR-agenda", PRACTICE, judges_form=True)
def items_are_of_this_meeting(facts: MeetingFacts) -> Answer:
    """The order names items that are placed for this meeting, each once."""
    order = facts.form.order  # type: ignore[union-attr]
    placed = {one.item for one in facts.placed}
    wrong = [item for item in dict.fromkeys(order) if item not in placed]
    if wrong:
        text = f"Not placed for this meeting: {', '.join(wrong)}."
        return (Reason("PR-agenda", PRACTICE, text, "order"),)
    if len(set(order)) < len(order):
        return (Reason("PR-agenda", PRACTICE, "Name each item once.", "order"),)
    return None


@rule("PR-meeting", PRACTICE)
def not_over(facts: MeetingFacts) -> Answer:
    """The meeting is not over."""
    if facts.calendar.day_of(facts.now) <= facts.held_on:
        return None
    return "The meeting is over."


@rule("PR-meeting", PRACTICE)
def on_the_day(facts: MeetingFacts) -> Answer:
    """It is the day of the meeting."""
    if facts.calendar.day_of(facts.now) == facts.held_on:
        return None
    return f"The meeting is on {facts.held_on:%a %-d %b %Y}."


@rule("PR-roll", PRACTICE, judges_form=True)
def roll_names_members(facts: MeetingFacts) -> Answer:
    """The roll names members and alternates, each once, and at least one."""
    room, remote = facts.form.room, facts.form.remote  # type: ignore[union-attr]
    strangers = sorted({*room, *remote} - {*facts.members, *facts.alternates})
    if strangers:
        text = f"Not a member of this committee: {', '.join(strangers)}."
        return (Reason("PR-roll", PRACTICE, text, "room"),)
    if set(room) & set(remote):
        text = "A member is either in the room or connected."
        return (Reason("PR-roll", PRACTICE, text, "remote"),)
    if not room and not remote:
        return (Reason("PR-roll", PRACTICE, "Say who is there.", "room"),)
    return None


@rule("PR-meeting", PRACTICE)
def nothing_is_open(facts: MeetingFacts) -> Answer:
    """No vote in the room is still open; a clock waits for none, each closes by its own."""
    if facts.actor.person == TIMER:
        return None
    still = [one.item for one in facts.placed if one.state == "open" and one.mode == "meeting"]
    return f"Close the vote on {', '.join(still)} first." if still else None


@rule("PR-expiry", PRACTICE)
def clock_passed(facts: MeetingFacts) -> Answer:
    """Its day has come: the chair closes it on the day, the clock after it."""
    if facts.actor.person != TIMER and facts.calendar.day_of(facts.now) == facts.held_on:
        return None
    if facts.fires_at is not None and facts.fires_at <= facts.now:
        return None
    return "The meeting is not over."
