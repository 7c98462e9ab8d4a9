"""`conferral jobs`: long work, and how far it has come."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from conferral import console
from workflow import jobs
from workflow.engine import Engine
from workflow.jobs import Job

_LOOK_EVERY: Final = 0.5


@click.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--watch", is_flag=True, help="Draw those that run until they are done.")
@console.data_option
@console.json_option
def command(*, limit: int, watch: bool, data: Path | None, as_json: bool) -> None:
    """List the jobs that began last, and watch those that run."""
    with console.engine(data) as engine:
        if watch:
            _watch(engine, limit)
        found = _newest(engine, limit)
        days = console.days_of(engine)
    if as_json:
        console.show_json([asdict(one) | {"percent": one.percent} for one in found])
        return
    for one in found:
        click.echo(" ".join(_words(one, days)))
    if not found:
        click.echo("No long work has been begun yet.")


def _newest(engine: Engine, limit: int) -> tuple[Job, ...]:
    with engine.connect() as connection:
        return jobs.newest(connection, take=limit)


def _words(one: Job, days: console.Days) -> Iterator[str]:
    """A job in a line: "100 %  Agenda of UGC: 12 of 12, since Tue 24 Nov 2026, done."."""
    yield f"{one.percent:>3} %  {one.says}: {one.begun} of {one.total},"
    yield f"since {days(one.started_at)}, by {one.by_name or one.by},"
    if one.failed:
        yield f"{one.failed} could not be done ({one.problem}),"
    yield "done." if one.finished_at else "without a worker." if one.lost else "running."


def _watch(engine: Engine, limit: int) -> None:
    """A bar for each job that runs, until the last one ends or has lost its worker."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as drawn:
        bars = {
            one.id: drawn.add_task(one.says, total=one.total, completed=one.begun)
            for one in _running(_newest(engine, limit))
        }
        while bars:
            found = {one.id: one for one in _newest(engine, limit) if one.id in bars}
            for one in found.values():
                drawn.update(bars[one.id], completed=one.begun)
            if not any(_running(tuple(found.values()))):
                return
            time.sleep(_LOOK_EVERY)


def _running(found: tuple[Job, ...]) -> Iterator[Job]:
    return (one for one in found if one.finished_at is None and not one.lost)
