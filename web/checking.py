"""Checking a file that somebody has: ours or another issuer's, without keeping anything of it."""

from io import BytesIO
from typing import IO, Final
from urllib.parse import urlsplit

import flask
from flask import Blueprint, request
from werkzeug.wrappers import Response

from credentials.carried import credential_in
from credentials.documents import Document, as_list, moment
from credentials.errors import CredentialError
from credentials.holder import issued_to
from credentials.judge import Judged, judge
from credentials.resolve import FetchRefused
from credentials.verify import Answer
from web.context import Checked, Presented, Verdict
from web.guard import context, public
from web.pages import cached, show

_WORDS: Final = {
    Answer.VALID: "valid", Answer.REVOKED: "revoked", Answer.SUSPENDED: "suspended",
    Answer.NOT_YET: "not_yet", Answer.EXPIRED: "expired", Answer.ALTERED: "mismatch",
    Answer.UNVERIFIABLE: "unverified",
}  # fmt: skip
_LONGEST_ADDRESS: Final = 320


class Request(flask.Request):
    """A request whose file, where one is brought to be checked, never touches a disk."""

    def _get_file_stream(  # noqa: PLR0917 - as its base calls it
        self, total_content_length: int | None, content_type: str | None,
        filename: str | None = None, content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        if self.path == "/verify":
            return BytesIO()
        return super()._get_file_stream(
            total_content_length, content_type, filename, content_length
        )


pages = Blueprint("checking", __name__)


@pages.get("/verify")
@public
def ask() -> Response:
    """The page that takes a number, or a file."""
    return cached(show("check.html", presented=None, problem=""))


@pages.post("/verify")
@public
def check() -> Response:
    """What a file is worth; nothing of it is stored."""
    sent = request.files.get("file")
    email = request.form.get("email", "").strip()[:_LONGEST_ADDRESS]
    if sent is None or not sent.filename:
        return show("check.html", 422, presented=None, problem="Choose the file first.")
    try:
        document = credential_in(sent.stream.read())
    except CredentialError as problem:
        return show("check.html", 422, presented=None, problem=str(problem))
    return show("check.html", presented=presented(_judged(document), email), problem="")


def _judged(document: Document) -> Judged:
    ours = context().records.did_document()
    return judge(
        document, known=(ours,) if ours else (), fetch=_fetch, now=context().engine.clock.now()
    )


def _fetch(url: str) -> bytes:
    """Our own lists from here, everything else from where it is."""
    parts = urlsplit(url)
    place, _, number = parts.path.rpartition("/")
    if parts.netloc in context().other_hosts and place == "/status":
        found = context().records.status_list(int(number)) if number.isdecimal() else None
        if found is None:
            raise FetchRefused("There is no such status list here.")
        return found
    return context().fetch(url)


def presented(judged: Judged, email: str) -> Presented:
    """What the page says of a file: the answer, who signed what, and each question asked."""
    document, subject = judged.document, _part(judged.document, "credentialSubject")
    achievement, issuer = _part(subject, "achievement"), document.get("issuer")
    named = issuer if isinstance(issuer, dict) else {"id": issuer}
    word: Verdict = _WORDS[judged.verdict.answer]  # type: ignore[assignment]
    checks = tuple(Checked(says=one.sentence, ok=one.ok) for one in judged.verdict.checks)
    more = (Checked(says=judged.unreached, ok=None),) if judged.unreached else ()
    return Presented(
        verdict=word, title=_line(achievement.get("name") or document.get("name")),
        says=_line(achievement.get("description")), issuer=_line(named.get("name")),
        issuer_id=_line(named.get("id")), known=_is_ours(document),
        number=_line(document.get("id")).removeprefix("urn:uuid:") if _is_ours(document) else "",
        issued_at=moment(document.get("validFrom")), checks=(*checks, *more),
        email=email, theirs=issued_to(document, email) if email else None,
    )  # fmt: skip


def _is_ours(document: Document) -> bool:
    ours = context().records.did_document()
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return ours is not None and named == ours.get("id")


def _part(document: Document, name: str) -> Document:
    """An object in an object; of several the first; {} where there is none."""
    found = next(iter(as_list(document.get(name))), None)
    return found if isinstance(found, dict) else {}


def _line(value: object) -> str:
    """A text that may be shown, however long somebody made it."""
    return value[:500] if isinstance(value, str) else ""
