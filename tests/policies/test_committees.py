from fractions import Fraction

import pytest

from policies.committees import (
    Body,
    BodyKind,
    Carry,
    ChairVotes,
    Committees,
    Level,
    Quorum,
    Tie,
    VotingRules,
    bodies_for,
    load,
)
from policies.data import DataError


@pytest.mark.parametrize(
    ("audience", "bodies"),
    [
        (["undergraduate"], ["ugc", "ucc"]),
        (["graduate"], ["gc", "ucc"]),
        (["undergraduate", "graduate"], ["ugc", "gc", "ucc"]),
        (["undergraduate", "non_enrolled"], ["ugc", "ucc"]),
        (["non_enrolled"], ["ugc", "gc", "ucc"]),
        ([], ["ugc", "gc", "ucc"]),
    ],
)
def test_an_item_passes_its_councils_and_then_the_university_committee(
    audience: list[str], bodies: list[str]
) -> None:
    assert [body.id for body in bodies_for("COMMITTEE", audience)] == bodies


@pytest.mark.parametrize("answer", ["ASA_ONLY", "DETERMINE"])
def test_no_body_acts_where_no_committee_is_needed(answer: str) -> None:
    assert bodies_for(answer, ["undergraduate"]) == ()


def test_only_the_last_body_reports_to_the_senate() -> None:
    chain = bodies_for("COMMITTEE", ["undergraduate", "graduate"])
    assert [body.reports_to_senate for body in chain] == [False, False, True]


def test_a_body_that_votes_has_rules_and_one_that_signs_has_none() -> None:
    for body in load().bodies:
        assert (body.voting is not None) == (body.kind is BodyKind.VOTING)
    assert load().body("provost").kind is BodyKind.SIGN_OFF
    assert load().body("senate").kind is BodyKind.NOTICE


def test_the_default_rules_are_those_of_governance() -> None:
    assert load().body("ucc").voting == VotingRules(
        quorum=Quorum.MAJORITY,
        carry=Carry.YES_OVER_NO,
        tie=Tie.FAILS,
        chair_votes=ChairVotes.MEMBER,
        min_votes=3,
        min_fraction_of_seats=Fraction(1, 3),
        ballot_days=5,
    )


def test_an_unknown_body_is_named_with_those_that_are_known() -> None:
    with pytest.raises(DataError, match=r"no body 'ugx'; known are ugc, gc, ucc, senate"):
        load().body("ugx")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"quorum": Quorum.FIXED}, "quorum_n"),
        ({"quorum_n": 6}, "quorum_n"),
        ({"carry_n": 1}, "carry_n"),
        ({"carry": Carry.AT_MOST_N_DISSENT, "carry_n": -1}, "carry_n"),
        ({"min_votes": 0}, "min_votes"),
        ({"ballot_days": 0}, "ballot_days"),
        ({"min_fraction_of_seats": Fraction(3, 2)}, "min_fraction_of_seats"),
        ({"chair_votes": ChairVotes.TIE_ONLY}, "tie"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(rules: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        VotingRules(**rules)  # type: ignore[arg-type] # one field each


def test_the_variants_seen_in_by_laws_can_be_said() -> None:
    VotingRules(quorum=Quorum.FIXED, quorum_n=6, carry=Carry.AT_MOST_N_DISSENT, carry_n=1)
    VotingRules(quorum=Quorum.TWO_THIRDS, carry=Carry.TWO_THIRDS_OF_CAST, abstentions_count=True)
    VotingRules(chair_votes=ChairVotes.TIE_ONLY, tie=Tie.CHAIR_CASTS, carry=Carry.MAJORITY_OF_CAST)


def test_committees_refuse_one_id_twice_and_an_audience_without_a_reader() -> None:
    body = Body(id="a", name="A", kind=BodyKind.SIGN_OFF, order=1)
    with pytest.raises(ValueError, match="same id"):
        Committees(bodies=(body, body), when_no_level=(Level.GRADUATE,), voting=VotingRules())
    with pytest.raises(ValueError, match="when_no_level"):
        Committees(bodies=(body,), when_no_level=(), voting=VotingRules())
