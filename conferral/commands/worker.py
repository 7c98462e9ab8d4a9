"""`conferral worker`: a Celery worker for some queues, or for all of them."""

from functools import partial
from typing import Final

import click

from conferral.errors import BadSettings
from conferral.process import settings_here, task_context
from tasks.app import make_celery
from tasks.broker import DEADLINES, ISSUING, MAIL

ALL: Final = (MAIL, DEADLINES, ISSUING)


def _queues(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in ALL]
    if unknown or not names:
        raise click.BadParameter(f"choose among {', '.join(ALL)}; not {', '.join(unknown) or text}")
    return names


@click.command()
@click.option(
    "--queues", default=",".join(ALL), show_default=True, callback=_queues,
    help="What it serves, with commas between. Only one that serves issuing opens the signing key.",
)  # fmt: skip
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
def command(*, queues: tuple[str, ...], concurrency: int) -> None:
    """Carry out what is due until SIGTERM, and end what is in hand first. Any number may run."""
    broker = settings_here().redis_url
    if broker is None:
        raise BadSettings("REDIS_URL is not set. Without a broker run: conferral relay")
    context = partial(task_context, with_key=ISSUING in queues, size=concurrency + 4)
    make_celery(broker, context).worker_main([
        "worker", "--pool", "threads", "--concurrency", str(concurrency),
        "--queues", ",".join(queues), "--without-gossip", "--without-mingle", "--loglevel", "INFO",
    ])  # fmt: skip
