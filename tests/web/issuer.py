"""The issuer of the tests: carries out what acts cause, and answers for what was signed."""

from collections.abc import Mapping

from credentials import did, documents, status
from credentials.contexts import pinned
from tests.workflow.award_play import DID, ISSUER, SIGNER, sign
from web.records import IssuedRecords
from workflow.assembler import assemble
from workflow.engine import Engine
from workflow.follow import follow

RECORDS_BASE = "credentials.example.edu"


def follow_on(engine: Engine, case: str) -> None:
    """Carry out what a case caused, while the person waits."""
    follow(engine, handlers={"sign": sign, "assemble": assemble}, cause=case)


def records(engine: Engine) -> IssuedRecords:
    """Public records over the tests' own key."""

    def document() -> Mapping[str, object]:
        key = did.VerificationKey(SIGNER.key_id, DID, SIGNER.public_key)
        return did.did_document(DID, [key])

    def status_list(number: int) -> bytes | None:
        if number != 1:
            return None
        signed = status.status_list_credential(
            f"https://{RECORDS_BASE}/status/{number}", (), issuer_id=ISSUER.id, signer=SIGNER,
            now=engine.clock.now(), contexts=pinned(),
        )  # fmt: skip
        return documents.write(signed)

    return IssuedRecords(engine.connect, document, status_list)
