"""How long each state may last, who is reminded and told, and what a passed clock fires.

The office's figures, from `clocks.yaml`: the definitions take their clocks from here by name, so
each figure stands once. No clock approves anything but the Senate's notice window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import DataError, read

FILE: Final = "clocks.yaml"
#: Business days between two reminders of what is late, where a clock does not say otherwise.
WEEKLY: Final = 5
#: What ends somebody's work fires only after so many warnings that went out.
WARNINGS: Final = 2
#: Triggers that end somebody's work.
ENDINGS: Final = frozenset({"expire", "lapse"})
_CLOSED: Final = ConfigDict(extra="forbid")


class ClockKind(StrEnum):
    """What a clock is bound to."""

    WITHIN = "within"
    """Business days since the state was entered."""
    IDLE = "idle"
    """Business days since anyone worked on it."""
    CALENDAR = "calendar"
    """A date of the calendar or the case, named in `bound`."""
    ALERT = "alert"
    """Hours by the wall clock, for what the machine itself does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock of one state, or of one thing asked of somebody (`ask`); see the head of the file.

    Offsets are business days from the due day, before it negative; `warn` counts days before the
    firing, which is `grace` days after the due day. `days` is the length, 0 where a date alone
    counts; `tell` maps days late to the role told; `fires` is "" where a clock only tells. `name`
    tells a second clock of the same state apart.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    machine: str
    kind: ClockKind
    state: str = ""
    ask: str = ""
    name: str = ""
    days: int = 0
    months: int = 0
    hours: int = 0
    bound: str = ""
    acknowledge: int = 0
    remind: tuple[int, ...] = ()
    remind_days: tuple[int, ...] = ()
    remind_shares: tuple[int, ...] = ()
    nudge: tuple[int, ...] = ()
    warn: tuple[int, ...] = ()
    warn_days: tuple[int, ...] = ()
    tell: Mapping[int, str] = field(default_factory=dict)
    every: int = WEEKLY
    fires: str = ""
    grace: int = 0
    off_contract: bool = False
    pauses: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)
    says: str = ""

    def __post_init__(self) -> None:
        """Refuse a clock without a length or date, and one whose passing nobody would notice."""
        place = f"{self.machine}.{self.of}"
        if bool(self.state) == bool(self.ask):
            raise ValueError(f"{place}: give a state or what is asked")
        if self.kind in {ClockKind.WITHIN, ClockKind.IDLE} and self.days < 1:
            raise ValueError(f"{place}.days: give the business days")
        if self.kind is ClockKind.CALENDAR and not self.bound:
            raise ValueError(f"{place}.bound: name the date")
        if self.kind is ClockKind.ALERT and self.hours < 1:
            raise ValueError(f"{place}.hours: give the hours")
        if not self.fires and not self.tell:
            raise ValueError(f"{place}: fires nothing and tells nobody")
        if self.fires in ENDINGS and self._warnings < WARNINGS:
            raise ValueError(f"{place}.warn: warn {WARNINGS} times before it {self.fires}s")

    @property
    def _warnings(self) -> int:
        return len(self.warn) + len(self.warn_days)

    @property
    def of(self) -> str:
        """The state, or what is asked."""
        return self.state or self.ask

    def length(self, case: str = "") -> int:
        """Return the business days, in a special case ("large", "sign_off") where it has one."""
        return self.lengths.get(case, self.days)

    @property
    def words(self) -> str:
        """What it is bound to in words, with its figures filled in."""
        figures = {"days": self.days, "months": self.months, "acknowledge": self.acknowledge}
        return self.says.format(**figures, **self.lengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """All clocks of an institution, and the states that have none."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    clocks: tuple[Clock, ...]
    ends: Mapping[str, frozenset[str]]
    _by_place: dict[tuple[str, str, str], Clock] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse two clocks of one name in one place."""
        by_place = {(one.machine, one.of, one.name): one for one in self.clocks}
        if len(by_place) != len(self.clocks):
            raise ValueError("clocks: a state has two of one name")
        object.__setattr__(self, "_by_place", by_place)

    def clock(self, machine: str, place: str, name: str = "") -> Clock:
        """Return the clock of a state or of what is asked; DataError where none is known."""
        try:
            return self._by_place[machine, place, name]
        except KeyError:
            shown = f"{machine}.{place}" + (f".{name}" if name else "")
            raise DataError(f"{FILE}: there is no clock {shown}") from None


@cache
def load(file: str = FILE) -> Clocks:
    """Return the clocks of a data file."""
    return read(Clocks, file)


def clock(machine: str, place: str, name: str = "") -> Clock:
    """Return the office's clock of a state or of what is asked; DataError for an unknown one.

    >>> clock("award", "not_yet").days
    30
    >>> clock("proposal", "endorse").tell
    {1: 'asa_officer'}
    """
    return load().clock(machine, place, name)
