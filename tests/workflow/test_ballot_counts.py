"""Every ballot of up to nine voters, counted a second time by an oracle that shares no arithmetic.

The oracle knows members only as words on a roll. It finds a quorum by trying numbers upward with
fractions, and a result by pairing Yes against No, not by formula.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, count, product

import pytest

from policies.committees import Carry, ChairVotes, Quorum, Tie, VotingRules
from workflow.ballot import Ballot, Choice, Outcome, may_close_early, quorum_out_of_reach, tally

UP_TO = 9
HASH = "a" * 64
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)

#: What a roll can say of a member. "late yes" is a vote left beside a recusal, "far no" one left
#: beside an absence: neither may ever count.
SPOKEN = ("yes", "no", "abstain", "silent", "recused")
SPOKEN_OR_LEFT = (*SPOKEN, "late yes", "absent", "far no")

QUORUMS = (
    {"quorum": Quorum.MAJORITY},
    {"quorum": Quorum.TWO_THIRDS},
    {"quorum": Quorum.FIXED, "quorum_n": 2},
    {"quorum": Quorum.FIXED, "quorum_n": 6},
)
CARRIES = (
    *({"carry": carry} for carry in Carry),
    {"carry": Carry.AT_MOST_N_DISSENT, "carry_n": 1},
    {"carry": Carry.AT_MOST_N_DISSENT, "carry_n": 2},
)
ALL_RULES = tuple(
    VotingRules(**quorum, **carry, tie=tie, abstentions_count=abstentions)  # type: ignore[arg-type]
    for quorum, carry, abstentions, tie in product(QUORUMS, CARRIES, (False, True), Tie)
)
CASTINGS = (None, *Choice)

Roll = tuple[str, ...]


# ------------------------------------------------------------------------------------ the oracle


@cache
def smallest_quorum(quorum: Quorum, fixed: int, entitled: int, seats: int) -> int:
    """Try 0, 1, 2 ... until the number satisfies every sentence of the rules."""

    def enough(number: int) -> bool:
        share = Fraction(number, entitled) if entitled else Fraction(number + 1)
        asked = {
            Quorum.MAJORITY: share > HALF,
            Quorum.TWO_THIRDS: share >= TWO_THIRDS,
            Quorum.FIXED: number >= fixed,
        }[quorum]
        return asked and number >= 3 and Fraction(number, seats) >= Fraction(1, 3)

    return next(number for number in count() if enough(number))


def carried(rules: VotingRules, said: list[str], quorum: int) -> bool:
    """Pair each Yes with a No; what is left over must be Yes, and the rule's share be reached."""
    ayes, noes = [v for v in said if v == "yes"], [v for v in said if v == "no"]
    pairs = list(zip(ayes, noes, strict=False))
    if not ayes[len(pairs) :]:
        return False
    base = said if rules.abstentions_count else ayes + noes
    share = Fraction(len(ayes), len(base))
    return {
        Carry.YES_OVER_NO: True,
        Carry.MAJORITY_OF_CAST: share > HALF,
        Carry.TWO_THIRDS_OF_CAST: share >= TWO_THIRDS,
        Carry.MAJORITY_OF_QUORUM: Fraction(len(ayes), quorum) > HALF,
        Carry.AT_MOST_N_DISSENT: not noes[rules.carry_n :],
    }[rules.carry]


def expected(
    rules: VotingRules, roll: Roll, *, seats: int, casting: Choice | None, chair: str
) -> tuple[Outcome, bool, int]:
    """The outcome, whether the casting vote counted, and the quorum, from the words on the roll."""
    entitled = [word for word in roll if word not in {"recused", "late yes"}]
    said = [word for word in entitled if word in {"yes", "no", "abstain"}]
    quorum = smallest_quorum(rules.quorum, rules.quorum_n, len(entitled), seats)
    if len(said) < quorum:
        return Outcome.NO_QUORUM, False, quorum
    tied = sorted(said).count("yes") == sorted(said).count("no") and "yes" in said
    casts = (
        tied and rules.tie is Tie.CHAIR_CASTS and casting in {Choice.YES, Choice.NO}
        and chair not in {"recused", "late yes", "absent", "far no"}
    )  # fmt: skip
    final = [*said, str(casting)] if casts else said
    result = Outcome.CARRIED if carried(rules, final, quorum) else Outcome.NOT_CARRIED
    return result, casts, quorum


# ------------------------------------------------------------------------------------ the ballots


def ballot_of(rules: VotingRules, roll: Roll, *, seats: int, meeting: bool) -> Ballot:
    """The ballot that a roll describes; member 0 is the chair."""
    words = {f"m{n}": word for n, word in enumerate(roll)}
    votes = {member: word.split()[-1] for member, word in words.items()}
    there = [member for member, word in words.items() if word not in {"absent", "far no"}]
    return Ballot(
        rules=rules, seats=seats, electorate=tuple(words), document_hash=HASH, chair="m0",
        present=frozenset(there) if meeting else None,
        recused={m: "Said so." for m, word in words.items() if word in {"recused", "late yes"}},
        votes={m: Choice(v) for m, v in votes.items() if v in set(Choice)},
    )  # fmt: skip


