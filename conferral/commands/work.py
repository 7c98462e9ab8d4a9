"""`conferral work`: what waits for a person, as they see it on their page."""

from pathlib import Path
from typing import cast

import click

from conferral import console
from workflow.engine import Engine
from workflow.queries.people import Person
from workflow.queries.people import person as known
from workflow.queries.work import Due, MyWork, my_work


@click.command()
@click.argument("person")
@console.data_option
@console.json_option
def command(person: str, *, data: Path | None, as_json: bool) -> None:
    """Show what waits for PERSON (an id or an address), most urgent first."""
    with console.engine(data) as engine:
        someone, work = _work_of(engine, console.person_known(engine, person))
        days = console.days_of(engine)
    if as_json:
        console.show_json({
            "person": someone.id, "more": work.more is not None,
            "items": [
                {"group": group.name, "case": item.case, "asks": item.asks, "role": item.role,
                 "since": item.since, "due": item.due.at, "late": item.due.late}
                for group in work.groups for item in group.items
            ],
        })  # fmt: skip
        return
    if not work.items:
        click.echo(f"Nothing waits for {someone.name}.")
    for group in work.groups:
        click.echo(f"{group.name}:")
        for item in group.items:
            click.echo(f"  {_date(item.due, days):<16} {item.asks} ({item.role}, {item.case})")
    if work.more is not None:
        click.echo(f"More than {len(work.items)} things wait: the page shows them all.")


def _work_of(engine: Engine, person: str) -> tuple[Person, MyWork]:
    now = engine.clock.now()
    with engine.connect() as connection:
        someone = cast("Person", known(connection, person, now))
        return someone, my_work(
            connection, someone, now=now, calendar=engine.calendar, machines=engine.machines
        )


def _date(due: Due, days: console.Days) -> str:
    return days(due.at) if due.at else "no date"
