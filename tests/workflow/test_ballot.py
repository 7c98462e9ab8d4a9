"""The ballot, case by case in words; `test_ballot_counts` counts every ballot of up to nine."""

import doctest
from dataclasses import replace
from fractions import Fraction

import pytest

from policies.committees import Quorum, VotingRules
from tests.workflow.ballots import (
    DEFAULT,
    HASH,
    NAMES,
    NO,
    OTHER_HASH,
    TIE_ONLY,
    YES,
    ballot,
    done,
    outcome,
    refusal,
)
from workflow import ballot as module
from workflow.ballot import (
    Outcome,
    Tally,
    cast,
    may_close_early,
    open_ballot,
    quorum_needed,
    quorum_out_of_reach,
    recuse,
    tally,
)


def test_the_examples_in_the_module_run() -> None:
    assert doctest.testmod(module).failed == 0


# ---------------------------------------------------------------------------------------- voting


def test_a_ballot_opens_with_nobody_voted_and_nobody_recused() -> None:
    opened = ballot()
    assert (dict(opened.votes), dict(opened.recused)) == ({}, {})
    assert tally(opened) == Tally(
        yes=0, no=0, abstain=0, recused=0, not_voted=5, seats=5, eligible=5, quorum_needed=3,
        quorum_met=False, outcome=Outcome.NO_QUORUM, casting_vote=False,
        sentence="No result: 0 members voted, and a quorum is 3.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("roster", "there", "chair", "why"),
    [
        ((), None, None, "0 members cannot vote on 3 seats"),
        (NAMES[:4], None, None, "4 members cannot vote on 3 seats"),
        (NAMES[:3], ("jo",), None, "noted as present who is not on the roster"),
        (NAMES[:3], None, "jo", "the chair is not on the roster"),
    ],
)
def test_a_roster_that_contradicts_itself_opens_no_ballot(
    roster: tuple[str, ...], there: tuple[str, ...] | None, chair: str | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        open_ballot(DEFAULT, HASH, seats=3, electorate=roster, present=there, chair=chair)


def test_the_electorate_is_frozen_when_the_ballot_opens() -> None:
    roster = ["ada", "bo", "cleo"]
    opened = open_ballot(DEFAULT, HASH, seats=4, electorate=roster, present=roster)
    roster.append("dov")
    assert opened.electorate == opened.present == {"ada", "bo", "cleo"}


def test_a_vote_can_be_changed_until_the_close_and_counts_once() -> None:
    first = ballot("yyn")
    changed = done(cast(first, "cleo", YES, document_hash=HASH))
    assert (tally(first).yes, tally(first).no) == (2, 1)
    assert (tally(changed).yes, tally(changed).no) == (3, 0)


def test_a_stranger_cannot_vote() -> None:
    (why,) = refusal(cast(ballot(), "jo", YES, document_hash=HASH))
    assert why == "Only members who were on the roster when voting opened can vote."


def test_a_recused_member_cannot_vote_and_hears_the_reason() -> None:
    (why,) = refusal(cast(ballot("r"), "ada", YES, document_hash=HASH))
    assert why == "You are recused: Same unit."


def test_a_vote_on_another_document_is_refused() -> None:
    (why,) = refusal(cast(ballot(), "bo", YES, document_hash=OTHER_HASH))
    assert why == "The document is another one than you read. Open it again before you vote."


def test_every_reason_against_a_vote_is_given_at_once() -> None:
    assert len(refusal(cast(ballot(), "jo", YES, document_hash=OTHER_HASH))) == 2


def test_a_member_who_is_not_at_the_meeting_cannot_vote() -> None:
    (why,) = refusal(cast(ballot(there=3), "eve", YES, document_hash=HASH))
    assert why == "Only members noted as present can vote in a meeting."


def test_a_chair_who_votes_only_in_a_tie_has_no_vote_of_their_own() -> None:
    (why,) = refusal(cast(ballot(rules=TIE_ONLY), "ada", YES, document_hash=HASH))
    assert why == "In this committee the chair votes only in a tie."
    assert tally(ballot("y", rules=DEFAULT)).yes == 1


def test_a_refused_vote_changes_nothing() -> None:
    before = ballot("yn")
    refusal(cast(before, "jo", NO, document_hash=HASH))
    assert before == ballot("yn")


# --------------------------------------------------------------------------------------- recusal


def test_a_recusal_leaves_the_denominator_and_strikes_the_earlier_vote() -> None:
    voted = ballot("yynn-", members=5)
    without = done(recuse(voted, "dov", "I teach the course."))
    counted = tally(without)
    assert (counted.yes, counted.no, counted.recused, counted.eligible) == (2, 1, 1, 4)
    assert without.recused == {"dov": "I teach the course."}
    assert "dov" not in without.votes
    assert "dov" in voted.votes


def test_a_recusal_lowers_the_quorum_but_not_below_three() -> None:
    needed = [tally(ballot("r" * away, members=8)).quorum_needed for away in range(7)]
    assert needed == [5, 4, 4, 3, 3, 3, 3]


def test_a_recusal_asks_for_a_member_a_reason_and_only_once() -> None:
    assert refusal(recuse(ballot(), "jo", "Same unit.")) == (
        "Only members who were on the roster when voting opened can be recused.",
    )
    assert refusal(recuse(ballot(), "bo", " ")) == ("Say why: the reason stands in the minutes.",)
    assert refusal(recuse(ballot("-r"), "bo", "Again.")) == ("This member is recused already.",)
    assert len(refusal(recuse(ballot(), "jo", ""))) == 2


def test_a_recusal_by_the_rules_may_be_said_twice_and_the_first_reason_stands() -> None:
    once = done(recuse(ballot("yy"), "bo", "Proposes this item.", forced=True))
    twice = done(recuse(once, "bo", "Belongs to the proposing unit.", forced=True))
    assert twice.recused == {"bo": "Proposes this item."}
    assert refusal(recuse(ballot(), "bo", "", forced=True))


def test_a_vote_that_is_left_beside_a_recusal_is_never_counted() -> None:
    left = replace(ballot("yyy-n"), recused={"ada": "Same unit.", "nobody": "Left in June."})
    counted = tally(left)
    assert (counted.yes, counted.recused, counted.eligible) == (2, 1, 4)


def test_a_vote_of_a_stranger_or_an_absent_member_is_never_counted() -> None:
    left = replace(ballot("yyy", there=4), votes={"ada": YES, "eve": NO, "jo": NO})
    assert (tally(left).yes, tally(left).no, tally(left).not_voted) == (1, 0, 4)


# ---------------------------------------------------------------------------------------- quorum


@pytest.mark.parametrize(
    ("rules", "eligible", "seats", "needed"),
    [
        (DEFAULT, 8, 8, 5),
        (DEFAULT, 9, 9, 5),
        (DEFAULT, 3, 3, 3),  # never fewer than three, though two are a majority
        (DEFAULT, 0, 3, 3),
        (DEFAULT, 4, 13, 5),  # never fewer than a third of the seats
        (VotingRules(quorum=Quorum.TWO_THIRDS), 9, 9, 6),
        (VotingRules(quorum=Quorum.TWO_THIRDS), 10, 10, 7),
        (VotingRules(quorum=Quorum.TWO_THIRDS), 11, 11, 8),
        (VotingRules(quorum=Quorum.FIXED, quorum_n=6), 4, 10, 6),
        (VotingRules(quorum=Quorum.FIXED, quorum_n=2), 9, 9, 3),
        (VotingRules(min_votes=1, min_fraction_of_seats=Fraction(0)), 3, 9, 2),
        (VotingRules(min_votes=1, min_fraction_of_seats=Fraction(1)), 3, 9, 9),
    ],
)
def test_a_quorum_is_what_the_rules_say_and_never_below_the_floor(
    rules: VotingRules, eligible: int, seats: int, needed: int
) -> None:
    assert quorum_needed(rules, eligible=eligible, seats=seats) == needed


def test_an_abstention_counts_toward_the_quorum_and_for_neither_side() -> None:
    assert outcome(tally(ballot("yaa"))) == (
        Outcome.CARRIED,
        "Carried, 1 Yes to 0 No, with 2 abstentions.",
    )
    assert tally(ballot("ya")).outcome is Outcome.NO_QUORUM


def test_at_the_deadline_too_few_votes_are_no_result_whatever_they_say() -> None:
    assert outcome(tally(ballot("yyyy", members=9))) == (
        Outcome.NO_QUORUM,
        "No result: 4 members voted, and a quorum is 5.",
    )
    assert tally(ballot("y")).sentence == "No result: 1 member voted, and a quorum is 3."


def test_recusals_that_leave_too_few_put_the_quorum_out_of_reach() -> None:
    assert quorum_out_of_reach(ballot("rr")) is None
    assert (
        quorum_out_of_reach(ballot("rrr"))
        == "2 members can vote, 3 members recused, and a quorum is 3."
    )
    assert quorum_out_of_reach(ballot(there=3)) is None
    assert (
        quorum_out_of_reach(ballot("r", there=3))
        == "2 members can vote, 1 member recused, and a quorum is 3."
    )


def test_a_chair_who_votes_only_in_a_tie_is_not_part_of_the_quorum() -> None:
    counted = tally(ballot(members=5, rules=TIE_ONLY))
    assert (counted.eligible, counted.not_voted) == (4, 4)
    assert quorum_out_of_reach(ballot(members=3, rules=TIE_ONLY))


# --------------------------------------------------------------------------------------- closing


def test_the_chair_may_close_an_e_ballot_once_every_eligible_member_has_voted() -> None:
    assert not may_close_early(ballot("yyyy-"))
    assert may_close_early(ballot("yyyyn"))
    assert may_close_early(ballot("yryyn"))


def test_the_chair_may_close_a_meetings_vote_once_everyone_there_has_voted() -> None:
    assert not may_close_early(ballot("yy-", there=3))
    assert may_close_early(ballot("yya", there=3))


def test_the_chair_may_close_when_everyone_is_recused() -> None:
    everyone = ballot("rrrrr")
    assert may_close_early(everyone)
    assert tally(everyone).outcome is Outcome.NO_QUORUM


def test_a_full_ballot_can_still_be_changed_so_nothing_closes_by_itself() -> None:
    full = ballot("yyynn")
    assert may_close_early(full)
    changed = done(cast(full, "ada", NO, document_hash=HASH))
    assert [tally(full).outcome, tally(changed).outcome] == [
        Outcome.CARRIED,
        Outcome.NOT_CARRIED,
    ]
