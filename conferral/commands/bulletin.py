"""`conferral bulletin`: the bulletin of a meeting, drafted from what happened there."""

from pathlib import Path

import click

from conferral import console, papers
from workflow.bulletin import bulletin


@click.command()
@click.argument("meeting")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A .txt or .pdf file to write."
)
@console.data_option
def command(meeting: str, *, out: Path | None, data: Path | None) -> None:
    """Draft the bulletin of MEETING (its id, ME-1): what was carried, and until when to object."""
    papers.write(bulletin, meeting, data=data, out=out)
