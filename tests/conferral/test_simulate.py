"""A simulated year: its plan, and a short one that is really played, twice."""

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from conferral.commands import answer
from conferral.simulation import measure, plan, year
from conferral.simulation.arrivals import Arrival, Arrivals
from conferral.simulation.people import Cast
from conferral.simulation.plan import Load, load_for
from conferral.simulation.report import told
from policies import calendar

SHORT = Load(days=31, proposals=9, meetings=3, claims=4)
CAST = Cast(
    proposers=(("p1", "libraries"), ("p2", "health")), heads={"libraries": "h1", "health": "h2"},
    officers=("o1", "o2"), registrar="r", senate_office="s", assessors=tuple("abcdefg"),
    committees={}, learners=("l1", "l2"), guests=frozenset(), deputies={},
)  # fmt: skip


@pytest.fixture(scope="module")
def days() -> list[year.SoFar]:
    return []


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, days: list[year.SoFar]) -> measure.Report:
    """A short year."""
    return year.simulate(tmp_path_factory.mktemp("year"), SHORT, seed=5, told=days.append)


def test_a_short_year_breaks_no_invariant_and_sends_nothing_twice(played: measure.Report) -> None:
    assert (played.violations, played.violations_named) == (0, [])
    assert played.duplicates == 0
    assert played.faults == {}
    assert played.mails_sent > 0
    assert played.mails["proposal.endorse"] >= played.mails["proposal.received"] > 0
    assert sum(played.cases["proposal"].values()) == SHORT.proposals
    assert sum(played.cases["meeting"].values()) == SHORT.meetings


def test_people_are_late_so_reminders_go_out(played: measure.Report) -> None:
    assert any(kind.endswith(".remind") for kind in played.mails)


def test_the_same_seed_gives_the_same_year_on_the_command_line(played: measure.Report) -> None:
    out = io.StringIO()
    words = ("--days", "31", "--seed", "5", "--proposals", "9", "--claims", "4", "--json")
    with redirect_stdout(out):
        code = answer(("simulate", *words))
    said = json.loads(out.getvalue())
    assert code == (0 if played.sound else 1)
    assert said | {"seconds": 0} == json.loads(json.dumps(played.as_data())) | {"seconds": 0}


def test_progress_is_told_each_day(played: measure.Report, days: list[year.SoFar]) -> None:
    assert [one.days for one in days] == list(range(1, SHORT.days))
    assert days[-1].acts <= played.acts


def test_a_stranger_reads_what_happened_and_what_broke(played: measure.Report) -> None:
    sound = replace(played, over_caps=0, over_caps_named=())
    assert list(told(sound))[-1] == "Nothing broke."
    many = measure.OverCap(person="ada", day="2026-09-01", what="mails outside Act", mails=5, cap=3)
    text = "\n".join(told(replace(
        sound, over_caps=1, over_caps_named=[many], faults={"tasks.relay: %s": 2}, duplicates=3,
        refused={"issue: PR-effective": 1}, not_sent={"pending": 2},
    )))  # fmt: skip
    assert "2026-09-01  ada: 5 (mails outside Act)" in text
    assert "Mails sent twice for one slot: 3" in text
    assert "Errors in the log: 2" in text
    assert "issue: PR-effective" in text
    assert text.endswith("Something broke: see above.")


def test_a_year_carries_the_load_of_governance_and_a_part_of_it_the_same_share() -> None:
    assert load_for(400) == Load(400, 300, 40, 400)
    assert load_for(100) == Load(100, 75, 10, 100)


def test_forty_meetings_are_on_open_days_and_no_body_meets_twice_on_one() -> None:
    year_ = calendar.load()
    meetings = plan.meetings(load_for(400), year_, seed=3)
    assert len(meetings) == 40
    assert all(year_.is_business_day(one.day) for one in meetings)
    assert len({(one.day, one.body) for one in meetings}) == 40
    assert {one.body for one in meetings} == {"ugc", "gc", "ucc"}
    assert sorted(one.fate for one in meetings if one.fate != "held") == [
        "cancelled", "cancelled", "no_quorum",
    ]  # fmt: skip
    of_cycles = {cycle.councils for cycle in year_.cycles}
    assert of_cycles <= {one.day for one in meetings}


def test_a_seed_decides_the_whole_plan() -> None:
    load = load_for(400)
    one = list(plan.proposals(load, CAST, seed=1))
    assert one == list(plan.proposals(load, CAST, seed=1))
    assert one != list(plan.proposals(load, CAST, seed=2))
    assert {"idle", "returned", "withdrawn", "declined", "abandoned"} < {p.fate for p in one}
    assert {p.way for p in one} == {"asa_only", "determination", "committee", "certificate"}
    claims = list(plan.claims(load, CAST, seed=1))
    assert len(claims) == 400
    assert [c.day for c in claims] == sorted(c.day for c in claims)
    assert all(c.day > date(2026, 9, 30) for c in claims)


def test_a_second_copy_of_a_mail_is_counted() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    arrivals = Arrivals(lambda: at)
    arrivals.taken += [Arrival(at, "a@example.edu", "<1>"), Arrival(at, "b@example.edu", "<1>")]
    assert arrivals.copies == 0
    arrivals.taken.append(Arrival(at, "a@example.edu", "<1>"))
    assert arrivals.copies == 1


def test_a_folder_that_holds_something_is_not_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert answer(("simulate", "--days", "7", "--data", str(tmp_path))) == 2
    assert "Name an empty folder" in capsys.readouterr().err


@pytest.mark.long
def test_a_whole_year_breaks_no_invariant(tmp_path: Path) -> None:
    report = year.simulate(tmp_path, load_for(400), seed=1, told=lambda _: None)
    assert (report.violations, report.duplicates, report.faults) == (0, 0, {})
    assert report.over_caps == 0, report.over_caps_named
    assert sum(report.cases["proposal"].values()) == 300
