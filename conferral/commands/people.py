"""`conferral people`: load who there is here, list them, sign them out."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
from psycopg import Connection

from conferral import console, people_csv, seed
from conferral.settings import load as load_settings
from web import sessions
from workflow.charters import committees_at
from workflow.facts import SYSTEM
from workflow.queries.people import people_to_sign_in
from workflow.register import Subject, record

Rows = Connection[tuple[object, ...]]
#: What a load can change, and how its rows are told apart.
_TABLES = {"people": "person", "roles": "appointment", "units": "unit"}


@click.group()
def command() -> None:
    """Load, list and sign out the people of this installation."""


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and load nothing.")
@console.data_option
@console.json_option
def load(file: Path, *, dry_run: bool, data: Path | None, as_json: bool) -> None:
    """Load FILE: CSV for people and their roles, YAML for units as well. All of it, or nothing.

    Loaded again it changes what it says differently. Whoever it no longer names stays, for history
    refers to them: end a role by its date.
    """
    with console.engine(data) as engine, engine.connect() as connection:
        changes = _loaded(connection, file, at=engine.clock.now(), dry_run=dry_run)
    if as_json:
        console.show_json({"loaded": not dry_run, **changes})
        return
    for what, change in changes.items():
        words = ", ".join(f"{len(ids)} {how}" for how, ids in change.items() if ids)
        click.echo(f"{what.capitalize()}: {words or 'nothing changes'}.")
    click.echo("Nothing was loaded: this was a dry run." if dry_run else "Loaded.")


@command.command("list")
@console.data_option
@console.json_option
def listed(data: Path | None, *, as_json: bool) -> None:
    """List the people here, with what they hold now."""
    with console.engine(data) as engine, engine.connect() as connection:
        people = people_to_sign_in(connection, engine.clock.now())
    if as_json:
        console.show_json([
            {"person": one.id, "name": one.name, "zone": one.zone, "enrolled": one.enrolled,
             "holds": [{"role": held.role, "scope": held.scope} for held in one.holds]}
            for one in people
        ])  # fmt: skip
        return
    width = max((len(one.name) for one in people), default=0)
    for one in people:
        click.echo(f"{one.name:<{width}}  {one.says}")


@command.command("sign-out")
@click.argument("person")
@console.data_option
def sign_out(person: str, data: Path | None) -> None:
    """End every session of PERSON (an id or an address); they can sign in again."""
    with console.engine(data) as engine:
        known = console.person_known(engine, person)
        with engine.connect() as connection:
            ended = sessions.end_all(connection, known)
    click.echo(f"{ended} session{'' if ended == 1 else 's'} of {known} ended.")


def _loaded(
    connection: Rows, file: Path, *, at: datetime, dry_run: bool
) -> dict[str, dict[str, list[str]]]:
    """Load it in one transaction, told in the register; what it changed, or would have."""
    before = _rows(connection)
    with connection.transaction(force_rollback=dry_run):
        _load(connection, file)
        after = _rows(connection)
        changes = {what: _told(before[what], after[what]) for what in _TABLES}
        if any(ids for change in changes.values() for ids in change.values()):
            record(
                connection, Subject("people", file.name), at=at, actor=SYSTEM,
                says="People, roles and units were loaded from a file.", facts=changes,
            )  # fmt: skip
    return changes


def _load(connection: Rows, file: Path) -> None:
    if file.suffix in {".yaml", ".yml"}:
        seed.seed(connection, file)
        return
    settings = load_settings(os.environ)
    units = connection.execute("SELECT id FROM unit").fetchall()
    bodies = committees_at(connection, datetime.now(UTC)).bodies
    table = people_csv.read(
        file,
        people_csv.Known(
            zone=settings.zone, today=datetime.now(UTC).astimezone(settings.zone).date(),
            units=frozenset(str(row[0]) for row in units),
            bodies=frozenset(body.id for body in bodies),
        ),
    )  # fmt: skip
    with connection.cursor() as cursor:
        people = [person.model_dump(exclude={"roles"}) for person in table.people]
        seed.keep(cursor, people, table.appointments)


def _rows(connection: Rows) -> dict[str, dict[str, str]]:
    """Every row a load can touch, by id."""
    found = {}
    for what, table in _TABLES.items():
        rows = connection.execute(f"SELECT id, row_to_json(t)::text FROM {table} t").fetchall()  # noqa: S608 - our own names
        found[what] = {str(key): str(text) for key, text in rows}
    return found


def _told(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    return {
        "new": sorted(after.keys() - before.keys()),
        "changed": sorted(key for key in before.keys() & after if before[key] != after[key]),
    }
