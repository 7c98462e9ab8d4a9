"""What a verdict says of a status: the list is read only where it can be relied on."""

from datetime import timedelta

import pytest

from credentials.contexts import pinned
from credentials.status import status_list_credential
from credentials.verify import Answer
from tests.credentials.samples import DID, NOW, SIGNER, STATUS_LIST
from tests.credentials.test_verify import OTHER, Json, document, judged, listed, resigned


@pytest.mark.parametrize(
    ("status_list", "sentence"),
    [
        (listed(issuer="did:web:evil.example"), "made by another issuer"),
        ({**listed(), "id": "https://x.edu/2"}, "another status list than the one named"),
        ({**listed(), "validFrom": "2026-11-24T09:30:01Z"}, "The signature does not match"),
        ({**listed(), "extra": "x"}, "cannot be relied on. extra: no vocabulary"),
        (listed(signer=OTHER), "cannot be relied on. The key did:web:evil.example"),
        ({"a": 1}, "not a Bitstring status list"),
    ],
)
def test_a_status_list_that_cannot_be_relied_on_is_no_answer(
    status_list: Json, sentence: str
) -> None:
    verdict = judged(document(), status_list=status_list)
    assert verdict.answer is Answer.UNVERIFIABLE
    assert sentence in verdict.check("status").sentence


def test_a_status_list_from_the_future_is_no_answer() -> None:
    future = status_list_credential(
        STATUS_LIST,
        (),
        issuer_id=DID,
        signer=SIGNER,
        now=NOW + timedelta(days=1),
        contexts=pinned(),
    )
    verdict = judged(document(), status_list=future)
    assert "valid only from Wed 25 Nov" in verdict.check("status").sentence


def test_a_status_of_another_kind_is_not_claimed_to_be_checked() -> None:
    changed = document()
    changed["credentialStatus"] = {"id": f"{STATUS_LIST}#1", "type": "1EdTechRevocationList"}
    verdict = judged(resigned(changed))
    assert (verdict.valid, verdict.check("status").ok) == (True, None)


def test_a_credential_without_status_says_so() -> None:
    changed = document()
    del changed["credentialStatus"]
    verdict = judged(resigned(changed))
    assert verdict.complete
    assert verdict.check("status").sentence == "Its issuer keeps no status list for it."


@pytest.mark.parametrize(
    ("purpose", "answer"),
    [("suspension", Answer.SUSPENDED), ("message", Answer.VALID)],
)
def test_what_a_set_bit_means_depends_on_the_purpose(purpose: str, answer: Answer) -> None:
    changed, marks = document(), listed(4711)
    changed["credentialStatus"]["statusPurpose"] = purpose
    marks["credentialSubject"]["statusPurpose"] = purpose
    assert judged(resigned(changed), status_list=resigned(marks)).answer is answer
