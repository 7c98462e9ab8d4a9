"""The relay finds what nobody announced, does without a broker, and does not trust it either."""

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

import psycopg
import pytest

from tasks.broker import DELIVER, FOLLOW_ON
from tasks.context import Context
from tasks.relay import Relay
from tests import factory
from tests.tasks import world
from tests.tasks.post import Sink
from tests.tasks.world import NOW, rows_of, uuid

Link = psycopg.Connection[tuple[object, ...]]


@dataclass
class Ticks:
    """Seconds that pass when told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Told:
    """A broker that writes down what it is told, or fails."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    def publish(self, task: str, row: str) -> None:
        if self.broken:
            raise OSError("no broker")
        self.rows.append((task, row))


def states(context: Context) -> list[object]:
    return [row[0] for row in rows_of(context.engine, "SELECT state FROM envelope")]


def test_without_a_broker_the_relay_carries_out_everything_itself(
    link: Link, context: Context, post: Sink
) -> None:
    for n in range(20):
        world.lay_mail(link, f"{n}")
    world.lay_work(link, "w")
    world.lay_deadline(link, "d")
    world.lay_lost_follow_on(link, "f")
    assert Relay(context).drain() >= 23
    assert set(states(context)) == {"sent"}
    assert len(post.taken) == 21
    assert rows_of(context.engine, "SELECT state FROM follow_on") == [("dead",)]
    assert Relay(context).drain() == 0


def test_many_relays_send_each_mail_once(link: Link, context: Context, post: Sink) -> None:
    for n in range(60):
        world.lay_mail(link, f"{n}")
    relays = [threading.Thread(target=Relay(context).drain) for _ in range(3)]
    for relay in relays:
        relay.start()
    for relay in relays:
        relay.join()
    assert len(post.ids()) == len(set(post.ids())) == 60


def test_with_a_broker_workers_are_told_and_told_again_and_then_the_relay_acts_itself(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    ticks, told = Ticks(), Told()
    relay = Relay(replace(context, publisher=told), ticks=ticks)
    for second in range(8):
        ticks.now = second
        relay.once()
    assert told.rows == [(DELIVER, str(one))] * 4  # at 0, 2, 4 and 6 seconds
    assert post.taken == []
    ticks.now = 8
    relay.drain()
    assert states(context) == ["sent"]


def test_a_broker_that_fails_is_left_alone_for_a_while_and_mail_goes_on(
    link: Link, context: Context, post: Sink
) -> None:
    ticks, told = Ticks(), Told(broken=True)
    relay = Relay(replace(context, publisher=told), ticks=ticks)
    world.lay_mail(link, "one")
    relay.drain()
    assert len(post.taken) == 1
    told.broken = False
    world.lay_mail(link, "two")
    ticks.now = 5
    relay.drain()
    assert told.rows == []
    world.lay_mail(link, "three")
    ticks.now = 11
    relay.once()
    assert told.rows == [(DELIVER, str(uuid("three")))]


def test_signing_is_announced_where_there_is_a_broker_and_done_here_where_there_is_none(
    link: Link, context: Context
) -> None:
    factory.insert(link, "follow_on", id=uuid("f"), task="sign")
    told, signed = Told(), []
    handlers = {"sign": lambda _, follow_on: signed.append(follow_on.id)}
    Relay(replace(context, publisher=told, handlers=handlers)).once()
    assert told.rows == [(FOLLOW_ON, str(uuid("f")))]
    assert signed == []
    Relay(replace(context, handlers=handlers)).once()
    assert signed == [uuid("f")]


def test_a_page_of_what_is_waiting_does_not_hide_the_next_page(
    link: Link, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.relay._PAGE", 3)
    for n in range(8):
        world.lay_mail(link, f"{n}")
    told = Told()
    relay = Relay(replace(context, publisher=told), ticks=Ticks())
    for _ in range(3):
        relay.once()
    assert {row for _, row in told.rows} == {str(uuid(f"{n}")) for n in range(8)}


def test_a_step_that_fails_does_not_keep_the_others_from_being_done(
    link: Link, context: Context, post: Sink
) -> None:
    world.lay_mail(link, "one")
    link.execute("ALTER TABLE deadline RENAME TO hidden")
    Relay(context).drain()
    assert len(post.taken) == 1


def test_a_relay_without_a_database_goes_on_and_finds_its_work_when_it_is_back(
    link: Link, context: Context, post: Sink
) -> None:
    world.lay_mail(link, "one")
    link.execute("ALTER TABLE envelope RENAME TO hidden")
    relay = Relay(context)
    assert relay.drain() == 0
    link.execute("ALTER TABLE hidden RENAME TO envelope")
    relay.drain()
    assert len(post.taken) == 1


def test_a_relay_that_is_told_to_stop_finishes_what_it_has_in_hand(
    link: Link, context: Context, post: Sink
) -> None:
    post.wait = 0.5
    world.lay_mail(link, "one")
    stop = threading.Event()
    relay = threading.Thread(target=Relay(context).run, args=(stop,))
    relay.start()
    while not rows_of(context.engine, "SELECT 1 FROM attempt"):
        time.sleep(0.01)
    stop.set()
    relay.join(10)
    assert not relay.is_alive()
    assert states(context) == ["sent"]


def test_a_running_relay_sends_what_becomes_due(
    link: Link, context: Context, post: Sink, clock: world.SetClock
) -> None:
    world.lay_mail(link, "later", due_at=NOW + timedelta(days=3))
    stop = threading.Event()
    relay = threading.Thread(target=Relay(context).run, args=(stop,))
    relay.start()
    clock.at = NOW + timedelta(days=3)
    for _ in range(1000):
        if post.taken:
            break
        time.sleep(0.01)
    stop.set()
    relay.join(10)
    assert len(post.taken) == 1
