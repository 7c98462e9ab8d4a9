"""What the engine is given: connections, the clock, ids, the calendar, the policy, the machines."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from secrets import randbelow
from typing import Protocol
from uuid import UUID, uuid4

from psycopg import Connection

from workflow.clocks import Calendar
from workflow.definition import Definition
from workflow.effects import Ids
from workflow.reading import Reading


class Clock(Protocol):
    """Business time: when entries are dated and what is due. The demo shifts it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class WallClock:
    """Business time is the time of day."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


class RandomIds:
    """Ids from the operating system's randomness."""

    def uuid(self) -> UUID:
        """A fresh random id."""
        return uuid4()

    def below(self, bound: int) -> int:
        """A random number from 0 up to, not including, `bound`."""
        return randbelow(bound)


@dataclass(frozen=True, slots=True)
class MachineInForce:
    """A machine that cases may run on: its definition and how its facts are read."""

    definition: Definition
    reading: Reading


#: Lends an autocommit connection to the primary.
Connect = Callable[[], AbstractContextManager[Connection[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Everything `perform` needs and nothing it has to reach for."""

    connect: Connect
    #: Gives the university's calendar in force.
    calendars: Callable[[], Calendar]
    #: The id of the policy edition in force on a day.
    edition_on: Callable[[date], str]
    machines: Mapping[str, MachineInForce]
    clock: Clock = field(default_factory=WallClock)
    ids: Ids = field(default_factory=RandomIds)
    #: Called after a commit with the case that moved: a nudge, best effort, never awaited.
    wake: Callable[[str], None] = lambda _: None
    #: Looks for a newer calendar, when it is time; called before a connection is taken.
    look_again: Callable[[], None] = lambda: None

    @property
    def calendar(self) -> Calendar:
        """Business days, terms and committee cycles, as they are in force now."""
        return self.calendars()

    def machine_of(self, case: str) -> MachineInForce | None:
        """The machine of a case id such as MC-12, by its prefix; None for what is no case id."""
        prefix, _, number = case.partition("-")
        if not number.isascii() or not number.isdigit():
            return None
        for machine in self.machines.values():
            if machine.definition.prefix == prefix:
                return machine
        return None
