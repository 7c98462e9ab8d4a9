from datetime import UTC, datetime

import pytest

from credentials.did import (
    VerificationKey,
    did_document,
    did_key,
    did_web,
    did_web_url,
    keys_in,
    resolve_did_key,
    resolver,
)
from credentials.errors import KeyRefused
from credentials.keys import FileSigner, multikey
from tests.credentials.samples import DID, SIGNER, shared

OLD = FileSigner.from_secret(f"{DID}#key-2025-1", bytes(32))
KEYS = [
    VerificationKey(OLD.key_id, DID, OLD.public_key),
    VerificationKey(SIGNER.key_id, DID, SIGNER.public_key),
]


@pytest.mark.parametrize(
    ("did", "url"),
    [
        (did_web("Badges.Example.edu"), "https://badges.example.edu/.well-known/did.json"),
        (did_web("localhost", port=8080), "https://localhost:8080/.well-known/did.json"),
        (did_web("x.edu", path=("units", "a b")), "https://x.edu/units/a b/did.json"),
    ],
)
def test_a_did_web_says_where_its_document_is(did: str, url: str) -> None:
    assert did_web_url(did) == url


def test_a_port_is_escaped_in_a_did_web() -> None:
    assert did_web("localhost", port=8080) == "did:web:localhost%3A8080"


@pytest.mark.parametrize("host", ["", "a:80", "https://x.edu", "x edu", "x.edu/path"])
def test_what_is_no_host_name_makes_no_did_web(host: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        did_web(host)


def test_only_a_did_web_has_such_a_document() -> None:
    with pytest.raises(ValueError, match="not a did:web"):
        did_web_url("did:key:z6Mk")


def test_the_document_publishes_every_key_and_gives_it_back() -> None:
    document = did_document(DID, KEYS)
    assert document["assertionMethod"] == [OLD.key_id, SIGNER.key_id]
    assert list(keys_in(document)) == KEYS


def test_the_document_has_the_shape_of_the_example() -> None:
    example = shared("examples", "did.json")
    ours = did_document(DID, KEYS[1:])
    theirs = example.read_text()
    assert list(ours) == ["@context", "id", "verificationMethod", "assertionMethod"]
    assert all(f'"{field}"' in theirs for field in ours)


def test_a_withdrawn_key_stays_with_the_moment_it_was_withdrawn() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    withdrawn = VerificationKey(OLD.key_id, DID, OLD.public_key, revoked=moment)
    document = did_document(DID, [withdrawn])
    assert keys_in(document) == (withdrawn,)


@pytest.mark.parametrize(
    "key",
    [
        VerificationKey("did:web:other.edu#key-2026-1", DID, SIGNER.public_key),
        VerificationKey(SIGNER.key_id, "did:web:other.edu", SIGNER.public_key),
        VerificationKey(f"{DID}.evil.example#key-2026-1", DID, SIGNER.public_key),
    ],
)
def test_a_key_of_another_is_not_published_as_ours(key: VerificationKey) -> None:
    with pytest.raises(KeyRefused, match="does not belong"):
        did_document(DID, [key])


def method(**changes: object) -> dict[str, object]:
    return {
        "id": f"{DID}#key-2026-1",
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": multikey(SIGNER.public_key),
        **changes,
    }


def document(*methods: object, assertion: object = (f"{DID}#key-2026-1",)) -> dict[str, object]:
    listed = list(assertion) if isinstance(assertion, tuple) else assertion
    return {"id": DID, "verificationMethod": list(methods), "assertionMethod": listed}


def test_a_key_that_is_not_for_assertions_is_passed_over() -> None:
    assert keys_in(document(method(), assertion=())) == ()


def test_a_key_of_another_kind_is_passed_over() -> None:
    assert keys_in(document(method(type="JsonWebKey"))) == ()


def test_a_key_may_stand_in_the_assertion_methods_themselves() -> None:
    assert keys_in(document(assertion=(method(),)))[0].id == SIGNER.key_id


def test_a_relative_key_id_is_that_of_the_document() -> None:
    key = keys_in(document(method(id="#key-2026-1"), assertion=("#key-2026-1",)))[0]
    assert key.id == SIGNER.key_id


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"controller": "did:web:other.edu"}, "does not belong"),
        ({"publicKeyMultibase": None}, "has no publicKeyMultibase"),
        ({"publicKeyMultibase": "z6Mk"}, "not an Ed25519 key"),
        ({"revoked": "yesterday"}, "cannot be read"),
    ],
)
def test_a_document_with_a_key_that_cannot_be_relied_on_is_refused(
    changes: dict[str, object], why: str
) -> None:
    with pytest.raises(KeyRefused, match=why):
        keys_in(document(method(**changes)))


def test_a_key_under_anothers_name_is_refused() -> None:
    evil = "did:web:other.edu#key-1"
    with pytest.raises(KeyRefused, match="does not belong"):
        keys_in(document(method(id=evil), assertion=(evil,)))


@pytest.mark.parametrize("whose", [None, 5, "https://x.edu"])
def test_a_document_that_does_not_say_whose_it_is_is_refused(whose: object) -> None:
    with pytest.raises(KeyRefused, match="whose it is"):
        keys_in({**document(method()), "id": whose})


def test_a_did_key_is_its_own_document() -> None:
    did = did_key(SIGNER.public_key)
    for name in (did, f"{did}#{did.removeprefix('did:key:')}"):
        key = resolve_did_key(name)
        assert (key.controller, key.public_key) == (did, SIGNER.public_key)


@pytest.mark.parametrize("name", ["did:web:x.edu", "did:key:", "did:key:zQ3s", "did:key:z6Mk#z6M"])
def test_what_is_no_did_key_of_ours_is_refused(name: str) -> None:
    with pytest.raises(KeyRefused):
        resolve_did_key(name)


def test_the_resolver_knows_its_documents_and_did_keys_and_nothing_else() -> None:
    resolve = resolver(did_document(DID, KEYS))
    assert resolve(OLD.key_id).public_key == OLD.public_key
    assert resolve(did_key(OLD.public_key)).public_key == OLD.public_key
    with pytest.raises(KeyRefused, match="is not published"):
        resolve("did:web:elsewhere.edu#key-1")
