"""`conferral doctor`: whether the database is as it must be, read-only, on a live system too."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import psycopg

from conferral import console
from conferral.compose import make_engine, pool
from conferral.errors import ServerFailed
from conferral.issuer import did_document
from conferral.outside import folder_of, log_keys
from conferral.settings import Settings, load
from credentials.checkpoint import Checkpoint
from credentials.did import ResolveKey, resolver
from workflow.engine import Engine
from workflow.invariants import ASKED, Violation, violations

BROKEN: Final = 1


@click.command()
@console.data_option
@console.json_option
def command(*, data: Path | None, as_json: bool) -> int:
    """Ask every invariant of the database. Exit code 0: all hold; 1: the rows that break one."""
    with _as_it_is(data) as engine, engine.connect() as connection:
        found = violations(
            connection, machines=engine.machines, now=engine.clock.now(), resolve_key=_keys(data),
            outside=_outside(data),
        )  # fmt: skip
    if as_json:
        console.show_json({"asked": list(ASKED), "violations": [as_data(one) for one in found]})
    else:
        for line in told(found):
            click.echo(line)
    return BROKEN if found else 0


def _here(data: Path | None) -> Settings:
    settings = load(os.environ)
    return settings if data is None else settings.model_copy(update={"data": data})


def _outside(data: Path | None) -> tuple[Checkpoint, ...]:
    """The checkpoints of the log that this machine keeps."""
    here = _here(data)
    with console.keyed():
        return folder_of(here).every(log_keys(here))


def _keys(data: Path | None) -> ResolveKey | None:
    """The issuer's keys, where this machine has them."""
    published = did_document(_here(data))
    return resolver(published) if published else None


@contextmanager
def _as_it_is(data: Path | None) -> Iterator[Engine]:
    """An engine on the database as it is: one that is given by its address is not migrated."""
    url = load(os.environ).database_url
    if not url:
        with console.engine(data) as engine:
            yield engine
        return
    try:
        with console.answering():
            psycopg.connect(url).close()  # a pool would try for ten seconds, and say so each time
            with pool(url, size=1) as connect:
                yield make_engine(connect)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as problem:
        raise ServerFailed(
            "The database is not at this release. Bring it there with: conferral migrate"
        ) from problem


def as_data(one: Violation) -> dict[str, object]:
    """One violation as the JSON that other programs read."""
    return {"invariant": one.invariant, "says": one.sentence, "row": dict(one.row)}


def told(found: tuple[Violation, ...]) -> Iterator[str]:
    """Each invariant, then the rows that break it."""
    for name, says in ASKED.items():
        broken = [one for one in found if one.invariant == name]
        yield f"{name:<4} {'holds' if not broken else 'BROKEN'}: {says}"
        for one in broken:
            row = ", ".join(f"{key}={value}" for key, value in one.row.items())
            yield f"     {one.sentence} {row}"
    rows = "1 row breaks" if len(found) == 1 else f"{len(found)} rows break"
    yield f"{rows} an invariant." if found else "All is well."
