"""Finding what a credential of somebody else refers to: its issuer's keys, its status list.

How an address is fetched is passed in; this room opens no connection.
"""

from collections.abc import Callable, Mapping

from credentials.did import ResolveKey, VerificationKey, did_web_url, keys_in, resolver
from credentials.documents import Document, read
from credentials.errors import CredentialError, KeyRefused

_DID_WEB = "did:web:"

#: The bytes at an address; raises FetchRefused with a sentence where they cannot be had.
Fetch = Callable[[str], bytes]


class FetchRefused(CredentialError):
    """An address is not fetched, or did not answer with what was asked for."""


def fetching(*documents: Mapping[str, object], fetch: Fetch) -> ResolveKey:
    """A ResolveKey that knows these DID documents and every did:key, and fetches a did:web.

    A document is fetched once, however many proofs name it.
    """
    known = resolver(*documents)
    ours = {document.get("id") for document in documents}
    fetched: dict[str, ResolveKey] = {}

    def resolve(method: str) -> VerificationKey:
        did = method.partition("#")[0]
        if did in ours or not did.startswith(_DID_WEB):
            return known(method)
        if did not in fetched:
            fetched[did] = resolver(_document(did, fetch))
        return fetched[did](method)

    return resolve


def _document(did: str, fetch: Fetch) -> Document:
    try:
        url = did_web_url(did)
    except ValueError as error:
        raise KeyRefused(f"{did} names no place to look for its keys.") from error
    document = read(fetch(url))
    if document.get("id") != did:
        raise KeyRefused(f"The document found for {did} belongs to {document.get('id')}.")
    keys_in(document)  # refused here, with its own sentence, where it cannot be relied on
    return document


def status_list_of(document: Mapping[str, object], *, fetch: Fetch) -> Document | None:
    """The status list that a credential names, as it is published now; None where it names none.

    Raises FetchRefused or NotCanonical where it cannot be had. Whether it is signed and the one
    named is for `verify` to judge.
    """
    entry = document.get("credentialStatus")
    url = entry.get("statusListCredential") if isinstance(entry, dict) else None
    return read(fetch(url)) if isinstance(url, str) else None
