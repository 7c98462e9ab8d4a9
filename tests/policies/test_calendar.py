from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import CalendarError, Span, in_zone, load
from policies.data import DataError

CALENDAR = load()
NEW_YORK = ZoneInfo("America/New_York")
DAYS = st.dates(date(2026, 8, 1), date(2027, 8, 31))


def _here(text: str) -> datetime:
    """Read "2026-11-24 15:12" as a wall time in the university's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def _shown(instant: datetime) -> str:
    return instant.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        # An ordinary week, and the hour of the start does not matter.
        ("2026-09-14 09:00", 1, "2026-09-15 17:00 EDT"),
        ("2026-09-14 23:59", 1, "2026-09-15 17:00 EDT"),
        ("2026-09-14 00:00", 1, "2026-09-15 17:00 EDT"),
        ("2026-09-14 09:00", 5, "2026-09-21 17:00 EDT"),
        # Nothing to count: the day itself, or the next one that is open.
        ("2026-09-14 09:00", 0, "2026-09-14 17:00 EDT"),
        ("2026-09-19 09:00", 0, "2026-09-21 17:00 EDT"),
        ("2026-12-24 09:00", 0, "2027-01-04 17:00 EST"),
        # Weekends.
        ("2026-09-18 16:59", 1, "2026-09-21 17:00 EDT"),
        ("2026-09-19 12:00", 1, "2026-09-21 17:00 EDT"),
        ("2026-09-20 12:00", 1, "2026-09-21 17:00 EDT"),
        ("2026-09-18 12:00", 10, "2026-10-02 17:00 EDT"),
        # Labor Day, Veterans Day (a Wednesday), Thanksgiving with its Friday.
        ("2026-09-04 12:00", 1, "2026-09-08 17:00 EDT"),
        ("2026-09-07 12:00", 1, "2026-09-08 17:00 EDT"),
        ("2026-11-10 12:00", 1, "2026-11-12 17:00 EST"),
        ("2026-11-25 12:00", 1, "2026-11-30 17:00 EST"),
        ("2026-11-24 10:00", 9, "2026-12-09 17:00 EST"),
        ("2026-11-23 15:12", 20, "2026-12-23 17:00 EST"),
        ("2026-11-23 15:12", 10, "2026-12-09 17:00 EST"),
        # The winter closure swallows six business days.
        ("2026-12-23 12:00", 1, "2027-01-04 17:00 EST"),
        ("2026-12-21 12:00", 5, "2027-01-06 17:00 EST"),
        ("2026-12-31 12:00", 1, "2027-01-04 17:00 EST"),
        # Martin Luther King Jr. Day, Memorial Day, Juneteenth and 4 July observed.
        ("2027-01-15 12:00", 1, "2027-01-19 17:00 EST"),
        ("2027-05-28 12:00", 1, "2027-06-01 17:00 EDT"),
        ("2027-06-17 12:00", 1, "2027-06-21 17:00 EDT"),
        ("2027-07-02 12:00", 1, "2027-07-06 17:00 EDT"),
        # Across the change to winter time (1 November 2026) and to summer time (14 March 2027).
        ("2026-10-30 12:00", 1, "2026-11-02 17:00 EST"),
        ("2026-10-30 12:00", 0, "2026-10-30 17:00 EDT"),
        ("2027-03-12 12:00", 1, "2027-03-15 17:00 EDT"),
        ("2027-03-12 12:00", 0, "2027-03-12 17:00 EST"),
        # A leap year lies outside the kept calendar: weekends only.
        ("2028-02-28 12:00", 1, "2028-02-29 17:00 EST"),
        ("2028-02-25 12:00", 2, "2028-02-29 17:00 EST"),
        ("2027-11-24 12:00", 1, "2027-11-25 17:00 EST"),
        # Late in the evening it is already tomorrow in UTC, and still today here.
        ("2026-09-14 22:30", 1, "2026-09-15 17:00 EDT"),
        ("2026-09-18 23:30", 1, "2026-09-21 17:00 EDT"),
        # Long counts.
        ("2026-09-14 09:00", 60, "2026-12-10 17:00 EST"),
        ("2026-09-14 09:00", 120, "2027-03-16 17:00 EDT"),
    ],
)  # fmt: skip
def test_something_is_due_at_the_end_of_the_nth_business_day(
    start: str, count: int, due: str
) -> None:
    answer = CALENDAR.add_business_days(_here(start), count)
    assert _shown(answer) == due
    assert answer.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2027-05-03 12:00", 1, "2027-05-04 17:00 EDT"),   # the last day on contract
        ("2027-05-04 12:00", 1, "2027-08-16 17:00 EDT"),   # the next is after the summer
        ("2027-05-03 12:00", 10, "2027-08-26 17:00 EDT"),
        ("2027-06-15 12:00", 1, "2027-08-16 17:00 EDT"),   # begun inside the window
        ("2027-06-15 12:00", 0, "2027-08-16 17:00 EDT"),
        ("2027-08-13 12:00", 1, "2027-08-16 17:00 EDT"),
        ("2027-08-16 12:00", 1, "2027-08-17 17:00 EDT"),
    ],
)  # fmt: skip
def test_days_off_contract_do_not_count_for_nine_month_faculty(
    start: str, count: int, due: str
) -> None:
    assert _shown(CALENDAR.add_business_days(_here(start), count, off_contract=True)) == due


@pytest.mark.parametrize(
    ("due", "count", "morning"),
    [
        ("2026-12-09 17:00", 3, "2026-12-04 08:30 EST"),
        ("2026-12-09 17:00", 0, "2026-12-09 08:30 EST"),
        ("2026-11-30 17:00", 1, "2026-11-25 08:30 EST"),
        ("2026-11-30 17:00", 3, "2026-11-23 08:30 EST"),
        ("2027-01-04 17:00", 1, "2026-12-23 08:30 EST"),
        ("2026-12-12 17:00", 0, "2026-12-11 08:30 EST"),   # a Saturday: the Friday before
        ("2026-12-12 17:00", 1, "2026-12-10 08:30 EST"),
        ("2026-11-02 17:00", 1, "2026-10-30 08:30 EDT"),
        ("2026-09-08 17:00", 1, "2026-09-04 08:30 EDT"),
    ],
)  # fmt: skip
def test_a_reminder_goes_out_on_a_morning_some_business_days_before(
    due: str, count: int, morning: str
) -> None:
    assert _shown(CALENDAR.subtract_business_days(_here(due), count)) == morning


def test_a_reminder_before_the_summer_skips_days_off_contract() -> None:
    morning = CALENDAR.subtract_business_days(_here("2027-08-17 17:00"), 2, off_contract=True)
    assert _shown(morning) == "2027-05-04 08:30 EDT"


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-11-24 10:00", "2026-11-24 17:00", 0),
        ("2026-11-24 17:00", "2026-11-24 10:00", 0),
        ("2026-11-24 10:00", "2026-12-09 17:00", 9),
        ("2026-11-24 10:00", "2026-11-29 17:00", 1),
        ("2026-11-26 10:00", "2026-11-29 17:00", 0),
        ("2026-12-23 10:00", "2027-01-04 17:00", 1),
        ("2026-11-24 10:00", "2026-11-20 17:00", -2),
        ("2026-11-30 10:00", "2026-11-25 17:00", -1),
    ],
)  # fmt: skip
def test_days_between_are_counted_as_people_say_them(start: str, end: str, count: int) -> None:
    assert CALENDAR.business_days_between(_here(start), _here(end)) == count


def test_days_between_can_leave_out_the_summer_off_contract() -> None:
    first, last = _here("2027-05-03 09:00"), _here("2027-08-16 09:00")
    assert CALENDAR.business_days_between(first, last, off_contract=True) == 2


@given(day=DAYS, count=st.integers(0, 60), off_contract=st.booleans())
def test_adding_and_counting_agree(day: date, count: int, *, off_contract: bool) -> None:
    start = CALENDAR.at(day, time(12))
    due = CALENDAR.add_business_days(start, count, off_contract=off_contract)
    assert CALENDAR.is_business_day(CALENDAR.day_of(due))
    counted = CALENDAR.business_days_between(start, due, off_contract=off_contract)
    first_is_open = CALENDAR.nth_business_day(day, 0, off_contract=off_contract) == day
    assert counted == (count if count or first_is_open else 1)


@given(DAYS, st.integers(1, 40))
def test_more_days_are_never_due_earlier(day: date, count: int) -> None:
    start = CALENDAR.at(day, time(12))
    assert CALENDAR.add_business_days(start, count) < CALENDAR.add_business_days(start, count + 1)


@given(DAYS, st.integers(1, 40))
def test_going_back_undoes_going_forward(day: date, count: int) -> None:
    start = CALENDAR.nth_business_day(day, 0)
    due = CALENDAR.add_business_days(CALENDAR.at(start, time(12)), count)
    assert CALENDAR.subtract_business_days(due, count) == CALENDAR.start_of(start)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        # Spring: 02:00 to 03:00 is left out; the next valid instant is 03:00.
        ("America/New_York", "2027-03-14", "02:00", "2027-03-14T07:00:00"),
        ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:00:00"),
        ("America/New_York", "2027-03-14", "02:59:59", "2027-03-14T07:00:00"),
        ("America/New_York", "2027-03-14", "01:59:59", "2027-03-14T06:59:59"),
        ("America/New_York", "2027-03-14", "03:00", "2027-03-14T07:00:00"),
        # Autumn: 01:00 to 02:00 comes twice; the first is meant.
        ("America/New_York", "2026-11-01", "01:00", "2026-11-01T05:00:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00"),
        ("America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00"),
        # A gap of half an hour, one at midnight, a zone without any.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00"),
        ("America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00:00"),
        ("UTC", "2027-03-14", "02:30", "2027-03-14T02:30:00"),
    ],
)  # fmt: skip
def test_a_gap_means_the_next_valid_instant_and_a_fold_the_first(
    zone: str, day: str, wall: str, *, instant: str
) -> None:
    calendar = in_zone(CALENDAR, zone)
    found = calendar.at(date.fromisoformat(day), time.fromisoformat(wall))
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_wall_time_that_carries_a_fold_still_means_the_first() -> None:
    assert CALENDAR.at(date(2026, 11, 1), time(1, 30, fold=1)) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-09-07", "Labor Day"),
        ("2026-12-24", "Winter closure"),
        ("2026-12-26", "Winter closure"),
        ("2027-01-01", "Winter closure"),
        ("2027-01-02", "weekend"),
        ("2027-01-04", ""),
        ("2027-07-04", "weekend"),
        ("2027-07-05", "Independence Day (observed)"),
        ("2025-12-25", ""),
    ],
)
def test_a_closed_day_says_why(day: str, why: str) -> None:
    found = date.fromisoformat(day)
    assert CALENDAR.closure(found) == why
    assert CALENDAR.is_business_day(found) == (why == "")


def test_the_calendar_knows_how_far_it_reaches() -> None:
    assert CALENDAR.covers(date(2026, 8, 1))
    assert CALENDAR.covers(date(2027, 8, 31))
    assert not CALENDAR.covers(date(2026, 7, 31))
    assert not CALENDAR.covers(date(2027, 9, 1))


def test_terms_and_off_contract_days_are_known() -> None:
    term = CALENDAR.term_on(date(2026, 12, 12))
    assert term
    assert term.name == "Fall 2026"
    assert CALENDAR.term_on(date(2026, 12, 13)) is None
    assert CALENDAR.term_on(date(2026, 8, 24)) is term
    assert CALENDAR.term_on(date(2026, 8, 23)) is None
    assert CALENDAR.is_off_contract(date(2027, 5, 5))
    assert CALENDAR.is_off_contract(date(2027, 8, 13))
    assert not CALENDAR.is_off_contract(date(2027, 8, 14))


@pytest.mark.parametrize(
    ("instant", "open_"),
    [
        ("2026-11-24 08:29", False),
        ("2026-11-24 08:30", True),
        ("2026-11-24 16:59", True),
        ("2026-11-24 17:00", False),
        ("2026-11-26 12:00", False),
    ],
)
def test_business_hours_are_open_at_their_start_and_closed_at_their_end(
    instant: str, *, open_: bool
) -> None:
    assert CALENDAR.in_business_hours(_here(instant)) is open_


@pytest.mark.parametrize(
    ("day", "number", "effective"),
    [
        ("2026-09-30", 1, "Fall 2027"),
        ("2026-10-01", 2, "Fall 2027"),
        ("2026-11-24", 3, "Fall 2027"),
        ("2026-12-09", 3, "Fall 2027"),
        ("2026-12-10", 4, "Spring 2028"),
        ("2027-03-31", 6, "Spring 2028"),
    ],
)
def test_the_last_day_to_submit_belongs_to_its_cycle(day: str, number: int, effective: str) -> None:
    cycle = CALENDAR.next_cycle(date.fromisoformat(day))
    assert cycle
    assert cycle.number == number
    assert CALENDAR.effective_term_if_submitted(date.fromisoformat(day)) == effective


def test_after_the_last_cycle_kept_nothing_is_promised() -> None:
    assert CALENDAR.next_cycle(date(2027, 4, 1)) is None
    assert CALENDAR.effective_term_if_submitted(date(2027, 4, 1)) == ""


def test_after_this_date_the_next_cycle_counts() -> None:
    third = CALENDAR.next_cycle(date(2026, 12, 9))
    assert third
    fourth = CALENDAR.after(third)
    assert fourth
    assert (fourth.number, fourth.senate) == (4, date(2027, 3, 2))
    assert CALENDAR.after(CALENDAR.cycles[-1]) is None


def test_a_meeting_belongs_to_the_cycle_of_its_councils_or_hearing() -> None:
    councils = CALENDAR.cycle_for(date(2026, 12, 18))
    hearing = CALENDAR.cycle_for(date(2027, 1, 22))
    assert councils
    assert councils.number == 3
    assert hearing
    assert hearing.number == 3  # the third's hearing, on the day of the fourth's councils
    assert CALENDAR.cycle_for(date(2027, 1, 21)) is None


def test_no_cycle_asks_for_anything_on_a_closed_day() -> None:
    for cycle in CALENDAR.cycles:
        days = (cycle.submit_by, cycle.councils, cycle.bulletin, cycle.hearing, cycle.senate)
        assert all(CALENDAR.is_business_day(day) for day in days if day)


def test_what_cannot_be_counted_is_refused() -> None:
    noon = _here("2026-11-24 12:00")
    with pytest.raises(CalendarError, match="runs forwards"):
        CALENDAR.add_business_days(noon, -1)
    with pytest.raises(CalendarError, match="Count back"):
        CALENDAR.subtract_business_days(noon, -1)
    with pytest.raises(CalendarError, match="needs its zone"):
        CALENDAR.add_business_days(noon.replace(tzinfo=None), 1)
    with pytest.raises(CalendarError, match="reach further"):
        CALENDAR.nth_business_day(date(2026, 11, 24), 30_000)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"timezone": "America/Springfield"}, "timezone: there is no zone"),
        ({"timezone": "../etc"}, "timezone: there is no zone"),
        ({"weekdays": frozenset({0})}, "weekdays"),
        ({"weekdays": frozenset[int]()}, "weekdays"),
        ({"closes": time(8)}, "closes"),
        ({"closes": time(8, 30)}, "closes"),
        ({"cycles": CALENDAR.cycles[::-1]}, "cycles"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(CALENDAR, **change)  # type: ignore[arg-type] # one field each


def test_a_university_may_work_every_day() -> None:
    daily = replace(CALENDAR, weekdays=frozenset(range(1, 8)))
    assert daily.is_business_day(date(2026, 9, 19))
    assert not daily.is_business_day(date(2026, 12, 26))


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="Break: to: before from"):
        Span(first=date(2026, 1, 2), last=date(2026, 1, 1), name="Break")


def test_a_calendar_file_without_its_hours_is_refused_by_field(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("name: x\n", "utf-8")
    with pytest.raises(DataError, match=r"c\.yaml: timezone: .*opens: "):
        load(f"{tmp_path}/c.yaml")


def test_a_due_time_is_the_same_wall_time_in_winter_and_summer() -> None:
    winter, summer = CALENDAR.end_of(date(2027, 3, 12)), CALENDAR.end_of(date(2027, 3, 15))
    assert summer - winter == timedelta(days=3) - timedelta(hours=1)
