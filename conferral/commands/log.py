"""`conferral log`: sign a checkpoint of all histories, prove an entry, check a proof."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click
import orjson
from psycopg import Connection

from conferral import console
from conferral.commands.verify import document_in
from conferral.compose import pool
from conferral.issuer import keyring_of
from conferral.outside import keeping, log_keys
from conferral.settings import Settings, load
from credentials.checkpoint import Checkpoint, CheckpointRefused, opened
from credentials.did import keys_in
from credentials.errors import CredentialError
from credentials.merkle import consistency, grew
from workflow.engine import WallClock
from workflow.log import included, leaves, newest, proved
from workflow.queries.proved import entries_of

FORMAT = "conferral-proof/1"
NOT_PROVED = 1
Rows = Connection[tuple[object, ...]]


@click.group()
def command() -> None:
    """Keep the log over all histories, and check proofs of it without a database."""


@command.command()
@console.data_option
def checkpoint(*, data: Path | None) -> None:
    """Extend the log, sign a checkpoint, keep it in the folder `log`, and print it."""
    settings = _settings(data)
    with console.database(data) as (_, url), console.answering(), pool(url, size=2) as connect:
        with console.keyed():
            ring = keyring_of(settings, now=WallClock().now)
            note = keeping(settings, connect, ring, now=WallClock().now)()
        with connect() as connection:
            click.echo(note or newest(connection) or "Nothing has happened yet.\n", nl=False)


@command.command()
@click.argument("case")
@click.option("--since", metavar="FILE", help="A checkpoint from before: prove that the log grew.")
@console.data_option
def prove(case: str, *, since: str | None, data: Path | None) -> None:
    """Print the entries of CASE, each with its proof against the newest checkpoint."""
    settings = _settings(data)
    with (
        console.database(data) as (_, url), console.answering(), pool(url, size=2) as connect,
        connect() as connection,
    ):  # fmt: skip
        note, at = _newest(connection, settings)
        proof: dict[str, object] = {
            "format": FORMAT, "checkpoint": note,
            "entries": entries_of(connection, [case], size=at.size),
        }  # fmt: skip
        if since is not None:
            proof["grew"] = _grew(connection, Path(since), at=at, keys=log_keys(settings))
    click.echo(orjson.dumps(proof, option=orjson.OPT_INDENT_2).decode())


@command.command()
@click.argument("file")
@click.option("--did", "did", metavar="FILE", help="The issuer's DID document; else our own keys.")
@console.data_option
@console.json_option
def verify(file: str, *, did: str | None, data: Path | None, as_json: bool) -> int:
    """Check the proof or trace in FILE; needs no database. Exit code 0: all is proved, 1: not."""
    bundle = document_in(file)
    keys = _keys(did, data)
    try:
        faults = list(faults_in(bundle, keys))
    except CheckpointRefused as problem:
        faults = [str(problem)]
    held = len(cast("list[object]", bundle.get("entries") or []))
    if as_json:
        console.show_json({"proved": not faults, "entries": held, "faults": faults})
    else:
        click.echo(f"Proved: {held} entries." if not faults else "Not proved.")
        for fault in faults:
            click.echo(f"  {fault}")
    return NOT_PROVED if faults else 0


def faults_in(bundle: Mapping[str, object], keys: tuple[bytes, ...]) -> list[str]:
    """What of a bundle is not proved; CheckpointRefused where its checkpoint does not count."""
    at = opened(str(bundle.get("checkpoint")), keys=keys)
    entries = bundle.get("entries")
    faults = ["It holds no entries."] if not isinstance(entries, list) or not entries else []
    faults += [
        f"{_named(one)} is not what the log holds there."
        for one in (entries if isinstance(entries, list) else ())
        if not isinstance(one, dict) or not _holds(one, at)
    ]
    old = bundle.get("grew")
    if isinstance(old, dict) and not _only_grew(old, at, keys):
        faults.append("The log of the older checkpoint was changed, not only added to.")
    return faults


def _holds(one: Mapping[str, object], at: Checkpoint) -> bool:
    entry, proof = one.get("entry"), one.get("proof")
    if not isinstance(proof, dict):
        return False
    if isinstance(entry, dict):
        return proved(entry, proof, at=at)
    return included(str(one.get("hash")), proof, at=at)


def _named(one: object) -> str:
    entry = one.get("entry") if isinstance(one, dict) else None
    said = entry if isinstance(entry, dict) else one if isinstance(one, dict) else {}
    return f"Entry {said.get('seq')} of {said.get('case_id')}"


def _only_grew(old: Mapping[str, object], at: Checkpoint, keys: tuple[bytes, ...]) -> bool:
    before, path = opened(str(old.get("checkpoint")), keys=keys), old.get("path")
    try:
        steps = [bytes.fromhex(str(step)) for step in path] if isinstance(path, list) else []
    except ValueError:
        return False
    return before.origin == at.origin and grew(
        old_size=before.size, old_root=before.root, new_size=at.size, new_root=at.root, proof=steps
    )


def _grew(
    connection: Rows, since: Path, *, at: Checkpoint, keys: tuple[bytes, ...]
) -> dict[str, object]:
    try:
        note = since.read_text(encoding="utf-8")
        before = opened(note, keys=keys)
        path = consistency(list(leaves(connection, end=at.size)), before.size)
    except (OSError, ValueError, IndexError, CredentialError) as problem:
        raise console.Unreadable(f"{since.name}: {problem}") from problem
    return {"checkpoint": note, "path": [step.hex() for step in path]}


def _newest(connection: Rows, settings: Settings) -> tuple[str, Checkpoint]:
    note = newest(connection)
    if note is None:
        raise console.Unreadable("There is no checkpoint yet. Sign one: conferral log checkpoint")
    with console.keyed():
        keys = log_keys(settings)
    try:
        return note, opened(note, keys=keys)
    except CheckpointRefused as problem:
        raise console.Unreadable(str(problem)) from problem


def _keys(did: str | None, data: Path | None) -> tuple[bytes, ...]:
    if did is None:
        with console.keyed():
            return log_keys(_settings(data))
    try:
        return tuple(key.public_key for key in keys_in(document_in(did)) if key.revoked is None)
    except CredentialError as problem:
        raise console.Unreadable(f"--did: {problem}") from problem


def _settings(data: Path | None) -> Settings:
    settings = load(os.environ)
    return settings if data is None else settings.model_copy(update={"data": data})
