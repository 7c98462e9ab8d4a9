"""The embedded servers: what survives, what is left behind, who may have the folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from conferral.errors import FolderClosed, FolderInUse, ServerFailed
from conferral.servers import Servers, attach_or_start, embedded, folder
from tests.conferral.processes import PACKAGES, launcher, living, sessions, until

NEVER = Retry(NoBackoff(), 0)
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up its rights")


def write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")


def words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM kept")]


def answers(url: str, question: str = "SELECT true") -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone() == (True,)


def test_data_survives_a_restart(data: Path) -> None:
    with embedded(data, environ={}) as servers:
        write(servers.database_url)
        with redis.Redis.from_url(servers.redis_url) as client:
            client.set("word", "still here")
        first = sessions(servers.kept)
    assert living(first) == set()
    with embedded(data, environ={}) as servers:
        assert words(servers.database_url) == ["still here"]
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.get("word") == b"still here"


def test_servers_listen_only_where_we_said(data: Path) -> None:
    with embedded(data, fast=True, environ={}) as servers:
        with psycopg.connect(servers.database_url) as connection:
            row = connection.execute("SHOW listen_addresses").fetchone()
            assert row == ("",)
        port = re.search(r":(\d+)/0$", servers.redis_url)
        assert port is not None
        with (
            redis.Redis(port=int(port[1]), retry=NEVER) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()


def test_a_second_start_names_the_process_and_the_folder(data: Path) -> None:
    with launcher(data) as first:
        with pytest.raises(FolderInUse) as refused, embedded(data, environ={}):
            pass
        assert refused.value.pid == first.process.pid
        assert str(first.process.pid) in str(refused.value)
        assert str(data) in str(refused.value)


@pytest.mark.parametrize("reachable", [True, False])
def test_killing_the_launcher_leaves_no_process_and_a_folder_that_starts(
    data: Path, open_folder: Path, *, reachable: bool
) -> None:
    where = open_folder / "data" if reachable else data
    with launcher(where) as first:
        write(first.urls["DATABASE_URL"])
        assert living(first.sessions) >= first.sessions
        first.process.kill()
        assert until(lambda: not living(first.sessions))
    with embedded(where, environ={}) as servers:
        assert words(servers.database_url) == ["still here"]


def test_killing_launcher_and_postgres_at_once_leaves_a_folder_that_starts(data: Path) -> None:
    with launcher(data) as first:
        write(first.urls["DATABASE_URL"])
        for leader in first.sessions:
            os.kill(leader, signal.SIGKILL)
        first.process.kill()
        first.process.wait()
    with embedded(data, environ={}) as servers:
        assert words(servers.database_url) == ["still here"]


def resume(pids: set[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_server_on_its_way_out_is_waited_for(data: Path) -> None:
    with launcher(data) as first:
        write(first.urls["DATABASE_URL"])
        for leader in first.sessions:
            os.kill(leader, signal.SIGSTOP)  # it cannot hear yet that its launcher is gone
        first.process.kill()
        first.process.wait()
        wake = threading.Timer(0.5, resume, args=[first.sessions])
        wake.start()
        with embedded(data, environ={}) as servers:
            assert words(servers.database_url) == ["still here"]
        wake.join()


def test_a_crashed_start_leaves_nothing_running_and_says_why(data: Path) -> None:
    with embedded(data, environ={}) as servers:
        log = data / "valkey-broken"
    broken = next((data / "servers" / "valkey" / "appendonlydir").glob("*.manifest"))
    broken.write_text("this is not a manifest\n")
    with pytest.raises(ServerFailed, match="Valkey ended at its start"), embedded(data, environ={}):
        pass
    assert not log.exists()
    assert not (data / "servers.json").exists()
    assert not running_on(data / "servers" / "postgres")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(servers.database_url)


def running_on(cluster: Path) -> bool:
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, check=True)
    return f"-D {cluster.resolve()} ".encode() in listed.stdout


def test_a_pid_file_whose_number_went_to_a_stranger_does_not_block_the_start(data: Path) -> None:
    with embedded(data, environ={}, fast=True):
        pass
    with stranger() as pid:
        stale = data / "servers" / "postgres" / "postmaster.pid"
        stale.write_text(f"{pid}\n{stale.parent}\n1795486844\n5432\n/nowhere\n\n0 0\nready\n")
        with embedded(data, environ={}, fast=True) as servers:
            assert answers(servers.database_url)
        os.kill(pid, 0)  # it was left alone


class stranger:  # noqa: N801 -- reads as a block
    """A process of the servers' user that has nothing to do with us."""

    def __enter__(self) -> int:
        prefix = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([*prefix, "sleep", "60"], start_new_session=True)
        return self.process.pid

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def test_addresses_from_the_environment_win(data: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://db.example/conferral",
        "REDIS_URL": "redis://broker.example/0",
        "SMTP_URL": "smtp://mail.example",
    }
    with embedded(data, environ=given) as servers:
        assert servers.environ() == given
        assert servers.kept == ()
    with embedded(data, environ={"DATABASE_URL": given["DATABASE_URL"]}) as servers:
        assert servers.database_url == given["DATABASE_URL"]
        assert [one.name for one in servers.kept] == ["Valkey"]


