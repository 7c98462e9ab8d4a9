"""Programs side by side: all start or none, what dies comes back, what is told to stop stops."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from conferral.errors import ProgramFailed
from conferral.servers import Kept, embedded
from conferral.servers.child import Way, last_words, start, stop
from conferral.supervise import Keeper, Program, listens, stopping_on_signals, supervise
from tests.conferral.processes import launcher, living, sessions, until

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
)
DOOMED = (sys.executable, "-c", "import sys; sys.exit('there is no such table')")

SUPERVISOR = """
import json, os, sys, time
from pathlib import Path
from conferral.servers import embedded
from conferral.servers.valkey import free_port
from conferral.supervise import Program, listens, python, stopping_on_signals, supervise
import signal
data, port = Path(sys.argv[1]), free_port()
(data / "app").mkdir(parents=True)
(data / "app" / "trivial.py").write_text(
    "def app(environ, start_response):\\n"
    "    start_response('200 OK', [])\\n"
    "    return [b'hello']\\n"
)
def announce():
    own = os.listdir("/proc")
    pids = [int(p) for p in own if p.isdigit() and ppid(int(p)) == os.getpid()]
    print(json.dumps({"urls": {"WEB": f"http://127.0.0.1:{port}"}, "pids": pids}), flush=True)
def ppid(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
web = python("granian", "--interface", "wsgi", "--port", str(port), "--working-dir",
             str(data / "app"), "trivial:app")
programs = [
    Program("web", web, orphaned=signal.SIGTERM, port=port),
    Program("sleeper", (sys.executable, "-c", "import time; time.sleep(600)")),
]
with stopping_on_signals(), embedded(data, environ={}) as servers:
    supervise(programs, logs=data / "log", environ=dict(os.environ), servers=servers.kept,
              announce=announce)
print("Stopped.", flush=True)
"""

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends orphans for us")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    folder.mkdir()
    return folder


def kept(command: tuple[str, ...], logs: Path) -> Kept:
    way = Way(log=logs / "one.log", env=dict(os.environ))
    return Kept("one", log=way.log, begin=lambda: start(command, way))


@LINUX_ONLY
def test_sigterm_stops_everything_within_ten_seconds(data: Path) -> None:
    with launcher(data, script=SUPERVISOR) as running:
        assert len(running.sessions) == 4  # two servers, two programs
        begun = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert time.monotonic() - begun < 10
        assert running.process.stdout is not None
        assert running.process.stdout.read() == "Stopped.\n"
        assert living(running.sessions) == set()


@LINUX_ONLY
def test_killing_the_supervisor_leaves_neither_programs_nor_their_workers(data: Path) -> None:
    with launcher(data, script=SUPERVISOR) as running:
        assert len(living(running.sessions)) > len(running.sessions)  # granian has a worker
        running.process.kill()
        assert until(lambda: not living(running.sessions))


def test_all_run_before_anything_is_announced_and_all_stop(logs: Path) -> None:
    seen: list[str] = []

    def announce() -> None:
        seen.append((logs / "sleeper.log").read_text())
        raise KeyboardInterrupt

    programs = [Program("sleeper", SLEEPER), Program("stubborn", STUBBORN)]
    with stopping_on_signals():
        supervise(programs, logs=logs, environ=dict(os.environ), announce=announce)
    assert seen == ["up\n"]


def test_a_program_that_ends_at_its_start_stops_all_and_its_last_words_are_told(
    logs: Path,
) -> None:
    programs = [Program("sleeper", SLEEPER), Program("doomed", DOOMED)]
    with pytest.raises(
        ProgramFailed, match=r"doomed ended at its start \(.+\):\n  there is no such table"
    ):
        supervise(programs, logs=logs, environ=dict(os.environ))


def test_what_dies_is_started_again_after_a_longer_rest_each_time(logs: Path) -> None:
    one = kept(SLEEPER, logs)
    keeper = Keeper([one])
    rests = []
    now = 0.0
    for _ in range(7):
        keeper.look(now=now)
        os.kill(one.child.pid, signal.SIGKILL)
        one.child.wait()
        dead = one.child.pid
        begun = now
        while one.child.pid == dead:
            now += 0.5
            keeper.look(now=now)
        rests.append(now - begun - 0.5)  # the first look sees that it ended
    stop(one.child)
    assert rests == [1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_is_forgiven_a_death(logs: Path) -> None:
    one = kept(SLEEPER, logs)
    keeper = Keeper([one])
    for now in (0.0, 100.0):
        keeper.look(now=now)
        os.kill(one.child.pid, signal.SIGKILL)
        one.child.wait()
        keeper.look(now=now + 70)
        keeper.look(now=now + 71)
        assert not one.ended()
    stop(one.child)


def test_killed_servers_come_back_at_the_same_address(data: Path) -> None:
    import psycopg
    import redis

    with embedded(data, fast=False, environ={}) as servers:
        before = sessions(servers.kept)
        for one in servers.kept:
            os.kill(one.child.pid, signal.SIGKILL)
            one.child.wait()
        keeper = Keeper(servers.kept)
        for now in (0.0, 1.0):
            keeper.look(now=now)
        assert not before & sessions(servers.kept)

        def back() -> bool:
            try:
                with psycopg.connect(servers.database_url) as connection:
                    connection.execute("SELECT 1")
                with redis.Redis.from_url(servers.redis_url) as client:
                    return bool(client.ping())
            except (psycopg.OperationalError, redis.ConnectionError):
                return False

        assert until(back)


def test_last_words_are_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_words(log) == "(it said nothing)"
    log.write_text("\n".join(map(str, range(100))))
    assert last_words(log).splitlines()[-1] == "  99"
    assert len(last_words(log).splitlines()) == 12


def test_nobody_listens_on_a_closed_port() -> None:
    assert not listens(1)
