"""`conferral worker` and `conferral relay` as processes: they say that they live, and end well."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import psycopg
import pytest

from tests.conferral.cli import Run, refused, run
from tests.conferral.processes import until
from tests.tasks.post import Sink, sink

__all__ = ["run"]

SECRET = "a secret of at least thirty-two characters"


@pytest.fixture
def post() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def environ(
    run: Run, database_url: str, valkey_url: str, post: Sink, tmp_path: Path
) -> dict[str, str]:
    del run  # only that the database is ready
    return os.environ | {
        "DATABASE_URL": database_url, "REDIS_URL": valkey_url, "SMTP_URL": post.url,
        "SECRET_KEY": SECRET, "CONFERRAL_DATA": str(tmp_path),
    }  # fmt: skip


@contextmanager
def program(environ: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "conferral", *words]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def living(run: Run) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", run("workers", "--json").json)


def test_each_says_what_it_serves_and_that_it_ended_when_it_was_asked_to(
    run: Run, environ: dict[str, str]
) -> None:
    assert "No worker and no relay runs" in run("workers").out
    with (
        program(environ, "worker", "--queues", "mail,deadlines") as worker,
        program(environ, "relay") as relay,
    ):
        assert until(lambda: len(living(run)) == 2, seconds=40)
        served = {(one["kind"], one["does"], one["pid"], one["runs"]) for one in living(run)}
        assert served == {
            ("worker", "deadlines, mail", worker.pid, True),
            ("relay", "whatever is due", relay.pid, True),
        }
        # A worker that does not issue has never opened, or made, a key.
        assert "runs    worker" in run("workers").out
        for process in (worker, relay):
            process.send_signal(signal.SIGTERM)
        assert (worker.wait(30), relay.wait(30)) == (0, 0)
    assert [one["runs"] for one in living(run)] == [False, False]
    assert all(one["ended_at"] for one in living(run))


def test_one_that_is_killed_falls_silent(
    run: Run, environ: dict[str, str], database_url: str
) -> None:
    with program(environ, "relay") as relay:
        assert until(lambda: bool(living(run)), seconds=40)
        relay.kill()
        relay.wait()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE running_process SET seen_at = now() - interval '1 min'")
    assert run("workers").out.startswith("SILENT  relay")


def test_a_worker_that_does_not_issue_opens_no_key(
    run: Run, environ: dict[str, str], tmp_path: Path
) -> None:
    with program(environ, "worker", "--queues", "mail") as worker:
        assert until(lambda: bool(living(run)), seconds=40)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    assert not (tmp_path / "keys").exists()


def test_a_worker_needs_a_broker_and_queues_that_there_are(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "choose among mail, deadlines, issuing" in refused(run("worker", "--queues", "post"))
    assert "choose among" in refused(run("worker", "--queues", ","))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.delenv("REDIS_URL", raising=False)
    told = run("worker")
    assert told.code == 2
    assert told.err == "REDIS_URL is not set. Without a broker run: conferral relay\n"
