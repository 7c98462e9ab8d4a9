"""When mail goes out: hours, the morning's mail, merging, how many a day; figures in `mail.yaml`.

Pure: the facts of one notice and of what went out before give its place. Hours are those of the
reader's zone, business days those of the university. "Act" asks for something, "know" tells of
what is the reader's own, "fyi" can wait.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import ClassVar, Final, Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict

from policies.data import read

FILE: Final = "mail.yaml"
_CLOSED: Final = ConfigDict(extra="forbid")
_DAY: Final = timedelta(days=1)
#: No university is closed for longer; a calendar that says so is a mistake in its file.
_LONGEST_CLOSURE: Final = 400

Importance = Literal["act", "know", "fyi"]


class BusinessDays(Protocol):
    """What is asked of a calendar."""

    def is_business_day(self, day: date) -> bool:
        """Whether the university works on a day."""
        ...

    def business_days_between(self, start: datetime, end: datetime) -> int:
        """Business days after the day of `start` up to the day of `end`; negative once over."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRules:
    """The figures of the file; see there."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    opens: time
    closes: time
    morning: time
    merge_minutes: int
    others_a_day: int
    urgent_days: int
    vote_hours: int
    meeting_minutes: int
    votes: tuple[str, ...]
    never_held: tuple[str, ...]
    reminders: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse hours out of order: the morning's mail goes out within them."""
        if not self.opens <= self.morning < self.closes:
            raise ValueError("opens, morning, closes: must follow each other")


@cache
def load() -> MailRules:
    """The office's figures; DataError where the file does not hold what it must."""
    return read(MailRules, FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What one person chose. What asks for something can wait for the morning, but not be off."""

    act_at_once: bool = True
    know_at_once: bool = True
    fyi: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification that is to go out: its kind, its class, and when its thing is due."""

    kind: str
    importance: Importance
    due: datetime | None = None

    @property
    def item(self) -> str:
        """What it is about, without the word of the alarm: "proposal.draft"."""
        return self.kind.rpartition(".")[0] if self.is_reminder else self.kind

    @property
    def is_reminder(self) -> bool:
        """Whether a clock wrote it."""
        return self.kind.rpartition(".")[2] in load().reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What went to this person before: instants at which mails went out, or will.

    `acts` and `thread`: on this case, what asked for something, and all. `others`: on any case,
    what asked for nothing. `reminders`: of this very item.
    """

    acts: Sequence[datetime] = ()
    thread: Sequence[datetime] = ()
    others: Sequence[datetime] = ()
    reminders: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice goes: in a mail of its case or in a morning's mail, and from when on."""

    morning: bool
    at: datetime


def place(
    notice: Notice, before: Before, wishes: Wishes, *,
    now: datetime, zone: str, calendar: BusinessDays,
) -> Place | None:  # fmt: skip
    """When a notice goes out, and whether with the morning's mail; None: it is turned off.

    `now` is aware; the answer is in UTC. An unknown zone is read as UTC.
    """
    rules, where = load(), zone_of(zone)
    if notice.importance == "fyi" and not wishes.fyi:
        return None
    if _never_held(notice, rules, now):
        return Place(morning=False, at=now)
    if _can_wait(notice, before, wishes, now=now, zone=where, calendar=calendar):
        return Place(morning=True, at=next_morning(now, where, calendar))
    earlier = before.acts if notice.importance == "act" else before.thread
    at = _after(earlier, now, timedelta(minutes=rules.merge_minutes))
    if in_hours(at, where, calendar):
        return Place(morning=False, at=at)
    return Place(morning=True, at=next_morning(at, where, calendar))


def in_hours(at: datetime, zone: ZoneInfo, calendar: BusinessDays) -> bool:
    """Whether mail goes out at an instant: business days, from opening up to the closing minute."""
    rules, local = load(), at.astimezone(zone)
    return calendar.is_business_day(local.date()) and rules.opens <= local.time() < rules.closes


def next_morning(at: datetime, zone: ZoneInfo, calendar: BusinessDays) -> datetime:
    """The first morning's mail after an instant, in UTC."""
    return next(one for one in _mornings(at.astimezone(zone).date(), zone, calendar) if one > at)


def _mornings(day: date, zone: ZoneInfo, calendar: BusinessDays) -> Iterator[datetime]:
    for n in range(_LONGEST_CLOSURE):
        if calendar.is_business_day(day + n * _DAY):
            yield datetime.combine(day + n * _DAY, load().morning, tzinfo=zone).astimezone(UTC)
    raise ValueError("The calendar knows no business day for more than a year.")


def zone_of(name: str) -> ZoneInfo:
    """The reader's zone; UTC where the name is none, for a mail is not lost over it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _never_held(notice: Notice, rules: MailRules, now: datetime) -> bool:
    if notice.item in rules.votes and notice.due is not None:
        return timedelta(0) <= notice.due - now < timedelta(hours=rules.vote_hours)
    return notice.kind in rules.never_held


def _can_wait(
    notice: Notice, before: Before, wishes: Wishes, *,
    now: datetime, zone: ZoneInfo, calendar: BusinessDays,
) -> bool:  # fmt: skip
    """Whether it goes with the morning's mail although mail goes out now."""
    if notice.importance == "fyi":
        return True
    if notice.importance == "know":
        too_many = len(_today(before.others, now, zone)) >= load().others_a_day
        return too_many or not wishes.know_at_once
    if notice.due is not None and now < notice.due:
        days = calendar.business_days_between(now, notice.due)
        if days <= load().urgent_days:
            return False
    again = notice.is_reminder and bool(_today(before.reminders, now, zone))
    return again or not wishes.act_at_once


def _today(instants: Sequence[datetime], now: datetime, zone: ZoneInfo) -> list[datetime]:
    today = now.astimezone(zone).date()
    return [one for one in instants if one.astimezone(zone).date() == today]


def _after(earlier: Sequence[datetime], now: datetime, rest: timedelta) -> datetime:
    """Now, or a while after the last of those that went out just before."""
    last = max(earlier, default=None)
    return now if last is None or not now < last + rest else last + rest
