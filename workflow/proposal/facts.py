"""What the rules of a proposal may ask, and the one statement that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from operator import itemgetter
from typing import cast

import orjson

from policies import committees, routing
from policies.document import ProposalDocument, read_document
from policies.edition import Edition
from policies.edition import load as load_edition
from policies.routing import RouteAnswer, UnsettledError
from workflow.charters import ALL
from workflow.clocks import Calendar
from workflow.facts import Actor, Facts
from workflow.reading import CORRECTION, FIRES_AT, WARNED, Common, Reading, Subject, correction


class Origin(StrEnum):
    """Where a returned proposal came from."""

    NOWHERE = "nowhere"
    CONSULTATION = "asa_consultation"
    REVIEW = "asa_review"
    COMMITTEE = "curriculum_committee"


class Way(StrEnum):
    """Which way the routing table, or a determination on it, sends the proposal."""

    OPEN = "open"
    COMMITTEE = "committee"
    ASA_ONLY = "asa_only"
    DETERMINE = "determine"
    REQUIRED = "determined_required"
    NOT_REQUIRED = "determined_not_required"


@dataclass(frozen=True, slots=True)
class Signed:
    """One sign-off: who said what, about which text."""

    kind: str
    person: str
    role: str
    version: int
    content_hash: str
    said: Mapping[str, object]
    seq: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One required change and its answer."""

    id: str
    number: int
    field: str
    asks: str
    answer: str


@dataclass(frozen=True, slots=True)
class Item:
    """One agenda item of this proposal."""

    case: str
    body: str
    state: str
    document_hash: str
    acted_on: str | None
    effective_on: str | None


@dataclass(frozen=True, kw_only=True)
class ProposalFacts(Facts):
    """A proposal as rules see it; what follows from its content is computed once, when asked."""

    kind: str
    proposer: str
    unit: str
    unit_name: str
    unit_path: tuple[str, ...]
    title: str
    title_key: str
    holds_title: bool
    #: Another open proposal or a credential in force holds this title.
    title_taken: bool
    draft: Mapping[str, object]
    draft_hash: str
    version: int
    version_hash: str
    reviewer: str | None
    origin_state: str | None
    extended: bool
    signed: tuple[Signed, ...]
    asked: tuple[Asked, ...]
    items: tuple[Item, ...]
    #: People who belong to the proposing unit, among the actor and those with an office in ASA.
    insiders: frozenset[str]
    #: State of the credential each constituent names; None where there is none.
    constituents: Mapping[str, str | None]
    #: When the state's clock fires its trigger, and how many warnings it has given.
    fires_at: datetime | None = None
    #: Charters in force, as JSON: what has changed of the committees since the data file.
    charters: tuple[str, ...] = ()
    warned: int = 0
    #: From when on whoever has it may be nudged again; None where they were not.
    nudge_again: datetime | None = None
    #: The civil day at the university.
    today: date

    @cached_property
    def document(self) -> ProposalDocument:
        """The working content, typed."""
        return read_document(self.draft)

    @cached_property
    def policy(self) -> Edition:
        """The edition this case is judged by."""
        return load_edition(self.case.edition)

    @cached_property
    def row(self) -> routing.Route | None:
        """The row of the routing table that fits; None while answers are missing."""
        try:
            return routing.route(routing.inputs_of(self.document))
        except UnsettledError:
            return None

    @cached_property
    def routing_key(self) -> str:
        """What consultation, determination and a carry depend on: basis and routing answers."""
        return routing_key(self.document)

    @cached_property
    def way(self) -> Way:
        """The way in force: the table's answer, or the determination made on the same answers."""
        if self.row is None:
            return Way.OPEN
        if self.row.answer is RouteAnswer.COMMITTEE:
            return Way.COMMITTEE
        if self.row.answer is RouteAnswer.ASA_ONLY:
            return Way.ASA_ONLY
        found = self.last("determination", routing=self.routing_key)
        if found is None:
            return Way.DETERMINE
        return Way.REQUIRED if found.said["committee_required"] == "yes" else Way.NOT_REQUIRED

    @cached_property
    def bodies(self) -> tuple[committees.Body, ...]:
        """The bodies whose say this content needs, in order; none where no committee is needed."""
        needed = self.way in {Way.COMMITTEE, Way.REQUIRED}
        if not needed:
            return ()
        return committees.in_force(self.charters).chain(self.document.audience)

    @cached_property
    def curriculum_hash(self) -> str:
        """Hash of what the bodies judge: curriculum, basis and routing answers (reading A5)."""
        return document_hash(curriculum_document(self.document))

    @cached_property
    def carried_bodies(self) -> frozenset[str]:
        """Bodies with a carried item on the text as it stands, their action date on record."""
        return frozenset(
            item.body
            for item in self.items
            if item.state == "carried"
            and item.document_hash == self.curriculum_hash
            and item.acted_on
        )

    @property
    def missing_bodies(self) -> tuple[committees.Body, ...]:
        """Bodies that still have to act, in order."""
        return tuple(body for body in self.bodies if body.id not in self.carried_bodies)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """Agenda items that have not ended."""
        ended = {"carried", "failed", "returned_item", "cancelled"}
        return tuple(item for item in self.items if item.state not in ended)

    @property
    def origin(self) -> Origin:
        """Where a return came from."""
        return Origin(self.origin_state) if self.origin_state else Origin.NOWHERE

    @property
    def effective_from(self) -> date | None:
        """The latest effective date among carried items: no credential precedes its course."""
        dates = [date.fromisoformat(i.effective_on) for i in self.items if i.effective_on]
        return max(dates, default=None)

    def last(
        self, kind: str, *, content: str | None = None, routing: str | None = None
    ) -> Signed | None:
        """The newest sign-off of a kind; on this content or these routing answers, where given."""
        for signed in reversed(self.signed):
            if signed.kind != kind or (content and signed.content_hash != content):
                continue
            if routing and signed.said.get("routing") != routing:
                continue
            return signed
        return None


