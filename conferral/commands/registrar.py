"""`conferral registrar`: the weekly feed of awards, and many records confirmed at once."""

import csv
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from conferral import console
from conferral.settings import load
from workflow.engine import Engine
from workflow.perform import Command, Refused, perform
from workflow.queries.registrar import as_csv, as_data, of_week, unconfirmed

NOT_ALL = 1


@click.group()
def command() -> None:
    """Give the registrar what was issued, and take the record numbers back."""


@command.command()
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Any day of the week; else this week.")  # fmt: skip
@click.option("--open", "only_open", is_flag=True, help="Every award that waits for its record.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv",
              show_default=True)  # fmt: skip
@console.data_option
def feed(*, week: datetime | None, only_open: bool, form: str, data: Path | None) -> None:
    """Print the awards of a week, one row each, in columns that do not change."""
    zone = load(os.environ).time_zone
    with console.engine(data) as engine, engine.connect() as connection:
        now = engine.clock.now()
        day = (week or now.astimezone(ZoneInfo(zone))).date()
        records = (
            unconfirmed(connection, zone=zone, now=now) if only_open
            else of_week(connection, day, zone=zone, now=now)
        )  # fmt: skip
    if form == "json":
        click.echo(orjson.dumps(as_data(records), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(as_csv(records), nl=False)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be confirmed and confirm nothing.")
@console.person_option
@console.data_option
def confirm(file: Path, *, dry_run: bool, person: str, data: Path | None) -> int:
    """Confirm the records in FILE, a CSV with the columns award, record and kept_in.

    Lines without a record are passed over, so the feed itself can be filled in and given back. Each
    line is an action of its own; exit code 1 says that some were refused. Given again, a line that
    was confirmed is not confirmed twice.
    """
    lines = [(n, line) for n, line in _lines(file) if line["record"]]
    refused = 0
    with console.engine(data) as engine:
        for number, line in lines:
            said = "would be confirmed" if dry_run else _confirmed(engine, line, person)
            refused += said.startswith("refused")
            click.echo(f"line {number}: {line['award']}, {line['record']}: {said}")
    click.echo(f"{len(lines) - refused} of {len(lines)} records.")
    return NOT_ALL if refused else 0


def _confirmed(engine: Engine, line: dict[str, str], person: str) -> str:
    wanted = Command(
        trigger="record_confirmed", actor=person, case=line["award"],
        key=f"confirm {line['award']} {line['record']}",
        form={"record": line["record"], "kept_in": line["kept_in"]},
    )  # fmt: skip
    try:
        perform(engine, wanted)
    except Refused as problem:
        return f"refused: {' '.join(reason.text for reason in problem.reasons)}"
    return "confirmed"


def _lines(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Each line with its number in the file; Unreadable where a column is missing."""
    wanted = ("award", "record", "kept_in")
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise console.Unreadable(f"{file.name}: there is no column {missing[0]}.")
            return [
                (reader.line_num, {name: (line[name] or "").strip().removeprefix("'")
                                   for name in wanted})
                for line in reader
            ]  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise console.Unreadable(f"{file.name} cannot be read: {problem}") from problem
