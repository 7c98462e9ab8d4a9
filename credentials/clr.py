"""The whole stack in one file: a Comprehensive Learner Record with each signed award inside.

The awards stand in it whole, as they were signed, with their own contexts and proofs, so that each
can be taken out and checked alone. Their contexts are never cut down when the record is signed.

Source: 1EdTech Comprehensive Learner Record 2.0, section B (ClrCredential, ClrSubject).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, cast
from uuid import NAMESPACE_URL, uuid5

from credentials import documents
from credentials.build import PART
from credentials.contexts import CLR, CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS, pinned
from credentials.did import ResolveKey
from credentials.documents import Document
from credentials.errors import NotBuildable
from credentials.facts import Issuer
from credentials.issue import Signed, own_key, refuse_unverified
from credentials.keys import Signer
from credentials.schema import check
from credentials.sign import sign

SCHEMA_ID: Final = (
    "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
)
Award = Mapping[str, object]


def build_record(
    certificate: Award, parts: Sequence[Award], *, issuer: Issuer
) -> Document:  # fmt: skip
    """The unsigned record of a micro-certificate and the badges it is stacked from, all signed.

    Raises NotBuildable where they are not one learner's, not signed, or not the certificate's own.
    """
    reasons = tuple(_unfit(certificate, parts))
    if reasons:
        raise NotBuildable(reasons)
    own = str(certificate["id"])
    subject = cast("Award", certificate["credentialSubject"])
    who = {key: subject[key] for key in ("id", "identifier") if key in subject}
    return {
        "@context": [CREDENTIALS_V2, CLR, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": record_id(own),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"{certificate['name']}, with its parts",
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": issuer.name, "url": issuer.url},
        "validFrom": certificate["validFrom"],
        "awardedDate": certificate["awardedDate"],
        "credentialSubject": {
            **who,
            "type": ["ClrSubject"],
            "verifiableCredential": [dict(certificate), *map(dict, parts)],
            "association": [
                {"type": "Association", "associationType": "isParentOf", "sourceId": own,
                 "targetId": part["id"]}
                for part in parts
            ],
        },
        "credentialSchema": [{"id": SCHEMA_ID, "type": "1EdTechJsonSchemaValidator2019"}],
    }  # fmt: skip


def issue_record(
    certificate: bytes,
    parts: Sequence[bytes],
    *,
    issuer: Issuer,
    signer: Signer,
    now: datetime,
    resolve_key: ResolveKey | None = None,
) -> Signed:
    """The signed record of these signed awards, checked as `issue` checks an award.

    Raises NotBuildable, UndefinedTerms, WrongShape or NotIssued; nothing has been issued then.
    """
    whole, *rest = (documents.read(each) for each in (certificate, *parts))
    document = build_record(whole, rest, issuer=issuer)
    signed = sign(document, signer=signer, created=now, contexts=pinned())
    check(signed)
    content = documents.write(signed)
    refuse_unverified(content, resolve_key=resolve_key or own_key(signer), now=now)
    return Signed(str(document["id"]), content, sha256(content).hexdigest())


def named_parts(certificate: Award) -> tuple[str, ...]:
    """The ids of the badges that a certificate names as its own, in its order."""
    return tuple(
        str(evidence.get("id"))
        for evidence in documents.as_list(certificate.get("evidence"))
        if isinstance(evidence, dict) and evidence.get("genre") == PART
    )


def record_id(certificate_id: str) -> str:
    """The id of a certificate's record: always the same one."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{certificate_id}#record')}"


def _unfit(certificate: Award, parts: Sequence[Award]) -> Iterator[str]:
    for place, award in (("certificate", certificate), *_placed(parts)):
        if not award.get("proof"):
            yield f"{place}: is not signed."
        if _who(award) != _who(certificate) and not _hashed(award):
            yield f"{place}: belongs to another learner."
    named = named_parts(certificate)
    for place, award in _placed(parts):
        if award.get("id") not in named:
            yield f"{place}: is none of the badges that the certificate names as its own."
    if not parts:
        yield "parts: a record holds the badges of a stack; there are none."


def _placed(parts: Sequence[Award]) -> list[tuple[str, Award]]:
    return [(f"parts[{number}]", part) for number, part in enumerate(parts)]


def _who(award: Award) -> object:
    subject = award.get("credentialSubject")
    return subject.get("id") if isinstance(subject, Mapping) else None


def _hashed(award: Award) -> bool:
    """True where the learner is only known by a hash, each with its own salt."""
    subject = award.get("credentialSubject")
    return isinstance(subject, Mapping) and "identifier" in subject
