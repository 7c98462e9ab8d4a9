"""`conferral calendar`: look at the calendar in force, and put another one in force."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click
from psycopg import Connection

from conferral import console
from conferral.errors import BadSettings
from policies import calendar
from policies.data import DataError
from workflow.calendars import differences, newest, put_in_force
from workflow.engine import Engine
from workflow.recount import Counting, Moves, cases_with_clocks, recount

Rows = Connection[tuple[object, ...]]
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_REASON = click.option(
    "--reason", required=True, help="Why; it stands in the register and in each history."
)
_DRY = click.option("--dry-run", is_flag=True, help="Say what would move and change nothing.")
_ACTOR = click.option("--as", "actor", default="system", help="Who puts it in force.")


@click.group()
def command() -> None:
    """Look at the university's calendar, and change it."""


@command.command()
@_FILE
@console.data_option
def check(file: Path, *, data: Path | None) -> None:
    """Say whether FILE is a calendar, and what it says otherwise than the one in force."""
    said = _read(file)
    with console.engine(data) as engine, engine.connect() as connection:
        _tell(differences(newest(connection).calendar, calendar.from_data(said)))


@command.command()
@_FILE
@_REASON
@_ACTOR
@_DRY
@console.data_option
def apply(file: Path, *, reason: str, actor: str, dry_run: bool, data: Path | None) -> None:
    """Put the calendar of FILE in force and count every open date anew on it."""
    _change(_read(file), reason=reason, actor=actor, dry_run=dry_run, data=data)


@command.command()
@click.argument("first", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last day of several.")
@_REASON
@_ACTOR
@_DRY
@console.data_option
def close(
    first: datetime, last: datetime | None, *, reason: str, actor: str, dry_run: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """Close the university on DAY (a hurricane, a power cut); the reason is its name."""
    try:
        span = calendar.Span(first=first.date(), last=(last or first).date(), name=reason)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    with console.engine(data) as engine, engine.connect() as connection:
        said = calendar.with_closure(_in_force(connection), span)
    _change(said, reason=reason, actor=actor, dry_run=dry_run, data=data)


def _read(file: Path) -> dict[str, object]:
    try:
        return calendar.as_data(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSettings(f"{file} cannot be read: {problem}.") from problem
    except DataError as problem:
        raise BadSettings(f"{file}: {problem}") from problem


def _in_force(connection: Rows) -> Mapping[str, object]:
    row = connection.execute(
        "SELECT said FROM calendar_version ORDER BY version DESC LIMIT 1"
    ).fetchone()
    if row is not None and isinstance(row[0], dict):
        return row[0]
    return calendar.as_data(calendar.text())


def _change(
    said: Mapping[str, object], *, reason: str, actor: str, dry_run: bool, data: Path | None
) -> None:
    with console.engine(data) as engine:
        if dry_run:
            _tell_moves(engine, calendar.from_data(said))
            click.echo("Nothing was changed: this was a dry run.")
            return
        with engine.connect() as connection, connection.transaction():
            version = put_in_force(
                connection, said, reason=reason, actor=actor, at=engine.clock.now()
            )
        moved, more = 0, True
        while more:
            counted = recount(engine, wait=False)
            moved, more = moved + counted.moved, counted.more
        cases = f"{moved} case{'' if moved == 1 else 's'}"
        click.echo(f"Version {version.number} is in force. Dates moved in {cases}.")


def _tell(said: tuple[str, ...]) -> None:
    for sentence in said or ("It says the same as the calendar in force.",):
        click.echo(sentence)


def _tell_moves(engine: Engine, new: calendar.UniversityCalendar) -> None:
    with engine.connect() as connection:
        _tell(differences(newest(connection).calendar, new))
        found = list(_all_moves(engine, connection, new))
    for one in found:
        click.echo(f"{one.case}: {_in_words(one, new)}")
    click.echo(f"Dates would move in {len(found)} case{'' if len(found) == 1 else 's'}.")


def _all_moves(
    engine: Engine, connection: Rows, new: calendar.UniversityCalendar
) -> Iterator[Moves]:
    counting = Counting(engine, connection, new)
    after = ""
    while cases := cases_with_clocks(connection, after=after):
        yield from filter(None, map(counting.moves, cases))
        after = cases[-1]


def _in_words(one: Moves, new: calendar.UniversityCalendar) -> str:
    due = [
        f"{item.kind} due {new.day_of(item.due_at):%a %-d %b %Y}, "
        f"was {new.day_of(item.was):%a %-d %b %Y}"
        for item in one.work
    ]
    return "; ".join(due) or f"{len(one.deadlines)} reminders move"
