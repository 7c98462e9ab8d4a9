"""What the rules of an award may ask: outcomes, results, the stack, who assessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from policies.document import Outcome
from workflow.facts import Facts

ASSESSMENT, REFLECTION_REVIEW = "under_assessment", "reflection_review"


class Round(StrEnum):
    """How a round of assessment ends, once every submitted outcome has a score."""

    REFLECT = "reflect"
    VERIFY = "verify"
    MORE = "more"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome as it stands: submitted, met or below, with the rubric level given."""

    outcome: str
    state: str
    level: str
    feedback: str
    assessor: str | None
    submitted_at: datetime
    scored_at: datetime | None
    #: Copied, where an earlier award's met outcomes are kept; else left out of the read.
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Reflected:
    """The culminating reflection as it stands."""

    state: str
    assessor: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One credential a micro-certificate collects, and the learner's issued award of it."""

    credential: str
    title: str
    required: bool
    award: str | None
    #: Statements of the outcomes which that award shows to be met.
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardFacts(Facts):
    """An award as rules see it, or the claim that is about to open one."""

    learner: str
    #: "" where nobody of that id is known.
    learner_name: str
    #: False for learners who hold no university account (MC-8c).
    enrolled: bool
    credential: str
    version: int
    title: str
    type: str
    proposal: str
    unit_path: tuple[str, ...]
    credential_state: str
    #: The learning outcomes of the pinned version.
    outcomes: tuple[Outcome, ...]
    results: tuple[Result, ...] = ()
    reflection: Reflected | None = None
    parts: tuple[Part, ...] = ()
    #: How many parts are enough; every one of them by default.
    parts_needed: int = 0
    #: This learner's award of this credential that has not ended (while a claim is opened).
    open_award: str | None = None
    #: Met outcomes of a lapsed award, which a new claim keeps for 12 months.
    kept: tuple[Result, ...] = ()
    #: Everyone who has scored or judged anything of this award.
    assessed_by: frozenset[str] = frozenset()
    #: (state entered, when), oldest first.
    moves: tuple[tuple[str, datetime], ...] = ()
    #: Business days added to the completion window in earlier stays.
    extended_days: int = 0
    #: When the state's clock fires its trigger, and how many warnings it has given.
    fires_at: datetime | None = None
    warned: int = 0
    #: The reserved credential id, whether its bytes are stored, and the registrar's record.
    credential_id: str | None = None
    signed: bool = False
    record: str = ""
    #: Who sees it: with its signed file, with the learner's name, or nobody at all.
    published: bool = False
    name_shown: bool = False
    hidden: bool = False

    @property
    def is_certificate(self) -> bool:
        """Whether it is a micro-certificate, stacked from other credentials."""
        return self.type == "micro_certificate"

    @property
    def required(self) -> tuple[Outcome, ...]:
        """Outcomes this award must show itself: those that no issued part shows already."""
        shown = {_folded(text) for part in self.parts if part.award for text in part.outcomes}
        return tuple(o for o in self.outcomes if _folded(o.statement) not in shown)

    @property
    def missing(self) -> tuple[Outcome, ...]:
        """Required outcomes that are not met."""
        met = {result.outcome for result in self.results if result.state == "met"}
        return tuple(outcome for outcome in self.required if outcome.id not in met)

    @property
    def below(self) -> tuple[Result, ...]:
        """Results below the threshold."""
        return tuple(result for result in self.results if result.state == "below")

    @property
    def unscored(self) -> tuple[Result, ...]:
        """Evidence that waits for a score."""
        return tuple(result for result in self.results if result.state == "submitted")

    @property
    def parts_missing(self) -> tuple[Part, ...]:
        """Parts that still keep the stack from being complete."""
        held = sum(1 for part in self.parts if part.award)
        without = tuple(part for part in self.parts if not part.award)
        if any(part.required for part in without) or held < self.parts_needed:
            return without
        return ()

    @property
    def stack_complete(self) -> bool:
        """Whether the completion rule of a micro-certificate holds; true for a badge."""
        return not self.is_certificate or (bool(self.parts) and not self.parts_missing)

    @property
    def accepted(self) -> bool:
        """Whether a reflection has been accepted."""
        return self.reflection is not None and self.reflection.state == "accepted"

    @property
    def round(self) -> Round:
        """How the round would end on the scores there are."""
        if self.below:
            return Round.NOT_YET
        if self.missing or not self.stack_complete:
            return Round.MORE
        return Round.VERIFY if self.accepted else Round.REFLECT

    def outcome(self, outcome_id: str) -> Outcome | None:
        """The outcome of this id in the pinned version."""
        return next((o for o in self.outcomes if o.id == outcome_id), None)

    def result(self, outcome_id: str) -> Result | None:
        """The result of an outcome, where there is evidence for it."""
        return next((r for r in self.results if r.outcome == outcome_id), None)

    def number(self, outcome_id: str) -> int:
        """The number people call an outcome by, from 1."""
        return [o.id for o in self.outcomes].index(outcome_id) + 1

    def stays(self, state: str) -> Iterator[tuple[datetime, datetime]]:
        """Each stay in a state as (entered, left); the present one lasts until now."""
        moves = (*self.moves, ("", self.now))
        for (name, entered), (_, left) in pairwise(moves):
            if name == state:
                yield entered, left


def _folded(text: str) -> str:
    """A statement as it is compared: case and white space set aside."""
    return " ".join(text.casefold().split())
