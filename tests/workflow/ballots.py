"""Ballots in a few letters, for tests that read like a roll."""

from policies.committees import ChairVotes, Tie, VotingRules
from workflow.ballot import Ballot, Choice, Outcome, Refused, Tally, cast, open_ballot, recuse

YES, NO, ABSTAIN = Choice.YES, Choice.NO, Choice.ABSTAIN
HASH, OTHER_HASH = "a" * 64, "b" * 64
NAMES = ("ada", "bo", "cleo", "dov", "eve", "finn", "gus", "hana", "ira", "jo")
DEFAULT = VotingRules()
CASTING = VotingRules(tie=Tie.CHAIR_CASTS)
TIE_ONLY = VotingRules(tie=Tie.CHAIR_CASTS, chair_votes=ChairVotes.TIE_ONLY)


def ballot(
    said: str = "", *, members: int = 5, rules: VotingRules = DEFAULT, there: int | None = None
) -> Ballot:
    """A ballot of ada (the chair), bo, cleo ...; `said` holds y, n, a, r (recused) or - each."""
    roster = NAMES[:members]
    present = None if there is None else roster[:there]
    found = open_ballot(
        rules, HASH, seats=members, electorate=roster, chair="ada", present=present
    )  # fmt: skip
    for member, letter in zip(roster, said, strict=False):
        if letter == "r":
            found = done(recuse(found, member, "Same unit."))
        elif letter != "-":
            choice = {"y": YES, "n": NO, "a": ABSTAIN}[letter]
            found = done(cast(found, member, choice, document_hash=HASH))
    return found


def done(answer: Ballot | Refused) -> Ballot:
    assert isinstance(answer, Ballot), answer
    return answer


def refusal(answer: Ballot | Refused) -> tuple[str, ...]:
    assert isinstance(answer, Refused)
    return answer.reasons


def outcome(counted: Tally) -> tuple[Outcome, str]:
    return counted.outcome, counted.sentence
