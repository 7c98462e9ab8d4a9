"""Agenda items through the real engine: agenda, ballot, the Senate's notice, what they cause."""

from datetime import UTC, datetime

from tests.factory import COMMITTEES, PROPOSER, SENATE_OFFICE
from tests.tasks.world import all_sent
from tests.workflow.play import Play, chair
from workflow.sweep import sweep_deadlines


def test_two_bodies_act_in_order_and_the_senates_silence_carries_it(play: Play) -> None:
    case = play.routed()
    items = play.items(case)
    assert list(items) == ["ugc", "ucc"]
    waiting = play.refused(
        "place_on_agenda", chair("ucc"), items["ucc"], meeting_on="2027-01-22", section="consent"
    )
    assert "PR-order" in {reason.rule for reason in waiting}

    play.voting(items["ugc"], "ugc")
    play.vote(items["ugc"], "ugc", "yyyyynaaa")
    assert play.do("close_vote", chair("ugc"), items["ugc"]).state == "carried"
    play.follow()
    assert play.state(case) == "curriculum_committee"

    play.placed(items["ucc"], "ucc", "2027-01-22")
    play.clock.at = datetime(2027, 1, 22, 15, tzinfo=UTC)
    play.do(
        "open_vote", chair("ucc"), items["ucc"], mode="meeting", present=list(COMMITTEES["ucc"][:6])
    )
    play.vote(items["ucc"], "ucc", "yyynaa")
    assert play.do("close_vote", chair("ucc"), items["ucc"]).state == "senate_notice"
    play.follow()
    with play.connect() as connection:
        all_sent(connection)
    play.clock.at = datetime(2027, 2, 20, 15, tzinfo=UTC)
    sweep_deadlines(play.engine)
    assert play.state(items["ucc"]) == "carried"
    play.follow()
    assert play.state(case) == "design"
    with play.connect() as connection:
        dates = connection.execute(
            "SELECT effective_on::text FROM agenda_item WHERE case_id = %s", (items["ucc"],)
        ).fetchone()
    assert dates == ("2027-08-23",)
    play.complete_design(case)
    play.approve(case)
    assert _due(play, case) == "2027-08-23", "nobody is late while it waits for its term"
    play.prepared(case)
    play.clock.at = datetime(2027, 4, 20, 15, tzinfo=UTC)
    sweep_deadlines(play.engine)
    with play.connect() as connection:
        told = connection.execute(
            "SELECT kind FROM notification WHERE case_id = %s "
            "AND kind ~ 'approved\\.(remind|late|escalate)$'", (case,),
        ).fetchall()  # fmt: skip
    assert told == []


def test_a_recused_member_leaves_both_counts_and_cannot_vote(play: Play) -> None:
    case = play.routed()
    item = play.voting(play.items(case)["ugc"], "ugc")
    member = COMMITTEES["ugc"][3]
    play.vote(item, "ugc", "yyyn-----")
    play.do("recuse", member, item, member=member, reason="Co-author.")
    reasons = play.refused(
        "cast_vote", member, item, choice="no", document_hash=play.document_hash(item)
    )
    assert "PR-recusal" in {reason.rule for reason in reasons}
    play.vote(item, "ugc", "----yyyyn")
    play.do("close_vote", chair("ugc"), item)
    with play.connect() as connection:
        row = connection.execute(
            "SELECT tally FROM agenda_item WHERE case_id = %s", (item,)
        ).fetchone()
    assert row is not None
    tally = row[0]
    assert isinstance(tally, dict)
    assert (tally["yes"], tally["no"], tally["recused"], tally["eligible"]) == (7, 1, 1, 8)


def test_a_returned_item_returns_the_proposal_with_the_bodys_changes_and_cancels_its_siblings(
    play: Play,
) -> None:
    case = play.routed()
    items = play.items(case)
    changes = [{"field": "curriculum_items.i1.text", "asks": "Name the prerequisites."}]
    play.do("return_item", chair("ugc"), items["ugc"], changes=changes)
    play.follow()
    assert (play.state(case), play.state(items["ucc"])) == ("returned", "cancelled")
    play.do("edit", PROPOSER, case, fields={"description": "Clearer."})
    play.do("answer_change", PROPOSER, case, number=1, answer="fixed")
    assert play.do("resubmit", PROPOSER, case).state == "curriculum_committee"
    play.follow()
    assert play.state(play.items(case)["ugc"]) == "queued"
    assert play.items(case)["ugc"] != items["ugc"]


def test_a_failed_vote_declines_the_proposal(play: Play) -> None:
    case = play.routed()
    items = play.items(case)
    play.voting(items["ugc"], "ugc")
    play.vote(items["ugc"], "ugc", "nnnnnyyaa")
    assert play.do("close_vote", chair("ugc"), items["ugc"]).state == "failed"
    play.follow()
    assert (play.state(case), play.state(items["ucc"])) == ("declined", "cancelled")


def test_a_vote_without_a_quorum_goes_back_to_the_queue_when_its_time_is_over(play: Play) -> None:
    case = play.routed()
    item = play.voting(play.items(case)["ugc"], "ugc")
    play.vote(item, "ugc", "yy-------")
    assert play.refused("close_vote", chair("ugc"), item)
    play.clock.advance(days=10)
    sweep_deadlines(play.engine)
    assert play.state(item) == "queued"


def test_the_bulletin_must_be_mailed_before_silence_counts(play: Play) -> None:
    case = play.routed()
    items = play.items(case)
    play.voting(items["ugc"], "ugc")
    play.vote(items["ugc"], "ugc", "yyyyyyyyy")
    play.do("close_vote", chair("ugc"), items["ugc"])
    play.voting(items["ucc"], "ucc")
    play.vote(items["ucc"], "ucc", "yyyyyyyyy")
    play.do("close_vote", chair("ucc"), items["ucc"])
    play.clock.advance(days=120)
    sweep_deadlines(play.engine)
    assert play.state(items["ucc"]) == "senate_notice"
    with play.connect() as connection:
        told = connection.execute(
            "SELECT count(*) FROM notification "
            "WHERE kind = 'agenda_item.bulletin' AND recipient = %s",
            (SENATE_OFFICE,),
        ).fetchone()
    assert told == (1,)


def _due(play: Play, case: str) -> str:
    """The university's day on which the state's own work is due."""
    with play.connect() as connection:
        row = connection.execute(
            "SELECT (due_at AT TIME ZONE 'America/New_York')::date::text FROM work_item "
            "WHERE case_id = %s AND kind = 'approved' AND state = 'open'", (case,),
        ).fetchone()  # fmt: skip
    assert row is not None
    return str(row[0])
