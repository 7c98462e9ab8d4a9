"""Deadlines that are due: each does its work once, reminders do not pile up, refusals are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from tests import factory
from tests.tasks import world
from tests.tasks.world import NOW, rows_of, uuid
from workflow.engine import Engine
from workflow.sweep import fold_census, prune_sessions, sweep_deadlines

Link = psycopg.Connection[tuple[object, ...]]
HOUR = timedelta(hours=1)


def mails(engine: Engine) -> list[tuple[object, ...]]:
    return rows_of(engine, "SELECT kind, recipient FROM notification ORDER BY kind, recipient")


def deadlines(engine: Engine) -> dict[object, object]:
    return dict(rows_of(engine, "SELECT id, state FROM deadline"))  # type: ignore[arg-type]


def test_a_reminder_goes_to_the_person_whose_turn_it_is(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w")
    world.lay_deadline(link, "a")
    swept = sweep_deadlines(engine)
    assert (swept.wrote, swept.mails, swept.more) == (1, 1, False)
    assert mails(engine) == [("proposal.draft.remind", factory.PROPOSER)]
    assert deadlines(engine) == {uuid("a"): "fired"}
    assert sweep_deadlines(engine).wrote == 0


def test_a_reminder_goes_to_whoever_holds_the_role_today(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w", person=None, role="asa_officer")
    link.execute(
        "UPDATE appointment SET ends = %s WHERE person = %s", (NOW - HOUR, factory.ASA_OFFICER)
    )
    world.lay_deadline(link, "a")
    sweep_deadlines(engine)
    told = {person for _, person in mails(engine)}
    assert factory.OTHER_ASA_OFFICER in told
    assert factory.ASA_OFFICER not in told


def test_a_reminder_passes_by_those_who_are_done(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w1", state="done", closed_seq=2, closed_by=factory.PROPOSER)
    world.lay_work(link, "w2", person=factory.UNIT_HEAD)
    world.lay_work(link, "w3", person=factory.REGISTRAR, kind="code")
    world.lay_deadline(link, "a")
    sweep_deadlines(engine)
    assert mails(engine) == [("proposal.draft.remind", factory.UNIT_HEAD)]


def test_an_escalation_says_openly_to_both_who_was_told(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w")
    world.lay_deadline(link, "a", does="escalate", role="asa_director")
    sweep_deadlines(engine)
    assert mails(engine) == [
        ("proposal.draft.escalate", factory.ASA_DIRECTOR),
        ("proposal.draft.late", factory.PROPOSER),
    ]
    facts = rows_of(engine, "SELECT facts->'told', facts->'late' FROM notification")
    assert facts == [(["Max Instance"], ["Rowan Sample"])] * 2


def test_an_owner_who_is_late_too_is_not_told_twice(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w", person=factory.ASA_DIRECTOR)
    world.lay_deadline(link, "a", does="escalate", role="asa_director")
    sweep_deadlines(engine)
    assert mails(engine) == [("proposal.draft.late", factory.ASA_DIRECTOR)]


def test_after_downtime_one_reminder_goes_out_and_not_the_backlog(
    link: Link, engine: Engine
) -> None:
    world.lay_work(link, "w")
    for n in range(4):
        world.lay_deadline(
            link, f"{n}", fires_at=NOW - n * HOUR, does="warn" if n % 2 else "remind"
        )
    world.lay_deadline(link, "other clock", clock="endorse", fires_at=NOW - 9 * HOUR)
    world.lay_deadline(link, "not yet", fires_at=NOW + HOUR)
    swept = sweep_deadlines(engine)
    assert (swept.wrote, swept.skipped, swept.mails) == (2, 3, 1)
    assert deadlines(engine) == {
        uuid("0"): "fired", uuid("1"): "skipped", uuid("2"): "skipped", uuid("3"): "skipped",
        uuid("other clock"): "fired", uuid("not yet"): "armed",
    }  # fmt: skip


def test_one_reminder_goes_out_even_where_the_backlog_spans_batches(
    link: Link, engine: Engine
) -> None:
    world.lay_work(link, "w")
    for n in range(5):
        world.lay_deadline(link, f"{n}", fires_at=NOW - n * HOUR)
    while sweep_deadlines(engine, limit=2).more:
        pass
    assert list(deadlines(engine).values()).count("fired") == 1
    assert deadlines(engine)[uuid("0")] == "fired"


def test_an_escalation_is_never_passed_over(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w")
    for n in range(2):
        world.lay_deadline(
            link, f"{n}", fires_at=NOW - n * HOUR, does="escalate", role="asa_director"
        )
    assert sweep_deadlines(engine).wrote == 2


def test_a_clock_of_a_state_that_was_left_says_nothing(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w")
    world.lay_deadline(link, "a", of_state="design")
    world.lay_deadline(link, "b", of_state="design", does="fire", trigger="expire")
    assert sweep_deadlines(engine).skipped == 2
    assert mails(engine) == []
    assert set(deadlines(engine).values()) == {"skipped"}


def test_sweeping_twice_or_after_a_crash_writes_no_second_mail(link: Link, engine: Engine) -> None:
    world.lay_work(link, "w")
    world.lay_deadline(link, "a")
    sweep_deadlines(engine)
    link.execute("UPDATE deadline SET state = 'armed'")  # as if the mark had been lost
    assert sweep_deadlines(engine).mails == 0
    assert len(mails(engine)) == 1


def test_sweepers_at_once_do_each_deadline_once(link: Link, engine: Engine) -> None:
    for n in range(40):
        world.lay_case(link, f"MC-{n + 10}", title_key=f"t{n}")
        world.lay_work(link, f"w{n}", case=f"MC-{n + 10}")
        world.lay_deadline(link, f"{n}", case_id=f"MC-{n + 10}")
    with ThreadPoolExecutor(4) as pool:
        swept = list(
            pool.map(lambda _: [sweep_deadlines(engine, limit=5) for _ in range(6)], range(4))
        )
    assert sum(one.wrote for some in swept for one in some) == 40
    assert len(mails(engine)) == 40


def test_a_case_that_is_being_written_is_left_for_the_next_sweep(
    link: Link, engine: Engine, database_url: str
) -> None:
    world.lay_work(link, "w")
    world.lay_deadline(link, "a")
    with psycopg.connect(database_url) as other:
        other.execute("SELECT 1 FROM cases WHERE id = 'MC-1' FOR UPDATE")
        assert sweep_deadlines(engine).wrote == 0
    assert sweep_deadlines(engine).wrote == 1


@pytest.fixture
def expiring(link: Link) -> Link:
    """A draft whose two warnings went out and whose clock has run down."""
    for n in range(2):
        world.lay_deadline(link, f"warned {n}", does="warn", state="fired")
    world.lay_deadline(link, "end", does="fire", trigger="expire")
    return link


@pytest.mark.usefixtures("expiring")
def test_a_clock_fires_its_trigger_through_the_door(engine: Engine) -> None:
    assert sweep_deadlines(engine).fired == 1
    assert rows_of(engine, "SELECT state FROM cases WHERE id = 'MC-1'") == [("expired",)]
    assert rows_of(engine, "SELECT actor, key FROM entry WHERE trigger = 'expire'") == [
        ("timer", str(uuid("end")))
    ]
    assert deadlines(engine)[uuid("end")] == "fired"
    assert mails(engine) == [("proposal.expired", factory.PROPOSER)]


def test_a_trigger_that_the_rules_refuse_is_told_to_asa_with_every_reason(
    link: Link, engine: Engine
) -> None:
    world.lay_deadline(link, "end", does="fire", trigger="close_appeal_window")  # no row from here
    assert sweep_deadlines(engine).refused == 1
    [(outcome,)] = rows_of(engine, "SELECT outcome FROM deadline")
    assert outcome
    assert {kind for kind, _ in mails(engine)} == {"proposal.clock_refused"}
    assert factory.ASA_OFFICER in {person for _, person in mails(engine)}
    [(reasons,)] = set(rows_of(engine, "SELECT facts->>'reasons' FROM notification"))
    assert str(outcome) in str(reasons)
    assert rows_of(engine, "SELECT state FROM cases") == [("draft",)]


def test_a_trigger_that_fails_for_no_known_reason_rests_and_in_the_end_is_told(
    link: Link, engine: Engine
) -> None:
    world.lay_deadline(link, "end", does="fire", trigger="close_appeal_window")
    link.execute("DELETE FROM proposal")
    link.execute("ALTER TABLE proposal RENAME TO hidden")
    assert sweep_deadlines(engine).refused == 0
    assert rows_of(engine, "SELECT state, lease_until > now() FROM deadline") == [("armed", True)]
    assert sweep_deadlines(engine).refused == 0
    link.execute("UPDATE deadline SET fence = 9, lease_until = NULL")
    assert sweep_deadlines(engine).refused == 1
    [(outcome,)] = rows_of(engine, "SELECT outcome FROM deadline")
    assert str(outcome).startswith("It failed 10 times")


def test_one_trigger_that_fails_does_not_hold_up_the_others(expiring: Link, engine: Engine) -> None:
    world.lay_case(expiring, "MC-2")
    world.lay_deadline(
        expiring, "odd", case_id="MC-2", does="fire", trigger="no_such", fires_at=NOW - 9 * HOUR
    )  # fmt: skip
    swept = sweep_deadlines(engine)
    assert (swept.fired, swept.refused) == (1, 1)


def test_the_census_is_folded_to_one_row_a_state_and_keeps_its_sums(
    link: Link, engine: Engine
) -> None:
    for state, change, times in (
        ("draft", 1, 7),
        ("draft", -1, 3),
        ("design", 1, 2),
        ("design", -1, 2),
    ):
        for _ in range(times):
            factory.insert(link, "census", machine="proposal", state=state, change=change)
    assert fold_census(engine, at_least=15) == 0
    assert fold_census(engine, at_least=14) == 14
    assert rows_of(engine, "SELECT machine, state, change FROM census") == [
        ("proposal", "draft", 4)
    ]


def test_sessions_long_unseen_are_removed(link: Link, engine: Engine) -> None:
    link.execute("DELETE FROM session")
    factory.insert(link, "session", seen_at="2020-01-01T00:00:00Z")
    factory.insert(link, "session", hash="b" * 64, seen_at="2999-01-01T00:00:00Z")
    assert prune_sessions(engine, unseen=timedelta(days=1)) == 1
    assert rows_of(engine, "SELECT hash FROM session") == [("b" * 64,)]
