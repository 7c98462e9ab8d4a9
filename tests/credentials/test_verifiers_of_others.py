"""Verifiers that others wrote judge what we issue as we do, without a network.

The two from npm run where `make verifiers` has installed them, outside of the project; the one from
PyPI comes with our dependencies and always runs. What each said is kept in docs/verifiers.md.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from credentials.clr import SCHEMA_ID as RECORD_SCHEMA
from credentials.clr import issue_record
from credentials.contexts import CLR, pinned
from credentials.issue import Signed, issue
from credentials.sign import sign
from credentials.status import status_list_credential
from credentials.verify import verify
from tests.credentials.samples import (
    AWARD,
    BADGE,
    DID,
    DID_DOCUMENT,
    HOST,
    ISSUER,
    MICRO_CERTIFICATE,
    RESOLVE,
    SIGNER,
    STACKED_AWARD,
    STATUS_LIST,
    shared,
)

#: These verifiers read the machine's clock, so what they judge begins a little before now.
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
REVOKED = 99
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
TEXTS = {
    "in Spanish": "Análisis de datos: ¿qué, cuándo y por qué? Año ñandú",
    "in Chinese": "数据素养与可视化分析",
    "in Arabic": "تحليل البيانات للباحثين",
    "with emoji": "Teaching 🎓👩🏽‍💻🇺🇸",
    "with quotes": "“Data” \"Literacy\" 'for' `all` \\ <b>&amp;",
    "with U+2028": "Data\u2028Literacy\u2029\u00a0\u200f",
}
VALID = ["a badge", "a micro-certificate", "a record (CLR)", *TEXTS]
INVALID = ["tampered", "undefined term", "revoked", "expired"]
PLACE = Path(
    os.environ.get("CONFERRAL_VERIFIERS", Path.home() / ".cache" / "conferral" / "verifiers")
)
SCRIPTS = Path(__file__).parent / "foreign"
Case = dict[str, Any]


def issued(**changes: Any) -> Signed:  # noqa: ANN401 - any field of the facts
    """A badge of today; `name` changes what it is called and whatever else it says."""
    name = changes.pop("name", "")
    award = replace(AWARD, valid_from=NOW, **changes)
    achievement = BADGE
    if name:
        award = replace(award, narrative=name)
        achievement = replace(BADGE, name=name, description=name, criteria=name)
    return issue(award, achievement, issuer=ISSUER, signer=SIGNER, now=award.valid_from)


@cache
def cases() -> dict[str, Case]:
    """Every credential that is judged, by what it is."""
    certificate = issue(
        replace(STACKED_AWARD, valid_from=NOW), MICRO_CERTIFICATE, issuer=ISSUER, signer=SIGNER,
        now=NOW,
    ).content  # fmt: skip
    parts = [
        issued(credential_id=f"{HOST}/credentials/b{n}", subject=STACKED_AWARD.subject).content
        for n in range(3)
    ]
    record = issue_record(certificate, parts, issuer=ISSUER, signer=SIGNER, now=NOW).content
    badge = json.loads(issued().content)
    found = {
        "a badge": badge,
        "a micro-certificate": json.loads(certificate),
        "a record (CLR)": json.loads(record),
        **{kind: json.loads(issued(name=name).content) for kind, name in TEXTS.items()},
        "tampered": {**badge, "name": "Alchemy"},
        "undefined term": _with_undefined_term(),
        "revoked": json.loads(issued(status_index=REVOKED).content),
        "expired": json.loads(issued(valid_until=NOW + timedelta(minutes=30)).content),
    }
    return {kind: dict(document) for kind, document in found.items()}


def _with_undefined_term() -> Case:
    """A badge that says something no vocabulary defines, beside a signature over the rest of it."""
    document = json.loads(issued().content)
    bare = {key: value for key, value in document.items() if key != "proof"}
    signed = dict(sign(bare, signer=SIGNER, created=NOW, contexts=pinned()))
    return {**signed, "credentialSubject": {**document["credentialSubject"], "grade": "A"}}


@cache
def status_list() -> Case:
    return dict(
        status_list_credential(
            STATUS_LIST, [REVOKED], issuer_id=DID, signer=SIGNER, now=NOW, contexts=pinned()
        )
    )


def documents() -> dict[str, object]:
    """All that can be reached: contexts, the issuer's keys, the status list, the schemas."""
    known: dict[str, object] = {url: pinned().load(url) for url in pinned().urls}
    strict = json.loads(shared("schemas", "ob_v3p0_achievementcredential_schema.json").read_bytes())
    return known | {
        f"did:{DID}": DID_DOCUMENT, f"{HOST}/.well-known/did.json": DID_DOCUMENT,
        STATUS_LIST: status_list(), SCHEMA: strict,
        # The strict schema of records is not at hand; this one asks nothing.
        RECORD_SCHEMA: {"$id": RECORD_SCHEMA, "type": "object"},
    }  # fmt: skip


