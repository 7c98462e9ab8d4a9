"""Signing: a Data Integrity proof with the cryptosuite eddsa-rdfc-2022.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0, section 3.2.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from credentials.canonical import canonicalise
from credentials.contexts import Contexts
from credentials.documents import Document, spell, timestamp, walk
from credentials.errors import UndefinedTerms
from credentials.guard import guard
from credentials.keys import Signer
from credentials.multibase import base58

CRYPTOSUITE = "eddsa-rdfc-2022"
#: Open Badges 3.0.3 is published in two variants that differ in these two terms.
_DISPUTED = frozenset({"endorsementJwt", "jti"})


def sign(
    document: Mapping[str, object],
    *,
    signer: Signer,
    created: datetime,
    contexts: Contexts,
    as_set: bool = True,
) -> Document:
    """The document with its proof: a list of one (Open Badges 3.0), or one object if not `as_set`.

    Guards first: raises UndefinedTerms with every field that would be shown but not signed, and
    ContextRefused or NotCanonical where the document cannot be read.
    """
    bare = {key: value for key, value in document.items() if key != "proof"}
    guard(bare, contexts=contexts)
    _refuse_disputed(bare)
    proof: Document = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": signer.key_id,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(hash_data(bare, proof, contexts=contexts, guarded=True))
    proof["proofValue"] = base58(signature)
    return {**bare, "proof": [proof] if as_set else proof}


def _refuse_disputed(document: Mapping[str, object]) -> None:
    """Raise UndefinedTerms for terms that two copies of one context define differently."""
    found = tuple(
        f"{spell(path)}: copies of its vocabulary disagree on {key!r}, so it is not signed."
        for path, key, _ in walk(document)
        if key in _DISPUTED
    )
    if found:
        raise UndefinedTerms(found)


def hash_data(
    document: Mapping[str, object],
    proof: Mapping[str, object],
    *,
    contexts: Contexts,
    guarded: bool = False,
) -> bytes:
    """The 64 bytes that are signed: SHA-256 of the proof's options, then of the document.

    `document` carries no proof; a proofValue among the options is left out. `guarded` as in
    `canonicalise`, for both.
    """
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    options["@context"] = document.get("@context")
    return (
        sha256(canonicalise(options, contexts=contexts, guarded=guarded)).digest()
        + sha256(canonicalise(document, contexts=contexts, guarded=guarded)).digest()
    )
