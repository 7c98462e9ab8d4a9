"""What stands beside a case's state: the text, the sign-offs, the votes, the outcomes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString, cast

from psycopg import Connection

from policies import checks
from policies.document import read_document
from policies.edition import Stage
from workflow.agenda_item.facts import AgendaFacts
from workflow.award.facts import AwardFacts
from workflow.credential.facts import CredentialFacts
from workflow.facts import Facts
from workflow.forecast import forecast
from workflow.meeting.facts import MeetingFacts
from workflow.proposal.facts import ProposalFacts, Way
from workflow.queries import subjects, words
from workflow.queries.comments import Thread, threads
from workflow.queries.overlap import Alike, overlap
from workflow.queries.people import Person
from workflow.queries.text import TextPart, agenda_text, readable

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """What stands beside a proposal's state."""

    text: tuple[TextPart, ...]
    unmet: tuple[checks.Unmet, ...]
    met: int
    changes: tuple[subjects.RequiredChange, ...]
    sign_offs: tuple[subjects.SignOff, ...]
    items: tuple[subjects.BodyItem, ...]
    versions: tuple[subjects.Version, ...]
    route: str
    mine: bool
    comments: tuple[Thread, ...]
    #: Micro-credentials that are like it, for whoever writes or consults.
    alike: tuple[Alike, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    """What stands beside an agenda item's state; the roll is shown once the vote is closed."""

    proposal: str
    body: str
    text: tuple[TextPart, ...]
    meeting_on: date | None
    mode: str
    roll: tuple[subjects.Ballot, ...]
    voted: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One outcome of an award: what it asks, what was handed in, how it was judged."""

    number: int
    statement: str
    threshold: str
    evidence: str
    state: str
    level: str
    feedback: str
    assessor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardView:
    """What stands beside an award's state."""

    learner: str
    mine: bool
    credential: str
    outcomes: tuple[Shown, ...]
    met: int
    reflection: tuple[tuple[str, str], ...]
    number: str
    #: Who sees its public page: with the file, with the name, or nobody.
    published: bool
    name_shown: bool
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """What stands beside a credential in force."""

    proposal: str
    version: int
    text: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """What stands beside a meeting's state: the agenda in its order, and who comes."""

    body: str
    held_on: date
    starts_at: datetime
    place: str
    published_at: datetime | None
    agenda: tuple[subjects.OnAgenda, ...]
    attending: tuple[subjects.Attendee, ...]
    #: Whether there will be a quorum, in a sentence; "" once the roll is taken, and before.
    forecast: str = ""

    def section(self, name: str) -> tuple[subjects.OnAgenda, ...]:
        """The items of one section."""
        return tuple(one for one in self.agenda if one.section == name)


Beside = ProposalView | AgendaView | AwardView | CredentialView | MeetingView


_REFLECTION: Final[LiteralString] = """
SELECT pathway, personal_growth, professional_growth, feedback FROM reflection
 WHERE case_id = %(case)s"""


#: States in which someone asks whether this is there already.
_COMPARED = frozenset({"draft", "returned", "asa_consultation"})


def beside(connection: Rows, facts: Facts, person: Person) -> Beside:
    """What stands beside the state of a case, as a person sees it."""
    match facts:
        case ProposalFacts():
            return _of_proposal(connection, facts, person)
        case AgendaFacts():
            return _of_item(connection, facts)
        case AwardFacts():
            return _of_award(connection, facts, person)
        case MeetingFacts():
            return _of_meeting(connection, facts)
        case CredentialFacts():
            text = readable(read_document(dict(facts.content)))
            return CredentialView(proposal=facts.proposal, version=facts.version, text=text)
    raise TypeError(f"there is no page for {type(facts).__name__}")


def _of_proposal(connection: Rows, facts: ProposalFacts, person: Person) -> ProposalView:
    case, edition, row = facts.case, facts.policy, facts.row
    stage = stage_of(case.state)
    return ProposalView(
        text=readable(facts.document),
        unmet=checks.unmet(facts.document, stage=stage, edition=edition),
        met=len(checks.met(facts.document, stage=stage, edition=edition)),
        changes=subjects.required_changes(connection, case.id),
        sign_offs=subjects.sign_offs(
            connection, case.id, hash_now=facts.draft_hash, routing=facts.routing_key
        ),
        items=subjects.items(connection, case.id),
        versions=subjects.versions(connection, case.id),
        route=f"{row.note} Row {row.row} of the routing table." if row else "",
        mine=facts.proposer == person.id,
        comments=threads(connection, case.id, facts.document),
        alike=overlap(connection, case.id) if case.state in _COMPARED else (),
    )


def _of_item(connection: Rows, facts: AgendaFacts) -> AgendaView:
    statement = "SELECT document FROM agenda_item WHERE case_id = %s"
    found = connection.execute(statement, (facts.case.id,)).fetchone()
    document = cast("dict[str, object]", found[0] if found else {})
    return AgendaView(
        proposal=facts.proposal, body=facts.body.name, text=agenda_text(document),
        meeting_on=facts.meeting_on, mode=facts.mode, voted=len(facts.votes),
        roll=subjects.ballots(connection, facts.case.id),
        closed=facts.case.state not in {"queued", "scheduled", "open"},
    )  # fmt: skip


def _of_meeting(connection: Rows, facts: MeetingFacts) -> MeetingView:
    return MeetingView(
        body=facts.body.name, held_on=facts.held_on, starts_at=facts.starts_at, place=facts.place,
        published_at=facts.published_at,
        agenda=subjects.agenda(connection, [one.item for one in facts.in_order]),
        attending=subjects.attendees(connection, facts.case.id, members=facts.members),
        forecast=_forecast(facts),
    )  # fmt: skip


def _forecast(facts: MeetingFacts) -> str:
    rules, taken = facts.body.voting, any(one.came for one in facts.attending.values())
    if rules is None or facts.case.state != "published" or taken:
        return ""
    answers = {person: said.rsvp for person, said in facts.attending.items()}
    return forecast(rules, facts.members, answers=answers, alternates=facts.alternates).says


def _of_award(connection: Rows, facts: AwardFacts, person: Person) -> AwardView:
    kept = {one.outcome: one for one in subjects.outcomes(connection, facts.case.id)}
    reflected = connection.execute(_REFLECTION, {"case": facts.case.id}).fetchone()
    asked = ("Pathway", "Personal growth", "Professional growth", "Feedback")
    told = zip(asked, cast("tuple[str, ...]", reflected or ()), strict=False)
    shown = tuple(_shown(facts, number, kept) for number in range(1, len(facts.outcomes) + 1))
    return AwardView(
        learner=facts.learner_name, mine=facts.learner == person.id,
        credential=facts.credential, outcomes=shown,
        met=sum(one.state == "met" for one in shown),
        reflection=tuple((name, text) for name, text in told if text),
        number=public_number(facts.credential_id or "") if facts.signed else "",
        published=facts.published, name_shown=facts.name_shown, hidden=facts.hidden,
    )  # fmt: skip


def _shown(facts: AwardFacts, number: int, kept: dict[str, subjects.Outcome]) -> Shown:
    outcome = facts.outcomes[number - 1]
    result = kept.get(outcome.id)
    return Shown(
        number=number, statement=outcome.statement, threshold=outcome.threshold,
        evidence=result.evidence if result else "", state=result.state if result else "",
        level=result.level if result else "", feedback=result.feedback if result else "",
        assessor=result.assessor if result else "",
    )  # fmt: skip


def public_number(credential_id: str) -> str:
    """The part of a credential's public address that varies."""
    return credential_id.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def stage_of(state: str) -> Stage:
    """What is asked of a proposal's text in a state: the concept, and all of it from design on."""
    early = {"draft", "asa_consultation", "curriculum_committee"}
    return Stage.CONCEPT if state in early else Stage.DESIGN


def named(facts: Facts) -> tuple[str, str]:
    """(title, what it is about in a line) of a case."""
    match facts:
        case ProposalFacts():
            kind = words.plain(facts.document.type).lower() if facts.document.type else ""
            return facts.title or "Untitled proposal", ", ".join(
                filter(None, (kind, facts.unit_name))
            )
        case AgendaFacts():
            return facts.proposal_title, facts.body.name
        case MeetingFacts():
            return f"{facts.body.name}, {facts.held_on:%a %-d %b %Y}", facts.place
        case AwardFacts():
            return facts.title, f"{words.plain(facts.type).lower()}, {facts.learner_name}"
        case CredentialFacts():
            return facts.title, words.plain(facts.type).lower()
    return facts.case.id, ""


def learner(facts: Facts) -> str:
    """Whose award it is; "" for what is no award."""
    return facts.learner_name if isinstance(facts, AwardFacts) else ""


def skipped(facts: Facts) -> frozenset[str]:
    """Steps that this case will not go through: the committee, where none has to act."""
    if isinstance(facts, ProposalFacts) and facts.way in {Way.ASA_ONLY, Way.NOT_REQUIRED}:
        return frozenset({"curriculum_committee"})
    if isinstance(facts, AgendaFacts) and not facts.body.reports_to_senate:
        return frozenset({"senate_notice"})
    return frozenset()
