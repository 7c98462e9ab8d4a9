"""`conferral cases`: which cases there are, and where they stand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, LiteralString

import click
from psycopg.rows import class_row

from conferral import console
from models import MACHINES, STATES
from workflow.engine import Engine

_KNOWN: Final = tuple(dict.fromkeys(state for states in STATES.values() for state in states))


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the list."""

    case: str
    machine: str
    state: str
    title: str
    since: datetime
    due: datetime | None


_CASES: Final[LiteralString] = """
SELECT c.id AS case, c.machine, c.state, coalesce(p.title, i.title, m.title, k.title, '') AS title,
       c.entered_at AS since,
       (SELECT min(w.due_at) FROM work_item w WHERE w.case_id = c.id AND w.state = 'open') AS due
  FROM cases c
  LEFT JOIN proposal p ON c.machine = 'proposal' AND p.case_id = c.id
  LEFT JOIN agenda_item i ON c.machine = 'agenda_item' AND i.case_id = c.id
  LEFT JOIN meeting m ON c.machine = 'meeting' AND m.case_id = c.id
  LEFT JOIN award a ON c.machine = 'award' AND a.case_id = c.id
  LEFT JOIN credential k ON k.case_id = coalesce(a.credential, c.id)
 WHERE (%(machine)s::text IS NULL OR c.machine = %(machine)s)
   AND (%(state)s::text IS NULL OR c.state = %(state)s)
 ORDER BY array_position(%(order)s::text[], c.machine), length(c.id), c.id LIMIT %(limit)s"""


@click.command()
@click.option("--machine", type=click.Choice(MACHINES), help="Only cases of this machine.")
@click.option("--state", type=click.Choice(_KNOWN), help="Only cases in this state.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True)
@console.data_option
@console.json_option
def command(
    *, machine: str | None, state: str | None, limit: int, data: Path | None, as_json: bool
) -> None:
    """List the cases: what they are about, where they stand, since when and until when."""
    with console.engine(data) as engine:
        lines = tuple(cases(engine, machine=machine, state=state, limit=limit))
        day = console.days_of(engine)
    if as_json:
        console.show_json([asdict(line) for line in lines])
        return
    if not lines:
        click.echo("There is no such case." if machine or state else "There is no case yet.")
        return
    for line in _listed(lines, day):
        click.echo(line)


def cases(engine: Engine, *, machine: str | None, state: str | None, limit: int) -> Iterator[Line]:
    """Cases in the order of the machines and of their numbers."""
    values = {"machine": machine, "state": state, "limit": limit, "order": list(MACHINES)}
    with engine.connect() as connection, connection.cursor(row_factory=class_row(Line)) as cursor:
        yield from cursor.execute(_CASES, values)


def _listed(lines: tuple[Line, ...], day: console.Days) -> Iterator[str]:
    rows = [
        (
            line.case,
            line.state,
            f"since {day(line.since)}",
            f"due {day(line.due)}" if line.due else "",
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, line in zip(rows, lines, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((*cells, line.title or "untitled"))
