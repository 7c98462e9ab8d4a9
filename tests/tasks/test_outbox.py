"""Claims and finishes: one owner at a time, and whoever comes late changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests import factory
from tests.tasks import world
from tests.tasks.world import NOW, uuid
from workflow.engine import Engine
from workflow.outbox import (
    MAIL_RESTS,
    Attempted,
    ClaimedMail,
    claim_deadlines,
    claim_envelopes,
    claim_follow_ons,
    due_envelopes,
    finish_deadline,
    finish_envelope,
    finish_follow_on,
    rest_after,
)

Link = psycopg.Connection[tuple[object, ...]]
LEASE = timedelta(seconds=30)


def claim(link: Link, **more: object) -> list[ClaimedMail]:
    wanted = {"limit": 10, "lease": LEASE, "business_now": NOW} | more
    return claim_envelopes(link, **wanted)  # type: ignore[arg-type]


def end_leases(link: Link) -> None:
    for table in ("envelope", "follow_on", "deadline"):
        link.execute(
            sql.SQL("UPDATE {} SET lease_until = now() - interval '1 s'").format(
                sql.Identifier(table)
            )
        )


def mail_row(link: Link, name: str) -> tuple[object, ...]:
    row = link.execute(
        "SELECT state, fence, attempts, outcome FROM envelope WHERE id = %s", (uuid(name),)
    ).fetchone()
    assert row is not None
    return row


def attempts(link: Link) -> list[tuple[object, ...]]:
    return link.execute("SELECT fence, result, answer FROM attempt ORDER BY id").fetchall()


def test_a_claimed_mail_is_nobody_elses_until_its_lease_ends(link: Link) -> None:
    world.lay_mail(link, "one")
    assert claim(link) == [ClaimedMail(uuid("one"), 1, 1)]
    assert claim(link) == []
    assert claim(link, ids=[uuid("one")]) == []
    end_leases(link)
    assert claim(link) == [ClaimedMail(uuid("one"), 2, 2)]


def test_what_is_not_due_by_business_time_waits_and_a_shifted_clock_brings_it_forward(
    link: Link,
) -> None:
    world.lay_mail(link, "tomorrow", due_at=NOW + timedelta(days=1))
    assert claim(link) == []
    assert len(claim(link, business_now=NOW + timedelta(days=1))) == 1


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(link: Link) -> None:
    for n in (3, 1, 2):
        world.lay_mail(link, f"{n}", due_at=NOW - timedelta(hours=n))
    assert {mail.id for mail in claim(link, limit=2)} == {uuid("3"), uuid("2")}


def test_many_claimants_at_once_share_the_rows_without_overlap(link: Link, engine: Engine) -> None:
    for n in range(200):
        world.lay_mail(link, f"{n}")

    def take(_: int) -> list[UUID]:
        mine: list[UUID] = []
        with engine.connect() as connection:
            while found := claim(connection, limit=7):
                mine += [mail.id for mail in found]
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [one for mine in pool.map(take, range(6)) for one in mine]
    assert len(taken) == len(set(taken)) == 200


def test_the_fence_refuses_a_writer_whose_lease_was_taken_over(link: Link) -> None:
    world.lay_mail(link, "one")
    [late] = claim(link)
    end_leases(link)
    [now] = claim(link)
    assert not finish_envelope(link, late, Attempted("dead", "550 no"), business_now=NOW)
    assert mail_row(link, "one") == ("pending", 2, 2, None)
    assert finish_envelope(link, now, Attempted("sent", "250 OK"), business_now=NOW)
    assert mail_row(link, "one") == ("sent", 2, 2, "250 OK")
    assert not finish_envelope(link, late, Attempted("sent", "250 OK"), business_now=NOW)


def test_an_attempt_that_never_told_its_end_is_unknown_for_ever(link: Link) -> None:
    world.lay_mail(link, "one")
    [late] = claim(link)
    end_leases(link)
    [now] = claim(link)
    finish_envelope(link, now, Attempted("sent", "250 OK"), business_now=NOW)
    finish_envelope(link, late, Attempted("sent", "250 late"), business_now=NOW)
    assert attempts(link) == [(1, "unknown", "No answer was recorded."), (2, "sent", "250 OK")]


def test_a_failed_mail_rests_by_the_databases_clock_and_then_comes_back(link: Link) -> None:
    world.lay_mail(link, "one")
    [mail] = claim(link)
    rest = timedelta(seconds=60)
    finish_envelope(link, mail, Attempted("retry", "451 later", rest), business_now=NOW)
    assert claim(link, business_now=NOW + timedelta(days=9)) == []
    assert due_envelopes(link, limit=9, business_now=NOW) == []
    link.execute("UPDATE envelope SET retry_at = now() - interval '1 s'")
    assert [found.attempts for found in claim(link)] == [2]


def test_a_failed_mail_without_another_rest_is_dead_with_its_reason(link: Link) -> None:
    world.lay_mail(link, "one")
    [mail] = claim(link)
    finish_envelope(link, mail, Attempted("retry", "451 later", None), business_now=NOW)
    assert mail_row(link, "one") == ("dead", 1, 1, "451 later")
    assert attempts(link) == [(1, "retry", "451 later")]


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_rests_grow_and_end(jitter: float) -> None:
    rests = [rest_after(n, MAIL_RESTS, jitter) for n in range(1, len(MAIL_RESTS) + 1)]
    assert all(rest is not None for rest in rests)
    assert rests == sorted(rests)  # type: ignore[type-var]
    assert rests[0] is not None
    assert MAIL_RESTS[0] <= rests[0] <= MAIL_RESTS[0] * 1.25
    assert rest_after(len(MAIL_RESTS) + 1, MAIL_RESTS, jitter) is None


def test_pages_of_what_is_due_follow_each_other_without_gap_or_overlap(link: Link) -> None:
    for n in range(5):
        world.lay_mail(link, f"{n}")
    first = due_envelopes(link, limit=3, business_now=NOW)
    second = due_envelopes(link, limit=3, business_now=NOW, after=first[-1])
    assert len(first) == 3
    assert len(second) == 2
    assert {one for _, one in first + second} == {uuid(f"{n}") for n in range(5)}


def lay_follow_on(link: Link, name: str, *, task: str = "perform", cause: str = "MC-1") -> None:
    factory.insert(link, "follow_on", id=uuid(name), task=task, cause_case=cause)


def test_a_follow_on_is_claimed_by_task_by_cause_and_by_id(link: Link) -> None:
    world.lay_case(link, "MC-2")
    lay_follow_on(link, "a")
    lay_follow_on(link, "b", cause="MC-2")
    lay_follow_on(link, "c", task="sign")
    wanted = {"limit": 9, "lease": LEASE, "business_now": NOW}
    assert [f.task for f in claim_follow_ons(link, **wanted, tasks=["sign"])] == ["sign"]  # type: ignore[arg-type]
    assert [f.id for f in claim_follow_ons(link, **wanted, causes=["MC-2"])] == [uuid("b")]  # type: ignore[arg-type]
    assert claim_follow_ons(link, **wanted, ids=[uuid("b")]) == []  # type: ignore[arg-type]
    assert [f.id for f in claim_follow_ons(link, **wanted)] == [uuid("a")]  # type: ignore[arg-type]


def test_the_fence_of_a_follow_on_refuses_the_late_writer(link: Link) -> None:
    lay_follow_on(link, "a")
    [late] = claim_follow_ons(link, limit=1, lease=LEASE, business_now=NOW)
    end_leases(link)
    [now] = claim_follow_ons(link, limit=1, lease=LEASE, business_now=NOW)
    assert (late.fence, now.fence, now.attempts) == (1, 2, 2)
    assert not finish_follow_on(link, late, "dead", outcome="late")
    assert finish_follow_on(link, now, "done")
    assert not finish_follow_on(link, now, "done")


def test_a_deadline_that_fires_is_claimed_with_its_case_as_it_stands(link: Link) -> None:
    world.lay_deadline(link, "a", does="fire", trigger="expire")
    world.lay_deadline(link, "b", does="remind")
    [due] = claim_deadlines(link, limit=9, lease=LEASE, business_now=NOW)
    assert (due.id, due.machine, due.state, due.revision) == (uuid("a"), "proposal", "draft", 2)
    assert claim_deadlines(link, limit=9, lease=LEASE, business_now=NOW) == []


def test_only_fired_is_written_over_a_deadline_that_its_own_trigger_cancelled(link: Link) -> None:
    world.lay_deadline(link, "a", does="fire", trigger="expire")
    [due] = claim_deadlines(link, limit=9, lease=LEASE, business_now=NOW)
    link.execute("UPDATE deadline SET state = 'cancelled'")
    assert not finish_deadline(link, due, "refused", outcome="no")
    assert finish_deadline(link, due, "fired")
    assert not finish_deadline(link, due, "fired")
