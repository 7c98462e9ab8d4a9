"""Issuing: from the facts of an award to the bytes that are kept, or nothing.

The same facts, key and time give the same bytes. That it happens once is the engine's to hold: it
stores the bytes under the reserved id, and a retry reads them and never signs again.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from credentials import documents
from credentials.build import build
from credentials.contexts import Contexts, pinned
from credentials.did import ResolveKey, VerificationKey
from credentials.errors import KeyRefused, NotIssued
from credentials.facts import AchievementFacts, AwardFacts, Issuer
from credentials.keys import Signer
from credentials.schema import check
from credentials.sign import sign
from credentials.verify import verify


@dataclass(frozen=True, slots=True)
class Signed:
    """A credential as it is kept for ever: its id, its bytes, and their SHA-256 in hex."""

    credential_id: str
    content: bytes
    sha256: str


def issue(
    award: AwardFacts,
    achievement: AchievementFacts,
    *,
    issuer: Issuer,
    signer: Signer,
    now: datetime,
    resolve_key: ResolveKey | None = None,
    contexts: Contexts | None = None,
) -> Signed:
    """Build, guard, sign, check the strict shape, write, read back and verify.

    `resolve_key` finds the signer's key as published (`did.resolver` of our document); without it
    the signer's own word is taken. Raises NotBuildable, UndefinedTerms, WrongShape or NotIssued;
    in each case nothing has been issued.
    """
    contexts = contexts or pinned()
    document = build(award, achievement, issuer=issuer)
    signed = sign(document, signer=signer, created=now, contexts=contexts)
    check(signed)
    content = documents.write(signed)
    refuse_unverified(
        content,
        resolve_key=resolve_key or own_key(signer),
        now=max(now, award.valid_from),
        contexts=contexts,
    )
    return Signed(award.credential_id, content, sha256(content).hexdigest())


def refuse_unverified(
    content: bytes, *, resolve_key: ResolveKey, now: datetime, contexts: Contexts | None = None
) -> None:
    """Judge the bytes as a reader would; NotIssued with every check that failed."""
    verdict = verify(documents.read(content), resolve_key=resolve_key, now=now, contexts=contexts)
    if not verdict.valid:
        raise NotIssued(each.sentence for each in verdict.checks if each.ok is False)


def own_key(signer: Signer) -> ResolveKey:
    """Finds the signer's key by the signer's own word."""
    controller = signer.key_id.partition("#")[0]
    key = VerificationKey(signer.key_id, controller, signer.public_key)

    def resolve(method: str) -> VerificationKey:
        if method != key.id:
            raise KeyRefused(f"The key {method} is not the one that signed.")
        return key

    return resolve
