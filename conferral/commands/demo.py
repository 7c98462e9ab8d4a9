"""`conferral demo`: the whole way on real input, from 18 records to signed Open Badges."""

import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psycopg

from conferral.clock import SharedClock
from conferral.commands import INTERRUPTED
from conferral.commands.run import programs
from conferral.compose import bring_up, make_engine, pool
from conferral.demo import report, story
from conferral.demo.records import sample_records
from conferral.demo.stage import BEGINS, Stage
from conferral.importing import Opened
from conferral.process import CLOCK_FILE
from conferral.seed import seed
from conferral.servers import Running, embedded
from conferral.settings import load, variable
from conferral.supervise import beside, stopping_on_signals
from policies import calendar


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where credentials, mails, history and summary are written.",
)
def command(out: Path) -> int:
    """Take 18 real records, four proposals and three learners to signed badges, in under a minute.

    It runs on servers of its own, which end with it; a clock that skips the waiting makes reminders
    and an escalation really go out.
    """
    began = time.monotonic()
    report.clear(out)
    finished: list[report.Summary] = []
    with stopping_on_signals():
        finished.append(played(out))
    if not finished:
        return INTERRUPTED
    summary = finished[0]
    click.echo(report.told(summary, out, began=BEGINS, seconds=time.monotonic() - began))
    return 0 if summary.violations == 0 else 1


def played(out: Path) -> report.Summary:
    """Set the stage, play the story, write what it left."""
    with TemporaryDirectory(prefix="conferral-demo-") as folder:
        data = Path(folder)
        say("Starting PostgreSQL, Valkey and a mail server of its own")
        with embedded(data, keep=False, environ={}) as servers:
            bring_up(servers.database_url)
            with psycopg.connect(servers.database_url) as connection:
                seed(connection)
            return _on_stage(data, servers, out)


def _on_stage(data: Path, servers: Running, out: Path) -> report.Summary:
    environ = _environment(data, servers)
    clock = SharedClock(Path(environ[CLOCK_FILE]))
    clock.begin_at(BEGINS)
    settings = load(environ)
    say("Starting a Celery worker and a relay")
    beside_us = [one for one in programs(1) if one.name in {"worker", "relay"}]
    with (
        beside(beside_us, logs=data / "log", environ=environ) as kept,
        pool(servers.database_url, size=2) as connect,
    ):
        engine = make_engine(connect, clock=clock)
        stage = Stage(engine, clock, calendar.load(), kept, say)
        opened = _import(stage)
        cases = {one.plan.record.title: one.case for one in opened if one.case}
        story.play(stage, story.cases_of(cases))
        stage.settle()
        say("Writing what it left")
        return report.write(stage, settings, out, opened=opened, mail=data / "mail")


def _environment(data: Path, servers: Running) -> dict[str, str]:
    own = {
        variable("data"): str(data),
        variable("base_url"): "https://conferral.example.edu",
        "SECRET_KEY": secrets.token_urlsafe(48),
        CLOCK_FILE: str(data / "clock"),
    }
    inherited: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith("CONFERRAL_")
    }
    return {**inherited, **servers.environ(), **own}


def _import(stage: Stage) -> tuple[Opened, ...]:
    say("Importing 18 real micro-credentials as draft proposals")
    return sample_records(stage.engine)


_STARTED = time.monotonic()


def say(line: str) -> None:
    """Tell what happens now, with the seconds since the start."""
    click.echo(f"{time.monotonic() - _STARTED:5.1f} s  {line}")
    sys.stdout.flush()
