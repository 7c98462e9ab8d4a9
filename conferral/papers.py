"""Minutes and bulletins for the command line: as text on the screen, as text or PDF in a file."""

from collections.abc import Callable
from pathlib import Path

import click

from conferral import console
from credentials.typeset import pdf
from workflow.happened import Happened
from workflow.paper import Paper
from workflow.queries.happened import happened

#: Makes a paper of what happened; `issuer` and `zone` are the institution's.
Draft = Callable[..., Paper]


def write(draft: Draft, meeting: str, *, data: Path | None, out: Path | None) -> None:
    """Draft a paper of a meeting and print it, or write it: PDF where the name ends so."""
    found, issuer, zone = _read(meeting, data)
    paper = draft(found, issuer=issuer, zone=zone)
    if out is None:
        click.echo(paper.as_text(), nl=False)
        return
    if out.suffix.lower() == ".pdf":
        out.write_bytes(pdf("paper.typ", paper.as_data()))
    else:
        out.write_text(paper.as_text(), encoding="utf-8")
    click.echo(f"{paper.title}: {paper.stand} {out}")


def _read(meeting: str, data: Path | None) -> tuple[Happened, str, object]:
    with console.engine(data) as engine:
        with engine.connect() as connection:
            found = happened(connection, console.printable(meeting))
        if found is None:
            raise console.NothingHere(meeting)
        if found.state not in {"held", "minuted"}:
            raise click.UsageError(f"{meeting} is not over: its papers are drafted afterwards.")
        return found, console.institution(), engine.calendar.zone
