"""A nudge costs whoever acts nothing, whatever the broker does."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from conferral.servers import embedded
from tasks.broker import MAIL, CeleryPublisher
from tasks.nudge import Nudger
from tests.tasks.test_worker import eventually

#: Far more than a nudge takes, far less than any time-out: only what blocks takes longer.
BLOCKED = 0.5


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A Valkey of this test alone, and the id of its process."""
    given = {"DATABASE_URL": "postgresql://nowhere/", "SMTP_URL": "smtp://nowhere"}
    with embedded(tmp_path / "data", fast=True, keep=False, environ=given) as servers:
        with redis.Redis.from_url(servers.redis_url) as client:
            number = int(client.info("server")["process_id"])
        try:
            yield servers.redis_url, number
        finally:
            os.kill(number, signal.SIGCONT)


def longest_wake(nudger: Nudger, times: int = 300) -> float:
    longest = 0.0
    for n in range(times):
        begun = time.perf_counter()
        nudger.wake(f"MC-{n}")
        longest = max(longest, time.perf_counter() - begun)
    return longest


def test_a_nudge_reaches_the_broker(own: tuple[str, int]) -> None:
    url, _ = own
    nudger = Nudger(url)
    nudger.wake("MC-1")
    with redis.Redis.from_url(url) as client:
        assert eventually(lambda: client.llen(MAIL) == 1)
    nudger.stop()
    assert nudger.dropped == 0


def test_a_frozen_broker_delays_nobody_and_is_used_again_once_it_thaws(
    own: tuple[str, int],
) -> None:
    url, number = own
    nudger = Nudger(url)
    nudger.wake("MC-0")
    with redis.Redis.from_url(url) as client:
        assert eventually(lambda: client.llen(MAIL) == 1)
        os.kill(number, signal.SIGSTOP)
        assert longest_wake(nudger, 3000) < BLOCKED
        assert eventually(lambda: nudger.dropped > 1000)
        os.kill(number, signal.SIGCONT)
        before = client.llen(MAIL)

        def thawed() -> bool:
            nudger.wake("MC-1")
            return bool(client.llen(MAIL) > before)

        assert eventually(thawed)
    nudger.stop()


def test_a_broker_that_is_not_there_delays_nobody() -> None:
    nudger = Nudger("redis://127.0.0.1:1/0")
    assert longest_wake(nudger) < BLOCKED
    assert eventually(lambda: nudger.dropped == 300)
    nudger.stop()


def test_publishing_to_a_frozen_broker_ends_within_its_time_outs(own: tuple[str, int]) -> None:
    url, number = own
    told = CeleryPublisher(url)
    os.kill(number, signal.SIGSTOP)
    failed: list[BaseException] = []

    def publish() -> None:
        try:
            told.publish("conferral.wake", "MC-1")
        except Exception as error:  # noqa: BLE001 - any error will do
            failed.append(error)

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failed) == 1


def test_a_full_queue_drops_nudges_instead_of_waiting() -> None:
    class Stuck:
        def publish(self, task: str, row: str) -> None:
            del task, row
            time.sleep(60)

    nudger = Nudger("", publisher=Stuck())
    assert longest_wake(nudger, 2000) < BLOCKED
    assert nudger.dropped >= 999
