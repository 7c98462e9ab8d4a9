"""`conferral calendar`: what a file changes, what would move, and putting it in force."""

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from policies import calendar
from tests.conferral.cli import Run, refused, run
from tests.factory import PROPOSER, UNIT
from tests.policies.documents import badge_data

__all__ = ["run"]

WHY = "Hurricane Ana"


@pytest.fixture
def draft(run: Run) -> str:
    """A draft; its idle clock runs for months."""
    form = json.dumps({"unit": UNIT, "content": badge_data()})
    told = run("act", "proposal", "open", "--as", PROPOSER, "--form", form, "--json")
    assert told.code == 0, told.err
    return str(json.loads(told.out)["case"])


def a_day_ahead() -> str:
    """A business day well within the clock of a draft that begins now."""
    year = calendar.load()
    return year.nth_business_day(year.day_of(datetime.now(UTC)), 15).isoformat()


def test_a_file_is_checked_against_the_calendar_in_force(run: Run, tmp_path: Path) -> None:
    same = tmp_path / "same.yaml"
    same.write_text(calendar.text(), "utf-8")
    assert run("calendar", "check", str(same)).out == (
        "It says the same as the calendar in force.\n"
    )
    other = tmp_path / "other.yaml"
    other.write_text(calendar.text().replace("Labor Day", "Labour Day"), "utf-8")
    assert run("calendar", "check", str(other)).out == (
        "Mon 7 Sep 2026: Labour Day, was Labor Day.\n"
    )


@pytest.mark.parametrize(
    ("text", "says"), [("name: x", "timezone"), ("- x", "no table"), ("{", "no YAML")]
)
def test_a_file_that_is_no_calendar_is_refused_by_field(
    run: Run, tmp_path: Path, text: str, says: str
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(text, "utf-8")
    told = run("calendar", "check", str(bad))
    assert refused(told)
    assert says in told.err
    assert refused(run("calendar", "check", str(tmp_path / "none.yaml")))


def test_a_dry_run_says_what_would_move_and_changes_nothing(run: Run, draft: str) -> None:
    day = a_day_ahead()
    told = run("calendar", "close", day, "--reason", WHY, "--dry-run")
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert WHY in lines[0]
    assert lines[1].startswith(f"{draft}: draft due ")
    assert lines[-2:] == [
        "Dates would move in 1 case.", "Nothing was changed: this was a dry run.",
    ]  # fmt: skip
    again = run("calendar", "close", day, "--reason", WHY, "--dry-run")
    assert again.out == told.out


def test_a_closed_day_is_in_force_at_once_and_stands_in_the_history(
    run: Run, draft: str, database_url: str
) -> None:
    day = a_day_ahead()
    told = run("calendar", "close", day, "--reason", WHY)
    assert told.out == "Version 1 is in force. Dates moved in 1 case.\n"
    with psycopg.connect(database_url) as connection:
        entries = connection.execute(
            "SELECT form ->> 'why' FROM entry WHERE case_id = %s AND trigger = 'recount'", (draft,)
        ).fetchall()
        says = connection.execute("SELECT says FROM register_entry").fetchone()
    assert entries == [(WHY,)]
    assert says == (f"Calendar 2026-27 is in force as version 1: {WHY}",)
    shown = run("show", draft)
    assert shown.code == 0, shown.err
    assert run("calendar", "close", day, "--reason", WHY).out.startswith("Version 2 is in force.")
    backwards = run("calendar", "close", day, "--to", "2020-01-01", "--reason", WHY)
    assert refused(backwards)


def test_a_file_is_put_in_force_with_a_reason(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(calendar.text().replace("name: 2026-27", "name: 2026-27b"), "utf-8")
    told = run("calendar", "apply", str(file), "--reason", "The terms are final")
    assert told.out == "Version 1 is in force. Dates moved in 0 cases.\n"
    assert refused(run("calendar", "apply", str(file)))
