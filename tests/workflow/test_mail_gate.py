"""A server that fails is let alone, by all workers at once; each domain has its pace."""

import multiprocessing
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast
from uuid import UUID

import psycopg
import pytest

from policies.delivery import Delivery
from tests.factory import seed_people
from tests.tasks import world
from tests.tasks.world import NOW
from workflow import mail_gate
from workflow.mail_gate import Admitted, admit, answered, failed, put_back, shut
from workflow.outbox import ClaimedMail, claim_envelopes

Link = psycopg.Connection[tuple[object, ...]]
SERVER = "mail.example.edu:25"
FIGURES = Delivery(per_minute=600, opens_after=3, rests=(10, 60), setting_rest=30)
SLOW = Delivery(per_minute=6, opens_after=3, rests=(10,), setting_rest=30)


@pytest.fixture
def link(database_url: str) -> Iterator[Link]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        seed_people(connection)
        world.lay_case(connection)
        yield connection


def claimed(link: Link, name: str) -> ClaimedMail:
    """A mail, laid and claimed."""
    one = world.lay_mail(link, name)
    return claim(link, one)


def claim(link: Link, one: UUID) -> ClaimedMail:
    (mail,) = claim_envelopes(
        link, limit=1, lease=timedelta(seconds=60), business_now=NOW, ids=[one]
    )
    return mail


def asks(link: Link, mail: ClaimedMail, figures: Delivery = FIGURES) -> Admitted:
    return admit(link, SERVER, mail, domain="example.edu", figures=figures)


def fails(link: Link, *, probe: bool = False, setting: bool = False) -> timedelta | None:
    return failed(link, SERVER, "no answer", figures=FIGURES, setting=setting, probe=probe)


def near(rest: timedelta | None, seconds: int) -> bool:
    return rest is not None and seconds - 1 < rest.total_seconds() <= seconds


def rests(link: Link) -> None:
    """Let its rest be over."""
    link.execute("UPDATE mail_server SET probe_at = clock_timestamp() WHERE probe_at IS NOT NULL")


# ------------------------------------------------------------------------- the server


def test_after_some_failures_in_a_row_nothing_is_handed_over_until_a_probe_is_answered(
    link: Link,
) -> None:
    mail = claimed(link, "one")
    assert asks(link, mail) == Admitted()
    assert [fails(link) for _ in range(2)] == [None, None]
    assert not shut(link, SERVER)
    assert near(fails(link), 10)
    assert shut(link, SERVER)
    assert near(asks(link, mail).wait, 10)
    rests(link)
    assert not shut(link, SERVER)
    assert asks(link, mail) == Admitted(probe=True)
    assert asks(link, mail).wait is not None  # one tries it, the others wait
    assert near(fails(link, probe=True), 60)
    rests(link)
    assert asks(link, mail).probe
    answered(link, SERVER)
    assert asks(link, mail) == Admitted()
    assert fails(link) is None


def test_an_answer_in_between_begins_the_count_anew(link: Link) -> None:
    for _ in range(3):
        fails(link)
        fails(link)
        answered(link, SERVER)
    assert not shut(link, SERVER)


def test_those_under_way_when_it_closed_do_not_make_its_rest_longer(link: Link) -> None:
    for _ in range(3):
        fails(link)
    for _ in range(20):
        assert near(fails(link), 10)
    rests(link)
    assert asks(link, claimed(link, "one")).probe
    assert near(fails(link, probe=True), 60)
    rests(link)
    asks(link, claimed(link, "two"))
    assert near(fails(link, probe=True), 60)  # the last rest, from then on


def test_a_server_that_refuses_us_is_let_alone_at_once(link: Link) -> None:
    assert near(fails(link, setting=True), 30)
    rests(link)
    mail = claimed(link, "one")
    assert asks(link, mail).probe
    assert near(fails(link, setting=True, probe=True), 30)
    rests(link)
    assert asks(link, mail).probe
    assert near(fails(link, probe=True), 10)  # the password is right now, and nobody answers


