"""`conferral dead`: what was given up; take it up again, or give it up for good."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from conferral import console
from workflow import remedies
from workflow.engine import Engine
from workflow.facts import SYSTEM
from workflow.perform import Refused
from workflow.queries.incidents import KINDS, Incident, incidents
from workflow.remedies import MOST, Which

_kind_option = click.option("--kind", type=click.Choice(KINDS), help="Only these.")
_word_option = click.option(
    "--word", default="", help="Only mails of a kind, or triggers, that begin with this."
)
_case_option = click.option("--case", default="", help="Only those of this case.")
_one: Final = click.argument("row", type=click.UUID, required=False)


@click.group()
def command() -> None:
    """Mails, follow-ons and clocks that were given up, each with its reason."""


@command.command("list")
@_kind_option
@_word_option
@_case_option
@console.data_option
@console.json_option
def show_all(*, kind: str | None, word: str, case: str, data: Path | None, as_json: bool) -> None:
    """List them, the oldest first."""
    with console.engine(data) as engine:
        with engine.connect() as connection:
            found = incidents(
                connection, kind=kind or "", word=word, case=console.printable(case), take=MOST
            )
        days = console.days_of(engine)
    if as_json:
        console.show_json([asdict(one) | {"what": one.what} for one in found])
        return
    for one in found:
        click.echo(f"{one.id}  {one.what} ({one.case}), since {days(one.since)}: {one.why}")
    if not found:
        click.echo("Nothing was given up.")


@command.command()
@_one
@_kind_option
@_word_option
@_case_option
@click.option("--all", "every", is_flag=True, help="All that fit, not one ROW.")
@console.data_option
def replay(
    *, row: UUID | None, kind: str | None, word: str, case: str, every: bool, data: Path | None
) -> None:
    """Take ROW up again, or with --all all that fit. A mail keeps its Message-ID."""
    which = _which(row, kind=kind, word=word, case=case, every=every)
    found = _do(data, lambda engine: remedies.replay(engine, which, actor=SYSTEM))
    click.echo(f"Taken up again: {len(found)}.")


@command.command()
@_one
@_kind_option
@_word_option
@_case_option
@click.option("--all", "every", is_flag=True, help="All that fit, not one ROW.")
@click.option("--reason", required=True, help="Why; it stands in the register.")
@console.data_option
def discard(
    *, row: UUID | None, kind: str | None, word: str, case: str, every: bool, reason: str,
    data: Path | None,
) -> None:  # fmt: skip
    """Give ROW up for good, or with --all all that fit."""
    which = _which(row, kind=kind, word=word, case=case, every=every)
    found = _do(data, lambda engine: remedies.discard(engine, which, actor=SYSTEM, reason=reason))
    click.echo(f"Given up: {len(found)}.")


def _which(row: UUID | None, *, kind: str | None, word: str, case: str, every: bool) -> Which:
    if (row is None) != every:
        raise click.UsageError("Name one ROW, or say --all.")
    return Which(kind=kind or "", id=row, word=word, case=console.printable(case))


def _do(data: Path | None, does: Callable[[Engine], tuple[Incident, ...]]) -> tuple[Incident, ...]:
    with console.engine(data) as engine:
        try:
            return does(engine)
        except Refused as refused:
            raise console.RefusedHere(refused) from refused