def curriculum_document(document: ProposalDocument) -> dict[str, object]:
    """What a committee judges: the underlying curriculum, never the badge's design (reading A5)."""
    said = document.model_dump(mode="json", include={"curriculum_items", "basis"})
    return {**said, "routing": document.routing.model_dump(mode="json")}


def document_hash(document: Mapping[str, object]) -> str:
    """sha256 over sorted JSON of an agenda document."""
    return sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def routing_key(document: ProposalDocument) -> str:
    """A short digest of the basis and the routing answers; equal while neither changes."""
    said = document.model_dump(mode="json", include={"basis", "routing", "type"})
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


_BODIES = ", ".join(f"'{body.id}'" for body in committees.load().bodies)

_SUBJECT = f"""
SELECT json_build_object(
  'kind', p.kind, 'proposer', p.proposer, 'unit', p.unit, 'unit_name', u.name,
  'unit_path', u.path, 'title', p.title, 'title_key', p.title_key, 'holds_title', p.holds_title,
  'title_taken', EXISTS (SELECT FROM proposal o WHERE o.holds_title AND o.title_key = p.title_key
                            AND o.case_id <> p.case_id),
  'draft', p.draft, 'draft_hash', p.draft_hash, 'version', p.version,
  'version_hash', (SELECT v.content_hash FROM proposal_version v
                    WHERE v.case_id = p.case_id AND v.version = p.version),
  'reviewer', p.reviewer, 'origin_state', p.origin, 'extended', p.extended,
  'signed', (SELECT json_agg(json_build_array(f.kind, f.person, f.role, f.version, f.content_hash,
                    f.said, f.seq)) FROM sign_off f WHERE f.case_id = p.case_id),
  'asked', (SELECT json_agg(json_build_array(r.seq, r.number, r.id, r.number, r.field,
                    r.asks, r.answer)) FROM required_change r WHERE r.case_id = p.case_id),
  'items', (SELECT json_agg(json_build_array(i.position, ic.opened_at, i.case_id, i.body, ic.state,
                    i.document_hash, i.acted_on, i.effective_on))
              FROM agenda_item i JOIN cases ic ON ic.id = i.case_id WHERE i.proposal = p.case_id),
  'insiders', (SELECT json_agg(m.person)
                 FROM appointment x JOIN appointment m ON m.person = x.person
                WHERE x.role IN ('asa_officer', 'asa_director', 'avp')
                  AND m.role IN ('member', 'unit_head') AND m.scope = p.unit
                  AND m.starts <= %(now)s AND (m.ends IS NULL OR m.ends > %(now)s)),
  'constituents', CASE WHEN p.draft ? 'constituents' THEN
     (SELECT json_object_agg(n.id, (SELECT cc.state FROM cases cc
                                     WHERE cc.id = n.id AND cc.machine = 'credential'))
        FROM jsonb_array_elements_text(p.draft -> 'constituents') AS n(id)) END,
  'charters', {ALL},
  'fires_at', {FIRES_AT},
  'correction', CASE WHEN c.state IN ('curriculum_committee', 'design', 'asa_review', 'approved')
                THEN {CORRECTION} END,
  'nudged', CASE WHEN p.proposer = %(actor)s THEN
     (SELECT max(e.at) FROM entry e WHERE e.case_id = p.case_id AND e.trigger = 'nudge'
         AND e.seq >= c.entered_seq) END,
  'warned', CASE WHEN c.state IN ('draft', 'returned') THEN {WARNED} END),
  ARRAY['', p.case_id, {_BODIES}] || u.path || ARRAY(SELECT DISTINCT body FROM charter)
  FROM proposal p JOIN unit u ON u.id = p.unit WHERE p.case_id = c.id"""  # noqa: S608 - our own ids

