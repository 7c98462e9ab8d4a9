"""What happened at a meeting, as it is kept: the meeting, who came, its items and their votes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, LiteralString, cast

from psycopg import Connection
from psycopg.rows import class_row

from workflow.ballot import quorum_needed
from workflow.charters import committees_at
from workflow.happened import (
    Asked,
    Attended,
    Happened,
    Happening,
    Matter,
    Voted,
    Voting,
    asked_changes,
    at_meeting,
)
from workflow.queries.history import field_name
from workflow.queries.text import agenda_text

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class _Meeting:
    case: str
    body: str
    state: str
    held_on: date
    starts_at: datetime
    place: str
    published_at: datetime | None
    agenda: list[str]
    presided: str
    approved_by: str
    approved_at: datetime | None
    remarks: str


_MEETING: Final[LiteralString] = """
SELECT m.case_id AS case, m.body, c.state, m.held_on, m.starts_at, m.place, m.published_at,
       m.agenda, coalesce(rp.name, '') AS presided, coalesce(ap.name, '') AS approved_by,
       a.at AS approved_at, coalesce(a.form ->> 'remarks', '') AS remarks
  FROM meeting m JOIN cases c ON c.id = m.case_id
  LEFT JOIN LATERAL (SELECT e.actor FROM entry e WHERE e.case_id = m.case_id
                        AND e.trigger = 'take_roll' ORDER BY e.seq DESC LIMIT 1) r ON true
  LEFT JOIN person rp ON rp.id = r.actor
  LEFT JOIN entry a ON a.case_id = m.case_id AND a.trigger = 'approve_minutes'
  LEFT JOIN person ap ON ap.id = a.actor
 WHERE m.case_id = %(case)s"""

#: Members of the committee on that day, and whoever else stands on the roll.
_ATTENDED: Final[LiteralString] = """
SELECT p.name, coalesce(t.rsvp, '') AS rsvp, coalesce(t.came, '') AS came,
       coalesce(a.stands_for, '') AS stands_for, coalesce(a.seated, false) AS seated
  FROM person p LEFT JOIN attendance t ON t.person = p.id AND t.case_id = %(case)s
  LEFT JOIN (SELECT x.person, bool_or(x.role <> 'committee_alternate') AS seated,
                    max(f.name) AS stands_for
               FROM appointment x LEFT JOIN person f ON f.id = x.stands_for
              WHERE x.scope = %(body)s AND x.on_behalf_of IS NULL AND x.starts <= %(at)s
                AND (x.ends IS NULL OR x.ends > %(at)s) AND x.role IN ('committee_chair',
                    'committee_member', 'committee_alternate') GROUP BY x.person) a
    ON a.person = p.id
 WHERE coalesce(a.seated, false) OR coalesce(t.came, '') <> '' ORDER BY p.name, p.id"""


@dataclass(frozen=True, slots=True)
class _Seated:
    name: str
    rsvp: str
    came: str
    stands_for: str
    seated: bool


@dataclass(frozen=True, slots=True)
class _Item:
    item: str
    proposal: str
    proposal_title: str
    title: str
    unit: str
    section: str
    document_hash: str
    document: dict[str, object]
    tally: dict[str, object] | None
    acted_on: date | None
    state: str
    history: list[list[object]]
    objections_until: datetime | None


_ITEMS: Final[LiteralString] = """
SELECT i.case_id AS item, i.proposal, q.title AS proposal_title, i.title, u.name AS unit,
       i.section, i.document_hash, i.document, i.tally, i.acted_on, c.state,
       (SELECT json_agg(json_build_array(e.trigger, coalesce(p.name, e.actor), e.at, e.form,
                        e.to_state) ORDER BY e.seq)
          FROM entry e LEFT JOIN person p ON p.id = e.actor WHERE e.case_id = i.case_id) AS history,
       (SELECT max(d.fires_at) FROM deadline d WHERE d.case_id = i.case_id AND d.does = 'fire'
           AND d.of_state = 'senate_notice' AND d.state = 'armed') AS objections_until
  FROM agenda_item i JOIN cases c ON c.id = i.case_id JOIN unit u ON u.id = i.unit
  JOIN proposal q ON q.case_id = i.proposal
 WHERE i.body = %(body)s AND EXISTS (
         SELECT FROM entry e WHERE e.case_id = i.case_id AND e.trigger = 'place_on_agenda'
            AND e.form ->> 'meeting_on' = %(day)s)
 ORDER BY array_position(%(agenda)s::text[], i.case_id) NULLS LAST, length(i.case_id), i.case_id"""

_ROLLS: Final[LiteralString] = """
SELECT s.case_id, s.round, p.name, s.chair, s.recused, s.reason, coalesce(v.choice, ''),
       s.present, coalesce(f.name, '')
  FROM seat s JOIN person p ON p.id = s.person LEFT JOIN person f ON f.id = s.stands_for
  LEFT JOIN vote v ON v.case_id = s.case_id AND v.person = s.person AND v.round = s.round
 WHERE s.case_id = ANY(%(items)s) ORDER BY s.chair DESC, p.name, p.id"""

Rolls = Mapping[tuple[str, int], tuple[Voted, ...]]


def happened(connection: Rows, case: str) -> Happened | None:
    """Everything that happened at a meeting, up to now; None where there is no such meeting."""
    with connection.cursor(row_factory=class_row(_Meeting)) as cursor:
        meeting = cursor.execute(_MEETING, {"case": case}).fetchone()
    if meeting is None:
        return None
    body = committees_at(connection, meeting.starts_at).body(meeting.body)
    asked = {"case": case, "body": meeting.body, "at": meeting.starts_at,
             "day": meeting.held_on.isoformat(), "agenda": meeting.agenda}  # fmt: skip
    with connection.cursor(row_factory=class_row(_Seated)) as cursor:
        seated = cursor.execute(_ATTENDED, asked).fetchall()
    with connection.cursor(row_factory=class_row(_Item)) as cursor:
        items = cursor.execute(_ITEMS, asked).fetchall()
    rolls = _rolls(connection, [one.item for one in items])
    members = sum(one.seated for one in seated)
    return Happened(
        case=case, body_name=body.name, reports_to_senate=body.reports_to_senate,
        state=meeting.state, held_on=meeting.held_on, starts_at=meeting.starts_at,
        place=meeting.place, published_at=meeting.published_at, presided=meeting.presided,
        quorum=quorum_needed(body.voting, eligible=members, seats=members) if body.voting else 0,
        members=members, attended=tuple(map(_attended, seated)),
        matters=tuple(_matter(one, meeting.held_on, rolls) for one in items),
        remarks=meeting.remarks, approved_by=meeting.approved_by, approved_at=meeting.approved_at,
    )  # fmt: skip


def _attended(one: _Seated) -> Attended:
    of = "" if one.seated else one.stands_for
    return Attended(name=one.name, rsvp=one.rsvp, came=one.came, stands_for=of)


def _rolls(connection: Rows, items: Sequence[str]) -> Rolls:
    found: dict[tuple[str, int], tuple[Voted, ...]] = {}
    for row in connection.execute(_ROLLS, {"items": list(items)}).fetchall():
        item, number, name, chair, recused, reason, choice, present, of = row
        voted = Voted(
            name=str(name), chair=bool(chair), recused=bool(recused), reason=str(reason),
            choice=str(choice), present=bool(present), stands_for=str(of),
        )  # fmt: skip
        key = (str(item), cast("int", number))
        found[key] = (*found.get(key, ()), voted)
    return found


def _matter(item: _Item, day: date, rolls: Rolls) -> Matter:
    """What became of an item at the meeting of a day."""
    history = [_happening(row) for row in item.history]
    text = tuple((f.label, f.words) for part in agenda_text(item.document) for f in part.fields)
    before = tuple((v.name, v.reason) for v in rolls.get((item.item, 0), ()))
    matter = Matter(
        item=item.item, proposal=item.proposal, proposal_title=item.proposal_title,
        title=item.title, unit=item.unit, section=item.section, text=text,
        document_hash=item.document_hash, recused_before=before,
        cancelled=item.state == "cancelled", objections_until=item.objections_until,
        carried_on=item.acted_on,
    )  # fmt: skip
    here = list(at_meeting(history, day))
    for _, one in here:
        matter = _told(matter, one)
    return replace(matter, votings=tuple(_votings(item, here, rolls)))


def _told(matter: Matter, one: Happening) -> Matter:
    """The matter, with what one entry adds to it."""
    form = cast("Mapping[str, str]", one.form)
    match one.trigger:
        case "place_on_agenda":
            return replace(
                matter, section=form["section"], late=form.get("late_waiver", ""), pulled_by=""
            )
        case "pull_from_consent":
            return replace(
                matter, section="discussion", pulled_by=one.actor, pulled_why=form.get("reason", "")
            )
        case "waive_notice":
            cast_for, votes = one.form["in_favor"], one.form["voting"]
            return replace(matter, waived=(cast("int", cast_for), cast("int", votes)))
        case "return_item":
            changes = (Asked(field_name(c.field), c.asks) for c in asked_changes(one.form))
            return replace(
                matter, returned_by=one.actor, message=form.get("message", ""),
                changes=tuple(changes),
            )  # fmt: skip
    return matter


def _votings(item: _Item, here: Sequence[tuple[int, Happening]], rolls: Rolls) -> Iterator[Voting]:
    tally = item.tally or {}
    for number, opened in here:
        if opened.trigger != "open_vote":
            continue
        closed = next((o for n, o in here if n == number and o.trigger == "close_vote"), None)
        roll = rolls.get((item.item, number), ())
        counted = closed is not None and tally.get("round") == number
        yield Voting(
            mode=str(opened.form["mode"]), opened_at=opened.at,
            closed_at=closed.at if closed else None, roll=roll,
            sentence=str(tally["sentence"]) if counted else _uncounted(closed, roll),
            carried=counted and tally["outcome"] == "carried",
        )  # fmt: skip


def _uncounted(closed: Happening | None, roll: Sequence[Voted]) -> str:
    """A vote that is open, was ended by a return, or had no quorum and was taken again."""
    if closed is None:
        return "The vote was not closed."
    said = sum(bool(one.choice) and not one.recused for one in roll)
    return f"No result: {said} voted, which is no quorum."


def _happening(row: list[object]) -> Happening:
    trigger, actor, at, form, to_state = row
    return Happening(
        str(trigger), str(actor), datetime.fromisoformat(str(at)),
        cast("Mapping[str, object]", form), str(to_state),
    )  # fmt: skip
