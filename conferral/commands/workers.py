"""`conferral workers`: which workers and relays live, and what each serves."""

from dataclasses import asdict
from pathlib import Path

import click

from conferral import console
from workflow.processes import Seen, processes


@click.command()
@console.data_option
@console.json_option
def command(*, data: Path | None, as_json: bool) -> None:
    """List the workers and relays that live, and those that were seen within a day."""
    with console.engine(data) as engine, engine.connect() as connection:
        found = processes(connection)
        now = connection.execute("SELECT clock_timestamp()").fetchone()
    if as_json:
        console.show_json([asdict(one) | {"runs": one.runs} for one in found])
        return
    for one in found:
        ago = round((now[0] - one.seen_at).total_seconds()) if now else 0  # type: ignore[operator]
        click.echo(f"{_standing(one):<7} {one.kind:<7} {one.host}, process {one.pid}: {one.does}; "
                   f"seen {ago} s ago")  # fmt: skip
    if not any(one.runs for one in found):
        click.echo("No worker and no relay runs: nothing is carried out. Start: conferral relay")


def _standing(one: Seen) -> str:
    return "runs" if one.runs else "SILENT" if one.silent else "ended"
