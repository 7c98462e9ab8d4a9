"""`conferral keys`: list the issuer's keys, make the next one, end one."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from conferral import console, keyring
from conferral.compose import pool
from conferral.issuer import keys_of
from conferral.settings import Settings, load
from credentials.documents import spoken, timestamp
from workflow.queries.signed import SignedBy, signed_by


@click.group()
def command() -> None:
    """List, rotate and retire the keys that credentials are signed with."""


@command.command("list")
@console.data_option
@console.json_option
def listed(*, data: Path | None, as_json: bool) -> None:
    """List every key that ever was, oldest first."""
    _, keys, now = _here(data)
    signing, every = keys.signing(now), keys.every()
    if as_json:
        console.show_json([_as_data(key, now=now, signing=signing) for key in every])
        return
    for key in every:
        click.echo(keyring.told(key, now=now, newest=key == signing))
    if not every:
        click.echo("There is no key yet. The first is made when the first worker starts.")


@command.command()
@click.option("--now", "at_once", is_flag=True, help="It signs at once, without an overlap.")
@click.option("--overlap", type=click.IntRange(1, 24 * 30), default=24, show_default=True,
              metavar="HOURS", help="Hours for which it is published before it signs.")  # fmt: skip
@console.data_option
def rotate(*, at_once: bool, overlap: int, data: Path | None) -> None:
    """Make a new key. It is published now and signs after the overlap; workers take it up alone."""
    settings, keys, now = _here(data)
    if settings.secret_key is None:
        raise keyring.KeyNotChanged("SECRET_KEY is not set: it seals the key.")
    with console.keyed():
        made = keys.rotate(
            passphrase=settings.secret_key.get_secret_value(), now=now,
            overlap=timedelta(0) if at_once else timedelta(hours=overlap),
        )  # fmt: skip
    starts = "now" if at_once else f"from {spoken(made.starts or now)}"
    click.echo(f"{made.name} is made and published. It signs {starts}.")


@command.command()
@click.argument("name")
@click.option("--compromised", is_flag=True, help="Nothing that it signed counts any more.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="The day from which somebody else may have signed with it.")  # fmt: skip
@console.data_option
@console.json_option
def retire(
    name: str, *, compromised: bool, since: datetime | None, data: Path | None, as_json: bool
) -> None:
    """End the key NAME. What it signed stays valid, unless it was compromised.

    Of a compromised key every award that it signed is listed: those from before --since are to be
    issued again under a new key, those after are to be looked at one by one.
    """
    if compromised != (since is not None):
        raise click.UsageError("Give --compromised and --since DATE together.")
    settings, keys, now = _here(data)
    moment = since.replace(tzinfo=UTC) if since else None
    if moment and moment > now:
        raise click.UsageError("--since is a day that has been.")
    ended = keys.retire(name, now=now, since=moment)
    touched = _signed(settings, ended.id) if moment else ()
    if as_json:
        console.show_json({"key": _as_data(ended, now=now, signing=None), "signed": [
            {"award": one.case, "credential": one.credential_id, "at": timestamp(one.at),
             "after": moment is not None and one.at >= moment} for one in touched]})  # fmt: skip
        return
    click.echo(_ended(name, moment))
    for one in touched:
        word = "look at it" if moment and one.at >= moment else "issue it again"
        click.echo(f"  {one.case}  {spoken(one.at)}  {one.credential_id}  {word}")


def _ended(name: str, since: datetime | None) -> str:
    if since is None:
        return f"{name} is retired. What it signed stays valid; it stays published for ever."
    return (
        f"{name} counts no more since {spoken(since)}. Verifiers refuse from now on what it signed:"
    )


def _here(data: Path | None) -> tuple[Settings, keyring.Keys, datetime]:
    settings = load(os.environ)
    here = settings if data is None else settings.model_copy(update={"data": data})
    with console.keyed():
        keys = keys_of(here)
        keys.every()
    return here, keys, datetime.now(UTC)


def _signed(settings: Settings, key_id: str) -> tuple[SignedBy, ...]:
    with (
        console.database(settings.data) as (_, url),
        console.answering(),
        pool(url, size=1) as connect,
        connect() as connection,
    ):
        return signed_by(connection, key_id)


def _as_data(key: keyring.Key, *, now: datetime, signing: keyring.Key | None) -> dict[str, object]:
    """One key as the JSON that other programs read."""
    dates = {"starts": key.starts, "retired": key.retired, "compromised_since": key.revoked}
    return {
        "name": key.name, "id": key.id, "state": key.state(now, newest=key == signing),
        **{name: timestamp(at) if at else None for name, at in dates.items()},
    }  # fmt: skip
