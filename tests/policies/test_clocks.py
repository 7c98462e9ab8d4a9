from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from policies.clocks import ENDINGS, WARNINGS, WEEKLY, Clock, ClockKind, Clocks, clock, load
from policies.data import DataError

CLOCKS = load()
MACHINES = Path(__file__).parents[3] / "shared/domain/machines.yaml"


def test_every_state_of_the_machines_as_written_has_a_clock_or_is_an_end() -> None:
    if not MACHINES.is_file():
        pytest.skip("the machines as written lie outside this project and are not here")
    machines = yaml.safe_load(MACHINES.read_text("utf-8"))
    states = {(name, state) for name, machine in machines.items() for state in machine["states"]}
    written = {name: found for name, found in CLOCKS.ends.items() if name in machines}
    ends = {(name, state) for name, found in written.items() for state in found}
    clocks = {(one.machine, one.state) for one in CLOCKS.clocks if one.state}
    assert {one for one in clocks if one[0] in machines} | ends == states
    assert ends == {(name, state) for name, one in machines.items() for state in one["terminal"]}


def test_every_trigger_that_a_clock_fires_leaves_its_state() -> None:
    if not MACHINES.is_file():
        pytest.skip("the machines as written lie outside this project and are not here")
    machines = yaml.safe_load(MACHINES.read_text("utf-8"))
    for one in (one for one in CLOCKS.clocks if one.machine in machines):
        machine = machines[one.machine]
        rows = [*machine["transitions"], *machine["hard_days"]]
        leaves = {row[0] for row in rows if one.state == row[1] or one.state in row[1]}
        assert one.ask or not one.fires or one.fires in leaves, (one.machine, one.state)


@pytest.mark.parametrize(
    ("machine", "state", "days", "fires"),
    [
        ("proposal", "draft", 120, "expire"),
        ("proposal", "asa_consultation", 10, ""),
        ("proposal", "returned", 20, "expire"),
        ("proposal", "declined", 10, "close_appeal_window"),
        ("agenda_item", "senate_notice", 10, "no_objection"),
        ("award", "not_yet", 30, "return_to_claimed"),
    ],
)
def test_clocks_run_as_long_as_the_machines_say(
    machine: str, state: str, days: int, *, fires: str
) -> None:
    found = clock(machine, state)
    assert (found.days, found.fires) == (days, fires)


def test_a_special_case_has_its_own_length() -> None:
    review = clock("proposal", "asa_review")
    assert (review.length(), review.length("large"), review.length("other")) == (10, 15, 10)


def test_a_state_may_have_a_second_clock_by_name() -> None:
    record, validity = clock("award", "issued"), clock("award", "issued", "validity")
    assert (record.days, validity.fires) == (5, "expire")


def test_an_end_has_no_clock_and_an_unknown_state_is_named() -> None:
    with pytest.raises(DataError, match=r"no clock proposal\.issued"):
        clock("proposal", "issued")
    with pytest.raises(DataError, match=r"no clock proposal\.drfat"):
        clock("proposal", "drfat")
    with pytest.raises(DataError, match=r"no clock award\.issued\.validty"):
        clock("award", "issued", "validty")
    with pytest.raises(DataError, match=r"no clock badge\.draft"):
        clock("badge", "draft")


def test_no_clock_approves_anything_but_the_notice_window() -> None:
    fired = {one.fires for one in CLOCKS.clocks if one.fires}
    assert fired == {
        "expire", "close_appeal_window", "meeting_passed", "close_vote",
        "no_objection", "retire", "lapse", "return_to_claimed", "close_meeting", "drop_meeting",
    }  # fmt: skip


def test_what_ends_someones_work_warns_twice_before_it_fires() -> None:
    ends = [one for one in CLOCKS.clocks if one.fires in ENDINGS]
    assert {(one.machine, one.state) for one in ends} >= {
        ("proposal", "draft"), ("proposal", "returned"), ("award", "claimed"),
        ("award", "reflection"),
    }  # fmt: skip
    assert all(len(one.warn) + len(one.warn_days) >= WARNINGS for one in ends)
    with pytest.raises(ValueError, match=r"m\.s\.warn: warn 2 times before it expires"):
        Clock(machine="m", state="s", kind=ClockKind.IDLE, days=9, fires="expire", warn=(5,))


def test_a_clock_is_of_a_state_or_of_what_is_asked() -> None:
    asked = clock("proposal", "endorse")
    assert (asked.ask, asked.state, asked.of, asked.days) == ("endorse", "", "endorse", 5)
    for both in ({}, {"state": "s", "ask": "a"}):
        with pytest.raises(ValueError, match="give a state or what is asked"):
            Clock(machine="m", kind=ClockKind.IDLE, days=9, fires="go", **both)


def test_its_words_carry_its_figures() -> None:
    assert clock("award", "claimed").words == "the completion window, 12 months"
    assert clock("proposal", "asa_review").words.startswith("15 for more than five outcomes")
    assert clock("proposal", "asa_consultation").words == "2 business days to acknowledge"


def test_what_is_late_is_told_again_each_week_unless_the_file_says_otherwise() -> None:
    assert clock("proposal", "asa_review").every == WEEKLY == 5
    assert clock("award", "approved_to_issue").every == 1
    assert clock("agenda_item", "queued").every == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ClockKind.WITHIN}, r"m\.s\.days"),
        ({"kind": ClockKind.IDLE}, r"m\.s\.days"),
        ({"kind": ClockKind.CALENDAR}, r"m\.s\.bound"),
        ({"kind": ClockKind.ALERT}, r"m\.s\.hours"),
        ({"kind": ClockKind.WITHIN, "days": 1, "fires": ""}, "tells nobody"),
    ],
)
def test_a_clock_that_nobody_would_notice_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Clock(**({"machine": "m", "state": "s", "fires": "go"} | changes))  # type: ignore[arg-type] # one field each


def test_two_clocks_of_one_name_in_one_state_are_refused() -> None:
    one = Clock(machine="m", state="s", kind=ClockKind.WITHIN, days=1, fires="go")
    with pytest.raises(ValueError, match="two of one name"):
        Clocks(clocks=(one, replace(one, days=2)), ends={})
