"""Dates and counts in words, in the reader's zone: "Tue 24 Nov", "In 9 business days"."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from workflow.queries.work import Due

_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
#: An academic year begins with this month.
_FIRST_MONTH: Final = 8


def number(n: int) -> str:
    """A count as a word up to twelve.

    >>> number(6), number(13)
    ('six', '13')
    """
    return _NUMBERS[n] if 0 <= n < len(_NUMBERS) else f"{n:,}"


def counted(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "item"), counted(0, "item"), counted(2, "reply", "replies")
    ('1 item', '0 items', '2 replies')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def sentence(words: str) -> str:
    """Words with a capital in front and a full stop behind.

    >>> sentence("in consultation with ASA")
    'In consultation with ASA.'
    """
    first = begun(words)
    return first if first.endswith((".", "?", "”")) else f"{first}."


def begun(words: str) -> str:
    """Words with a capital in front; the rest as it is.

    >>> begun("in ASA review")
    'In ASA review'
    """
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class DueWords:
    """A due date as it is shown: the words, the date beside them, and the class they carry."""

    words: str
    day: str
    css: str
    iso: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads: their zone (IANA) and the moment they do."""

    zone: str
    now: datetime

    def local(self, at: datetime) -> datetime:
        """The instant on the reader's clock."""
        return at.astimezone(ZoneInfo(self.zone))

    @property
    def today(self) -> date:
        """The reader's day."""
        return self.local(self.now).date()

    @property
    def zone_name(self) -> str:
        """The zone as people call it: "New York time"."""
        return f"{self.zone.rpartition('/')[2].replace('_', ' ')} time"

    def day(self, when: datetime | date) -> str:
        """A day near: "Tue 24 Nov", with its year when it is not of this academic year."""
        day = self._day(when)
        year = "" if _academic_year(day) == _academic_year(self.today) else f" {day.year}"
        return f"{day:%a} {day.day} {day:%b}{year}"

    def long_day(self, when: datetime | date) -> str:
        """A day in prose: "Tuesday 24 November 2026"."""
        day = self._day(when)
        return f"{day:%A} {day.day} {day:%B} {day.year}"

    def moment(self, at: datetime) -> str:
        """A point in time: "Mon 23 Nov, 15:12"."""
        return f"{self.day(at)}, {self.local(at):%H:%M}"

    def clock(self, at: datetime) -> str:
        """The time of day: "15:12"."""
        return f"{self.local(at):%H:%M}"

    def near(self, when: datetime | date) -> str:
        """A day for a sentence: today and tomorrow are words."""
        day = self._day(when)
        if day == self.today:
            return "today"
        return "tomorrow" if day == self.today + timedelta(days=1) else self.day(day)

    def due(self, due: Due) -> DueWords | None:
        """When something is due; None when it has no date."""
        if due.at is None:
            return None
        at = self.local(due.at)
        iso = at.isoformat(timespec="minutes")
        if due.late:
            return self._late(due, at, iso)
        clock = f"{at:%H:%M}"
        if at.date() == self.today:
            return DueWords(f"Today, {clock}", self.day(at), "is-soon", iso)
        full = f"{self.day(at)}, {clock}"
        if at.date() == self.today + timedelta(days=1):
            return DueWords("Tomorrow", full, "", iso)
        return DueWords(f"In {counted(due.days, 'business day')}", full, "", iso)

    def _late(self, due: Due, at: datetime, iso: str) -> DueWords:
        if at.date() == self.today:
            return DueWords(f"Since {at:%H:%M} today", self.day(at), "is-late", iso)
        late = f"{counted(-due.days, 'business day')} late" if due.days else "Late"
        return DueWords(late, f"since {self.day(at)}", "is-late", iso)

    def _day(self, when: datetime | date) -> date:
        return self.local(when).date() if isinstance(when, datetime) else when


def _academic_year(day: date) -> int:
    return day.year if day.month >= _FIRST_MONTH else day.year - 1
