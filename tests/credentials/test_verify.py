from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import documents
from credentials.contexts import pinned
from credentials.did import VerificationKey, did_document, did_key, resolver
from credentials.errors import KeyRefused, NotCanonical
from credentials.keys import FileSigner
from credentials.sign import sign
from credentials.status import status_list_credential
from credentials.verify import Answer, Verdict, verify
from tests.credentials.samples import (
    AWARD,
    DID,
    MICRO_CERTIFICATE,
    NOW,
    RESOLVE,
    SIGNER,
    STACKED_AWARD,
    STATUS_LIST,
    issued,
)

Json: TypeAlias = Any  # a parsed document, changed in place
OTHER = FileSigner.from_secret("did:web:evil.example#key-2026-1", bytes(32))


def document() -> Json:
    return orjson.loads(issued(STACKED_AWARD, MICRO_CERTIFICATE).content)


def listed(*revoked: int, signer: FileSigner = SIGNER, issuer: str = DID) -> Json:
    return status_list_credential(
        STATUS_LIST, revoked, issuer_id=issuer, signer=signer, now=NOW, contexts=pinned()
    )


def judged(changed: Json, **others: Json) -> Verdict:
    return verify(changed, **{"resolve_key": RESOLVE, "now": NOW, **others})


def resigned(changed: Json, *, signer: FileSigner = SIGNER) -> Json:
    return sign(changed, signer=signer, created=NOW, contexts=pinned())


def test_what_we_issue_is_valid_and_every_check_says_so_in_a_sentence() -> None:
    verdict = judged(document(), status_list=listed())
    assert (verdict.answer, verdict.valid, verdict.complete) == (Answer.VALID, True, True)
    assert [(check.name, check.ok, check.sentence) for check in verdict.checks] == [
        ("shape", True, "It has the shape of an Open Badges 3.0 credential."),
        ("terms", True, "Every field in it has a published meaning."),
        (
            "signature",
            True,
            "The signature matches: nothing was changed since Tue 24 Nov 2026, 09:30 UTC.",
        ),
        ("issuer", True, f"The key that signed it belongs to the issuer it names, {DID}."),
        (
            "dates",
            True,
            "It is valid since Tue 24 Nov 2026, 09:30 UTC and until Mon 24 Nov 2031, 09:30 UTC.",
        ),
        ("status", True, "Its issuer's status list says that it is not revoked."),
    ]


def test_without_the_list_the_status_is_not_claimed_to_be_checked() -> None:
    verdict = judged(document())
    assert (verdict.valid, verdict.complete) == (True, False)
    assert verdict.check("status").sentence == (
        "Whether it was revoked is not checked: the status list was not at hand."
    )


def test_a_revoked_credential_is_revoked() -> None:
    verdict = judged(document(), status_list=listed(4711))
    assert (verdict.answer, verdict.valid) == (Answer.REVOKED, False)
    assert verdict.check("status").sentence == "Its issuer has revoked it."
    assert judged(document(), status_list=listed(4710, 4712)).valid


def test_a_credential_that_begins_later_is_not_yet_valid() -> None:
    verdict = judged(document(), now=NOW - timedelta(seconds=1))
    assert verdict.answer is Answer.NOT_YET
    assert verdict.check("dates").sentence == "It is valid only from Tue 24 Nov 2026, 09:30 UTC."


def test_an_expired_credential_is_expired_and_its_signature_still_matches() -> None:
    verdict = judged(document(), now=NOW.replace(year=2032))
    assert verdict.answer is Answer.EXPIRED
    assert verdict.check("signature").ok
    assert verdict.check("dates").sentence == "It expired on Mon 24 Nov 2031, 09:30 UTC."


def test_a_credential_without_end_does_not_expire() -> None:
    verdict = judged(orjson.loads(issued().content), now=NOW.replace(year=2099))
    assert verdict.valid
    assert verdict.check("dates").sentence.endswith("and does not expire.")


def test_a_revoked_and_expired_credential_is_revoked() -> None:
    later = NOW.replace(year=2032)
    revoked = judged(document(), now=later, status_list=listed(4711))
    assert revoked.answer is Answer.REVOKED


