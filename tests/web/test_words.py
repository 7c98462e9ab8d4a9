"""Dates and counts as people read them."""

from datetime import UTC, datetime

import pytest

from web.words import Reader, begun, counted, number, sentence
from workflow.queries.work import Due

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
MIAMI = Reader("America/New_York", NOW)


def at(day: str, hour: int = 22) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def late(day: str, days: int) -> Due:
    return Due(at=at(day), days=-days, late=True)


@pytest.mark.parametrize(
    ("due", "words", "day", "css"),
    [
        (late("2026-11-20", 2), "2 business days late", "since Fri 20 Nov", "is-late"),
        (late("2026-11-23", 1), "1 business day late", "since Mon 23 Nov", "is-late"),
        (late("2026-11-22", 0), "Late", "since Sun 22 Nov", "is-late"),
        (Due(at=at("2026-11-24", 13), late=True), "Since 08:00 today", "Tue 24 Nov", "is-late"),
        (Due(at=at("2026-11-24")), "Today, 17:00", "Tue 24 Nov", "is-soon"),
        (Due(at=at("2026-11-25"), days=1), "Tomorrow", "Wed 25 Nov, 17:00", ""),
        (Due(at=at("2026-11-30"), days=2), "In 2 business days", "Mon 30 Nov, 17:00", ""),
        (Due(at=at("2026-12-09"), days=9), "In 9 business days", "Wed 9 Dec, 17:00", ""),
    ],
)
def test_a_due_date_is_words_first_then_the_day(due: Due, words: str, day: str, css: str) -> None:
    shown = MIAMI.due(due)
    assert shown is not None
    assert (shown.words, shown.day, shown.css) == (words, day, css)


def test_what_has_no_date_has_no_words() -> None:
    assert MIAMI.due(Due(at=None)) is None


def test_a_day_is_the_readers_own() -> None:
    late_evening = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
    assert MIAMI.day(late_evening) == "Tue 24 Nov"
    assert Reader("Europe/Madrid", NOW).day(late_evening) == "Wed 25 Nov"
    assert Reader("Europe/Madrid", NOW).moment(late_evening) == "Wed 25 Nov, 04:30"
    assert (MIAMI.near(late_evening), MIAMI.near(at("2026-11-25"))) == ("today", "tomorrow")


def test_today_turns_at_the_readers_midnight() -> None:
    before_midnight = Reader("America/New_York", datetime(2026, 11, 25, 4, 59, tzinfo=UTC))
    assert before_midnight.near(at("2026-11-24")) == "today"
    after = Reader("America/New_York", datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    assert after.near(at("2026-11-25")) == "today"


def test_the_year_stands_only_where_it_is_not_this_academic_year() -> None:
    assert MIAMI.day(at("2027-07-31")) == "Sat 31 Jul"
    assert MIAMI.day(at("2027-08-02")) == "Mon 2 Aug 2027"
    assert MIAMI.day(at("2026-07-31")) == "Fri 31 Jul 2026"
    assert MIAMI.long_day(NOW) == "Tuesday 24 November 2026"


def test_the_zone_is_named_as_people_call_it() -> None:
    assert MIAMI.zone_name == "New York time"
    assert Reader("America/Argentina/Buenos_Aires", NOW).zone_name == "Buenos Aires time"


def test_counts_and_sentences_read() -> None:
    assert (number(0), number(2), number(12), number(1300)) == ("no", "two", "twelve", "1,300")
    assert (counted(1, "thing"), counted(2, "thing")) == ("1 thing", "2 things")
    assert (sentence("in ASA review"), sentence("Why?")) == ("In ASA review.", "Why?")
    assert begun("a badge of ASA") == "A badge of ASA"
