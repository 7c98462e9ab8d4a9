"""What the committees' dates mean for a proposal, in one sentence: submit by when, effective when.

The dates are the university's civil days; the last moment to submit is the end of business on its
day, said in the reader's zone where that is another day there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from policies.calendar import Cycle, UniversityCalendar

#: No cycle is kept that one could still submit to.
UNKNOWN = "The dates of the next committee cycle are not published yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleLine:
    """The cycle that can still be reached on a day, and what comes of missing it.

    `after` is None where no later cycle is kept. `today` is the reader's day.
    """

    cycle: Cycle
    after: Cycle | None
    submit_by: datetime
    today: date

    @property
    def sentence(self) -> str:
        """For what is on its way to the committee: by when, effective when, and what if not.

        >>> from policies.calendar import load
        >>> line(load(), load().start_of(date(2026, 11, 24))).sentence
        'Submit by Wed 9 Dec and this is effective Fall 2027; miss it: Spring 2028.'
        """
        effective = self.cycle.effective
        return f"Submit by {self._last_day} and this is effective {effective}; {self._missed}"

    @property
    def if_today(self) -> str:
        """For what is not with the committee yet: the dates that it would have.

        >>> from policies.calendar import load
        >>> line(load(), load().start_of(date(2026, 11, 24))).if_today
        'If you submit today: 9 Dec cut-off, Senate 9 Feb 2027, Fall 2027.'
        """
        cut_off, senate = self._day(self.submit_by.date()), self._day(self.cycle.senate)
        return f"If you submit today: {cut_off} cut-off, Senate {senate}, {self.cycle.effective}."

    @property
    def _last_day(self) -> str:
        day = self.submit_by.date()
        elsewhere = f", {self.submit_by:%H:%M}" if day != self.cycle.submit_by else ""
        return f"{day:%a} {self._day(day)}{elsewhere}"

    @property
    def _missed(self) -> str:
        if self.after is None:
            return "the dates after that are not published yet."
        if self.after.effective != self.cycle.effective:
            return f"miss it: {self.after.effective}."
        senate = self.after.senate
        return f"miss it: the Senate of {senate:%a} {self._day(senate)}, the same term."

    def _day(self, day: date) -> str:
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{day.day} {day:%b}{year}"


def line(calendar: UniversityCalendar, now: datetime, *, zone: str = "") -> CycleLine | None:
    """Return what the dates mean at an instant, for a reader in a zone (the university's if "").

    The day's cut-off counts until the end of business. None after the last cycle that is kept.
    """
    reader = ZoneInfo(zone) if zone else calendar.zone
    cycle = calendar.next_cycle(calendar.day_of(now))
    if cycle and now >= calendar.end_of(cycle.submit_by):
        cycle = calendar.after(cycle)
    if cycle is None:
        return None
    submit_by = calendar.end_of(cycle.submit_by).astimezone(reader)
    return CycleLine(
        cycle=cycle, after=calendar.after(cycle), submit_by=submit_by,
        today=now.astimezone(reader).date(),
    )  # fmt: skip


def sentence(calendar: UniversityCalendar, now: datetime, *, zone: str = "") -> str:
    """Return the sentence for what goes to the committee; it also says that no date is known."""
    found = line(calendar, now, zone=zone)
    return found.sentence if found else UNKNOWN


def if_today(calendar: UniversityCalendar, now: datetime, *, zone: str = "") -> str:
    """Return the sentence for what is not with the committee yet."""
    found = line(calendar, now, zone=zone)
    return found.if_today if found else UNKNOWN
