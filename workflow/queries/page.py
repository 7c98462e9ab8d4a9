"""The page of one case: what it is, who has it, what may be done and why not, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString, cast

from psycopg import Connection
from psycopg.rows import class_row

from policies import checks
from policies.document import ProposalDocument, read_document
from policies.edition import Stage
from workflow.agenda_item.facts import AgendaFacts
from workflow.award.facts import AwardFacts
from workflow.credential.facts import CredentialFacts
from workflow.decide import choices
from workflow.definition import Definition
from workflow.engine import Engine, MachineInForce
from workflow.facts import SYSTEM, TIMER, Facts
from workflow.forms import Form, NoInput
from workflow.proposal.facts import ProposalFacts, Way
from workflow.queries import subjects, words
from workflow.queries.history import Line, history
from workflow.queries.path import Stay, Step, path
from workflow.queries.people import Person
from workflow.queries.sight import may_see
from workflow.queries.text import TextPart, readable
from workflow.queries.work import Due, due
from workflow.reading import Wanted, read_case
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: What is said here is kept elsewhere, or is not for the history: a vote while voting is open.
UNTOLD: Final = frozenset({"submit_evidence", "submit_reflection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has something of the case now: one person, or whoever holds a role."""

    asks: str
    who: str
    role: str
    since: datetime
    due: Due
    yours: bool
    #: The state's own turn, not something asked beside it.
    main: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a clock will do when nobody acts."""

    at: datetime
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One action: possible with what follows, or not yet with every reason; `form` is its input."""

    trigger: str
    label: str
    effect: str
    enabled: bool
    yours: bool
    reasons: tuple[Reason, ...]
    form: type[Form]

    @property
    def asks_nothing(self) -> bool:
        """Whether it needs no words."""
        return self.form is NoInput


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    """What stands beside an agenda item's state; the roll is shown once the vote is closed."""

    proposal: str
    body: str
    text: tuple[TextPart, ...]
    meeting_on: object
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """What stands beside a credential in force."""

    proposal: str
    version: int
    text: tuple[TextPart, ...]


