"""Verifying: every question a reader may ask of a credential, each answered in a sentence.

Nothing is fetched: keys come from `resolve_key`, the status list is handed in.

Source: W3C Data Integrity 1.0, section 4.4; EdDSA Cryptosuites, section 3.2.2; Bitstring Status
List, section 3.2; 1EdTech Open Badges 3.0, section 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from credentials.contexts import Contexts, pinned
from credentials.did import ResolveKey, VerificationKey
from credentials.documents import as_list, moment, refuse_depth, spoken
from credentials.errors import CredentialError, KeyRefused, NotCanonical
from credentials.guard import undefined
from credentials.keys import verifies
from credentials.multibase import from_base58
from credentials.schema import problems
from credentials.sign import CRYPTOSUITE, hash_data
from credentials.status import bits_in, index_in, is_set

RECORD = "ClrCredential"
_BITSTRING = "BitstringStatusListEntry"
_SIGNATURE_BYTES = 64


class Answer(StrEnum):
    """The one word a reader wants first."""

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NOT_YET = "not yet valid"
    EXPIRED = "expired"
    ALTERED = "signature does not match"
    UNVERIFIABLE = "cannot be verified"


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer: `ok` is None where it could not be asked."""

    name: str
    ok: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer first, then every check, in the order a reader asks them.

    `valid` is true where no check failed; `complete` where each could also be asked.
    """

    answer: Answer
    checks: tuple[Check, ...]

    @property
    def valid(self) -> bool:
        return self.answer is Answer.VALID

    @property
    def complete(self) -> bool:
        return all(check.ok is not None for check in self.checks)

    def check(self, name: str) -> Check:
        """The check of this name: shape, terms, signature, issuer, dates or status.

        KeyError where a document too deep to read was not asked that.
        """
        return {check.name: check for check in self.checks}[name]


#: What a credential inside a record may be, by itself and without its status list.
_GENUINE = frozenset({Answer.VALID, Answer.EXPIRED, Answer.NOT_YET})


class _Unsigned(CredentialError):
    """No signature that can be checked and relied on."""


class _Altered(_Unsigned):
    """The signature is not this key's over this document."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a document is judged with."""

    resolve_key: ResolveKey
    now: datetime
    contexts: Contexts


def verify(
    document: Mapping[str, object],
    *,
    resolve_key: ResolveKey,
    now: datetime,
    status_list: Mapping[str, object] | None = None,
    contexts: Contexts | None = None,
) -> Verdict:
    """Judge a signed credential: shape, terms, signature, issuer, dates, status.

    `status_list` is the signed list that the credential names, as published. Without it the status
    is not checked, and the verdict is not `complete`. Raises nothing for a bad document.
    """
    try:
        refuse_depth(document)
    except NotCanonical as error:
        return Verdict(Answer.UNVERIFIABLE, (Check("shape", ok=False, sentence=str(error)),))
    reading = _Reading(resolve_key, now, contexts or pinned())
    terms = _terms(document, reading)
    signature, issuer, altered = _signed(document, reading, guarded=terms.ok is True)
    dates, dated = _dates(document, now)
    status, stated = _status(document, status_list, reading)
    checks = (_shape(document), terms, signature, issuer, dates, status)
    parts = _parts(document, reading)
    if altered and terms.ok:  # what has no meaning cannot be compared with what was signed
        answer = Answer.ALTERED
    elif any(check.ok is False for check in (*checks[:4], *parts)):
        answer = Answer.UNVERIFIABLE
    else:
        answer = stated or dated or Answer.VALID
    return Verdict(answer, (*checks, *parts))


def _parts(document: Mapping[str, object], reading: _Reading) -> tuple[Check, ...]:
    """For a record that holds other credentials: whether each of them is genuine by itself."""
    if RECORD not in as_list(document.get("type")):
        return ()
    subject = document.get("credentialSubject")
    held = as_list(subject.get("verifiableCredential") if isinstance(subject, dict) else None)
    verdicts = [
        (part, verify(part, resolve_key=reading.resolve_key, now=reading.now,
                      contexts=reading.contexts))
        for part in held if isinstance(part, dict) and RECORD not in as_list(part.get("type"))
    ]  # fmt: skip
    bad = [
        f"{part.get('name') or part.get('id')}: {verdict.answer.value}"
        for part, verdict in verdicts if verdict.answer not in _GENUINE
    ]  # fmt: skip
    if bad or len(verdicts) < len(held):
        sentence = f"Not everything in it is genuine. {'; '.join(bad) or 'A part is no award'}."
        return (Check("parts", ok=False, sentence=sentence),)
    sentence = (
        f"Each of the {len(held)} credentials in it is signed and unchanged by itself. Whether one "
        "was revoked is asked of it alone."
    )
    return (Check("parts", ok=True, sentence=sentence),)


