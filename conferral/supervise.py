"""Runs programs side by side until it is told to stop: starts, watches, starts again, stops.

A program that ends while everything starts stops everything, with its last words; one that ends
later is started again, each time after a longer rest.
"""

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from conferral.errors import ProgramFailed
from conferral.servers.child import Kept, Way, last_words, start, stop

POLL = 0.1
STARTS_WITHIN = 60.0
SETTLES_IN = 1.0  # a program that cannot work says so within its first second
STOPS_WITHIN = 5.0
LONGEST_REST = 30.0
LONG_LIFE = 60.0  # after which a program counts as well again


@dataclass(frozen=True, slots=True)
class Program:
    """One program to run.

    `orphaned`: what the kernel sends it when we are killed; SIGTERM for one that has children of
    its own to stop. `port`: it is ready when this port answers; without one, when it has settled.
    """

    name: str
    command: tuple[str, ...]
    orphaned: signal.Signals = signal.SIGKILL
    port: int | None = None


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module with the Python we run on."""
    return (sys.executable, "-m", module, *arguments)


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into the KeyboardInterrupt of Ctrl-C, once: stopping is bounded."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise KeyboardInterrupt

    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked not to hear it
        heard.append(signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in heard}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(
    programs: Sequence[Program],
    *,
    logs: Path,
    environ: Mapping[str, str],
    servers: Iterable[Kept] = (),
    announce: Callable[[], None] = lambda: None,
) -> None:
    """Run `programs` until KeyboardInterrupt, then stop them; `announce` is called when all run.

    `servers` already run: they are watched and started again too, but stopped by their owner.

    Raises:
        ProgramFailed: a program ended at its start; the others are stopped.
    """
    kept: list[Kept] = []
    try:
        for program in programs:  # one by one: those begun are stopped when the next cannot be
            kept.append(_begin(program, logs=logs, environ=environ))  # noqa: PERF401
        _wait_until_ready(dict(zip(kept, programs, strict=True)))
        announce()
        keeper = Keeper([*servers, *kept])
        while True:
            keeper.look(now=time.monotonic())
            time.sleep(POLL)
    finally:
        stop_all(kept)


@contextmanager
def beside(
    programs: Sequence[Program], *, logs: Path, environ: Mapping[str, str]
) -> Iterator[Sequence[Kept]]:
    """Run `programs` beside what is done in the block, then stop them.

    Raises:
        ProgramFailed: a program ended at its start; the others are stopped.
    """
    kept: list[Kept] = []
    try:
        for program in programs:  # one by one, as in `supervise`
            kept.append(_begin(program, logs=logs, environ=environ))  # noqa: PERF401
        _wait_until_ready(dict(zip(kept, programs, strict=True)))
        yield kept
    finally:
        stop_all(kept)


def _begin(program: Program, *, logs: Path, environ: Mapping[str, str]) -> Kept:
    way = Way(log=logs / f"{program.name}.log", env=environ, orphaned=program.orphaned)
    return Kept(program.name, log=way.log, begin=partial(start, program.command, way))


def _wait_until_ready(kept: Mapping[Kept, Program]) -> None:
    begun = time.monotonic()
    waiting = dict(kept)
    while waiting:
        for one in kept:
            if one.ended():
                raise ProgramFailed(
                    f"{one.name} ended at its start ({one.log}):\n{last_words(one.log)}"
                )
        age = time.monotonic() - begun
        if age > STARTS_WITHIN:
            late = next(iter(waiting))
            raise ProgramFailed(
                f"{late.name} did not become ready ({late.log}):\n{last_words(late.log)}"
            )
        waiting = {one: program for one, program in waiting.items() if not _ready(program, age=age)}
        time.sleep(POLL)


def _ready(program: Program, *, age: float) -> bool:
    return age >= SETTLES_IN if program.port is None else listens(program.port)


def listens(port: int) -> bool:
    """Whether anybody answers on this port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Keeper:
    """Starts again what has ended, after 1, 2, 4 ... 30 seconds; a long life resets the rest."""

    def __init__(self, kept: Sequence[Kept]) -> None:
        self._kept = kept
        self._rest: dict[Kept, float] = {}
        self._due: dict[Kept, float] = {}
        self._since: dict[Kept, float] = {}

    def look(self, *, now: float) -> None:
        """Look at each once, at `now` seconds of a clock that only goes forward."""
        for one in self._kept:
            since = self._since.setdefault(one, now)
            if not one.ended():
                continue
            if one not in self._due:
                lived_long = now - since > LONG_LIFE
                rest = 1.0 if lived_long else min(self._rest.get(one, 0.5) * 2, LONGEST_REST)
                self._rest[one], self._due[one] = rest, now + rest
            elif now >= self._due[one]:
                del self._due[one]
                self._since[one] = now
                one.begin_again()


def stop_all(kept: Sequence[Kept]) -> None:
    """Ask all at once to stop, give them one common time, and kill what is left."""
    for one in kept:
        with suppress(ProcessLookupError):
            one.child.send_signal(signal.SIGTERM)
    give_up = time.monotonic() + STOPS_WITHIN
    for one in reversed(kept):
        stop(one.child, (signal.SIGTERM, max(0.0, give_up - time.monotonic())))
