"""A real worker on a real Valkey, killed, doubled, flushed: nothing lost, nothing doubled."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
import redis

from tasks.broker import DELIVER, QUEUES, SWEEP, WAKE, CeleryPublisher, celery_app
from tasks.context import Context
from tasks.relay import Relay
from tests.tasks import world
from tests.tasks.post import Sink
from tests.tasks.world import rows_of, uuid

Link = psycopg.Connection[tuple[object, ...]]
ROOT = Path(__file__).parents[2]


def eventually(holds: Callable[[], object], *, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())


@pytest.fixture
def broker(valkey_url: str) -> Iterator[redis.Redis]:
    """The broker, empty before and after."""
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
        yield client
        client.flushall()


class Urls(NamedTuple):
    database: str
    broker: str


@pytest.fixture
def urls(database_url: str, valkey_url: str) -> Urls:
    return Urls(database_url, valkey_url)


@contextmanager
def worker(database: str, broker: str, smtp: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.tasks.worker", database, broker, smtp, *more]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def states(context: Context) -> list[object]:
    return [row[0] for row in rows_of(context.engine, "SELECT state FROM envelope")]


def results(context: Context) -> list[object]:
    return [row[0] for row in rows_of(context.engine, "SELECT result FROM attempt ORDER BY id")]


def test_a_wake_up_for_a_case_sends_all_its_mails_once_however_often_it_comes(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    for n in range(12):
        world.lay_mail(link, f"{n}")
    world.lay_lost_follow_on(link, "f")
    told = CeleryPublisher(urls.broker)
    with worker(urls.database, urls.broker, post.url):
        for _ in range(3):
            told.publish(WAKE, "MC-1")
            for n in range(12):
                told.publish(DELIVER, str(uuid(f"{n}")))
        assert eventually(lambda: set(states(context)) == {"sent"})
        assert eventually(lambda: not any(broker.llen(name) for name in set(QUEUES.values())))
    assert len(post.ids()) == len(set(post.ids())) == 12
    assert results(context) == ["sent"] * 12
    assert rows_of(context.engine, "SELECT state FROM follow_on") == [("dead",)]


def test_a_sweep_task_does_what_is_due(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    del broker  # only that it is empty
    world.lay_work(link, "w")
    world.lay_deadline(link, "d")
    with worker(urls.database, urls.broker, post.url):
        celery_app(urls.broker).send_task(SWEEP, queue=QUEUES[SWEEP])
        assert eventually(
            lambda: rows_of(context.engine, "SELECT state FROM notification") == [("pending",)]
        )


def test_a_worker_killed_between_the_servers_yes_and_our_mark_costs_one_copy_that_is_explained(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    del broker  # only that it is empty
    one = world.lay_mail(link, "one")
    with worker(urls.database, urls.broker, post.url, "die") as dying:
        CeleryPublisher(urls.broker).publish(DELIVER, str(one))
        assert dying.wait(30) != 0
    assert states(context) == ["pending"]
    assert results(context) == ["started"]
    link.execute("UPDATE envelope SET lease_until = now() - interval '1 s'")
    with worker(urls.database, urls.broker, post.url, "relay"):
        assert eventually(lambda: states(context) == ["sent"])
    assert results(context) == ["unknown", "sent"]
    assert post.ids() == [f"<{one}@example.edu>"] * 2


def test_a_worker_is_a_relay_too_and_finds_what_nobody_announced(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    del broker  # only that it is empty
    with worker(urls.database, urls.broker, post.url, "relay"):
        for n in range(5):
            world.lay_mail(link, f"{n}")
        assert eventually(lambda: set(states(context)) == {"sent"})
    assert len(post.taken) == 5


def test_relay_and_workers_together_send_each_mail_once_though_the_broker_forgets_everything(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    ids: list[UUID] = [world.lay_mail(link, f"{n}") for n in range(60)]
    told = CeleryPublisher(urls.broker)
    relay = Relay(replace(context, publisher=told))
    with (
        worker(urls.database, urls.broker, post.url),
        worker(urls.database, urls.broker, post.url, "relay"),
    ):
        for n, one in enumerate(ids):
            told.publish(DELIVER, str(one))
            if n % 20 == 19:
                broker.flushall()
        assert eventually(lambda: relay.once() * 0 or set(states(context)) == {"sent"}, seconds=60)
    assert len(post.ids()) == len(set(post.ids())) == 60


def test_a_message_that_is_no_row_id_harms_nobody(
    link: Link,
    context: Context,
    post: Sink,
    broker: redis.Redis,
    urls: Urls,
) -> None:
    told = CeleryPublisher(urls.broker)
    with worker(urls.database, urls.broker, post.url):
        for row in ("", "not an id", "'; DROP TABLE person", str(uuid("nowhere"))):
            told.publish(DELIVER, row)
        told.publish(WAKE, "XX-9")
        told.publish(DELIVER, str(world.lay_mail(link, "one")))
        assert eventually(lambda: states(context) == ["sent"])
        assert eventually(lambda: not broker.llen(QUEUES[DELIVER]))
