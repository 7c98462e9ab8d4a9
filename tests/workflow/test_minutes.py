"""Minutes and bulletin are drafted from what really happened, through the real engine."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factory import ASA_OFFICER, COMMITTEES, appoint
from tests.tasks.world import all_sent
from tests.workflow.play import Play, chair
from workflow.bulletin import bulletin
from workflow.happened import Happened
from workflow.minutes import minutes
from workflow.paper import Paper
from workflow.queries.happened import happened

DAY = "2026-12-18"
ZONE = ZoneInfo("America/New_York")
ON_THE_DAY = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)
MEMBERS = COMMITTEES["ugc"]
CHAIR = chair("ugc")
ALTERNATE = ASA_OFFICER


def planned(play: Play, body: str = "ugc", day: str = DAY) -> str:
    return play.do(
        "plan", chair(body), machine="meeting", body=body, held_on=day, starts="14:00",
        place="Room 101",
    ).case  # fmt: skip


def placed(play: Play, title: str, section: str = "consent", **more: str) -> str:
    item = play.items(play.routed(title=title))["ugc"]
    play.do("place_on_agenda", CHAIR, item, meeting_on=DAY, section=section, **more)
    return item


def read(play: Play, meeting: str) -> Happened:
    with play.connect() as connection:
        found = happened(connection, meeting)
    assert found is not None
    return found


def minutes_of(play: Play, meeting: str) -> Paper:
    return minutes(read(play, meeting), issuer="Example University", zone=ZONE)


def bulletin_of(play: Play, meeting: str) -> Paper:
    return bulletin(read(play, meeting), issuer="Example University", zone=ZONE)


def part(paper: Paper, start: str) -> str:
    """One part of a paper, as text."""
    found = next(p for p in paper.parts if start in p.heading)
    rows = [" | ".join(row) for row in found.table.rows] if found.table else []
    return "\n".join((found.about, *found.lines, found.result, *rows))


@pytest.fixture
def met(play: Play) -> tuple[str, dict[str, str]]:
    """A meeting with one item of each fate."""
    with play.connect() as connection:
        appoint(connection, ALTERNATE, role="committee_alternate", scope="ugc",
                stands_for=MEMBERS[8])  # fmt: skip
    meeting = planned(play)
    items = {
        "carried": placed(play, "Carried"), "failed": placed(play, "Failed"),
        "returned": placed(play, "Returned"), "left": placed(play, "Left over"),
        "empty": placed(play, "Too few"), "gone": placed(play, "Gone"),
    }  # fmt: skip
    play.do("publish_agenda", CHAIR, meeting)
    play.do("rsvp", MEMBERS[7], meeting, coming="no")
    play.do("pull_from_consent", MEMBERS[1], items["carried"], reason="One question.")
    play.do("recuse", MEMBERS[2], items["carried"], member=MEMBERS[2], reason="Co-author.")
    play.do("recuse", MEMBERS[3], items["left"], member=MEMBERS[3], reason="Teaches it.")
    play.clock.at = ON_THE_DAY
    play.do("take_roll", CHAIR, meeting, room=list(MEMBERS[:5]), remote=[MEMBERS[5], ALTERNATE])
    for item, said in (("carried", "yy-yyn"), ("failed", "nnnnny"), ("empty", "yn----")):
        play.do("open_vote", CHAIR, items[item], mode="meeting")
        play.vote(items[item], "ugc", said)
    digest = play.document_hash(items["carried"])
    play.do("cast_vote", ALTERNATE, items["carried"], choice="abstain", document_hash=digest)
    digest = play.document_hash(items["failed"])
    play.do("cast_vote", ALTERNATE, items["failed"], choice="no", document_hash=digest)
    play.do("close_vote", CHAIR, items["carried"])
    play.do("close_vote", CHAIR, items["failed"])
    play.do("return_item", CHAIR, items["returned"], message="It is close.",
            changes=[{"field": "curriculum_items", "asks": "Name the prerequisites."}])  # fmt: skip
    with play.connect() as connection:
        gone = connection.execute(
            "SELECT proposal FROM agenda_item WHERE case_id = %s", (items["gone"],)
        ).fetchone()
    assert gone is not None
    play.do("withdraw", "rowan-sample", str(gone[0]))
    play.follow()
    return meeting, items


def closed(play: Play, meeting: str, items: dict[str, str]) -> None:
    """The vote without a quorum is closed when its time is over, then the meeting."""
    play.clock.advance(days=1)
    play.do("close_vote", "timer", items["empty"])
    play.do("close_meeting", "timer", meeting)


def test_minutes_say_who_came_and_how_with_the_notice_and_the_quorum(
    play: Play, met: tuple[str, dict[str, str]]
) -> None:
    closed(play, *met)
    paper = minutes_of(play, met[0])
    assert paper.title == "Minutes of the Undergraduate Curriculum Committee, Fri 18 Dec 2026"
    assert paper.stand == "Draft: the chair has not approved it yet."
    facts = dict(paper.facts)
    assert facts["Held"] == "Fri 18 Dec 2026 at 14:00, Room 101"
    assert facts["Chair"] == "Cass Fiction"
    assert facts["Notice"] == "The agenda was public from Tue 24 Nov 2026, 24 days before"
    assert facts["Roll"] == "7 of 9 seats filled; a quorum is 5"
    attendance = part(paper, "Attendance")
    assert "Ida Example, alternate for Tom Invented | Connected" in attendance
    assert "Rita Stub | Absent, as announced" in attendance
    assert "Tom Invented | Absent" in attendance
    assert "Cass Fiction | In the room" in attendance


def test_each_item_has_its_motion_tally_and_roll_by_name_or_what_else_became_of_it(
    play: Play, met: tuple[str, dict[str, str]]
) -> None:
    closed(play, *met)
    paper = minutes_of(play, met[0])
    carried = part(paper, "1. ")
    assert "Vic Madeup pulled it from consent: One question." in carried
    assert "Motion: that the committee carries it as it stands. " in carried
    assert "The vote was opened in the meeting at 14:00." in carried
    assert "Carried, 4 Yes to 1 No, with 1 abstention." in carried
    assert "Cass Fiction (chair) | Yes" in carried
    assert "Ben Draft | Recused: Co-author." in carried
    assert "Ida Example, alternate for Tom Invented | Abstained" in carried
    assert "Rita Stub | Absent" in carried
    assert "for “Carried” (MC-1). Item AG-1, document " in carried
    assert "Not carried, 1 Yes to 6 No." in part(paper, "2. ")
    returned = part(paper, "3. ")
    assert "Returned with required changes by Cass Fiction. It is close. (1) " in returned
    assert "Name the prerequisites." in returned
    left = part(paper, "4. ")
    assert "Lena Outline was recused: Teaches it." in left
    assert "Not reached. It waits for another meeting." in left
    assert "No result: 2 members voted" in part(paper, "5. ")
    assert "Cancelled before a vote" in part(paper, "6. ")


def test_approved_minutes_carry_the_remark_and_who_approved_them(
    play: Play, met: tuple[str, dict[str, str]]
) -> None:
    closed(play, *met)
    play.do("approve_minutes", CHAIR, met[0], remarks="The provost sent greetings.")
    paper = minutes_of(play, met[0])
    assert paper.stand == "Approved by Cass Fiction on Sat 19 Dec 2026."
    assert part(paper, "Remarks").strip() == "The provost sent greetings."
    text = paper.as_text()
    assert max(map(len, text.splitlines())) <= 90
    assert "Attendance\n----------\n  Member" in text


def test_a_vote_taken_again_at_another_meeting_stands_in_each_ones_minutes(play: Play) -> None:
    first = planned(play)
    item = placed(play, "Twice", "discussion")
    play.do("publish_agenda", CHAIR, first)
    play.do("open_vote", CHAIR, item, mode="e_ballot")
    play.vote(item, "ugc", "yn-------")
    play.clock.at = ON_THE_DAY + timedelta(days=1)
    play.do("close_vote", "timer", item)
    play.do("close_meeting", "timer", first)
    second = planned(play, day="2027-01-15")
    play.do("place_on_agenda", CHAIR, item, meeting_on="2027-01-15", section="discussion",
            late_waiver="The chair.")  # fmt: skip
    play.do("publish_agenda", CHAIR, second)
    play.do("open_vote", CHAIR, item, mode="e_ballot")
    play.vote(item, "ugc", "yyyyyyyyy")
    open_yet = part(minutes_of(play, second), "1. ")
    assert "The vote was not closed." in open_yet
    play.do("close_vote", CHAIR, item)
    before, after = part(minutes_of(play, first), "1. "), part(minutes_of(play, second), "1. ")
    assert "No result: 2 voted, which is no quorum." in before
    assert "by e-ballot from Tue 24 Nov 2026 to Sat 19 Dec 2026" in before
    assert "It came late: The chair." in after
    assert "Carried, 9 Yes to 0 No." in after
    assert dict(minutes_of(play, second).facts).get("Roll") is None, "nobody called it"


def test_a_short_notice_and_its_waiver_stand_in_the_minutes(play: Play) -> None:
    meeting = planned(play)
    item = placed(play, "Short")
    play.clock.at = ON_THE_DAY - timedelta(days=1)
    play.do("publish_agenda", CHAIR, meeting)
    play.do("waive_notice", CHAIR, item, in_favor=7, voting=9)
    paper = minutes_of(play, meeting)
    assert dict(paper.facts)["Notice"].endswith("Thu 17 Dec 2026, 1 day before; 7 are asked")
    assert "The notice was waived by 7 of 9 votes." in part(paper, "1. ")
    unpublished = minutes_of(play, planned(play, day="2027-01-15"))
    assert dict(unpublished.facts)["Notice"] == "The agenda was not published."


def test_a_bulletin_holds_what_was_carried_with_its_text(
    play: Play, met: tuple[str, dict[str, str]]
) -> None:
    closed(play, *met)
    paper = bulletin_of(play, met[0])
    assert paper.stand == "1 item was carried. This committee's word is final for each."
    (one,) = paper.parts
    assert one.lines == ("Carried, 4 Yes to 1 No, with 1 abstention.",)
    assert "Three credits." in {words for _, words in one.quoted}
    assert one.result == ""
    assert "Three credits." in paper.as_text()


def test_a_bulletin_to_the_senate_says_until_when_to_object_and_then_that_nobody_did(
    play: Play,
) -> None:
    case = play.routed()
    items = play.items(case)
    play.voting(items["ugc"], "ugc")
    play.vote(items["ugc"], "ugc", "yyyyyyyyy")
    play.do("close_vote", chair("ugc"), items["ugc"])
    meeting = planned(play, "ucc")
    play.do("place_on_agenda", chair("ucc"), items["ucc"], meeting_on=DAY, section="consent")
    play.do("publish_agenda", chair("ucc"), meeting)
    assert bulletin_of(play, meeting).stand == "Nothing was carried at this meeting."
    play.do("open_vote", chair("ucc"), items["ucc"], mode="e_ballot")
    play.vote(items["ucc"], "ucc", "yyyyyyyyy")
    play.do("close_vote", chair("ucc"), items["ucc"])
    paper = bulletin_of(play, meeting)
    assert paper.stand == "1 item was carried and reported to the Senate."
    until = read(play, meeting).matters[0].objections_until
    assert until is not None
    assert paper.parts[0].result.startswith("Objections can be made until ")
    assert dict(paper.facts)["To object"].startswith("Write to the Senate office by ")
    with play.connect() as connection:
        all_sent(connection)
    play.clock.at = until + timedelta(seconds=1)
    play.do("no_objection", "timer", items["ucc"])
    day = play.engine.calendar.day_of(play.clock.now())
    assert bulletin_of(play, meeting).parts[0].result == (
        f"Nobody objected; it is carried since {day:%a} {day.day} {day:%b %Y}."
    )


def test_there_is_nothing_of_a_meeting_that_is_not_there(play: Play) -> None:
    with play.connect() as connection:
        assert happened(connection, "ME-404") is None