_OPENING = """
SELECT json_build_object('unit', u.id, 'unit_name', u.name, 'unit_path', u.path),
       ARRAY[''] || u.path
  FROM unit u WHERE u.id = %(form)s::json ->> 'unit'"""


#: Business days after which whoever has a proposal may be nudged again.
NUDGE_DAYS = 5


def _nudge_again(calendar: Calendar, nudged: str | None) -> datetime | None:
    return (
        calendar.add_business_days(datetime.fromisoformat(nudged), NUDGE_DAYS) if nudged else None
    )


#: Few rows are put in order here: a sort costs the server more, even of nothing.
_INSIDE = frozenset(("member", "unit_head"))
#: Who sees a proposal from its first line.
ASA_ROLES = frozenset({"asa_officer", "asa_director", "asa_liaison", "avp"})
_FIRST_TWO, _SEQ = itemgetter(0, 1), itemgetter(6)


def may_read(facts: ProposalFacts) -> bool:
    """Whether the actor may read it: a first draft is seen by its unit and ASA alone."""
    if facts.version or facts.actor.person == facts.proposer:
        return True
    held = facts.actor.appointments
    return any(
        a.role in ASA_ROLES
        or (a.role == "member" and a.scope == facts.unit)
        or (a.role == "unit_head" and a.scope in facts.unit_path)
        for a in held
    )


def readers(facts: ProposalFacts) -> frozenset[str]:
    """People who have to do with it and may read it: whom a comment may name."""
    roles = ASA_ROLES | {"unit_head"}
    offices = {a.person for a in facts.people if facts.version or a.role in roles}
    return frozenset({*offices, facts.proposer} | ({facts.reviewer} if facts.reviewer else set()))


def _in_order(rows: list[list[object]] | None) -> list[list[object]]:
    """Rows by the two columns that they begin with."""
    return sorted(rows or (), key=_FIRST_TWO)


def _insiders(actor: Actor, unit: str, others: list[str] | None) -> frozenset[str]:
    """Those who were read, and the actor, whose own appointments are read in any case."""
    own = any(a.role in _INSIDE and a.scope == unit for a in actor.appointments)
    return frozenset((*(others or ()), *((actor.person,) if own else ())))


def _build(common: Common, subject: Subject) -> ProposalFacts:
    said = cast("Mapping[str, list[list[object]] | None]", subject)
    asked_at = cast("str | None", subject.get("fires_at"))
    unit = str(subject["unit"])
    return ProposalFacts(
        today=common.calendar.day_of(common.now),
        case=common.case, actor=common.actor, now=common.now, form=common.form,
        people=common.people, correction=correction(subject),
        kind=str(subject.get("kind", "new")),
        proposer=str(subject.get("proposer", common.actor.person)),
        unit=unit, unit_name=str(subject["unit_name"]),
        unit_path=tuple(cast("list[str]", subject["unit_path"])),
        title=str(subject.get("title", "")), title_key=str(subject.get("title_key", "")),
        holds_title=bool(subject.get("holds_title")), title_taken=bool(subject.get("title_taken")),
        draft=cast("Mapping[str, object]", subject.get("draft", {})),
        draft_hash=str(subject.get("draft_hash", "")),
        version=cast("int", subject.get("version", 0)),
        version_hash=str(subject.get("version_hash") or ""),
        reviewer=cast("str | None", subject.get("reviewer")),
        origin_state=cast("str | None", subject.get("origin_state")),
        extended=bool(subject.get("extended")),
        signed=tuple(Signed(*row) for row in sorted(said.get("signed") or (), key=_SEQ)),  # type: ignore[arg-type]
        asked=tuple(Asked(*row[2:]) for row in _in_order(said.get("asked"))),  # type: ignore[arg-type]
        items=tuple(Item(*row[2:]) for row in _in_order(said.get("items"))),  # type: ignore[arg-type]
        insiders=_insiders(common.actor, unit, cast("list[str] | None", subject.get("insiders"))),
        constituents=cast("Mapping[str, str | None]", subject.get("constituents") or {}),
        charters=tuple(cast("list[str]", subject.get("charters") or ())),
        fires_at=datetime.fromisoformat(asked_at) if asked_at else None,
        warned=cast("int", subject.get("warned") or 0),
        nudge_again=_nudge_again(common.calendar, cast("str | None", subject.get("nudged"))),
    )  # fmt: skip


READING = Reading(
    subject=_SUBJECT,
    opening=_OPENING,
    build=_build,
    roles=(
        "unit_head", "asa_officer", "asa_liaison", "asa_director", "avp", "registrar",
        "senate_office", "committee_chair", "assessor", "admin",
    ),
)  # fmt: skip
