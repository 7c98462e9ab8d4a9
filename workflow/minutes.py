"""Minutes, drafted from what happened: who came and how, each item with its vote by name.

Nobody types them. A chair adds a remark and approves; until then they are a draft and say so.
"""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from workflow.happened import Attended, Happened, Matter, Voted, Voting
from workflow.paper import Paper, Part, Table

_CAME = {"room": "In the room", "remote": "Connected"}
_CHOICE = {"yes": "Yes", "no": "No", "abstain": "Abstained", "": "Did not vote"}
_SECTION = {"consent": "Consent section", "discussion": "For discussion"}
_MODE = {"meeting": "in the meeting", "e_ballot": "by e-ballot"}
NOTICE_DAYS = 7


def minutes(happened: Happened, *, issuer: str, zone: ZoneInfo) -> Paper:
    """The minutes of a meeting, for its members and for the public."""
    return Paper(
        issuer=issuer,
        title=f"Minutes of the {happened.body_name}, {day_in_words(happened.held_on)}",
        stand=_stand(happened, zone),
        facts=tuple(_facts(happened, zone)),
        parts=tuple(_parts(happened, zone)),
        foot="Drafted from the history of the meeting and of its items, in which every line is "
        f"chained to the one before. Votes are by name. Meeting {happened.case}.",
    )


def day_in_words(when: date) -> str:
    """A day with its weekday: "Fri 30 Oct 2026"."""
    return f"{when:%a} {when.day} {when:%b %Y}"


def _stand(happened: Happened, zone: ZoneInfo) -> str:
    if happened.approved_at is None:
        return "Draft: the chair has not approved it yet."
    day = day_in_words(happened.approved_at.astimezone(zone).date())
    return f"Approved by {happened.approved_by} on {day}."


def _facts(happened: Happened, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    starts = happened.starts_at.astimezone(zone)
    yield "Held", f"{day_in_words(starts.date())} at {starts:%H:%M}, {happened.place}"
    if happened.presided:
        yield "Chair", happened.presided
    yield "Notice", _notice(happened, zone)
    if happened.present:
        short = "" if happened.present >= happened.quorum else ", so there was none"
        filled = f"{happened.present} of {happened.members} seats filled"
        yield "Roll", f"{filled}; a quorum is {happened.quorum}{short}"


def _notice(happened: Happened, zone: ZoneInfo) -> str:
    if happened.published_at is None:
        return "The agenda was not published."
    out = happened.published_at.astimezone(zone).date()
    days = (happened.held_on - out).days
    enough = "" if days >= NOTICE_DAYS else f"; {NOTICE_DAYS} are asked"
    return f"The agenda was public from {day_in_words(out)}, {_days(days)} before{enough}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _parts(happened: Happened, zone: ZoneInfo) -> Iterator[Part]:
    rows = tuple((_name(one), _presence(one)) for one in happened.attended)
    if rows:
        yield Part(heading="Attendance", table=Table(("Member", "At the meeting"), rows))
    for number, matter in enumerate(happened.matters, 1):
        yield _item(number, matter, zone)
    if happened.remarks:
        yield Part(heading="Remarks", lines=(happened.remarks,))


def _name(one: Attended | Voted) -> str:
    return f"{one.name}, alternate for {one.stands_for}" if one.stands_for else one.name


def _presence(one: Attended) -> str:
    if one.came:
        return _CAME[one.came]
    return "Absent, as announced" if one.rsvp == "no" else "Absent"


def _item(number: int, matter: Matter, zone: ZoneInfo) -> Part:
    last = matter.votings[-1] if matter.votings else None
    return Part(
        heading=f"{number}. {matter.title}",
        about=f"{matter.unit}, for “{matter.proposal_title}” ({matter.proposal}). "
        f"Item {matter.item}, document {matter.document_hash[:12]}.",
        lines=tuple(_told(matter, zone)),
        result=_result(matter, last),
        table=Table(("Roll", "Vote"), tuple(map(_said, last.roll))) if last else None,
    )


def _told(matter: Matter, zone: ZoneInfo) -> Iterator[str]:
    """What came before the result, each in a sentence."""
    if matter.pulled_by:
        why = f": {matter.pulled_why}" if matter.pulled_why else "."
        yield f"{matter.pulled_by} pulled it from consent{why}"
    elif matter.section:
        yield f"{_SECTION[matter.section]}."
    if matter.late:
        yield f"It came late: {matter.late}"
    if matter.waived:
        yield f"The notice was waived by {matter.waived[0]} of {matter.waived[1]} votes."
    for name, reason in matter.recused_before if not matter.votings else ():
        yield f"{name} was recused: {reason}"
    for voting in matter.votings:
        yield f"Motion: that the committee carries it as it stands. {_held(voting, zone)}"
    for voting in matter.votings[:-1]:
        yield voting.sentence


def _held(voting: Voting, zone: ZoneInfo) -> str:
    """When and how a vote was held."""
    opened = voting.opened_at.astimezone(zone)
    if voting.mode == "meeting" or voting.closed_at is None:
        return f"The vote was opened {_MODE[voting.mode]} at {opened:%H:%M}."
    closed = voting.closed_at.astimezone(zone)
    first, last = day_in_words(opened.date()), day_in_words(closed.date())
    return f"The vote was held by e-ballot from {first} to {last}."


def _result(matter: Matter, last: Voting | None) -> str:
    if matter.returned_by:
        changes = " ".join(
            f"({n}) {change.field}: {change.asks}" for n, change in enumerate(matter.changes, 1)
        )
        word = f" {matter.message}" if matter.message else ""
        return f"Returned with required changes by {matter.returned_by}.{word} {changes}"
    if last:
        return last.sentence
    if matter.cancelled:
        return "Cancelled before a vote: the proposal no longer needs it."
    return "Not reached. It waits for another meeting."


def _said(one: Voted) -> tuple[str, str]:
    chair = " (chair)" if one.chair else ""
    if one.recused:
        return _name(one) + chair, f"Recused: {one.reason}"
    return _name(one) + chair, _CHOICE[one.choice] if one.present else "Absent"
