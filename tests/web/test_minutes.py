"""Minutes and bulletin on the pages: a draft for those who work here, public once approved."""

from datetime import UTC, datetime

import pytest

from tests import factory
from tests.factory import COMMITTEES
from tests.web.browser import Browser
from tests.web.test_journey import SignIn
from tests.workflow.play import Play, chair

CHAIR = chair("ugc")


@pytest.fixture
def held(play: Play) -> str:
    """A meeting that is closed; its minutes wait for the chair."""
    item = play.items(play.routed(title="Mapping for Health"))["ugc"]
    meeting = play.do("plan", CHAIR, machine="meeting", body="ugc", held_on="2026-12-18",
                      starts="14:00", place="Room 101").case  # fmt: skip
    play.do("place_on_agenda", CHAIR, item, meeting_on="2026-12-18", section="discussion")
    play.do("publish_agenda", CHAIR, meeting)
    play.do("rsvp", COMMITTEES["ugc"][1], meeting, coming="yes")
    return meeting


def close(play: Play, meeting: str) -> None:
    (item,) = [one for one in ("AG-1", "AG-2") if play.state(one) == "scheduled"]
    play.clock.at = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)
    play.do("take_roll", CHAIR, meeting, room=list(COMMITTEES["ugc"][:6]))
    play.do("open_vote", CHAIR, item, mode="meeting")
    play.vote(item, "ugc", "yyyyyn")
    play.do("close_vote", CHAIR, item)
    play.do("close_meeting", CHAIR, meeting)


def test_a_chair_sees_the_forecast_until_the_roll_is_taken(
    sign_in: SignIn, play: Play, held: str
) -> None:
    cass = sign_in(CHAIR)
    told = "1 of 9 are expected, and a quorum is 5: four of the eight who are silent must come."
    assert told in cass.read(f"/cases/{held}")
    close(play, held)
    assert "are expected" not in cass.read(f"/cases/{held}")


def test_minutes_are_a_draft_inside_until_they_are_approved_and_public_then(
    sign_in: SignIn, stranger: Browser, play: Play, held: str
) -> None:
    cass = sign_in(CHAIR)
    assert cass.get(f"/cases/{held}/papers/minutes").status_code == 404, "the meeting is not over"
    close(play, held)
    assert "The minutes are drafted" in cass.read(f"/cases/{held}")
    draft = cass.read(f"/cases/{held}/papers/minutes")
    assert "Draft: the chair has not approved it yet." in draft
    assert "Carried, 5 Yes to 1 No." in draft
    assert "Vic Madeup Yes" in draft
    assert stranger.get(f"/meetings/{held}/minutes").status_code == 404
    assert "1 item was carried" in stranger.read(f"/meetings/{held}/bulletin")
    assert sign_in(factory.LEARNER).get(f"/cases/{held}/papers/minutes").status_code == 404
    play.do("approve_minutes", CHAIR, held)
    assert "Approved by Cass Fiction on Fri 18 Dec 2026." in stranger.read(
        f"/meetings/{held}/minutes"
    )
    assert f"/meetings/{held}/minutes" in stranger.get(f"/meetings/{held}").get_data(as_text=True)


def test_each_paper_is_taken_along_as_tagged_pdf(
    sign_in: SignIn, stranger: Browser, play: Play, held: str
) -> None:
    close(play, held)
    inside = sign_in(CHAIR).get(f"/cases/{held}/papers/minutes.pdf")
    outside = stranger.get(f"/meetings/{held}/bulletin.pdf")
    for answer in (inside, outside):
        assert answer.mimetype == "application/pdf"
        body = answer.get_data()
        assert body.startswith(b"%PDF-")
        assert b"StructTreeRoot" in body
    assert inside.headers["Content-Disposition"] == f'inline; filename="minutes-{held}.pdf"'


def test_what_is_no_paper_is_not_there(stranger: Browser, held: str) -> None:
    for path in (f"/meetings/{held}/agenda", "/meetings/ME-404/minutes", "/meetings/%00/minutes"):
        assert stranger.get(path).status_code == 404, path
