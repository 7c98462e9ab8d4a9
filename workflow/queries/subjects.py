"""What stands beside a case's state: sign-offs, required changes, bodies, votes, outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from workflow.queries import words
from workflow.queries.history import field_name

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class SignOff:
    """What someone put on record about a text; `stale` where the text has changed since."""

    kind: str
    who: str
    role: str
    version: int
    result: str
    at: datetime
    stale: bool

    @property
    def name(self) -> str:
        """What was signed, as the first cell of its line."""
        return words.SIGN_OFFS.get(self.kind, words.plain(self.kind))


@dataclass(frozen=True, slots=True)
class RequiredChange:
    """A change someone requires, and how it was answered."""

    id: UUID
    number: int
    field: str
    asks: str
    who: str
    at: datetime
    answer: str
    reply: str

    @property
    def about(self) -> str:
        """The field it is anchored to, as the form asks for it."""
        return field_name(self.field)


@dataclass(frozen=True, slots=True)
class Version:
    """A frozen text: its number, who froze it when, and the hash that sign-offs bind."""

    version: int
    who: str
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class BodyItem:
    """One body's item on a proposal: where it stands, and the counts once its vote is closed."""

    case: str
    body: str
    state: str
    acted_on: date | None
    yes: int
    no: int
    abstain: int
    recused: int

    @property
    def name(self) -> str:
        """The body's name."""
        return words.body(self.body) or self.body

    @property
    def counted(self) -> bool:
        """Whether its vote is closed, so that the counts may be read."""
        return self.state in {"senate_notice", "carried", "failed"} and bool(self.yes + self.no)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A member of the frozen electorate; `choice` is "" while they have not voted."""

    person: str
    who: str
    chair: bool
    recused: bool
    reason: str
    choice: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One learning outcome of an award as it stands."""

    outcome: str
    evidence: str
    state: str
    level: str
    feedback: str
    assessor: str


#: Sign-offs that bind basis and routing, not the whole text: they outlive an edit.
_ROUTED: Final = ("consultation", "determination", "scope_question", "scope_answer")

_SIGN_OFFS: Final[LiteralString] = """
SELECT f.kind, p.name AS who, f.role, f.at,
       coalesce((SELECT min(v.version) FROM proposal_version v
                  WHERE v.case_id = f.case_id AND v.content_hash = f.content_hash), f.version)
         AS version,
       coalesce(f.said ->> 'rigor', f.said ->> 'committee_required', f.said ->> 'code',
                f.said ->> 'alt', f.said ->> 'reason', f.said ->> 'note', '') AS result,
       CASE WHEN f.kind = ANY(%(routed)s) THEN f.said ->> 'routing' IS DISTINCT FROM %(routing)s
            WHEN f.kind = 'code' THEN false ELSE f.content_hash <> %(hash)s END AS stale
  FROM sign_off f JOIN person p ON p.id = f.person WHERE f.case_id = %(case)s ORDER BY f.seq DESC"""

_CHANGES: Final[LiteralString] = """
SELECT r.id, r.number, r.field, r.asks, p.name AS who, r.asked_at AS at, r.answer, r.reply
  FROM required_change r JOIN person p ON p.id = r.asked_by
 WHERE r.case_id = %(case)s AND r.answer <> 'dropped' ORDER BY r.number"""

_VERSIONS: Final[LiteralString] = """
SELECT v.version, p.name AS who, v.frozen_at AS at, v.content_hash AS hash
  FROM proposal_version v JOIN person p ON p.id = v.frozen_by
 WHERE v.case_id = %(case)s ORDER BY v.version DESC"""

_ITEMS: Final[LiteralString] = """
SELECT i.case_id AS case, i.body, c.state, i.acted_on,
       count(*) FILTER (WHERE v.choice = 'yes') AS yes,
       count(*) FILTER (WHERE v.choice = 'no') AS no,
       count(*) FILTER (WHERE v.choice = 'abstain') AS abstain,
       (SELECT count(*) FROM seat s WHERE s.case_id = i.case_id AND s.round = i.round
           AND s.recused) AS recused
  FROM agenda_item i JOIN cases c ON c.id = i.case_id
  LEFT JOIN vote v ON v.case_id = i.case_id AND v.round = i.round
 WHERE i.proposal = %(case)s GROUP BY i.case_id, c.state, c.opened_at
 ORDER BY i.position, c.opened_at"""

