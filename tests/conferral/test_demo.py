"""The main job: `conferral demo` on real servers, real worker, real mails, and what it leaves."""

import json
import subprocess
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from credentials.bake import extract


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run of the demo left."""
    folder = tmp_path_factory.mktemp("demo") / "with a space"
    done = subprocess.run(
        [sys.executable, "-m", "conferral", "demo", "--out", str(folder)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 violations" in " ".join(done.stdout.split())
    return folder


def read(out: Path, name: str) -> object:
    return json.loads((out / name).read_text(encoding="utf-8"))


def test_the_summary_counts_cases_mails_credentials_and_entries(out: Path) -> None:
    summary = read(out, "summary.json")
    assert isinstance(summary, dict)
    assert set(summary) == {
        "cases",
        "mails",
        "notices",
        "credentials",
        "entries",
        "violations",
        "unmet",
    }
    assert summary["cases"] == {
        "agenda_item": {"carried": 2}, "award": {"issued": 5}, "credential": {"active": 4},
        "meeting": {"minuted": 1}, "proposal": {"draft": 14, "issued": 4},
    }  # fmt: skip
    assert (summary["credentials"], summary["violations"], len(summary["unmet"])) == (5, 0, 18)
    assert all("MC-3b" in rules for rules in summary["unmet"].values())


def test_a_reminder_and_an_escalation_really_went_out(out: Path) -> None:
    mails = [
        BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        for file in sorted((out / "mail").glob("*.eml"))
    ]
    summary = read(out, "summary.json")
    assert isinstance(summary, dict)
    kinds = summary["notices"]
    assert len(mails) == summary["mails"] <= sum(kinds.values())
    assert kinds["proposal.asa_consultation.remind"] >= 1
    assert kinds["proposal.asa_consultation.escalate"] >= 1
    assert all(mail["Auto-Submitted"] == "auto-generated" for mail in mails)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_every_history_is_a_whole_chain(out: Path) -> None:
    history = read(out, "history.json")
    assert isinstance(history, list)
    assert sum(len(case["entries"]) for case in history) == read(out, "summary.json")["entries"]  # type: ignore[index]
    for case in history:
        assert case["entries"][-1]["to"] == case["state"]
        assert [entry["seq"] for entry in case["entries"]] == list(
            range(1, len(case["entries"]) + 1)
        )


def test_each_credential_verifies_by_the_command_line_with_the_keys_beside_it(out: Path) -> None:
    files = sorted((out / "credentials").glob("*.json"))
    assert len(files) == 5
    for file in files:
        done = subprocess.run(
            [sys.executable, "-m", "conferral", "verify", str(file), "--did",
             str(out / "did.json")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_award_can_be_taken_along_as_picture_and_sheet(out: Path) -> None:
    taken = out / "taken"
    for file in sorted((out / "credentials").glob("*.json")):
        assert extract((taken / f"{file.stem}-badge.png").read_bytes()) == file.read_bytes()
        assert (taken / f"{file.stem}-certificate.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(taken.glob("*-record.json"))) == 1


def test_a_second_run_replaces_what_the_first_left_and_touches_no_other_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "conferral", "demo", "--out", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]
