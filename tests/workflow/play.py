"""Plays cases through the one door, as their people would: for tests that need a case somewhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from conferral.compose import make_engine
from tests import factory
from tests.policies.documents import badge_data
from workflow.engine import Connect, Engine
from workflow.perform import Command, Done, Refused, perform
from workflow.rules import Reason

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
JUDGED = ("competencies", "assessment_practice", "outcomes", "alignment", "reflection", "stackable")


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

    def refused(self, trigger: str, actor: str, case: str | None = None, **form: object) -> tuple[Reason, ...]:
        """The reasons why it may not be done; fails where it may."""
        try:
            done = self.do(trigger, actor, case, **form)
        except Refused as refusal:
            return refusal.reasons
        raise AssertionError(f"{trigger} was possible: {done}")

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
            "record_consultation", factory.ASA_OFFICER, case, held_on="2026-11-24",
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
        try:
            self.do("endorse", factory.UNIT_HEAD, case)
        except Refused:
            pass
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
        self.do("issue", factory.ASA_OFFICER, case, effective_on="2026-11-24")
        return case
