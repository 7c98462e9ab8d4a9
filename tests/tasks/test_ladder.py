"""What is late is told again each week until it is done; nothing ends before two warnings went."""

from datetime import datetime, timedelta
from typing import cast

import psycopg
import pytest

from policies import calendar
from tests import factory
from tests.tasks import world
from tests.tasks.world import NOW, rows_of, uuid
from workflow.engine import Engine
from workflow.sweep import sweep_deadlines

Link = psycopg.Connection[tuple[object, ...]]
YEAR = calendar.load()
HOUR = timedelta(hours=1)


def day(instant: object) -> str:
    return f"{YEAR.day_of(cast('datetime', instant)):%a %-d %b}"


def later(engine: Engine, *, days: int) -> None:
    """Let business days pass."""
    clock = cast("world.SetClock", engine.clock)
    clock.at = YEAR.add_business_days(clock.at, days)


def armed(engine: Engine) -> list[tuple[str, str]]:
    found = rows_of(
        engine, "SELECT does, fires_at FROM deadline WHERE state = 'armed' ORDER BY fires_at, does"
    )
    return [(str(does), day(at)) for does, at in found]


def told(engine: Engine) -> list[tuple[str, str]]:
    """(kind, person) of the mails that were written since this was asked last."""
    found = rows_of(engine, "SELECT kind, recipient FROM notification ORDER BY kind, recipient")
    with engine.connect() as connection:
        world.all_sent(connection)
        connection.execute("UPDATE notification SET kind = 'seen'")
    return [(str(kind), str(person)) for kind, person in found if kind != "seen"]


BOTH = [
    ("proposal.draft.escalate", factory.ASA_DIRECTOR),
    ("proposal.draft.late", factory.PROPOSER),
]


@pytest.fixture
def late(link: Link) -> Link:
    """A work item whose escalation is due, to be told again each week."""
    world.lay_work(link, "w")
    world.lay_deadline(link, "late", does="escalate", role="asa_director", every=5)
    return link


@pytest.mark.usefixtures("late")
def test_after_the_escalation_both_hear_again_each_week_until_it_is_done(engine: Engine) -> None:
    sweep_deadlines(engine)
    assert told(engine) == BOTH
    assert armed(engine) == [("escalate", "Thu 3 Dec")]
    for week in ("Thu 10 Dec", "Thu 17 Dec", "Mon 4 Jan", "Mon 11 Jan"):
        later(engine, days=5)
        sweep_deadlines(engine)
        assert told(engine) == BOTH
        assert armed(engine) == [("escalate", week)]
    with engine.connect() as connection:
        connection.execute("UPDATE work_item SET state = 'done', closed_seq = 4, closed_by = 'x'")
    later(engine, days=6)
    sweep_deadlines(engine)
    assert armed(engine) == []


@pytest.mark.usefixtures("late")
def test_after_thirty_days_of_downtime_one_reminder_is_told_and_the_next_is_armed(
    engine: Engine,
) -> None:
    sweep_deadlines(engine)
    told(engine)
    later(engine, days=30)
    sweep_deadlines(engine)
    sweep_deadlines(engine)
    assert told(engine) == BOTH
    assert len(armed(engine)) == 1


def test_after_thirty_days_of_downtime_each_clock_mails_once_and_each_owner_once(
    link: Link, engine: Engine
) -> None:
    """A whole ladder was missed on two clocks: the newest alone reaches whoever is late."""
    for clock in ("draft", "endorse"):
        world.lay_work(link, f"w {clock}", kind=clock)
        for n, does in enumerate(("nudge", "remind", "remind", "warn")):
            world.lay_deadline(
                link, f"{clock} {n}", clock=clock, does=does, fires_at=NOW - (9 - n) * HOUR
            )
        for n, (role, every) in enumerate((("asa_director", 0), ("registrar", 5))):
            world.lay_deadline(
                link, f"{clock} late {n}", clock=clock, does="escalate", role=role, every=every,
                fires_at=NOW - (3 - n) * HOUR,
            )  # fmt: skip
    later(engine, days=30)
    while sweep_deadlines(engine, limit=3).more:
        pass
    assert told(engine) == sorted(
        (f"proposal.{clock}.{word}", person)
        for clock in ("draft", "endorse")
        for word, person in (
            ("escalate", factory.ASA_DIRECTOR), ("escalate", factory.REGISTRAR),
            ("late", factory.PROPOSER),
        )
    )  # fmt: skip
    assert [does for does, _ in armed(engine)] == ["escalate", "escalate"]


