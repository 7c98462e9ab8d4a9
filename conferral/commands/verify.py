"""`conferral verify`: whether a signed credential in a file is valid, and why."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from conferral import console
from conferral.issuer import did_document
from conferral.settings import load
from credentials.did import ResolveKey, resolver
from credentials.documents import LARGEST, Document
from credentials.documents import read as read_document
from credentials.errors import CredentialError
from credentials.verify import Verdict, verify

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

    Nothing is fetched. The key of a did:key is in its name; others come from --did, or are our own,
    from the data folder.
    """
    document = document_in(file)
    verdict = verify(
        document, resolve_key=_published(dids, data),
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


def _published(dids: Iterable[str], data: Path | None) -> ResolveKey:
    """Finds a did:key, a key of a DID document that was given, or a key of our own."""
    given = [document_in(file) for file in dids]
    settings = load(os.environ)
    here = settings if data is None else settings.model_copy(update={"data": data})
    try:
        ours = did_document(here)
        return resolver(*given, *([ours] if ours else []))
    except CredentialError as problem:
        raise console.Unreadable(f"--did: {problem}") from problem


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
