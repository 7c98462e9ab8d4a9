"""The scenes of a meeting: every row of its machine, from every state it leaves."""

from datetime import UTC, datetime

from tests.factory import COMMITTEES, SENATE_OFFICE
from tests.faults.scenes import Stage
from tests.workflow.play import chair

BODY = "ugc"
CHAIR, MEMBER = chair(BODY), COMMITTEES[BODY][3]
REASON = "A storm closes the university."


def scenes(stage: Stage) -> None:
    """Every row of the meeting; last of all, because a planned day binds every agenda."""
    stage.scene("plan", CHAIR, None, to="planned", machine="meeting", **_plan("2026-12-21"))
    meeting, items = _planned(stage, "2026-12-15", "2026-12-15")
    stage.scene("set_order", CHAIR, meeting, order=items[::-1])
    stage.scene("publish_agenda", CHAIR, meeting, to="published")
    stage.scene("cancel_meeting", SENATE_OFFICE, meeting, to="cancelled", reason=REASON)
    stage.due(meeting, "drop_meeting", to="cancelled")
    _published(stage)
    _over(stage)
    meeting, _ = _planned(stage, "2026-12-14")
    stage.do("publish_agenda", CHAIR, meeting)
    stage.do("cancel_meeting", SENATE_OFFICE, meeting, reason=REASON)
    stage.caused(meeting, "meeting_cancelled", to="queued")
    stage.recounts("meeting")


def _plan(day: str) -> dict[str, object]:
    return {"body": BODY, "held_on": day, "starts": "14:00", "place": "Room 101"}


def _planned(stage: Stage, *days: str) -> tuple[str, list[str]]:
    """A meeting, and an item placed on it for each day that is named."""
    meeting = stage.do("plan", CHAIR, machine="meeting", **_plan(days[0])).case
    items = [stage.items(stage.routed())[BODY] for _ in days]
    for item in items:
        stage.do("place_on_agenda", CHAIR, item, meeting_on=days[0], section="consent")
    return meeting, items


def _published(stage: Stage) -> None:
    meeting, _ = _planned(stage, "2026-12-16")
    stage.do("publish_agenda", CHAIR, meeting)
    stage.scene("rsvp", MEMBER, meeting, coming="remote")
    stage.scene("cancel_meeting", CHAIR, meeting, to="cancelled", reason=REASON)
    stage.due(meeting, "close_meeting", to="held")
    before, stage.clock.at = stage.clock.at, datetime(2026, 12, 16, 20, tzinfo=UTC)
    stage.scene("take_roll", CHAIR, meeting, room=list(COMMITTEES[BODY][:6]))
    stage.scene("close_meeting", CHAIR, meeting, to="held", note="by the chair")
    stage.clock.at = before


def _over(stage: Stage) -> None:
    meeting, _ = _planned(stage, "2026-12-17")
    stage.do("publish_agenda", CHAIR, meeting)
    before, stage.clock.at = stage.clock.at, datetime(2026, 12, 17, 20, tzinfo=UTC)
    stage.do("close_meeting", CHAIR, meeting)
    stage.scene("approve_minutes", CHAIR, meeting, to="minuted", remarks="Short.")
    stage.clock.at = before
