"""Clocks: when a thing is due, who hears of it when, and what an action does to a running clock."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from policies import calendar
from tests.workflow.toy import CLERK, HEAD, NOW, OWNER, PEOPLE, TOY, ToyFacts, facts, toy
from workflow.changes import Change, Insert, Update
from workflow.clocks import Alarm, Clock
from workflow.definition import KEEP, PAUSE, RESTART, RESUME, SAME, ClockChange, Row, State
from workflow.effects import Action, clock_after, consequences, paused_after

CALENDAR = calendar.load()
TUESDAY = date(2026, 11, 24)
#: Thanksgiving closes Thursday 26 and Friday 27 November.
OFFICE = (PEOPLE["clerk"], PEOPLE["head"])


def day(instant: datetime | None) -> str:
    assert instant is not None
    return f"{CALENDAR.day_of(instant):%a %-d %b}"


def alarms(clock: Clock, *, at: datetime = NOW, start: datetime = NOW, extra: int = 0) -> list[str]:
    seen = replace(facts(), now=at)
    found = clock.alarms(seen, CALENDAR, start=start, extra=extra)
    return [f"{alarm.does} {day(alarm.fires_at)}" for alarm in found]


# ------------------------------------------------------------------------- when it is due


def test_business_days_are_counted_over_weekends_and_closures() -> None:
    assert day(Clock(days=3).due_at(facts(), CALENDAR, start=NOW)) == "Tue 1 Dec"
    assert day(Clock(days=3).due_at(facts(), CALENDAR, start=NOW, extra=2)) == "Thu 3 Dec"


def test_the_days_may_depend_on_the_facts() -> None:
    clock = Clock(days=1, days_for=lambda seen: 3 if seen.complete else 5)
    assert day(clock.due_at(facts(), CALENDAR, start=NOW)) == "Tue 1 Dec"
    assert day(clock.due_at(facts(complete=False), CALENDAR, start=NOW)) == "Thu 3 Dec"


def test_a_date_may_be_read_and_lengthened_and_may_not_be_known_yet() -> None:
    clock = Clock(due=lambda _, kept: kept.end_of(date(2026, 12, 9)))
    assert day(clock.due_at(facts(), CALENDAR, start=NOW)) == "Wed 9 Dec"
    assert day(clock.due_at(facts(), CALENDAR, start=NOW, extra=2)) == "Fri 11 Dec"
    unknown = Clock(due=lambda *_: None, fires="lapse")
    assert unknown.due_at(facts(), CALENDAR, start=NOW, extra=2) is None
    assert alarms(unknown) == []
    assert Clock(fires="lapse").due_at(facts(), CALENDAR, start=NOW) is None


# ------------------------------------------------------------------------- what it does


def test_a_clock_reminds_before_on_and_after_the_day_then_tells_an_owner() -> None:
    clock = Clock(days=5, remind=(-3, 0, 2), tell={0: HEAD, 1: CLERK})
    assert alarms(clock) == [
        "remind Mon 30 Nov", "remind Thu 3 Dec", "remind Mon 7 Dec",
        "escalate Thu 3 Dec", "escalate Fri 4 Dec",
    ]  # fmt: skip


def test_a_clock_warns_after_its_start_and_fires_after_its_grace() -> None:
    clock = Clock(days=5, warn=(1, 4), fires="lapse")
    assert alarms(clock) == ["warn Wed 25 Nov", "warn Wed 2 Dec", "fire Thu 3 Dec"]
    assert alarms(replace(clock, warn=(), grace=2)) == ["fire Mon 7 Dec"]


def test_a_clock_may_have_moments_of_its_own() -> None:
    clock = Clock(days=5, moments=lambda start, due: (("half", start + (due - start) / 2),))
    (alarm,) = clock.alarms(facts(), CALENDAR, start=NOW)
    assert (alarm.does, alarm.occurrence, alarm.rule) == ("remind", "half", "half")


def test_reminders_that_are_past_are_left_out_but_a_late_end_fires_at_once() -> None:
    clock = Clock(days=5, remind=(-3, 0), warn=(1,), tell={1: HEAD}, fires="lapse")
    later = NOW + timedelta(days=30)
    assert alarms(clock, at=later) == ["fire Thu 3 Dec"]
    # 25 business days, for the university is closed from Thu 24 Dec to Fri 1 Jan.
    assert alarms(clock, at=later, extra=20) == [
        "remind Wed 6 Jan", "remind Mon 11 Jan", "escalate Tue 12 Jan", "fire Mon 11 Jan",
    ]  # fmt: skip


def test_each_alarm_has_an_occurrence_of_its_own() -> None:
    clock = Clock(
        days=9, remind=(-3, 0, 3), warn=(1, 2), tell={0: HEAD, 2: HEAD}, fires="lapse",
        moments=lambda start, _: (("first", start + timedelta(days=2)),),
    )  # fmt: skip
    found: list[Alarm] = list(clock.alarms(facts(), CALENDAR, start=NOW))
    assert len({alarm.occurrence for alarm in found}) == len(found)
    assert {alarm.trigger for alarm in found} == {None, "lapse"}
    assert all((alarm.to is HEAD) == (alarm.does == "escalate") for alarm in found)


# ------------------------------------------------------------------------- what actions do to it


class NoIds:
    """Nothing here is random."""

    def uuid(self) -> UUID:
        raise AssertionError

    def below(self, bound: int) -> int:
        raise AssertionError(bound)


DESK = State("desk", "on the desk", CLERK, clock=Clock(days=5, remind=(-1,), tell={1: HEAD}))


def action(change: ClockChange, *, seen: ToyFacts, state: State = DESK, to: str = "desk") -> Action:
    row = Row("touch", state, SAME, OWNER, "Toys", "Touch", clock=change)
    states = tuple(state if one.name == state.name else one for one in TOY.states)
    return Action(
        definition=toy(states=states), row=row, facts=seen, to=to, seq=2, role=OWNER, relied=(),
        calendar=CALENDAR, ids=NoIds(),
    )  # fmt: skip


def on_desk(*, at: datetime = NOW, **more: object) -> ToyFacts:
    """The toy on the desk since NOW, seen at a later instant."""
    seen = facts("desk", people=OFFICE)
    return replace(seen, now=at, case=replace(seen.case, **more))  # type: ignore[arg-type]


LATER = NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("change", "clock", "rests_since"),
    [
        (KEEP, (NOW, 0), None),
        (RESTART, (LATER, 0), None),
        (PAUSE, (NOW, 0), LATER),
        (lambda _: 20, (NOW, 20), None),
    ],
)
def test_an_action_that_stays_keeps_restarts_pauses_or_lengthens_the_clock(
    change: ClockChange, clock: tuple[datetime, int], rests_since: datetime | None
) -> None:
    act = action(change, seen=on_desk(at=LATER))
    assert clock_after(act) == clock
    assert paused_after(act) == rests_since


def test_a_clock_that_rests_goes_on_where_it_was() -> None:
    paused = NOW + timedelta(days=1)
    act = action(RESUME, seen=on_desk(at=LATER, paused_at=paused, clock_extra=1))
    # From Wed 25 Nov to Tue 1 Dec it rested over two business days: Mon 30 and Tue 1.
    assert clock_after(act) == (NOW, 3)
    assert paused_after(act) is None
    assert paused_after(action(KEEP, seen=on_desk(at=LATER, paused_at=paused))) == paused
    assert clock_after(action(RESUME, seen=on_desk(at=LATER))) == (NOW, 0)


def test_a_second_pause_does_not_forget_the_first() -> None:
    paused = NOW + timedelta(days=1)
    assert paused_after(action(PAUSE, seen=on_desk(at=LATER, paused_at=paused))) == paused


def test_entering_a_state_begins_its_clock_anew() -> None:
    act = action(PAUSE, seen=on_desk(at=LATER, clock_extra=4, paused_at=NOW), to="draft")
    assert clock_after(act) == (LATER, 0)
    assert paused_after(act) is None


def rows(changes: Iterable[Change]) -> list[tuple[str, str]]:
    """(table, what happens) of each change."""
    said = []
    for change in changes:
        match change:
            case Insert("deadline", values):
                said.append(("arm", f"{values['does']} {day(values['fires_at'])}"))  # type: ignore[arg-type]
            case Update("deadline", where, values):
                said.append(("disarm", str(where.get("clock"))))
            case Update("work_item", where, values):
                due = values.get("due_at")
                said.append((f"work {where.get('kind')}", day(due) if due else "no date"))  # type: ignore[arg-type]
            case Insert(table, _) | Update(table, _):
                said.append((table, ""))
    return said


def test_keeping_writes_nothing() -> None:
    assert rows(consequences(action(KEEP, seen=on_desk()))) == []


def test_pausing_disarms_and_resuming_arms_again_with_the_new_date() -> None:
    assert rows(consequences(action(PAUSE, seen=on_desk()))) == [("disarm", "desk")]
    resumed = action(RESUME, seen=on_desk(at=LATER, paused_at=NOW + timedelta(days=1)))
    assert rows(consequences(resumed)) == [
        ("disarm", "desk"), ("arm", "remind Fri 4 Dec"), ("arm", "escalate Tue 8 Dec"),
        ("work desk", "Mon 7 Dec"),
    ]  # fmt: skip


def test_restarting_and_lengthening_arm_again_from_the_new_date() -> None:
    restarted = rows(consequences(action(RESTART, seen=on_desk(at=LATER))))
    assert restarted[-1] == ("work desk", "Tue 8 Dec")
    lengthened = rows(consequences(action(lambda _: 10, seen=on_desk(at=LATER))))
    assert lengthened[-1] == ("work desk", "Thu 17 Dec")


def test_a_state_without_a_clock_has_none_to_restart() -> None:
    plain = replace(DESK, clock=None, rests="Nothing hurries.")
    assert rows(consequences(action(RESTART, seen=on_desk(), state=plain))) == []


def test_an_instant_is_kept_in_utc() -> None:
    due = Clock(days=1).due_at(facts(), CALENDAR, start=NOW)
    assert due is not None
    assert due.tzinfo is UTC
    assert CALENDAR.day_of(NOW) == TUESDAY
