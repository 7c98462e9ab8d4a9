"""Ed25519 keys: Multikey encoding, dated ids, the Signer that signs, and the sealed key file.

The file holds the private key under scrypt and ChaCha20-Poly1305, bound to its key id; it is
created once, mode 0600, whole or not at all, and never overwritten.

Source: RFC 8032; W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey); RFC 7914; RFC 8439.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from credentials.errors import KeyRefused
from credentials.multibase import base58, base64url, from_base58, from_base64url

_ED25519_PUBLIC = b"\xed\x01"  # multicodec 0xed as a varint
_KEY_BYTES = 32
_COST = 2**15  # scrypt: 32 MB and about 0.1 s, once at start
_OTHERS = 0o077


class Signer(Protocol):
    """Whatever holds a private key: a sealed file first, an HSM or a cloud key later."""

    @property
    def key_id(self) -> str:
        """The verification method that is written in the proof, `did:web:host#key-2026-1`."""
        ...

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that verify what this signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature over `data`."""
        ...


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A Signer whose key was read from a sealed file, or made for a test or a demonstration."""

    key_id: str
    public_key: bytes
    _private: Ed25519PrivateKey

    @classmethod
    def from_secret(cls, key_id: str, secret: bytes) -> "FileSigner":
        """A signer from the 32 secret bytes; KeyRefused where they are not 32."""
        if len(secret) != _KEY_BYTES:
            raise KeyRefused(f"An Ed25519 key is {_KEY_BYTES} bytes; this is {len(secret)}.")
        private = Ed25519PrivateKey.from_private_bytes(secret)
        return cls(key_id, private.public_key().public_bytes_raw(), private)

    def __repr__(self) -> str:
        return f"FileSigner({self.key_id})"

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


def verifies(*, public_key: bytes, signature: bytes, data: bytes) -> bool:
    """True where the signature is this key's over this data."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def multikey(public_key: bytes) -> str:
    """A public key as Multikey: `z6Mk...`."""
    return base58(_ED25519_PUBLIC + public_key)


def from_multikey(text: str) -> bytes:
    """The 32 bytes of an Ed25519 Multikey; KeyRefused for any other kind of key."""
    try:
        content = from_base58(text)
    except ValueError as error:
        raise KeyRefused(f"The key {text[:60]} cannot be read: {error}") from error
    if not content.startswith(_ED25519_PUBLIC) or len(content) != _KEY_BYTES + 2:
        raise KeyRefused(f"The key {text[:60]} is not an Ed25519 key.")
    return content[2:]


def dated_key_id(issuer: str, *, made: date, number: int = 1) -> str:
    """The id of the issuer's n-th key of a year: `did:web:host#key-2026-1`."""
    return f"{issuer}#key-{made.year}-{number}"


def create_key_file(
    path: Path, *, key_id: str, passphrase: bytes, entropy: Callable[[int], bytes]
) -> FileSigner:
    """Make a new key and seal it in a new file; returns the signer that reading it would give.

    `entropy` gives n random bytes (os.urandom). Raises KeyRefused where the file exists, or the
    passphrase is empty.
    """
    if not passphrase:
        raise KeyRefused("A key file needs a passphrase; set one and create the key again.")
    secret, salt, nonce = entropy(_KEY_BYTES), entropy(16), entropy(12)
    signer = FileSigner.from_secret(key_id, secret)
    sealed = ChaCha20Poly1305(_stretched(passphrase, salt)).encrypt(nonce, secret, key_id.encode())
    _write_new(path, orjson.dumps({
        "sealed": "scrypt+chacha20poly1305",
        "key_id": key_id,
        "public_key": multikey(signer.public_key),
        "salt": base64url(salt),
        "nonce": base64url(nonce),
        "secret": base64url(sealed),
    }, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))  # fmt: skip
    return signer


def open_key_file(path: Path, *, passphrase: bytes) -> FileSigner:
    """The signer sealed in this file.

    Raises KeyRefused where the file is missing, can be read by others, was altered, or was sealed
    with another passphrase.
    """
    sealed = _read_private(path)
    try:
        fields = orjson.loads(sealed)
        key_id, public = str(fields["key_id"]), from_multikey(str(fields["public_key"]))
        salt, nonce, box = (from_base64url(fields[name]) for name in ("salt", "nonce", "secret"))
        cipher = ChaCha20Poly1305(_stretched(passphrase, salt))
        secret = cipher.decrypt(nonce, box, key_id.encode())
    except InvalidTag as error:
        raise KeyRefused(
            f"The key file {path} does not open: wrong passphrase, or altered."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyRefused(f"The key file {path} is not a sealed key.") from error
    signer = FileSigner.from_secret(key_id, secret)
    if signer.public_key != public:
        raise KeyRefused(f"The key file {path} names a public key that is not its own.")
    return signer


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=8, p=1).derive(passphrase)


def _read_private(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyRefused(f"The key file {path} cannot be opened: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_mode & _OTHERS:
            raise KeyRefused(f"Others can read the key file {path}. Set it to mode 0600.")
        return file.read(65_536)


def _write_new(path: Path, content: bytes) -> None:
    """Write beside, flush to disk, then link: the whole file appears, or none."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.link(beside, path)
    except FileExistsError as error:
        raise KeyRefused(
            f"The key file {path} exists already. Keys are never overwritten."
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
