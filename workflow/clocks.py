"""Clocks of a state, as values: when it is due, who is reminded, and what fires in the end.

A definition takes its clocks by name from the office's figures (`of`, from policies/clocks.yaml).
A clock never decides where a case goes: it fires a trigger, or it escalates to a named owner.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from policies import clocks as office
from policies.calendar import UniversityCalendar
from workflow.facts import Facts
from workflow.roles import Role

#: Business days, terms and committee cycles in the university's zone; instants are UTC.
Calendar = UniversityCalendar

#: Reads a due date from facts: a meeting, a cycle's date, a completion window.
DueDate = Callable[..., datetime | None]

#: In the rule of a deadline of nine-month faculty: days off contract were left out.
NINE_MONTHS = "9-month"
#: The rule of a reminder that comes again until what is late is done.
AGAIN = "again while late"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing a clock will do: when, what, and for whom besides whoever has the work item.

    `rule` is the civil rule that `fires_at` was computed from, with its zone; `every` business
    days later it is done again, as long as it is late.
    """

    does: str
    fires_at: datetime
    due_at: datetime
    rule: str
    occurrence: str
    trigger: str | None = None
    to: Role | None = None
    every: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Due `days` business days after it began, or on the date that `due` reads.

    `remind`: business days relative to the due date (-3 is three before, 0 on the day).
    `nudge`, `acknowledge`: business days after the start at which whoever has it is asked.
    `tell`: business days after the due date -> the owner it is escalated to, said openly; both hear
    again `every` so many business days.
    `fires`: the trigger fired `grace` business days after the due date.
    `warn`: business days before the firing at which a warning of it is sent.
    `remind_days`, `warn_days` are calendar days; `remind_shares` per cent of the length gone.
    """

    days: int | None = None
    #: Business days as a function of the facts (15 instead of 10 for a large proposal).
    days_for: Callable[..., int] | None = None
    due: DueDate | None = None
    remind: tuple[int, ...] = ()
    remind_days: tuple[int, ...] = ()
    remind_shares: tuple[int, ...] = ()
    nudge: tuple[int, ...] = ()
    acknowledge: int = 0
    tell: Mapping[int, Role] = field(default_factory=dict)
    every: int = office.WEEKLY
    fires: str | None = None
    grace: int = 0
    warn: tuple[int, ...] = ()
    warn_days: tuple[int, ...] = ()
    #: Whether those who have it are nine-month faculty: days off contract do not count then.
    off_contract: bool | Callable[..., bool] = False
    #: The office's figures by case, as they stand in its file.
    lengths: Mapping[str, int] = field(default_factory=dict)
    #: What the clock is bound to, in words ("the next cycle's submit-by date").
    says: str = ""

    def due_at(
        self, facts: Facts, calendar: Calendar, *, start: datetime, extra: int = 0
    ) -> datetime | None:
        """The instant this is due when it began at `start`; None where a date is not known yet."""
        off = self.summer_is_free(facts)
        if self.due is not None:
            due = self.due(facts, calendar)
            more = due is not None and extra > 0
            return _later(calendar, due, extra, off=off) if due and more else due
        days = self.days_for(facts) if self.days_for else self.days
        if days is None:
            return None
        return _later(calendar, start, days + extra, off=off)

    def alarms(
        self, facts: Facts, calendar: Calendar, *, start: datetime, extra: int = 0
    ) -> Iterator[Alarm]:
        """Every deadline to arm now; reminders already past are left out, a late end fires.

        What comes again while it is late is armed one at a time: here the next one, where its
        last escalation is past.
        """
        due = self.due_at(facts, calendar, start=start, extra=extra)
        if due is None:
            return
        counted = _Counted(calendar, start, due, off=self.summer_is_free(facts))
        for alarm in self._all(counted):
            if alarm.fires_at > facts.now or alarm.does == "fire":
                yield alarm
        yield from self._again(counted, facts.now)

    def summer_is_free(self, facts: Facts) -> bool:
        """Whether days on which nine-month faculty are off contract do not count now."""
        off = self.off_contract
        return off if isinstance(off, bool) else off(facts)

    def every_alarm(
        self, facts: Facts, calendar: Calendar, *, start: datetime, extra: int = 0
    ) -> tuple[Alarm, ...]:
        """All that it does, the past included: what a new calendar is compared with."""
        due = self.due_at(facts, calendar, start=start, extra=extra)
        if due is None:
            return ()
        return tuple(self._all(_Counted(calendar, start, due, off=self.summer_is_free(facts))))

    def _all(self, at: "_Counted") -> Iterator[Alarm]:
        yield from self._reminders(at)
        yield from self._warnings(at)
        last = max(self.tell, default=0)
        for late, owner in self.tell.items():
            again = self.every if late == last else 0
            yield Alarm("escalate", at.after_due(late), at.due, at.rule(f"{late:+d} BD late"),
                        f"late{late}", None, owner, again)  # fmt: skip
        if self.fires:
            yield Alarm("fire", at.after_due(self.grace), at.due,
                        at.rule(f"due +{self.grace} BD"), "fire", self.fires)  # fmt: skip

    def _reminders(self, at: "_Counted") -> Iterator[Alarm]:
        for days in self.nudge:
            words = f"idle for {days} BD", f"nudge{days}"
            yield at.alarm("nudge", at.after_start(days), words)
        if self.acknowledge:
            words = f"{self.acknowledge} BD after the start", "acknowledge"
            yield at.alarm("remind", at.after_start(self.acknowledge), words)
        for offset in self.remind:
            instant = at.before_due(-offset) if offset <= 0 else at.after_due(offset)
            words = f"{offset:+d} BD of the due date", f"remind{offset:+d}"
            yield at.alarm("remind", instant, words)
        for share in self.remind_shares:
            instant = at.start + (at.due - at.start) * share / 100
            yield at.alarm("remind", instant, (f"{share} % of its length", f"share{share}"))
        for days in self.remind_days:
            words = f"{days:+d} days of the due date", f"days{days:+d}"
            yield at.alarm("remind", at.due + timedelta(days=days), words)

    def _warnings(self, at: "_Counted") -> Iterator[Alarm]:
        """Each says when it closes: at the end, which is not the due date where there is grace."""
        end = at.after_due(self.grace)
        closes = replace(at, due=end)
        for days in self.warn:
            words = f"{days} BD before the end", f"warn{days}"
            yield closes.alarm("warn", at.before(end, days), words)
        for days in self.warn_days:
            words = f"{days} days before the end", f"warn{days}d"
            yield closes.alarm("warn", end - timedelta(days=days), words)

    def _again(self, at: "_Counted", now: datetime) -> Iterator[Alarm]:
        """The next reminder of what has been late since its last escalation."""
        if not self.tell or not self.every:
            return
        late, owner = max(self.tell.items())
        told = at.after_due(late)
        if told > now:
            return
        day = next_again(at.calendar, told, every=self.every, now=now, off=at.off)
        yield Alarm("escalate", day, at.due, at.rule(AGAIN), again_on(at.calendar, day), None,
                    owner, self.every)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Counted:
    """A start and a due date on a calendar, and the days counted from them."""

    calendar: Calendar
    start: datetime
    due: datetime
    off: bool

    def alarm(self, does: str, instant: datetime, words: tuple[str, str]) -> Alarm:
        """`words`: its civil rule, and its occurrence."""
        rule, occurrence = words
        return Alarm(does, instant, self.due, self.rule(rule), occurrence)

    def rule(self, words: str) -> str:
        """The civil rule with its zone, and for whom it was counted."""
        whose = f", {NINE_MONTHS}" if self.off else ""
        return f"{words}{whose}, {self.calendar.timezone}"

    def after_start(self, days: int) -> datetime:
        return _later(self.calendar, self.start, days, off=self.off)

    def after_due(self, days: int) -> datetime:
        return _later(self.calendar, self.due, days, off=self.off) if days else self.due

    def before_due(self, days: int) -> datetime:
        return self.before(self.due, days)

    def before(self, end: datetime, days: int) -> datetime:
        return self.calendar.subtract_business_days(end, days, off_contract=self.off)


def _later(calendar: Calendar, start: datetime, days: int, *, off: bool) -> datetime:
    return calendar.add_business_days(start, days, off_contract=off)


def next_again(
    calendar: Calendar, told: datetime, *, every: int, now: datetime, off: bool
) -> datetime:
    """When what was told at `told` is told again: the first of its days after `now`."""
    day = _later(calendar, told, every, off=off)
    while day <= now:
        day = _later(calendar, day, every, off=off)
    return day


def again_on(calendar: Calendar, instant: datetime) -> str:
    """The occurrence of a reminder that comes again: one a day, whoever computes it."""
    return f"again {calendar.day_of(instant).isoformat()}"


# ------------------------------------------------------------------------- the office's figures


def of(
    machine: str,
    place: str,
    *tells: Role,
    due: DueDate | None = None,
    case: Callable[..., str] | None = None,
    off_contract: Callable[..., bool] | None = None,
) -> Clock:
    """The office's clock of a state, or of what is asked, with what only the machine knows.

    `tells` are the roles that the file names; `due` reads the date that it is bound to; `case` says
    which of its lengths counts; `off_contract` whether nine-month faculty have it. ValueError where
    the file and the definition do not go together; DataError where the file has no such clock.
    """
    figures = office.clock(machine, place)
    name = f"{machine}.{place}"
    bound = bool(figures.bound or figures.hours)
    if bound != (due is not None):
        raise ValueError(f"{name}: bound to {figures.bound or 'no date'}, and due is {due}")
    if figures.off_contract != (off_contract is not None):
        raise ValueError(f"{name}: off_contract is {figures.off_contract} in {office.FILE}")
    return Clock(
        days=None if bound else figures.days,
        days_for=(lambda facts: figures.length(case(facts))) if case else None,
        due=due, remind=figures.remind, remind_days=figures.remind_days,
        remind_shares=figures.remind_shares, nudge=figures.nudge, acknowledge=figures.acknowledge,
        tell=_owners(name, figures.tell, tells), every=figures.every,
        fires=figures.fires or None, grace=figures.grace, warn=figures.warn,
        warn_days=figures.warn_days, off_contract=off_contract or False, lengths=figures.lengths,
        says=figures.words,
    )  # fmt: skip


def figured(machine: str, place: str) -> Clock:
    """The office's clock of what is asked, whoever is told: for its dates alone."""
    roles = {name: Role(name, name) for name in office.clock(machine, place).tell.values()}
    return of(machine, place, *roles.values())


def _owners(name: str, told: Mapping[int, str], roles: tuple[Role, ...]) -> dict[int, Role]:
    known = {role.name: role for role in roles}
    if set(known) != set(told.values()):
        raise ValueError(f"{name}: {office.FILE} tells {sorted(told.values())}, not {list(known)}")
    return {late: known[role] for late, role in told.items()}