def test_a_probe_that_died_is_followed_by_another(link: Link) -> None:
    for _ in range(3):
        fails(link)
    rests(link)
    mail = claimed(link, "one")
    assert asks(link, mail).probe
    assert near(asks(link, mail).wait, 60)
    rests(link)
    assert asks(link, mail).probe


def test_a_mail_that_waits_is_put_back_untried(link: Link) -> None:
    mail = claimed(link, "one")
    assert put_back(link, mail, Admitted(timedelta(seconds=30)))
    row = link.execute(
        "SELECT state, attempts, retry_at > now(), lease_until FROM envelope"
    ).fetchone()
    assert row == ("pending", 0, True, None)
    assert link.execute("SELECT FROM attempt").fetchone() is None


def test_whoever_lost_the_lease_puts_nothing_back(link: Link) -> None:
    mail = claimed(link, "one")
    link.execute("UPDATE envelope SET lease_until = now() - interval '1 s'")
    again = claim(link, mail.id)
    assert not put_back(link, mail, Admitted(timedelta(seconds=30)))
    assert put_back(link, again, Admitted(timedelta(seconds=30)))


# ------------------------------------------------------------------------- the pace


def test_a_domain_gets_its_mails_at_their_distance_and_others_do_not_wait_for_it(
    link: Link,
) -> None:
    waits = []
    for n in range(4):
        mail = claimed(link, f"{n}")
        admitted = asks(link, mail, SLOW)
        waits.append(admitted)
        if admitted.wait:
            put_back(link, mail, admitted)
    assert [one.wait is None for one in waits] == [True, True, False, False]
    slots = [cast("datetime", one.slot) for one in waits[2:]]
    assert slots[1] - slots[0] == timedelta(seconds=10)
    other = admit(link, SERVER, claimed(link, "x"), domain="other.edu", figures=SLOW)
    assert other == Admitted()


def test_a_mail_that_comes_back_at_its_place_goes_and_one_that_missed_it_asks_anew(
    link: Link,
) -> None:
    mail = claimed(link, "one")
    for seconds, goes in ((1, True), (120, False)):
        link.execute(
            "UPDATE mail_pace SET next_at = now() + interval '1 h'"
            if not goes
            else "INSERT INTO mail_pace VALUES ('example.edu', now() + interval '1 h')"
        )
        link.execute("UPDATE envelope SET slot_at = now() - %s * interval '1 s'", (seconds,))
        assert (asks(link, mail).wait is None) == goes


def _take(url: str, many: int, slots: "multiprocessing.Queue[list[datetime]]") -> None:
    mine = []
    with psycopg.connect(url, autocommit=True) as connection:
        mail = ClaimedMail(UUID(int=99), 1, 1)
        for _ in range(many):
            found = admit(connection, SERVER, mail, domain="example.edu", figures=SLOW)
            if found.slot:
                mine.append(found.slot)
    slots.put(mine)


def test_two_processes_keep_one_pace(link: Link, database_url: str) -> None:
    del link
    spawn = multiprocessing.get_context("spawn")
    slots = spawn.Queue()
    both = [spawn.Process(target=_take, args=(database_url, 20, slots)) for _ in range(2)]
    for one in both:
        one.start()
    found = sorted([*slots.get(timeout=60), *slots.get(timeout=60)])
    for one in both:
        one.join()
    assert len(found) >= 38
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(seconds=10)}


def _try(url: str, many: int, probes: "multiprocessing.Queue[int]") -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        mail = ClaimedMail(UUID(int=99), 1, 1)
        mine = [
            admit(connection, SERVER, mail, domain="example.edu", figures=FIGURES)
            for _ in range(many)
        ]
    probes.put(sum(one.probe for one in mine))


def test_two_processes_send_one_probe(link: Link, database_url: str) -> None:
    for _ in range(3):
        fails(link)
    rests(link)
    spawn = multiprocessing.get_context("spawn")
    probes = spawn.Queue()
    both = [spawn.Process(target=_try, args=(database_url, 30, probes)) for _ in range(2)]
    for one in both:
        one.start()
    assert probes.get(timeout=60) + probes.get(timeout=60) == 1
    for one in both:
        one.join()
    assert mail_gate.shut(link, SERVER)
