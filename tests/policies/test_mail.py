"""When mail goes out: a table made by hand, and what holds for every instant and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import calendar
from policies.mail import (
    Before,
    Importance,
    MailRules,
    Notice,
    Place,
    Wishes,
    in_hours,
    load,
    next_morning,
    place,
    zone_of,
)

CALENDAR = calendar.load()
MIAMI, BERLIN, AUCKLAND = "America/New_York", "Europe/Berlin", "Pacific/Auckland"
ACT = Notice(kind="proposal.returned", importance="act")
KNOW = Notice(kind="proposal.received", importance="know")
FYI = Notice(kind="proposal.submitted", importance="fyi")
REMINDER = Notice(kind="proposal.draft.remind", importance="act")


def at(text: str, zone: str = MIAMI) -> datetime:
    """An instant as a clock on the wall there shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def placed(
    notice: Notice, now: str, *, zone: str = MIAMI, before: Before | None = None,
    wishes: Wishes | None = None,
) -> Place | None:  # fmt: skip
    return place(
        notice, before or Before(), wishes or Wishes(), now=at(now, zone), zone=zone,
        calendar=CALENDAR,
    )  # fmt: skip


#: (what, now there, zone, with the morning's mail, when there)
TABLE = [
    # Tuesday 24 November 2026; Thursday and Friday are Thanksgiving.
    (ACT, "2026-11-24 10:00", MIAMI, False, "2026-11-24 10:00"),
    (ACT, "2026-11-24 07:30", MIAMI, False, "2026-11-24 07:30"),
    (ACT, "2026-11-24 07:29:59", MIAMI, True, "2026-11-24 08:00"),
    (ACT, "2026-11-24 18:59:59", MIAMI, False, "2026-11-24 18:59:59"),
    (ACT, "2026-11-24 19:00", MIAMI, True, "2026-11-25 08:00"),
    (ACT, "2026-11-25 19:00", MIAMI, True, "2026-11-30 08:00"),
    (ACT, "2026-11-26 10:00", MIAMI, True, "2026-11-30 08:00"),
    (ACT, "2026-11-28 10:00", MIAMI, True, "2026-11-30 08:00"),
    (KNOW, "2026-11-24 10:00", MIAMI, False, "2026-11-24 10:00"),
    (KNOW, "2026-11-24 23:00", MIAMI, True, "2026-11-25 08:00"),
    (FYI, "2026-11-24 10:00", MIAMI, True, "2026-11-25 08:00"),
    (FYI, "2026-11-24 07:59", MIAMI, True, "2026-11-24 08:00"),
    (FYI, "2026-11-24 08:00", MIAMI, True, "2026-11-25 08:00"),
    (FYI, "2026-11-25 10:00", MIAMI, True, "2026-11-30 08:00"),
    # The reader's own clock counts, the university's holidays too.
    (ACT, "2026-11-24 20:00", BERLIN, True, "2026-11-25 08:00"),
    (ACT, "2026-11-24 08:00", BERLIN, False, "2026-11-24 08:00"),
    (ACT, "2026-11-26 10:00", BERLIN, True, "2026-11-30 08:00"),
    (FYI, "2026-11-25 06:00", AUCKLAND, True, "2026-11-25 08:00"),
    # Clocks go back on Sunday 1 November 2026, and forward on Sunday 14 March 2027.
    (ACT, "2026-10-30 20:00", MIAMI, True, "2026-11-02 08:00"),
    (FYI, "2026-11-01 01:30", MIAMI, True, "2026-11-02 08:00"),
    (ACT, "2027-03-13 12:00", MIAMI, True, "2027-03-15 08:00"),
    # The end of the year is closed.
    (FYI, "2026-12-31 12:00", MIAMI, True, "2027-01-04 08:00"),
    # Never held: a learner's own award, a vote that closes within four hours.
    (Notice(kind="award.issued", importance="know"), "2026-11-28 03:00", MIAMI, False,
     "2026-11-28 03:00"),
    (Notice(kind="agenda_item.vote", importance="act", due=at("2026-11-28 06:59")),
     "2026-11-28 03:00", MIAMI, False, "2026-11-28 03:00"),
    (Notice(kind="agenda_item.open.remind", importance="act", due=at("2026-11-28 06:59")),
     "2026-11-28 03:00", MIAMI, False, "2026-11-28 03:00"),
    (Notice(kind="agenda_item.vote", importance="act", due=at("2026-11-28 07:00")),
     "2026-11-28 03:00", MIAMI, True, "2026-11-30 08:00"),
    (Notice(kind="agenda_item.vote", importance="act", due=at("2026-11-27 07:00")),
     "2026-11-28 03:00", MIAMI, True, "2026-11-30 08:00"),
    (Notice(kind="agenda_item.vote", importance="act"), "2026-11-28 03:00", MIAMI, True,
     "2026-11-30 08:00"),
]  # fmt: skip


@pytest.mark.parametrize(("notice", "now", "zone", "morning", "when"), TABLE)
def test_a_notice_goes_out_when_the_table_says(
    notice: Notice, now: str, zone: str, *, morning: bool, when: str
) -> None:
    assert placed(notice, now, zone=zone) == Place(morning, at(when, zone))


NOW = "2026-11-24 10:00"


def minutes_ago(*minutes: float) -> list[datetime]:
    return [at(NOW) - timedelta(minutes=one) for one in minutes]


