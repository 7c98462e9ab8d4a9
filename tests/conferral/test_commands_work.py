"""`conferral work` and `conferral delegation`: the inbox and deputies from the command line."""

import json

import pytest

from tests.conferral.cli import Run, refused, run
from tests.factory import ASA_OFFICER, PROPOSER, REGISTRAR, UNIT

__all__ = ["run"]


@pytest.fixture
def draft(run: Run) -> str:
    form = {"unit": UNIT, "content": {"unit": UNIT, "title": "Made up"}}
    told = run("act", "proposal", "open", "--as", PROPOSER, "--form", json.dumps(form), "--json")
    return str(told.json["case"])  # type: ignore[index,call-overload]


def test_the_inbox_is_shown_in_words_and_as_json(run: Run, draft: str) -> None:
    said = run("work", PROPOSER)
    assert said.code == 0, said.err
    assert said.out.startswith("Later:\n")
    assert f"Finish your draft of Made up (Proposer, {draft})" in said.out
    (item,) = run("work", PROPOSER, "--json").json["items"]  # type: ignore[index,call-overload]
    assert (item["case"], item["group"], item["late"]) == (draft, "Later", False)


def test_an_empty_inbox_says_so_and_a_stranger_is_told(run: Run) -> None:
    assert run("work", REGISTRAR).out == "Nothing waits for Reg Ledger.\n"
    assert "nobody here is called" in refused(run("work", "nobody"))


def test_a_long_inbox_says_that_there_is_more(run: Run, draft: str, database_url: str) -> None:
    import psycopg

    from tests.factory import AT, insert

    with psycopg.connect(database_url) as connection:
        for n in range(51):
            insert(connection, "work_item", id=f"00000000-0000-0000-0000-{n:012}", case_id=draft,
                   opened_at=AT)  # fmt: skip
    assert "More than 50 things wait" in run("work", PROPOSER).out


def test_a_deputy_is_named_listed_and_ended(run: Run) -> None:
    begun = run("delegation", "begin", REGISTRAR, "--as", ASA_OFFICER, "--to", "2099-12-31")
    assert "A deputy stands in for a year at most." in refused(begun)
    today = run("delegation", "list", "--as", ASA_OFFICER)
    assert today.out == f"Nobody stands in for {ASA_OFFICER}, nor they for others.\n"
    begun = run("delegation", "begin", REGISTRAR, "--as", ASA_OFFICER, "--role", "asa_officer",
                "--from", _day(1), "--to", _day(2), "--reason", "A conference",
                "--json")  # fmt: skip
    (one,) = begun.json  # type: ignore[misc]
    assert (one["deputy"], one["role"], one["reason"]) == (
        REGISTRAR, "asa_officer", "A conference",
    )  # fmt: skip
    listed = run("delegation", "list", "--as", REGISTRAR)
    assert listed.out.startswith("Reg Ledger for Ida Example, ASA officer: ")
    assert str(one["id"]) in listed.out
    ended = run("delegation", "end", str(one["id"]), "--as", REGISTRAR)
    assert ended.out == "Reg Ledger no longer stands in for Ida Example as ASA officer.\n"
    assert "has ended" in refused(run("delegation", "end", str(one["id"]), "--as", REGISTRAR))


def test_without_roles_all_of_them_are_lent_from_today(run: Run) -> None:
    begun = run("delegation", "begin", REGISTRAR, "--as", ASA_OFFICER, "--to", _day(0), "--json")
    assert [one["role"] for one in begun.json] == ["asa_officer"]  # type: ignore[union-attr,call-overload]


def _day(after: int) -> str:
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    today = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date()
    return (today + timedelta(days=after)).isoformat()
