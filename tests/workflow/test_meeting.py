"""Meetings through the real engine: planned, published in time, attended, closed, cancelled."""

from datetime import UTC, datetime

import pytest

from tests.factory import COMMITTEES, PROPOSER, SENATE_OFFICE
from tests.workflow.play import Play, chair
from workflow.sweep import sweep_deadlines

DAY, EARLIER = "2026-12-18", "2026-12-11"
BODY = "ugc"
CHAIR = chair(BODY)


def planned(play: Play, day: str = DAY, **changes: object) -> str:
    form = {"body": BODY, "held_on": day, "starts": "14:00", "place": "Room 101"} | changes
    return play.do("plan", CHAIR, machine="meeting", **form).case


def placed(play: Play, title: str = "One", section: str = "consent") -> str:
    item = play.items(play.routed(title=title))[BODY]
    play.do("place_on_agenda", CHAIR, item, meeting_on=DAY, section=section)
    return item


def rules(reasons: tuple[object, ...]) -> set[str]:
    return {reason.rule for reason in reasons}  # type: ignore[attr-defined]


def value(play: Play, statement: str, *parameters: object) -> object:
    with play.connect() as connection:
        row = connection.execute(statement.encode(), parameters).fetchone()
    return row[0] if row else None


def test_a_meeting_runs_from_its_plan_to_its_minutes(play: Play) -> None:
    meeting = planned(play)
    first, second = placed(play, "One"), placed(play, "Two", "discussion")
    play.do("set_order", CHAIR, meeting, order=[second, first])
    assert play.do("publish_agenda", CHAIR, meeting).state == "published"
    assert value(play, "SELECT agenda FROM meeting WHERE case_id = %s", meeting) == [second, first]
    invited = "SELECT count(*) FROM notification WHERE case_id = %s AND kind = 'meeting.agenda'"
    assert value(play, invited, meeting) == len(COMMITTEES[BODY]), "one mail a meeting and member"
    asked = "SELECT count(*) FROM work_item WHERE case_id = %s AND kind = 'rsvp' AND state = 'open'"
    assert value(play, asked, meeting) == len(COMMITTEES[BODY])

    play.do("rsvp", COMMITTEES[BODY][1], meeting, coming="remote", note="From the clinic.")
    assert value(play, asked, meeting) == len(COMMITTEES[BODY]) - 1
    play.do("rsvp", COMMITTEES[BODY][1], meeting, coming="no")
    answer = "SELECT rsvp FROM attendance WHERE case_id = %s AND person = %s"
    assert value(play, answer, meeting, COMMITTEES[BODY][1]) == "no", "an answer can change"

    assert "PR-meeting" in rules(play.refused("take_roll", CHAIR, meeting, room=[CHAIR]))
    play.clock.at = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)
    present = list(COMMITTEES[BODY][:6])
    play.do("take_roll", CHAIR, meeting, room=present[:4], remote=present[4:])
    play.do("open_vote", CHAIR, first, mode="meeting")
    play.vote(first, BODY, "yyyyyn")
    assert "PR-meeting" in rules(play.refused("close_meeting", CHAIR, meeting)), "a vote is open"
    play.do("close_vote", CHAIR, first)
    assert play.do("close_meeting", CHAIR, meeting).state == "held"
    assert play.do("approve_minutes", CHAIR, meeting, remarks="Short.").state == "minuted"


