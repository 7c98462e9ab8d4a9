"""`conferral run`: everything, on one machine, until Ctrl-C."""

import os
import secrets
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg

from conferral.compose import bring_up, make_engine, pool
from conferral.demo.records import sample_records
from conferral.errors import BadSettings
from conferral.seed import SAMPLE, read, seed
from conferral.servers import Running, embedded
from conferral.settings import Settings, load, variable
from conferral.supervise import Program, listens, python, stopping_on_signals, supervise


@dataclass(frozen=True, slots=True)
class Installation:
    """What one run works with."""

    settings: Settings
    data: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def programs(port: int) -> Sequence[Program]:
    """What runs beside the servers."""
    return (
        Program(
            "web",
            python(
                "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--blocking-threads", "4", "--no-ws",
                "--workers-kill-timeout", "5s", "conferral.wsgi:app",
            ),
            orphaned=signal.SIGTERM,  # it has worker processes of its own
            port=port,
        ),
        Program(
            "worker",
            python("conferral", "worker", "--concurrency", "4"),
        ),
        Program("relay", python("conferral", "relay")),
    )  # fmt: skip


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the database, the mail and the logs.",
)
def command(port: int, data: Path | None) -> None:
    """Start everything and print the address and the people you can sign in as."""
    settings = load(os.environ)
    run = Installation(settings, data=(data or settings.data).absolute(), port=port)
    if settings.database_url and settings.sample_people:
        raise BadSettings(
            "The sample people are for trial runs: leave out CONFERRAL_SAMPLE_PEOPLE, or leave out "
            "DATABASE_URL."
        )
    if listens(port):
        raise click.ClickException(f"Port {port} is taken. Choose another: --port {port + 1}")
    with (
        stopping_on_signals(),
        embedded(run.data, environ=settings.server_urls()) as servers,
    ):
        click.echo("The servers run. Preparing the database ...")
        environ = environment(run, servers)
        prepare(run, servers)
        supervise(
            programs(port),
            logs=run.data / "log",
            environ=environ,
            servers=servers.kept,
            announce=lambda: announce(run, servers),
        )
    click.echo("Stopped.")


def environment(run: Installation, servers: Running) -> dict[str, str]:
    """What the programs are told: where the servers are, and the secret of this data folder."""
    given = run.settings.secret_key
    secret = kept_secret(run.data / "secret_key") if given is None else given.get_secret_value()
    own = {variable("data"): str(run.data), "SECRET_KEY": secret}
    if variable("base_url") not in os.environ:
        own[variable("base_url")] = run.address
    if not run.settings.database_url:
        own[variable("sample_people")] = "true"
    return dict(os.environ) | own | servers.environ()


def kept_secret(file: Path) -> str:
    """The secret kept in `file`, made the first time."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as fresh:
            fresh.write(secrets.token_urlsafe(48))
    return file.read_text()


def prepare(run: Installation, servers: Running) -> None:
    """Bring the database to this release; a trial run gets its sample people and drafts."""
    bring_up(servers.database_url)
    if run.settings.database_url:
        return
    with psycopg.connect(servers.database_url) as connection:
        seed(connection)
    with pool(servers.database_url, size=1) as connect:
        sample_records(make_engine(connect))


def people() -> Mapping[str, str]:
    """The sample people by name, with the roles they hold."""
    return {
        person.name: ", ".join(dict.fromkeys(held.role.replace("_", " ") for held in person.roles))
        for person in read(SAMPLE).people
    }


def announce(run: Installation, servers: Running) -> None:
    click.echo(f"\nConferral runs at {run.address}\n")
    if not run.settings.database_url:
        known = people()
        click.echo(f"Sign in at {run.address}/sign-in as one of")
        width = max(map(len, known))
        for name, office in known.items():
            click.echo(f"  {name:<{width}}  {office}")
        click.echo()
    if servers.smtp_url != (run.settings.smtp_url or ""):
        click.echo(f"Every mail it sends becomes a file in {run.data / 'mail'}.")
    click.echo("Ctrl-C stops everything.")
