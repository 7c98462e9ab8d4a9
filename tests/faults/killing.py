"""A process that dies where it is told to: SIGKILL at the n-th boundary of what it does.

A boundary lies before a statement, after it was sent while its answer is still out, and after it is
done; BEGIN and COMMIT are statements too. The nudge has one before and one after. Each is counted
where psycopg waits for the server, so whatever the code under test sends is counted, and nothing
else. The process is a real child with connections of its own, and has no chance to say goodbye.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from psycopg.waiting import Wait

from conferral.compose import SESSION
from workflow.engine import Connect, Engine

Link = psycopg.Connection[tuple[object, ...]]
#: What happens between two statements, told the number of the statement that comes next.
Meanwhile = Callable[[int], None]

#: Marks the connections of a child, so that its parent sees when the server has let go of them.
CHILD = "conferral-child"
_DONE, _FAILED = 0, 70


@dataclass
class Boundaries:
    """Counts boundaries and dies at one of them; `die_at` None only counts."""

    die_at: int | None = None
    meanwhile: Meanwhile = lambda _: None
    passed: list[str] = field(default_factory=list)
    statements: int = 0

    def reach(self, name: str) -> None:
        """A boundary: the process ends here where this is the one."""
        if len(self.passed) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)

    def woken(self, _: str) -> None:
        """The nudge, as the engine's `wake`."""
        self.reach("before the nudge")
        self.reach("after the nudge")


class WatchedConnection(psycopg.Connection[Any]):
    """A connection on which every statement has its boundaries."""

    boundaries: Boundaries | None = None

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:  # noqa: ANN401
        """Wait for one statement, whatever sends it: a cursor, a transaction, a client cursor."""
        watch = self.boundaries
        if watch is None:
            return super().wait(gen, *args, **more)
        watch.statements += 1
        number = watch.statements
        watch.reach(f"before statement {number}")
        watch.meanwhile(number)
        answer = super().wait(_sent(gen, watch, number), *args, **more)
        watch.meanwhile(-number)
        watch.reach(f"after statement {number}")
        return answer


def _sent(
    gen: Generator[Any, Any, Any], watch: Boundaries, number: int
) -> Generator[Any, Any, Any]:
    """The same generator, with a boundary where the statement is on its way and unanswered."""
    out, ready = False, None
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as end:
            return end.value
        if wanted == Wait.R and not out:
            out = True
            watch.reach(f"statement {number} unanswered")
        ready = yield wanted


@contextmanager
def link(url: str) -> Iterator[Link]:
    """A plain autocommit connection, prepared as those of the engine are."""
    with psycopg.connect(url, autocommit=True) as connection:
        _prepare(connection)
        yield connection


def _prepare(connection: Link) -> None:
    set_json_loads(orjson.loads, connection)
    connection.execute(SESSION)


def lending(connection: Link) -> Connect:
    """Lend one connection again and again: an engine for a single thread, without a pool's own."""

    @contextmanager
    def lent() -> Iterator[Link]:
        yield connection

    return lent


def watched(engine: Engine, url: str, boundaries: Boundaries) -> Engine:
    """The engine as a child has it: each connection is its own, and each statement is counted."""

    @contextmanager
    def lent() -> Iterator[Link]:
        connection = WatchedConnection.connect(url, autocommit=True, application_name=CHILD)
        with connection:
            _prepare(connection)
            # One message a statement, so that "unanswered" means what it says.
            connection.prepare_threshold = None
            connection.boundaries = boundaries
            yield connection
            connection.boundaries = None

    return replace(engine, connect=lent, wake=boundaries.woken)


def killed(act: Callable[[Boundaries], object], boundaries: Boundaries) -> bool:
    """Run `act` in a child that dies at its boundary; False when it came to its end before that.

    Raises AssertionError when the child ended in any other way.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(_child(act, boundaries))
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert os.WIFEXITED(status), f"the child ended by another signal: {status}"
    assert os.WEXITSTATUS(status) == _DONE, "the child failed; what it said is above"
    return False


def _child(act: Callable[[Boundaries], object], boundaries: Boundaries) -> int:
    try:
        act(boundaries)
    except BaseException:  # noqa: BLE001 - nothing of a child may run on in its parent's tests
        traceback.print_exc()
        sys.stderr.flush()
        return _FAILED
    return _DONE


def let_go(connection: Link) -> None:
    """Wait until the server has ended what the killed child had begun.

    What was sent before the death is still carried out, as it is for any client that vanishes.
    """
    for turn in count():
        alive = connection.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = %s", (CHILD,),
        ).fetchone()  # fmt: skip
        if alive == (0,):
            return
        assert turn < 5_000, "the server still works for a child that is dead"
        time.sleep(0.002)
