"""Papers of what seldom happens, from values made by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from workflow.bulletin import bulletin
from workflow.happened import Attended, Happened, Matter, Voted, Voting
from workflow.minutes import minutes

ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)
VOTED = Voted(name="Cass Fiction", chair=True, recused=False, reason="", choice="yes")
CARRIED = Voting(
    mode="meeting", opened_at=AT, closed_at=AT, sentence="Carried, 1 Yes to 0 No.", carried=True,
    roll=(VOTED,),
)  # fmt: skip
MATTER = Matter(
    item="AG-1", proposal="MC-1", proposal_title="Data", title="IDS 3301", unit="Libraries",
    section="", document_hash="a" * 64, text=(), votings=(CARRIED,),
)  # fmt: skip
MET = Happened(
    case="ME-1", body_name="Committee", reports_to_senate=True, state="held",
    held_on=date(2026, 12, 18), starts_at=AT, place="Room 101", published_at=AT, presided="",
    quorum=5, members=9, attended=(), matters=(MATTER,), remarks="", approved_by="",
    approved_at=None,
)  # fmt: skip


def test_a_notice_that_ended_otherwise_is_said_to_have_ended() -> None:
    (part,) = bulletin(MET, issuer="Example", zone=ZONE).parts
    assert part.result == "The notice to the Senate has ended."


def test_nobody_presided_and_no_section_are_left_out() -> None:
    paper = minutes(MET, issuer="Example", zone=ZONE)
    assert "Chair" not in dict(paper.facts)
    (line,) = paper.parts[0].lines
    assert line.endswith("as it stands. The vote was opened in the meeting at 14:00.")


def test_an_item_that_was_voted_on_twice_tells_both_results() -> None:
    first = replace(CARRIED, sentence="No result: 2 voted, which is no quorum.", carried=False)
    met = replace(MET, matters=(replace(MATTER, votings=(first, CARRIED)),))
    (part,) = minutes(met, issuer="Example", zone=ZONE).parts
    assert first.sentence in part.lines
    assert part.result == "Carried, 1 Yes to 0 No."


def test_fewer_than_a_quorum_is_said_openly() -> None:
    alone = Attended(name="Cass Fiction", rsvp="yes", came="room")
    facts = dict(minutes(replace(MET, attended=(alone,)), issuer="Example", zone=ZONE).facts)
    assert facts["Roll"] == "1 of 9 seats filled; a quorum is 5, so there was none"


def test_a_paper_is_data_for_whoever_sets_it() -> None:
    said = bulletin(MET, issuer="Example", zone=ZONE).as_data()
    assert said["title"] == "Bulletin of the Committee, Fri 18 Dec 2026"
