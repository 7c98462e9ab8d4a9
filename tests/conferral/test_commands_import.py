"""`conferral import-proposals`: described micro-credentials become drafts, word for word."""

import json
import shutil
from pathlib import Path
from typing import cast

import psycopg
import pytest
import yaml

from conferral import importing
from conferral.commands import import_proposals
from conferral.seed import SAMPLE
from tests.conferral.cli import Run, Told, refused, run
from tests.factory import ASA_OFFICER, PROPOSER, UNIT, UNIT_HEAD, appoint
from tests.unchanged import unchanged

__all__ = ["run"]

RECORDS = SAMPLE.with_name("microcredentials.yaml")
TWO = """\
microcredentials:
- title: Reading Maps
  competencies: [Read a map]
- title: null
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    file = tmp_path / "two.yaml"
    file.write_text(TWO, encoding="utf-8")
    return file


def listed(told: Told) -> list[dict[str, object]]:
    assert told.code == 0, told.err
    return cast("list[dict[str, object]]", told.json)


def drafts(database_url: str) -> list[tuple[str, str, dict[str, object]]]:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT case_id, unit, draft FROM proposal ORDER BY length(case_id), case_id"
        ).fetchall()
    return cast("list[tuple[str, str, dict[str, object]]]", found)


def test_the_real_records_become_drafts_with_what_they_lack(run: Run, database_url: str) -> None:
    told = listed(run("import-proposals", str(RECORDS), "--as", PROPOSER, "--json"))
    said = yaml.safe_load(RECORDS.read_text(encoding="utf-8"))["microcredentials"]
    assert [one["title"] for one in told] == [record["title"] for record in said]
    assert [one["case"] for one in told] == [f"MC-{n}" for n in range(1, len(said) + 1)]
    for one in told:
        assert list(one) == ["title", "case", "unmet"]
        unmet = cast("list[dict[str, str]]", one["unmet"])
        assert unmet
        assert len({rule["rule"] for rule in unmet}) == len(unmet)
        assert all(list(rule) == ["rule", "clause", "asks"] for rule in unmet)
    assert {unit for _, unit, _ in drafts(database_url)} == {UNIT}
    assert run("doctor").code == 0


def test_what_a_record_does_not_say_stays_unsaid(run: Run, two: Path, database_url: str) -> None:
    listed(run("import-proposals", str(two), "--as", PROPOSER, "--json"))
    (first, second) = (draft for _, _, draft in drafts(database_url))
    assert first == {
        "title": "Reading Maps", "competencies": [{"id": "c1", "statement": "Read a map"}],
    }  # fmt: skip
    assert second == {}


def test_a_repeat_imports_nothing_twice_and_says_so(run: Run, two: Path, database_url: str) -> None:
    first = listed(run("import-proposals", str(two), "--as", PROPOSER, "--json"))
    with unchanged(database_url):
        again = listed(run("import-proposals", str(two), "--as", PROPOSER, "--json"))
        # Written otherwise and by another member of the unit: the same records.
        other = two.with_suffix(".json")
        other.write_text(json.dumps(yaml.safe_load(TWO)["microcredentials"]), encoding="utf-8")
        told = run("import-proposals", str(other), "--as", UNIT_HEAD)
    assert again == first
    assert "MC-1, Reading Maps (already there): " in told.out
    assert told.out.endswith("0 imported as drafts, 2 already there.\n")


def test_a_record_added_to_the_file_is_the_only_one_imported(
    run: Run, two: Path, database_url: str
) -> None:
    run("import-proposals", str(two), "--as", PROPOSER)
    two.write_text(TWO + "- title: Reading Maps\n  competencies: [Read a map]\n", encoding="utf-8")
    told = run("import-proposals", str(two), "--as", PROPOSER)
    assert told.out.endswith("1 imported as drafts, 2 already there.\n")
    assert [case for case, _, _ in drafts(database_url)] == ["MC-1", "MC-2", "MC-3"]


def test_a_dry_run_needs_no_database_and_imports_nothing(
    run: Run, two: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unchanged(database_url):
        wet = listed(run("import-proposals", str(two), "--dry-run", "--json"))
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        dry = listed(run("import-proposals", str(two), "--dry-run", "--json"))
        told = run("import-proposals", str(two), "--dry-run").out
    assert dry == wet
    assert [one["case"] for one in dry] == [None, None]
    assert told.endswith("2 records can be imported. Nothing was imported.\n")


def test_it_coaches_with_what_is_asked_what_lacks_and_an_example(run: Run, two: Path) -> None:
    told = run("import-proposals", str(two), "--dry-run").out
    assert "Write each competency as one thing a learner can do" in told
    assert "(MC-1a, Statement 1)\n    - Competency 1 does not say whether it is knowledge" in told
    assert "    For example: Plans a one-year budget" in told
    assert told.startswith("Reading Maps: ")
    assert "\nuntitled: " in told


def test_a_unit_that_is_named_is_said_in_the_draft(run: Run, two: Path, database_url: str) -> None:
    words = ("import-proposals", str(two), "--as", PROPOSER, "--unit", UNIT)
    with_unit = listed(run(*words, "--json"))
    assert drafts(database_url)[0][2]["unit"] == UNIT
    assert with_unit[0]["case"] == "MC-1"


def test_on_our_own_database_the_first_sample_proposer_imports(
    run: Run, two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    data = tmp_path / "data"
    try:
        told = listed(run("import-proposals", str(two), "--json", "--data", str(data)))
        shown = run("show", "MC-1", "--data", str(data))
        healthy = run("doctor", "--data", str(data))
    finally:
        shutil.rmtree((data / "servers").resolve(), ignore_errors=True)
    assert [one["case"] for one in told] == ["MC-1", "MC-2"]
    assert "Rowan Sample" in shown.out
    assert healthy.code == 0, healthy.out


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("microcredentials:\n- title: [a]\n", "line 2, title: "),
        ("microcredentials:\n- title: ok\n- title: {a: b}\n", "line 3, title: "),
        ("microcredentials:\n- type: diploma\n", "line 2, type: "),
        ("microcredentials:\n- competencies: one\n", "line 2, competencies: "),
        (f"microcredentials:\n- title: {'x' * 300}\n", "line 2, title: "),
        ("microcredentials:\n- [a]\n", "line 2"),
        ("microcredentials: 3\n", "line 1, microcredentials: "),
        ("a: b: c\n", "line 1"),
        ("title: 'open\n", "line"),
        ("- &a [*a]\n", "line 1"),
        ("", "line 1"),
        ('{"microcredentials": [{"title": "a\\u0000b"}]}', "line 1"),
        ('[{"title": "ok"}, {"title": "ok",}]x', "line 1"),
        ("- title: !!python/object/apply:os.system ['true']\n", "line 1"),
    ],
)
def test_a_malformed_file_names_line_and_field_and_imports_nothing(
    run: Run, tmp_path: Path, database_url: str, text: str, says: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with unchanged(database_url):
        line = refused(run("import-proposals", str(file), "--as", PROPOSER))
        assert line == refused(run("import-proposals", str(file), "--dry-run"))
    assert f"{file}, {says}" in line or (line.startswith(f"{file}, line ") and says in line)


def test_one_bad_record_among_good_ones_imports_none(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(TWO + "- title: Good\n- type: nothing\n", encoding="utf-8")
    with unchanged(database_url):
        refused(run("import-proposals", str(file), "--as", PROPOSER))


def test_a_file_that_is_no_text_is_refused(run: Run, tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"- title: ok\n- title: \xff\n")
    with unchanged(database_url):
        assert "line 2" in refused(run("import-proposals", str(file), "--as", PROPOSER))


@pytest.mark.parametrize("name", ["none.yaml", "a\x00b", "\udcff.yaml", "."])
def test_a_file_that_is_not_there_is_refused(run: Run, name: str) -> None:
    refused(run("import-proposals", name, "--dry-run"))


def test_a_file_larger_than_any_is_not_read(
    run: Run, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LARGEST", 10)
    assert "larger than 10 bytes" in refused(run("import-proposals", str(two), "--dry-run"))


def test_whoever_may_not_propose_imports_nothing(run: Run, two: Path, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        appoint(connection, UNIT_HEAD, role="member", scope="computing")
    words = ("import-proposals", str(two))
    with unchanged(database_url):
        assert refused(run(*words)).startswith("--as: say who proposes them")
        assert "nobody here" in refused(run(*words, "--as", "nobody-here"))
        assert "choose" not in refused(run(*words, "--as", ASA_OFFICER, "--unit", UNIT))
        assert "belongs to no unit" in refused(run(*words, "--as", "leo-learner"))
        assert "computing, information-services" in refused(run(*words, "--as", UNIT_HEAD))
        assert "does not exist" in refused(run(*words, "--as", PROPOSER, "--unit", "nowhere"))
        assert "Choose a unit" in refused(run(*words, "--as", PROPOSER, "--unit", "No Unit"))


def test_a_refusal_half_way_takes_back_what_came_before(
    run: Run, two: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door refuses the second of two: the first is gone too."""
    planned = importing.planned

    def spoiled(file: str, **how: object) -> list[importing.Plan]:
        first, second = planned(file, **how)  # type: ignore[arg-type]
        bad = second.document.model_copy(update={"title": "x" * 300})
        return [first, importing.Plan(second.record, bad, (), 0, second.mark)]

    monkeypatch.setattr(import_proposals, "planned", spoiled)
    with unchanged(database_url):
        assert "At most 200" in refused(run("import-proposals", str(two), "--as", PROPOSER))
