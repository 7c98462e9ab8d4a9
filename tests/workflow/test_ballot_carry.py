"""What came of a vote: each carry rule, ties and the chair's casting vote."""

from dataclasses import replace

import pytest

from policies.committees import Carry, Tie, VotingRules
from tests.workflow.ballots import (
    ABSTAIN,
    CASTING,
    DEFAULT,
    NO,
    TIE_ONLY,
    YES,
    ballot,
    outcome,
)
from workflow.ballot import (
    Choice,
    Outcome,
    chair_can_cast,
    may_close_early,
    tally,
)


@pytest.mark.parametrize(
    ("how", "said", "sentence"),
    [
        (DEFAULT, "yyyn", "Carried, 3 Yes to 1 No."),
        (DEFAULT, "yyyyyyyna", "Carried, 7 Yes to 1 No, with 1 abstention."),
        (DEFAULT, "nny", "Not carried, 1 Yes to 2 No."),
        (DEFAULT, "yynn", "Not carried, 2 Yes to 2 No: a tie fails."),
        (DEFAULT, "aaa", "Not carried, 0 Yes to 0 No, with 3 abstentions: nobody voted Yes."),
        (
            VotingRules(carry=Carry.MAJORITY_OF_CAST),
            "yynaaa",
            "Carried, 2 Yes to 1 No, with 3 abstentions.",
        ),
        (
            VotingRules(carry=Carry.MAJORITY_OF_CAST, abstentions_count=True),
            "yyna",
            (
                "Not carried, 2 Yes to 1 No, with 1 abstention: "
                "more than half of all votes must be Yes."
            ),
        ),
        (
            VotingRules(carry=Carry.MAJORITY_OF_CAST, abstentions_count=True),
            "yyn",
            "Carried, 2 Yes to 1 No.",
        ),
        (
            VotingRules(carry=Carry.MAJORITY_OF_QUORUM),
            "yyaaaaaa-",
            (
                "Not carried, 2 Yes to 0 No, with 6 abstentions: "
                "Yes must be more than half of the quorum of 5."
            ),
        ),
        (
            VotingRules(carry=Carry.MAJORITY_OF_QUORUM),
            "yyyaa----",
            "Carried, 3 Yes to 0 No, with 2 abstentions.",
        ),
        (VotingRules(carry=Carry.MAJORITY_OF_QUORUM), "yyynnnn--", "Not carried, 3 Yes to 4 No."),
        (VotingRules(carry=Carry.TWO_THIRDS_OF_CAST), "yyn", "Carried, 2 Yes to 1 No."),
        (
            VotingRules(carry=Carry.TWO_THIRDS_OF_CAST),
            "yyynn",
            "Not carried, 3 Yes to 2 No: two thirds of Yes and No votes must be Yes.",
        ),
        (
            VotingRules(carry=Carry.TWO_THIRDS_OF_CAST, abstentions_count=True),
            "yyaan",
            "Not carried, 2 Yes to 1 No, with 2 abstentions: two thirds of all votes must be Yes.",
        ),
        (VotingRules(carry=Carry.AT_MOST_N_DISSENT, carry_n=1), "yyn", "Carried, 2 Yes to 1 No."),
        (
            VotingRules(carry=Carry.AT_MOST_N_DISSENT, carry_n=1),
            "yyynn",
            "Not carried, 3 Yes to 2 No: no more than 1 may say No.",
        ),
        (
            VotingRules(carry=Carry.AT_MOST_N_DISSENT),
            "yyyaa",
            "Carried, 3 Yes to 0 No, with 2 abstentions.",
        ),
        (
            VotingRules(carry=Carry.AT_MOST_N_DISSENT, carry_n=2),
            "ynn",
            "Not carried, 1 Yes to 2 No.",
        ),
    ],
)
def test_each_carry_rule_says_what_came_of_the_vote(
    how: VotingRules, said: str, sentence: str
) -> None:
    counted = tally(ballot(said, members=len(said), rules=how))
    carried = sentence.startswith("Carried")
    result = Outcome.CARRIED if carried else Outcome.NOT_CARRIED
    assert (*outcome(counted), counted.quorum_met) == (result, sentence, True)


