"""Meetings on the pages: planned by whoever chairs, an agenda that anyone may read."""

from tests import factory
from tests.factory import COMMITTEES
from tests.web.browser import Browser, Page
from tests.web.test_journey import SignIn
from tests.workflow.play import Play, chair

CHAIR = chair("ugc")


def test_a_chair_plans_a_meeting_publishes_its_agenda_and_a_member_answers(
    sign_in: SignIn, stranger: Browser, play: Play
) -> None:
    item = play.items(play.routed(title="Mapping for Health"))["ugc"]
    cass = sign_in(CHAIR)
    assert "No meeting is planned" in cass.read("/meetings")
    answer = cass.send("/meetings/new", body="ugc", held_on="2026-12-18", place="Room 101")
    text = cass.goes(answer)
    assert "Nothing is placed yet" in text
    place = cass.send(f"/cases/{item}/act/place_on_agenda", meeting_on="2026-12-18",
                      section="discussion")  # fmt: skip
    cass.goes(place)
    assert stranger.get("/meetings/ME-1").status_code == 404, "not public yet"
    text = cass.goes(cass.send("/cases/ME-1/act/publish_agenda"))
    assert "You published the agenda." in text
    assert "The agenda: 1 item" in text
    public = stranger.read("/meetings/ME-1")
    assert "For discussion 1 item" in public
    assert "Room 101" in public
    vic = sign_in(COMMITTEES["ugc"][1])
    assert "Say whether you come" in vic.read("/work")
    text = vic.goes(vic.send("/cases/ME-1/act/rsvp", coming="remote", note="From the clinic."))
    assert "One of nine comes" in text
    assert "Connects: From the clinic." in text


def test_a_day_that_cannot_be_is_named_at_its_field_and_what_was_typed_stays(
    sign_in: SignIn,
) -> None:
    cass = sign_in(CHAIR)
    answer = cass.send("/meetings/new", body="ugc", held_on="2026-11-26", place="Room 101")
    page = Page(answer)
    assert answer.status_code == 422
    assert "The university is closed on Thu 26 Nov 2026." in page.text
    assert page.fields["place"] == "Room 101"


def test_only_who_chairs_or_keeps_the_senates_office_plans(sign_in: SignIn) -> None:
    assert "Plan a meeting" not in sign_in(factory.PROPOSER).read("/meetings")
    assert "Plan a meeting" in sign_in(factory.SENATE_OFFICE).read("/meetings")
