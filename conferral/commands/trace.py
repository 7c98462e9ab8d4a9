"""`conferral trace`: everything a credential rests on, each entry with its proof."""

from pathlib import Path

import click
import orjson

from conferral import console
from conferral.compose import pool
from workflow.queries.trace import Trace, trace


@click.command()
@click.argument("credential")
@console.data_option
@console.json_option
def command(credential: str, *, data: Path | None, as_json: bool) -> None:
    """Trace CREDENTIAL (its number, or an award such as AW-12) back to the votes and the policy.

    With --json it is the file that `conferral log verify` checks without a database.
    """
    number = credential if credential.startswith(("AW-", "urn:")) else f"urn:uuid:{credential}"
    with (
        console.database(data) as (_, url), console.answering(), pool(url, size=2) as connect,
        connect() as connection,
    ):  # fmt: skip
        found = trace(connection, number, viewer=None)
    if found is None:
        raise console.Unreadable(f"There is no signed credential {credential}.")
    if as_json:
        click.echo(orjson.dumps(found.as_data(), option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(found)


def _tell(found: Trace) -> None:
    click.echo(f"{found.title}, {found.credential_id}")
    for link in found.links:
        click.echo(f"\n{link.heading} ({link.case})")
        for name, said in link.lines:
            click.echo(f"  {name}: {said}")
    size = found.checkpoint.split("\n")[1] if found.checkpoint else ""
    click.echo(
        f"\n{len(found.entries)} entries are proved against the checkpoint of {size} leaves."
        if size else "\nNo checkpoint is signed yet, so nothing is proved. "
        "Sign one: conferral log checkpoint"
    )  # fmt: skip
