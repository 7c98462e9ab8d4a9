"""Whether a meeting will have a quorum, from who has answered what, in words a chair can act on.

Whoever has not answered is counted neither as coming nor as away: the sentence says how many of
them are needed. An alternate counts where the member they stand for does not come.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from policies.committees import VotingRules
from workflow.ballot import quorum_needed

COMING: Final = frozenset({"yes", "remote"})
AWAY: Final = "no"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seats expected to be filled, those that may be, how many there are, and what is needed."""

    expected: int
    silent: int
    seats: int
    needed: int

    @property
    def safe(self) -> bool:
        """Whether those who said that they come are a quorum by themselves."""
        return self.expected >= self.needed

    @property
    def possible(self) -> bool:
        """Whether a quorum can come about if everyone comes who has not answered."""
        return self.expected + self.silent >= self.needed

    @property
    def says(self) -> str:
        """The forecast in a sentence a chair can act on."""
        begins = f"{self.expected} of {self.seats} are expected, and a quorum is {self.needed}"
        if not self.possible:
            return f"{begins}: there will be none. Choose another day, or vote by e-ballot."
        if not self.safe:
            missing = _number(self.needed - self.expected)
            return f"{begins}: {missing} of the {_number(self.silent)} who are silent must come."
        spare = self.expected - self.needed + 1
        do = "does" if spare == 1 else "do"
        return f"{begins}: {_number(spare)} more who {do} not come, and it fails."


def forecast(
    rules: VotingRules, members: Collection[str], *, answers: Mapping[str, str],
    recused: Collection[str] = (), alternates: Mapping[str, str] | None = None,
) -> Forecast:  # fmt: skip
    """Forecast the quorum of `members`; `answers` holds "yes", "remote" or "no" by person.

    `recused` leave the count of an item on which they are; `alternates` maps each to their member.

    >>> nine = [f"m{n}" for n in range(9)]
    >>> forecast(VotingRules(), nine, answers=dict.fromkeys(nine[:7], "yes") | {"m8": "no"}).says
    '7 of 9 are expected, and a quorum is 5: three more who do not come, and it fails.'
    """
    standing = {of: who for who, of in (alternates or {}).items()}
    seats = _Seats(answers, frozenset(recused), standing)
    filled = [seat for member in members if (seat := seats.of(member)) is not None]
    expected, silent = filled.count("coming"), filled.count("silent")
    needed = quorum_needed(rules, eligible=len(filled), seats=len(members))
    return Forecast(expected, silent, len(filled), needed)


@dataclass(frozen=True, slots=True)
class _Seats:
    answers: Mapping[str, str]
    recused: frozenset[str]
    standing: Mapping[str, str]

    def of(self, member: str) -> str | None:
        """What becomes of a member's seat: coming, silent, away; None where it leaves the count."""
        out, answer = member in self.recused, self.answers.get(member, "")
        if not out and answer != AWAY:
            return "coming" if answer in COMING else "silent"
        instead = self.standing.get(member)
        if instead and instead not in self.recused and self.answers.get(instead, "") in COMING:
            return "coming"
        return None if out else "away"


_NUMBERS: Final = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip


def _number(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)
