"""What the commands share: the database they work on, who acts, and how answers are printed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import orjson

from conferral.compose import make_engine, pool
from conferral.seed import seed
from conferral.servers import attach_or_start
from conferral.settings import Settings, load
from models import migrate
from workflow.engine import Engine
from workflow.perform import Refused
from workflow.rules import Reason

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data folder, where no DATABASE_URL is given.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
person_option = click.option(
    "--as", "person", required=True, metavar="PERSON", help="Who acts: a person's id or address."
)


@contextmanager
def database(data: Path | None) -> Iterator[tuple[Settings, str]]:
    """The settings and the address of a database at this release, started for us where need be."""
    settings = load(os.environ)
    folder = (data or settings.data).absolute()
    with attach_or_start(
        folder, need_redis=False, need_smtp=False, environ=settings.server_urls()
    ) as servers:
        migrate(servers.database_url)
        yield settings, servers.database_url


@contextmanager
def engine(data: Path | None) -> Iterator[Engine]:
    """An engine on that database; an embedded one has its sample people."""
    with (
        database(data) as (settings, url),
        pool(url, size=2) as connect,
    ):
        if not settings.database_url:
            with connect() as connection, connection.transaction():
                seed(connection)
        yield make_engine(connect)


def show_json(value: object) -> None:
    """Print JSON on standard output."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str)
    click.echo(text.decode(), nl=False)


class RefusedHere(click.ClickException):
    """An action that was refused, as one line with every reason and its clause."""

    exit_code = 2

    def __init__(self, refused: Refused) -> None:
        super().__init__(" ".join(map(sentence, refused.reasons)))


def sentence(reason: Reason) -> str:
    """A reason with its place: "Change 3 has no answer. (practice)"."""
    rule = f"{reason.rule}, " if reason.rule.startswith("MC-") else ""
    return f"{reason.text} ({rule}{reason.clause})"


def person_known(connection_of: Engine, person: str) -> str:
    """The id of a person given by id or address; a clear error where there is none."""
    if "\x00" in person:
        raise click.UsageError("--as: take out the NUL character.")
    with connection_of.connect() as connection:
        row = connection.execute(
            "SELECT id FROM person WHERE id = %s OR email = %s", (person, person)
        ).fetchone()
    if row is None:
        raise click.UsageError(f"--as: nobody here is called {person!r}.")
    return str(row[0])
