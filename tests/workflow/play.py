"""Plays cases through the one door, as their people would: for tests that need a case somewhere."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from conferral.compose import make_engine
from tests import factory
from tests.policies.documents import badge_data
from workflow.engine import Connect, Engine
from workflow.follow import follow
from workflow.perform import Command, Done, Refused, perform
from workflow.rules import Reason

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NEW_COURSE = {
    "basis": [{"kind": "course", "reference": "IDS 3301", "exists": "new"}],
    "routing": {"would_require_committee": "yes", "stack": "none", "credit_scope": "outside_both",
                "credit_intended": "yes"},
    "curriculum_items": [{"reference": "IDS 3301", "title": "Ways of Knowing with Data",
                          "text": "Three credits."}],
}  # fmt: skip
CHOICES = {"y": "yes", "n": "no", "a": "abstain"}
JUDGED = ("competencies", "assessment_practice", "outcomes", "alignment", "reflection", "stackable")


def chair(body: str) -> str:
    """Who chairs a body."""
    return factory.COMMITTEES[body][0]


class StoppedClock:
    """Business time that moves only when it is told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **step: float) -> None:
        self.at += timedelta(**step)


class SeededIds:
    """Ids that a seed decides, so that a failure can be played again."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def below(self, bound: int) -> int:
        return self._random.randrange(bound)


@dataclass
class Play:
    """An engine, its clock, and short words for what people do."""

    connect: Connect
    clock: StoppedClock = field(default_factory=StoppedClock)
    engine: Engine = field(init=False)
    _keys: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.engine = make_engine(self.connect, clock=self.clock, ids=SeededIds())

    def do(self, trigger: str, actor: str, case: str | None = None, *, machine: str = "proposal",
           **form: object) -> Done:  # fmt: skip
        """Do one action; Refused where it may not be."""
        self.clock.advance(seconds=1)
        key = f"{trigger}-{next(self._keys)}"
        return perform(self.engine, Command(
            trigger=trigger, actor=actor, key=key, case=case, machine=machine, form=form,
        ))  # fmt: skip

    def refused(
        self, trigger: str, actor: str, case: str | None = None, **form: object
    ) -> tuple[Reason, ...]:
        """The reasons why it may not be done; fails where it may."""
        try:
            done = self.do(trigger, actor, case, **form)
        except Refused as refusal:
            return refusal.reasons
        raise AssertionError(f"{trigger} was possible: {done}")

    def follow(self) -> int:
        """Carry out what the last actions caused in other cases."""
        return follow(self.engine)

    def today(self) -> str:
        """The day at the university, as a form says it."""
        return self.engine.calendar.day_of(self.clock.now()).isoformat()

    def state(self, case: str) -> str:
        """Where a case is."""
        with self.connect() as connection:
            row = connection.execute("SELECT state FROM cases WHERE id = %s", (case,)).fetchone()
        assert row is not None
        return str(row[0])

    def items(self, case: str) -> dict[str, str]:
        """The agenda items of a proposal: body -> case id, the newest of each."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT i.body, i.case_id FROM agenda_item i JOIN cases c ON c.id = i.case_id "
                "WHERE i.proposal = %s ORDER BY c.opened_at, i.position", (case,),
            ).fetchall()  # fmt: skip
        return {str(body): str(item) for body, item in rows}

    # ------------------------------------------------------------ a committee, step by step

    def routed(self, **changes: object) -> str:
        """A proposal with the curriculum committee: its course is new and needs the Senate."""
        case = self.consulted(**(NEW_COURSE | changes))
        self.do("route_to_committee", factory.ASA_OFFICER, case)
        self.follow()
        return case

    def placed(self, item: str, body: str, meeting: str = "2026-12-18") -> str:
        """An item on the agenda of a meeting."""
        self.do("place_on_agenda", chair(body), item, meeting_on=meeting, section="discussion")
        return item

    def voting(self, item: str, body: str, *, mode: str = "e_ballot") -> str:
        """An item open for votes."""
        self.placed(item, body)
        present = list(factory.COMMITTEES[body]) if mode == "meeting" else []
        self.do("open_vote", chair(body), item, mode=mode, present=present)
        return item

    def vote(self, item: str, body: str, said: str) -> None:
        """Votes of the body's members in order: y, n, a, and - for none."""
        for member, letter in zip(factory.COMMITTEES[body], said, strict=False):
            if letter != "-":
                self.do("cast_vote", member, item, choice=CHOICES[letter],
                        document_hash=self.document_hash(item))  # fmt: skip

    def document_hash(self, item: str) -> str:
        """The hash that votes on an item name."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT document_hash FROM agenda_item WHERE case_id = %s", (item,)
            ).fetchone()
        assert row is not None
        return str(row[0])

    # ------------------------------------------------------------ a proposal, step by step

    def draft(self, **changes: object) -> str:
        """A complete draft of a badge in the sample proposer's unit."""
        content = badge_data() | {"unit": factory.UNIT} | changes
        return self.do("open", factory.PROPOSER, unit=factory.UNIT, content=content).case

    def submitted(self, **changes: object) -> str:
        """A proposal in consultation."""
        case = self.draft(**changes)
        self.do("ask_endorsement", factory.PROPOSER, case)
        self.do("endorse", factory.UNIT_HEAD, case)
        self.do("submit", factory.PROPOSER, case)
        return case

    def consulted(self, **changes: object) -> str:
        """A proposal whose consultation is on record."""
        case = self.submitted(**changes)
        self.consult(case, award_type=str(changes.get("type", "digital_badge")))
        return case

    def consult(self, case: str, *, award_type: str = "digital_badge") -> None:
        """Record a consultation."""
        self.do(
            "record_consultation", factory.ASA_OFFICER, case, held_on=self.today(),
            notes="Talked it through.", outcome="Agreed.", rigor="intermediate",
            rigor_rationale="Beyond recall.", award_type=award_type,
            organisation_note="Two of three, by theme.",
        )  # fmt: skip

    def designing(self, **changes: object) -> str:
        """A proposal in design, by the ASA-only route."""
        case = self.consulted(**changes)
        self.do("clear_to_design", factory.ASA_OFFICER, case)
        return case

    def in_review(self, **changes: object) -> str:
        """A proposal in ASA review."""
        case = self.designing(**changes)
        self.complete_design(case)
        return case

    def complete_design(self, case: str) -> None:
        """Mark the design complete, endorsed again where its text has changed."""
        with suppress(Refused):
            self.do("endorse", factory.UNIT_HEAD, case)
        self.do("mark_design_complete", factory.PROPOSER, case)

    def approved(self, **changes: object) -> str:
        """An approved proposal."""
        case = self.in_review(**changes)
        self.approve(case)
        return case

    def approve(self, case: str) -> None:
        """Score and approve."""
        scores = dict.fromkeys(JUDGED, "meets")
        self.do("score_review", factory.ASA_OFFICER, case, **scores)
        self.do("approve", factory.ASA_OFFICER, case)

    def prepared(self, case: str, *assessors: str) -> None:
        """Code, roster and design of an approved proposal."""
        self.do("record_code", factory.REGISTRAR, case, code=f"B-{case.removeprefix('MC-')}")
        named = list(assessors or (factory.ASSESSOR, factory.OTHER_ASSESSOR))
        self.do("set_roster", factory.UNIT_HEAD, case, assessors=named)
        self.do("publish_design", factory.ASA_OFFICER, case, alt="Three rings around a name.")

    def issued(self, **changes: object) -> str:
        """An issued proposal; its credential is put in force by the follow-on."""
        case = self.approved(**changes)
        self.prepared(case)
        self.do("issue", factory.ASA_OFFICER, case, effective_on=self.today())
        return case
