import gzip
import json
from datetime import timedelta
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.contexts import pinned
from credentials.errors import StatusListRefused
from credentials.multibase import base64url
from credentials.status import (
    ENTRIES,
    bits_in,
    bits_of,
    decode,
    encode,
    free_index,
    index_in,
    is_set,
    status_entry,
    status_list_credential,
)
from tests.credentials.samples import DID, NOW, SIGNER, STATUS_LIST, shared

Json: TypeAlias = Any  # a signed list, changed in place


def signed(revoked: tuple[int, ...] = (0, 4711)) -> Json:
    return status_list_credential(
        STATUS_LIST, revoked, issuer_id=DID, signer=SIGNER, now=NOW, contexts=pinned()
    )


def test_the_first_entry_is_the_leftmost_bit() -> None:
    bits = bits_of([0, 9])
    assert (bits[0], bits[1], len(bits)) == (0b1000_0000, 0b0100_0000, ENTRIES // 8)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, ENTRIES - 1), max_size=40), st.integers(0, ENTRIES - 1))
def test_a_list_comes_back_and_says_exactly_who_is_on_it(indexes: set[int], other: int) -> None:
    bits = decode(encode(bits_of(indexes)))
    assert all(is_set(bits, index) for index in indexes)
    assert is_set(bits, other) == (other in indexes)
    assert sum(byte.bit_count() for byte in bits) == len(indexes)


def test_the_same_list_gives_the_same_text() -> None:
    assert encode(bits_of([5])) == encode(bits_of([5]))
    assert encode(bits_of([])).startswith("uH4sI")


def test_the_w3c_example_list_is_read() -> None:
    """Bitstring Status List v1.0, example 4: 131,072 entries, none set."""
    text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode(text) == bytes(ENTRIES // 8)


@pytest.mark.parametrize("index", [-1, ENTRIES])
def test_an_index_outside_of_the_list_is_refused(index: int) -> None:
    with pytest.raises(StatusListRefused, match=str(index)):
        bits_of([index])
    with pytest.raises(StatusListRefused, match=str(index)):
        is_set(bits_of([]), index)


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("", "cannot be unpacked"),
        ("zabc", "cannot be unpacked"),
        (base64url(b"not gzip"), "cannot be unpacked"),
        (base64url(gzip.compress(bytes(16_384))[:-9]), "cut short"),
        (base64url(gzip.compress(bytes(16_383))), "with fewer than 131072"),
        (base64url(gzip.compress(bytes(50_000_000))), "too long"),
    ],
)
def test_what_is_no_list_is_refused_with_why(encoded: str, why: str) -> None:
    with pytest.raises(StatusListRefused, match=why):
        decode(encoded)


def test_a_free_index_is_random_and_never_a_taken_one() -> None:
    assert free_index(set(), rng=Random(1)) != free_index(set(), rng=Random(2))
    taken = set(range(ENTRIES)) - {77}
    assert free_index(taken, rng=Random(1)) == 77


def test_a_full_list_gives_no_index() -> None:
    with pytest.raises(StatusListRefused, match="are taken"):
        free_index(range(8), rng=Random(1), entries=8)


def test_the_published_list_has_the_shape_of_the_example() -> None:
    example = json.loads(shared("examples", "status-revoked0.json").read_bytes())
    ours = signed()
    assert ours.keys() == example.keys()
    assert ours["type"] == example["type"]
    subject = dict(ours["credentialSubject"])
    assert subject.pop("ttl") == 300_000
    assert subject.keys() == example["credentialSubject"].keys()
    assert is_set(decode(example["credentialSubject"]["encodedList"]), 0)


def test_the_time_a_reader_may_keep_it_is_in_milliseconds() -> None:
    made: Json = status_list_credential(
        STATUS_LIST,
        (),
        issuer_id=DID,
        signer=SIGNER,
        now=NOW,
        contexts=pinned(),
        ttl=timedelta(hours=1),
    )
    assert made["credentialSubject"]["ttl"] == 3_600_000


@pytest.mark.parametrize(("index", "number"), [("4711", 4711), (23, 23), ("0", 0)])
def test_an_entry_names_its_index(index: object, number: int) -> None:
    assert index_in({"statusListIndex": index}) == number


@pytest.mark.parametrize("index", [None, "", "-1", "1.5", "٣", True, 1.0, "9999999999"])
def test_an_entry_without_index_is_refused(index: object) -> None:
    with pytest.raises(StatusListRefused, match="which entry"):
        index_in({"statusListIndex": index})


def test_the_list_an_entry_names_is_read() -> None:
    assert bits_in(signed(), entry=status_entry(STATUS_LIST, 3)) == bits_of([0, 4711])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "https://x.edu/status/2"}, "another status list"),
        ({"type": ["VerifiableCredential"]}, "not a Bitstring status list"),
        ({"credentialSubject": "x"}, "not a Bitstring status list"),
        ({"credentialSubject": {"statusPurpose": "suspension"}}, "another purpose"),
        ({"credentialSubject": {"statusPurpose": "revocation"}}, "cannot be unpacked"),
    ],
)
def test_another_list_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(StatusListRefused, match=why):
        bits_in({**signed(), **change}, entry=status_entry(STATUS_LIST, 3))