@pytest.mark.usefixtures("late")
def test_a_slot_is_never_written_twice(engine: Engine) -> None:
    sweep_deadlines(engine)
    with engine.connect() as connection:  # as if the mark had been lost
        connection.execute("UPDATE deadline SET state = 'armed' WHERE id = %s", (uuid("late"),))
    assert sweep_deadlines(engine).mails == 0
    assert len(armed(engine)) == 1
    assert len(told(engine)) == 2


def test_those_off_contract_are_not_reminded_in_their_summer(link: Link, engine: Engine) -> None:
    cast("world.SetClock", engine.clock).at = YEAR.end_of(YEAR.off_contract[0].first)
    world.lay_work(link, "w")
    world.lay_deadline(
        link, "late", does="escalate", role="asa_director", every=5,
        fires_at=engine.clock.now() - HOUR, rule="+2 BD late, 9-month, America/New_York",
    )  # fmt: skip
    sweep_deadlines(engine)
    assert armed(engine) == [("escalate", "Fri 20 Aug")]


# ------------------------------------------------------------------------- before it ends


@pytest.fixture
def ending(link: Link) -> Link:
    """A draft at the end of its clock."""
    world.lay_work(link, "w")
    world.lay_deadline(link, "end", does="fire", trigger="expire")
    return link


def state(engine: Engine) -> object:
    return rows_of(engine, "SELECT state FROM cases")[0][0]


@pytest.mark.usefixtures("ending")
def test_nothing_ends_before_two_warnings_went_out_however_long_we_stood_still(
    engine: Engine,
) -> None:
    sweep_deadlines(engine)
    assert armed(engine) == [
        ("warn", "Tue 24 Nov"), ("warn", "Thu 3 Dec"), ("fire", "Thu 10 Dec"),
    ]  # fmt: skip
    assert [day(at) for (at,) in rows_of(engine, "SELECT due_at FROM work_item")] == ["Thu 10 Dec"]
    sweep_deadlines(engine)
    assert told(engine) == [("proposal.draft.warn", factory.PROPOSER)]
    later(engine, days=5)
    sweep_deadlines(engine)
    assert told(engine) == [("proposal.draft.warn", factory.PROPOSER)]
    assert state(engine) == "draft"
    later(engine, days=5)
    sweep_deadlines(engine)
    assert state(engine) == "expired"
    assert told(engine) == [("proposal.expired", factory.PROPOSER)]


def test_a_warning_that_the_mail_server_never_took_is_none(ending: Link, engine: Engine) -> None:
    for n in range(2):
        world.lay_deadline(ending, f"warned {n}", does="warn", state="fired")
        world.lay_mail(ending, f"mail {n}", occurrence=str(uuid(f"warned {n}")))
    sweep_deadlines(engine)
    assert state(engine) == "draft"
    assert armed(engine) == [("fire", "Thu 3 Dec")]  # both are on their way
    world.all_sent(ending)
    later(engine, days=5)
    sweep_deadlines(engine)
    assert state(engine) == "expired"


def test_warnings_of_an_earlier_date_do_not_count(ending: Link, engine: Engine) -> None:
    factory.insert(
        ending, "entry", case_id="MC-1", seq=2, from_state="draft", to_state="draft",
        trigger="keep", key="MC-1/2",
    )  # fmt: skip
    for n in range(2):
        world.lay_deadline(ending, f"warned {n}", does="warn", state="fired", seq=2)
    sweep_deadlines(engine)
    assert state(engine) == "draft"