def test_the_environment_is_asked_when_nothing_else_is_said(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/conferral")
    with embedded(data, need_redis=False, need_smtp=False) as servers:
        assert servers == Servers("postgresql://db.example/conferral") or servers.kept == ()
    with attach_or_start(data, need_redis=False, need_smtp=False) as found:
        assert found == Servers("postgresql://db.example/conferral")


def test_a_command_uses_the_servers_that_run(data: Path) -> None:
    with launcher(data) as first, attach_or_start(data, environ={}) as found:
        assert found.environ() == first.urls


def test_a_command_starts_servers_where_none_run_and_stops_them(data: Path) -> None:
    with attach_or_start(data, need_redis=False, need_smtp=False, environ={}) as found:
        assert answers(found.database_url)
        assert not found.redis_url
    assert not running_on(data / "servers" / "postgres")


def test_a_command_is_refused_where_what_it_needs_does_not_run(data: Path) -> None:
    with (
        embedded(data, need_redis=False, need_smtp=False, fast=True, environ={}),
        pytest.raises(FolderInUse),
        attach_or_start(data, environ={}),
    ):
        pass


GUEST = """
import sys, time
from pathlib import Path
import psycopg
from conferral.servers import attach_or_start
with attach_or_start(Path(sys.argv[1]), need_redis=False, need_smtp=False, environ={}) as servers:
    print('{"urls": {}, "pids": []}', flush=True)
    sys.stdin.readline()
    time.sleep(0.5)
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE guest_was_served ()")
    sys.stdin.read()
"""


def test_a_command_waits_for_its_guests_before_it_stops_the_servers(data: Path) -> None:
    with attach_or_start(data, need_redis=False, need_smtp=False, environ={}):
        guest = launcher(data, script=GUEST)
        visitor = guest.__enter__()
        assert visitor.process.stdin is not None
        visitor.process.stdin.write("go on\n")
        visitor.process.stdin.close()
    assert visitor.process.wait(10) == 0
    guest.__exit__(None, None, None)
    with embedded(data, environ={}, need_redis=False, need_smtp=False) as servers:
        assert answers(servers.database_url, "SELECT count(*) = 0 FROM guest_was_served")


def test_a_socket_path_that_is_too_long_goes_to_a_short_folder(data: Path) -> None:
    deep = data / ("d" * 100)
    with embedded(deep, need_redis=False, need_smtp=False, fast=True, environ={}) as servers:
        assert answers(servers.database_url)
    shutil.rmtree((deep / "servers").resolve())


def test_the_folder_is_named_when_it_cannot_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(FolderClosed, match=re.escape(str(file))), embedded(file, environ={}):
        pass


def test_a_database_of_another_release_is_refused_with_what_to_do(data: Path) -> None:
    with embedded(data, need_redis=False, need_smtp=False, fast=True, environ={}):
        pass
    (data / "servers" / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerFailed, match="pg_upgrade"), embedded(data, environ={}):
        pass


def test_a_postgres_that_cannot_start_says_its_last_words(data: Path) -> None:
    with embedded(data, need_redis=False, need_smtp=False, fast=True, environ={}):
        pass
    (data / "servers" / "postgres" / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(ServerFailed, match="no_such_setting"), embedded(data, environ={}):
        pass


def test_throw_away_servers_leave_no_files(data: Path) -> None:
    with embedded(data, need_smtp=False, fast=True, keep=False, environ={}):
        files = (data / "servers").resolve()
        assert files.exists()
    assert not files.exists()
    assert not (data / "servers").is_symlink()


# ------------------------------------------------------------------------------ root and others


@ROOT_ONLY
def test_root_runs_servers_as_nobody_where_only_root_can_enter(data: Path) -> None:
    with embedded(data, environ={}, need_smtp=False, fast=True) as servers:
        assert (data / "servers").is_symlink()
        for leader in sessions(servers.kept):
            assert Path(f"/proc/{leader}").stat().st_uid != 0


@ROOT_ONLY
def test_root_keeps_data_in_the_folder_where_everybody_can_reach_it(open_folder: Path) -> None:
    with embedded(open_folder, environ={}, need_redis=False, need_smtp=False, fast=True):
        assert (open_folder / "servers" / "postgres").is_dir()
        assert not (open_folder / "servers").is_symlink()


@ROOT_ONLY
def test_data_left_by_a_removed_folder_is_neither_used_nor_removed(data: Path) -> None:
    options = {"need_redis": False, "need_smtp": False, "fast": True}
    with embedded(data, environ={}, **options) as servers:
        write(servers.database_url)
    left = (data / "servers").resolve()
    shutil.rmtree(data)
    with embedded(data, environ={}, **options) as servers, pytest.raises(psycopg.errors.Error):
        words(servers.database_url)
    assert (left / "postgres").is_dir()
    shutil.rmtree(left)


@ROOT_ONLY
def test_a_lost_home_is_said_and_not_replaced_by_an_empty_one(data: Path) -> None:
    with embedded(data, need_redis=False, need_smtp=False, fast=True, environ={}):
        pass
    shutil.rmtree((data / "servers").resolve())
    with pytest.raises(ServerFailed, match="which is gone"), embedded(data, environ={}):
        pass


@ROOT_ONLY
def test_a_place_for_homes_that_nobody_can_reach_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(folder.HOMES_VARIABLE, str(tmp_path / "homes"))
    with pytest.raises(ServerFailed, match=folder.HOMES_VARIABLE):
        folder.homes()


def reachable_python() -> str | None:
    """A Python that `nobody` can run with our code and packages."""
    trial = "import conferral.servers"
    for python in (sys.executable, "/usr/bin/python3"):
        tried = subprocess.run(
            ["runuser", "-u", "nobody", "--", "env", f"PYTHONPATH={PACKAGES}", python, "-c", trial],
            capture_output=True,
            check=False,
            cwd="/",
        )
        if tried.returncode == 0:
            return python
    return None


@ROOT_ONLY
def test_somebody_else_than_root_runs_servers_as_themselves_and_root_runs_them_on(
    open_folder: Path,
) -> None:
    python = reachable_python()
    if python is None:
        pytest.skip("`nobody` cannot reach this checkout or its Python")
    prefix = ["runuser", "-u", "nobody", "--"]
    data = open_folder / "data"
    with launcher(data, prefix=prefix, python=python) as first:
        write(first.urls["DATABASE_URL"])
        assert {Path(f"/proc/{pid}").owner() for pid in first.sessions} == {"nobody"}
        os.kill(next(iter(children(first.process.pid))), signal.SIGKILL)
        assert until(lambda: not living(first.sessions))
    with embedded(data, environ={}) as servers:
        assert words(servers.database_url) == ["still here"]


def children(pid: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=True)
    return [int(word) for word in said.stdout.split()]