def _shape(document: Mapping[str, object]) -> Check:
    found = problems(document, strict=False)
    if found:
        return Check("shape", ok=False, sentence=" ".join(found))
    return Check("shape", ok=True, sentence="It has the shape of an Open Badges 3.0 credential.")


def _terms(document: Mapping[str, object], reading: _Reading) -> Check:
    try:
        found = undefined(_bare(document), contexts=reading.contexts)
    except CredentialError as error:
        found = (str(error),)
    if found:
        return Check("terms", ok=False, sentence=" ".join(found))
    return Check("terms", ok=True, sentence="Every field in it has a published meaning.")


def _bare(document: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if key != "proof"}


def _signed(
    document: Mapping[str, object], reading: _Reading, *, guarded: bool
) -> tuple[Check, Check, bool]:
    """The checks of signature and issuer; and whether the signature is there but does not match."""
    try:
        keys = _signing_keys(document, reading, guarded=guarded)
    except CredentialError as error:
        unsigned = Check("signature", ok=False, sentence=str(error))
        unknown = Check("issuer", ok=None, sentence="Who signed it could not be checked.")
        return unsigned, unknown, isinstance(error, _Altered)
    created = max(spoken(when) for when, _key in keys)
    sentence = f"The signature matches: nothing was changed since {created}."
    return Check("signature", ok=True, sentence=sentence), _issuer(document, keys[0][1]), False


def _signing_keys(
    document: Mapping[str, object], reading: _Reading, *, guarded: bool
) -> list[tuple[datetime, VerificationKey]]:
    """When and by which key each proof that we can check was made; raises where one is not good."""
    proofs = [
        proof
        for proof in as_list(document.get("proof"))
        if isinstance(proof, dict)
        and proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") == CRYPTOSUITE
    ]
    if not proofs:
        raise _Unsigned(f"It carries no signature of the kind checked here ({CRYPTOSUITE}).")
    return [_proven(_bare(document), proof, reading=reading, guarded=guarded) for proof in proofs]


def _proven(
    bare: Mapping[str, object], proof: Mapping[str, object], *, reading: _Reading, guarded: bool
) -> tuple[datetime, VerificationKey]:
    created = _checked_options(bare, proof, reading)
    key = reading.resolve_key(str(proof.get("verificationMethod")))
    if key.revoked is not None and key.revoked <= reading.now:
        raise KeyRefused(f"The issuer withdrew the key {key.id} on {spoken(key.revoked)}.")
    try:
        signature = from_base58(str(proof.get("proofValue")))
    except ValueError as error:
        raise _Altered(f"The signature cannot be read. {error}") from error
    data = hash_data(bare, proof, contexts=reading.contexts, guarded=guarded)
    if len(signature) != _SIGNATURE_BYTES or not verifies(
        public_key=key.public_key, signature=signature, data=data
    ):
        raise _Altered(
            "The signature does not match: the credential was changed after it was signed, or "
            "another key signed it."
        )
    return created, key


def _checked_options(
    bare: Mapping[str, object], proof: Mapping[str, object], reading: _Reading
) -> datetime:
    """When the proof says it was made; raises where its options are not those of an assertion."""
    created, expires = moment(proof.get("created")), moment(proof.get("expires"))
    if proof.get("proofPurpose") != "assertionMethod":
        raise _Unsigned("Its signature was made for another purpose than to assert something.")
    if created is None or (expires is None and "expires" in proof):
        raise _Unsigned("Its signature does not say when it was made.")
    if expires is not None and expires <= reading.now:
        raise _Unsigned(f"Its signature counted only until {spoken(expires)}.")
    if "previousProof" in proof or proof.get("@context", bare.get("@context")) != bare.get(
        "@context"
    ):
        raise _Unsigned("Its signature depends on more than the credential; that is not checked.")
    options = {**proof, "@context": bare.get("@context")}
    hidden = undefined(options, contexts=reading.contexts)
    if hidden:
        raise _Unsigned(f"Its signature is not plain. {' '.join(hidden)}")
    return created


