"""How long each state may last, who is reminded and told, and what a passed clock fires.

Defaults of this office, from `clocks.yaml`; a definition takes them or says otherwise.
No clock approves anything but the Senate's notice window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import DataError, read

FILE: Final = "clocks.yaml"
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
    """The clock of one state. Offsets are business days from the due day, before it negative.

    `days` is the length, 0 where a date alone counts; `tell` maps days late to the roles told;
    `fires` is "" where a clock only tells; `warn` counts days before the firing, which is `grace`
    days after the due day. `name` tells a second clock of the same state apart.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    machine: str
    state: str
    kind: ClockKind
    name: str = ""
    days: int = 0
    months: int = 0
    hours: int = 0
    bound: str = ""
    acknowledge: int = 0
    notice_days: int = 0
    remind: tuple[int, ...] = ()
    remind_days: tuple[int, ...] = ()
    remind_shares: tuple[int, ...] = ()
    nudge: tuple[int, ...] = ()
    warn: tuple[int, ...] = ()
    tell: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    fires: str = ""
    grace: int = 0
    off_contract: bool = False
    pauses: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a clock without a length or date, and one whose passing nobody would notice."""
        place = f"{self.machine}.{self.state}"
        if self.kind in {ClockKind.WITHIN, ClockKind.IDLE} and self.days < 1:
            raise ValueError(f"{place}.days: give the business days")
        if self.kind is ClockKind.CALENDAR and not self.bound:
            raise ValueError(f"{place}.bound: name the date")
        if self.kind is ClockKind.ALERT and self.hours < 1:
            raise ValueError(f"{place}.hours: give the hours")
        if not self.fires and not self.tell:
            raise ValueError(f"{place}: fires nothing and tells nobody")

    def length(self, case: str = "") -> int:
        """Return the business days, in a special case ("large", "e_ballot") where it has one."""
        return self.lengths.get(case, self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """All clocks of an institution, and the states that have none."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    clocks: tuple[Clock, ...]
    ends: Mapping[str, frozenset[str]]
    _by_state: dict[tuple[str, str, str], Clock] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse two clocks of one name in one state."""
        by_state = {(one.machine, one.state, one.name): one for one in self.clocks}
        if len(by_state) != len(self.clocks):
            raise ValueError("clocks: a state has two of one name")
        object.__setattr__(self, "_by_state", by_state)

    def clock(self, machine: str, state: str, name: str = "") -> Clock | None:
        """Return a state's clock, None for an end; DataError for a state that is not known here."""
        if state in self.ends.get(machine, ()):
            return None
        try:
            return self._by_state[machine, state, name]
        except KeyError:
            shown = f"{machine}.{state}" + (f".{name}" if name else "")
            raise DataError(f"{FILE}: there is no clock {shown}") from None


@cache
def load(file: str = FILE) -> Clocks:
    """Return the clocks of a data file."""
    return read(Clocks, file)


def clock(machine: str, state: str, name: str = "") -> Clock | None:
    """Return the default clock of a state, None for an end; DataError for an unknown state.

    >>> clock("award", "not_yet").days
    30
    >>> clock("proposal", "issued") is None
    True
    """
    return load().clock(machine, state, name)