Beside = ProposalView | AgendaView | AwardView | CredentialView


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the page of a case says. History is newest first."""

    id: str
    machine: str
    noun: str
    title: str
    about: str
    state: str
    state_says: str
    ends: bool
    entered_at: datetime
    revision: int
    path: tuple[Step, ...]
    holders: tuple[Holder, ...]
    alarms: tuple[Alarm, ...]
    choices: tuple[Choice, ...]
    history: tuple[Line, ...]
    beside: Beside
    facts: Facts

    @property
    def turn(self) -> Holder | None:
        """Who has the case itself."""
        return next((holder for holder in self.holders if holder.main), None)

    @property
    def yours(self) -> tuple[Holder, ...]:
        """What of it waits for the reader."""
        return tuple(holder for holder in self.holders if holder.yours)

    def choice(self, trigger: str) -> Choice | None:
        """One action of the present state."""
        return next((choice for choice in self.choices if choice.trigger == trigger), None)


def case_page(engine: Engine, case: str, person: Person) -> CasePage | None:
    """The page of a case for a person; None when there is none, or none that they may see."""
    machine = engine.machine_of(case)
    if machine is None:
        return None
    with engine.connect() as connection:
        if not may_see(connection, person, case):
            return None
        facts = read_facts(engine, connection, machine, case=case, person=person.id)
        return (
            _Page(engine, connection, machine.definition, facts, person).whole() if facts else None
        )


def read_facts(
    engine: Engine, connection: Rows, machine: MachineInForce, *, case: str, person: str
) -> Facts | None:
    """The facts of a case as its rules see them for a person, without any input."""
    wanted = Wanted(
        machine=machine.definition.machine, case=case, actor=person, now=engine.clock.now(),
        key="", form=None, calendar=engine.calendar,
    )  # fmt: skip
    read = read_case(connection, machine.reading, wanted)
    return read.facts if read else None


_HOLDERS: Final[LiteralString] = """
SELECT w.kind, w.role, w.scope, w.person, w.opened_at, w.due_at, coalesce(n.name, (
         SELECT string_agg(h.name, ' or ') FROM (
           SELECT DISTINCT q.name FROM appointment m JOIN person q ON q.id = m.person
            WHERE m.role = w.role AND m.scope = w.scope AND m.starts <= %(now)s
              AND (m.ends IS NULL OR m.ends > %(now)s) ORDER BY q.name LIMIT 3) h), '') AS who
  FROM work_item w LEFT JOIN person n ON n.id = w.person
 WHERE w.case_id = %(case)s AND w.state = 'open' ORDER BY w.kind <> %(state)s, w.due_at, w.id LIMIT 50"""

_ALARMS: Final[LiteralString] = """
SELECT d.fires_at, d.does, coalesce(d.trigger, '') AS trigger, d.role
  FROM deadline d WHERE d.case_id = %(case)s AND d.state = 'armed' AND d.does IN ('escalate', 'fire')
 ORDER BY d.fires_at, d.id LIMIT 3"""

_REFLECTION: Final[LiteralString] = """
SELECT pathway, personal_growth, professional_growth, feedback FROM reflection
 WHERE case_id = %(case)s"""


@dataclass(frozen=True, slots=True)
class _HolderRow:
    kind: str
    role: str
    scope: str
    person: str | None
    opened_at: datetime
    due_at: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class _AlarmRow:
    fires_at: datetime
    does: str
    trigger: str
    role: str


@dataclass(frozen=True, slots=True)
class _Page:
    """One page being put together from one connection."""

    engine: Engine
    connection: Rows
    definition: Definition
    facts: Facts
    person: Person

    def whole(self) -> CasePage:
        case, state = self.facts.case, self.definition.state(self.facts.case.state)
        lines = history(self.connection, self.definition, case.id, untold=self._untold())
        title, about = _named(self.facts)
        return CasePage(
            id=case.id, machine=case.machine, noun=self.definition.noun, title=title, about=about,
            state=state.name, state_says=state.says, ends=state.ends, entered_at=case.entered_at,
            revision=case.revision, path=self._path(lines), holders=tuple(self._holders(title)),
            alarms=tuple(self._alarms()), choices=tuple(self._choices()),
            history=tuple(reversed(lines)), beside=self._beside(), facts=self.facts,
        )  # fmt: skip

    def _untold(self) -> frozenset[str]:
        voting = self.facts.case.state == "open"
        return UNTOLD | {"cast_vote"} if voting else UNTOLD

    def _path(self, lines: tuple[Line, ...]) -> tuple[Step, ...]:
        stays = [Stay(one.to_state, one.at) for one in lines if one.from_state != one.to_state]
        return path(self.definition, stays, skip=_skipped(self.facts))

    def _holders(self, title: str) -> Iterator[Holder]:
        case, now = self.facts.case, self.facts.now
        values = {"case": case.id, "state": case.state, "now": now}
        with self.connection.cursor(row_factory=class_row(_HolderRow)) as cursor:
            rows = cursor.execute(_HOLDERS, values).fetchall()
        for row in rows:
            held = row.role in {h.role for h in self.person.holds if h.scope == row.scope}
            yield Holder(
                asks=words.asks(case.machine, row.kind, title=title, learner=_learner(self.facts)),
                who=row.who, role=words.role(row.role), since=row.opened_at,
                due=due(row.due_at, now, self.engine.calendar), main=row.kind == case.state,
                yours=row.person == self.person.id or (row.person is None and held),
            )  # fmt: skip

    def _alarms(self) -> Iterator[Alarm]:
        with self.connection.cursor(row_factory=class_row(_AlarmRow)) as cursor:
            rows = cursor.execute(_ALARMS, {"case": self.facts.case.id}).fetchall()
        for row in rows:
            if row.does == "fire":
                fired = self.definition.rows_for(self.facts.case.state, row.trigger)
                yield Alarm(row.fires_at, fired[0].effect if fired else "")
            else:
                yield Alarm(row.fires_at, f"{words.role(row.role)} is told, openly.")

    def _choices(self) -> Iterator[Choice]:
        for option in choices(self.definition, self.facts):
            if {role.name for role in option.row.roles} <= {SYSTEM, TIMER}:
                continue
            yield Choice(
                trigger=option.trigger, label=option.label, effect=option.effect,
                enabled=option.enabled, yours=option.yours, reasons=option.reasons,
                form=option.row.form,
            )  # fmt: skip

    def _beside(self) -> Beside:
        match self.facts:
            case ProposalFacts() as facts:
                return self._of_proposal(facts)
            case AgendaFacts() as facts:
                return self._of_item(facts)
            case AwardFacts() as facts:
                return self._of_award(facts)
            case CredentialFacts() as facts:
                text = readable(read_document(dict(facts.content)))
                return CredentialView(proposal=facts.proposal, version=facts.version, text=text)
        raise TypeError(f"there is no page for {type(self.facts).__name__}")

    def _of_proposal(self, facts: ProposalFacts) -> ProposalView:
        case, edition = facts.case, facts.policy
        stage = stage_of(case.state)
        return ProposalView(
            text=readable(facts.document),
            unmet=checks.unmet(facts.document, stage=stage, edition=edition),
            met=len(checks.met(facts.document, stage=stage, edition=edition)),
            changes=subjects.required_changes(self.connection, case.id),
            sign_offs=subjects.sign_offs(
                self.connection, case.id, hash_now=facts.draft_hash, routing=facts.routing_key
            ),
            items=subjects.items(self.connection, case.id),
            versions=subjects.versions(self.connection, case.id),
            route=f"{facts.row.note} Row {facts.row.row} of the routing table." if facts.row else "", mine=facts.proposer == self.person.id,
        )  # fmt: skip

    def _of_item(self, facts: AgendaFacts) -> AgendaView:
        statement = "SELECT document FROM agenda_item WHERE case_id = %s"
        found = self.connection.execute(statement, (facts.case.id,)).fetchone()
        document = cast("dict[str, object]", found[0] if found else {})
        return AgendaView(
            proposal=facts.proposal, body=facts.body.name, text=readable(_as_document(document)),
            meeting_on=facts.meeting_on, mode=facts.mode, voted=len(facts.votes),
            roll=subjects.ballots(self.connection, facts.case.id),
            closed=facts.case.state not in {"queued", "scheduled", "open"},
        )  # fmt: skip

    def _of_award(self, facts: AwardFacts) -> AwardView:
        kept = {one.outcome: one for one in subjects.outcomes(self.connection, facts.case.id)}
        with self.connection.cursor() as cursor:
            reflected = cursor.execute(_REFLECTION, {"case": facts.case.id}).fetchone()
        asked = ("Pathway", "Personal growth", "Professional growth", "Feedback")
        told = zip(asked, cast("tuple[str, ...]", reflected or ()), strict=False)
        shown = tuple(_shown(facts, number, kept) for number in range(1, len(facts.outcomes) + 1))
        return AwardView(
            learner=facts.learner_name, mine=facts.learner == self.person.id,
            credential=facts.credential, outcomes=shown,
            met=sum(one.state == "met" for one in shown),
            reflection=tuple((name, text) for name, text in told if text),
            number=public_number(facts.credential_id or "") if facts.signed else "",
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
    """What is asked of a proposal's text in a state: the concept first, all of it from design on."""
    early = {"draft", "asa_consultation", "curriculum_committee"}
    return Stage.CONCEPT if state in early else Stage.DESIGN


