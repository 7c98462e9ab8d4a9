"""Dashboards: figures from the history alone, nothing that would say something of somebody."""

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factory
from tests.web.browser import Browser
from tests.web.test_journey import SignIn
from tests.workflow.play import Play
from web.charts import Bar, chart
from workflow.queries.dashboards import Load, bottleneck, percentile


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_least_day_by_which_that_share_is_done(
    days: list[int], share: int
) -> None:
    found = percentile(days, share)
    done = sum(day <= found for day in days)
    assert found in days
    assert done * 100 >= share * len(days)
    earlier = [day for day in days if day < found]
    assert len(earlier) * 100 < share * len(days)


@given(st.lists(st.builds(Bar, name=st.just("x"), says=st.just(""), length=st.integers(0, 9999))))
def test_every_bar_fits_its_chart_and_the_grid_stays_readable(bars: list[Bar]) -> None:
    laid = chart(bars)
    assert all(bar.length <= laid.top for bar in bars)
    assert 2 <= len(laid.lines) <= 7
    assert laid.lines[-1] == laid.top


def test_the_bottleneck_is_where_most_is_late() -> None:
    few = Load(role="Registrar", open=30, late=0, oldest=9)
    many = Load(role="ASA officer", open=4, late=3, oldest=2)
    assert bottleneck([few, many]) is many
    assert bottleneck([few]) is None


@pytest.fixture
def five_days(play: Play) -> None:
    """Five consultations: four were left after two business days, one after five."""
    cases = [play.submitted(title=f"Number {n}") for n in range(5)]
    play.clock.at += timedelta(days=2)
    for n, case in enumerate(cases):
        if n == 4:
            play.clock.at += timedelta(days=5)
        play.do("decline", factory.ASA_OFFICER, case, code="other", rationale="Not now.")


@pytest.mark.usefixtures("five_days")
def test_stays_are_counted_in_business_days_and_small_groups_are_not_shown(
    sign_in: SignIn,
) -> None:
    officer = sign_in(factory.ASA_OFFICER)
    text = officer.read("/dashboards")
    assert "Longest takes Consultation: half of the cases leave it within" in text
    rows = table(officer, "/dashboards/states.csv")
    consultation = next(row for row in rows if row["state"] == "Consultation")
    assert (consultation["cases"], consultation["limit"]) == ("5", "10")
    assert int(consultation["half_within"]) < int(consultation["most_within"])
    review = next(row for row in rows if row["state"] == "ASA review")
    assert (review["cases"], review["half_within"]) == ("", "")
    assert "Fewer than 5 cases: not shown" in text


def test_what_is_late_stands_first_in_words(sign_in: SignIn, play: Play) -> None:
    play.submitted()
    play.clock.at += timedelta(days=60)
    officer = sign_in(factory.ASA_OFFICER)
    assert "Most of what is late waits with ASA" in officer.read("/dashboards")
    (first, *_) = table(officer, "/dashboards/waiting.csv")
    assert first["late"] == "1"


def test_learners_have_no_dashboards_and_unknown_machines_have_none(sign_in: SignIn) -> None:
    assert sign_in(factory.LEARNER).get("/dashboards").status_code == 404
    assert sign_in(factory.ASA_OFFICER).get("/dashboards?machine=none").status_code == 404


def test_where_nothing_waits_the_page_says_so(sign_in: SignIn) -> None:
    assert "Nothing waits for anyone" in sign_in(factory.ASA_OFFICER).read("/dashboards")


def table(browser: Browser, path: str) -> list[dict[str, str]]:
    answer = browser.get(path)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