CONTENT = issued(STACKED_AWARD, MICRO_CERTIFICATE).content
LETTERS = [at for at, byte in enumerate(CONTENT) if chr(byte).isalnum()]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(LETTERS), st.sampled_from(b"abcXYZ0189"))
def test_one_letter_changed_anywhere_is_refused(at: int, letter: int) -> None:
    changed = CONTENT[:at] + bytes([letter]) + CONTENT[at + 1 :]
    try:
        verdict = judged(documents.read(changed))
    except NotCanonical:
        return
    assert verdict.valid == (documents.read(changed) == documents.read(CONTENT))


def test_a_changed_field_does_not_match_the_signature() -> None:
    changed = document()
    changed["credentialSubject"]["result"][0]["value"] = "Proficient"
    verdict = judged(changed)
    assert verdict.answer is Answer.ALTERED
    assert verdict.check("signature").sentence == (
        "The signature does not match: the credential was changed after it was signed, or another "
        "key signed it."
    )
    assert verdict.check("issuer").ok is None


@pytest.mark.parametrize("field", ["validUntil", "credentialStatus", "evidence", "name"])
def test_a_field_taken_away_does_not_match_the_signature(field: str) -> None:
    changed = document()
    del changed[field]
    assert judged(changed).answer is Answer.ALTERED


def test_a_field_that_nobody_defines_cannot_be_slipped_in() -> None:
    verdict = judged({**document(), "honours": "summa cum laude"})
    assert verdict.answer is Answer.UNVERIFIABLE
    assert verdict.check("terms").sentence == (
        "honours: no vocabulary of this document defines 'honours'."
    )


def test_an_end_date_cannot_be_hidden_behind_its_full_address() -> None:
    """The statements stay the same, so the signature matches; the reader would see no end."""
    changed = document()
    changed["https://www.w3.org/2018/credentials#validUntil"] = {
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        "@value": changed.pop("validUntil"),
    }
    verdict = judged(changed, now=NOW.replace(year=2032))
    assert verdict.check("signature").ok
    assert verdict.answer is Answer.UNVERIFIABLE


def test_a_signature_by_another_key_is_refused() -> None:
    known = resolver(did_document("did:web:evil.example", [_key(OTHER, "did:web:evil.example")]))
    verdict = judged(resigned(document(), signer=OTHER), resolve_key=known)
    assert verdict.answer is Answer.UNVERIFIABLE
    assert verdict.check("signature").ok
    assert verdict.check("issuer").sentence == (
        f"It names {DID} as issuer, but the key that signed it belongs to did:web:evil.example."
    )


def _key(signer: FileSigner, controller: str, **others: Json) -> VerificationKey:
    return VerificationKey(signer.key_id, controller, signer.public_key, **others)


def test_an_unknown_key_is_refused_by_name() -> None:
    verdict = judged(resigned(document(), signer=OTHER))
    assert verdict.answer is Answer.UNVERIFIABLE
    assert "did:web:evil.example#key-2026-1 is not published" in verdict.check("signature").sentence


def test_a_key_withdrawn_counts_no_more_from_that_moment() -> None:
    known = resolver(did_document(DID, [_key(SIGNER, DID, revoked=NOW)]))
    assert judged(document(), resolve_key=known).check("signature").sentence == (
        f"The issuer withdrew the key {SIGNER.key_id} on Tue 24 Nov 2026, 09:30 UTC."
    )
    later = resolver(did_document(DID, [_key(SIGNER, DID, revoked=NOW + timedelta(seconds=1))]))
    assert judged(document(), resolve_key=later).valid


def test_a_did_key_answers_for_itself() -> None:
    did = did_key(SIGNER.public_key)
    signer = FileSigner.from_secret(f"{did}#{did.removeprefix('did:key:')}", bytes(range(32)))
    changed = document()
    changed["issuer"]["id"] = did
    verdict = judged(resigned(changed, signer=signer), resolve_key=resolver())
    assert verdict.valid
    changed["issuer"]["id"] = "urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164"
    verdict = judged(resigned(changed, signer=signer), resolve_key=resolver())
    assert verdict.valid
    assert "Who holds the key that signed it is not said" in verdict.check("issuer").sentence
    changed["issuer"]["id"] = "https://example.edu"
    assert not judged(resigned(changed, signer=signer), resolve_key=resolver()).valid


def proof(changed: Json) -> Json:
    return changed["proof"][0]


def no_proof(d: Json) -> None:
    del d["proof"]


def other_suite(d: Json) -> None:
    proof(d)["cryptosuite"] = "eddsa-jcs-2022"


def other_purpose(d: Json) -> None:
    proof(d)["proofPurpose"] = "authentication"


def no_time(d: Json) -> None:
    del proof(d)["created"]


