"""An embedded PostgreSQL: made once, reached by a socket that only its user and root can open."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from conferral.errors import ServerFailed
from conferral.servers.binaries import postgres_programs
from conferral.servers.child import Kept, Way, command_line, last_words, start, stop
from conferral.servers.folder import Home, own, socket_folder

ROLE = "conferral"
DATABASE = "conferral"
PORT = 5432  # names the socket only: the server listens on no network
SOCKET = f".s.PGSQL.{PORT}.lock"

PATIENCE = 60.0
POLL = 0.005
# SIGINT ends every session and stops; SIGTERM would wait for each client to leave.
FAREWELL = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0))

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
}


@contextmanager
def postgres(home: Home, *, fast: bool) -> Iterator[tuple[str, Kept]]:
    """Run PostgreSQL on the home's files and yield its URL and process.

    `fast` gives up durability, for tests.

    Raises:
        ServerFailed: no programs, other version, or it ended at its start.
    """
    programs = postgres_programs(home.user)
    cluster = home.files / "postgres"
    with socket_folder(home, socket=SOCKET) as sockets:
        way = Way(
            log=home.logs / "postgres.log",
            env=_environment(sockets),
            orphaned=signal.SIGINT,
            user=home.user,
            cwd=Path("/"),
        )
        if not cluster.exists():
            _make(cluster, programs=programs, way=way, sync=not fast)
        _check_version(cluster, programs=programs)
        command = [str(programs / "postgres"), "-D", str(cluster), *_options(sockets, fast=fast)]

        def begin() -> subprocess.Popen[bytes]:
            _clear_traces(cluster, sockets)
            return start(command, way)

        kept = Kept("PostgreSQL", log=way.log, begin=begin)
        try:
            _wait_until_ready(kept.child, cluster, log=way.log)
            yield _url_of(sockets), kept
        finally:
            stop(kept.child, *FAREWELL)


def _options(sockets: Path, *, fast: bool) -> list[str]:
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | (FAST if fast else {})
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _environment(sockets: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "TZ": "UTC",
        "HOME": "/",
        "XDG_RUNTIME_DIR": str(sockets),
    }


def _make(cluster: Path, *, programs: Path, way: Way, sync: bool) -> None:
    """Run initdb beside and rename, so that a cluster is whole or absent."""
    draft = cluster.with_name("postgres.new")
    if draft.exists():
        shutil.rmtree(draft)
    own(draft, way.user)
    options = [
        f"--pgdata={draft}",
        f"--username={ROLE}",
        "--auth=trust",  # the socket's folder lets in its owner and root only
        "--encoding=UTF8",
        "--locale=C",
        "--no-instructions",
        *["--no-sync"] * (not sync),
    ]
    child = start([str(programs / "initdb"), *options], way)
    try:
        child.wait(PATIENCE)
    finally:
        stop(child)
    if child.returncode != 0:
        raise ServerFailed(f"The database could not be made:\n{last_words(way.log)}")
    draft.rename(cluster)


def _check_version(cluster: Path, *, programs: Path) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True)
    found = re.search(rb"(\d+)", said.stdout)
    if found is None or found[1].decode() != made_by:
        raise ServerFailed(
            f"{cluster} was made by PostgreSQL {made_by}; the one installed here is "
            f"{said.stdout.decode().strip()}. "
            "Move the data with pg_upgrade, or choose another folder."
        )


def _clear_traces(cluster: Path, sockets: Path) -> None:
    """Remove what a server that is gone left; we hold the folder, so nobody starts another.

    The number in its pid file may since have gone to a stranger of the same user, and then
    PostgreSQL would refuse to start for ever. A server of ours on its way out is waited for.
    """
    file = cluster / "postmaster.pid"
    if file.exists():
        words = file.read_text().split()
        _wait_until_gone(int(words[0]) if words and words[0].isdigit() else 0, cluster)
        file.unlink(missing_ok=True)
    for trace in sockets.glob(".s.PGSQL.*"):
        trace.unlink()


def _wait_until_gone(pid: int, cluster: Path) -> None:
    for step, seconds in ((None, 3.0), *FAREWELL, (signal.SIGKILL, 2.0)):
        if not _serves(pid, cluster):
            break
        if step is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, step)
        give_up = time.monotonic() + seconds
        while _serves(pid, cluster) and time.monotonic() < give_up:
            time.sleep(POLL)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is the PostgreSQL of this cluster: its command line names it."""
    return pid > 0 and f"-D {cluster} " in command_line(pid)


def _wait_until_ready(child: subprocess.Popen[bytes], cluster: Path, *, log: Path) -> None:
    """Wait for the line `ready` in the pid file of this very child, then for our database."""
    give_up = time.monotonic() + PATIENCE
    file = cluster / "postmaster.pid"
    while time.monotonic() < give_up:
        if child.poll() is not None:
            raise ServerFailed(f"PostgreSQL ended at its start:\n{last_words(log)}")
        with suppress(FileNotFoundError):
            words = file.read_text().split()
            if words and words[0] == str(child.pid) and words[-1] == "ready":
                return
        time.sleep(POLL)
    raise ServerFailed(f"PostgreSQL did not become ready:\n{last_words(log)}")


def _url_of(sockets: Path) -> str:
    """The URL of our database, made if it is not there yet."""

    def url(database: str) -> str:
        return f"postgresql://{ROLE}@/{database}?host={quote(str(sockets))}&port={PORT}"

    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
    return url(DATABASE)
