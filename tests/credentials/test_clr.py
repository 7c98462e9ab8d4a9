"""The record of a stack: every signed award in it whole, and each genuine by itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyld import jsonld

from credentials import documents
from credentials.canonical import canonicalise
from credentials.clr import build_record, issue_record, record_id
from credentials.contexts import pinned
from credentials.errors import NotBuildable
from credentials.facts import ConstituentAward, Holder
from credentials.schema import problems
from credentials.verify import Answer, verify
from tests.credentials.samples import (
    AWARD,
    BADGE,
    HOST,
    ISSUER,
    MICRO_CERTIFICATE,
    NOW,
    RESOLVE,
    SIGNER,
    STACKED_AWARD,
    issued,
    shared,
)

HOLDER = Holder("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
NAMES = ("Data Literacy", "Estadística “básica” 数据\u2028تحليل 🎓", "Storytelling")
PARTS = tuple(
    issued(
        replace(AWARD, credential_id=f"{HOST}/credentials/b{n}", subject=HOLDER),
        replace(BADGE, name=name),
    ).content
    for n, name in enumerate(NAMES)
)  # fmt: skip
CERTIFICATE = issued(STACKED_AWARD, MICRO_CERTIFICATE).content


def record(parts: tuple[bytes, ...] = PARTS, certificate: bytes = CERTIFICATE) -> dict[str, Any]:
    signed = issue_record(
        certificate, parts, issuer=ISSUER, signer=SIGNER, now=NOW, resolve_key=RESOLVE
    )
    return dict(json.loads(signed.content))


def test_it_holds_every_award_as_it_was_signed() -> None:
    held = record()["credentialSubject"]["verifiableCredential"]
    assert held == [json.loads(part) for part in (CERTIFICATE, *PARTS)]
    for one in held:
        assert verify(one, resolve_key=RESOLVE, now=NOW).valid


def test_the_certificate_is_the_parent_of_each_badge() -> None:
    links = record()["credentialSubject"]["association"]
    own = json.loads(CERTIFICATE)["id"]
    assert [link["associationType"] for link in links] == ["isParentOf"] * 3
    assert {link["sourceId"] for link in links} == {own}
    assert [link["targetId"] for link in links] == [json.loads(part)["id"] for part in PARTS]


def test_it_has_the_shape_of_the_example() -> None:
    example = json.loads(shared("examples", "clr.json").read_bytes())
    ours = record()
    assert ours["@context"] == example["@context"]
    assert ours["type"] == example["type"]
    assert example.keys() <= ours.keys() | {"email"}
    for found in (ours, example):
        assert problems(found, strict=True) == ()
    subject, theirs = ours["credentialSubject"], example["credentialSubject"]
    assert subject.keys() == theirs.keys()


def test_it_verifies_as_a_whole_and_so_does_each_part() -> None:
    verdict = verify(record(), resolve_key=RESOLVE, now=NOW)
    assert verdict.valid, verdict
    assert "Each of the 4 credentials" in verdict.check("parts").sentence


def test_the_example_of_the_standard_work_verifies_under_its_own_key() -> None:
    from credentials.did import resolver

    example = json.loads(shared("examples", "clr.json").read_bytes())
    verdict = verify(example, resolve_key=resolver(), now=NOW)
    assert verdict.check("signature").ok, verdict
    assert verdict.check("parts").ok, verdict


def test_contexts_inside_are_read_whole_as_an_independent_reader_reads_them() -> None:
    signed = record()
    bare = {key: value for key, value in signed.items() if key != "proof"}
    theirs = jsonld.normalize(
        bare, {"algorithm": "URDNA2015", "format": "application/n-quads",
               "documentLoader": pinned().loader},
    )  # fmt: skip
    assert canonicalise(bare, contexts=pinned()).decode() == theirs


def test_a_changed_part_shows_in_the_whole_and_in_the_part() -> None:
    signed = record()
    signed["credentialSubject"]["verifiableCredential"][2]["name"] = "Alchemy"
    verdict = verify(signed, resolve_key=RESOLVE, now=NOW)
    assert verdict.answer is Answer.ALTERED
    assert "Alchemy" in verdict.check("parts").sentence


@pytest.mark.parametrize(
    "spoil",
    [
        lambda held: held.append({"id": "https://x.example/1"}),
        lambda held: held.append("https://x.example/1"),
        lambda held: held.append({**record(), "id": "https://x.example/1"}),
        lambda held: held[1].pop("proof"),
    ],
)
def test_a_record_with_something_else_in_it_is_not_valid(
    spoil: Callable[[list[Any]], None],
) -> None:
    signed = record()
    spoil(signed["credentialSubject"]["verifiableCredential"])
    verdict = verify(signed, resolve_key=RESOLVE, now=NOW)
    assert not verdict.valid
    assert verdict.check("parts").ok is False
    assert verdict.check("shape").ok is False


def test_a_learner_known_by_a_hash_is_named_as_the_certificate_names_them() -> None:
    hashed = replace(
        STACKED_AWARD, subject=AWARD.subject,
        constituents=(ConstituentAward(AWARD.credential_id, "Data Literacy"),),
    )  # fmt: skip
    certificate = issued(hashed, MICRO_CERTIFICATE).content
    subject = record((issued().content,), certificate)["credentialSubject"]
    assert subject["identifier"] == json.loads(certificate)["credentialSubject"]["identifier"]
    assert "id" not in subject


def test_it_says_every_reason_why_awards_are_no_stack() -> None:
    certificate, first = json.loads(CERTIFICATE), json.loads(PARTS[0])
    del first["proof"]
    first["credentialSubject"]["id"] = "did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd"
    first["id"] = "https://badges.example.edu/credentials/other"
    with pytest.raises(NotBuildable) as refused:
        build_record(certificate, [first], issuer=ISSUER)
    assert refused.value.reasons == (
        "parts[0]: is not signed.",
        "parts[0]: belongs to another learner.",
        "parts[0]: is none of the badges that the certificate names as its own.",
    )
    with pytest.raises(NotBuildable, match="there are none"):
        build_record(certificate, [], issuer=ISSUER)


def test_the_same_awards_give_the_same_record() -> None:
    assert record() == record()
    assert record_id("urn:uuid:1") == record_id("urn:uuid:1") != record_id("urn:uuid:2")
    assert len(documents.write(record())) < documents.LARGEST


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("@context", ["https://www.w3.org/ns/credentials/v2"], "Comprehensive Learner Record"),
        ("@context", "x", "must begin with"),
        ("credentialSubject", {"type": ["ClrSubject"]}, "is missing"),
        ("partial", "yes", "true or false"),
    ],
)
def test_a_record_out_of_shape_is_named_by_its_field(place: str, value: object, says: str) -> None:
    found = problems({**record(), place: value}, strict=True)
    assert any(place in problem and says in problem for problem in found), found
