"""A meeting as a calendar keeps it: an invitation, and its cancelling (RFC 5545, RFC 5546).

The same letter gives the same bytes. One meeting has one UID whatever becomes of it, and what is
told later has the higher SEQUENCE: the number of the entry that it tells of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress, vText

from policies.mail import load
from tasks.letters import Letter
from tasks.saying import one_line

#: What each kind of letter means to a calendar.
_METHODS: Final[Mapping[str, Literal["REQUEST", "CANCEL"]]] = {
    "meeting.agenda": "REQUEST",
    "meeting.cancelled": "CANCEL",
}


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar part of a mail: its method, and the text with CRLF line ends."""

    case: str
    method: Literal["REQUEST", "CANCEL"]
    text: str


def invitation(letter: Letter, *, sender: str, link: str) -> Invitation | None:
    """What a letter says to a calendar; None for what is no meeting, or says no time.

    `sender` is the address that mails come from, `link` that of the meeting's page. Times are in
    UTC, so no calendar has to know a zone. Whether one comes is said on the page.
    """
    method, starts = _METHODS.get(letter.kind), _instant(letter.facts.get("starts_at"))
    if method is None or starts is None:
        return None
    ends = _instant(letter.facts.get("ends_at"))
    domain = sender.rpartition("@")[2]
    event = Event()
    event.add("uid", f"{letter.case}@{domain}")
    event.add("sequence", letter.seq)
    event.add("dtstamp", letter.created_at.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", ends or starts + timedelta(minutes=load().meeting_minutes))
    event.add("summary", one_line(letter.title))
    event.add("location", one_line(str(letter.facts.get("place") or "")))
    event.add("description", f"The agenda, and whether you come: {link}")
    event.add("url", link)
    event.add("organizer", _calendar_address(sender, "Conferral"))
    event.add("attendee", _calendar_address(letter.address, one_line(letter.name), asked=True))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Conferral//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return Invitation(letter.case, method, calendar.to_ical().decode("utf-8"))


def _calendar_address(spec: str, name: str, *, asked: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{spec}")
    # A parameter's value cannot hold a quotation mark (RFC 5545, 3.2).
    address.params["CN"] = vText(name.replace('"', "'"))
    if asked:
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("NEEDS-ACTION")
        address.params["RSVP"] = vText("FALSE")
    return address


def _instant(said: object) -> datetime | None:
    """An aware instant in UTC, to the second; None for whatever is none."""
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    return at.astimezone(UTC).replace(microsecond=0)