def test_an_item_is_placed_on_a_day_on_which_its_committee_meets(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    planned(play, EARLIER)
    reasons = play.refused("place_on_agenda", CHAIR, item, meeting_on=DAY, section="consent")
    assert [r.text for r in reasons] == [
        "The committee does not meet on that day; it meets on Fri 11 Dec 2026."
    ]


def test_a_published_agenda_is_frozen_but_for_what_comes_late_with_a_reason(play: Play) -> None:
    meeting = planned(play)
    placed(play, "One")
    play.do("publish_agenda", CHAIR, meeting)
    late = play.items(play.routed(title="Late"))[BODY]
    form = {"meeting_on": DAY, "section": "discussion"}
    assert "public and frozen" in play.refused("place_on_agenda", CHAIR, late, **form)[0].text
    play.do("place_on_agenda", CHAIR, late, **form, late_waiver="The chair, for the term's start.")
    play.clock.at = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
    very_late = play.items(play.routed(title="Very late"))[BODY]
    play.do("place_on_agenda", CHAIR, very_late, **form, late_waiver="The chair.")
    play.clock.at = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
    voters = list(COMMITTEES[BODY][:6])
    play.do("open_vote", CHAIR, late, mode="meeting", present=voters)
    reasons = play.refused("open_vote", CHAIR, very_late, mode="meeting", present=voters)
    assert rules(reasons) == {"PR-notice"}, "its own notice began when it was placed"
    play.do("waive_notice", CHAIR, very_late, in_favor=6, voting=6)
    play.do("open_vote", CHAIR, very_late, mode="meeting", present=voters)


def test_no_vote_opens_on_an_agenda_that_is_not_public(play: Play) -> None:
    planned(play)
    item = placed(play)
    reasons = play.refused("open_vote", CHAIR, item, mode="e_ballot")
    assert [r.text for r in reasons] == ["The agenda of its meeting is not public yet."]


def test_a_cancelled_meeting_gives_its_items_back_and_frees_its_day(play: Play) -> None:
    meeting = planned(play)
    item = placed(play)
    play.do("publish_agenda", CHAIR, meeting)
    play.do("cancel_meeting", SENATE_OFFICE, meeting, reason="A storm closes the university.")
    play.follow()
    assert play.state(item) == "queued"
    told = "SELECT count(*) FROM notification WHERE case_id = %s AND kind = 'meeting.cancelled'"
    assert value(play, told, meeting) == len(COMMITTEES[BODY])
    assert planned(play) != meeting, "the day is free again"


def test_a_meeting_whose_agenda_never_came_is_dropped_after_its_day(play: Play) -> None:
    meeting = planned(play)
    item = placed(play)
    play.clock.at = datetime(2026, 12, 23, 15, 0, tzinfo=UTC)
    while sweep_deadlines(play.engine).more:
        pass
    assert play.state(meeting) == "cancelled"
    play.follow()
    assert play.state(item) == "queued"


def test_a_meeting_that_nobody_closed_closes_at_the_end_of_its_day(play: Play) -> None:
    meeting = planned(play)
    placed(play)
    play.do("publish_agenda", CHAIR, meeting)
    play.clock.at = datetime(2026, 12, 19, 15, 0, tzinfo=UTC)
    while sweep_deadlines(play.engine).more:
        pass
    assert play.state(meeting) == "held"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"held_on": "2026-11-20"}, "Choose a day that is still ahead."),
        ({"held_on": "2026-11-26"}, "The university is closed on Thu 26 Nov 2026."),
        ({"held_on": "2026-12-19"}, "The university is closed on Sat 19 Dec 2026."),
        ({"body": "registrar_signoff"}, "Choose a committee that votes."),
        ({"starts": "2pm"}, "starts"),
    ],
)
def test_a_meeting_that_cannot_be_is_not_planned(
    play: Play, changes: dict[str, str], says: str
) -> None:
    form = {"body": BODY, "held_on": DAY, "starts": "14:00", "place": "Room 101"} | changes
    reasons = play.refused("plan", SENATE_OFFICE, machine="meeting", **form)
    assert any(says in (r.text + r.field) for r in reasons), reasons


def test_a_committee_meets_once_a_day(play: Play) -> None:
    planned(play)
    form = {"body": BODY, "held_on": DAY, "starts": "09:00", "place": "Room 2"}
    reasons = play.refused("plan", CHAIR, machine="meeting", **form)
    assert [r.text for r in reasons] == ["This committee meets on that day already."]


def test_who_plans_publishes_and_answers_is_who_should(play: Play) -> None:
    meeting = planned(play)
    placed(play)
    for trigger, actor, form in (
        ("publish_agenda", COMMITTEES[BODY][1], {}),
        ("set_order", PROPOSER, {"order": ["AG-1"]}),
        ("cancel_meeting", PROPOSER, {"reason": "No."}),
    ):
        assert play.refused(trigger, actor, meeting, **form), trigger
    play.do("publish_agenda", CHAIR, meeting)
    assert play.refused("rsvp", COMMITTEES["ucc"][1], meeting, coming="yes"), "another committee"


def test_an_order_names_what_is_placed_each_once(play: Play) -> None:
    meeting = planned(play)
    item = placed(play)
    for order, says in (([item, "AG-99"], "Not placed for this meeting: AG-99."),
                        ([item, item], "Name each item once.")):  # fmt: skip
        assert says in play.refused("set_order", CHAIR, meeting, order=order)[0].text
    empty = planned(play, EARLIER)
    assert "Nothing is placed" in play.refused("publish_agenda", CHAIR, empty)[0].text


def test_a_roll_names_members_once_and_somebody(play: Play) -> None:
    meeting = planned(play)
    placed(play)
    play.do("publish_agenda", CHAIR, meeting)
    play.clock.at = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
    for roll, says in (
        ({"room": [PROPOSER]}, "Not a member of this committee"),
        ({"room": [CHAIR], "remote": [CHAIR]}, "either in the room or connected"),
        ({}, "Say who is there."),
    ):
        assert says in play.refused("take_roll", CHAIR, meeting, **roll)[0].text


def test_an_e_ballot_does_not_hold_up_a_meeting_nor_a_clock(play: Play) -> None:
    meeting = planned(play)
    item = placed(play)
    play.do("publish_agenda", CHAIR, meeting)
    play.clock.at = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
    play.do("open_vote", CHAIR, item, mode="e_ballot")
    assert play.do("close_meeting", CHAIR, meeting).state == "held"


def test_a_vote_left_open_in_the_room_does_not_stop_the_clock(play: Play) -> None:
    meeting = planned(play)
    item = placed(play)
    play.do("publish_agenda", CHAIR, meeting)
    play.clock.at = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
    play.do("open_vote", CHAIR, item, mode="meeting", present=list(COMMITTEES[BODY][:6]))
    play.clock.at = datetime(2026, 12, 19, 15, 0, tzinfo=UTC)
    while sweep_deadlines(play.engine).more:
        pass
    assert play.state(meeting) == "held"
    assert play.state(item) == "queued", "nobody voted: it waits for the next meeting"
