"""The ballot: who may vote on a document, what they said, and what it comes to.

Values and functions only. The electorate is frozen when the vote opens; votes are changeable until
the close, which is the chair's choice or the deadline's, never automatic. A recusal leaves both
numerator and denominator. An abstention counts toward the quorum, and among the votes cast only
where the rules say so. Source: the committee's `VotingRules`; that a quorum has a floor, and that
nothing carries without more Yes than No, is practice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil
from typing import assert_never

from policies.committees import Carry, ChairVotes, Quorum, Tie, VotingRules


class Choice(StrEnum):
    """What a member says."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """What the votes come to when the vote closes, by the chair or at its deadline."""

    CARRIED = "carried"
    NOT_CARRIED = "not_carried"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Refused:
    """Every reason why a vote or a recusal does not count, each a sentence to the member."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One vote on one document, as it stands.

    `present` holds who is at the meeting, None in an e-ballot. `recused` gives each member's
    reason. What no entitled member said is never counted, whatever `votes` holds.
    """

    rules: VotingRules
    seats: int
    electorate: Collection[str]
    present: Collection[str] | None = None
    chair: str | None = None
    recused: Mapping[str, str] = field(default_factory=dict)
    votes: Mapping[str, Choice] = field(default_factory=dict)
    document_hash: str

    @property
    def eligible(self) -> frozenset[str]:
        """Voting members who are not recused: what a quorum is a share of.

        A chair who votes only in a tie is not one of them.
        """
        away = {self.chair} if self.rules.chair_votes is ChairVotes.TIE_ONLY else frozenset()
        return frozenset(self.electorate).difference(self.recused, away)

    @property
    def voters(self) -> frozenset[str]:
        """Who may vote now: the eligible members, in a meeting those who are there."""
        return self.eligible if self.present is None else self.eligible.intersection(self.present)

    @property
    def counted(self) -> Mapping[str, Choice]:
        """The votes that count."""
        voters = self.voters
        return {member: choice for member, choice in self.votes.items() if member in voters}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The count: Yes, No, abstentions and who has not voted add up to the eligible members.

    `casting_vote` says whether the chair's casting vote was counted; it is in no other number.
    """

    yes: int
    no: int
    abstain: int
    recused: int
    not_voted: int
    seats: int
    eligible: int
    quorum_needed: int
    quorum_met: bool
    outcome: Outcome
    casting_vote: bool
    sentence: str


def open_ballot(
    rules: VotingRules, document_hash: str, *, seats: int, electorate: Collection[str],
    present: Collection[str] | None = None, chair: str | None = None,
) -> Ballot:  # fmt: skip
    """Freeze the electorate and pin the document; nobody has voted and nobody is recused.

    Raises ValueError when the roster contradicts itself.
    """
    roster = frozenset(electorate)
    if not roster or len(roster) > seats:
        raise ValueError(f"{len(roster)} members cannot vote on {seats} seats")
    if not roster.issuperset(present or ()):
        raise ValueError("someone is noted as present who is not on the roster")
    if chair is not None and chair not in roster:
        raise ValueError("the chair is not on the roster")
    return Ballot(
        rules=rules, seats=seats, electorate=roster, chair=chair, document_hash=document_hash,
        present=None if present is None else frozenset(present),
    )  # fmt: skip


def cast(ballot: Ballot, member: str, choice: Choice, *, document_hash: str) -> Ballot | Refused:
    """Return the ballot with this vote, which replaces an earlier one, or every reason why not."""
    reasons = (*_not_entitled(ballot, member), *_another_document(ballot, document_hash))
    if reasons:
        return Refused(reasons)
    return replace(ballot, votes={**ballot.votes, member: choice})


def recuse(ballot: Ballot, member: str, reason: str, *, forced: bool = False) -> Ballot | Refused:
    """Return the ballot without this member, whose earlier vote is struck, or every reason why not.

    `forced` is a recusal by the rules: it may be said twice, and the first reason stands.
    """
    if forced and member in ballot.recused:
        return ballot
    reasons = tuple(_not_recusable(ballot, member, reason))
    if reasons:
        return Refused(reasons)
    votes = {voter: choice for voter, choice in ballot.votes.items() if voter != member}
    return replace(ballot, votes=votes, recused={**ballot.recused, member: reason})


def may_close_early(ballot: Ballot) -> bool:
    """Whether the chair may close before the deadline: everyone who may vote has."""
    return ballot.voters <= ballot.votes.keys()


