"""A real Celery worker as a process, for tests: DATABASE BROKER SMTP, and what it may do."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack

from tasks import deliver
from tasks.app import make_celery
from tasks.broker import CeleryPublisher
from tasks.context import Context
from tasks.smtp import Answer, send
from tests.tasks import world


def main(database: str, broker: str, smtp: str, *more: str) -> None:
    """Work until killed. "die" kills this process between the server's 250 and our mark."""
    opened = ExitStack()

    def context() -> Context:
        engine = opened.enter_context(world.engine_on(database))
        return Context(
            engine=engine, smtp_url=smtp, sender="Conferral <conferral@example.edu>",
            base_url="https://conferral.example.edu", publisher=CeleryPublisher(broker),
        )  # fmt: skip

    if "die" in more:
        vars(deliver)["send"] = _then_die(send)
    app = make_celery(broker, context, relay="relay" in more)
    app.worker_main(["worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle"])


def _then_die(send: Callable[..., Answer]) -> Callable[..., Answer]:
    def sent(*arguments: object, **named: object) -> Answer:
        send(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    return sent


if __name__ == "__main__":
    main(*sys.argv[1:])
