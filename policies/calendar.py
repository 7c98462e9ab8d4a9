"""The university's calendar: business days, terms and committee cycles, and arithmetic on them.

Instants are aware and answered in UTC; days are civil days in the university's zone. A due instant
is the end of business hours of the n-th business day after the day on which a clock starts,
whatever the hour of that start. A wall time that the spring gap leaves out means the next valid
instant, one that the autumn fold has twice the first (PEP 495). Another university is another file
in `calendars/`.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Annotated, ClassVar, Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import ConfigDict, Field

from policies.data import ROOM, DataError, checked, parsed, read

FILE: Final = "calendars/2026-27.yaml"
_CLOSED: Final = ConfigDict(extra="forbid")
_DAY: Final = timedelta(days=1)
_NOON: Final = time(12)
#: No count of ours goes further; a calendar closed for so long is a mistake in its file.
_HORIZON_DAYS: Final = 36_525
#: Answers kept: every case that moves on a day asks for the same few counts from it.
_REMEMBERED: Final = 4096


class CalendarError(ValueError):
    """What was asked cannot be counted on this calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from the first to the last, both included, and what they are called."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    first: Annotated[date, Field(validation_alias="from")]
    last: Annotated[date, Field(validation_alias="to")]
    name: str

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"{self.name}: to: before from")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, in order."""
        return tuple(_days(self.first, self.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of teaching."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    name: str
    first: Annotated[date, Field(validation_alias="from")]
    last: Annotated[date, Field(validation_alias="to")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One round of the curriculum committees, from the last day to submit to the Senate's meeting.

    `effective` is the term in which what it carries takes effect; `hearing` may be missing.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    number: int
    submit_by: date
    councils: date
    bulletin: date
    senate: date
    effective: str
    hearing: date | None = None
    catalog_cutoff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversityCalendar:
    """The days of a university, kept from `first` to `last`; beyond, only weekends are closed."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    name: str
    timezone: str
    opens: time
    closes: time
    weekdays: frozenset[int]
    first: Annotated[date, Field(validation_alias="from")]
    last: Annotated[date, Field(validation_alias="to")]
    closed: tuple[Span, ...]
    terms: tuple[Term, ...]
    off_contract: tuple[Span, ...]
    cycles: tuple[Cycle, ...]
    zone: ZoneInfo = field(init=False, repr=False)
    _closed_days: frozenset[date] = field(init=False, repr=False)
    _off_days: frozenset[date] = field(init=False, repr=False)
    _nth: Callable[[date, int, bool], date] = field(init=False, repr=False, compare=False)
    _at: Callable[[date, time], datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an unknown zone, a week without business days and cycles out of order."""
        try:
            zone = ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"timezone: there is no zone {self.timezone!r}") from problem
        if not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise ValueError("weekdays: one or more of 1 (Monday) to 7")
        if self.opens >= self.closes:
            raise ValueError("closes: not after opens")
        dates = [cycle.submit_by for cycle in self.cycles]
        if dates != sorted(set(dates)):
            raise ValueError("cycles: submit_by must rise from one to the next")
        object.__setattr__(self, "zone", zone)
        object.__setattr__(self, "_closed_days", _days_of(self.closed))
        object.__setattr__(self, "_off_days", _days_of(self.off_contract))
        object.__setattr__(self, "_nth", lru_cache(_REMEMBERED)(self._count_days))
        object.__setattr__(self, "_at", lru_cache(_REMEMBERED)(self._instant_of))

    # ------------------------------------------------------------------------------------ days

    def covers(self, day: date) -> bool:
        """Say whether this day's closures are known; outside, only weekends are closed."""
        return self.first <= day <= self.last

    def closure(self, day: date) -> str:
        """Return why the university is closed: a holiday's name, "weekend", or "" when open."""
        if day in self._closed_days:
            return next(span.name for span in self.closed if day in span)
        return "" if day.isoweekday() in self.weekdays else "weekend"

    def is_business_day(self, day: date) -> bool:
        """Say whether the university works on a day."""
        return day.isoweekday() in self.weekdays and day not in self._closed_days

    def is_off_contract(self, day: date) -> bool:
        """Say whether 9-month faculty are off contract on a day."""
        return day in self._off_days

    def term_on(self, day: date) -> Term | None:
        """Return the term that is taught on a day."""
        return next((term for term in self.terms if term.first <= day <= term.last), None)

    # ------------------------------------------------------------------------------- instants

    def day_of(self, instant: datetime) -> date:
        """Return the civil day of an aware instant in the university's zone."""
        if instant.tzinfo is None:
            raise CalendarError("An instant needs its zone.")
        return instant.astimezone(self.zone).date()

    def at(self, day: date, wall: time) -> datetime:
        """Return the UTC instant of a wall time here; see the module for gap and fold."""
        return self._at(day, wall)

    def _instant_of(self, day: date, wall: time) -> datetime:
        local = datetime.combine(day, wall.replace(tzinfo=None, fold=0), tzinfo=self.zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return instant
        # In the gap both readings are off: what the clock skips to lies right after the change.
        return _first_after_gap(local, self.zone)

    def end_of(self, day: date) -> datetime:
        """Return the end of business hours of a day, in UTC."""
        return self.at(day, self.closes)

    def start_of(self, day: date) -> datetime:
        """Return the start of business hours of a day, in UTC."""
        return self.at(day, self.opens)

    def in_business_hours(self, instant: datetime) -> bool:
        """Say whether the university works at an instant; the closing minute counts no more."""
        day = self.day_of(instant)
        return self.is_business_day(day) and self.start_of(day) <= instant < self.end_of(day)

    # ------------------------------------------------------------------------------ arithmetic

    def nth_business_day(self, day: date, count: int, *, off_contract: bool = False) -> date:
        """Return the count-th business day after a day, or before it where count is negative.

        0 gives the day itself, or the next business day when it is none. With `off_contract`, days
        on which 9-month faculty are off contract do not count.
        """
        return self._nth(day, count, off_contract)

    def _count_days(self, day: date, count: int, off_contract: bool) -> date:  # noqa: FBT001
        step = _DAY if count >= 0 else -_DAY
        left = abs(count)
        for _ in range(_HORIZON_DAYS):
            if left == 0 and self._counts(day, off_contract=off_contract):
                return day
            day += step
            if left and self._counts(day, off_contract=off_contract):
                left -= 1
        raise CalendarError(f"{abs(count)} business days reach further than this calendar counts.")

    def add_business_days(
        self, start: datetime, count: int, *, off_contract: bool = False
    ) -> datetime:
        """Return when something is due: the end of the count-th business day after a start, in UTC.

        CalendarError for a negative count; `subtract_business_days` goes back.
        """
        if count < 0:
            raise CalendarError("A clock runs forwards: give 0 business days or more.")
        day = self.nth_business_day(self.day_of(start), count, off_contract=off_contract)
        return self.end_of(day)

    def subtract_business_days(
        self, due: datetime, count: int, *, off_contract: bool = False
    ) -> datetime:
        """Return the start of business of the count-th business day before a due instant, in UTC.

        0 is the due day itself, or the last business day before it: "on the day" is its morning.
        """
        if count < 0:
            raise CalendarError("Count back 0 business days or more.")
        day = self.day_of(due)
        while not self._counts(day, off_contract=off_contract):
            day -= _DAY
        return self.start_of(self.nth_business_day(day, -count, off_contract=off_contract))

    def business_days_between(
        self, start: datetime, end: datetime, *, off_contract: bool = False
    ) -> int:
        """Count the business days after the day of `start` up to the day of `end`.

        Today is 0, tomorrow's date is 1 if the university works then; negative when `end` is over.
        """
        first, last = self.day_of(start), self.day_of(end)
        if last < first:
            return -self.business_days_between(end, start, off_contract=off_contract)
        days = _days(first + _DAY, last)
        return sum(self._counts(day, off_contract=off_contract) for day in days)

    def months_after(self, start: datetime, months: int) -> datetime:
        """Return the same civil day and hour some months later, in UTC.

        The month's last day where it has no such day: 31 January and one month is 28 February.

        >>> load().months_after(datetime(2028, 2, 29, 15, tzinfo=UTC), 12).isoformat()
        '2029-02-28T15:00:00+00:00'
        """
        local = start.astimezone(self.zone)
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        return self.at(date(year, month + 1, day), local.time())

    def _counts(self, day: date, *, off_contract: bool) -> bool:
        return (
            self.is_business_day(day)
            and not (off_contract and day in self._off_days)
            and self._happens(day)
        )

    def _happens(self, day: date) -> bool:
        """Say whether there is such a day: a zone that crossed the date line left one out."""
        return self.at(day, _NOON).astimezone(self.zone).date() == day

    # ---------------------------------------------------------------------------------- cycles

    def next_cycle(self, day: date) -> Cycle | None:
        """Return the cycle one can still submit to on a day; None after the last one kept."""
        return next((cycle for cycle in self.cycles if day <= cycle.submit_by), None)

    def cycle_for(self, meeting: date) -> Cycle | None:
        """Return the cycle a committee's meeting belongs to, by its councils or hearing date."""
        days = ((cycle, (cycle.councils, cycle.hearing)) for cycle in self.cycles)
        return next((cycle for cycle, held in days if meeting in held), None)

    def effective_term_if_submitted(self, day: date) -> str:
        """Return the term in which it takes effect if it goes to committee on a day, "" unknown."""
        cycle = self.next_cycle(day)
        return cycle.effective if cycle else ""

    def after(self, cycle: Cycle) -> Cycle | None:
        """Return the cycle that follows one, for "after that date" sentences."""
        return self.next_cycle(cycle.submit_by + _DAY)


def _first_after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock changes, searched between both readings of the gap."""
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _days_of(spans: tuple[Span, ...]) -> frozenset[date]:
    return frozenset(day for span in spans for day in span.days)


@cache
def load(file: str = FILE) -> UniversityCalendar:
    """Return the calendar of a data file; DataError names what the file lacks."""
    return read(UniversityCalendar, file)


def from_data(said: Mapping[str, object]) -> UniversityCalendar:
    """Return the calendar of a file's content; DataError names what it lacks."""
    return checked(UniversityCalendar, said, "the calendar")


def as_data(text: str) -> dict[str, object]:
    """Return a calendar file's content as JSON values, checked; DataError names what it lacks."""
    said = parsed(text, "the calendar")
    if not isinstance(said, dict):
        raise DataError("the calendar: this is no table of fields")
    kept: dict[str, object] = orjson.loads(orjson.dumps(said))
    from_data(kept)
    return kept


def with_closure(said: Mapping[str, object], span: Span) -> dict[str, object]:
    """Return a calendar's content with more closed days: what a hurricane leaves of it."""
    closed = [*cast("list[object]", said["closed"]), {
        "from": span.first.isoformat(), "to": span.last.isoformat(), "name": span.name,
    }]  # fmt: skip
    return {**said, "closed": closed}


def in_zone(calendar: UniversityCalendar, timezone: str) -> UniversityCalendar:
    """Return the same calendar in another zone."""
    return replace(calendar, timezone=timezone)


def text(file: str = FILE) -> str:
    """Return the text of a calendar file that comes with the software."""
    return (ROOM / file).read_text("utf-8")
