"""The registrar's feed: columns that do not change, no formulas, and records given back."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest

from conferral.compose import pool
from tests import factory
from tests.conferral.cli import Run, refused, run
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow.queries.registrar import COLUMNS

__all__ = ["run"]

WEEK = ("--week", "2026-11-24")


@pytest.fixture
def awards(run: Run, database_url: str) -> Iterator[Awards]:
    assert run
    with pool(database_url, size=4) as connect:
        yield Awards(Play(connect))


def rows(run: Run, *words: str) -> list[dict[str, str]]:
    told = run("registrar", "feed", *words)
    assert told.code == 0, told
    return list(csv.DictReader(io.StringIO(told.out, newline="")))


def week(awards: Awards, case: str) -> tuple[str, str]:
    (at,) = awards.row("SELECT at::date FROM entry WHERE case_id = %s AND trigger = 'issue'", case)
    return "--week", str(at)


def test_the_columns_are_those_that_were_agreed() -> None:
    assert COLUMNS == (
        "award", "credential_id", "learner", "learner_name", "kept_in", "credential", "version",
        "code", "title", "type", "level", "unit", "issued_on", "record", "standing", "exception",
    )  # fmt: skip


def test_a_week_has_a_row_for_each_award_that_was_issued_in_it(run: Run, awards: Awards) -> None:
    badge = awards.badge()
    case, guest = awards.issued(badge), awards.to_verify(badge, factory.GUEST_LEARNER)
    awards.do("verify", factory.ASA_OFFICER, guest, identity_method="verified_mail",
              attested_by=factory.ASSESSOR)  # fmt: skip
    awards.follow()
    found = {row["award"]: row for row in rows(run, *week(awards, case))}
    assert found[case]["learner"] == factory.LEARNER
    assert (found[case]["kept_in"], found[case]["standing"]) == ("student_system", "in_force")
    assert found[guest]["learner"] == ""
    assert found[guest]["kept_in"] == "asa_register"
    assert found[case]["exception"] == found[guest]["exception"] == ""
    assert rows(run, "--week", "2020-01-01") == []
    as_json = cast("dict[str, object]", run("registrar", "feed", *week(awards, case), "--format",
                                            "json").json)  # fmt: skip
    assert as_json["columns"] == list(COLUMNS)
    assert len(cast("list[object]", as_json["records"])) == 2
    assert run("registrar", "feed").code == 0


def test_no_cell_is_a_formula_and_every_line_ends_as_it_should(
    run: Run, awards: Awards, database_url: str
) -> None:
    case = awards.issued(awards.badge())
    with psycopg.connect(database_url) as connection:
        connection.execute("""UPDATE person SET name = '=HYPERLINK("x","y")' WHERE id = %s""",
                           (factory.LEARNER,))  # fmt: skip
    told = run("registrar", "feed", *week(awards, case))
    assert """"'=HYPERLINK(""x"",""y"")\"""" in told.out
    assert rows(run, "--open")[0]["learner_name"].startswith("'=")


def test_what_somebody_has_to_look_at_is_said(run: Run, awards: Awards, database_url: str) -> None:
    badge = awards.badge()
    case, other = awards.issued(badge), awards.issued(badge, factory.OTHER_LEARNER)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE work_item SET due_at = '2020-01-01' WHERE kind = 'issued'")
        connection.execute("UPDATE award SET identity_method = 'verified_mail' "
                           "WHERE case_id = %s", (other,))  # fmt: skip
    said = {row["award"]: row["exception"] for row in rows(run, "--open")}
    assert said[case] == "The record is not confirmed in time."
    assert "look for the student number" in said[other]
    awards.recorded(case)
    awards.recorded(other)
    said = {row["award"]: row["exception"] for row in rows(run, *week(awards, case))}
    assert said[case] == "Another award has the same record number."
    assert rows(run, "--open") == []


def test_the_feed_is_filled_in_and_given_back(run: Run, awards: Awards, tmp_path: Path) -> None:
    badge = awards.badge()
    case, other = awards.issued(badge), awards.issued(badge, factory.OTHER_LEARNER)
    file = tmp_path / "records.csv"
    file.write_text(f"award,record,kept_in\r\n{case},2026-118,student_system\r\n"
                    f"{other},,student_system\r\nAW-99,2026-119,asa_register\r\n")  # fmt: skip
    words = ("registrar", "confirm", str(file), "--as", factory.REGISTRAR)
    dry = run(*words, "--dry-run")
    assert (dry.code, awards.row("SELECT count(*) FROM award WHERE registrar_record <> ''")) == (
        0, (0,)
    )  # fmt: skip
    for _ in range(2):  # given again, nothing happens twice
        told = run(*words)
        assert told.code == 1
        assert f"line 2: {case}, 2026-118: confirmed" in told.out
        assert "line 4: AW-99, 2026-119: refused: " in told.out
        assert told.out.endswith("1 of 2 records.\n")
    assert [row["award"] for row in rows(run, "--open")] == [other]
    nobody = run("registrar", "confirm", str(file), "--as", factory.LEARNER)
    assert nobody.code == 1


def test_a_correction_keeps_the_old_number_in_the_history(awards: Awards) -> None:
    case = awards.issued(awards.badge())
    awards.recorded(case)
    awards.do("correct_record", factory.REGISTRAR, case, record="2026-119", reason="A digit.")
    assert awards.row("SELECT registrar_record FROM award WHERE case_id = %s", case) == (
        "2026-119",
    )
    said = awards.rows(
        "SELECT form ->> 'record' FROM entry WHERE case_id = %s AND form ? 'record' ORDER BY seq",
        case,
    )
    assert said == [("2026-118",), ("2026-119",)]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"award,record\r\nAW-1,1\r\n", "there is no column kept_in"), (b"", "there is no column"),
     (b"award,record,kept_in\r\n\xff", "cannot be read"),
     (b'award,record,kept_in\r\n"AW-1', "cannot be read")],
)  # fmt: skip
def test_a_file_that_is_no_list_of_records_is_refused(
    run: Run, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    words = ("registrar", "confirm", str(tmp_path / "bad.csv"), "--as", factory.REGISTRAR)
    assert says in refused(run(*words))