def check(rules: VotingRules, roll: Roll, *, seats: int, meeting: bool = False) -> None:
    ballot = ballot_of(rules, roll, seats=seats, meeting=meeting)
    tied = roll.count("yes") == roll.count("no")
    for casting in CASTINGS if tied else (Choice.YES,):
        counted = tally(ballot, casting=casting)
        result, casts, quorum = expected(rules, roll, seats=seats, casting=casting, chair=roll[0])
        found = (counted.outcome, counted.casting_vote, counted.quorum_needed)
        assert found == (result, casts, quorum), (rules, roll, seats, casting, counted)
    away = roll.count("recused") + roll.count("late yes")
    said = {word: roll.count(word) for word in ("yes", "no", "abstain")}
    assert (counted.yes, counted.no, counted.abstain) == tuple(said.values())
    assert (counted.recused, counted.eligible) == (away, len(roll) - away)
    assert counted.not_voted == len(roll) - away - sum(said.values())
    assert may_close_early(ballot) == ("silent" not in roll)
    able = sum(said.values()) + roll.count("silent")
    assert (quorum_out_of_reach(ballot) is None) == (able >= quorum)


def rolls(words: tuple[str, ...], size: int) -> Iterator[Roll]:
    """Every roll of so many, but for the order of the members after the chair."""
    for chair in words:
        for others in combinations_with_replacement(words, size - 1):
            yield (chair, *others)


# --------------------------------------------------------------------------------------- the tests


def test_the_rules_tried_are_all_there_are() -> None:
    assert len(ALL_RULES) == len(set(ALL_RULES)) == 4 * 7 * 2 * 2
    assert {rules.tie for rules in ALL_RULES[:: len(Tie)]} == {Tie.FAILS}
    assert {rules.carry for rules in ALL_RULES} == set(Carry)
    assert {rules.quorum for rules in ALL_RULES} == set(Quorum)
    assert {rules.tie for rules in ALL_RULES} == set(Tie)


@pytest.mark.parametrize("quorum", QUORUMS, ids=str)
@pytest.mark.parametrize("size", range(1, UP_TO + 1))
def test_every_e_ballot_of_up_to_nine_voters_is_counted_as_the_oracle_counts_it(
    size: int, quorum: dict[str, object]
) -> None:
    # The chair's own place on the roll matters only for the casting vote, and only by being
    # recused or not; for nine voters the other four words of the chair are one case.
    tried = [r for r in ALL_RULES if r.quorum is quorum["quorum"]]
    tried = [r for r in tried if r.quorum_n == quorum.get("quorum_n", 0)]
    for roll in set(map(tuple, map(sorted_after_the_chair, rolls(SPOKEN, size)))):
        # Where numbers are not equal the tie rule must not matter: tried in full up to six.
        tied = roll.count("yes") == roll.count("no")
        for rules in tried if tied or size <= 6 else tried[:: len(Tie)]:
            check(rules, roll, seats=size)


def sorted_after_the_chair(roll: Roll) -> Roll:
    """A roll that counts the same: the chair is recused, or stands anywhere among the rest."""
    if roll[0] == "recused":
        return roll
    rest = sorted(roll, key=lambda word: (word == "recused", word))
    return tuple(rest)


@pytest.mark.parametrize("seats", [10, 12, 13, 27, 28])
def test_a_third_of_all_seats_is_a_floor_however_many_sit_empty(seats: int) -> None:
    for size in (3, 4, 5, 9):
        for roll in rolls(SPOKEN, size):
            check(VotingRules(), roll, seats=seats)


@pytest.mark.parametrize("size", range(1, 5))
def test_every_meeting_counts_the_same_in_every_order_of_its_members(size: int) -> None:
    some_rules = ALL_RULES[::9]
    for roll in product(SPOKEN_OR_LEFT, repeat=size):
        for rules in some_rules if size < 4 else some_rules[::4]:
            check(rules, roll, seats=size, meeting=True)


@pytest.mark.parametrize("size", range(2, UP_TO + 1))
def test_a_chair_who_votes_only_in_a_tie_counts_as_if_off_the_roster(size: int) -> None:
    for casting in (None, Choice.YES, Choice.NO):
        rules = VotingRules(tie=Tie.CHAIR_CASTS, chair_votes=ChairVotes.TIE_ONLY)
        for others in combinations_with_replacement(SPOKEN, size - 1):
            for chair in ("yes", "no", "silent"):
                ballot = ballot_of(rules, (chair, *others), seats=size, meeting=False)
                counted = tally(ballot, casting=casting)
                result = expected(rules, others, seats=size, casting=casting, chair="silent")
                found = (counted.outcome, counted.casting_vote, counted.quorum_needed)
                assert found == result, (others, chair, casting)


def test_one_more_yes_never_loses_what_was_carried_and_one_more_no_never_wins_it() -> None:
    order = [Outcome.NOT_CARRIED, Outcome.CARRIED]
    for rules in ALL_RULES:
        for roll in combinations_with_replacement(("yes", "no", "abstain"), 6):
            before = tally(ballot_of(rules, roll, seats=6, meeting=False))
            if "no" in roll and before.outcome in order:
                at = roll.index("no")
                turned = (*roll[:at], "yes", *roll[at + 1 :])
                after = tally(ballot_of(rules, turned, seats=6, meeting=False))
                assert order.index(after.outcome) >= order.index(before.outcome)
