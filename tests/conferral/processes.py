"""Looking at processes from outside: who lives, and a launcher in a process of its own."""

import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conferral.servers import Kept

#: Our code and what it needs, for another Python of the same release.
PACKAGES = os.pathsep.join([str(Path(__file__).parents[2]), sysconfig.get_path("purelib")])
PATIENCE = 15.0


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """Whether something comes to hold before the time is up."""
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def sessions(kept: Iterable[Kept]) -> set[int]:
    """Each child leads a session; its number finds all that ever came from it."""
    return {one.child.pid for one in kept}


def living(leaders: Iterable[int]) -> set[int]:
    """The processes, not yet ended, of these sessions."""
    wanted = set(leaders)
    found = set()
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,sess=,stat="], capture_output=True, check=True, text=True
    )
    for line in listed.stdout.splitlines():
        pid, session, state = line.split()
        if int(session) in wanted and not state.startswith("Z"):
            found.add(int(pid))
    return found


HOLDER = """
import json, sys
from pathlib import Path
from conferral.servers import embedded
with embedded(Path(sys.argv[1]), environ={}) as servers:
    pids = [one.child.pid for one in servers.kept]
    print(json.dumps({"urls": servers.environ(), "pids": pids}), flush=True)
    sys.stdin.read()
"""


class Launcher:
    """A launcher in a process of its own, with what it said when it was ready."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        self.urls: dict[str, str] = said["urls"]
        self.sessions: set[int] = set(said["pids"])


@contextmanager
def launcher(
    data: Path,
    *,
    prefix: Sequence[str] = (),
    python: str = sys.executable,
    script: str = HOLDER,
) -> Iterator[Launcher]:
    """Hold `data` from another process, as whom `prefix` says, until the block ends."""
    environ = {**os.environ, "PYTHONPATH": PACKAGES}
    with subprocess.Popen(
        [*prefix, python, "-c", script, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
        text=True,
        cwd="/",
    ) as process:
        try:
            yield Launcher(process)
        finally:
            process.kill()
