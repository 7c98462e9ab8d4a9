"""The log over all histories: signed, kept outside, proved without a database, and never fooled."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest

from conferral.compose import pool
from conferral.outside import LogFolder, folder_of, log_keys
from conferral.settings import load
from credentials.checkpoint import CheckpointRefused
from tests.conferral.cli import Run, Told, refused, run
from tests.workflow.play import Play
from workflow.log import extend

__all__ = ["run"]

SECRET = "a passphrase of at least thirty-two characters"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("CONFERRAL_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def play(run: Run, data: Path, database_url: str) -> Iterator[Play]:
    assert data.exists()
    assert run
    with pool(database_url, size=4) as connect:
        played = Play(connect)
        played.submitted(title="Data Storytelling")
        yield played


def checkpoint(run: Run) -> str:
    told = run("log", "checkpoint")
    assert told.code == 0, told
    return told.out


def proof(run: Run, *words: str) -> dict[str, object]:
    told = run("log", "prove", "MC-1", *words)
    assert told.code == 0, told
    return cast("dict[str, object]", told.json)


def checked(run: Run, data: Path, bundle: object) -> Told:
    (data / "proof.json").write_text(json.dumps(bundle))
    return run("log", "verify", str(data / "proof.json"))


def test_a_checkpoint_is_signed_once_for_each_length_and_kept_outside(
    run: Run, play: Play, data: Path
) -> None:
    note = checkpoint(run)
    origin, size, *_ = note.split("\n")
    assert origin == "credentials.example.edu/log"
    assert checkpoint(run) == note
    (file,) = (data / "log").iterdir()
    assert (file.name, file.read_text()) == (f"{int(size):012d}.txt", note)
    play.submitted(title="Another")
    assert int(checkpoint(run).split("\n")[1]) > int(size)
    assert len(list((data / "log").iterdir())) == 2


def test_where_nothing_happened_there_is_nothing_to_sign(run: Run, data: Path) -> None:
    assert data.exists()
    assert checkpoint(run) == "Nothing has happened yet.\n"
    assert "There is no checkpoint yet" in refused(run("log", "prove", "MC-1"))


def test_each_entry_is_proved_without_a_database(
    run: Run, play: Play, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert play
    checkpoint(run)
    bundle = proof(run)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere.invalid/none")
    told = checked(run, data, bundle)
    assert told.code == 0, told
    assert told.out == f"Proved: {len(cast('list[object]', bundle['entries']))} entries.\n"


def test_a_changed_entry_a_changed_checkpoint_and_no_entry_are_not_proved(
    run: Run, play: Play, data: Path
) -> None:
    assert play
    checkpoint(run)
    bundle = proof(run)
    text = json.dumps(bundle)
    told = checked(run, data, json.loads(text.replace('"trigger": "submit"', '"trigger": "x"')))
    assert told.code == 1
    assert "of MC-1 is not what the log holds there." in told.out
    for broken in (
        bundle | {"entries": []}, bundle | {"entries": "x"}, bundle | {"checkpoint": "x"},
        bundle | {"checkpoint": str(bundle["checkpoint"]).replace("log\n", "log\n1", 1)},
        bundle | {"entries": [7]}, bundle | {"entries": [{"entry": {}, "proof": {}}]},
        bundle | {"entries": [{"hash": "zz", "proof": {"path": [], "index": 0}}]},
        bundle | {"entries": [{"entry": {}, "proof": 7}]}, {},
    ):  # fmt: skip
        assert checked(run, data, broken).code == 1, broken
        assert cast("dict[str, object]", run("log", "verify", str(data / "proof.json"), "--json")
                    .json)["proved"] is False  # fmt: skip


def test_an_entry_of_which_only_the_hash_is_told_is_proved_all_the_same(
    run: Run, play: Play, data: Path
) -> None:
    assert play
    checkpoint(run)
    bundle = proof(run)
    entries = cast("list[dict[str, dict[str, object]]]", bundle["entries"])
    hidden = [{"hash": one["entry"]["hash"], "proof": one["proof"]} for one in entries]
    assert checked(run, data, bundle | {"entries": hidden}).code == 0
    hidden[0]["hash"] = "0" * 64
    assert checked(run, data, bundle | {"entries": hidden}).code == 1


def test_that_the_log_only_grew_is_proved_from_an_older_checkpoint(
    run: Run, play: Play, data: Path
) -> None:
    checkpoint(run)
    (older,) = (data / "log").iterdir()
    play.submitted(title="Another")
    checkpoint(run)
    bundle = proof(run, "--since", str(older))
    assert checked(run, data, bundle).code == 0
    grew = cast("dict[str, list[str]]", bundle["grew"])
    for path in (["00" * 32, *grew["path"]], ["zz"], [], 7):
        assert checked(run, data, bundle | {"grew": {**grew, "path": path}}).code == 1, path
    (data / "none.txt").write_text("no checkpoint")
    assert "no checkpoint" in refused(run("log", "prove", "MC-1", "--since",
                                          str(data / "none.txt")))  # fmt: skip


def test_a_proof_is_checked_with_a_published_document(run: Run, play: Play, data: Path) -> None:
    from conferral.issuer import did_document

    assert play
    checkpoint(run)
    checked(run, data, proof(run))
    file = str(data / "proof.json")
    (data / "did.json").write_text(json.dumps(did_document(load({"CONFERRAL_DATA": str(data)}))))
    assert run("log", "verify", file, "--did", str(data / "did.json")).code == 0
    (data / "did.json").write_text("{}")
    assert "--did" in refused(run("log", "verify", file, "--did", str(data / "did.json")))
    assert run("log", "verify", file, "--data", str(data / "elsewhere")).code == 1
    assert "No key" in refused(run("log", "prove", "MC-1", "--data", str(data / "elsewhere")))


EDITS = {
    "an entry": ("UPDATE entry SET actor = 'max-instance' WHERE case_id = 'MC-1' AND seq = 1",
                 "An entry is not what the log says of it."),
    "a leaf": ("UPDATE log_leaf SET hash = repeat('0', 64) WHERE position = 0",
               "An entry is not what the log says of it."),
    "a leaf that is gone": ("DELETE FROM log_leaf WHERE position = 0",
                            "The leaves of the log are not numbered without a gap."),
    "a checkpoint": ("UPDATE log_checkpoint SET root = repeat('0', 64)",
                     "The log does not lead to a checkpoint that is kept here."),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_the_doctor_finds_what_was_edited(
    run: Run, play: Play, database_url: str, edit: str
) -> None:
    assert play
    checkpoint(run)
    assert "I10  holds" in run("doctor").out
    statement, says = EDITS[edit]
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)  # type: ignore[call-overload]
    told = run("doctor")
    if edit == "an entry":
        assert "The chain breaks at this entry." in told.out
    else:
        assert says in told.out
    assert told.code == 1


def test_who_writes_every_table_is_found_by_the_checkpoint_kept_outside(
    run: Run, play: Play, database_url: str, data: Path
) -> None:
    """History, chain, leaves and checkpoint are all rewritten in step; the file is not."""
    assert play
    checkpoint(run)
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM log_checkpoint")
        connection.execute("UPDATE log_leaf SET position = 1000 + position")
        connection.execute("UPDATE log_leaf SET position = (SELECT max(position) FROM log_leaf) "
                           "- position")  # fmt: skip
    told = run("doctor")
    assert "The log does not lead to a checkpoint that is kept outside." in told.out
    file = next((data / "log").iterdir())
    file.write_text(file.read_text().replace("log\n", "log\n1", 1))
    assert f"{file.name}: No key" in refused(run("doctor"))


def test_of_two_who_extend_the_log_one_does(run: Run, play: Play) -> None:
    assert run
    with play.connect() as one, play.connect() as two, one.transaction():
        assert extend(one) > 0
        assert extend(two) == 0
    with play.connect() as connection:
        assert extend(connection, most=1) == 0


def test_a_checkpoint_that_is_kept_is_not_written_over(data: Path) -> None:
    folder = LogFolder(data / "log")
    file = folder.keep("x\n7\nroot\n\nsigned")
    assert folder.keep("x\n7\nother\n\nsigned") == file
    assert "root" in file.read_text()
    with pytest.raises(CheckpointRefused, match=r"000000000007\.txt: This is no checkpoint"):
        folder.every([])


def test_a_compromised_keys_checkpoints_count_no_more(run: Run, play: Play, data: Path) -> None:
    assert play
    checkpoint(run)
    settings = load({"CONFERRAL_DATA": str(data)})
    assert len(folder_of(settings).every(log_keys(settings))) == 1
    (name,) = [one.name for one in keys_named(data)]
    run("keys", "retire", name, "--compromised", "--since", "2026-01-01")
    assert log_keys(settings) == ()


def keys_named(data: Path) -> list[Path]:
    return [file.with_suffix("") for file in (data / "keys").glob("*.json")]


def test_a_trace_is_told_and_its_file_is_checked_without_a_database(
    run: Run, play: Play, data: Path
) -> None:
    from tests.workflow.award_play import Awards

    awards = Awards(play)
    case = awards.issued(awards.badge("Data Ethics"))
    assert "nothing is proved" in run("trace", case).out
    checkpoint(run)
    told = run("trace", case)
    assert "The proposal behind it (MC-" in told.out
    assert "entries are proved against the checkpoint of" in told.out
    bundle = cast("dict[str, object]", run("trace", case, "--json").json)
    number = str(bundle["credential"]).removeprefix("urn:uuid:")
    assert cast("dict[str, object]", run("trace", number, "--json").json) == bundle
    assert checked(run, data, bundle).code == 0
    assert refused(run("trace", "AW-99")) == "There is no signed credential AW-99."
