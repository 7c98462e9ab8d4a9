"""Child processes that cannot be left behind: one way to start them, one way to stop them."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TRAMPOLINE = Path(__file__).with_name("trampoline.py")
LAST_WORDS = 12


@dataclass(frozen=True, slots=True)
class User:
    """Somebody to run a server as, by number."""

    uid: int
    gid: int


STAY = User(uid=-1, gid=-1)


def nobody() -> User:
    entry = pwd.getpwnam("nobody")
    return User(uid=entry.pw_uid, gid=entry.pw_gid)


@dataclass(frozen=True, slots=True)
class Way:
    """How a child lives and ends.

    `orphaned` is the signal the kernel sends it when this process ends by whatever cause: SIGKILL
    where the program has no children of its own, else the signal on which it stops them.
    """

    log: Path
    env: Mapping[str, str]
    orphaned: signal.Signals = signal.SIGKILL
    user: User = STAY
    cwd: Path | None = None


def start(program: Sequence[str], way: Way, *, stdin: bytes = b"") -> subprocess.Popen[bytes]:
    """Start `program` (an absolute path and arguments), its output appended to `way.log`.

    It gets a session of its own, so that Ctrl-C in a terminal reaches this process only and
    servers stop last. Call it from a thread that lives as long as the child should: the kernel
    counts the end of the starting thread as the parent's.
    """
    user = way.user
    words = [str(os.getpid()), str(int(way.orphaned)), str(user.uid), str(user.gid), *program]
    with way.log.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(TRAMPOLINE), *words],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(way.env),
            cwd=way.cwd,
            start_new_session=True,
        )
    with suppress(BrokenPipeError):  # it ended at once; whoever waits for it says why
        _feed(child, stdin)
    return child


def _feed(child: subprocess.Popen[bytes], words: bytes) -> None:
    if child.stdin is not None:
        with child.stdin as pipe:
            pipe.write(words)


class Kept:
    """A child that can be started again as it was."""

    def __init__(
        self, name: str, *, log: Path, begin: Callable[[], subprocess.Popen[bytes]]
    ) -> None:
        self.name = name
        self.log = log
        self._begin = begin
        self.child = begin()

    def ended(self) -> bool:
        return self.child.poll() is not None

    def begin_again(self) -> None:
        stop(self.child)  # nothing of its group is left behind
        self.child = self._begin()


def stop(child: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal and wait its seconds until the child has ended; at last kill its group."""
    for step, seconds in steps:
        if child.poll() is not None:
            break
        child.send_signal(step)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):  # nobody of the group is left
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def command_line(pid: int) -> str:
    """The words of a running process, empty where there is none."""
    if Path("/proc/self").exists():
        with suppress(FileNotFoundError, ProcessLookupError):
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .decode(errors="replace")
                .replace("\0", " ")
            )
        return ""
    said = subprocess.run(
        ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
    )
    return said.stdout.decode(errors="replace")


def last_words(log: Path) -> str:
    """The last lines of a log, for a message that says why something ended."""
    if not log.exists():
        return "(it said nothing)"
    lines = log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
    return "\n".join(f"  {line}" for line in lines) or "(it said nothing)"
