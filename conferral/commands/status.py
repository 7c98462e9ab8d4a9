"""`conferral status`: the lists that say which credentials count no more."""

import os
from pathlib import Path

import click

from conferral import console
from conferral.compose import pool
from conferral.issuer import keyring_of, publish_status_lists, published_list
from conferral.settings import load
from credentials.status import ENTRIES
from workflow.engine import WallClock
from workflow.issuing import published_places, status_bits, status_lists


@click.group()
def command() -> None:
    """Show the status lists, or publish those that differ from what is recorded."""


@command.command()
@console.data_option
@console.json_option
def show(*, data: Path | None, as_json: bool) -> None:
    """Show each list: how many places are set, and whether what is published says the same."""
    with (
        console.database(data) as (_, url),
        console.answering(),
        pool(url, size=2) as connect,
        connect() as connection,
    ):
        found = []
        for number in status_lists(connection):
            body = published_list(connect, number)
            wanted = {*status_bits(connection, number)}
            same = body is not None and published_places(body) == wanted
            found.append({"list": number, "set": len(wanted), "of": ENTRIES, "published": same})
    if as_json:
        console.show_json(found)
        return
    for one in found:
        state = "published" if one["published"] else "differs from what is published"
        click.echo(f"list {one['list']}: {one['set']} of {one['of']} places set, {state}")
    if not found:
        click.echo("No place is reserved yet, so there is no list.")


@command.command()
@console.data_option
def publish(*, data: Path | None) -> None:
    """Sign and publish every list that differs. Workers do so by themselves within seconds."""
    settings = load(os.environ)
    here = settings if data is None else settings.model_copy(update={"data": data})
    with console.database(data) as (_, url), console.answering(), pool(url, size=2) as connect:
        with console.keyed():
            signer = keyring_of(here, now=WallClock().now).signer()
        signed = publish_status_lists(here, connect, signer, anew=True)
    said = ", ".join(map(str, signed)) if signed else "none: each says what is recorded"
    click.echo(f"Published: {said}.")
