"""Public records of what was issued: the stored bytes, verified anew at each request."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from credentials import did, documents
from credentials.verify import Answer, Verdict, verify
from web.context import Checked, PublicAward, PublicOutcome
from web.context import Verdict as Word
from workflow.engine import Connect
from workflow.queries.shown import Mark, PublicView, public_view

_WORDS: Final[Mapping[Answer, Word]] = {
    Answer.VALID: "valid",
    Answer.REVOKED: "revoked",
    Answer.EXPIRED: "expired",
    Answer.ALTERED: "mismatch",
}
_MARKS: Final[Mapping[Mark, Word]] = {
    "revoked": "revoked", "superseded": "replaced", "expired": "expired",
}  # fmt: skip
#: Answers that what the university has recorded cannot better.
_BROKEN: Final[frozenset[Word]] = frozenset({"mismatch", "unverified"})
_URN: Final = "urn:uuid:"
Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class IssuedRecords:
    """What this installation issued; the callables are the issuer's, None where nothing is kept."""

    connect: Connect
    did_document_now: Callable[[], Mapping[str, object] | None]
    status_list_now: Callable[[int], bytes | None]

    def award(self, number: str, now: datetime) -> PublicAward | None:
        """Verify the stored bytes of an award anew; None when unknown or not to be shown."""
        with self.connect() as connection:
            view = public_view(connection, _URN + number)
        if view is None:
            return None
        document = documents.read(view.body)
        keys, listed = self.did_document_now(), self.status_list_now(_list_of(document))
        verdict = verify(
            document, resolve_key=did.resolver(*([keys] if keys else [])), now=now,
            status_list=documents.read(listed) if listed else None,
        )  # fmt: skip
        return _shown(view, document, verdict, number=number)

    def did_document(self) -> Mapping[str, object] | None:
        """The issuer's keys."""
        return self.did_document_now()

    def status_list(self, number: int) -> bytes | None:
        """The signed list of this number; None where no such list is published."""
        return self.status_list_now(number)


def _list_of(document: Document) -> int:
    """The number of the status list that a credential names; 0 where it names none of ours."""
    last = _list_url(document).rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() else 0


def _list_url(document: Document) -> str:
    return str(_part(document, "credentialStatus").get("statusListCredential", ""))


def _shown(view: PublicView, document: Document, verdict: Verdict, *, number: str) -> PublicAward:
    achievement = _part(_part(document, "credentialSubject"), "achievement")
    return PublicAward(
        number=number, verdict=_word(view, verdict), title=view.title,
        kind=view.type, unit=view.unit, issued_at=view.issued_at, rigor=view.rigor,
        edition=view.edition, statement=str(achievement.get("description", "")),
        name=view.learner_name, criteria=str(_part(achievement, "criteria").get("narrative", "")),
        outcomes=tuple(_outcomes(document, achievement)),
        checks=(_kept(view), *(Checked(says=c.sentence, ok=c.ok) for c in verdict.checks)),
        valid_until=documents.moment(document.get("validUntil")), ended_at=view.marked_at,
        reason=view.reason, notice=view.notice, newer=view.successor.removeprefix(_URN),
        key=_key(document), status_list=_list_url(document), sha256=view.sha256,
        signed=view.body if view.published else None,
        picture=_picture(achievement),
    )  # fmt: skip


def _word(view: PublicView, verdict: Verdict) -> Word:
    """What the bytes say, unless the university has recorded more since they were signed."""
    said = _WORDS.get(verdict.answer, "unverified")
    if said in _BROKEN:
        return said
    recorded = _MARKS.get(view.mark) or ("review" if view.notice else None)
    return recorded or said


def _kept(view: PublicView) -> Checked:
    """The bytes themselves, before anything is asked of them."""
    if sha256(view.body).hexdigest() == view.sha256:
        return Checked(says=f"The {len(view.body)} bytes that were signed are kept here.", ok=True)
    return Checked(says="The bytes kept here are not those that were signed.", ok=False)


def _key(document: Document) -> str:
    """The key that the first proof names."""
    return str(next(iter(_parts(document, "proof")), {}).get("verificationMethod", ""))


def _picture(achievement: Document) -> str:
    """The path of its badge: under the address of the version that the award names."""
    path = urlsplit(str(achievement.get("id", ""))).path
    return f"{path}/image.svg" if path.startswith("/achievements/") else ""


def _outcomes(document: Document, achievement: Document) -> Iterator[PublicOutcome]:
    """Each outcome with the level that was needed and the one that was reached."""
    reached = {
        str(result.get("resultDescription")): str(result.get("value") or result.get("status") or "")
        for result in _parts(_part(document, "credentialSubject"), "result")
    }
    for described in _parts(achievement, "resultDescription"):
        needed = str(described.get("requiredValue", ""))
        yield PublicOutcome(
            says=str(described.get("name", "")), needed=needed,
            level=reached.get(str(described.get("id")), ""),
        )  # fmt: skip


def _part(document: Document, name: str) -> Document:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _parts(document: Document, name: str) -> list[Document]:
    found = document.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
