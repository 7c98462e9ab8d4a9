import json
from hashlib import sha256

import orjson
import pytest

from credentials.build import build
from credentials.canonical import canonicalise
from credentials.contexts import CREDENTIALS_V2, pinned
from credentials.did import resolver
from credentials.errors import UndefinedTerms
from credentials.keys import FileSigner, verifies
from credentials.multibase import base58, from_base58
from credentials.sign import sign
from tests.credentials.samples import AWARD, BADGE, ISSUER, NOW, SIGNER, shared


def test_the_w3c_alumni_vector_is_signed_byte_for_byte() -> None:
    """W3C Data Integrity EdDSA Cryptosuites, appendix B.1, as a whole document."""
    unsigned = json.loads(shared("w3c-vc-di-eddsa", "unsigned.json").read_bytes())
    keys = json.loads(shared("w3c-vc-di-eddsa", "keyPair.json").read_bytes())
    expected = json.loads(
        shared("w3c-vc-di-eddsa", "eddsa-rdfc-2022", "signedDataInt.json").read_bytes()
    )
    examples = json.loads(shared("contexts", "credentials-examples-v2.jsonld").read_bytes())
    contexts = pinned().including("https://www.w3.org/ns/credentials/examples/v2", examples)
    signer = FileSigner.from_secret(
        expected["proof"]["verificationMethod"], from_base58(keys["privateKeyMultibase"])[2:]
    )
    created = NOW.fromisoformat(expected["proof"]["created"])
    signed = sign(unsigned, signer=signer, created=created, contexts=contexts, as_set=False)
    assert orjson.dumps(signed) == orjson.dumps(expected)


@pytest.mark.parametrize("folder", [(), ("employ",)], ids=["Alumni", "employ"])
def test_the_w3c_vectors_are_signed_byte_for_byte_from_their_canonical_form(
    folder: tuple[str, ...],
) -> None:
    """The vocabulary of "employ" is not held here, so both begin at W3C's canonical statements."""
    place = ("w3c-vc-di-eddsa", "eddsa-rdfc-2022", *folder)
    proof = json.loads(shared(*place, "signedDataInt.json").read_bytes())["proof"]
    texts = (shared(*place, name).read_bytes()
             for name in ("proofCanonDataInt.txt", "canonDocDataInt.txt"))  # fmt: skip
    hashes = b"".join(sha256(text).digest() for text in texts)
    assert hashes.hex() == shared(*place, "combinedHashDataInt.txt").read_text().strip()
    key = resolver()(proof["verificationMethod"]).public_key
    signature = from_base58(proof["proofValue"])
    assert verifies(public_key=key, signature=signature, data=hashes)
    keys = json.loads(shared("w3c-vc-di-eddsa", "keyPair.json").read_bytes())
    signer = FileSigner.from_secret("urn:key", from_base58(keys["privateKeyMultibase"])[2:])
    assert signer.public_key != key or base58(signer.sign(hashes)) == proof["proofValue"]


SMALL = {
    "@context": [CREDENTIALS_V2],
    "id": "urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164",
    "type": ["VerifiableCredential"],
    "name": 'Say "hi"',
    "issuer": "did:web:badges.example.edu",
    "validFrom": "2026-11-24T09:30:00Z",
    "credentialSubject": {"id": "urn:uuid:35258e6f-4c05-4215-8ada-38a5a5b80510"},
}
SMALL_QUADS = """\
<urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
<urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164> <https://schema.org/name> "Say \\"hi\\"" .
<urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164> <https://www.w3.org/2018/credentials#credentialSubject> <urn:uuid:35258e6f-4c05-4215-8ada-38a5a5b80510> .
<urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164> <https://www.w3.org/2018/credentials#issuer> <did:web:badges.example.edu> .
<urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164> <https://www.w3.org/2018/credentials#validFrom> "2026-11-24T09:30:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
"""  # noqa: E501
PROOF_QUADS = """\
_:c14n0 <http://purl.org/dc/terms/created> "2026-11-24T09:30:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .
_:c14n0 <https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"^^<https://w3id.org/security#cryptosuiteString> .
_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .
_:c14n0 <https://w3id.org/security#verificationMethod> <did:web:badges.example.edu#key-2026-1> .
"""  # noqa: E501


def test_a_small_credential_is_signed_over_statements_written_out_by_hand() -> None:
    signed = sign(SMALL, signer=SIGNER, created=NOW, contexts=pinned())
    proof = orjson.loads(orjson.dumps(signed["proof"]))[0]
    by_hand = sha256(PROOF_QUADS.encode()).digest() + sha256(SMALL_QUADS.encode()).digest()
    assert canonicalise(SMALL, contexts=pinned()).decode() == SMALL_QUADS
    assert from_base58(proof["proofValue"]) == SIGNER.sign(by_hand)
    assert proof["proofValue"] == (
        "z4kc3gXMjAr39gFtotFYFteu7CowgEsfr4N3ZRay9Kve7FGqCGet9BakcQj5tFKNdwCp4PNd7k2yUkpPNP42iZcvd"
    )


def test_the_proof_is_a_list_of_one_and_stands_last() -> None:
    signed = sign(build(AWARD, BADGE, issuer=ISSUER), signer=SIGNER, created=NOW, contexts=pinned())
    assert list(signed)[-1] == "proof"
    assert isinstance(signed["proof"], list)
    assert len(signed["proof"]) == 1


def test_a_document_is_signed_anew_without_its_old_proof() -> None:
    once = sign(SMALL, signer=SIGNER, created=NOW, contexts=pinned())
    assert sign(once, signer=SIGNER, created=NOW, contexts=pinned()) == once


def test_nothing_is_signed_that_would_be_shown_but_not_covered() -> None:
    with pytest.raises(UndefinedTerms, match="grade"):
        sign({**SMALL, "grade": "A"}, signer=SIGNER, created=NOW, contexts=pinned())


@pytest.mark.parametrize("field", ["endorsementJwt", "jti"])
def test_a_term_on_which_copies_of_the_vocabulary_disagree_is_never_signed(field: str) -> None:
    document = build(AWARD, BADGE, issuer=ISSUER)
    assert field.encode() not in orjson.dumps(document)
    with pytest.raises(UndefinedTerms, match=field):
        sign({**document, field: ["x.y.z"]}, signer=SIGNER, created=NOW, contexts=pinned())
