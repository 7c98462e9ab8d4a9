"""A database that is put back as it was after each fault, and what is asked after each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import LiteralString, cast
from uuid import UUID

from psycopg import sql

from tests.faults.contents import Content, Rows, content, differences, rows
from tests.faults.killing import Boundaries, Link, Meanwhile, killed, let_go, link
from tests.faults.scenes import Scene, Stage, stage
from tests.workflow.play import StoppedClock
from workflow.engine import Engine
from workflow.invariants import Violation, violations

#: What a worker or a request does, on the engine it is given.
Act = Callable[[Engine], object]
#: Far enough that nobody could mistake it for an entry.
FAR = 1_000_000
#: Attempts, leases and fences are put back too, although they are not compared.
_TRIED = ("deadline", "follow_on", "envelope")


class SameIds:
    """Draws that are the same however often is drawn: a lost race draws once more."""

    def uuid(self) -> UUID:
        return UUID(int=0x380104, version=4)

    def below(self, bound: int) -> int:
        return 380_104 % bound


@dataclass
class Ground:
    """A database, its content as it was, and engines for a child and for its parent."""

    url: str
    link: Link
    engine: Engine
    before: Content = field(init=False)
    _rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.link.execute("CREATE SCHEMA saved")
        for table in self._tables():
            self.link.execute(sql.SQL("CREATE TABLE saved.{0} AS TABLE public.{0}").format(table))
        self.before, self._rows = content(self.link), rows(self.link)

    def _tables(self) -> list[sql.Identifier]:
        found = self.link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [sql.Identifier(str(name)) for (name,) in found]

    def engine_at(self, at: datetime) -> Engine:
        """The engine at an instant; what it draws at random is the same each time."""
        return replace(self.engine, clock=StoppedClock(at), ids=SameIds())

    def put_back(self, *tables: str) -> None:
        """Make these tables, or all that differ, what they were."""
        if not tables:
            now = content(self.link)
            tables = tuple(table for table in now if now[table] != self.before[table])
        with self.link.transaction():
            self.link.execute("SET LOCAL session_replication_role = replica")
            for table in sorted({*tables, *_TRIED}):
                self._put_back(sql.Identifier(table))

    def _put_back(self, table: sql.Identifier) -> None:
        new = "DELETE FROM public.{0} t WHERE t::text NOT IN (SELECT s::text FROM saved.{0} s)"
        gone = (
            "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE "
            "SELECT * FROM saved.{0} s WHERE s::text NOT IN (SELECT t::text FROM public.{0} t)"
        )
        for statement in (new, gone):
            self.link.execute(sql.SQL(statement).format(table))

    def leases_end(self) -> None:
        """Time passes on the database's clock until what a dead worker held is free again."""
        for table in _TRIED:
            self.link.execute(
                sql.SQL("UPDATE {} SET lease_until = now() WHERE lease_until IS NOT NULL").format(
                    sql.Identifier(table)
                )
            )

    def changed(self) -> str:
        """What is new and what is gone since the beginning, a line each."""
        return "\n".join(differences(self._rows, rows(self.link)))

    def violations(self, at: datetime) -> set[tuple[str, str]]:
        """What the invariants find at an instant, apart from what only waits for its worker."""
        found = violations(self.link, machines=self.engine.machines, now=at)
        return {_told(one) for one in found if one.invariant != "I9"}


def _told(violation: Violation) -> tuple[str, str]:
    return violation.invariant, f"{violation.sentence} {violation.row}"


#: The lowest number that is free. A sequence's number is spent when it is drawn, used or not, so
#: after a death the case would get another id, and every key made from it would be another.
_NEXT_FREE: LiteralString = """
CREATE FUNCTION public.nextval(regclass) RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(max(split_part(id, '-', 2)::bigint), 0) + 1 FROM cases
     WHERE 'case_number_' || machine = $1::text $$"""


