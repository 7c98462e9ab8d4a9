"""What anyone may read without an account: credentials, verified anew from their stored bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import orjson

from conferral.issuer import did_document, published_list
from conferral.settings import Settings
from credentials import did
from credentials.status import index_in
from credentials.verify import Answer, verify
from web.context import PublicAward, PublicOutcome, Verdict
from workflow.engine import Connect
from workflow.issuing import PublicView, public_view

_VERDICTS: Mapping[Answer, Verdict] = {
    Answer.VALID: "valid",
    Answer.REVOKED: "revoked",
    Answer.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """The public records of one installation."""

    settings: Settings
    connect: Connect

    def award(self, number: str, now: datetime) -> PublicAward | None:
        """Verify the stored bytes of an award anew; None when there is none of this number."""
        with self.connect() as connection:
            view = public_view(connection, f"urn:uuid:{number}")
        if view is None:
            return None
        return self._shown(number, view, now)

    def _shown(self, number: str, view: PublicView, now: datetime) -> PublicAward:
        document = cast("Mapping[str, object]", orjson.loads(view.body))
        verdict = verify(
            document,
            resolve_key=did.resolver(did_document(self.settings)),
            now=now,
            status_list=self._list_of(document),
        )
        return PublicAward(
            number=number,
            verdict=_VERDICTS.get(verdict.answer, "mismatch"),
            title=view.title,
            kind=view.type,
            unit=view.unit,
            issued_at=view.issued_at,
            statement=_statement(document),
            name=view.learner_name,
            outcomes=tuple(_outcomes(document)),
            checks=tuple(check.sentence for check in verdict.checks if check.ok),
            signed=view.body if view.published else None,
        )

    def _list_of(self, document: Mapping[str, object]) -> Mapping[str, object] | None:
        entry = cast("Mapping[str, object]", document["credentialStatus"])
        index_in(entry)
        number = str(entry["statusListCredential"]).rpartition("/")[2]
        body = published_list(self.connect, int(number))
        return cast("Mapping[str, object]", orjson.loads(body)) if body else None

    def did_document(self) -> Mapping[str, object] | None:
        """The issuer's keys; None before the first one was made."""
        document = did_document(self.settings)
        return document if document["verificationMethod"] else None

    def status_list(self, number: int) -> bytes | None:
        """A signed status list credential, as JSON bytes."""
        return published_list(self.connect, number)


def _achievement(document: Mapping[str, object]) -> Mapping[str, object]:
    subject = cast("Mapping[str, object]", document["credentialSubject"])
    return cast("Mapping[str, object]", subject["achievement"])


def _statement(document: Mapping[str, object]) -> str:
    return str(_achievement(document).get("description", ""))


def _outcomes(document: Mapping[str, object]) -> list[PublicOutcome]:
    """Each outcome in the words of the credential, with the level that was reached."""
    subject = cast("Mapping[str, object]", document["credentialSubject"])
    results = cast("list[Mapping[str, str]]", subject.get("result", []))
    levels = {r["resultDescription"]: r.get("value") or r.get("status", "") for r in results}
    described = cast("list[Mapping[str, str]]", _achievement(document).get("resultDescription", []))
    return [
        PublicOutcome(says=one["name"], level=levels[one["id"]])
        for one in described
        if one["id"] in levels
    ]
