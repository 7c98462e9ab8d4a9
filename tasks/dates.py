"""Dates as people read them: the weekday always, the reader's zone, business days counted."""

from dataclasses import dataclass
from datetime import datetime

from policies.mail import zone_of
from workflow.clocks import Calendar

#: The month in which an academic year begins.
_AUGUST = 8


@dataclass(frozen=True, slots=True)
class When:
    """An instant in words, as seen from `now` in the reader's zone."""

    at: datetime
    now: datetime
    #: Business days from now until then; negative once it has passed.
    days: int

    @property
    def day(self) -> str:
        """Short, for a subject: "Tue 24 Nov", with the year when it is not this academic one."""
        return f"{self.at:%a} {self.at.day} {self.at:%b}{self._year()}"

    @property
    def long(self) -> str:
        """In prose, with its time: "Tuesday 24 November, 17:00"."""
        return f"{self.at:%A} {self.at.day} {self.at:%B}{self._year()}, {self.at:%H:%M}"

    @property
    def by(self) -> str:
        """The line that says until when."""
        apart = (self.at.date() - self.now.date()).days
        if self.at < self.now:
            ago = "today" if not self.days else f"{_count(-self.days)} ago"
            return f"It was due {self.long} ({ago})."
        if apart == 0:
            return f"By today, {self.at:%H:%M}."
        if apart == 1:
            return f"By tomorrow, {self.long}."
        return f"By {self.long} ({_count(self.days)})."

    @property
    def due_in(self) -> str:
        """Begins a subject: "Due in 3 business days", "Due today", "2 business days late"."""
        apart = (self.at.date() - self.now.date()).days
        if apart < 0 or self.at < self.now:
            return f"{_count(-self.days)} late" if self.days else "Due today"
        return {0: "Due today", 1: "Due tomorrow"}.get(apart, f"Due in {_count(self.days)}")

    @property
    def is_today(self) -> bool:
        """Whether it is due on the very day of `now`, and not past."""
        return self.at.date() == self.now.date() and self.at >= self.now

    def _year(self) -> str:
        same = _academic_year(self.at) == _academic_year(self.now)
        return "" if same else f" {self.at.year}"


def when(at: datetime, *, now: datetime, zone: str, calendar: Calendar) -> When:
    """Put an instant into the words of a reader in `zone`."""
    reader = zone_of(zone)
    forth = at >= now
    days = calendar.business_days_between(*((now, at) if forth else (at, now)))
    return When(at.astimezone(reader), now.astimezone(reader), days if forth else -days)


def _count(days: int) -> str:
    return f"{days} business day" if days == 1 else f"{days} business days"


def _academic_year(at: datetime) -> int:
    return at.year if at.month >= _AUGUST else at.year - 1
