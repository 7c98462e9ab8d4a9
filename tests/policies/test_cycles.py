"""What the committees' dates mean: submit by when, effective when, and what missing it means."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from policies.calendar import load
from policies.cycles import UNKNOWN, if_today, line, sentence

YEAR = load()
#: As published before the catalogue's cut-off was announced: the third cycle alone is kept.
ONE = replace(YEAR, cycles=YEAR.cycles[2:3])


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=YEAR.zone)


# now (local), reader's zone, sentence, why
LINES = [
    ("2026-11-24 10:00", "", "Submit by Wed 9 Dec and this is effective Fall 2027; miss it: Spring 2028.", "the last cycle before the catalogue's cut-off"),
    ("2026-12-09 16:59", "", "Submit by Wed 9 Dec and this is effective Fall 2027; miss it: Spring 2028.", "a minute before the end of its last day"),
    ("2026-12-09 17:00", "", "Submit by Wed 13 Jan 2027 and this is effective Spring 2028; miss it: the Senate of Tue 6 Apr 2027, the same term.", "at the end of business the date is missed"),
    ("2026-12-09 23:30", "", "Submit by Wed 13 Jan 2027 and this is effective Spring 2028; miss it: the Senate of Tue 6 Apr 2027, the same term.", "the evening is too late, though the day is not over"),
    ("2026-09-14 10:00", "", "Submit by Wed 30 Sep and this is effective Fall 2027; miss it: the Senate of Tue 19 Jan 2027, the same term.", "missing the first cycle costs a Senate, no term"),
    ("2026-12-28 10:00", "", "Submit by Wed 13 Jan 2027 and this is effective Spring 2028; miss it: the Senate of Tue 6 Apr 2027, the same term.", "inside the winter closure the next cycle stands"),
    ("2027-03-31 10:00", "", "Submit by Wed 31 Mar and this is effective Spring 2028; the dates after that are not published yet.", "the last cycle that is kept"),
    ("2027-03-31 18:00", "", UNKNOWN, "after the last cycle that is kept"),
    ("2027-06-15 10:00", "", UNKNOWN, "in the summer no cycle is open"),
    ("2026-11-24 10:00", "Asia/Kolkata", "Submit by Thu 10 Dec, 03:30 and this is effective Fall 2027; miss it: Spring 2028.", "its last moment is the next night in Kolkata"),
    ("2026-11-24 10:00", "Pacific/Honolulu", "Submit by Wed 9 Dec and this is effective Fall 2027; miss it: Spring 2028.", "and the same day in Honolulu"),
    ("2026-12-31 23:00", "Asia/Kolkata", "Submit by Thu 14 Jan, 03:30 and this is effective Spring 2028; miss it: the Senate of Tue 6 Apr, the same term.", "the reader's year is the new one already"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "zone", "says", "why"), LINES)
def test_the_line_says_by_when_and_what_missing_it_means(
    now: str, zone: str, says: str, *, why: str
) -> None:
    assert sentence(YEAR, at(now), zone=zone) == says, why


def test_before_it_is_with_the_committee_it_says_the_dates_it_would_have() -> None:
    assert if_today(YEAR, at("2026-11-24 10:00")) == (
        "If you submit today: 9 Dec cut-off, Senate 9 Feb 2027, Fall 2027."
    )
    assert if_today(YEAR, at("2027-02-01 10:00")) == (
        "If you submit today: 24 Feb cut-off, Senate 6 Apr, Spring 2028."
    )
    assert if_today(YEAR, at("2027-06-15 10:00")) == UNKNOWN


def test_a_cycle_without_a_successor_promises_nothing_after_it() -> None:
    assert "not published yet" in sentence(ONE, at("2026-12-01 10:00"))
    assert line(ONE, at("2026-12-10 10:00")) is None
    found = line(ONE, at("2026-12-01 10:00"))
    assert found
    assert (found.cycle.submit_by, found.after) == (date(2026, 12, 9), None)
