"""Credentials of others: the samples of 1EdTech judged, and our examples under their own key."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.did import VerificationKey, resolver
from credentials.keys import from_multikey
from credentials.verify import Answer, verify
from tests.credentials.samples import shared

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = "1edtech-ob30-samples"
VALID = [
    "complete.json",
    "endorsement-valid.json",
    "simple.json",
    "simple-context-alias.json",
    "simple-context-version.json",
    "simple-did-key-method.json",
    "simple-did-web-method.json",
    "simple-multiple-proofs.json",
]
REFUSED = {
    # what refuses it: the checks that fail
    "endorsement-err-schema-status-refresh.json": {"shape", "terms", "signature"},
    "simple-err-context.json": {"shape", "terms", "signature"},
    "simple-err-credential-subject-achievement-result-description-type.json": {"shape", "terms"},
    "simple-err-credential-subject-identifier-type.json": {"shape", "terms"},
    "simple-err-credential-subject-profile-type.json": {"shape", "terms"},
    "simple-err-credential-subject-result-type.json": {"shape", "terms"},
    "simple-err-credential-subject-type.json": {"shape", "terms"},
    "simple-err-evidence-type.json": {"shape", "terms"},
    "simple-err-expired.json": {"dates"},
    "simple-err-issued.json": {"shape", "dates"},
    "simple-err-issuer.json": {"shape", "issuer"},
    "simple-err-issuer-otheridentifier-type.json": {"shape", "terms"},
    "simple-err-issuer-parentorg-type.json": {"shape", "terms"},
    "simple-err-issuer-type.json": {"shape", "terms"},
    "simple-err-proof-method.json": {"signature"},
    "simple-err-proof-method-no-scheme.json": {"signature"},
    "simple-err-proof-method-unknown-did-method.json": {"signature"},
    "simple-err-proof-method-unknown-scheme.json": {"signature"},
    "simple-err-proof-value.json": {"signature"},
    "simple-err-type.json": {"shape", "terms"},
    "simple-noproof.json": {"shape", "terms", "signature"},
    # suites and data models that we do not check
    "complete_v1.json": {"shape", "terms", "signature"},
    "simple_v1.json": {"shape", "terms", "signature"},
    "simple-eddsa-2022.json": {"shape", "terms", "signature"},
    "sd/derivedcredential.json": {"signature"},
    # revoked, by a list that we do not check or that names itself otherwise
    "credential-status-revoked.json": {"shape", "terms", "signature"},
    "bit-string-list/credential-status-revoked.json": {"status"},
    "bit-string-list/credential-status-revoked-blank-nodes.json": {"status"},
}


def resolve(method: str) -> VerificationKey:
    """The samples' issuers publish their key as the fragment of its address; no fetch is needed."""
    controller, _, fragment = method.partition("#")
    if not controller.startswith("https://") or not fragment:
        return resolver()(method)
    return VerificationKey(method, controller, from_multikey(fragment))


def sample(*parts: str) -> dict[str, Any]:
    return dict(json.loads(shared(*parts).read_bytes()))


@pytest.mark.parametrize("name", VALID)
def test_a_sound_sample_is_valid(name: str) -> None:
    verdict = verify(sample(SAMPLES, name), resolve_key=resolve, now=NOW)
    assert verdict.valid, verdict


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_sample_is_refused_for_its_reason(name: str) -> None:
    status_list = sample(SAMPLES, "bit-string-list", "testlist") if "bit-string" in name else None
    verdict = verify(
        sample(SAMPLES, *name.split("/")), resolve_key=resolve, now=NOW, status_list=status_list
    )
    failed = {check.name for check in verdict.checks if check.ok is False}
    assert not verdict.valid
    assert REFUSED[name] <= failed
    assert failed <= REFUSED[name] | {"signature"}


def test_every_sample_is_judged() -> None:
    folder = shared(SAMPLES)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}
    assert found == {*VALID, *REFUSED}


@pytest.mark.parametrize(
    ("name", "answer"),
    [("badge-final.json", Answer.REVOKED), ("microcert-final.json", Answer.VALID)],
)
def test_our_examples_verify_under_their_own_key(name: str, answer: Answer) -> None:
    verdict = verify(
        sample("examples", name),
        resolve_key=resolver(),
        now=NOW,
        status_list=sample("examples", "status-revoked0.json"),
    )
    assert verdict.answer is answer, verdict
    assert verdict.complete
