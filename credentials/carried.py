"""The credential that a file carries: the file itself where it is JSON, or an image that bears it.

Source: 1EdTech Open Badges 3.0, section 5.3 (PNG: one iTXt chunk, keyword `openbadgecredential`);
PNG, third edition, sections 5.2 and 11.3.3.4.
"""

import zlib
from collections.abc import Iterator

from credentials.documents import LARGEST, Document, read
from credentials.errors import NotCanonical

_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"


def credential_in(content: bytes) -> Document:
    """The signed credential in a file; NotCanonical with a sentence where it carries none."""
    return read(_from_png(content)) if content.startswith(_PNG) else read(content)


def _from_png(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise NotCanonical(f"The image is larger than {LARGEST // 1024} kB, so it is not read.")
    found = [text for kind, text in _chunks(content) if kind == b"iTXt" and _is_ours(text)]
    if not found:
        raise NotCanonical("The image carries no credential. Ask its holder for the signed file.")
    if len(found) > 1:
        raise NotCanonical("The image carries several credentials, so none of them is checked.")
    return _text(found[0])


def _is_ours(text: bytes) -> bool:
    return text.startswith(_KEYWORD + b"\0")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, data) of each chunk; NotCanonical where the image is cut short or was damaged."""
    at = len(_PNG)
    while at < len(content):
        size = int.from_bytes(content[at : at + 4])
        kind, end = content[at + 4 : at + 8], at + 12 + size
        data = content[at + 8 : at + 8 + size]
        if end > len(content) or zlib.crc32(kind + data) != int.from_bytes(content[end - 4 : end]):
            raise NotCanonical("The image is damaged, so what it carries is not read.")
        yield kind, data
        if kind == b"IEND":
            return
        at = end


def _text(chunk: bytes) -> bytes:
    """The text of an iTXt chunk: after the keyword two flags, a language and its own keyword."""
    rest = chunk[len(_KEYWORD) + 1 :]
    packed, fields = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
    if len(rest) < 2 or len(fields) < 3:  # noqa: PLR2004 - flag and method; two names and the text
        raise NotCanonical("The image is damaged, so what it carries is not read.")
    return _unpacked(fields[2]) if packed else fields[2]


def _unpacked(text: bytes) -> bytes:
    """A packed text, as some other issuers write it, never longer than a document may be."""
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(text, LARGEST + 1)
    except zlib.error as error:
        raise NotCanonical(f"What the image carries cannot be unpacked: {error}") from error
    return plain
