"""`conferral minutes`: the minutes of a meeting, drafted from what happened there."""

from pathlib import Path

import click

from conferral import console, papers
from workflow.minutes import minutes


@click.command()
@click.argument("meeting")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A .txt or .pdf file to write."
)
@console.data_option
def command(meeting: str, *, out: Path | None, data: Path | None) -> None:
    """Draft the minutes of MEETING (its id, ME-1): who came, each vote by name, each return."""
    papers.write(minutes, meeting, data=data, out=out)
