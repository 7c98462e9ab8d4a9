"""`conferral verify`: whether a signed credential in a file is valid, and why."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from conferral import console
from conferral.fetcher import Fetcher
from conferral.issuer import did_document
from conferral.settings import load
from credentials.carried import credential_in
from credentials.did import resolver
from credentials.documents import LARGEST, Document
from credentials.errors import CredentialError
from credentials.holder import issued_to
from credentials.judge import Judged, judge
from credentials.verify import Verdict

NOT_VALID: Final = 1


@click.command()
@click.argument("file")
@click.option("--did", "dids", metavar="FILE", multiple=True, help="A DID document with its keys.")
@click.option("--status", metavar="FILE", help="The status list that the credential names.")
@click.option("--offline", is_flag=True, help="Fetch nothing: no keys, no status list.")
@click.option("--holder", metavar="EMAIL", help="Ask whether it was issued to this address.")
@console.data_option
@console.json_option
def command(
    file: str, *, dids: tuple[str, ...], status: str | None, offline: bool, holder: str | None,
    data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Verify the signed credential in FILE, JSON or PNG. Exit code 0: valid, 1: not, 2: unreadable.

    The key of a did:key is in its name; ours lie in the data folder; others come from --did, or are
    fetched from its issuer's site, as is the status list. With --holder it is also asked whether
    the credential was issued to that address, and exit code 1 says that it was not.
    """
    judged = judge(
        document_in(file), known=_published(dids, data), fetch=None if offline else Fetcher(),
        now=datetime.now(UTC), status_list=document_in(status) if status else None,
    )  # fmt: skip
    theirs = issued_to(judged.document, holder) if holder else True
    if as_json:
        held = {"holder": theirs} if holder else {}
        console.show_json({**as_data(judged.verdict), "unreached": judged.unreached, **held})
    else:
        _tell(judged, holder=holder, theirs=theirs)
    return 0 if judged.verdict.valid and theirs else NOT_VALID


def document_in(file: str) -> Document:
    """The JSON object in a file; Unreadable says in one line why there is none."""
    name = ascii(file)[1:-1]
    try:
        with click.open_file(file, "rb") as opened:
            return credential_in(opened.read(LARGEST + 1))
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "this is no file name"
        raise console.Unreadable(f"{name} cannot be read: {why}.") from problem
    except CredentialError as problem:
        raise console.Unreadable(f"{name}: {problem}") from problem


def _published(dids: Iterable[str], data: Path | None) -> tuple[Mapping[str, object], ...]:
    """The DID documents that were given, and our own."""
    given = [document_in(file) for file in dids]
    settings = load(os.environ)
    here = settings if data is None else settings.model_copy(update={"data": data})
    try:
        ours = did_document(here)
        known = (*given, *([ours] if ours else []))
        resolver(*known)
    except CredentialError as problem:
        raise console.Unreadable(f"--did: {problem}") from problem
    return known


def as_data(verdict: Verdict) -> dict[str, object]:
    """The verdict as the JSON that other programs read; `ok` is null where it was not asked."""
    return {
        "valid": verdict.valid, "answer": verdict.answer.value, "complete": verdict.complete,
        "checks": [{"name": c.name, "ok": c.ok, "says": c.sentence} for c in verdict.checks],
    }  # fmt: skip


def _tell(judged: Judged, *, holder: str | None, theirs: bool | None) -> None:
    click.echo(f"{judged.verdict.answer.value.capitalize()}.")
    for check in judged.verdict.checks:
        mark = {True: "yes", False: "no", None: "not checked"}[check.ok]
        click.echo(f"  {check.name} ({mark}): {check.sentence}")
    if judged.unreached:
        click.echo(f"  status list: {judged.unreached}")
    if holder:
        said = {True: "yes", False: "no", None: "it names no address"}[theirs]
        click.echo(f"  issued to {holder}: {said}")
