"""Committees as data: which bodies act on an item, in which order, and by which voting rules.

The rules begin with `committees.yaml`. Another university writes its own bodies there, each with
its own `voting` where it differs; the variants below are those seen in public by-laws. A body that
was changed since has a charter (JSON of the whole body), which `in_force` lays over the file. How
votes are counted is the ballot's matter, not this room's: here stands only what the rules are.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache
from typing import ClassVar, Final, cast

from pydantic import ConfigDict, TypeAdapter

from policies.data import DataError, from_json, read

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

    def unread(self) -> tuple[Level, ...]:
        """Levels whose items no voting body would read: where there are any, these cannot act."""
        return tuple(
            level for level in Level
            if not any(body.kind is BodyKind.VOTING for body in self.chain([level]))
        )  # fmt: skip


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


_BODY: Final = TypeAdapter(Body)
_RULES: Final = TypeAdapter(VotingRules)


@lru_cache(maxsize=256)
def body_of(text: str) -> Body:
    """Read a body from the JSON of its charter; a voting body that names no rules has the file's.

    Raises DataError, naming each field that is missing, unknown or of another kind.

    >>> council = body_of('{"id": "ac", "name": "Arts Council", "kind": "voting", "order": 1}')
    >>> council.voting.ballot_days
    5
    """
    body = from_json(_BODY, text, name="charter")
    if body.kind is not BodyKind.VOTING:
        return replace(body, voting=None)
    return replace(body, voting=body.voting or load().voting)


@lru_cache(maxsize=256)
def rules_of(text: str) -> VotingRules:
    """Read voting rules from JSON, as a vote pins them; raises DataError as `body_of` does."""
    return from_json(_RULES, text, name="rules")


def said(body: Body) -> dict[str, object]:
    """Say a body as JSON values: what `body_of` reads back as the same body."""
    return cast("dict[str, object]", _BODY.dump_python(body, mode="json"))


def rules_said(rules: VotingRules) -> dict[str, object]:
    """Say voting rules as JSON values, for `rules_of`."""
    return cast("dict[str, object]", _RULES.dump_python(rules, mode="json"))


def in_force(charters: Iterable[str]) -> Committees:
    """Return the committees of the data file, with what these charters change or add.

    `charters` holds one JSON text a body; raises DataError as `body_of` does.
    """
    held = load()
    changed = {body.id: body for body in map(body_of, charters)}
    if not changed:
        return held
    kept = (body for body in held.bodies if body.id not in changed)
    bodies = sorted((*kept, *changed.values()), key=lambda body: (body.order, body.id))
    return replace(held, bodies=tuple(bodies))


def in_words(rules: VotingRules) -> tuple[str, ...]:
    """Say voting rules as sentences that people read.

    >>> in_words(VotingRules(quorum=Quorum.FIXED, quorum_n=6))[0]
    'A quorum is 6 members, never fewer than 3 nor 1/3 of the seats.'
    """
    never = f"never fewer than {rules.min_votes} nor {rules.min_fraction_of_seats} of the seats"
    cast_votes = "votes cast, abstentions among them" if rules.abstentions_count else "Yes and No"
    quorum = {
        Quorum.MAJORITY: "more than half of the members who are not recused",
        Quorum.TWO_THIRDS: "two thirds of the members who are not recused",
        Quorum.FIXED: f"{rules.quorum_n} members",
    }[rules.quorum]
    carries = {
        Carry.YES_OVER_NO: "with more Yes than No",
        Carry.MAJORITY_OF_CAST: f"with more than half of {cast_votes}",
        Carry.MAJORITY_OF_QUORUM: "with more than half of the quorum",
        Carry.TWO_THIRDS_OF_CAST: f"with two thirds of {cast_votes}",
        Carry.AT_MOST_N_DISSENT: f"unless more than {rules.carry_n} say No",
    }[rules.carry]
    tie = "A tie fails." if rules.tie is Tie.FAILS else "In a tie the chair has a casting vote."
    chair = {
        ChairVotes.MEMBER: "The chair votes like any member.",
        ChairVotes.TIE_ONLY: "The chair votes only in a tie.",
    }[rules.chair_votes]
    unit = {
        SameUnit.DECLARE: "Members of the proposing unit are asked to declare it.",
        SameUnit.EXCLUDE: "Members of the proposing unit are recused.",
    }[rules.same_unit]
    return (
        f"A quorum is {quorum}, {never}.", f"An item carries {carries}.", tie, chair, unit,
        f"An e-ballot is open for {rules.ballot_days} business days.",
    )  # fmt: skip
