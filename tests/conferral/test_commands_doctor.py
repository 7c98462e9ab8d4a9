"""`conferral doctor`: 0 when all is well, 1 with the row that is not, and never a change."""

import json
from typing import cast

import psycopg
import pytest

from tests.conferral.cli import Run, refused, run
from tests.factory import PROPOSER, UNIT
from tests.unchanged import unchanged
from workflow.invariants import ASKED

__all__ = ["run"]


@pytest.fixture
def case(run: Run) -> str:
    told = run(
        "act", "proposal", "open", "--as", PROPOSER, "--form", json.dumps({"unit": UNIT}), "--json"
    )
    return str(cast("dict[str, object]", told.json)["case"])


def test_a_healthy_database_is_left_as_it_was(run: Run, case: str, database_url: str) -> None:
    assert case == "MC-1"
    with unchanged(database_url):
        told, as_json = run("doctor"), run("doctor", "--json")
    assert (told.code, as_json.code) == (0, 0)
    lines = told.out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [[name, "holds:"] for name in ASKED]
    assert lines[-1] == "All is well."
    assert as_json.json == {"asked": list(ASKED), "violations": []}


def test_a_broken_row_is_named_and_the_exit_code_is_1(
    run: Run, case: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM work_item")
    with unchanged(database_url):
        told, as_json = run("doctor"), run("doctor", "--json")
    assert (told.code, as_json.code) == (1, 1)
    assert "I9   BROKEN: Nothing is stuck." in told.out
    assert f"A case is open and nobody is asked. case_id={case}, state=draft" in told.out
    assert told.out.endswith("1 row breaks an invariant.\n")
    (violation,) = cast("dict[str, list[object]]", as_json.json)["violations"]
    assert violation == {
        "invariant": "I9", "says": "A case is open and nobody is asked.",
        "row": {"case_id": case, "state": "draft"},
    }  # fmt: skip


def test_a_database_that_is_not_at_this_release_is_not_migrated(
    run: Run, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    with unchanged(empty_database_url):
        line = refused(run("doctor"))
    assert line == "The database is not at this release. Bring it there with: conferral migrate"
