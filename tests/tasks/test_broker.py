"""What the broker is asked for: nothing that only one kind of broker knows."""

import pytest
from celery.schedules import schedule

from tasks.broker import QUEUES, SWEEP, celery_app, transport_options

REDIS = {"visibility_timeout", "unacked_restore_interval", "health_check_interval"}


@pytest.mark.parametrize("publishing", [False, True])
@pytest.mark.parametrize("url", ["amqp://guest@localhost//", "amqps://mq.example.edu/conferral"])
def test_a_broker_that_speaks_amqp_is_told_only_what_amqp_knows(
    url: str, *, publishing: bool
) -> None:
    options = transport_options(url, publishing=publishing)
    assert not REDIS & set(options)
    assert {"read_timeout", "write_timeout", "connect_timeout"} <= set(options)
    app = celery_app(url, publishing=publishing)
    with app.connection_for_write() as connection:
        assert connection.transport_cls == url.partition(":")[0]
        assert connection.transport_options == options
        assert connection.transport.driver_type == "amqp"


@pytest.mark.parametrize("publishing", [False, True])
def test_redis_is_told_how_long_a_message_may_be_away_and_never_waits_for_ever(
    *, publishing: bool
) -> None:
    options = transport_options("redis://localhost/0", publishing=publishing)
    assert set(options) >= REDIS
    assert options["socket_timeout"] == (1.0 if publishing else 5.0)


def test_beat_only_pokes_and_holds_no_deadline() -> None:
    app = celery_app("redis://localhost/0")
    (poke,) = app.conf.beat_schedule.values()
    assert poke["task"] == SWEEP
    assert "args" not in poke
    assert isinstance(schedule(poke["schedule"]), schedule)


def test_every_queue_that_a_task_waits_in_is_one_that_workers_serve() -> None:
    app = celery_app("redis://localhost/0")
    assert set(QUEUES.values()) == set(app.amqp.queues)
