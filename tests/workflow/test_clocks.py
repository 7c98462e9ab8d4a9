"""Clocks: when a thing is due, who hears of it when, and what an action does to a running clock."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import calendar
from tests.workflow.toy import CLERK, HEAD, NOW, OWNER, PEOPLE, TOY, ToyFacts, facts, toy
from workflow.changes import Change, Insert, Update
from workflow.clocks import Alarm, Clock, of
from workflow.definition import KEEP, PAUSE, RESTART, RESUME, SAME, ClockChange, Row, State, days_of
from workflow.effects import Action, clock_after, consequences, paused_after
from workflow.roles import ASA_DIRECTOR, Role

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
    clock = Clock(days=5, remind=(-3, 0, 2), tell={0: HEAD, 1: CLERK}, every=0)
    assert alarms(clock) == [
        "remind Mon 30 Nov", "remind Thu 3 Dec", "remind Mon 7 Dec",
        "escalate Thu 3 Dec", "escalate Fri 4 Dec",
    ]  # fmt: skip


def test_a_clock_warns_before_it_fires_and_fires_after_its_grace() -> None:
    clock = Clock(days=5, warn=(4, 1), fires="lapse")
    assert alarms(clock) == ["warn Wed 25 Nov", "warn Wed 2 Dec", "fire Thu 3 Dec"]
    gentle = replace(clock, grace=2)
    assert alarms(gentle) == ["warn Tue 1 Dec", "warn Fri 4 Dec", "fire Mon 7 Dec"]
    # A warning says when it closes, which is after the due date where there is grace.
    closes = {
        alarm.does: day(alarm.due_at) for alarm in gentle.alarms(facts(), CALENDAR, start=NOW)
    }
    assert closes == {"warn": "Mon 7 Dec", "fire": "Thu 3 Dec"}


def test_a_clock_asks_on_the_way() -> None:
    clock = Clock(
        days=9, nudge=(1, 3), acknowledge=2, remind_shares=(50,), remind_days=(-7,),
        warn_days=(2,), fires="lapse",
    )  # fmt: skip
    assert alarms(clock) == [
        "nudge Wed 25 Nov", "nudge Tue 1 Dec", "remind Mon 30 Nov", "remind Wed 2 Dec",
        "remind Wed 2 Dec", "warn Mon 7 Dec", "fire Wed 9 Dec",
    ]  # fmt: skip


def test_a_rule_is_kept_with_its_zone_and_whom_it_was_counted_for() -> None:
    clock = Clock(days=5, remind=(-3,), fires="lapse")
    rules = [alarm.rule for alarm in clock.alarms(facts(), CALENDAR, start=NOW)]
    assert rules == ["-3 BD of the due date, America/New_York", "due +0 BD, America/New_York"]
    nine = replace(clock, off_contract=lambda _: True)
    (first, _) = nine.alarms(facts(), CALENDAR, start=NOW)
    assert first.rule == "-3 BD of the due date, 9-month, America/New_York"


def test_what_is_late_is_told_again_each_week_one_at_a_time() -> None:
    clock = Clock(days=1, tell={1: CLERK, 2: HEAD})
    # Due Wed 25 Nov, told on Mon 30 Nov and Tue 1 Dec; then every five business days.
    armed = list(clock.alarms(facts(), CALENDAR, start=NOW))
    assert [(alarm.occurrence, alarm.every) for alarm in armed] == [("late1", 0), ("late2", 5)]
    for later, again in ((date(2026, 12, 2), "Tue 8 Dec"), (date(2026, 12, 9), "Tue 15 Dec")):
        seen = replace(facts(), now=CALENDAR.end_of(later))
        (alarm,) = clock.alarms(seen, CALENDAR, start=NOW)
        assert (alarm.does, day(alarm.fires_at), alarm.to) == ("escalate", again, HEAD)
        assert alarm.occurrence == f"again {CALENDAR.day_of(alarm.fires_at)}"
    assert alarms(replace(clock, every=0), at=NOW + timedelta(days=30)) == []
    assert clock.every_alarm(facts(), CALENDAR, start=NOW) == tuple(armed)
    assert Clock(due=lambda *_: None, fires="x").every_alarm(facts(), CALENDAR, start=NOW) == ()


def test_days_off_contract_do_not_count_for_those_who_are_off() -> None:
    may = CALENDAR.start_of(date(2027, 5, 3))
    clock = Clock(days=2, remind=(-1,), tell={1: HEAD}, off_contract=lambda seen: seen.complete)
    assert alarms(clock, at=may, start=may) == [
        "remind Tue 4 May", "escalate Tue 17 Aug",
    ]  # fmt: skip
    worked = list(clock.alarms(replace(facts(complete=False), now=may), CALENDAR, start=may))
    assert [day(alarm.fires_at) for alarm in worked] == ["Tue 4 May", "Thu 6 May"]


def test_reminders_that_are_past_are_left_out_but_a_late_end_fires_at_once() -> None:
    clock = Clock(days=5, remind=(-3, 0), nudge=(1,), tell={1: HEAD}, every=0, fires="lapse")
    later = NOW + timedelta(days=30)
    assert alarms(clock, at=later) == ["fire Thu 3 Dec"]
    # 25 business days, for the university is closed from Thu 24 Dec to Fri 1 Jan.
    assert alarms(clock, at=later, extra=20) == [
        "remind Wed 6 Jan", "remind Mon 11 Jan", "escalate Tue 12 Jan", "fire Mon 11 Jan",
    ]  # fmt: skip


def test_each_alarm_has_an_occurrence_of_its_own() -> None:
    clock = Clock(
        days=9, remind=(-3, 0, 3), warn=(1, 2), tell={0: HEAD, 2: HEAD}, fires="lapse",
        nudge=(1, 2), acknowledge=2, remind_shares=(50,), remind_days=(-2,), warn_days=(1, 2),
    )  # fmt: skip
    found: list[Alarm] = list(clock.alarms(facts(), CALENDAR, start=NOW))
    assert len({alarm.occurrence for alarm in found}) == len(found)
    assert {alarm.trigger for alarm in found} == {None, "lapse"}
    assert all((alarm.to is HEAD) == (alarm.does == "escalate") for alarm in found)


# ------------------------------------------------------------------------- the office's figures


def test_a_definition_takes_its_clock_from_the_office_by_name() -> None:
    clock = of("proposal", "asa_review", ASA_DIRECTOR, case=lambda seen: seen.size)
    assert (clock.days, clock.remind, clock.tell) == (10, (-3, 0), {2: ASA_DIRECTOR})
    assert clock.days_for is not None
    assert [clock.days_for(SimpleNamespace(size=size)) for size in ("", "large")] == [10, 15]


@pytest.mark.parametrize(
    ("machine", "place", "told", "more", "says"),
    [
        ("proposal", "asa_review", (), {}, "tells"),
        ("proposal", "draft", (HEAD,), {}, "tells"),
        ("proposal", "draft", (), {"due": lambda *_: None}, "bound to no date"),
        ("award", "claimed", (), {}, "bound to completion_window"),
        ("award", "not_yet", (), {"off_contract": lambda _: True}, "off_contract is False"),
    ],
)
def test_a_definition_and_the_offices_file_go_together_or_are_refused(
    machine: str, place: str, told: tuple[Role, ...], *, more: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=rf"{machine}\.{place}: .*{says}"):
        of(machine, place, *told, **more)  # type: ignore[arg-type] # one keyword each


def test_a_clock_without_business_days_has_none_for_a_sentence() -> None:
    assert days_of(DESK) == 5
    with pytest.raises(ValueError, match="desk is not counted"):
        days_of(replace(DESK, clock=Clock(due=lambda *_: None, fires="x")))


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


MINUTES = st.integers(0, 400 * 24 * 60)


@given(begun=MINUTES, worked=MINUTES, rested=MINUTES, off=st.booleans())
def test_what_was_left_before_a_pause_is_left_after_it(
    begun: int, worked: int, rested: int, *, off: bool
) -> None:
    """To the business day, whenever it begins, rests and goes on; off contract or not."""
    start = NOW + timedelta(minutes=begun)
    paused = start + timedelta(minutes=worked)
    again = paused + timedelta(minutes=rested)
    desk = replace(DESK, clock=Clock(days=400, tell={1: HEAD}, off_contract=off))
    assert desk.clock is not None

    def left(at: datetime, extra: int) -> int:
        due = desk.clock.due_at(facts(), CALENDAR, start=start, extra=extra)  # type: ignore[union-attr]
        assert due is not None
        return CALENDAR.business_days_between(at, due, off_contract=off)

    seen = on_desk(at=again, clock_at=start, paused_at=paused)
    began, extra = clock_after(action(RESUME, seen=seen, state=desk))
    assert began == start
    assert left(again, extra) == left(paused, 0)


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
