"""Decentralised identifiers: our did:web and its document, did:key, and finding a key by its id.

A key once published stays in the document for ever, so what it signed stays verifiable; a key
that was compromised stays too, with the moment from which it counts no more.

Source: W3C DID 1.0; did:web and did:key method specifications; W3C Controlled Identifiers 1.0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote, unquote

from credentials.contexts import DID_V1, MULTIKEY_V1
from credentials.documents import Document, as_list, moment, timestamp
from credentials.errors import KeyRefused
from credentials.keys import from_multikey, multikey

_DID_KEY = "did:key:"
_DID_WEB = "did:web:"


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key, its full id, who controls it, and from when it no longer counts."""

    id: str
    controller: str
    public_key: bytes
    revoked: datetime | None = None


#: From the verification method a proof names to its key; raises KeyRefused with a sentence.
ResolveKey: TypeAlias = Callable[[str], VerificationKey]


def did_web(host: str, *, port: int | None = None, path: Sequence[str] = ()) -> str:
    """The did:web of a host: `did:web:example.edu`, `did:web:localhost%3A8080:units:asa`."""
    if not host or set(host) & set(":/?#@% \t\n"):
        raise ValueError(f"{host!r} is not a host name.")
    place = host.lower() if port is None else f"{host.lower()}%3A{port}"
    return _DID_WEB + ":".join((place, *(quote(step, safe="") for step in path)))


def did_web_url(did: str) -> str:
    """Where the document of a did:web is found: `https://example.edu/.well-known/did.json`."""
    if not did.startswith(_DID_WEB):
        raise ValueError(f"{did!r} is not a did:web.")
    host, *path = (unquote(step) for step in did.removeprefix(_DID_WEB).split(":"))
    return "https://" + "/".join((host, *(path or [".well-known"]), "did.json"))


def did_key(public_key: bytes) -> str:
    """The did:key of a public key: the identifier is the key."""
    return _DID_KEY + multikey(public_key)


def resolve_did_key(method: str) -> VerificationKey:
    """The key in a did:key, with or without its fragment; KeyRefused where it is none."""
    did, _, fragment = method.partition("#")
    encoded = did.removeprefix(_DID_KEY)
    if not did.startswith(_DID_KEY) or fragment not in {"", encoded}:
        raise KeyRefused(f"{method} is not a did:key.")
    return VerificationKey(id=method, controller=did, public_key=from_multikey(encoded))


def did_document(issuer: str, keys: Sequence[VerificationKey]) -> Document:
    """The document that publishes an issuer's keys, oldest first; retired keys stay in it.

    Raises KeyRefused for a key whose id or controller is another's.
    """
    for key in keys:
        if key.controller != issuer or not key.id.startswith(f"{issuer}#"):
            raise KeyRefused(f"The key {key.id} does not belong to {issuer}.")
    return {
        "@context": [DID_V1, MULTIKEY_V1],
        "id": issuer,
        "verificationMethod": [_method(key) for key in keys],
        "assertionMethod": [key.id for key in keys],
    }


def _method(key: VerificationKey) -> Document:
    method: Document = {
        "id": key.id,
        "type": "Multikey",
        "controller": key.controller,
        "publicKeyMultibase": multikey(key.public_key),
    }
    return method if key.revoked is None else {**method, "revoked": timestamp(key.revoked)}


def keys_in(document: Mapping[str, object]) -> tuple[VerificationKey, ...]:
    """The keys a DID document allows for assertions; KeyRefused where it cannot be relied on.

    A method of another type than Multikey is passed over: its proofs are none that we check.
    """
    issuer = document.get("id")
    if not isinstance(issuer, str) or not issuer.startswith("did:"):
        raise KeyRefused("The DID document does not say whose it is.")
    allowed = set()
    for method in as_list(document.get("assertionMethod")):
        allowed.add(method.get("id") if isinstance(method, dict) else method)
    methods = [
        *as_list(document.get("verificationMethod")),
        *as_list(document.get("assertionMethod")),
    ]
    return tuple(
        _key(method, issuer)
        for method in methods
        if isinstance(method, dict)
        and method.get("type") == "Multikey"
        and method.get("id") in allowed
    )


def _key(method: Mapping[str, object], issuer: str) -> VerificationKey:
    name, encoded = str(method["id"]), method.get("publicKeyMultibase")
    full = name if name.startswith("did:") else issuer + name
    if not full.startswith(f"{issuer}#") or method.get("controller") != issuer:
        raise KeyRefused(f"The key {name} does not belong to {issuer}.")
    if not isinstance(encoded, str):
        raise KeyRefused(f"The key {name} has no publicKeyMultibase.")
    revoked = moment(method.get("revoked"))
    if revoked is None and "revoked" in method:
        raise KeyRefused(f"The key {name} was revoked at a time that cannot be read.")
    return VerificationKey(
        id=full, controller=issuer, public_key=from_multikey(encoded), revoked=revoked
    )


def resolver(*documents: Mapping[str, object]) -> ResolveKey:
    """A ResolveKey that knows these DID documents and every did:key, and fetches nothing."""
    known = {key.id: key for document in documents for key in keys_in(document)}

    def resolve(method: str) -> VerificationKey:
        if method in known:
            return known[method]
        if method.startswith(_DID_KEY):
            return resolve_did_key(method)
        raise KeyRefused(f"The key {method} is not published by an issuer known here.")

    return resolve
