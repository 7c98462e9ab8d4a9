"""Judging a file of anybody's: the credential in it, its issuer's keys, its status as of now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.did import resolver
from credentials.documents import Document
from credentials.errors import CredentialError
from credentials.resolve import Fetch, fetching, status_list_of
from credentials.verify import Verdict, verify


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict, and why the status could not be asked where it could not ("" else)."""

    document: Document
    verdict: Verdict
    unreached: str = ""


def judge(
    document: Document,
    *,
    known: tuple[Mapping[str, object], ...],
    fetch: Fetch | None,
    now: datetime,
    status_list: Mapping[str, object] | None = None,
) -> Judged:
    """Judge a credential with the DID documents that are known, and what may be fetched.

    Without `fetch` nothing is. The status list is fetched only of a credential whose signature is
    good, so that an invented file sends nobody anywhere but to its issuer's keys.
    """
    resolve_key = fetching(*known, fetch=fetch) if fetch else resolver(*known)
    verdict = verify(document, resolve_key=resolve_key, now=now, status_list=status_list)
    if fetch is None or status_list is not None or not _signed(verdict):
        return Judged(document, verdict)
    try:
        found = status_list_of(document, fetch=fetch)
    except CredentialError as error:
        return Judged(document, verdict, unreached=str(error))
    if found is None:
        return Judged(document, verdict)
    return Judged(document, verify(document, resolve_key=resolve_key, now=now, status_list=found))


def _signed(verdict: Verdict) -> bool:
    checks = {check.name: check.ok for check in verdict.checks}
    return bool(checks.get("signature") and checks.get("issuer"))
