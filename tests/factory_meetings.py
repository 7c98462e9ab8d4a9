"""A row of each table of committees and their meetings, for the factory."""

from datetime import datetime


def rows_of_meetings(case: str, person: str, at: datetime) -> dict[str, dict[str, object]]:
    """A meeting of the first committee, one member's place in it, and that committee's charter."""
    meeting = {
        "case_id": case, "body": "ugc", "title": "A meeting", "held_on": at.date(),
        "starts_at": at, "place": "Room 101", "agenda": [], "cancelled": False,
    }  # fmt: skip
    return {
        "meeting": meeting, "attendance": {"case_id": case, "person": person},
        "charter": {"body": "ugc", "starts": at, "entry": 1, "said": {"id": "ugc"}},
    }  # fmt: skip
