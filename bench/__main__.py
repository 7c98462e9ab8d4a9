"""`python -m bench`, also as `conferral bench`: measure on a server of its own, then say or print.

The server is the embedded one with PostgreSQL's own durability, in a folder that goes at the end.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson
import psycopg

from bench import issuing, status, sweep, transition, wire
from bench.report import Report
from conferral.compose import make_engine, pool
from conferral.servers import embedded
from models import migrate

#: Deadlines that are due when a sweep is measured.
DUE = 10_000


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="Every kind in each."
)
@click.option(
    "--seconds", default=2.0, show_default=True, type=click.FloatRange(0.1), help="Of one figure."
)
@click.option("--all", "everything", is_flag=True, help="Sweep a million deadlines too (minutes).")
def command(*, as_json: bool, rounds: int, seconds: float, everything: bool) -> None:
    """Measure a transition against what the server itself can do, and against naive code."""
    with _database() as url:
        transition.lay(url)
        report = Report(
            samples=transition.samples(url, rounds=rounds, seconds=seconds, progress=_progress),
            decide_us=transition.decide_us(url),
            round_trips=wire.round_trips(url),
            wal_bytes=wire.wal_bytes(url),
            sweep={**_sweeps(), **_revoked(), **_issued()} if everything else {},
        )
    if as_json:
        sys.stdout.write(orjson.dumps(report.as_data(), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        click.echo("\n".join(report.lines()))


def _progress(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _database() -> Iterator[str]:
    with (
        TemporaryDirectory(prefix="conferral-bench-") as folder,
        embedded(
            Path(folder), need_redis=False, need_smtp=False, environ={}, keep=False
        ) as servers,
    ):
        migrate(servers.database_url)
        yield servers.database_url


def _sweeps() -> dict[str, float]:
    """Deadlines a second with 20,000 and with a million armed; how much slower the million is."""
    few, many = (_swept(armed) for armed in (20_000, 1_000_000))
    return {"sweep_per_second_20k": few, "sweep_per_second_1m": many, "sweep_ratio": few / many}


def _revoked(many: int = 500) -> dict[str, float]:
    """Seconds until a revocation stands in the published list: of one, and of many at once."""
    _progress(f"revoking 1 and {many}")
    with _database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            status.lay(connection, awards=many + 1)
        with pool(url, size=2) as connect:
            return status.measure(connect, many=many)


def _issued(awards: int = 1_000) -> dict[str, float]:
    """What one signature takes, and a cohort through engine and database in one process."""
    _progress(f"issuing {awards:,} awards")
    with _database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            issuing.lay(connection, awards=awards)
        with pool(url, size=2) as connect:
            return {**issuing.signing(), **issuing.measure(make_engine(connect), awards=awards)}


def _swept(armed: int) -> float:
    _progress(f"sweeping {DUE:,} due among {armed:,} armed")
    with _database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            sweep.lay(connection, armed=armed, due=DUE)
        with pool(url, size=2) as connect:
            rate = sweep.measure(make_engine(connect))
    if rate.fired != DUE or rate.mails != DUE:
        raise RuntimeError(f"{DUE} were due: {rate.fired} fired, {rate.mails} mails written")
    return rate.per_second


if __name__ == "__main__":
    command()