@cache
def judged(script: str) -> dict[str, Case]:
    """What a verifier in Node says of every case; skipped where it is not installed."""
    if shutil.which("node") is None or not (PLACE / "node_modules").is_dir():
        pytest.skip("needs node and `make verifiers`")
    for file in SCRIPTS.glob("*.mjs"):
        shutil.copy(file, PLACE)
    done = subprocess.run(
        ["node", f"{script}.mjs"],
        input=json.dumps({"documents": documents(), "cases": cases()}).encode(),
        capture_output=True, cwd=PLACE, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("kind", VALID)
def test_digital_bazaar_accepts(kind: str) -> None:
    assert judged("bazaar")[kind]["valid"], judged("bazaar")[kind]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("tampered", "Invalid signature"),
        ("undefined term", "Safe mode"),
        ("expired", "validUntil"),
    ],
)
def test_digital_bazaar_refuses(kind: str, says: str) -> None:
    """It leaves the status to a check that one brings along; the next verifier has its own."""
    verdict = judged("bazaar")[kind]
    assert not verdict["valid"]
    assert says in verdict["says"]


@pytest.mark.parametrize("kind", VALID)
def test_digital_credentials_accepts_with_the_strict_schema(kind: str) -> None:
    verdict = judged("core")[kind]
    assert verdict["errors"] == []
    assert verdict["schemas"] == [True], verdict["schemaErrors"]
    assert verdict["log"]["valid_signature"]
    assert verdict["log"]["expiration"]
    assert verdict["log"].get("revocation_status", True) is True


def test_digital_credentials_refuses() -> None:
    found = judged("core")
    assert "invalid_signature" in found["tampered"]["errors"][0]
    assert "Safe mode" in found["undefined term"]["errors"][0]
    assert found["revoked"]["log"]["revocation_status"] is False
    assert found["expired"]["log"]["expiration"] is False


PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(SIGNER.public_key).public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)


def _proof_holds(document: Case) -> None:
    verify_data_integrity_proof(
        document, PUBLIC_KEY, extra_contexts={CLR: dict(pinned().load(CLR))}
    )


def _whole(document: Case) -> None:
    """Everything it asks; the list's own proof it reads as a JWT only, so that is left out."""
    OB3LdpVerifier(PUBLIC_KEY).verify(
        document, check_status=True, verify_status_list=False,
        download=lambda *_, **__: json.dumps(status_list()).encode(),
    )  # fmt: skip


@pytest.mark.parametrize("kind", VALID)
def test_openbadgeslib_accepts(kind: str) -> None:
    judge: Callable[[Case], None] = _proof_holds if kind == "a record (CLR)" else _whole
    judge(cases()[kind])


@pytest.mark.parametrize("kind", INVALID)
def test_openbadgeslib_refuses(kind: str) -> None:
    with pytest.raises(OB3VerificationError):
        _whole(cases()[kind])


@pytest.mark.parametrize("kind", VALID)
def test_we_say_the_same(kind: str) -> None:
    verdict = verify(
        cases()[kind], resolve_key=RESOLVE, now=datetime.now(UTC), status_list=status_list()
    )
    assert verdict.valid, verdict


@pytest.mark.parametrize("kind", INVALID)
def test_we_refuse_the_same(kind: str) -> None:
    assert not verify(
        cases()[kind], resolve_key=RESOLVE, now=datetime.now(UTC), status_list=status_list()
    ).valid
