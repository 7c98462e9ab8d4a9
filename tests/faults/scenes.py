"""One scene a row of every machine: a case in the right state, and the command that moves it.

A scene says what is to happen, not how it is disturbed; the tests beside it do that.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import cast

from tests.factory import seed_people
from tests.faults.killing import lending, link
from tests.workflow.play import Play, StoppedClock
from workflow.facts import SYSTEM, TIMER
from workflow.follow import follow
from workflow.perform import Command, Done


@dataclass(frozen=True)
class Scene:
    """One action that is possible: the command, when it is given, and where it leads."""

    name: str
    machine: str
    source: str
    to: str
    command: Command
    at: datetime

    @property
    def edge(self) -> tuple[str, str, str]:
        """(trigger, from, to), as the definition's rows have it; '' where it opens a case."""
        return self.command.trigger, self.source, self.to


@dataclass
class Stage(Play):
    """A play whose scenes are kept instead of performed."""

    scenes: list[Scene] = field(default_factory=list)
    #: The case that was moved last: what it caused is carried out, what others caused waits.
    last: str = ""
    _titles: Iterator[int] = field(default_factory=count)

    def do(self, trigger: str, actor: str, case: str | None = None, *, machine: str = "proposal",
           **form: object) -> Done:  # fmt: skip
        done = super().do(trigger, actor, case, machine=machine, **form)
        self.last = done.case
        return done

    def draft(self, **changes: object) -> str:
        """A draft with a title of its own."""
        return super().draft(**({"title": f"Made-up title {next(self._titles)}"} | changes))

    def follow(self) -> int:
        return follow(self.engine, cause=self.last)

    # ------------------------------------------------------------ scenes

    def scene(
        self, trigger: str, actor: str, case: str | None = None, *, to: str = "same",
        machine: str = "proposal", note: str = "", **form: object,
    ) -> None:  # fmt: skip
        """Keep what a person could do now."""
        self._keep(Command(
            trigger=trigger, actor=actor, key=f"scene-{len(self.scenes)}", case=case,
            machine=machine, form=form,
        ), to=to, note=note)  # fmt: skip

    def caused(self, cause: str, trigger: str, *, to: str) -> None:
        """Keep what a case has caused in another, as a worker would fire it."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT id, machine, target, form FROM follow_on "
                "WHERE cause_case = %s AND trigger = %s AND state = 'pending' ORDER BY id",
                (cause, trigger),
            ).fetchone()
        assert row is not None, f"{cause} has caused no {trigger}"
        key, machine, target, form = row
        self._keep(Command(
            trigger=trigger, actor=SYSTEM, key=str(key), case=cast("str | None", target),
            machine=str(machine), form=cast("Mapping[str, object]", form),
        ), to=to)  # fmt: skip

    def due(self, case: str, trigger: str, *, to: str, warned: int = 2, note: str = "") -> None:
        """Keep what the clock of a case fires, at the instant when it does."""
        with self.connect() as connection:
            connection.execute(
                "UPDATE deadline SET state = 'fired' WHERE id IN (SELECT id FROM deadline "
                "WHERE case_id = %s AND state = 'armed' AND does = 'warn' "
                "ORDER BY fires_at LIMIT %s)", (case, warned),
            )  # fmt: skip
            row = connection.execute(
                "SELECT d.id, d.fires_at, c.revision FROM deadline d JOIN cases c "
                "ON c.id = d.case_id WHERE case_id = %s AND d.state = 'armed' AND does = 'fire'",
                (case,),
            ).fetchone()
        assert row is not None, f"no clock of {case} fires"
        key, at, revision = row
        self._keep(Command(
            trigger=trigger, actor=TIMER, key=str(key), case=case, revision=cast("int", revision),
        ), to=to, at=cast("datetime", at), note=note)  # fmt: skip

    def recounts(self, machine: str) -> None:
        """Keep that a new calendar comes, once for each state in which a case now is."""
        with self.connect() as connection:
            found = connection.execute(
                "SELECT state, min(id) FROM cases WHERE machine = %s GROUP BY state ORDER BY 2",
                (machine,),
            ).fetchall()
        definition = self.engine.machines[machine].definition
        for state, case in found:
            if definition.rows_for(str(state), "recount"):
                self.scene("recount", SYSTEM, str(case), calendar=1, why="A day is closed.")

    def _keep(
        self, command: Command, *, to: str, note: str = "", at: datetime | None = None
    ) -> None:
        machine = command.machine
        if command.case is not None:
            found = self.engine.machine_of(command.case)
            assert found is not None
            machine = found.definition.machine
        source = self.state(command.case) if command.case else ""
        to = source if to == "same" else to
        words = (f"{machine}.{command.trigger}", source or "nowhere", "to", to, note)
        name = " ".join(word for word in words if word)
        self.scenes.append(Scene(name, machine, source, to, command, at or self.clock.at))


@contextmanager
def stage(url: str, *plays: Callable[[Stage], None]) -> Iterator[Stage]:
    """A stage on which the plays have left their scenes, without any thread of its own."""
    with link(url) as connection:
        seed_people(connection)
        played = Stage(lending(connection), StoppedClock())
        for play in plays:
            play(played)
        yield played
