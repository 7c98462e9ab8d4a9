"""`conferral committees`: who sits on them, how they vote and since when, and changing that."""

from datetime import datetime
from pathlib import Path

import click
import orjson

from conferral import console
from policies import committees
from policies.committees import Body
from workflow.amending import Amend, amend
from workflow.charters import committees_at, versions
from workflow.engine import Engine
from workflow.perform import Refused, filled
from workflow.queries.seats import Seat, seats

_DAY = click.DateTime(["%Y-%m-%d"])
_LEVELS = "Reads items for {} learners."


@click.group()
def command() -> None:
    """List committees, show one, and change how it votes."""


@command.command("list")
@console.data_option
@console.json_option
def listed(*, data: Path | None, as_json: bool) -> None:
    """List the committees in the order in which they act."""
    with console.engine(data) as engine, engine.connect() as connection:
        held = committees_at(connection, engine.clock.now()).bodies
    if as_json:
        console.show_json([committees.said(body) for body in held])
        return
    for body in held:
        required = "" if body.required else " (not in every chain)"
        click.echo(f"{body.order}. {body.name}, {body.id}{required}")


@command.command()
@click.argument("body")
@console.data_option
@console.json_option
def show(body: str, *, data: Path | None, as_json: bool) -> None:
    """Show how BODY votes, who sits on it until when, and each change with who and why."""
    with console.engine(data) as engine, engine.connect() as connection:
        now = engine.clock.now()
        found = _known(committees_at(connection, now).bodies, body)
        seated, kept = seats(connection, body, now), versions(connection, body)
        days = console.days_of(engine)
    if as_json:
        console.show_json({
            "committee": committees.said(found),
            "seats": [
                {"person": one.person, "role": one.role, "stands_for": one.stands_for,
                 "starts": one.starts, "ends": one.ends} for one in seated
            ],
            "charters": [
                {"starts": one.starts, "says": one.says, "by": one.actor, "entry": one.entry}
                for one in kept
            ],
        })  # fmt: skip
        return
    click.echo(found.name)
    for line in (*_rules(found), "", *(_seat(one, days) for one in seated)):
        click.echo(line)
    for one in kept:
        click.echo(f"{one.says} ({one.actor}, line {one.entry} of the register)")


@command.command()
@click.argument("body")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE...")
@console.person_option
@click.option("--from", "first", type=_DAY, help="The first day; today without it.")
@click.option("--why", required=True, help="The reason; it stands in the register.")
@console.data_option
def change(
    body: str, changes: tuple[str, ...], *, person: str, first: datetime | None, why: str,
    data: Path | None,
) -> None:  # fmt: skip
    """Change BODY from a day on, as in `voting.quorum=two_thirds`; a new id begins a committee.

    Values are JSON where they can be read as such, else words. What is open keeps its rules.
    """
    with console.engine(data) as engine:
        who = console.person_known(engine, person)
        form = {
            "body": console.printable(body), "why": why, "changes": dict(map(_pair, changes)),
            "first_day": first.date() if first else _today(engine),
        }  # fmt: skip
        try:
            made = amend(engine, who, filled(Amend, form))
        except Refused as refused:
            raise console.RefusedHere(refused) from refused
    click.echo(made.says)


def _known(bodies: tuple[Body, ...], body: str) -> Body:
    found = next((one for one in bodies if one.id == body), None)
    if found is None:
        known = ", ".join(one.id for one in bodies)
        raise click.UsageError(f"There is no committee {body}; there are {known}.")
    return found


def _rules(body: Body) -> tuple[str, ...]:
    levels = " and ".join(body.levels)
    reads = (_LEVELS.format(levels),) if levels else ()
    return (*reads, *(committees.in_words(body.voting) if body.voting else ("It does not vote.",)))


def _seat(one: Seat, days: console.Days) -> str:
    until = f", until {days(one.last)}" if one.last else ""
    return f"{one.name}, {one.says}{until}"


def _pair(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{text}: write NAME=VALUE, as in voting.quorum=two_thirds.")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value


def _today(engine: Engine) -> object:
    return engine.calendar.day_of(engine.clock.now())
