"""Committees as data: which bodies act on an item, in which order, and by which voting rules.

The rules come from `committees.yaml`. Another university writes its own bodies there, each with its
own `voting` where it differs; the variants below are those seen in public by-laws. How votes are
counted is the ballot's matter, not this room's: here stands only what the rules are.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import DataError, read

FILE: Final = "committees.yaml"


class Quorum(StrEnum):
    """How many non-recused voting members must take part."""

    MAJORITY = "majority"
    """More than half of the non-recused voting members."""
    TWO_THIRDS = "two_thirds"
    """At least two thirds of the non-recused voting members."""
    FIXED = "fixed"
    """The number given as `quorum_n`."""


class Carry(StrEnum):
    """When a quorate vote carries.

    Votes cast are yes and no, and abstentions only where `abstentions_count` says so.
    """

    YES_OVER_NO = "yes_over_no"
    """More yes than no; abstentions never count."""
    MAJORITY_OF_CAST = "majority_of_cast"
    """Yes is more than half of the votes cast."""
    MAJORITY_OF_QUORUM = "majority_of_quorum"
    """Yes is more than half of the number that makes the quorum."""
    TWO_THIRDS_OF_CAST = "two_thirds_of_cast"
    """Yes is at least two thirds of the votes cast, and there is one."""
    AT_MOST_N_DISSENT = "at_most_n_dissent"
    """No more than `carry_n` members say no, and at least one says yes; 0 is consensus."""


class Tie(StrEnum):
    """What equal numbers of yes and no mean."""

    FAILS = "fails"
    CHAIR_CASTS = "chair_casts"


class ChairVotes(StrEnum):
    """When the chair votes."""

    MEMBER = "member"
    TIE_ONLY = "tie_only"


class SameUnit(StrEnum):
    """What a member of the proposing unit does."""

    DECLARE = "declare"
    """Is asked to declare, and may vote."""
    EXCLUDE = "exclude"
    """Is recused by the rules."""


class BodyKind(StrEnum):
    """How a body acts."""

    VOTING = "voting"
    NOTICE = "notice"
    """Hears of what another body carried, and acts only where someone objects."""
    SIGN_OFF = "sign_off"
    """One signer, no vote."""


class Level(StrEnum):
    """The class of learners that decides which council reads an item."""

    UNDERGRADUATE = "undergraduate"
    GRADUATE = "graduate"


@dataclass(frozen=True, slots=True, kw_only=True)
class VotingRules:
    """How one body votes; the defaults are this office's practice, not the policy's words.

    Whatever the quorum rule says, fewer than `min_votes`, or than `min_fraction_of_seats` of all
    seats, are never a quorum: recusals cannot leave two people to decide.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    quorum: Quorum = Quorum.MAJORITY
    quorum_n: int = 0
    carry: Carry = Carry.YES_OVER_NO
    carry_n: int = 0
    tie: Tie = Tie.FAILS
    chair_votes: ChairVotes = ChairVotes.MEMBER
    same_unit: SameUnit = SameUnit.DECLARE
    abstentions_count: bool = False
    min_votes: int = 3
    min_fraction_of_seats: Fraction = Fraction(1, 3)
    ballot_days: int = 5

    def __post_init__(self) -> None:
        """Refuse rules that contradict themselves, naming the field."""
        if (self.quorum is Quorum.FIXED) != (self.quorum_n > 0):
            raise ValueError("quorum_n: a fixed quorum, and no other, gives its number here")
        if self.carry_n and self.carry is not Carry.AT_MOST_N_DISSENT:
            raise ValueError("carry_n: only at_most_n_dissent counts dissent")
        if self.carry_n < 0:
            raise ValueError("carry_n: a number of members, 0 or more")
        if self.min_votes < 1 or self.ballot_days < 1:
            raise ValueError("min_votes and ballot_days: at least 1")
        if not 0 <= self.min_fraction_of_seats <= 1:
            raise ValueError("min_fraction_of_seats: between 0 and 1")
        if self.chair_votes is ChairVotes.TIE_ONLY and self.tie is Tie.FAILS:
            raise ValueError("tie: a chair who votes only in a tie needs chair_casts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One body of the chain; `voting` is None where nobody votes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    name: str
    kind: BodyKind
    order: int
    reports_to_senate: bool = False
    required: bool = True
    levels: tuple[Level, ...] = ()
    voting: VotingRules | None = None

    def reads(self, levels: Collection[Level]) -> bool:
        """Say whether an item for learners of these levels comes here."""
        return not self.levels or any(level in self.levels for level in levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committees:
    """All bodies of an institution, in their order."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    bodies: tuple[Body, ...]
    when_no_level: tuple[Level, ...]
    voting: VotingRules

    def __post_init__(self) -> None:
        """Refuse two bodies of one id, and an audience that no voting body would read."""
        if len({body.id for body in self.bodies}) != len(self.bodies):
            raise ValueError("bodies: two have the same id")
        if not self.when_no_level:
            raise ValueError("when_no_level: name at least one level")

    def body(self, body_id: str) -> Body:
        """Return a body by its id; DataError names what is there when it is unknown."""
        for body in self.bodies:
            if body.id == body_id:
                return body
        known = ", ".join(body.id for body in self.bodies)
        raise DataError(f"{FILE}: there is no body {body_id!r}; known are {known}")

    def chain(self, audience: Collection[str]) -> tuple[Body, ...]:
        """Return the bodies an item must pass, in order, for an audience ("undergraduate", ...)."""
        named = [level for level in Level if level in audience]
        levels = named or self.when_no_level
        return tuple(body for body in self.bodies if body.required and body.reads(levels))


@cache
def load(file: str = FILE) -> Committees:
    """Return the committees of a data file, each voting body with its rules filled in."""
    held = read(Committees, file)
    bodies = (
        replace(body, voting=body.voting or held.voting) if body.kind is BodyKind.VOTING else body
        for body in held.bodies
    )
    return replace(held, bodies=tuple(sorted(bodies, key=lambda body: body.order)))


def bodies_for(answer: str, audience: Collection[str]) -> tuple[Body, ...]:
    """Return the bodies that a routing answer sends an item to, in the order in which they act.

    `answer` is a routing answer: "COMMITTEE" has bodies, every other has none. `audience` holds the
    document's audience values; an audience of no level goes to `when_no_level`.
    """
    return load().chain(audience) if answer == "COMMITTEE" else ()