_BALLOTS: Final[LiteralString] = """
SELECT s.person, p.name AS who, s.chair, s.recused, s.reason, coalesce(v.choice, '') AS choice
  FROM agenda_item i JOIN seat s ON s.case_id = i.case_id AND s.round = i.round
  JOIN person p ON p.id = s.person
  LEFT JOIN vote v ON v.case_id = s.case_id AND v.person = s.person AND v.round = s.round
 WHERE i.case_id = %(case)s ORDER BY NOT s.chair, p.name"""

_OUTCOMES: Final[LiteralString] = """
SELECT r.outcome, r.evidence, r.state, r.level, r.feedback, coalesce(p.name, '') AS assessor
  FROM outcome_result r LEFT JOIN person p ON p.id = r.assessor
 WHERE r.case_id = %(case)s ORDER BY r.outcome"""


def sign_offs(connection: Rows, case: str, *, hash_now: str, routing: str) -> tuple[SignOff, ...]:
    """Sign-offs of a proposal, newest first; those on another text or routing are stale."""
    values = {"case": case, "hash": hash_now, "routing": routing, "routed": list(_ROUTED)}
    with connection.cursor(row_factory=class_row(SignOff)) as cursor:
        return tuple(cursor.execute(_SIGN_OFFS, values).fetchall())


def required_changes(connection: Rows, case: str) -> tuple[RequiredChange, ...]:
    """Changes that were required of a proposal, by number."""
    with connection.cursor(row_factory=class_row(RequiredChange)) as cursor:
        return tuple(cursor.execute(_CHANGES, {"case": case}).fetchall())


def versions(connection: Rows, case: str) -> tuple[Version, ...]:
    """Frozen texts of a proposal, newest first."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return tuple(cursor.execute(_VERSIONS, {"case": case}).fetchall())


def items(connection: Rows, case: str) -> tuple[BodyItem, ...]:
    """Agenda items of a proposal, in the order of their bodies."""
    with connection.cursor(row_factory=class_row(BodyItem)) as cursor:
        return tuple(cursor.execute(_ITEMS, {"case": case}).fetchall())


def ballots(connection: Rows, case: str) -> tuple[Ballot, ...]:
    """The roll of an agenda item's present round, the chair first."""
    with connection.cursor(row_factory=class_row(Ballot)) as cursor:
        return tuple(cursor.execute(_BALLOTS, {"case": case}).fetchall())


def outcomes(connection: Rows, case: str) -> tuple[Outcome, ...]:
    """Outcomes of an award with their evidence and result."""
    with connection.cursor(row_factory=class_row(Outcome)) as cursor:
        return tuple(cursor.execute(_OUTCOMES, {"case": case}).fetchall())


@dataclass(frozen=True, slots=True)
class OnAgenda:
    """An item on the agenda of a meeting."""

    case: str
    title: str
    section: str
    state: str
    proposal: str
    proposal_title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """A member of a committee, what they said of coming, and how they came."""

    person: str
    who: str
    rsvp: str
    note: str
    came: str


_AGENDA: Final[LiteralString] = """
SELECT i.case_id, i.title, i.section, c.state, p.case_id, p.title, u.name
  FROM unnest(%(items)s::text[]) WITH ORDINALITY AS o(item, n)
  JOIN agenda_item i ON i.case_id = o.item JOIN cases c ON c.id = i.case_id
  JOIN proposal p ON p.case_id = i.proposal JOIN unit u ON u.id = i.unit ORDER BY o.n"""

_ATTENDEES: Final[LiteralString] = """
SELECT p.id, p.name, coalesce(t.rsvp, ''), coalesce(t.note, ''), coalesce(t.came, '')
  FROM person p LEFT JOIN attendance t ON t.person = p.id AND t.case_id = %(case)s
 WHERE p.id = ANY(%(members)s) OR t.person IS NOT NULL ORDER BY p.name, p.id"""


def agenda(connection: Rows, items: Sequence[str]) -> tuple[OnAgenda, ...]:
    """Items of an agenda, in the order given."""
    found = connection.execute(_AGENDA, {"items": list(items)}).fetchall()
    return tuple(OnAgenda(*row) for row in found)  # type: ignore[arg-type]


def attendees(connection: Rows, case: str, *, members: Sequence[str]) -> tuple[Attendee, ...]:
    """Members of a committee, with what each said and how each came to one meeting."""
    found = connection.execute(_ATTENDEES, {"case": case, "members": list(members)}).fetchall()
    return tuple(Attendee(*row) for row in found)  # type: ignore[arg-type]
