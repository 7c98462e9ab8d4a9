"""The broker as we use it: a message only says "wake up" and may be lost without harm.

Options are named as in celery 5.7 and kombu 5.7; each call has a time-out, so a frozen broker costs
a second and never a request.
"""

from typing import TYPE_CHECKING, Final

from celery import Celery

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL: Final = "mail"
DEADLINES: Final = "deadlines"
ISSUING: Final = "issuing"

#: Every task, and the queue it waits in.
DELIVER, WAKE = "conferral.deliver", "conferral.wake"
FOLLOW_ON, SWEEP = "conferral.follow_on", "conferral.sweep"
QUEUES: Final = {DELIVER: MAIL, WAKE: MAIL, FOLLOW_ON: ISSUING, SWEEP: DEADLINES}

#: Longer than the longest task; what a dead worker held comes back after it, if we have not been
#: quicker: the row's own lease ends first.
_VISIBILITY = 300
_SOCKET = 1.0
#: Seconds between two pokes of beat.
_POKE = 30.0

#: A worker's connection may wait for messages; one that publishes may not wait at all.
_TRANSPORT: "Mapping[str, object]" = {
    "visibility_timeout": _VISIBILITY,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5.0,
    "socket_connect_timeout": 2.0,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": False,
}
_PUBLISHING: "Mapping[str, object]" = {
    **_TRANSPORT,
    "socket_timeout": _SOCKET,
    "socket_connect_timeout": _SOCKET,
    "max_retries": 0,
}


#: The same for a broker that speaks AMQP (RabbitMQ): what was taken comes back when its taker goes.
_AMQP: "Mapping[str, object]" = {"read_timeout": 5.0, "write_timeout": 5.0, "connect_timeout": 2.0}
_AMQP_PUBLISHING: "Mapping[str, object]" = {
    "read_timeout": _SOCKET, "write_timeout": _SOCKET, "connect_timeout": _SOCKET,
    "max_retries": 0,
}  # fmt: skip


def transport_options(broker_url: str, *, publishing: bool) -> dict[str, object]:
    """What the transport of this broker understands: Redis and Valkey, or AMQP."""
    if broker_url.startswith("amqp"):
        return dict(_AMQP_PUBLISHING if publishing else _AMQP)
    return dict(_PUBLISHING if publishing else _TRANSPORT)


def celery_app(broker_url: str, *, publishing: bool = False) -> Celery:
    """A Celery that keeps nothing: no results, no events; acknowledged late, one at a time."""
    app = Celery("conferral", broker=broker_url, set_as_current=False)
    app.conf.update(
        broker_transport_options=transport_options(broker_url, publishing=publishing),
        broker_connection_timeout=_SOCKET if publishing else 4.0,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_pool="threads",
        worker_concurrency=8,
        task_serializer="json",
        accept_content=["json"],
        task_create_missing_queues=False,
        task_default_queue=MAIL,
        task_queues={
            name: {"exchange": name, "routing_key": name} for name in (MAIL, DEADLINES, ISSUING)
        },
        task_routes={task: {"queue": queue} for task, queue in QUEUES.items()},
        # Beat, where it runs, only pokes: no deadline is in it, and a poke too many finds nothing.
        beat_schedule={"poke": {"task": SWEEP, "schedule": _POKE}},
        enable_utc=True,
    )
    return app


class CeleryPublisher:
    """Publishes wake-ups; raises at once, or after the socket's time-out, when it cannot."""

    def __init__(self, broker_url: str) -> None:
        self._app = celery_app(broker_url, publishing=True)

    def publish(self, task: str, row: str) -> None:
        """Send one wake-up for a row, without a retry."""
        self._app.send_task(task, args=[row], queue=QUEUES[task], retry=False, ignore_result=True)