def quorum_needed(rules: VotingRules, *, eligible: int, seats: int) -> int:
    """Return how many must vote, abstentions included, of so many eligible members.

    >>> quorum_needed(VotingRules(), eligible=8, seats=10)
    5
    >>> quorum_needed(VotingRules(), eligible=2, seats=10)
    4
    """
    if rules.quorum is Quorum.FIXED:
        asked = rules.quorum_n
    elif rules.quorum is Quorum.TWO_THIRDS:
        asked = -(-2 * eligible // 3)  # rounded up
    else:
        asked = eligible // 2 + 1
    return max(asked, rules.min_votes, ceil(rules.min_fraction_of_seats * seats))


def quorum_out_of_reach(ballot: Ballot) -> str | None:
    """Return why no quorum can vote any more, or None while one can."""
    needed = quorum_needed(ballot.rules, eligible=len(ballot.eligible), seats=ballot.seats)
    able = len(ballot.voters)
    if able >= needed:
        return None
    recused = len(ballot.recused.keys() & set(ballot.electorate))
    return f"{_people(able)} can vote, {_people(recused)} recused, and a quorum is {needed}."


def tally(ballot: Ballot, *, casting: Choice | None = None) -> Tally:
    """Count the ballot as if it closed now.

    `casting` is the chair's casting vote. It counts as one vote more, in a tie with a quorum, where
    the rules give one and the chair is on the roster, there and not recused; else it is left out.
    """
    said = list(ballot.counted.values())
    yes, no, abstain = (said.count(choice) for choice in Choice)
    eligible = len(ballot.eligible)
    needed = quorum_needed(ballot.rules, eligible=eligible, seats=ballot.seats)
    quorum_met = len(said) >= needed
    count = _Count(ballot.rules, yes, no, abstain, needed)
    breaks = quorum_met and 0 < yes == no and casting in _DECISIVE and chair_can_cast(ballot)
    final = count.with_casting(casting if breaks else None)
    return Tally(
        yes=yes, no=no, abstain=abstain, not_voted=eligible - len(said), eligible=eligible,
        recused=len(ballot.recused.keys() & set(ballot.electorate)), seats=ballot.seats,
        quorum_needed=needed, quorum_met=quorum_met, casting_vote=breaks,
        outcome=final.outcome() if quorum_met else Outcome.NO_QUORUM,
        sentence=_sentence(count, final) if quorum_met else _no_quorum(len(said), needed),
    )  # fmt: skip


def chair_can_cast(ballot: Ballot) -> bool:
    """Whether the rules give a casting vote and the chair is there, not recused, to give it."""
    there = ballot.electorate if ballot.present is None else ballot.present
    chair = ballot.chair
    return (
        ballot.rules.tie is Tie.CHAIR_CASTS
        and chair in ballot.electorate and chair in there and chair not in ballot.recused
    )  # fmt: skip


_DECISIVE = (Choice.YES, Choice.NO)


@dataclass(frozen=True, slots=True)
class _Count:
    rules: VotingRules
    yes: int
    no: int
    abstain: int
    needed: int

    def outcome(self) -> Outcome:
        """What a quorum decided; no rule carries what is not said Yes to more often than No."""
        carries = self.yes > self.no and self._reaches()
        return Outcome.CARRIED if carries else Outcome.NOT_CARRIED

    def _reaches(self) -> bool:
        cast_votes = self.yes + self.no + (self.abstain if self.rules.abstentions_count else 0)
        match self.rules.carry:
            case Carry.YES_OVER_NO:
                return True
            case Carry.MAJORITY_OF_CAST:
                return 2 * self.yes > cast_votes
            case Carry.MAJORITY_OF_QUORUM:
                return 2 * self.yes > self.needed
            case Carry.TWO_THIRDS_OF_CAST:
                return 3 * self.yes >= 2 * cast_votes
            case Carry.AT_MOST_N_DISSENT:
                return self.no <= self.rules.carry_n
            case _:
                assert_never(self.rules.carry)

    def with_casting(self, casting: Choice | None) -> "_Count":
        """The count with the chair's casting vote, where there is one, as one vote more."""
        if casting is None:
            return self
        if casting is Choice.YES:
            return replace(self, yes=self.yes + 1)
        return replace(self, no=self.no + 1)


def _not_entitled(ballot: Ballot, member: str) -> tuple[str, ...]:
    if member not in ballot.electorate:
        return ("Only members who were on the roster when voting opened can vote.",)
    if member in ballot.recused:
        return (f"You are recused: {ballot.recused[member]}",)
    if member not in ballot.eligible:
        return ("In this committee the chair votes only in a tie.",)
    if member not in ballot.voters:
        return ("Only members noted as present can vote in a meeting.",)
    return ()


def _another_document(ballot: Ballot, document_hash: str) -> tuple[str, ...]:
    if document_hash == ballot.document_hash:
        return ()
    return ("The document is another one than you read. Open it again before you vote.",)


def _not_recusable(ballot: Ballot, member: str, reason: str) -> tuple[str, ...]:
    reasons = []
    if member not in ballot.electorate:
        reasons.append("Only members who were on the roster when voting opened can be recused.")
    if member in ballot.recused:
        reasons.append("This member is recused already.")
    if not reason.strip():
        reasons.append("Say why: the reason stands in the minutes.")
    return tuple(reasons)


def _sentence(count: _Count, final: _Count) -> str:
    result = "Carried" if final.outcome() is Outcome.CARRIED else "Not carried"
    said = f"{count.yes} Yes to {count.no} No"
    if count.abstain:
        said += f", with {count.abstain} abstention{'s' * (count.abstain > 1)}"
    if final is not count:
        said += f", and the chair's casting vote {'Yes' if final.yes > count.yes else 'No'}"
    return f"{result}, {said}{_why(final)}."


def _why(final: _Count) -> str:
    """What stood in the way, where the numbers alone do not say it."""
    if final.outcome() is Outcome.CARRIED or final.yes < final.no:
        return ""
    if final.yes > final.no:
        return f": {_threshold(final)}"
    if not final.yes:
        return ": nobody voted Yes"
    if final.rules.tie is Tie.CHAIR_CASTS:
        return ": a tie fails without the chair's casting vote"
    return ": a tie fails"


def _threshold(count: _Count) -> str:
    cast_votes = "all votes" if count.rules.abstentions_count else "Yes and No votes"
    match count.rules.carry:
        case Carry.MAJORITY_OF_CAST:
            return f"more than half of {cast_votes} must be Yes"
        case Carry.MAJORITY_OF_QUORUM:
            return f"Yes must be more than half of the quorum of {count.needed}"
        case Carry.TWO_THIRDS_OF_CAST:
            return f"two thirds of {cast_votes} must be Yes"
        case _:  # at most n dissent: more Yes than No always reaches Yes over No
            return f"no more than {count.rules.carry_n} may say No"


def _no_quorum(voted: int, needed: int) -> str:
    return f"No result: {_people(voted)} voted, and a quorum is {needed}."


def _people(number: int) -> str:
    return f"{number} member{'s' * (number != 1)}"
