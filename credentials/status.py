"""Bitstring status list: one bit a credential says whether it is revoked.

131,072 entries or more, so that one entry is hidden in a crowd; the first entry is the leftmost
bit; GZIP, then multibase base64url.

Source: W3C Bitstring Status List v1.0, sections 2 and 3.
"""

import gzip
import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from credentials.contexts import CREDENTIALS_V2, Contexts
from credentials.documents import Document, as_list, timestamp
from credentials.errors import StatusListRefused
from credentials.keys import Signer
from credentials.multibase import base64url, from_base64url
from credentials.sign import sign

ENTRIES = 131_072
_MOST_BYTES = 1_048_576  # eight million entries; a longer list is a bomb, not a list
_TRIES = 64
_INDEX = re.compile(r"[0-9]{1,9}")


def status_entry(list_url: str, index: int) -> Document:
    """The `credentialStatus` of a credential: where its one bit is. One object, never a list."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def bits_of(indexes: Iterable[int], *, entries: int = ENTRIES) -> bytes:
    """The bitstring with these indexes set; StatusListRefused for an index outside of it."""
    bits = bytearray(entries // 8)
    for index in indexes:
        if not 0 <= index < entries:
            raise StatusListRefused(f"Index {index} is not in a list of {entries} entries.")
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def is_set(bits: bytes, index: int) -> bool:
    """True where the bit at this index is set; StatusListRefused outside of the list."""
    if not 0 <= index < len(bits) * 8:
        raise StatusListRefused(f"Index {index} is not in a list of {len(bits) * 8} entries.")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def places(bits: bytes) -> Iterator[int]:
    """The indexes whose bit is set, from the first on.

    >>> list(places(bits_of([3, 8, 131_071])))
    [3, 8, 131071]
    """
    for number, byte in enumerate(bits):
        if byte:
            yield from (number * 8 + bit for bit in range(8) if byte & 0x80 >> bit)


def encode(bits: bytes) -> str:
    """The bitstring as it stands in `encodedList`; the same bits give the same text."""
    return base64url(gzip.compress(bits, mtime=0))


def decode(encoded: str) -> bytes:
    """The bitstring in an `encodedList`; StatusListRefused where it is none, short or a bomb."""
    try:
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        bits = reader.decompress(from_base64url(encoded), _MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise StatusListRefused(f"The status list cannot be unpacked: {error}") from error
    if not reader.eof:
        raise StatusListRefused("The status list is cut short, or too long to be one.")
    if len(bits) * 8 < ENTRIES:
        raise StatusListRefused(
            f"The status list has {len(bits) * 8} entries; with fewer than {ENTRIES} it would "
            "tell who is on it."
        )
    return bits


def free_index(taken: Container[int], *, rng: Random, entries: int = ENTRIES) -> int:
    """A random index that is not taken, so its place says nothing on when it was given.

    Raises StatusListRefused where the list is full; open another one before it is half full.
    """
    for _ in range(_TRIES):
        index = rng.randrange(entries)
        if index not in taken:
            return index
    start = rng.randrange(entries)
    for step in range(entries):
        if (start + step) % entries not in taken:
            return (start + step) % entries
    raise StatusListRefused(f"All {entries} entries of the status list are taken.")


def status_list_credential(
    list_url: str,
    revoked: Iterable[int],
    *,
    issuer_id: str,
    signer: Signer,
    now: datetime,
    contexts: Contexts,
    ttl: timedelta = timedelta(minutes=5),
) -> Document:
    """The signed list to publish at `list_url`; made anew on every change.

    `ttl` is how long a reader may keep it. StatusListRefused for an index outside of the list.
    """
    document = {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": timestamp(now),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(bits_of(revoked)),
            "ttl": ttl // timedelta(milliseconds=1),
        },
    }
    return sign(document, signer=signer, created=now, contexts=contexts, as_set=False)


def index_in(entry: Mapping[str, object]) -> int:
    """The index a `credentialStatus` names; StatusListRefused where it names none."""
    index = entry.get("statusListIndex")
    text = str(index) if isinstance(index, str | int) and not isinstance(index, bool) else ""
    if not _INDEX.fullmatch(text):
        raise StatusListRefused("The credential does not say which entry of the list is its own.")
    return int(text)


def bits_in(status_list: Mapping[str, object], *, entry: Mapping[str, object]) -> bytes:
    """The bitstring of the list this entry points to; StatusListRefused where it is another list.

    Says nothing on whether the list is signed: that is for `verify`.
    """
    subject = status_list.get("credentialSubject")
    if "BitstringStatusListCredential" not in as_list(status_list.get("type")) or not isinstance(
        subject, dict
    ):
        raise StatusListRefused("What was found is not a Bitstring status list.")
    if status_list.get("id") != entry.get("statusListCredential"):
        raise StatusListRefused("What was found is another status list than the one named.")
    if entry.get("statusPurpose") not in as_list(subject.get("statusPurpose")):
        raise StatusListRefused("The status list serves another purpose than the one named.")
    return decode(str(subject.get("encodedList")))
