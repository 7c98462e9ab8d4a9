"""What a credential of another issuer refers to: keys by did:web, the list that it names."""

import json

import pytest

from credentials.contexts import pinned
from credentials.documents import read
from credentials.errors import KeyRefused, NotCanonical
from credentials.holder import issued_to
from credentials.judge import judge
from credentials.resolve import FetchRefused, fetching, status_list_of
from credentials.status import status_list_credential
from credentials.verify import Answer
from tests.credentials.samples import AWARD, DID, DID_DOCUMENT, NOW, SIGNER, STATUS_LIST, issued

METHOD = SIGNER.key_id
DOCUMENT = json.dumps(DID_DOCUMENT).encode()
ADDRESS = "https://badges.example.edu/.well-known/did.json"


def test_a_did_web_is_fetched_once_and_its_key_found() -> None:
    asked: list[str] = []
    resolve = fetching(fetch=lambda url: (asked.append(url), DOCUMENT)[1])
    assert resolve(METHOD).public_key == resolve(METHOD).public_key == SIGNER.public_key
    assert asked == [ADDRESS]
    with pytest.raises(KeyRefused, match="is not published"):
        resolve(f"{DID}#another")


def test_what_is_known_is_not_fetched() -> None:
    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    resolve = fetching(DID_DOCUMENT, fetch=fetch)
    assert resolve(METHOD).controller == DID
    with pytest.raises(KeyRefused, match="is not published"):
        resolve(f"{DID}#another")
    with pytest.raises(KeyRefused, match="is not published"):
        resolve("https://example.edu/key")


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"<html>", NotCanonical, "is not JSON"),
        (b'{"id": "did:web:evil.example"}', KeyRefused, "belongs to did:web:evil.example"),
        (json.dumps(DID_DOCUMENT | {"verificationMethod": [
            {"id": METHOD, "type": "Multikey", "controller": "did:web:evil.example"}]}).encode(),
         KeyRefused, "does not belong"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_relied_on_is_refused(
    content: bytes, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        fetching(fetch=lambda _: content)(METHOD)


def test_a_credential_without_a_list_asks_nobody() -> None:
    for document in ({}, {"credentialStatus": []}, {"credentialStatus": {"id": "x"}}):
        assert status_list_of(document, fetch=lambda _: b"") is None


def _list(*revoked: int) -> bytes:
    document = status_list_credential(
        STATUS_LIST, revoked, issuer_id=DID, signer=SIGNER, now=NOW, contexts=pinned()
    )
    return json.dumps(document).encode()


def test_the_list_of_a_good_signature_alone_is_fetched() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return DOCUMENT if url == ADDRESS else _list(AWARD.status_index)

    document = read(issued(AWARD).content)
    judged = judge(document, known=(), fetch=fetch, now=AWARD.valid_from)
    assert judged.verdict.answer is Answer.REVOKED
    assert asked == [ADDRESS, STATUS_LIST]
    asked.clear()
    forged = judge(document | {"name": "X"}, known=(), fetch=fetch, now=AWARD.valid_from)
    assert forged.verdict.answer is Answer.ALTERED
    assert asked == [ADDRESS]


def test_a_list_that_is_not_had_is_said_and_one_that_is_given_is_used() -> None:
    def fetch(url: str) -> bytes:
        raise FetchRefused(f"{url} did not answer.")

    document = read(issued(AWARD).content)
    judged = judge(document, known=(DID_DOCUMENT,), fetch=fetch, now=AWARD.valid_from)
    assert judged.verdict.valid
    assert not judged.verdict.complete
    assert judged.unreached == f"{STATUS_LIST} did not answer."
    given = judge(document, known=(DID_DOCUMENT,), fetch=fetch, now=AWARD.valid_from,
                  status_list=json.loads(_list()))  # fmt: skip
    assert given.verdict.complete
    plain = judge(document, known=(DID_DOCUMENT,), fetch=None, now=AWARD.valid_from)
    assert plain.verdict.valid


def test_whose_it_is_is_not_said_where_no_address_is_named() -> None:
    for subject in (None, {}, {"identifier": "x"}, {"identifier": [{"identityType": "name"}]}):
        assert issued_to({"credentialSubject": subject}, "leo@example.edu") is None