def bad_expiry(d: Json) -> None:
    proof(d)["expires"] = "soon"


def expired_proof(d: Json) -> None:
    proof(d)["expires"] = "2026-11-24T09:30:00Z"


def chained(d: Json) -> None:
    proof(d)["previousProof"] = "urn:uuid:1"


def other_context(d: Json) -> None:
    proof(d)["@context"] = ["https://www.w3.org/ns/credentials/v2"]


def hidden_option(d: Json) -> None:
    proof(d)["https://w3id.org/security#expiration"] = "2020-01-01T00:00:00Z"


def unreadable_value(d: Json) -> None:
    proof(d)["proofValue"] = "mAAAA"


def short_value(d: Json) -> None:
    proof(d)["proofValue"] = "zAAAA"


@pytest.mark.parametrize(
    ("change", "answer", "sentence"),
    [
        (no_proof, Answer.UNVERIFIABLE, "It carries no signature of the kind checked here"),
        (other_suite, Answer.UNVERIFIABLE, "It carries no signature of the kind checked here"),
        (other_purpose, Answer.UNVERIFIABLE, "Its signature was made for another purpose"),
        (no_time, Answer.UNVERIFIABLE, "Its signature does not say when"),
        (bad_expiry, Answer.UNVERIFIABLE, "Its signature does not say when"),
        (expired_proof, Answer.UNVERIFIABLE, "Its signature counted only until Tue 24 Nov"),
        (chained, Answer.UNVERIFIABLE, "Its signature depends on more than the credential"),
        (other_context, Answer.UNVERIFIABLE, "Its signature depends on more"),
        (hidden_option, Answer.UNVERIFIABLE, "Its signature is not plain."),
        (unreadable_value, Answer.ALTERED, "The signature cannot be read."),
        (short_value, Answer.ALTERED, "The signature does not match"),
    ],
)
def test_a_signature_that_cannot_be_relied_on_is_refused_with_why(
    change: Callable[[Json], None], answer: Answer, sentence: str
) -> None:
    changed = document()
    change(changed)
    verdict = judged(changed)
    assert verdict.answer is answer
    assert verdict.check("signature").sentence.startswith(sentence)


def test_a_proof_that_lasts_longer_than_now_counts() -> None:
    signed = document()
    option = {**proof(signed), "expires": "2027-01-01T00:00:00Z"}
    changed = {**signed, "proof": [option]}
    assert judged(changed).answer is Answer.ALTERED  # the signature covers it, and it was added


def test_every_proof_of_our_kind_must_match_and_others_are_passed_over() -> None:
    signed = document()
    broken = {**proof(signed), "proofValue": "z" + "1" * 64}
    foreign = {"type": "SomeProof", "created": "2026-01-01T00:00:00Z"}
    assert judged({**signed, "proof": [foreign, proof(signed)]}).valid
    assert judged({**signed, "proof": [proof(signed), broken]}).answer is Answer.ALTERED


def test_a_document_too_deep_to_read_is_refused() -> None:
    deep: Json = {}
    for _ in range(60):
        deep = {"a": deep}
    verdict = judged({**document(), "credentialSubject": deep})
    assert (verdict.answer, verdict.valid) == (Answer.UNVERIFIABLE, False)
    assert "deeper" in verdict.check("shape").sentence
    with pytest.raises(KeyError):
        verdict.check("status")


@pytest.mark.parametrize("nothing", [{}, {"proof": 5}, {"@context": 5}, {"issuer": []}])
def test_what_is_no_credential_at_all_is_refused(nothing: Json) -> None:
    verdict = judged(nothing)
    assert verdict.answer is Answer.UNVERIFIABLE
    assert verdict.check("dates").ok is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(orjson.loads(CONTENT))), JSON)
def test_nothing_put_in_any_field_raises(field: str, value: Json) -> None:
    changed = {**document(), field: value}
    assert judged(changed).valid is (changed == document())


def test_a_resolver_that_raises_anything_else_is_not_hidden() -> None:
    def broken(_method: str) -> VerificationKey:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        judged(document(), resolve_key=broken)

    def refusing(_method: str) -> VerificationKey:
        raise KeyRefused("not today")

    assert judged(document(), resolve_key=refusing).check("signature").sentence == "not today"


def test_two_learners_with_the_same_award_have_two_credentials() -> None:
    one, two = (issued(replace(AWARD, status_index=index)) for index in (1, 2))
    assert one.sha256 != two.sha256
