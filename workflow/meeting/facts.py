"""What the rules of a meeting may ask, and the statements that read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple, cast

from workflow.bodies import BodyFacts
from workflow.charters import charter_of
from workflow.clocks import Calendar
from workflow.reading import FIRES_AT, Common, Reading, Subject

#: The agenda is public at least so many days before the meeting.
NOTICE_DAYS = 7


class Placed(NamedTuple):
    """An item that is placed for this meeting, and how it is voted on ("" before the vote)."""

    item: str
    section: str
    title: str
    state: str
    mode: str


class Attending(NamedTuple):
    """What a member said of coming (yes, no, remote, ""), and how they came (room, remote, "")."""

    rsvp: str
    came: str


@dataclass(frozen=True, kw_only=True)
class MeetingFacts(BodyFacts):
    """A meeting as rules see it."""

    held_on: date
    starts_at: datetime
    place: str
    published_at: datetime | None
    #: The order of items as the chair set it, then as it was frozen.
    agenda: tuple[str, ...]
    #: What is placed for this day, in any state but cancelled.
    placed: tuple[Placed, ...]
    attending: Mapping[str, Attending]
    #: Other meetings of this body that are not cancelled, by day.
    others: frozenset[date]
    fires_at: datetime | None
    calendar: Calendar

    @cached_property
    def in_order(self) -> tuple[Placed, ...]:
        """What is placed, in the order that was set; what was placed since comes last."""
        rank = {item: n for n, item in enumerate(self.agenda)}
        return tuple(sorted(self.placed, key=lambda one: rank.get(one.item, len(rank))))

    @property
    def waiting(self) -> tuple[Placed, ...]:
        """What is placed and not voted on yet."""
        return tuple(one for one in self.placed if one.state == "scheduled")


_ATTENDING = """
  'attending', (SELECT json_object_agg(t.person, json_build_array(t.rsvp, t.came))
                  FROM attendance t WHERE t.case_id = m.case_id)"""

_PLACED = """
  'placed', (SELECT json_agg(json_build_array(i.case_id, i.section, i.title, ic.state,
                                              i.mode)
                             ORDER BY length(i.case_id), i.case_id)
               FROM agenda_item i JOIN cases ic ON ic.id = i.case_id
              WHERE i.body = m.body AND i.meeting_on = m.held_on AND ic.state <> 'cancelled')"""

_SUBJECT = f"""
SELECT json_build_object(
  'body_id', m.body, 'held_on', m.held_on, 'starts_at', m.starts_at, 'place', m.place,
  'published_at', m.published_at, 'agenda', m.agenda, {_ATTENDING}, {_PLACED},
  'charter', {charter_of("m.body")}, 'fires_at', {FIRES_AT}),
  ARRAY['', m.body]
  FROM meeting m WHERE m.case_id = c.id"""  # noqa: S608 - our own words

_OPENING = f"""
SELECT json_build_object('body_id', f.said ->> 'body', 'held_on', f.said ->> 'held_on',
         'others', (SELECT json_agg(m.held_on) FROM meeting m
                     WHERE m.body = f.said ->> 'body' AND NOT m.cancelled),
         'charter', {charter_of("f.said ->> 'body'")}),
       ARRAY['', f.said ->> 'body']
  FROM (SELECT %(form)s::json) AS f(said)"""  # noqa: S608 - our own words


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _build(common: Common, subject: Subject) -> MeetingFacts:
    attending = cast("Mapping[str, list[str]]", subject.get("attending") or {})
    placed = cast("list[list[str]]", subject.get("placed") or [])
    others = cast("list[str]", subject.get("others") or [])
    return MeetingFacts(
        case=common.case, actor=common.actor, now=common.now, form=common.form,
        people=common.people, calendar=common.calendar,
        body_id=str(subject["body_id"]), held_on=date.fromisoformat(str(subject["held_on"])),
        starts_at=_instant(subject.get("starts_at")) or common.now,
        place=str(subject.get("place") or ""), published_at=_instant(subject.get("published_at")),
        agenda=tuple(cast("list[str]", subject.get("agenda") or ())),
        placed=tuple(Placed(*row) for row in placed),
        attending={person: Attending(*said) for person, said in attending.items()},
        others=frozenset(date.fromisoformat(day) for day in others),
        fires_at=_instant(subject.get("fires_at")),
        charter=cast("str | None", subject.get("charter")),
    )  # fmt: skip


READING = Reading(
    subject=_SUBJECT,
    opening=_OPENING,
    build=_build,
    roles=(
        "committee_chair",
        "committee_vice_chair",
        "committee_member",
        "committee_alternate",
        "senate_office",
    ),
)
