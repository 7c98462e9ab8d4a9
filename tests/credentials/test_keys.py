import os
import stat
from datetime import date
from pathlib import Path

import orjson
import pytest

from credentials.errors import KeyRefused
from credentials.keys import (
    FileSigner,
    create_key_file,
    dated_key_id,
    from_multikey,
    multikey,
    open_key_file,
    verifies,
)
from credentials.multibase import base58

KEY_ID = "did:web:badges.example.edu#key-2026-1"
PASSPHRASE = b"correct horse"


def created(path: Path) -> FileSigner:
    return create_key_file(path, key_id=KEY_ID, passphrase=PASSPHRASE, entropy=os.urandom)


def test_ed25519_signs_as_rfc_8032_says() -> None:
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    signer = FileSigner.from_secret(KEY_ID, secret)
    assert signer.public_key.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_a_signature_is_of_one_key_and_one_text() -> None:
    signer = FileSigner.from_secret(KEY_ID, bytes(32))
    signature = signer.sign(b"text")
    assert verifies(public_key=signer.public_key, signature=signature, data=b"text")
    assert not verifies(public_key=signer.public_key, signature=signature, data=b"texT")
    assert not verifies(public_key=b"short", signature=signature, data=b"text")


def test_a_multikey_comes_back_and_begins_as_every_ed25519_key() -> None:
    public = FileSigner.from_secret(KEY_ID, bytes(32)).public_key
    assert multikey(public).startswith("z6Mk")
    assert from_multikey(multikey(public)) == public


@pytest.mark.parametrize(
    "text", ["", "z", "6Mk", base58(b"\xed\x01" + bytes(31)), base58(b"\x80\x24" + bytes(33))]
)
def test_a_key_that_is_not_ed25519_is_refused(text: str) -> None:
    with pytest.raises(KeyRefused):
        from_multikey(text)


def test_a_key_id_carries_its_year() -> None:
    assert dated_key_id("did:web:x.edu", made=date(2027, 1, 3), number=2) == (
        "did:web:x.edu#key-2027-2"
    )


def test_a_sealed_key_opens_to_the_same_key(tmp_path: Path) -> None:
    made = created(tmp_path / "key.json")
    opened = open_key_file(tmp_path / "key.json", passphrase=PASSPHRASE)
    assert (opened.key_id, opened.public_key) == (made.key_id, made.public_key)
    assert opened.sign(b"x") == made.sign(b"x")


def test_a_sealed_key_is_for_its_owner_alone_and_leaves_nothing_beside(tmp_path: Path) -> None:
    created(tmp_path / "key.json")
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_no_secret_stands_in_the_file_or_in_what_is_logged(tmp_path: Path) -> None:
    secret = bytes(range(32))
    signer = create_key_file(
        tmp_path / "key.json",
        key_id=KEY_ID,
        passphrase=PASSPHRASE,
        entropy=lambda count: bytes(range(count)),
    )
    content = (tmp_path / "key.json").read_bytes()
    assert base58(secret).encode() not in content
    assert secret not in content
    assert repr(signer) == f"FileSigner({KEY_ID})"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    made = created(tmp_path / "key.json")
    with pytest.raises(KeyRefused, match="exists already"):
        created(tmp_path / "key.json")
    assert open_key_file(tmp_path / "key.json", passphrase=PASSPHRASE).public_key == made.public_key
    assert len(list(tmp_path.iterdir())) == 1


def test_a_key_file_needs_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="needs a passphrase"):
        create_key_file(tmp_path / "k", key_id=KEY_ID, passphrase=b"", entropy=os.urandom)


def test_a_wrong_passphrase_does_not_open_it(tmp_path: Path) -> None:
    created(tmp_path / "key.json")
    with pytest.raises(KeyRefused, match="wrong passphrase, or altered"):
        open_key_file(tmp_path / "key.json", passphrase=b"wrong")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    created(tmp_path / "key.json")
    (tmp_path / "key.json").chmod(0o640)
    with pytest.raises(KeyRefused, match="Others can read"):
        open_key_file(tmp_path / "key.json", passphrase=PASSPHRASE)


def test_a_key_file_that_is_missing_or_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="cannot be opened"):
        open_key_file(tmp_path / "key.json", passphrase=PASSPHRASE)
    created(tmp_path / "key.json")
    (tmp_path / "link").symlink_to(tmp_path / "key.json")
    with pytest.raises(KeyRefused, match="cannot be opened"):
        open_key_file(tmp_path / "link", passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("key_id", "did:web:evil.example#key-2026-1", "altered"),
        ("public_key", multikey(bytes(32)), "not its own"),
        ("public_key", "z", "cannot be read|not an Ed25519 key"),
        ("salt", None, "not a sealed key"),
        ("nonce", "uAA", "not a sealed key"),
    ],
)
def test_an_altered_key_file_is_refused(
    tmp_path: Path, field: str, value: object, why: str
) -> None:
    path = tmp_path / "key.json"
    created(path)
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), field: value}))
    with pytest.raises(KeyRefused, match=why):
        open_key_file(path, passphrase=PASSPHRASE)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\0"])
def test_a_file_that_is_no_sealed_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.json"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(KeyRefused, match="not a sealed key"):
        open_key_file(path, passphrase=PASSPHRASE)


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(KeyRefused, match="32 bytes; this is 31"):
        FileSigner.from_secret(KEY_ID, bytes(31))
