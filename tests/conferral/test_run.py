"""`conferral run`, as a person at a keyboard meets it."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from conferral.commands.run import Installation, announce, environment, kept_secret, people, prepare
from conferral.servers import Running
from conferral.servers.valkey import free_port
from conferral.settings import Settings
from tests.conferral.processes import until

COMMAND = [sys.executable, "-m", "conferral", "run"]


@contextmanager
def running(data: Path, *, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and what it had said when it said how to stop it."""
    with subprocess.Popen(
        [*COMMAND, "--port", str(port), "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C stops everything." not in said and (line := process.stdout.readline()):
                said += line
            yield process, said
        finally:
            process.kill()


def test_one_command_serves_refuses_a_second_and_stops_clean(data: Path) -> None:
    port = free_port()
    with running(data, port=port) as (process, said):
        assert f"Conferral runs at http://127.0.0.1:{port}" in said, said
        assert "Rowan Sample" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10) as page:
            assert b"Rowan Sample" in page.read()

        for options, says in (
            (["--port", str(free_port()), "--data", str(data)], f"process {process.pid}"),
            (
                ["--port", str(port), "--data", str(data.with_name("other"))],
                f"Port {port} is taken",
            ),
        ):
            second = subprocess.run(
                [*COMMAND, *options], capture_output=True, check=False, text=True
            )
            assert second.returncode == 2
            assert says in second.stderr
            assert second.stderr.count("\n") == 1

        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert time.monotonic() - begun < 10
        assert not until(lambda: bool(speaks_of(data)), seconds=0.2)


def speaks_of(data: Path) -> list[str]:
    """Processes whose command line names the servers' home or the folder."""
    home = str((data / "servers").resolve())
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, check=True)
    lines = listed.stdout.decode().splitlines()
    return [line for line in lines if home in line or str(data) in line]


def trial(data: Path, **settings: str) -> Installation:
    return Installation(Settings.model_validate(settings), data=data, port=8000)


def test_a_trial_run_keeps_one_secret_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    first = kept_secret(file)
    assert len(first) >= 32
    assert kept_secret(file) == first
    assert file.stat().st_mode & 0o077 == 0


def test_programs_are_told_where_the_servers_are(tmp_path: Path) -> None:
    servers = Running("postgresql:///x?host=/run", "redis://:p@127.0.0.1:1/0", "smtp://127.0.0.1:2")
    told = environment(trial(tmp_path), servers)
    assert {name: told[name] for name in servers.environ()} == servers.environ()
    assert told["CONFERRAL_DATA"] == str(tmp_path)
    assert told["CONFERRAL_SAMPLE_PEOPLE"] == "true"
    assert told["SECRET_KEY"] == (tmp_path / "secret_key").read_text()


def test_an_installation_of_its_own_gets_neither_sample_people_nor_our_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://db.example/conferral"
    mail = "smtp://mail.example"
    run = trial(tmp_path, database_url=url, smtp_url=mail, secret_key="s" * 40)
    servers = Running(url, "", mail)
    told = environment(run, servers)
    assert "CONFERRAL_SAMPLE_PEOPLE" not in told
    assert told["SECRET_KEY"] == "s" * 40
    assert not (tmp_path / "secret_key").exists()
    announce(run, servers)
    said = capsys.readouterr().out
    assert "sign-in" not in said
    assert "mail" not in said


@pytest.mark.parametrize(("given", "count"), [("", len(people())), ("given", 0)])
def test_sample_people_are_put_into_a_trial_only(
    empty_database_url: str, tmp_path: Path, given: str, count: int
) -> None:
    run = trial(tmp_path, **({"database_url": empty_database_url} if given else {}))
    prepare(run, Running(empty_database_url))
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (count,)
