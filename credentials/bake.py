"""Baking: a signed credential inside the PNG of its badge, and out of it again.

The credential is one uncompressed iTXt chunk before the picture's data. Some phones drop such
chunks when a picture is saved or sent on: a baked picture is never the only delivery.

Source: 1EdTech Open Badges 3.0, section 5.3 (baked badges).
"""

from collections.abc import Iterator
from typing import Final

from credentials.documents import LARGEST as LARGEST_CREDENTIAL
from credentials.errors import PictureRefused
from credentials.png import Chunk, assemble, chunks

KEYWORD: Final = b"openbadgecredential"
_BEFORE = KEYWORD + b"\0"
_ITXT_FIELDS: Final = 3  # language tag, translated keyword, text
_TEXTS: Final = frozenset({b"iTXt", b"tEXt", b"zTXt"})


def bake(png: bytes, credential: bytes) -> bytes:
    """The PNG with this credential in it, in place of any other; the same for the same bytes.

    `credential`: the signed JSON, or a compact JWS. Raises PictureRefused where the PNG is
    malformed, or the credential no text.
    """
    _refuse_no_text(credential)
    header, *rest = (chunk for chunk in chunks(png) if not _is_ours(chunk))
    baked = Chunk(b"iTXt", memoryview(_BEFORE + b"\0\0\0\0" + credential))
    return assemble([header, baked, *rest])


def extract(png: bytes) -> bytes:
    """The credential in a baked PNG; PictureRefused where there is none, or not plainly one."""
    found = [chunk for chunk in chunks(png) if _is_ours(chunk)]
    if not found:
        raise PictureRefused(
            "The picture holds no credential. Phones and messengers often drop it: ask the holder "
            "for the file or the link."
        )
    if len(found) > 1:
        raise PictureRefused(f"The picture holds {len(found)} credentials; a badge holds one.")
    credential = b"".join(_text_of(found[0]))
    _refuse_no_text(credential)
    return credential


def _is_ours(chunk: Chunk) -> bool:
    return chunk.name in _TEXTS and bytes(chunk.data[: len(_BEFORE)]) == _BEFORE


def _text_of(chunk: Chunk) -> Iterator[memoryview]:
    """The text of an iTXt chunk; compressed text is refused unread, however small it says it is."""
    if chunk.name != b"iTXt":
        raise PictureRefused(
            f"The credential stands in a chunk of the wrong kind ({chunk.name.decode()})."
        )
    data = chunk.data[len(_BEFORE) :]
    if bytes(data[:2]) != b"\0\0":
        raise PictureRefused("The credential is compressed; in a badge it stands as it is.")
    if len(data) > LARGEST_CREDENTIAL:
        raise PictureRefused(f"The credential is larger than {LARGEST_CREDENTIAL // 1024} kB.")
    fields = bytes(data[2:]).split(b"\0", _ITXT_FIELDS - 1)
    if len(fields) != _ITXT_FIELDS:
        raise PictureRefused("The chunk that should hold the credential is cut off.")
    yield memoryview(fields[-1])


def _refuse_no_text(credential: bytes) -> None:
    if not credential.strip() or len(credential) > LARGEST_CREDENTIAL or b"\0" in credential:
        raise PictureRefused(
            f"A credential in a picture is text of 1 to {LARGEST_CREDENTIAL // 1024} kB."
        )
    try:
        credential.decode()
    except UnicodeDecodeError as error:
        raise PictureRefused("The credential in the picture is no text (UTF-8).") from error
