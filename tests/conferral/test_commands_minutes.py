"""`conferral minutes` and `conferral bulletin`: on the screen, as text, as PDF."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from tests.conferral.cli import Run, refused, run
from tests.factory import COMMITTEES
from tests.workflow.play import Play, chair

__all__ = ["run"]

CHAIR = chair("ugc")


@pytest.fixture
def meeting(run: Run, database_url: str) -> str:
    """A meeting in the past with one carried item, minutes not approved yet."""
    with ConnectionPool[psycopg.Connection](database_url, min_size=1, max_size=2) as pool:
        play = Play(pool.connection)
        item = play.items(play.routed(title="Mapping for Health"))["ugc"]
        case = play.do("plan", CHAIR, machine="meeting", body="ugc", held_on="2026-12-18",
                       starts="14:00", place="Room 101").case  # fmt: skip
        play.do("place_on_agenda", CHAIR, item, meeting_on="2026-12-18", section="discussion")
        play.do("publish_agenda", CHAIR, case)
        assert "is not over" in refused(run("minutes", case))
        play.clock.at = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)
        play.do("open_vote", CHAIR, item, mode="meeting", present=list(COMMITTEES["ugc"][:5]))
        play.vote(item, "ugc", "yyyyn")
        play.do("close_vote", CHAIR, item)
        play.clock.at += timedelta(days=1)
        play.do("close_meeting", "timer", case)
        return case


def test_minutes_are_printed_and_written_as_text_and_as_pdf(
    run: Run, meeting: str, tmp_path: Path
) -> None:
    said = run("minutes", meeting)
    assert said.code == 0, said.err
    assert said.out.startswith("Example University\nMinutes of the Undergraduate Curriculum")
    assert "Carried, 4 Yes to 1 No." in said.out
    text, sheet = tmp_path / "minutes.txt", tmp_path / "minutes.pdf"
    assert (
        "Draft: the chair has not approved it yet."
        in run("minutes", meeting, "--out", str(text)).out
    )
    assert text.read_text(encoding="utf-8") == said.out
    assert run("minutes", meeting, "--out", str(sheet)).code == 0
    assert sheet.read_bytes().startswith(b"%PDF-")


def test_the_bulletin_says_what_was_carried(run: Run, meeting: str) -> None:
    assert "1 item was carried. This committee's word is final" in run("bulletin", meeting).out
    assert "There is no 'ME-404'." in refused(run("bulletin", "ME-404"))
