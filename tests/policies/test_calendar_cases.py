"""Hand-made cases of the calendar's arithmetic, each with why: a table that bites.

Every expected value was worked out by hand. Local times are those of the row's zone.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from policies.calendar import CalendarError, UniversityCalendar, in_zone, load

YEAR = load()
NY, KOLKATA, APIA, HOWE = "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"
LONDON, CHATHAM, HONOLULU = "Europe/London", "Pacific/Chatham", "Pacific/Honolulu"
#: A university that also works at weekends, until half past one or two at night.
NIGHTS = replace(YEAR, weekdays=frozenset(range(1, 8)), opens=time(0, 15), closes=time(2, 30))
EARLY = replace(NIGHTS, closes=time(1, 30))


def here(
    zone: str, local: str, calendar: UniversityCalendar = YEAR
) -> tuple[UniversityCalendar, datetime]:
    """The calendar in a zone, and a wall time there ("2026-11-24 15:12")."""
    there = in_zone(calendar, zone)
    return there, datetime.fromisoformat(local).replace(tzinfo=there.zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# zone, start (local), business days, off contract, due (UTC), why
DUE = [
    (NY, "2026-09-14 16:59", 1, False, "2026-09-15 21:00", "a minute before closing: the next day counts as the first"),
    (NY, "2026-09-14 17:00", 1, False, "2026-09-15 21:00", "at closing: the day of the start never counts, whatever the hour"),
    (NY, "2026-09-14 17:01", 1, False, "2026-09-15 21:00", "a minute after closing: no day is lost for having come late"),
    (NY, "2026-09-14 00:00", 1, False, "2026-09-15 21:00", "midnight belongs to the day that begins"),
    (NY, "2026-09-14 23:59", 1, False, "2026-09-15 21:00", "tomorrow in UTC is still today here"),
    (NY, "2026-09-14 09:00", 0, False, "2026-09-14 21:00", "zero days: the end of the same day"),
    (NY, "2026-09-14 18:00", 0, False, "2026-09-14 21:00", "zero days after closing: the day's end, which is past"),
    (NY, "2026-09-12 09:00", 0, False, "2026-09-14 21:00", "zero days from a Saturday: the Monday"),
    (NY, "2026-09-13 23:59", 0, False, "2026-09-14 21:00", "zero days from the last minute of a Sunday: the Monday"),
    (NY, "2026-09-18 12:00", 1, False, "2026-09-21 21:00", "over a weekend"),
    (NY, "2026-09-18 12:00", 5, False, "2026-09-25 21:00", "five business days are a week"),
    (NY, "2026-09-18 12:00", 6, False, "2026-09-28 21:00", "six go over a second weekend"),
    (NY, "2026-09-19 12:00", 1, False, "2026-09-21 21:00", "from a Saturday the Monday is the first"),
    (NY, "2026-09-20 12:00", 2, False, "2026-09-22 21:00", "from a Sunday the Tuesday is the second"),
    (NY, "2026-09-04 12:00", 1, False, "2026-09-08 21:00", "Labor Day, a Monday, lengthens the weekend"),
    (NY, "2026-09-07 10:00", 0, False, "2026-09-08 21:00", "zero days from a holiday: the next day that is open"),
    (NY, "2026-09-07 10:00", 1, False, "2026-09-08 21:00", "from a holiday the next open day is the first"),
    (NY, "2026-11-10 12:00", 1, False, "2026-11-12 22:00", "Veterans Day, a Wednesday, is left out"),
    (NY, "2026-11-25 12:00", 1, False, "2026-11-30 22:00", "Thanksgiving and its Friday, then the weekend"),
    (NY, "2026-11-24 12:00", 2, False, "2026-11-30 22:00", "the Wednesday counts, Thursday and Friday do not"),
    (NY, "2026-11-27 12:00", 1, False, "2026-11-30 22:00", "begun on the closed Friday"),
    (NY, "2026-12-23 12:00", 1, False, "2027-01-04 22:00", "the winter closure crosses the year"),
    (NY, "2026-12-22 12:00", 2, False, "2027-01-04 22:00", "one day before it, one after"),
    (NY, "2026-12-31 23:59", 1, False, "2027-01-04 22:00", "begun inside the closure, in the last minute of the year"),
    (NY, "2027-01-01 00:00", 0, False, "2027-01-04 22:00", "New Year's Day, then a weekend"),
    (NY, "2026-12-18 12:00", 10, False, "2027-01-12 22:00", "three before the closure, seven after"),
    (NY, "2027-01-15 12:00", 1, False, "2027-01-19 22:00", "Martin Luther King Jr. Day, a Monday"),
    (NY, "2027-05-28 12:00", 1, False, "2027-06-01 21:00", "Memorial Day, a Monday"),
    (NY, "2027-06-17 12:00", 1, False, "2027-06-21 21:00", "Juneteenth observed on a Friday"),
    (NY, "2027-07-02 12:00", 1, False, "2027-07-06 21:00", "4 July, a Sunday, observed on the Monday"),
    (NY, "2026-10-30 12:00", 1, False, "2026-11-02 22:00", "over the autumn change: 17:00 is an hour later in UTC"),
    (NY, "2026-10-30 12:00", 0, False, "2026-10-30 21:00", "the Friday before the change is still in summer time"),
    (NY, "2027-03-12 12:00", 1, False, "2027-03-15 21:00", "over the spring change: 17:00 is an hour earlier in UTC"),
    (NY, "2027-03-12 12:00", 0, False, "2027-03-12 22:00", "the Friday before the change is still in winter time"),
    (NY, "2028-02-28 12:00", 1, False, "2028-02-29 22:00", "29 February 2028 is a Tuesday and counts"),
    (NY, "2028-02-29 12:00", 1, False, "2028-03-01 22:00", "from the leap day to 1 March"),
    (NY, "2028-02-29 12:00", 0, False, "2028-02-29 22:00", "zero days from the leap day"),
    (NY, "2027-02-26 12:00", 1, False, "2027-03-01 22:00", "no leap year: after Friday 26 February comes 1 March"),
    (NY, "2027-05-04 12:00", 1, True, "2027-08-16 21:00", "nine-month faculty: the summer does not count"),
    (NY, "2027-05-04 12:00", 1, False, "2027-05-05 21:00", "twelve-month people work on in the same summer"),
    (NY, "2027-05-03 12:00", 1, True, "2027-05-04 21:00", "the last day on contract counts"),
    (NY, "2027-05-05 00:00", 0, True, "2027-08-16 21:00", "the first day of the window is in it"),
    (NY, "2027-08-13 23:59", 0, True, "2027-08-16 21:00", "so is its last; then comes a weekend"),
    (NY, "2027-08-14 12:00", 0, True, "2027-08-16 21:00", "a Saturday after the window: the Monday"),
    (NY, "2027-04-28 12:00", 10, True, "2027-08-23 21:00", "four before the summer, six after"),
    (NY, "2027-07-01 12:00", 3, True, "2027-08-18 21:00", "begun in the window: its first day is the Monday after"),
    (KOLKATA, "2026-11-24 01:30", 1, False, "2026-11-25 11:30", "the day is that of the zone, not of UTC, where it is still the 23rd"),
    (KOLKATA, "2026-11-24 23:30", 1, False, "2026-11-25 11:30", "half-hour offset: 17:00 is 11:30 UTC"),
    (KOLKATA, "2027-03-12 12:00", 1, False, "2027-03-15 11:30", "a zone without summer time stays where it is"),
    (KOLKATA, "2026-12-23 12:00", 1, False, "2027-01-04 11:30", "the closure is that of the calendar, in whatever zone"),
    (APIA, "2011-12-29 12:00", 1, False, "2012-01-02 03:00", "Friday 30 December 2011 was left out at the date line: the Monday"),
    (APIA, "2011-12-28 12:00", 2, False, "2012-01-02 03:00", "the Thursday counts, the missing Friday does not"),
    (APIA, "2026-11-24 00:30", 1, False, "2026-11-25 04:00", "thirteen hours ahead: yesterday in UTC"),
    (APIA, "2026-09-18 12:00", 1, False, "2026-09-21 04:00", "its Monday ends while it is still early Monday in UTC"),
    (HOWE, "2026-10-02 12:00", 0, False, "2026-10-02 06:30", "Lord Howe before its change, ten and a half hours ahead"),
    (HOWE, "2026-10-02 12:00", 1, False, "2026-10-05 06:00", "after a change of half an hour, eleven hours ahead"),
    (HOWE, "2027-04-02 12:00", 1, False, "2027-04-05 06:30", "and back by half an hour in April"),
    (CHATHAM, "2026-09-25 12:00", 1, False, "2026-09-28 03:15", "three quarters of an hour, in summer time since the Sunday"),
    (LONDON, "2026-10-23 12:00", 1, False, "2026-10-26 17:00", "Europe goes back a week before America"),
    (HONOLULU, "2026-11-24 23:00", 1, False, "2026-11-26 03:00", "the 25th ends here when it is the 26th in UTC"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "start", "count", "off", "due", "why"), DUE)
def test_due(zone: str, start: str, count: int, *, off: bool, due: str, why: str) -> None:
    calendar, begun = here(zone, start)
    assert calendar.add_business_days(begun, count, off_contract=off) == utc(due), why


# zone, due (local), business days before, off contract, morning (UTC), why
BEFORE = [
    (NY, "2026-12-09 17:00", 0, False, "2026-12-09 13:30", "on the day: its morning"),
    (NY, "2026-12-09 08:00", 0, False, "2026-12-09 13:30", "due before opening: the morning of the day all the same"),
    (NY, "2026-12-09 17:00", 3, False, "2026-12-04 13:30", "three before, over a weekend"),
    (NY, "2026-11-30 17:00", 1, False, "2026-11-25 13:30", "the day before would be a holiday: the Wednesday"),
    (NY, "2026-11-30 17:00", 3, False, "2026-11-23 13:30", "Wednesday, Tuesday, Monday; the holidays are no days"),
    (NY, "2027-01-04 17:00", 1, False, "2026-12-23 13:30", "the reminder would fall into the closure: the last day before"),
    (NY, "2026-11-26 17:00", 0, False, "2026-11-25 13:30", "due on a holiday: reminded on the last day that is open"),
    (NY, "2026-11-26 17:00", 1, False, "2026-11-24 13:30", "due on a holiday: one before that"),
    (NY, "2026-12-12 17:00", 1, False, "2026-12-10 13:30", "due on a Saturday: one before the Friday"),
    (NY, "2026-09-08 17:00", 1, False, "2026-09-04 12:30", "Labor Day and a weekend lie between"),
    (NY, "2026-11-02 17:00", 1, False, "2026-10-30 12:30", "back over the autumn change: the morning is in summer time"),
    (NY, "2027-03-15 17:00", 1, False, "2027-03-12 13:30", "back over the spring change: the morning is in winter time"),
    (NY, "2028-03-01 17:00", 1, False, "2028-02-29 13:30", "the day before 1 March 2028 is the leap day"),
    (NY, "2027-08-16 17:00", 1, True, "2027-05-04 12:30", "nine-month faculty are reminded before the summer"),
    (NY, "2027-08-16 17:00", 1, False, "2027-08-13 12:30", "twelve-month people on the Friday"),
    (NY, "2027-06-15 17:00", 0, True, "2027-05-04 12:30", "due inside the window: the last day on contract"),
    (NY, "2026-09-15 17:00", 5, False, "2026-09-08 12:30", "the reminder of a short clock lies before its start"),
    (KOLKATA, "2026-11-25 17:00", 1, False, "2026-11-24 03:00", "08:30 there is 03:00 UTC"),
    (APIA, "2012-01-02 17:00", 1, False, "2011-12-29 18:30", "the day before is Thursday the 29th: there was no Friday"),
    (HOWE, "2026-10-05 17:00", 1, False, "2026-10-01 22:00", "Friday's morning there, before the change"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "due", "count", "off", "morning", "why"), BEFORE)
def test_before(zone: str, due: str, count: int, *, off: bool, morning: str, why: str) -> None:
    calendar, at = here(zone, due)
    assert calendar.subtract_business_days(at, count, off_contract=off) == utc(morning), why


# calendar, zone, day, end of its business (UTC), why
ENDS = [
    (NIGHTS, NY, "2027-03-14", "2027-03-14 07:00", "02:30 is left out in spring: the next instant there is, 03:00"),
    (NIGHTS, NY, "2027-03-13", "2027-03-13 07:30", "the night before, 02:30 winter time"),
    (NIGHTS, NY, "2027-03-15", "2027-03-15 06:30", "the night after, 02:30 summer time"),
    (NIGHTS, NY, "2026-11-01", "2026-11-01 07:30", "02:30 comes once in autumn, in winter time"),
    (EARLY, NY, "2026-11-01", "2026-11-01 05:30", "01:30 comes twice in autumn: the first is meant"),
    (EARLY, NY, "2026-10-31", "2026-10-31 05:30", "the night before, 01:30 summer time"),
    (EARLY, NY, "2026-11-02", "2026-11-02 06:30", "the night after, 01:30 winter time"),
    (EARLY, NY, "2027-03-14", "2027-03-14 06:30", "01:30 is not left out in spring"),
    (NIGHTS, HOWE, "2026-10-04", "2026-10-03 15:30", "Lord Howe leaves out 02:00 to 02:30: 02:30 is there"),
    (replace(NIGHTS, closes=time(2, 15)), HOWE, "2026-10-04", "2026-10-03 15:30", "02:15 is left out: half past"),
    (replace(NIGHTS, closes=time(1, 45)), HOWE, "2027-04-04", "2027-04-03 14:45", "01:45 comes twice there: the first is meant"),
    (NIGHTS, LONDON, "2027-03-28", "2027-03-28 01:30", "London leaves out 01:00 to 02:00: 02:30 is summer time"),
    (EARLY, LONDON, "2027-03-28", "2027-03-28 01:00", "01:30 is left out in London: 02:00 summer time"),
    (YEAR, NY, "2028-02-29", "2028-02-29 22:00", "the leap day ends as any other"),
    (YEAR, KOLKATA, "2027-03-14", "2027-03-14 11:30", "nothing changes in Kolkata"),
    (YEAR, APIA, "2011-12-31", "2011-12-31 03:00", "the day after the missing one, fourteen hours ahead"),
    (YEAR, APIA, "2011-12-29", "2011-12-30 03:00", "the day before it, ten hours behind"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "zone", "day", "end", "why"), ENDS)
def test_the_end_of_a_day(
    calendar: UniversityCalendar, zone: str, day: str, *, end: str, why: str
) -> None:
    assert in_zone(calendar, zone).end_of(date.fromisoformat(day)) == utc(end), why


# Each row: its zone, a start (local), how many months, the end (local), and why.
MONTHS = [
    (NY, "2028-02-29 10:00", 12, "2029-02-28 10:00", "a year from the leap day is 28 February"),
    (NY, "2028-02-29 10:00", 48, "2032-02-29 10:00", "four years from it is the leap day again"),
    (NY, "2027-01-31 10:00", 1, "2027-02-28 10:00", "February has no 31st"),
    (NY, "2028-01-31 10:00", 1, "2028-02-29 10:00", "in a leap year it has a 29th"),
    (NY, "2026-08-31 10:00", 6, "2027-02-28 10:00", "half a year from the end of August, over the year"),
    (NY, "2027-10-31 10:00", 1, "2027-11-30 10:00", "November has no 31st, and its hour is that of winter"),
    (NY, "2026-12-15 10:00", 12, "2027-12-15 10:00", "twelve months are a year"),
    (NY, "2026-12-01 10:00", 1, "2027-01-01 10:00", "December is followed by January of the next year"),
    (NY, "2027-01-30 23:30", 1, "2027-02-28 23:30", "the day is that of the zone: in UTC it is the 31st already"),
    (NY, "2026-09-14 10:00", 6, "2027-03-14 10:00", "the same hour by the wall, in summer time again"),
    (NY, "2026-09-14 02:30", 6, "2027-03-14 03:00", "02:30 is left out on that day: 03:00"),
    (NY, "2026-05-01 01:30", 6, "2026-11-01 01:30", "01:30 comes twice on that day: the first"),
    (KOLKATA, "2027-01-31 03:00", 1, "2027-02-28 03:00", "in UTC it is still the 30th: the clamp is that of the zone"),
    (NY, "2027-03-31 10:00", 0, "2027-03-31 10:00", "no month changes nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "start", "months", "end", "why"), MONTHS)
def test_months(zone: str, start: str, months: int, *, end: str, why: str) -> None:
    calendar, begun = here(zone, start)
    assert calendar.months_after(begun, months) == here(zone, end)[1].astimezone(UTC), why


# zone, from (local), to (local), off contract, business days, why
BETWEEN = [
    (NY, "2026-11-24 10:00", "2026-11-24 18:00", False, 0, "today is none"),
    (NY, "2026-11-24 23:59", "2026-11-25 00:01", False, 1, "two minutes over midnight are a day"),
    (NY, "2026-11-25 10:00", "2026-11-30 10:00", False, 1, "Thanksgiving is none"),
    (NY, "2026-12-23 10:00", "2027-01-04 10:00", False, 1, "the winter closure is none"),
    (NY, "2026-11-27 10:00", "2026-11-29 10:00", False, 0, "from closed to closed there is none"),
    (NY, "2026-11-30 10:00", "2026-11-25 10:00", False, -1, "backwards it is negative"),
    (NY, "2026-11-24 10:00", "2026-12-24 10:00", False, 19, "a month with its holidays"),
    (NY, "2028-02-28 10:00", "2028-03-01 10:00", False, 2, "the leap day is one of two"),
    (NY, "2027-05-03 10:00", "2027-08-17 10:00", True, 3, "one day before the summer, two after"),
    (NY, "2027-05-03 10:00", "2027-05-10 10:00", False, 5, "on contract the week counts"),
    (NY, "2027-05-10 10:00", "2027-05-14 10:00", True, 0, "inside the window there is none"),
    (KOLKATA, "2026-11-24 01:00", "2026-11-24 23:00", False, 0, "one day there, two in UTC"),
    (APIA, "2011-12-29 10:00", "2011-12-31 10:00", False, 0, "the missing Friday is none"),
    (NY, "2026-10-30 10:00", "2026-11-02 10:00", False, 1, "over the autumn change"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "start", "end", "off", "count", "why"), BETWEEN)
def test_between(zone: str, start: str, end: str, *, off: bool, count: int, why: str) -> None:
    calendar, begun = here(zone, start)
    _, over = here(zone, end)
    assert calendar.business_days_between(begun, over, off_contract=off) == count, why


# local time, whether the university works, why
HOURS = [
    ("2026-11-24 08:29", False, "a minute before opening"),
    ("2026-11-24 08:30", True, "at opening"),
    ("2026-11-24 16:59", True, "a minute before closing"),
    ("2026-11-24 17:00", False, "closed at closing"),
    ("2026-11-26 10:00", False, "Thanksgiving"),
    ("2026-11-28 10:00", False, "a Saturday"),
    ("2027-03-15 08:30", True, "the first morning of summer time"),
    ("2027-06-15 10:00", True, "off contract is not closed"),
]


@pytest.mark.parametrize(("local", "open_", "why"), HOURS)
def test_business_hours(local: str, *, open_: bool, why: str) -> None:
    assert YEAR.in_business_hours(here(NY, local)[1]) is open_, why


def test_the_table_is_long_enough_and_each_row_says_why() -> None:
    rows = [*DUE, *BEFORE, *ENDS, *MONTHS, *BETWEEN, *HOURS]
    assert len(rows) >= 130
    assert all(str(row[-1]) for row in rows)
    assert len({row[:-1] for row in DUE}) == len(DUE)


@pytest.mark.parametrize("count", [-1, -5])
def test_a_clock_runs_forwards_and_a_reminder_back(count: int) -> None:
    noon = here(NY, "2026-11-24 12:00")[1]
    with pytest.raises(CalendarError, match="runs forwards"):
        YEAR.add_business_days(noon, count)
    with pytest.raises(CalendarError, match="Count back"):
        YEAR.subtract_business_days(noon, count)
