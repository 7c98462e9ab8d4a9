"""`conferral dead` and `conferral bounces`: what was given up, and what came back."""

import mailbox
from pathlib import Path
from typing import cast

import psycopg
import pytest

from tests.conferral.cli import Run, refused, run
from tests.tasks import world
from tests.tasks.test_dsn import MAIL, postfix
from tests.tasks.world import uuid

__all__ = ["run"]


@pytest.fixture
def dead(run: Run, database_url: str) -> str:
    """A dead mail's id."""
    del run  # only that the people are there
    with psycopg.connect(database_url) as connection:
        world.lay_case(connection)
        one = world.lay_mail(connection, "one")
        connection.execute("UPDATE envelope SET state = 'dead', outcome = '550 no such user'")
        connection.execute("UPDATE notification SET state = 'dead'")
    return str(one)


def test_what_was_given_up_is_listed_with_its_reason(run: Run, dead: str) -> None:
    told = run("dead", "list", "--kind", "mail")
    assert told.out.startswith(f"{dead}  Mail to Rowan Sample, proposal: received (MC-1), since ")
    assert told.out.endswith(": 550 no such user\n")
    (one,) = cast("list[dict[str, object]]", run("dead", "list", "--json").json)
    assert one["what"] == "Mail to Rowan Sample, proposal: received"
    assert run("dead", "list", "--case", "MC-2").out == "Nothing was given up.\n"


def test_one_is_taken_up_and_given_up(run: Run, dead: str) -> None:
    assert run("dead", "replay", dead).out == "Taken up again: 1.\n"
    assert run("dead", "list").out == "Nothing was given up.\n"
    assert "Nothing that was given up fits this." in refused(run("dead", "replay", dead))


def test_all_are_given_up_only_when_it_is_said(run: Run, dead: str) -> None:
    del dead  # only that it is there
    assert "Name one ROW, or say --all." in refused(run("dead", "replay"))
    assert "Name one ROW, or say --all." in refused(run("dead", "replay", str(uuid("x")), "--all"))
    told = run("dead", "discard", "--all", "--kind", "mail", "--reason", "They left.")
    assert told.out == "Given up: 1.\n"


def test_reports_are_taken_in_from_a_file_a_pipe_and_a_maildir(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.eml"
    file.write_bytes(postfix())
    assert run("bounces", str(file)).out == "1 were noted.\n"
    assert run("bounces", "-", stdin=postfix()).out == "1 were known already.\n"
    folder = mailbox.Maildir(tmp_path / "Maildir")
    folder.add(postfix().replace(b"20261124.1", b"20261124.2"))
    folder.add(b"From: leo@example.edu\nAuto-Submitted: auto-replied\n\nOut of office")
    folder.add(b"From: leo@example.edu\n\nHello")
    told = run("bounces", str(tmp_path / "Maildir"), "--json")
    assert told.json == {"stopped": 0, "noted": 1, "known": 0, "automatic": 1, "other": 1}


def test_a_report_on_a_mail_of_ours_stops_its_address(
    run: Run, database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as connection:
        world.lay_case(connection)
        one = world.lay_mail(connection, "one")
    file = tmp_path / "report.eml"
    ours = postfix().replace(b"Leo@Example.edu", b"Rowan.Sample@example.edu")
    file.write_bytes(ours.replace(str(MAIL).encode(), str(one).encode()))
    assert run("bounces", str(file)).out == "1 addresses get no mail any more.\n"


def test_what_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    assert "no such file or folder" in refused(run("bounces", str(tmp_path / "nowhere")))
    assert "this is no Maildir" in refused(run("bounces", str(tmp_path)))
