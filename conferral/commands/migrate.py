"""`conferral migrate`: bring the database to this release."""

from pathlib import Path

import click

from conferral.console import data_option, database


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Bring the database to this release. Safe to repeat, and from two machines at once."""
    with database(data):
        click.echo("The database is at this release.")
