"""Checkpoints: a signed statement on how long a log is and what its root is.

Three lines (origin, size, root in base64), an empty line, and a signature line for each key.

Source: C2SP tlog-checkpoint and signed-note (key type 0x01, Ed25519).
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from credentials.errors import CredentialError
from credentials.keys import Signer, verifies

_ED25519 = b"\1"
_DASH = "— "
_LONGEST = 4_096


class CheckpointRefused(CredentialError):
    """What was given is no checkpoint, or none that is signed by a key known here."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` leaves of the log `origin`, under their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(checkpoint: Checkpoint, *, signer: Signer) -> str:
    """The note: the text, and the signature under the origin's name."""
    signature = signer.sign(checkpoint.text.encode())
    hint = _hint(checkpoint.origin, signer.public_key)
    line = base64.b64encode(hint + signature).decode()
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {line}\n"


def opened(note: str, *, keys: Iterable[bytes]) -> Checkpoint:
    """The checkpoint in a note that one of these Ed25519 keys has signed.

    Raises CheckpointRefused where it is none, or where no key known here has signed it.
    """
    checkpoint, lines = _read(note)
    known = {_hint(checkpoint.origin, key): key for key in keys}
    for line in lines:
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        try:
            signed = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        key = known.get(signed[:4]) if name == checkpoint.origin else None
        if key and verifies(public_key=key, signature=signed[4:], data=checkpoint.text.encode()):
            return checkpoint
    raise CheckpointRefused("No key that is known here has signed this checkpoint.")


def _read(note: str) -> tuple[Checkpoint, list[str]]:
    text, _, signatures = note.partition("\n\n")
    found = _stated(text) if len(note) <= _LONGEST else None
    if found is None or f"{text}\n" != found.text:
        raise CheckpointRefused("This is no checkpoint of a log.")
    return found, [line for line in signatures.split("\n") if line.startswith(_DASH)]


def _stated(text: str) -> Checkpoint | None:
    """What the three lines say; None where they are no such lines."""
    origin, _, rest = text.partition("\n")
    size, _, root = rest.partition("\n")
    try:
        found = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
    except ValueError:  # binascii's own error is one
        return None
    return found if origin and len(found.root) == sha256().digest_size else None


def _hint(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]
