"""A file that somebody brings is judged in words, whoever issued it, and nothing of it is kept."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from credentials.did import did_key
from credentials.facts import Holder
from credentials.issue import issue
from credentials.keys import FileSigner
from credentials.resolve import FetchRefused
from tests.credentials.samples import AWARD, BADGE, DID_DOCUMENT, ISSUER, STATUS_LIST, issued
from tests.unchanged import unchanged
from tests.web.browser import Page
from tests.web.conftest import context_of
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from web.app import create_app


@pytest.fixture
def ours(awards: Awards) -> bytes:
    """The file of an award that was issued here."""
    case = awards.issued(awards.badge())
    (body,) = awards.row("SELECT body FROM signed_credential WHERE case_id = %s", case)
    return bytes(body)  # type: ignore[call-overload, no-any-return]


def bring(app: Flask, content: bytes, **said: str) -> TestResponse:
    return app.test_client().post(
        "/verify", data={"file": (BytesIO(content), "badge.json"), **said},
        content_type="multipart/form-data",
    )  # fmt: skip


def words(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, Page(answer).text
    assert not answer.headers.getlist("Set-Cookie")
    return Page(answer).text


def test_the_page_takes_a_file_or_a_number_without_an_account(app: Flask) -> None:
    answer = app.test_client().get("/verify")
    assert "Check an award By its number, or by the file" in words(answer)
    assert {"number", "email", "file"} <= Page(answer).fields.keys()


def test_our_own_award_is_valid_with_its_status_and_leads_to_its_page(
    app: Flask, ours: bytes, database_url: str
) -> None:
    with unchanged(database_url):
        answer = bring(app, ours)
    said = words(answer)
    assert "Valid Example University signed this and stands by it." in said
    assert "Its issuer's status list says that it is not revoked." in said
    assert "Nothing of the file was kept." in said
    number = json.loads(ours)["id"].removeprefix("urn:uuid:")
    assert f"/v/{number}" in Page(answer).links
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_changed_word_does_not_match(app: Flask, ours: bytes) -> None:
    said = words(bring(app, ours.replace(b"Data Storytelling", b"Data Mastery")))
    assert "Signature does not match It is not what was signed." in said


@pytest.mark.parametrize(
    ("email", "says"),
    [("nobody@example.edu", "It was not issued to nobody@example.edu."), ("", "")],
)
def test_whose_it_is_is_said_by_the_address(app: Flask, ours: bytes, email: str, says: str) -> None:
    said = words(bring(app, ours, email=email))
    assert says in said
    assert ("the day it was issued counts" in said) is bool(email)


def test_the_holder_is_found_by_the_address_of_the_day(
    app: Flask, ours: bytes, awards: Awards
) -> None:
    (email,) = awards.row("SELECT p.email FROM award a JOIN person p ON p.id = a.learner")
    awards.rows("UPDATE person SET email = 'new@example.edu' RETURNING 1")
    assert f"It was issued to {email}." in words(
        bring(app, ours, email=str(email).upper())
    ).replace(str(email).upper(), str(email))
    assert "It was not issued to new@example.edu." in words(
        bring(app, ours, email="new@example.edu")
    )


def test_anothers_is_fetched_from_its_issuer_and_only_as_its_issuer_signed_it(
    play: Play, ours: bytes
) -> None:
    del ours
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        if url == STATUS_LIST:
            raise FetchRefused("badges.example.edu did not answer in time.")
        return json.dumps(DID_DOCUMENT).encode()

    app = create_app(context_of(play, fetch=fetch))
    play.clock.at = AWARD.valid_from.replace(year=2027)
    said = words(bring(app, issued(AWARD).content))
    assert asked == ["https://badges.example.edu/.well-known/did.json", STATUS_LIST]
    assert "Valid It is as its issuer signed it. Whether you trust Example University" in said
    assert "Not checked: badges.example.edu did not answer in time." in said


def test_anothers_whose_keys_cannot_be_had_cannot_be_verified(app: Flask, ours: bytes) -> None:
    del ours
    said = words(bring(app, issued(AWARD).content))
    assert "Cannot be verified We cannot say that it is genuine." in said
    assert "No address is asked from here." in said


def test_a_credential_by_did_key_needs_nobody(play: Play, app: Flask) -> None:
    secret = bytes(range(32))
    did = did_key(FileSigner.from_secret("x", secret).public_key)
    signer = FileSigner.from_secret(f"{did}#{did.removeprefix('did:key:')}", secret)
    award = replace(AWARD, subject=Holder("did:example:leo"))
    signed = issue(award, BADGE, issuer=replace(ISSUER, id=did), signer=signer,
                   now=AWARD.valid_from)  # fmt: skip
    play.clock.at = AWARD.valid_from.replace(year=2027)
    said = words(bring(app, signed.content, email="leo@example.edu"))
    assert "Valid It is as its issuer signed it." in said
    assert "It names no e-mail address" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is not JSON"), (b"[]", "holds no JSON object"), (b"\x89PNG\r\n\x1a\n", "no credential"),
     (b"<svg onload=alert(1)>", "is not JSON")],
)  # fmt: skip
def test_what_is_no_credential_says_why_and_asks_again(
    app: Flask, content: bytes, says: str
) -> None:
    answer = bring(app, content)
    assert says in words(answer, 422)
    assert "file" in Page(answer).fields


@pytest.mark.parametrize(
    "document",
    [{}, {"issuer": 7}, {"credentialSubject": []}, {"credentialSubject": [7], "issuer": {}},
     {"name": "<b>" * 900, "issuer": {"name": ["x"], "id": "did:web:%00"}, "id": "urn:uuid:../x"}],
)  # fmt: skip
def test_any_object_is_answered(app: Flask, document: object) -> None:
    answer = bring(app, json.dumps(document).encode())
    assert "Cannot be verified" in words(answer)
    assert "<b>" not in answer.get_data(as_text=True)


def test_without_a_file_or_with_too_large_a_one_it_is_asked_again(app: Flask) -> None:
    assert "Choose the file first." in words(app.test_client().post("/verify"), 422)
    large = app.test_client().post(
        "/verify", data=b" " * 1_100_000, content_type="multipart/form-data; boundary=b"
    )
    assert "That is more than fits" in words(large, 413)


@pytest.mark.parametrize(("path", "in_memory"), [("/verify", True), ("/elsewhere", False)])
def test_a_file_that_is_checked_never_touches_a_disk(
    app: Flask, path: str, *, in_memory: bool
) -> None:
    with app.test_request_context(path, method="POST", base_url="http://localhost") as context:
        stream = context.request._get_file_stream(900_000, "application/json", "badge.json")
    assert isinstance(stream, BytesIO) is in_memory
    stream.close()


def test_a_list_of_ours_that_is_not_there_is_told(app: Flask, ours: bytes) -> None:
    from web import checking

    with app.test_request_context("/verify", base_url="http://localhost"):
        for path in ("/status/9", "/status/x"):
            with pytest.raises(FetchRefused, match="no such status list"):
                checking._fetch(f"https://credentials.example.edu{path}")
    del ours
