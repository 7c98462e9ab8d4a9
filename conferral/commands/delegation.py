"""`conferral delegation`: who stands in for whom, naming a deputy, and ending it."""

from datetime import date, datetime
from pathlib import Path

import click

from conferral import console
from workflow.delegation import Delegate, delegate, end
from workflow.engine import Engine
from workflow.perform import Refused, filled
from workflow.queries.delegations import Delegation, delegations, roles_of

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def command() -> None:
    """Name deputies for those who are away, list and end them."""


@command.command("list")
@console.person_option
@console.data_option
@console.json_option
def listed(*, person: str, data: Path | None, as_json: bool) -> None:
    """List who stands in for PERSON, and for whom they stand in."""
    with console.engine(data) as engine:
        who = console.person_known(engine, person)
        with engine.connect() as connection:
            found = delegations(connection, who, engine.clock.now())
        days = console.days_of(engine)
    _show(found, days, as_json=as_json, empty=f"Nobody stands in for {who}, nor they for others.")


@command.command()
@click.argument("deputy")
@console.person_option
@click.option("--role", "roles", multiple=True, help="ROLE or ROLE/SCOPE; all of them without it.")
@click.option("--from", "first", type=_DAY, help="The first day; today without it.")
@click.option("--to", "last", type=_DAY, required=True, help="The last day.")
@click.option("--reason", default="", help="Why; the deputy reads it.")
@console.data_option
@console.json_option
def begin(
    deputy: str, *, person: str, roles: tuple[str, ...], first: datetime | None, last: datetime,
    reason: str, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Let DEPUTY stand in for PERSON (`--as`), until the end of the last day."""
    with console.engine(data) as engine:
        who = console.person_known(engine, person)
        form = {
            "deputy": console.person_known(engine, deputy), "roles": roles or _all(engine, who),
            "first_day": first.date() if first else _today(engine), "last_day": last.date(),
            "reason": reason,
        }  # fmt: skip
        try:
            made = delegate(engine, who, filled(Delegate, form))
        except Refused as refused:
            raise console.RefusedHere(refused) from refused
        days = console.days_of(engine)
    _show(made, days, as_json=as_json, empty="")


@command.command("end")
@click.argument("delegation")
@console.person_option
@console.data_option
def ended(delegation: str, *, person: str, data: Path | None) -> None:
    """End DELEGATION (its id from the list) before its day."""
    with console.engine(data) as engine:
        who = console.person_known(engine, person)
        try:
            one = end(engine, who, console.printable(delegation))
        except Refused as refused:
            raise console.RefusedHere(refused) from refused
    click.echo(f"{one.deputy_name} no longer stands in for {one.by_name} as {one.says}.")


def _all(engine: Engine, person: str) -> tuple[str, ...]:
    with engine.connect() as connection:
        return tuple(one.key for one in roles_of(connection, person, engine.clock.now()))


def _today(engine: Engine) -> date:
    return engine.calendar.day_of(engine.clock.now())


def _show(found: tuple[Delegation, ...], days: console.Days, *, as_json: bool, empty: str) -> None:
    if as_json:
        console.show_json([
            {"id": one.id, "deputy": one.deputy, "by": one.by, "role": one.role,
             "scope": one.scope, "starts": one.starts, "ends": one.ends, "reason": one.reason}
            for one in found
        ])  # fmt: skip
        return
    for one in found:
        until = f"{days(one.starts)} to {days(one.last)}"
        click.echo(f"{one.deputy_name} for {one.by_name}, {one.says}: {until}. {one.id}")
    if not found and empty:
        click.echo(empty)
