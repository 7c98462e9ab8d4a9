"""Whether there will be a quorum, from answers and recusals, in a sentence to act on."""

import pytest

from policies.committees import Quorum, VotingRules
from workflow.forecast import forecast

NINE = tuple(f"m{n}" for n in range(9))


def answers(said: str) -> dict[str, str]:
    """Y comes, r connects, n does not, - has not answered."""
    words = {"y": "yes", "r": "remote", "n": "no", "-": ""}
    return {member: words[letter] for member, letter in zip(NINE, said, strict=True)}


BEGINS = "{} of 9 are expected, and a quorum is 5: "


@pytest.mark.parametrize(
    ("said", "expected", "tells"),
    [
        ("yyyyyyynn", 7, "three more who do not come, and it fails."),
        ("yyyyrnnnn", 5, "one more who does not come, and it fails."),
        ("yyy---nnn", 3, "two of the three who are silent must come."),
        ("yyynnnnnn", 3, "there will be none. Choose another day, or vote by e-ballot."),
    ],
)
def test_a_forecast_says_how_much_is_missing_or_to_spare(
    said: str, expected: int, tells: str
) -> None:
    found = forecast(VotingRules(), NINE, answers=answers(said))
    assert found.says == BEGINS.format(expected) + tells
    assert found.possible == ("none" not in tells)


def test_the_recused_leave_the_count_and_the_quorum() -> None:
    found = forecast(VotingRules(), NINE, answers=answers("yyyyynnnn"), recused=("m7", "m8"))
    assert (found.expected, found.seats, found.needed, found.safe) == (5, 7, 4, True)


def test_an_alternate_counts_where_the_member_does_not_come_or_is_recused() -> None:
    said = answers("yyyy-nnnn") | {"alt": "remote", "other": "no"}
    alternates = {"alt": "m8", "other": "m7"}
    found = forecast(VotingRules(), NINE, answers=said, alternates=alternates)
    assert (found.expected, found.silent, found.seats) == (5, 1, 9)
    found = forecast(
        VotingRules(), NINE, answers=said, alternates=alternates, recused=("m8", "m7", "other")
    )
    assert (found.expected, found.seats) == (5, 8)


def test_large_numbers_are_said_in_figures() -> None:
    rules = VotingRules(quorum=Quorum.FIXED, quorum_n=2, min_votes=1)
    many = [f"m{n}" for n in range(30)]
    found = forecast(rules, many, answers=dict.fromkeys(many, "yes"))
    assert found.says == (
        "30 of 30 are expected, and a quorum is 10: 21 more who do not come, and it fails."
    )