def _number_without_gaps(url: str) -> None:
    with link(url) as connection:
        connection.execute(_NEXT_FREE)
        (name,) = cast("tuple[str]", connection.execute("SELECT current_database()").fetchone())
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = public, pg_catalog").format(
                sql.Identifier(name)
            )
        )


@contextmanager
def ground(url: str, *plays: Callable[[Stage], None]) -> Iterator[tuple[Ground, list[Scene]]]:
    """The ground on which the plays have left their scenes."""
    _number_without_gaps(url)
    with stage(url, *plays) as played, played.connect() as connection:
        yield Ground(url, connection, played.engine), played.scenes


# ------------------------------------------------------------------- the lost race


def rival(url: str, case: str) -> Meanwhile:
    """Somebody who is quicker than the first write, and gone again before the lock is taken.

    The compare-and-set finds another `seq` than it read, so the lock path decides.
    """

    def meanwhile(number: int) -> None:
        if abs(number) == FIRST_WRITE:
            with link(f"{url}&application_name=conferral-child") as connection:
                _shift(connection, case, FAR if number > 0 else -FAR)

    return meanwhile


#: A read, then a write.
FIRST_WRITE = 2


def _shift(connection: Link, case: str, by: int) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE cases SET seq = seq + %s WHERE id = %s", (by, case))


def rival_gone(connection: Link, case: str) -> None:
    """Take the rival away where its process died before it went."""
    seq = connection.execute("SELECT seq FROM cases WHERE id = %s", (case,)).fetchone()
    if seq is not None and cast("int", seq[0]) > FAR:
        _shift(connection, case, -FAR)


# ------------------------------------------------------------------- the experiment


@dataclass
class Trial:
    """Something done once without a fault, then killed at each of its boundaries and done again."""

    ground: Ground
    at: datetime
    act: Callable[[Engine, Boundaries], object]
    again: Act
    meanwhile: Meanwhile = lambda _: None
    #: Called once the child is dead and the server has let go of it.
    settled: Callable[[], None] = lambda: None
    #: Whether one commit holds all of it, so that a death leaves everything or nothing.
    at_once: bool = True
    #: Whether everything was kept, after the death at each boundary.
    kept: list[bool] = field(default_factory=list)

    def undisturbed(self) -> tuple[Content, list[str]]:
        """What the database holds when nothing fails, and the boundaries that were passed."""
        self.ground.put_back()
        boundaries = Boundaries(meanwhile=self.meanwhile)
        self.act(self.ground.engine_at(self.at), boundaries)
        return content(self.ground.link), boundaries.passed

    def killed_everywhere(self) -> list[str]:
        """Kill it at each boundary, do it again, and compare; the boundaries there were."""
        wanted, names = self.undisturbed()
        changed = [table for table in wanted if wanted[table] != self.ground.before[table]]
        for number, name in enumerate(names):
            self.ground.put_back(*changed)
            self._killed(number, name)
            self._judge(name, wanted)
            self.again(self.ground.engine_at(self.at))
            if content(self.ground.link) != wanted:
                raise AssertionError(f"killed {name}, then done again:\n{self._other()}")
        return names

    def _killed(self, number: int, name: str) -> None:
        engine = self.ground.engine_at(self.at)
        boundaries = Boundaries(number, meanwhile=self.meanwhile)
        assert killed(lambda b: self.act(engine, b), boundaries), f"lived on {name}"
        let_go(self.ground.link)
        self.settled()

    def _judge(self, name: str, wanted: Content) -> None:
        """What the death has left: everything, nothing, or, where that may be, a part."""
        left = content(self.ground.link)
        if self.at_once and left not in (self.ground.before, wanted):
            raise AssertionError(f"killed {name}, half done:\n{self.ground.changed()}")
        self.kept.append(left == wanted)

    def _other(self) -> str:
        """How what is there differs from what it should be."""
        there = rows(self.ground.link)
        self.undisturbed()
        return "\n".join(differences(rows(self.ground.link), there))
