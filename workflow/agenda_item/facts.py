"""What the rules of an agenda item may ask, and the one statement that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import cast

from policies import committees
from policies.committees import SameUnit, VotingRules
from workflow.agenda_item.forms import CloseVote
from workflow.ballot import Ballot, Outcome, Tally, tally
from workflow.ballot import Choice as Vote
from workflow.bodies import BodyFacts
from workflow.charters import charter_of
from workflow.clocks import Calendar
from workflow.reading import FIRES_AT, Common, Reading, Subject


class Result(StrEnum):
    """What the count means for the item."""

    CARRIED = "carried"
    CARRIED_TO_SENATE = "carried_to_senate"
    NOT_CARRIED = "not_carried"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Seated:
    """One seat: a member of the electorate as frozen, or a recusal declared before (round 0)."""

    person: str
    round: int
    present: bool
    chair: bool
    recused: bool
    reason: str
    stands_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgendaFacts(BodyFacts):
    """An agenda item as rules see it."""

    proposal: str
    proposal_title: str
    proposer: str
    unit: str
    position: int
    document_hash: str
    meeting_on: date | None
    section: str
    noticed_at: datetime | None
    #: Its meeting, where the committee plans them here; "" where placing it is publishing it.
    meeting: str = ""
    #: Days on which this committee meets, ahead or today, and whether that agenda is public.
    meetings: Mapping[date, bool] = field(default_factory=dict)
    #: Who is there, where the roll of its meeting is taken.
    roll: tuple[str, ...] = ()
    notice_waived: bool
    mode: str
    opened_at: datetime | None
    closes_at: datetime | None
    round: int
    seats: tuple[Seated, ...]
    #: Votes of the present round: person -> (choice, document hash).
    votes: Mapping[str, tuple[str, str]]
    #: Bodies before this one whose item has not ended.
    waiting_for: tuple[str, ...]
    #: Members of the body who belong to the proposing unit.
    same_unit: frozenset[str]
    #: The voting rules pinned when voting opened, as JSON.
    pinned: str | None = None
    bulletin_mailed: bool
    fires_at: datetime | None
    calendar: Calendar

    @cached_property
    def rules(self) -> VotingRules:
        """By what a vote is judged: the rules as they were when it opened, else those in force."""
        if self.pinned:
            return committees.rules_of(self.pinned)
        return self.body.voting or committees.load().voting

    @cached_property
    def chairs(self) -> frozenset[str]:
        """Whoever holds the chair."""
        return frozenset(
            a.person for a in self.people
            if a.role == "committee_chair" and a.on_behalf_of is None
        )  # fmt: skip

    @cached_property
    def recused(self) -> Mapping[str, str]:
        """Who is recused and why: declared, forced, or by the rules (the proposer always)."""
        found = {s.person: s.reason for s in self.seats if s.recused and s.round in {0, self.round}}
        if self.proposer in self.members or self.proposer in self.alternates:
            found.setdefault(self.proposer, "Proposes this item.")
        if self.rules.same_unit is SameUnit.EXCLUDE:
            for person in self.same_unit:
                found.setdefault(person, "Belongs to the proposing unit.")
        return found

    @cached_property
    def ballot(self) -> Ballot:
        """The ballot of the present round: the electorate as it was frozen, and the votes."""
        seats = [seat for seat in self.seats if seat.round == self.round and self.round]
        chair = next((seat.person for seat in seats if seat.chair), None)
        present = (
            frozenset(s.person for s in seats if s.present) if self.mode == "meeting" else None
        )
        return Ballot(
            rules=self.rules,
            seats=len({seat.stands_for or seat.person for seat in seats}),
            electorate=tuple(seat.person for seat in seats),
            present=present,
            chair=chair,
            recused={s.person: s.reason for s in seats if s.recused},
            votes={person: Vote(choice) for person, (choice, _) in self.votes.items()},
            document_hash=self.document_hash,
        )

    @cached_property
    def tally(self) -> Tally:
        """The count as it stands, with the chair's casting vote where one is given."""
        casting = self.form.casting if isinstance(self.form, CloseVote) else None
        return tally(self.ballot, casting=Vote(casting.value) if casting else None)

    @property
    def result(self) -> Result:
        """What the count means: the outcome, and whether the body reports to the Senate."""
        if self.tally.outcome is Outcome.NO_QUORUM:
            return Result.NO_QUORUM
        if self.tally.outcome is Outcome.NOT_CARRIED:
            return Result.NOT_CARRIED
        return Result.CARRIED_TO_SENATE if self.body.reports_to_senate else Result.CARRIED


