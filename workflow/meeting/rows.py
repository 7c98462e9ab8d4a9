"""The rows a meeting's actions write: its agenda as it stands and as it was frozen, who comes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import cast

from workflow.changes import Change, Insert, Update, Upsert
from workflow.clocks import Calendar
from workflow.clocks import of as clock_of
from workflow.effects import Action, Ask, Fire, Keep, disarm, notify
from workflow.meeting import forms
from workflow.meeting.facts import NOTICE_DAYS, MeetingFacts
from workflow.meeting.roles import CHAIR, MEMBER


def _facts(act: Action) -> MeetingFacts:
    return cast("MeetingFacts", act.facts)


def _update(act: Action, **values: object) -> Update:
    return Update("meeting", {"case_id": act.case}, values)


def title_of(facts: MeetingFacts) -> str:
    """The committee and the day: "University Curriculum Committee, Fri 22 Jan 2027"."""
    return f"{facts.body.name}, {facts.held_on:%a %-d %b %Y}"


def starts_at(facts: MeetingFacts, calendar: Calendar) -> datetime:
    """The instant a meeting begins, in the university's zone."""
    form = facts.form
    if not isinstance(form, forms.Plan):
        return facts.starts_at
    hour, minute = form.starts.split(":")
    return calendar.at(facts.held_on, time(int(hour), int(minute)))


def notice_due(facts: MeetingFacts, calendar: Calendar) -> datetime:
    """The end of the last business day on which publishing is in time."""
    day = facts.held_on
    while (facts.held_on - day).days < NOTICE_DAYS or not calendar.is_business_day(day):
        day -= timedelta(days=1)
    return calendar.end_of(day)


def over_at(facts: MeetingFacts, calendar: Calendar) -> datetime:
    """The end of the meeting's day."""
    return calendar.end_of(facts.held_on)


def _answer_due(facts: MeetingFacts, calendar: Calendar) -> datetime:
    """Two business days before the meeting, or its day where that has passed."""
    early = calendar.subtract_business_days(calendar.end_of(facts.held_on), 2)
    return early if early > facts.now else calendar.end_of(facts.held_on)


RSVP_CLOCK = clock_of("meeting", "rsvp", CHAIR, due=_answer_due)


def _plan(act: Action) -> Iterator[Change]:
    facts, form = _facts(act), cast("forms.Plan", act.facts.form)
    yield Insert("meeting", {
        "case_id": act.case, "body": form.body, "title": title_of(facts), "held_on": form.held_on,
        "starts_at": starts_at(facts, act.calendar), "place": form.place, "agenda": [],
        "cancelled": False,
    })  # fmt: skip


def _order(act: Action) -> Iterator[Change]:
    yield _update(act, agenda=list(cast("forms.SetOrder", act.facts.form).order))


def _publish(act: Action) -> Iterator[Change]:
    """Freeze the agenda, and write to every member once."""
    facts = _facts(act)
    yield _update(act, published_at=act.now, agenda=[one.item for one in facts.in_order])
    said = {**meeting_said(act), "due": _answer_due(facts, act.calendar).isoformat()}
    yield from notify(act, "agenda", facts.members, importance="act", facts=said)


def _rsvp(act: Action) -> Iterator[Change]:
    form = cast("forms.Answer", act.facts.form)
    known = _facts(act).attending.get(act.actor)
    yield Upsert("attendance", {
        "case_id": act.case, "person": act.actor, "rsvp": form.coming.value, "note": form.note,
        "came": known.came if known else "",
    })  # fmt: skip
    facts = _facts(act)
    answered = {act.actor, *(p for p, said in facts.attending.items() if said.rsvp)}
    if answered.issuperset(MEMBER.asked(facts).people):
        yield disarm(act, "rsvp")  # nobody is left to be reminded, or told of


def _roll(act: Action) -> Iterator[Change]:
    """Every member and alternate, once: in the room, connected, or not there."""
    facts, form = _facts(act), cast("forms.Roll", act.facts.form)
    for person in (*facts.members, *facts.alternates):
        known = facts.attending.get(person)
        came = "room" if person in form.room else "remote" if person in form.remote else ""
        yield Upsert("attendance", {
            "case_id": act.case, "person": person, "rsvp": known.rsvp if known else "",
            "came": came,
        })  # fmt: skip


def _cancel(act: Action) -> Iterator[Change]:
    facts = _facts(act)
    yield _update(act, cancelled=True)
    if facts.published_at is not None:
        reason = act.form.get("reason", "")
        said = {**meeting_said(act), "reason": reason}
        yield from notify(act, "cancelled", facts.members, importance="act", facts=said)


def _waiting(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    for one in _facts(act).waiting:
        yield one.item, {"meeting": act.case}


def meeting_said(act: Action) -> Mapping[str, object]:
    """What a mail about a meeting must say: when, where, and how much there is to read."""
    facts = _facts(act)
    consent = sum(one.section == "consent" for one in facts.placed)
    count = _items(len(facts.placed))
    starts = facts.starts_at.astimezone(act.calendar.zone)
    return {
        "meeting_on": facts.held_on.isoformat(), "starts_at": facts.starts_at.isoformat(),
        "when": f"{starts:%a} {starts.day} {starts:%b} at {starts:%H:%M}",
        "place": facts.place, "agenda": [one.title for one in facts.in_order],
        "counted": f"{count} ({consent} consent, {len(facts.placed) - consent} discussion)",
    }  # fmt: skip


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


PLAN = Keep("keep the meeting", _plan)
ORDER = Keep("keep the order", _order)
PUBLISH = Keep("freeze the agenda; tell each member: agenda", _publish)
INVITE = Ask("rsvp", MEMBER, RSVP_CLOCK, announce=False, each=True)
RSVP = Keep("keep the answer", _rsvp)
ROLL = Keep("keep the roll", _roll)
CANCEL = Keep("note that it is not held; tell members", _cancel)
OFF_THE_AGENDA = Fire("agenda_item", "meeting_cancelled", _waiting)
