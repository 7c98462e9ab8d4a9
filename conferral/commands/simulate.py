"""`conferral simulate`: a university year on a clock that skips, and what broke in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from conferral import console
from conferral.simulation.measure import Report
from conferral.simulation.plan import load_for
from conferral.simulation.report import told
from conferral.simulation.year import SoFar, Told, simulate
from conferral.supervise import stopping_on_signals

BROKEN: Final = 1
_LONGEST: Final = 400


@click.command()
@click.option(
    "--days", type=click.IntRange(7, _LONGEST), default=_LONGEST, show_default=True,
    help="How many days, from Monday 24 August 2026 on.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same year."
)
@click.option("--proposals", type=click.IntRange(1, 2000), help="Instead of the year's 300.")
@click.option("--claims", type=click.IntRange(0, 5000), help="Instead of the year's 400.")
@console.data_option
@console.json_option
def command(
    *, days: int, seed: int, proposals: int | None, claims: int | None, data: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Play a university year: 300 proposals, 40 meetings, 25 assessors, 400 claims.

    Invented people act through the real engine on a clock that skips the waiting; the real relay
    sends every mail to a mail server on loopback. Exit code 1: an invariant broke, a mail went out
    twice, somebody got more mail than the rules allow, or an error was logged.
    """
    load = load_for(days)
    load = replace(
        load, proposals=proposals or load.proposals,
        claims=load.claims if claims is None else claims,
    )  # fmt: skip
    finished: list[Report] = []
    with stopping_on_signals(), _folder(data) as folder, _progress(days) as tell:
        finished.append(simulate(folder, load, seed=seed, told=tell))
    if not finished:
        return 130
    report = finished[0]
    if as_json:
        console.show_json(report.as_data())
    else:
        for line in told(report):
            click.echo(line)
    return 0 if report.sound else BROKEN


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """A folder to throw away, or an empty one that was named."""
    if data is None:
        with TemporaryDirectory(prefix="conferral-year-") as folder:
            yield Path(folder)
        return
    if data.exists() and any(data.iterdir()):
        raise click.UsageError(f"--data: {data} holds something. Name an empty folder.")
    yield data


@contextmanager
def _progress(days: int) -> Iterator[Told]:
    """How far the year has come, on the terminal; nothing where nobody looks."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Playing", total=days, said="")

        def tell(so_far: SoFar) -> None:
            said = f"{so_far.day:%a %-d %b %Y}  {so_far.acts} acts  {so_far.mails} mails"
            progress.update(task, completed=so_far.days, said=said)

        yield tell