_SUBJECT = f"""
SELECT json_build_object(
  'proposal', i.proposal, 'proposal_title', p.title, 'proposer', p.proposer, 'unit', p.unit,
  'body_id', i.body, 'position', i.position, 'document_hash', i.document_hash,
  'meeting_on', i.meeting_on, 'section', i.section, 'meeting', m.case_id,
  'noticed_at', CASE WHEN m.case_id IS NULL THEN i.noticed_at
                     WHEN m.published_at IS NULL THEN NULL
                     ELSE greatest(m.published_at, i.noticed_at) END,
  'meetings', (SELECT json_object_agg(w.held_on, w.published_at IS NOT NULL) FROM meeting w
                WHERE w.body = i.body AND NOT w.cancelled
                  AND w.held_on >= (%(now)s::timestamptz - interval '2 days')::date),
  'roll', (SELECT json_agg(t.person ORDER BY t.person) FROM attendance t
            WHERE t.case_id = m.case_id AND t.came <> ''),
  'notice_waived', i.notice_waived, 'mode', i.mode, 'opened_at', i.opened_at,
  'closes_at', i.closes_at, 'round', i.round,
  'seats', (SELECT json_agg(json_build_array(t.person, t.round, t.present, t.chair, t.recused,
                   t.reason, t.stands_for) ORDER BY t.person)
              FROM seat t WHERE t.case_id = i.case_id AND t.round IN (0, i.round)),
  'votes', (SELECT json_object_agg(v.person, json_build_array(v.choice, v.document_hash))
              FROM vote v WHERE v.case_id = i.case_id AND v.round = i.round),
  'waiting_for', (SELECT json_agg(b.body ORDER BY b.position)
                    FROM agenda_item b JOIN cases bc ON bc.id = b.case_id
                   WHERE b.proposal = i.proposal AND b.position < i.position
                     AND bc.state IN ('queued', 'scheduled', 'open', 'senate_notice')),
  'same_unit', (SELECT json_agg(DISTINCT m.person) FROM appointment m
                 WHERE m.role IN ('member', 'unit_head') AND m.scope = p.unit
                   AND m.starts <= %(now)s AND (m.ends IS NULL OR m.ends > %(now)s)),
  'charter', {charter_of("i.body")}, 'pinned', i.rules::text,
  'bulletin_mailed', EXISTS (SELECT FROM notification n WHERE n.case_id = i.case_id
                   AND n.kind = 'agenda_item.bulletin' AND n.state = 'sent'),
  'fires_at', {FIRES_AT}),
  ARRAY['', i.body]
  FROM agenda_item i JOIN proposal p ON p.case_id = i.proposal
  LEFT JOIN meeting m ON m.body = i.body AND m.held_on = i.meeting_on AND NOT m.cancelled
 WHERE i.case_id = c.id"""  # noqa: S608 - our own words

_OPENING = f"""
SELECT json_build_object('proposal', p.case_id, 'proposal_title', p.title, 'proposer', p.proposer,
         'unit', p.unit, 'body_id', f.said ->> 'body', 'position', f.said -> 'position',
         'document_hash', f.said ->> 'document_hash',
         'charter', {charter_of("f.said ->> 'body'")}), ARRAY['', f.said ->> 'body']
  FROM proposal p, (SELECT %(form)s::json) AS f(said)
 WHERE p.case_id = f.said ->> 'proposal'"""  # noqa: S608 - our own words


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _build(common: Common, subject: Subject) -> AgendaFacts:
    meeting = subject.get("meeting_on")
    seats = cast("list[list[object]]", subject.get("seats") or [])
    votes = cast("Mapping[str, list[str]]", subject.get("votes") or {})
    return AgendaFacts(
        case=common.case, actor=common.actor, now=common.now, form=common.form,
        people=common.people, calendar=common.calendar,
        proposal=str(subject["proposal"]), proposal_title=str(subject["proposal_title"]),
        proposer=str(subject["proposer"]), unit=str(subject["unit"]),
        body_id=str(subject["body_id"]), position=cast("int", subject["position"]),
        document_hash=str(subject["document_hash"]),
        meeting_on=date.fromisoformat(str(meeting)) if meeting else None,
        section=str(subject.get("section") or ""), noticed_at=_instant(subject.get("noticed_at")),
        meeting=str(subject.get("meeting") or ""),
        meetings={
            date.fromisoformat(day): public
            for day, public in cast("Mapping[str, bool]", subject.get("meetings") or {}).items()
        },
        roll=tuple(cast("list[str]", subject.get("roll") or ())),
        notice_waived=bool(subject.get("notice_waived")), mode=str(subject.get("mode") or ""),
        opened_at=_instant(subject.get("opened_at")), closes_at=_instant(subject.get("closes_at")),
        round=cast("int", subject.get("round") or 0),
        seats=tuple(Seated(*row) for row in seats),  # type: ignore[arg-type]
        votes={person: (row[0], row[1]) for person, row in votes.items()},
        waiting_for=tuple(cast("list[str]", subject.get("waiting_for") or ())),
        same_unit=frozenset(cast("list[str]", subject.get("same_unit") or ())),
        charter=cast("str | None", subject.get("charter")),
        pinned=cast("str | None", subject.get("pinned")),
        bulletin_mailed=bool(subject.get("bulletin_mailed")),
        fires_at=_instant(subject.get("fires_at")),
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
        "signer",
        "senate_office",
    ),
)
