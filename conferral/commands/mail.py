"""`conferral mail`: what a mail of each kind says, on made-up facts."""

from datetime import UTC, datetime

import click

from conferral import console
from policies import calendar
from tasks.render import Rendered, render
from tasks.samples import sample
from workflow.definition import Definition
from workflow.notices import importances, kinds
from workflow.registry import MACHINES

#: A Tuesday in term: what a mail says is the same whenever one looks.
_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
_BASE = "https://conferral.example.edu"
_CLASSES = {"act": "Act", "know": "Know", "fyi": "FYI"}


@click.command()
@click.argument("kind", required=False)
@click.option("--html", is_flag=True, help="Show the HTML body instead of the plain text.")
@console.json_option
def command(kind: str | None, *, html: bool, as_json: bool) -> None:
    """Show what a mail of KIND says, on made-up facts; without KIND, every kind there is."""
    if kind is None:
        _list(as_json=as_json)
        return
    rendered = _rendered(kind)
    if as_json:
        console.show_json({
            "kind": kind, "subject": rendered.subject, "text": rendered.text, "html": rendered.html,
        })  # fmt: skip
    elif html:
        click.echo(rendered.html, nl=False)
    else:
        click.echo(f"Subject: {rendered.subject}\n\n{rendered.text}", nl=False)


def _list(*, as_json: bool) -> None:
    rows = [
        {"kind": kind, "class": _CLASSES[_importance(kind)], "subject": _rendered(kind).subject}
        for kind in sorted(_definitions())
    ]
    if as_json:
        console.show_json({"kinds": rows})
        return
    for row in rows:
        click.echo(f"{row['class']:<5} {row['kind']:<42} {row['subject']}")


def _definitions() -> dict[str, Definition]:
    """Every kind with the definition that can cause it."""
    return {
        kind: machine.definition
        for machine in MACHINES.values()
        for kind in kinds(machine.definition)
    }


def _importance(kind: str) -> str:
    return importances(_definitions()[kind]).get(kind, "act")


def _rendered(kind: str) -> Rendered:
    definition = _definitions().get(kind)
    if definition is None:
        raise click.UsageError(f"There is no mail of the kind {kind}: conferral mail lists them.")
    mail = sample(kind, definition, calendar.load(), now=_AT)
    return render(mail, lambda _: definition, calendar.load(), base_url=_BASE)
