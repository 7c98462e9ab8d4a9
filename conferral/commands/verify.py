"""`conferral verify`: whether a signed credential in a file is valid, and why."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from conferral import console
from conferral.settings import load
from credentials.did import ResolveKey, VerificationKey, keys_in, resolve_did_key
from credentials.documents import LARGEST, Document
from credentials.documents import read as read_document
from credentials.errors import CredentialError, KeyRefused
from credentials.verify import Verdict, verify
from workflow.forms import shown

NOT_VALID: Final = 1


@click.command()
@click.argument("file")
@click.option("--did", "dids", metavar="FILE", multiple=True, help="A DID document with its keys.")
@click.option("--status", metavar="FILE", help="The status list that the credential names.")
@console.data_option
@console.json_option
def command(
    file: str, *, dids: tuple[str, ...], status: str | None, data: Path | None, as_json: bool
) -> int:
    """Verify the signed credential in FILE. Exit code 0: valid, 1: not valid, 2: unreadable.

    Nothing is fetched. Keys of a did:key are in its name; others come from --did, or from the
    did.json of the data folder.
    """
    document = document_in(file)
    verdict = verify(
        document, resolve_key=resolver(map(document_in, _dids(dids, data))),
        now=datetime.now(UTC), status_list=document_in(status) if status else None,
    )  # fmt: skip
    if as_json:
        console.show_json(as_data(verdict))
    else:
        _tell(verdict)
    return 0 if verdict.valid else NOT_VALID


def document_in(file: str) -> Document:
    """The JSON object in a file; Unreadable says in one line why there is none."""
    name = ascii(file)[1:-1]
    try:
        with click.open_file(file, "rb") as opened:
            return read_document(opened.read(LARGEST + 1))
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "this is no file name"
        raise console.Unreadable(f"{name} cannot be read: {why}.") from problem
    except CredentialError as problem:
        raise console.Unreadable(f"{name}: {problem}") from problem


def _dids(given: tuple[str, ...], data: Path | None) -> tuple[str, ...]:
    ours = (data or load(os.environ).data) / "did.json"
    return (*given, str(ours)) if ours.is_file() else given


def resolver(documents: Iterable[Mapping[str, object]]) -> ResolveKey:
    """Finds a key in a did:key's own name, or among those that these DID documents publish."""
    try:
        keys = {key.id: key for document in documents for key in keys_in(document)}
    except CredentialError as problem:
        raise console.Unreadable(f"--did: {problem}") from problem

    def resolve(method: str) -> VerificationKey:
        if method.startswith("did:key:"):
            return resolve_did_key(method)
        if method in keys:
            return keys[method]
        raise KeyRefused(
            f"The key {shown(method)} is not at hand. Give the issuer's DID document with --did."
        )

    return resolve


def as_data(verdict: Verdict) -> dict[str, object]:
    """The verdict as the JSON that other programs read; `ok` is null where it was not asked."""
    return {
        "valid": verdict.valid, "answer": verdict.answer.value, "complete": verdict.complete,
        "checks": [{"name": c.name, "ok": c.ok, "says": c.sentence} for c in verdict.checks],
    }  # fmt: skip


def _tell(verdict: Verdict) -> None:
    click.echo(f"{verdict.answer.value.capitalize()}.")
    for check in verdict.checks:
        mark = {True: "yes", False: "no", None: "not checked"}[check.ok]
        click.echo(f"  {check.name} ({mark}): {check.sentence}")
