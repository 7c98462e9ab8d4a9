"""Dates of the committee cycles, as an agenda item asks for them."""

from datetime import date, datetime, timedelta

from workflow.clocks import Calendar

#: An agenda closes this long before a meeting that belongs to no cycle.
DAYS_BEFORE = timedelta(days=14)


def agenda_cut_off(calendar: Calendar, meeting: date) -> datetime:
    """Until when an item may be placed: the cycle's submit-by date wins over 14 days before."""
    cycle = calendar.cycle_for(meeting)
    return calendar.end_of(cycle.submit_by if cycle else meeting - DAYS_BEFORE)


def next_cut_off(calendar: Calendar, now: datetime) -> datetime | None:
    """The next cycle's submit-by date; None after the last cycle that is kept."""
    cycle = calendar.next_cycle(calendar.day_of(now))
    return calendar.end_of(cycle.submit_by) if cycle else None


def senate_after(calendar: Calendar, day: date) -> date | None:
    """The first meeting of the Senate after a day; None where none is kept."""
    return next((cycle.senate for cycle in calendar.cycles if cycle.senate > day), None)


def outside_off_contract(calendar: Calendar, instant: datetime) -> datetime:
    """The instant, or the end of the first business day after an off-contract window around it."""
    day = calendar.day_of(instant)
    if not calendar.is_off_contract(day):
        return instant
    while calendar.is_off_contract(day):
        day += timedelta(days=1)
    return calendar.end_of(calendar.nth_business_day(day, 0))


def effective_on(
    calendar: Calendar, acted: date, *, meeting: date | None, reports: bool
) -> date | None:
    """First day of the term in which what was carried takes effect.

    The cycle is that of the meeting (a hearing for a body that reports to the Senate, else the
    councils' day), or the first whose Senate has not met when it acted. None where cycle or term
    are not kept: then no date holds the proposal back.
    """
    cycle = next(
        (c for c in calendar.cycles if meeting == (c.hearing if reports else c.councils)), None
    )
    cycle = cycle or next((c for c in calendar.cycles if c.senate >= acted), None)
    if meeting is None or cycle is None:
        return None
    return next((term.first for term in calendar.terms if term.name == cycle.effective), None)
