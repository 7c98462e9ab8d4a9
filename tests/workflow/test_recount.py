"""A new calendar moves every open date it touches, once a case, and says so in its history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import cast

import psycopg
import pytest

from policies import calendar
from policies.calendar import Span
from policies.data import DataError
from tests.factory import ASA_OFFICER, COMMITTEES, PROPOSER
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow import register
from workflow.calendars import InForce, Version, differences, newest, put_in_force
from workflow.facts import SYSTEM
from workflow.recount import Counting, cases_with_clocks, recount
from workflow.register import Subject

FILE = calendar.as_data(calendar.text())
WHY = "Hurricane Ana: the university is closed"


def closed(*days: str) -> dict[str, object]:
    said: Mapping[str, object] = FILE
    for day in days:
        one = date.fromisoformat(day)
        said = calendar.with_closure(said, Span(first=one, last=one, name=WHY))
    return dict(said)


def apply(play: Play, said: Mapping[str, object], *, reason: str = WHY) -> int:
    """Put a calendar in force and count everything anew; how many cases moved."""
    with play.engine.connect() as connection, connection.transaction():
        put_in_force(connection, said, reason=reason, actor=ASA_OFFICER, at=play.clock.now())
    return recount(play.engine, wait=False).moved


def rows(play: Play, statement: str, *values: object) -> list[tuple[object, ...]]:
    with play.engine.connect() as connection:
        return connection.execute(statement, values).fetchall()


def armed(play: Play, case: str) -> dict[str, str]:
    """The civil day on which each armed rule fires."""
    found = rows(
        play, "SELECT rule, fires_at FROM deadline WHERE case_id = %s AND state = 'armed'", case
    )
    day = calendar.load().day_of
    return {
        str(rule).rpartition(",")[0]: f"{day(cast('datetime', at)):%-d %b}" for rule, at in found
    }


def due(play: Play, case: str) -> list[str]:
    found = rows(play, "SELECT due_at FROM work_item WHERE case_id = %s AND state = 'open'", case)
    day = calendar.load().day_of
    return [f"{day(cast('datetime', at)):%-d %b}" for (at,) in found]


def entries(play: Play, case: str) -> list[tuple[object, ...]]:
    return rows(
        play, "SELECT actor, form FROM entry WHERE case_id = %s AND trigger = 'recount'", case
    )


def test_a_closed_day_moves_the_date_and_its_reminders_by_a_day(play: Play) -> None:
    case = play.submitted()
    assert due(play, case) == ["10 Dec"]
    before = armed(play, case)
    assert apply(play, closed("2026-12-03")) == 1
    assert due(play, case) == ["11 Dec"]
    assert (before["+0 BD of the due date"], armed(play, case)["+0 BD of the due date"]) == (
        "10 Dec", "11 Dec",
    )  # fmt: skip
    assert armed(play, case)["2 BD after the start"] == before["2 BD after the start"]
    [(actor, form)] = entries(play, case)
    said = cast("Mapping[str, object]", form)
    assert (actor, said["why"], said["calendar"]) == (SYSTEM, WHY, 1)
    assert [work["kind"] for work in cast("list[Mapping[str, str]]", said["work"])] == [
        "asa_consultation"
    ]


def test_whoever_has_it_is_told_once_of_their_new_date(play: Play) -> None:
    case = play.submitted()
    apply(play, closed("2026-12-03"))
    told = rows(play, "SELECT recipient, facts FROM notification WHERE kind LIKE '%%date_moved'")
    assert told
    assert len({person for person, _ in told}) == len(told)
    assert all(cast("dict[str, object]", facts)["why"] == WHY for _, facts in told)
    assert PROPOSER not in {person for person, _ in told}
    assert recount(play.engine, wait=False).moved == 0
    assert len(entries(play, case)) == 1


def test_what_a_change_does_not_touch_has_no_entry(play: Play) -> None:
    case = play.submitted()
    assert apply(play, closed("2027-02-03")) == 0
    assert entries(play, case) == []


def test_a_reminder_that_went_out_stays_out(play: Play) -> None:
    case = play.submitted()
    with play.engine.connect() as connection:
        connection.execute(
            "UPDATE deadline SET state = 'fired' WHERE case_id = %s AND rule LIKE '-3 BD%%'",
            (case,),
        )
    apply(play, closed("2026-12-03"))
    assert "-3 BD of the due date" not in armed(play, case)
    [(state,)] = rows(
        play, "SELECT state FROM deadline WHERE case_id = %s AND rule LIKE '-3 BD%%'", case
    )
    assert state == "fired"


def test_nothing_is_moved_into_the_past(play: Play) -> None:
    case = play.submitted()
    apply(play, closed("2026-12-01", "2026-12-02", "2026-12-03"))
    assert armed(play, case)["-3 BD of the due date"] == "10 Dec"
    play.clock.advance(days=14)
    # It would have been on Mon 7 Dec; today is Tue 8 Dec.
    apply(play, FILE, reason="It was open after all.")
    [(at,)] = rows(
        play, "SELECT fires_at FROM deadline WHERE case_id = %s AND rule LIKE '-3 BD%%'", case
    )
    assert at == play.clock.now()


def test_an_opened_day_brings_dates_back(play: Play) -> None:
    case = play.submitted()
    apply(play, closed("2026-12-03"))
    assert apply(play, FILE, reason="The storm turned away.") == 1
    assert due(play, case) == ["10 Dec"]
    assert len(entries(play, case)) == 2


def test_what_is_asked_of_somebody_moves_with_its_own_clock(play: Play) -> None:
    case = play.draft()
    play.do("ask_endorsement", PROPOSER, case)
    assert sorted(due(play, case)) == ["25 May", "3 Dec"]
    apply(play, closed("2026-11-30"))
    assert sorted(due(play, case)) == ["26 May", "4 Dec"]


def test_an_award_and_an_agenda_item_are_counted_anew_too(play: Play) -> None:
    proposal = play.routed(title="A new course")
    item = play.items(proposal)["ugc"]
    cycles = [dict(cycle) for cycle in cast("list[dict[str, object]]", FILE["cycles"])]
    cycles[2]["submit_by"] = "2026-12-11"
    awards = Awards(play)
    claim = awards.claimed(awards.badge())
    end = date(2027, 11, 24)
    moved = {**closed(end.isoformat()), "cycles": cycles}
    assert apply(play, moved, reason="The Senate moved its cut-off") >= 2
    assert due(play, item) == ["11 Dec"]
    # Thanksgiving 2027 lies after what the file keeps: the Thursday is open there.
    assert due(play, claim) == ["25 Nov"]


def test_a_clock_that_rests_is_counted_when_it_goes_on(play: Play) -> None:
    case = play.submitted()
    with play.engine.connect() as connection:
        connection.execute("UPDATE deadline SET state = 'cancelled' WHERE case_id = %s", (case,))
    assert apply(play, closed("2026-12-03")) == 0


# ------------------------------------------------------------------------- in batches


def test_batches_go_through_all_cases_and_any_number_may_run(play: Play) -> None:
    cases = [play.submitted(title=f"Title {n}") for n in range(5)]
    with play.engine.connect() as connection, connection.transaction():
        put_in_force(
            connection, closed("2026-12-03"), reason=WHY, actor=SYSTEM, at=play.clock.now()
        )
        assert cases_with_clocks(connection) == sorted(cases)
    first = recount(play.engine, take=2, wait=False)
    assert (first.moved, first.more) == (2, True)
    with play.engine.connect() as other, other.transaction():
        other.execute("SELECT FROM calendar_version FOR UPDATE")
        assert recount(play.engine, take=2, wait=False).more is False  # another has it: not waited
    moved = 0
    while (counted := recount(play.engine, take=2, wait=False)).more:
        moved += counted.moved
    assert moved + counted.moved == 3
    assert all(len(entries(play, case)) == 1 for case in cases)


def test_a_version_rests_until_every_process_has_seen_it(play: Play) -> None:
    play.submitted()
    with play.engine.connect() as connection, connection.transaction():
        put_in_force(connection, closed("2026-12-03"), reason=WHY, actor=SYSTEM,
                     at=play.clock.now())  # fmt: skip
    assert recount(play.engine).moved == 0
    with play.engine.connect() as connection:
        connection.execute("UPDATE calendar_version SET noticed_from = now() - interval '1 min'")
    assert recount(play.engine).moved == 1
    assert rows(play, "SELECT done_at IS NOT NULL FROM calendar_version") == [(True,)]
    assert recount(play.engine).moved == 0


def test_a_case_that_moved_on_meanwhile_is_left(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = play.submitted()
    counting = Counting.moves

    def overtaken(self: Counting, name: str) -> object:
        found = counting(self, name)
        play.do("withdraw", PROPOSER, case)
        return found

    monkeypatch.setattr(Counting, "moves", overtaken)
    assert apply(play, closed("2026-12-03")) == 0
    assert play.state(case) == "withdrawn"


# ------------------------------------------------------------------------- the calendar in force


def test_a_new_version_is_in_force_everywhere_within_seconds(play: Play) -> None:
    seconds = [0.0]
    known = InForce(play.engine.connect, lambda: seconds[0])
    known.look_again()
    assert known().is_business_day(date(2026, 12, 3))
    with play.engine.connect() as connection, connection.transaction():
        put_in_force(connection, closed("2026-12-03"), reason=WHY, actor=SYSTEM,
                     at=play.clock.now())  # fmt: skip
    known.look_again()
    assert known().is_business_day(date(2026, 12, 3))  # it is not time yet
    seconds[0] = 2.0
    known.look_again()
    assert not known().is_business_day(date(2026, 12, 3))
    assert known.known.number == 1


def test_without_a_database_the_known_calendar_stands() -> None:
    def away() -> object:
        raise psycopg.OperationalError("gone")

    known = InForce(away, known=Version(3, calendar.load()))  # type: ignore[arg-type]
    known.look_again()
    assert known() is calendar.load()


def test_a_change_stands_in_the_register_with_what_it_changed(play: Play) -> None:
    apply(play, closed("2026-12-03"))
    with play.engine.connect() as connection:
        [line] = register.trail(connection, Subject("calendar", "1"))
        assert newest(connection).number == 1
    assert line.says == f"Calendar 2026-27 is in force as version 1: {WHY}"
    assert line.facts["changes"] == [f"Thu 3 Dec 2026: {WHY}, was open."]


def test_a_calendar_that_cannot_be_is_refused_and_so_is_one_without_a_reason(play: Play) -> None:
    with play.engine.connect() as connection, connection.transaction():
        with pytest.raises(DataError, match="closes"):
            put_in_force(connection, FILE | {"closes": "08:00"}, reason=WHY, actor=SYSTEM,
                         at=play.clock.now())  # fmt: skip
        with pytest.raises(ValueError, match="Say why"):
            put_in_force(connection, FILE, reason=" ", actor=SYSTEM, at=play.clock.now())
    with pytest.raises(DataError, match="no table of fields"):
        calendar.as_data("- a list")
    with pytest.raises(DataError, match="no YAML"):
        calendar.as_data("{")


def test_differences_name_days_and_parts() -> None:
    old = calendar.load()
    new = replace(calendar.in_zone(old, "America/Chicago"), terms=old.terms[1:])
    assert differences(old, new) == (
        "Zone: America/Chicago, was America/New_York.", "Terms changed.",
    )  # fmt: skip
    assert differences(old, old) == ()


def test_what_is_told_again_moves_with_the_calendar(play: Play) -> None:
    case = play.submitted()
    play.clock.advance(days=30)
    with play.engine.connect() as connection:
        connection.execute(
            "UPDATE deadline SET rule = 'again while late, America/New_York', fires_at = %s "
            "WHERE case_id = %s AND does = 'escalate'",
            (calendar.load().end_of(date(2027, 1, 14)), case),
        )
    apply(play, closed("2027-01-14"))
    assert armed(play, case)["again while late"] == "15 Jan"


def test_an_answer_that_is_asked_for_until_a_bound_date_follows_the_calendar(play: Play) -> None:
    """The date that an invitation is bound to is read as its own row reads it."""
    chair = COMMITTEES["ugc"][0]
    meeting = play.do(
        "plan", chair, machine="meeting", body="ugc", held_on="2026-12-18", starts="14:00",
        place="Room 101",
    ).case  # fmt: skip
    item = play.items(play.routed())["ugc"]
    play.do("place_on_agenda", chair, item, meeting_on="2026-12-18", section="consent")
    play.do("publish_agenda", chair, meeting)
    assert "16 Dec" in due(play, meeting)
    apply(play, closed("2026-12-17"))
    assert "15 Dec" in due(play, meeting)
