"""Three workers, a relay and two web processes on one database: nothing lost, nothing doubled."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import psycopg
import pytest

from conferral.clock import SharedClock
from conferral.compose import pool
from conferral.servers.valkey import free_port
from conferral.supervise import listens
from tests import factory
from tests.conferral.cli import Run, run
from tests.conferral.processes import until
from tests.tasks.post import Sink, sink
from tests.workflow.play import Play
from web import sessions
from workflow.invariants import violations

__all__ = ["run"]

CASES = 24
SECRET = "a secret of at least thirty-two characters"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Place:
    """An installation: what its programs are told, their logs, and business time."""

    environ: dict[str, str]
    clock: SharedClock
    folder: Path

    @contextmanager
    def program(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", *words]
        with (
            (self.folder / f"{words[-1]}.log").open("ab") as log,
            subprocess.Popen(
                command, env=self.environ, stdout=log, stderr=log, start_new_session=True
            ) as process,
        ):
            try:
                yield process
            finally:
                kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def post() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def place(run: Run, database_url: str, valkey_url: str, post: Sink, tmp_path: Path) -> Place:
    """On a Tuesday morning, whenever this runs: at night mail would wait for the day."""
    del run  # only that the database is ready
    clock = SharedClock(tmp_path / "clock")
    clock.begin_at(factory.AT + timedelta(hours=1))
    environ = os.environ | {
        "DATABASE_URL": database_url, "REDIS_URL": valkey_url, "SMTP_URL": post.url,
        "SECRET_KEY": SECRET, "CONFERRAL_DATA": str(tmp_path),
        "CONFERRAL_CLOCK_FILE": str(tmp_path / "clock"),
    }  # fmt: skip
    return Place(environ, clock, tmp_path)


@contextmanager
def web(place: Place) -> Iterator[int]:
    """A web process behind a port of its own."""
    port = free_port()
    environ = place.environ | {"CONFERRAL_BASE_URL": f"http://127.0.0.1:{port}"}
    words = (
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-ws", "conferral.wsgi:app",
    )  # fmt: skip
    with Place(environ, place.clock, place.folder).program(*words):
        assert until(lambda: listens(port), seconds=60)
        yield port


def asks(port: int, secret: str, case: str) -> int:
    """Ask for a case's endorsement as a browser does; the status of the answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    path, cookie = f"/cases/{case}/act/ask_endorsement", {"Cookie": f"session={secret}"}
    line.request("GET", path, headers=cookie)
    page = line.getresponse().read().decode()
    form = dict(HIDDEN.findall(page[page.rindex(f'action="{path}"') :]))
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", path, body=urlencode(form), headers=cookie | typed)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def drafts(database_url: str) -> tuple[list[str], str]:
    """Drafts that may be handed in, and the secret of their proposer's session."""
    with pool(database_url, size=2) as connect:
        play = Play(connect)
        cases = [play.draft(title=f"Made up {n}") for n in range(CASES)]
        with connect() as connection:
            secret = sessions.begin(connection, factory.PROPOSER)
            connection.execute("UPDATE notification SET state = 'muted', importance = 'fyi'")
    assert secret
    return cases, secret


def mails(database_url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT state, count(*) FROM notification WHERE kind = 'proposal.endorse' GROUP BY 1"
        ).fetchall()


def all_is_well(database_url: str, place: Place) -> bool:
    with pool(database_url, size=1) as connect, connect() as connection:
        machines = Play(connect).engine.machines
        return violations(connection, machines=machines, now=place.clock.now()) == ()


def all_endorsements_are_asked_for(place: Place, database_url: str, ports: list[int]) -> None:
    cases, secret = drafts(database_url)
    with ThreadPoolExecutor(4) as people:
        answers = people.map(
            lambda n: asks(ports[n % len(ports)], secret, cases[n]), range(len(cases))
        )
        assert set(answers) == {303}
    del place


@pytest.mark.timeout(300)
def test_three_workers_and_two_web_processes_lose_nothing_and_double_nothing(
    place: Place, database_url: str, post: Sink
) -> None:
    with ExitStack() as stack:
        for queues in ("mail,deadlines,issuing", "mail", "mail,deadlines"):
            stack.enter_context(place.program("conferral", "worker", "--queues", queues))
        ports = [stack.enter_context(web(place)) for _ in range(2)]
        all_endorsements_are_asked_for(place, database_url, ports)
        assert until(lambda: mails(database_url) == [("sent", CASES)], seconds=120)
        assert all_is_well(database_url, place)
    assert len(post.ids()) == len(set(post.ids())) == CASES


@pytest.mark.long
@pytest.mark.timeout(900)
def test_programs_that_are_killed_at_random_lose_nothing_and_explain_each_copy(
    place: Place, database_url: str, post: Sink
) -> None:
    dice = Random(380_104)
    programs = [("conferral", "worker"), ("conferral", "worker"), ("conferral", "relay")]
    with ExitStack() as stack:
        running = [stack.enter_context(place.program(*words)) for words in programs]
        ports = [stack.enter_context(web(place)) for _ in range(2)]
        all_endorsements_are_asked_for(place, database_url, ports)
        for _ in range(12):
            which = dice.randrange(len(programs))
            kill(running[which])
            running[which] = stack.enter_context(place.program(*programs[which]))
            time.sleep(dice.uniform(0.5, 6))
        assert until(lambda: mails(database_url) == [("sent", CASES)], seconds=240)
        assert until(lambda: all_is_well(database_url, place), seconds=90)
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM attempt WHERE result = 'unknown'").fetchone()
    assert len(set(post.ids())) == CASES
    assert row is not None
    assert len(post.ids()) - CASES <= int(str(row[0]))
