"""`conferral verify`: the answer first, then every check; nothing is fetched."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import orjson
import pytest

from conferral.commands import verify as verify_command
from conferral.issuer import issuer_of, keys_of
from conferral.keyring import Keyring
from conferral.settings import Settings
from credentials.contexts import pinned
from credentials.did import did_key
from credentials.facts import HashedEmail, Holder
from credentials.issue import issue
from credentials.keys import FileSigner
from credentials.resolve import FetchRefused
from credentials.sign import sign
from credentials.status import status_list_credential
from tests.conferral.cli import Run, refused, run
from tests.credentials.samples import (
    AWARD as EARNED,
)
from tests.credentials.samples import (
    BADGE,
    DID,
    DID_DOCUMENT,
    ISSUER,
    SIGNER,
    STATUS_LIST,
    issued,
)

__all__ = ["run"]

#: Long ago on any clock that this runs by.
NOW = datetime(2024, 2, 7, 12, 0, tzinfo=UTC)
AWARD = replace(EARNED, valid_from=NOW)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed credential, its issuer's DID document, and an empty data folder."""
    monkeypatch.setenv("CONFERRAL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(verify_command, "Fetcher", lambda: _nowhere)
    (tmp_path / "badge.json").write_bytes(issued(AWARD, now=NOW).content)
    (tmp_path / "did.json").write_bytes(orjson.dumps(DID_DOCUMENT))
    return tmp_path


def _nowhere(url: str) -> bytes:
    raise FetchRefused(f"{url} did not answer.")


def kept(folder: Path, name: str, document: object) -> str:
    (folder / name).write_bytes(orjson.dumps(document))
    return str(folder / name)


def status_list(*revoked: int) -> object:
    return status_list_credential(
        STATUS_LIST, revoked, issuer_id=DID, signer=SIGNER, now=NOW, contexts=pinned()
    )


def test_a_credential_with_its_issuers_document_is_valid(run: Run, folder: Path) -> None:
    words = ("verify", str(folder / "badge.json"), "--did", str(folder / "did.json"))
    told = run(*words)
    assert told.code == 0, told
    assert told.out.startswith("Valid.\n")
    assert "  signature (yes): The signature matches" in told.out
    assert "  status (not checked): Whether it was revoked is not checked" in told.out
    as_json = cast("dict[str, object]", run(*words, "--json").json)
    assert (as_json["valid"], as_json["answer"], as_json["complete"]) == (True, "valid", False)


def test_with_the_status_list_it_says_whether_it_was_revoked(run: Run, folder: Path) -> None:
    words = ("verify", str(folder / "badge.json"), "--did", str(folder / "did.json"), "--status")
    good = run(*words, kept(folder, "good.json", status_list()), "--json")
    bad = run(*words, kept(folder, "bad.json", status_list(AWARD.status_index)))
    assert good.code == 0
    assert cast("dict[str, object]", good.json)["complete"] is True
    assert bad.code == 1
    assert bad.out.startswith("Revoked.\n")


def test_one_changed_word_is_found(run: Run, folder: Path) -> None:
    changed = orjson.loads(issued(AWARD, now=NOW).content)
    changed["credentialSubject"]["achievement"]["name"] = "Data Mastery"
    file = kept(folder, "changed.json", changed)
    told = run("verify", file, "--did", str(folder / "did.json"))
    assert told.code == 1
    assert told.out.startswith("Signature does not match.\n")


def test_a_key_that_is_not_at_hand_is_looked_for_at_its_issuers(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return orjson.dumps(DID_DOCUMENT if url.endswith("did.json") else status_list())

    monkeypatch.setattr(verify_command, "Fetcher", lambda: fetch)
    told = run("verify", str(folder / "badge.json"), "--json")
    assert told.code == 0, told
    assert cast("dict[str, object]", told.json)["complete"] is True
    assert asked == ["https://badges.example.edu/.well-known/did.json", STATUS_LIST]


def test_a_status_list_that_cannot_be_had_is_told_beside_the_answer(run: Run, folder: Path) -> None:
    told = run("verify", str(folder / "badge.json"), "--did", str(folder / "did.json"))
    assert told.code == 0
    assert f"  status list: {STATUS_LIST} did not answer.\n" in told.out


@pytest.mark.parametrize(
    ("email", "code", "says"), [("leo@example.edu", 1, "no"), ("LEARNER@example.edu ", 0, "yes")]
)
def test_whose_it_is_is_asked_by_the_address_of_the_day_it_was_issued(
    run: Run, folder: Path, email: str, code: int, says: str
) -> None:
    award = replace(AWARD, subject=HashedEmail.of("learner@example.edu", salt="s"))
    (folder / "badge.json").write_bytes(issued(award, now=NOW).content)
    words = ("verify", str(folder / "badge.json"), "--did", str(folder / "did.json"))
    told = run(*words, "--holder", email)
    assert told.code == code
    assert told.out.endswith(f"  issued to {email}: {says}\n")
    assert cast("dict[str, object]", run(*words, "--holder", email, "--json").json)["holder"] is (
        says == "yes"
    )


def test_a_credential_of_a_did_says_that_it_names_no_address(run: Run, folder: Path) -> None:
    award = replace(AWARD, subject=Holder("did:example:leo"))
    (folder / "badge.json").write_bytes(issued(award, now=NOW).content)
    words = ("verify", str(folder / "badge.json"), "--did", str(folder / "did.json"))
    assert "it names no address" in run(*words, "--holder", "leo@example.edu").out


def png(*texts: bytes) -> bytes:
    """An image of one point that carries these texts."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = (1).to_bytes(4) * 2 + bytes((8, 0, 0, 0, 0))
    bodies = b"".join(chunk(b"iTXt", text) for text in texts)
    point = zlib.compress(b"\0\0")
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + bodies + chunk(b"IDAT", point)
            + chunk(b"IEND", b""))  # fmt: skip


PLAIN, PACKED = b"openbadgecredential\0\0\0\0\0", b"openbadgecredential\0\1\0\0\0"


@pytest.mark.parametrize("packed", [False, True])
def test_an_image_that_carries_a_credential_is_verified_like_it(
    run: Run, folder: Path, *, packed: bool
) -> None:
    content = (folder / "badge.json").read_bytes()
    text = PACKED + zlib.compress(content) if packed else PLAIN + content
    (folder / "badge.png").write_bytes(png(b"Comment\0\0\0\0\0hello", text))
    told = run("verify", str(folder / "badge.png"), "--did", str(folder / "did.json"))
    assert told.code == 0, told


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (png(), "carries no credential"),
        (png(PLAIN + b"{}", PLAIN + b"{}"), "carries several"),
        (png(PLAIN + b"{}")[:-20], "damaged"),
        (png(PLAIN + b"{}").replace(b"{}", b"[]"), "damaged"),
        (png(b"openbadgecredential\0\0"), "damaged"),
        (png(PACKED + b"not packed"), "cannot be unpacked"),
        (png(PACKED + zlib.compress(b" " * 2_000_000)), "larger than"),
        (png(PLAIN + b" " * 1_100_000), "larger than"),
        (b"\x89PNG\r\n\x1a\n", "carries no credential"),
    ],
)
def test_an_image_that_carries_none_says_why(
    run: Run, folder: Path, image: bytes, says: str
) -> None:
    (folder / "bad.png").write_bytes(image)
    assert says in refused(run("verify", str(folder / "bad.png")))


def test_offline_nothing_is_fetched(run: Run, folder: Path) -> None:
    told = run("verify", str(folder / "badge.json"), "--offline")
    assert told.code == 1
    assert told.out.startswith("Cannot be verified.\n")
    assert "is not published by an issuer known here" in told.out


def test_a_credential_of_another_by_did_key_needs_no_document(run: Run, folder: Path) -> None:
    nobody = FileSigner.from_secret("x", bytes(range(32)))
    did = did_key(nobody.public_key)
    signer = FileSigner.from_secret(f"{did}#{did.removeprefix('did:key:')}", bytes(range(32)))
    signed = issue(AWARD, BADGE, issuer=replace(ISSUER, id=did), signer=signer, now=NOW)
    told = run("verify", kept(folder, "other.json", orjson.loads(signed.content)), "--json")
    assert told.code == 0, told
    assert cast("dict[str, object]", told.json)["answer"] == "valid"


def test_our_own_keys_are_found_in_the_data_folder(run: Run, folder: Path) -> None:
    settings = Settings(data=folder / "elsewhere")
    us = issuer_of(settings)
    signer = Keyring(keys_of(settings), "p" * 40, lambda: NOW).signer()
    signed = issue(AWARD, BADGE, issuer=us, signer=signer, now=NOW)
    file = kept(folder, "ours.json", orjson.loads(signed.content))
    assert run("verify", file).code == 1
    assert run("verify", file, "--data", str(folder / "elsewhere")).code == 0


def test_one_that_is_not_valid_yet_says_from_when(run: Run, folder: Path) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    document = orjson.loads(issued(AWARD, now=NOW).content) | {
        "validFrom": f"{later:%Y-%m-%dT%H:%M:%SZ}"
    }
    document.pop("proof")
    file = kept(folder, "later.json", sign(document, signer=SIGNER, created=NOW, contexts=pinned()))
    told = run("verify", file, "--did", str(folder / "did.json"))
    assert told.code == 1
    assert told.out.startswith("Not yet valid.\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"[]", "holds no JSON object"),
        (b"\xff\xfe", "is not JSON"),
        (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", "nested deeper"),
        (b'{"a":"' + b"x" * 1_100_000 + b'"}', "larger than"),
    ],
)
def test_what_is_no_document_is_unreadable(
    run: Run, folder: Path, content: bytes, says: str
) -> None:
    file = folder / "bad.json"
    file.write_bytes(content)
    good = str(folder / "badge.json")
    assert says in refused(run("verify", str(file)))
    assert says in refused(run("verify", good, "--did", str(file)))
    assert says in refused(run("verify", good, "--status", str(file)))


def test_an_object_that_is_no_credential_is_not_valid(run: Run, folder: Path) -> None:
    assert run("verify", kept(folder, "empty.json", {})).code == 1


@pytest.mark.parametrize("name", ["none.json", "a\x00b", "\udcff", "."])
def test_a_file_that_is_not_there_is_unreadable(run: Run, folder: Path, name: str) -> None:
    assert "cannot be read" in refused(run("verify", name))
    assert "cannot be read" in refused(run("verify", str(folder / "badge.json"), "--did", name))


def test_a_did_document_that_is_none_is_unreadable(run: Run, folder: Path) -> None:
    file = kept(folder, "no-did.json", {"id": "https://example.edu"})
    line = refused(run("verify", str(folder / "badge.json"), "--did", file))
    assert line.startswith("--did: ")
