"""What the commands share: the database they work on, who acts, and how answers are printed."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import orjson
import psycopg
import sqlalchemy.exc

from conferral.compose import bring_up, make_engine, pool
from conferral.errors import ConferralError, ServerFailed
from conferral.seed import seed
from conferral.servers import attach_or_start
from conferral.settings import Settings, load
from credentials.errors import CredentialError
from workflow.engine import Engine, MachineInForce
from workflow.facts import Facts
from workflow.forms import shown, unprintable
from workflow.perform import Command, Done, Refused, perform
from workflow.queries.page import read_facts
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
        with answering():
            bring_up(servers.database_url)
        yield settings, servers.database_url


@contextmanager
def keyed() -> Iterator[None]:
    """Say in one line that a key or a checkpoint cannot be found, opened or made."""
    try:
        yield
    except CredentialError as problem:
        raise ConferralError(str(problem)) from problem


@contextmanager
def answering() -> Iterator[None]:
    """Say in one line that the database does not answer, or gave up waiting for a lock."""
    try:
        yield
    except (psycopg.OperationalError, sqlalchemy.exc.OperationalError) as problem:
        cause = getattr(problem, "orig", None) or problem
        said = " ".join(str(cause).split())
        raise ServerFailed(f"The database does not answer: {said}") from problem


@contextmanager
def engine(data: Path | None) -> Iterator[Engine]:
    """An engine on that database; an embedded one has its sample people."""
    with (
        database(data) as (settings, url),
        answering(),
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


def act(engine: Engine, command: Command) -> Done:
    """Perform; a refusal becomes one line with every reason."""
    try:
        return perform(engine, command)
    except Refused as refused:
        raise RefusedHere(refused) from refused


def sentence(reason: Reason) -> str:
    """A reason with its place: "Change 3 has no answer. (practice)"."""
    rule = f"{reason.rule}, " if reason.rule.startswith("MC-") else ""
    return f"{reason.text} ({rule}{reason.clause})"


class Unreadable(click.ClickException):
    """A file cannot be used; the message names it and says where and why."""

    exit_code = 2


class NothingHere(click.ClickException):
    """There is no such case."""

    exit_code = 2

    def __init__(self, case: str) -> None:
        super().__init__(f"There is no {shown(case)}.")


def printable(text: str) -> str:
    """A name as typed; NothingHere where the database could not even be asked for it."""
    if unprintable(text):
        raise NothingHere(text)
    return text


def person_known(here: Engine, person: str) -> str:
    """The id of a person given by id or address; a clear error where there is none."""
    unknown = click.UsageError(f"--as: nobody here is called {shown(person)}.")
    if unprintable(person):
        raise unknown
    with here.connect() as connection:
        row = connection.execute(
            "SELECT id FROM person WHERE id = %s OR email = %s", (person, person)
        ).fetchone()
    if row is None:
        raise unknown
    return str(row[0])


def case_known(here: Engine, case: str, *, person: str) -> tuple[MachineInForce, Facts]:
    """The machine of a case and its facts as a person sees them; NothingHere without one."""
    machine = here.machine_of(printable(case))
    if machine is None:
        raise NothingHere(case)
    with here.connect() as connection:
        facts = read_facts(here, connection, machine, case=case, person=person)
    if facts is None:
        raise NothingHere(case)
    return machine, facts


#: Puts an instant into words: "Tue 24 Nov 2026", in the university's zone.
Days = Callable[[datetime], str]


def days_of(here: Engine) -> Days:
    """Instants as civil days of the university."""
    return lambda instant: f"{here.calendar.day_of(instant):%a %-d %b %Y}"


def institution() -> str:
    """The institution by its name, as the settings say it."""
    return load(os.environ).institution_name