@pytest.mark.parametrize(
    ("casting", "expected"),
    [
        (YES, (Outcome.CARRIED, "Carried, 2 Yes to 2 No, and the chair's casting vote Yes.")),
        (NO, (Outcome.NOT_CARRIED, "Not carried, 2 Yes to 2 No, and the chair's casting vote No.")),
        (
            None,
            (
                Outcome.NOT_CARRIED,
                "Not carried, 2 Yes to 2 No: a tie fails without the chair's casting vote.",
            ),
        ),
    ],
)
def test_a_tie_fails_unless_the_rules_give_a_casting_vote(
    casting: Choice | None, expected: tuple[Outcome, str]
) -> None:
    tied = ballot("yynn", rules=CASTING)
    assert outcome(tally(tied, casting=casting)) == expected
    assert tally(tied, casting=casting).casting_vote == (casting is not None)
    assert tally(replace(tied, rules=DEFAULT), casting=casting).outcome is Outcome.NOT_CARRIED
    assert not tally(replace(tied, rules=DEFAULT), casting=casting).casting_vote


def test_a_casting_vote_stands_beside_the_members_votes_in_no_other_number() -> None:
    counted = tally(ballot("yynn", rules=CASTING), casting=YES)
    assert (counted.yes, counted.no, counted.abstain, counted.not_voted) == (2, 2, 0, 1)


def test_a_casting_vote_where_there_is_no_tie_is_left_out() -> None:
    for said in ("yyyn", "nnny", "yn"):
        plain = ballot(said, rules=CASTING)
        assert tally(plain, casting=YES) == tally(plain)
        assert tally(plain, casting=NO) == tally(plain)


def test_a_casting_vote_cannot_abstain_and_decides_nothing_where_nobody_took_a_side() -> None:
    assert not tally(ballot("yynn", rules=CASTING), casting=ABSTAIN).casting_vote
    silent = tally(ballot("aaa", rules=CASTING), casting=YES)
    assert (silent.outcome, silent.casting_vote) == (Outcome.NOT_CARRIED, False)


def test_a_casting_vote_is_one_vote_more_under_the_same_threshold() -> None:
    two_thirds = VotingRules(carry=Carry.TWO_THIRDS_OF_CAST, tie=Tie.CHAIR_CASTS)
    counted = tally(ballot("yynn", rules=two_thirds), casting=YES)
    assert outcome(counted) == (
        Outcome.NOT_CARRIED,
        (
            "Not carried, 2 Yes to 2 No, and the chair's casting vote Yes: "
            "two thirds of Yes and No votes must be Yes."
        ),
    )
    dissent = VotingRules(carry=Carry.AT_MOST_N_DISSENT, tie=Tie.CHAIR_CASTS, carry_n=2)
    assert tally(ballot("yynn", rules=dissent), casting=YES).outcome is Outcome.CARRIED


def test_only_a_chair_who_is_there_and_not_recused_can_cast() -> None:
    tied = ballot("yynn", rules=CASTING)
    assert chair_can_cast(tied)
    assert chair_can_cast(replace(tied, present=("ada", "bo")))
    assert not chair_can_cast(replace(tied, present=("bo",)))
    assert not chair_can_cast(replace(tied, chair=None))
    assert not chair_can_cast(replace(tied, chair="jo"))
    assert not chair_can_cast(replace(tied, recused={"ada": "Same unit."}))
    assert not chair_can_cast(replace(tied, rules=DEFAULT))


def test_a_chair_who_votes_only_in_a_tie_breaks_it() -> None:
    tied = ballot("-yynn", rules=TIE_ONLY)
    assert tally(tied).outcome is Outcome.NOT_CARRIED
    assert tally(tied, casting=YES).outcome is Outcome.CARRIED
    assert may_close_early(tied)
