"""Clocks of a state, as data: when it is due, who is reminded, and what fires in the end.

A clock never decides where a case goes: it fires a trigger, or it escalates to a named owner.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.calendar import UniversityCalendar
from workflow.facts import Facts
from workflow.roles import Role

#: Business days, terms and committee cycles in the university's zone; instants are UTC.
Calendar = UniversityCalendar

#: Reads a due date from facts: a meeting, a cycle's date, a completion window.
DueDate = Callable[..., datetime | None]
#: Further reminders at instants of the clock's own: (occurrence, instant) from (start, due).
Moments = Callable[[datetime, datetime], tuple[tuple[str, datetime], ...]]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing a clock will do: when, what, and for whom besides whoever has the work item."""

    does: str
    fires_at: datetime
    due_at: datetime
    rule: str
    occurrence: str
    trigger: str | None = None
    to: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Due `days` business days after it began, or on the date that `due` reads.

    `remind`: business days relative to the due date (-3 is three before, 0 on the day).
    `tell`: business days after the due date -> the owner it is escalated to, said openly.
    `fires`: the trigger fired `grace` business days after the due date.
    `warn`: business days after the start at which a warning of what `fires` will do is sent.
    """

    days: int | None = None
    #: Business days as a function of the facts (15 instead of 10 for a large proposal).
    days_for: Callable[..., int] | None = None
    due: DueDate | None = None
    remind: tuple[int, ...] = ()
    moments: Moments | None = None
    tell: Mapping[int, Role] = field(default_factory=dict)
    fires: str | None = None
    grace: int = 0
    warn: tuple[int, ...] = ()
    #: Nine-month faculty: off-contract days do not count.
    off_contract: bool = False
    #: What the clock is bound to, in words ("the next cycle's submit-by date").
    says: str = ""

    def due_at(
        self, facts: Facts, calendar: Calendar, *, start: datetime, extra: int = 0
    ) -> datetime | None:
        """The instant this is due when it began at `start`; None where a date is not known yet."""
        if self.due is not None:
            due = self.due(facts, calendar)
            return calendar.add_business_days(due, extra) if due and extra else due
        days = self.days_for(facts) if self.days_for else self.days
        if days is None:
            return None
        return calendar.add_business_days(start, days + extra, off_contract=self.off_contract)

    def alarms(
        self, facts: Facts, calendar: Calendar, *, start: datetime, extra: int = 0
    ) -> Iterator[Alarm]:
        """Every deadline to arm now; reminders already past are left out, a late end fires."""
        due = self.due_at(facts, calendar, start=start, extra=extra)
        if due is None:
            return
        for alarm in self._all(calendar, start, due):
            if alarm.fires_at > facts.now or alarm.does == "fire":
                yield alarm

    def _all(self, calendar: Calendar, start: datetime, due: datetime) -> Iterator[Alarm]:
        for offset in self.remind:
            before = offset <= 0
            at = (
                calendar.subtract_business_days(due, -offset)
                if before
                else calendar.add_business_days(due, offset)
            )
            yield Alarm("remind", at, due, f"{offset:+d} BD of the due date", f"remind{offset:+d}")
        for occurrence, at in self.moments(start, due) if self.moments else ():
            yield Alarm("remind", at, due, occurrence, occurrence)
        for days in self.warn:
            at = calendar.add_business_days(start, days, off_contract=self.off_contract)
            yield Alarm("warn", at, due, f"{days} BD after the start", f"warn{days}")
        for late, owner in self.tell.items():
            at = calendar.add_business_days(due, late) if late else due
            yield Alarm("escalate", at, due, f"{late:+d} BD late", f"late{late}", None, owner)
        if self.fires:
            at = calendar.add_business_days(due, self.grace) if self.grace else due
            yield Alarm("fire", at, due, f"due +{self.grace} BD", "fire", self.fires)