def _issuer(document: Mapping[str, object], key: VerificationKey) -> Check:
    named = _issuer_id(document)
    if named == key.controller:
        sentence = f"The key that signed it belongs to the issuer it names, {named}."
        return Check("issuer", ok=True, sentence=sentence)
    if named.startswith("urn:") and key.controller.startswith("did:key:"):
        return Check("issuer", ok=True, sentence=(
            f"The issuer is only a number, {named}. Who holds the key that signed it is not said; "
            "the key answers for itself."
        ))  # fmt: skip
    return Check("issuer", ok=False, sentence=(
        f"It names {named or 'nobody'} as issuer, but the key that signed it belongs to "
        f"{key.controller}."
    ))  # fmt: skip


def _issuer_id(document: Mapping[str, object]) -> str:
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


def _dates(document: Mapping[str, object], now: datetime) -> tuple[Check, Answer | None]:
    start, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    if start is None:
        return Check("dates", ok=None, sentence="It does not say from when it is valid."), None
    if now < start:
        sentence = f"It is valid only from {spoken(start)}."
        return Check("dates", ok=False, sentence=sentence), Answer.NOT_YET
    if end is None:
        sentence = f"It is valid since {spoken(start)} and does not expire."
        return Check("dates", ok=True, sentence=sentence), None
    if end < now:
        sentence = f"It expired on {spoken(end)}."
        return Check("dates", ok=False, sentence=sentence), Answer.EXPIRED
    sentence = f"It is valid since {spoken(start)} and until {spoken(end)}."
    return Check("dates", ok=True, sentence=sentence), None


def _status(
    document: Mapping[str, object], status_list: Mapping[str, object] | None, reading: _Reading
) -> tuple[Check, Answer | None]:
    entry = document.get("credentialStatus")
    if entry is None:
        return Check("status", ok=True, sentence="Its issuer keeps no status list for it."), None
    if not isinstance(entry, dict) or entry.get("type") != _BITSTRING:
        sentence = "Its issuer keeps a status of a kind that is not checked here."
        return Check("status", ok=None, sentence=sentence), None
    if status_list is None:
        sentence = "Whether it was revoked is not checked: the status list was not at hand."
        return Check("status", ok=None, sentence=sentence), None
    try:
        marked = _marked(_issuer_id(document), entry, status_list=status_list, reading=reading)
    except CredentialError as error:
        return Check("status", ok=False, sentence=str(error)), Answer.UNVERIFIABLE
    return _spoken_status(str(entry.get("statusPurpose")), marked=marked)


def _spoken_status(purpose: str, *, marked: bool) -> tuple[Check, Answer | None]:
    known = {
        "revocation": ("revoked", Answer.REVOKED),
        "suspension": ("suspended", Answer.SUSPENDED),
    }
    if purpose not in known:
        sentence = f"Its status list is about {purpose}, which does not make it invalid."
        return Check("status", ok=True, sentence=sentence), None
    word, answer = known[purpose]
    if marked:
        return Check("status", ok=False, sentence=f"Its issuer has {word} it."), answer
    sentence = f"Its issuer's status list says that it is not {word}."
    return Check("status", ok=True, sentence=sentence), None


def _marked(
    issuer_id: str,
    entry: Mapping[str, object],
    *,
    status_list: Mapping[str, object],
    reading: _Reading,
) -> bool:
    """True where the bit is set in a list that the same issuer signed and that is in force."""
    bits = bits_in(status_list, entry=entry)
    if _issuer_id(status_list) != issuer_id:
        raise _Unsigned("The status list was made by another issuer than the credential.")
    terms = _terms(status_list, reading)
    signature, issuer, _altered = _signed(status_list, reading, guarded=terms.ok is True)
    dates, _answer = _dates(status_list, reading.now)
    for check in (terms, signature, issuer, dates):
        if not check.ok:
            raise _Unsigned(f"The status list cannot be relied on. {check.sentence}")
    return is_set(bits, index_in(entry))