def _as_document(said: dict[str, object]) -> ProposalDocument:
    """An agenda document as the part of a proposal that it is."""
    known = ProposalDocument.model_fields
    return read_document({name: value for name, value in said.items() if name in known})


def _named(facts: Facts) -> tuple[str, str]:
    """(title, what it is about in a line) of a case."""
    match facts:
        case ProposalFacts():
            kind = words.plain(facts.document.type).lower() if facts.document.type else ""
            return facts.title or "Untitled proposal", ", ".join(
                filter(None, (kind, facts.unit_name))
            )
        case AgendaFacts():
            return facts.proposal_title, facts.body.name
        case AwardFacts():
            return facts.title, f"{words.plain(facts.type).lower()}, {facts.learner_name}"
        case CredentialFacts():
            return facts.title, words.plain(facts.type).lower()
    return facts.case.id, ""


def _learner(facts: Facts) -> str:
    return facts.learner_name if isinstance(facts, AwardFacts) else ""


def _skipped(facts: Facts) -> frozenset[str]:
    """Steps that this case will not go through: the committee, where none has to act."""
    if isinstance(facts, ProposalFacts) and facts.way in {Way.ASA_ONLY, Way.NOT_REQUIRED}:
        return frozenset({"curriculum_committee"})
    if isinstance(facts, AgendaFacts) and not facts.body.reports_to_senate:
        return frozenset({"senate_notice"})
    return frozenset()
