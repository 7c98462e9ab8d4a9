"""How a committee votes changes from a day on, by name and with a reason; what is open stays."""

from collections.abc import Mapping
from datetime import date, timedelta

import psycopg
import pytest

from policies.committees import Quorum
from tests.factory import COMMITTEES, SENATE_OFFICE
from tests.workflow.play import NEW_COURSE, Play, chair
from workflow.amending import Amend, amend
from workflow.charters import Kept, committees_at, versions
from workflow.invariants import violations
from workflow.perform import InvalidError
from workflow.registry import MACHINES

TODAY = date(2026, 11, 24)


def changed(
    play: Play, body: str = "ugc", *, by: str = SENATE_OFFICE, day: date = TODAY,
    why: str = "The by-laws were revised.", **changes: object,
) -> Kept:  # fmt: skip
    said: Mapping[str, object] = {name.replace("__", "."): value for name, value in changes.items()}
    return amend(
        play.engine, by, Amend.model_validate(
            {"body": body, "first_day": day, "changes": said, "why": why}
        ),
    )  # fmt: skip


def refused(play: Play, body: str = "ugc", **said: object) -> dict[str, str]:
    with pytest.raises(InvalidError) as refusal:
        changed(play, body, **said)  # type: ignore[arg-type]
    return {reason.field: reason.text for reason in refusal.value.reasons}


def test_a_change_is_in_force_from_its_day_and_the_register_says_who_when_and_why(
    play: Play,
) -> None:
    kept = changed(play, day=TODAY + timedelta(days=7), voting__quorum="two_thirds")
    assert kept.actor == SENATE_OFFICE
    assert kept.says == (
        "Undergraduate Curriculum Committee, from Tue 1 Dec 2026: quorum two thirds. "
        "The by-laws were revised."
    )
    with play.connect() as connection:
        before = committees_at(connection, play.clock.now()).body("ugc")
        after = committees_at(connection, play.clock.now() + timedelta(days=7)).body("ugc")
        assert [one.body for one in versions(connection, "ugc")] == [after]
        assert violations(connection, machines=MACHINES, now=play.clock.now()) == ()
    assert before.voting
    assert after.voting
    assert (before.voting.quorum, after.voting.quorum) == (Quorum.MAJORITY, Quorum.TWO_THIRDS)


def test_an_open_vote_is_judged_by_the_rules_it_was_opened_under(play: Play) -> None:
    case = play.routed()
    item = play.voting(play.items(case)["ugc"], "ugc")
    changed(play, voting__quorum="fixed", voting__quorum_n=9)
    play.vote(item, "ugc", "yyyyyn---")
    play.clock.advance(days=12)
    assert play.do("close_vote", chair("ugc"), item).state == "carried"
    with play.connect() as connection:
        row = connection.execute(
            "SELECT tally #>> '{rules,quorum}', rules ->> 'quorum' FROM agenda_item "
            "WHERE case_id = %s", (item,)
        ).fetchone()  # fmt: skip
    assert row == ("majority", "majority")


def test_the_next_vote_is_opened_under_the_new_rules(play: Play) -> None:
    case = play.routed()
    item = play.placed(play.items(case)["ugc"], "ugc", "2026-12-18")
    changed(play, voting__quorum="fixed", voting__quorum_n=9)
    play.clock.at = play.engine.calendar.start_of(date(2026, 12, 18)) + timedelta(hours=15)
    present = list(COMMITTEES["ugc"][:8])
    reasons = play.refused("open_vote", chair("ugc"), item, mode="meeting", present=present)
    assert reasons[0].text == "8 members who are not recused take part; a quorum is 9."


def test_a_mistake_is_mended_by_one_more_of_the_same_day(play: Play) -> None:
    changed(play, day=TODAY + timedelta(days=1), voting__ballot_days=50)
    changed(play, day=TODAY + timedelta(days=1), voting__ballot_days=6, why="I mistyped.")
    with play.connect() as connection:
        rules = committees_at(connection, play.clock.now() + timedelta(days=1)).body("ugc").voting
        assert rules is not None
        assert rules.ballot_days == 6
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("UPDATE charter SET starts = now()")


def test_a_new_committee_reads_what_it_is_there_for(play: Play) -> None:
    changed(play, "ethics", name="Data Ethics Board", kind="voting", order=1)
    case = play.routed(**NEW_COURSE)
    assert list(play.items(case)) == ["ethics", "ugc", "ucc"]


def test_what_a_change_cannot_be_is_said_by_field(play: Play) -> None:
    assert refused(play, by=chair("ugc"), day=TODAY - timedelta(days=1), voting__ballot_days=5) == {
        "body": "Only the Senate office and the ASA director change how a committee votes.",
        "first_day": "Begin today or later: what was is not rewritten.",
        "changes": "This is how it is already.",
    }
    assert "quorum_n" in refused(play, voting__quorum="fixed")["changes"]
    assert "keeps its id" in refused(play, id="other")["changes"]
    assert "keeps its kind" in refused(play, kind="notice")["changes"]
    assert "colour: Unexpected" in refused(play, colour="green")["changes"]
    assert "name: Field required" in refused(play, "ethics", kind="voting", order=1)["changes"]
    assert refused(play, "nobody", by="no-one", name="N", kind="notice", order=9) == {
        "body": "Only the Senate office and the ASA director change how a committee votes."
    }


def test_no_change_leaves_items_of_a_level_without_a_committee(play: Play) -> None:
    changed(play, "ucc", required=False)
    assert refused(play, levels=["graduate"]) == {
        "changes": "No committee would vote on undergraduate items any more."
    }


def test_the_register_says_lists_and_yes_and_no_in_words(play: Play) -> None:
    kept = changed(play, "gc", levels=["graduate", "undergraduate"], required=True)
    assert "levels graduate and undergraduate, required yes" in kept.says
    kept = changed(play, "gc", levels=[], required=False)
    assert "levels none, required no" in kept.says