def test_what_comes_within_ten_minutes_waits_for_their_end_and_not_a_moment_longer() -> None:
    soon = placed(ACT, NOW, before=Before(acts=minutes_ago(4, 60)))
    assert soon == Place(morning=False, at=at(NOW) + timedelta(minutes=6))
    now = placed(ACT, NOW, before=Before(acts=minutes_ago(10)))
    assert now == Place(morning=False, at=at(NOW))


def test_what_is_only_to_be_known_never_holds_back_what_asks_for_something() -> None:
    told = Before(thread=minutes_ago(1))
    assert placed(ACT, NOW, before=told) == Place(morning=False, at=at(NOW))
    assert placed(KNOW, NOW, before=told) == Place(morning=False, at=at(NOW) + timedelta(minutes=9))


def test_what_would_wait_beyond_the_hours_goes_with_the_mornings_mail() -> None:
    before = Before(acts=[at("2026-11-24 18:55")])
    late = placed(ACT, "2026-11-24 18:57", before=before)
    assert late == Place(morning=True, at=at("2026-11-25 08:00"))


def test_of_what_asks_for_nothing_the_fourth_of_a_day_waits_for_the_morning() -> None:
    three = Before(others=minutes_ago(1, 50, 100))
    assert placed(KNOW, NOW, before=three) == Place(morning=True, at=at("2026-11-25 08:00"))
    assert placed(ACT, NOW, before=three) == Place(morning=False, at=at(NOW))
    of_yesterday = Before(others=[*minutes_ago(1, 50), at("2026-11-23 23:59")])
    assert placed(KNOW, NOW, before=of_yesterday) == Place(morning=False, at=at(NOW))


def test_of_reminders_of_one_item_the_second_of_a_day_waits_unless_it_is_due() -> None:
    again = Before(reminders=minutes_ago(60))
    assert placed(REMINDER, NOW, before=again) == Place(morning=True, at=at("2026-11-25 08:00"))
    for due, waits in (("2026-11-25 17:00", False), ("2026-11-30 17:00", True),
                       ("2026-11-23 17:00", True), (NOW, True)):  # fmt: skip
        one = Notice(kind=REMINDER.kind, importance="act", due=at(due))
        found = placed(one, NOW, before=again)
        assert found is not None
        assert found.morning is waits, due


def test_what_asks_for_something_can_be_moved_to_the_morning_but_not_what_is_due() -> None:
    wishes = Wishes(act_at_once=False)
    assert placed(ACT, NOW, wishes=wishes) == Place(morning=True, at=at("2026-11-25 08:00"))
    due = Notice(kind="proposal.returned", importance="act", due=at("2026-11-25 17:00"))
    assert placed(due, NOW, wishes=wishes) == Place(morning=False, at=at(NOW))


def test_news_can_be_moved_to_the_morning_and_what_can_wait_can_be_turned_off() -> None:
    assert placed(KNOW, NOW, wishes=Wishes(know_at_once=False)) == Place(
        morning=True, at=at("2026-11-25 08:00")
    )
    assert placed(FYI, NOW, wishes=Wishes(fyi=False)) is None
    assert placed(KNOW, NOW, wishes=Wishes(fyi=False)) is not None


def test_an_unknown_zone_is_read_as_utc() -> None:
    assert zone_of("no/such") == ZoneInfo("UTC")


def test_hours_out_of_order_are_refused() -> None:
    rules = {name: getattr(load(), name) for name in MailRules.__slots__}
    with pytest.raises(ValueError, match="must follow each other"):
        MailRules(**rules | {"opens": rules["closes"]})


class Closed:
    """A calendar on which nobody ever works."""

    def is_business_day(self, _: object) -> bool:
        return False

    def business_days_between(self, *_: object) -> int:
        return 0


def test_a_calendar_without_a_business_day_is_a_mistake_and_not_a_loop() -> None:
    with pytest.raises(ValueError, match="no business day"):
        place(FYI, Before(), Wishes(), now=at(NOW), zone=MIAMI, calendar=Closed())


ZONES = st.sampled_from([
    MIAMI, BERLIN, AUCKLAND, "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Casablanca", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kolkata",
])  # fmt: skip
INSTANTS = st.floats(0, 334, allow_nan=False).map(
    lambda days: datetime(2026, 8, 1, tzinfo=UTC) + timedelta(days=days)
)
IMPORTANCES: st.SearchStrategy[Importance] = st.sampled_from(["act", "know", "fyi"])


@given(now=INSTANTS, zone=ZONES, importance=IMPORTANCES, ago=st.integers(0, 900))
def test_mail_goes_out_in_hours_or_in_a_morning_never_before_now_and_never_at_night(
    now: datetime, zone: str, importance: Importance, ago: int
) -> None:
    earlier = now - timedelta(seconds=ago)
    found = place(
        Notice(kind="proposal.x", importance=importance), Before(acts=[earlier], thread=[earlier]),
        Wishes(), now=now, zone=zone, calendar=CALENDAR,
    )  # fmt: skip
    assert found is not None
    assert found.at >= now
    assert in_hours(found.at, ZoneInfo(zone), CALENDAR)
    local = found.at.astimezone(ZoneInfo(zone))
    if found.morning:
        assert local.time() == load().morning
    else:
        assert found.at == now or found.at == earlier + timedelta(minutes=10)


@given(now=INSTANTS, zone=ZONES)
def test_between_an_instant_and_the_next_morning_there_is_no_other(
    now: datetime, zone: str
) -> None:
    morning = next_morning(now, ZoneInfo(zone), CALENDAR)
    assert morning > now
    assert next_morning(morning - timedelta(microseconds=1), ZoneInfo(zone), CALENDAR) == morning
    assert next_morning(morning, ZoneInfo(zone), CALENDAR) > morning
