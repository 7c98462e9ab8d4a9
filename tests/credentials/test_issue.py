from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import orjson
import pytest

from credentials import issue as room
from credentials.did import VerificationKey, did_document, resolver
from credentials.errors import KeyRefused, NotBuildable, NotIssued, WrongShape
from credentials.issue import issue
from credentials.keys import FileSigner
from credentials.verify import verify
from tests.credentials.samples import (
    AWARD,
    BADGE,
    DID,
    ISSUER,
    MICRO_CERTIFICATE,
    NOW,
    RESOLVE,
    SIGNER,
    STACKED_AWARD,
    issued,
)
from tests.credentials.test_canonical import NAMES


def test_the_same_facts_key_and_time_give_the_same_bytes() -> None:
    assert issued() == issued()
    assert issued().content != issued(now=NOW + timedelta(seconds=1)).content


def test_what_is_kept_is_named_and_hashed() -> None:
    signed = issued()
    assert signed.credential_id == AWARD.credential_id
    assert signed.sha256 == sha256(signed.content).hexdigest()
    assert orjson.loads(signed.content)["id"] == AWARD.credential_id


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_kind_are_signed_and_verify(name: str) -> None:
    plain = name.replace("\u0085", "")
    signed = issued(AWARD, replace(BADGE, name=plain))
    document = orjson.loads(signed.content)
    assert document["credentialSubject"]["achievement"]["name"] == plain
    assert verify(document, resolve_key=RESOLVE, now=NOW).valid


def test_an_award_that_begins_later_is_issued_now() -> None:
    assert issued(replace(AWARD, valid_from=NOW + timedelta(days=30)))


def test_facts_that_make_no_credential_are_refused_before_anything_is_signed() -> None:
    with pytest.raises(NotBuildable):
        issued(replace(AWARD, reflection=None))


def test_nothing_is_issued_by_a_key_that_is_not_published() -> None:
    old = VerificationKey(f"{DID}#key-2025-1", DID, SIGNER.public_key)
    with pytest.raises(NotIssued, match="is not published") as refused:
        issue(
            AWARD,
            BADGE,
            issuer=ISSUER,
            signer=SIGNER,
            now=NOW,
            resolve_key=resolver(did_document(DID, [old])),
        )
    assert len(refused.value.problems) == 1


def test_nothing_is_issued_in_the_name_of_another() -> None:
    with pytest.raises(NotIssued, match="belongs to did:web:badges"):
        issue(
            AWARD,
            BADGE,
            issuer=replace(ISSUER, id="did:web:other.edu"),
            signer=SIGNER,
            now=NOW,
        )


def test_a_signer_that_signs_wrongly_issues_nothing() -> None:
    class Broken(FileSigner):
        def sign(self, data: bytes) -> bytes:
            return bytes(reversed(FileSigner.sign(self, data)))

    broken = Broken.from_secret(SIGNER.key_id, bytes(range(32)))
    with pytest.raises(NotIssued, match="does not match"):
        issue(AWARD, BADGE, issuer=ISSUER, signer=broken, now=NOW)


def test_without_a_resolver_the_signers_own_word_is_taken() -> None:
    alone = issue(STACKED_AWARD, MICRO_CERTIFICATE, issuer=ISSUER, signer=SIGNER, now=NOW)
    assert alone == issued(STACKED_AWARD, MICRO_CERTIFICATE)
    with pytest.raises(KeyRefused, match="not the one that signed"):
        room.own_key(SIGNER)("did:web:other.edu#key-1")


def test_what_is_not_in_the_strict_shape_is_not_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    def plainly(*args: object, **named: object) -> object:
        return room_sign(*args, **named, as_set=False)  # type: ignore[arg-type]

    room_sign = room.sign
    monkeypatch.setattr(room, "sign", plainly)
    with pytest.raises(WrongShape, match="proof must be a list"):
        issued()
