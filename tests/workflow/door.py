"""What tests of the one door share: commands, history, and a hook between read and decision."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from tests.factory import PROPOSER, UNIT
from tests.workflow.play import Play
from workflow.engine import Connect, Engine, MachineInForce
from workflow.facts import Facts
from workflow.perform import Command
from workflow.reading import Common, Subject


def command(trigger: str, case: str | None, actor: str = PROPOSER, **more: object) -> Command:
    plain = Command(trigger=trigger, actor=actor, key=str(uuid4()), case=case, machine="proposal")
    return replace(plain, **more)  # type: ignore[arg-type]


def begin(play: Play, **content: object) -> str:
    return play.do("open", PROPOSER, unit=UNIT, content=content).case


def rows(play: Play, query: str, *values: object) -> list[tuple[object, ...]]:
    with play.connect() as connection:
        return connection.execute(query.encode(), values).fetchall()


def history(play: Play, case: str) -> list[tuple[object, ...]]:
    return rows(
        play,
        "SELECT seq, trigger, from_state, to_state FROM entry WHERE case_id = %s ORDER BY seq",
        case,
    )


class Hook:
    """Calls something between the read and the decision of each attempt, by its number from 1."""

    def __init__(self, play: Play, between: Callable[[int], object]) -> None:
        self.attempts = 0
        self._between = between
        self._play = play

    def engine(self, *, connect: Connect | None = None) -> Engine:
        """The play's engine with the hook in every reading."""
        machines = {
            name: MachineInForce(one.definition, replace(one.reading, build=self._hooked(one)))
            for name, one in self._play.engine.machines.items()
        }
        engine = self._play.engine
        return replace(engine, machines=machines, connect=connect or engine.connect)

    def _hooked(self, machine: MachineInForce) -> Callable[[Common, Subject], Facts]:
        def build(common: Common, subject: Subject) -> Facts:
            self.attempts += 1
            self._between(self.attempts)
            return machine.reading.build(common, subject)

        return build
