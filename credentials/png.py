"""PNG as a list of chunks: read with limits, each checked, never decoded.

Source: W3C Portable Network Graphics (Third Edition), sections 5.2 to 5.6.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from credentials.errors import PictureRefused

LARGEST: Final = 16_777_216  # bytes; a badge of 1,200 pixels takes about 200 kB
WIDEST: Final = 16_384  # pixels a side; what a reader can be asked to decode
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_LENGTH, _NAME, _CRC = 4, 4, 4
_FRAME: Final = _LENGTH + _NAME + _CRC
_MOST_CHUNKS: Final = 10_000
_HEADER_BYTES: Final = 13


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its four-letter name, and its data as a view on the file's bytes."""

    name: bytes
    data: memoryview


def chunks(png: bytes) -> tuple[Chunk, ...]:
    """Every chunk of a whole PNG, in order; PictureRefused says what is wrong with any other file.

    Checks the signature, each length and CRC, that IHDR is first, IEND last and nothing after it.
    """
    found = tuple(_chunks(png))
    names = [chunk.name for chunk in found]
    if names.count(b"IHDR") != 1 or names[0] != b"IHDR":
        raise PictureRefused("The PNG does not begin with its one header (IHDR).")
    if b"IDAT" not in names:
        raise PictureRefused("The PNG holds no picture (IDAT).")
    width, height = size(found)
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise PictureRefused(f"The PNG says it is {width} by {height}; a side has 1 to {WIDEST}.")
    return found


def size(found: Iterable[Chunk]) -> tuple[int, int]:
    """Width and height in pixels, as the header states them."""
    header = next(iter(found)).data
    if len(header) != _HEADER_BYTES:
        raise PictureRefused("The PNG's header (IHDR) has not 13 bytes.")
    return int.from_bytes(header[:4]), int.from_bytes(header[4:8])


def assemble(parts: Iterable[Chunk]) -> bytes:
    """A PNG of these chunks, each with its length and CRC."""
    return b"".join([_SIGNATURE, *(_framed(part) for part in parts)])


def _framed(chunk: Chunk) -> bytes:
    crc = crc32(chunk.data, crc32(chunk.name))
    return b"".join([
        len(chunk.data).to_bytes(_LENGTH), chunk.name, chunk.data, crc.to_bytes(_CRC),
    ])  # fmt: skip


def _chunks(png: bytes) -> Iterator[Chunk]:
    if len(png) > LARGEST:
        raise PictureRefused(f"The picture is larger than {LARGEST // 1_048_576} MB.")
    if not png.startswith(_SIGNATURE):
        raise PictureRefused("The file is no PNG: its first bytes are not a PNG's.")
    whole, at = memoryview(png), len(_SIGNATURE)
    for number in range(1, _MOST_CHUNKS + 1):
        chunk = _chunk(whole, at, number)
        at += _FRAME + len(chunk.data)
        yield chunk
        if chunk.name == b"IEND":
            if at != len(whole):
                raise PictureRefused(f"The PNG goes on for {len(whole) - at} bytes after its end.")
            return
    raise PictureRefused(f"The PNG has more than {_MOST_CHUNKS:,} chunks.")


def _chunk(whole: memoryview, at: int, number: int) -> Chunk:
    if len(whole) - at < _FRAME:
        raise PictureRefused("The PNG is cut off: it has no end (IEND).")
    length = int.from_bytes(whole[at : at + _LENGTH])
    if length > len(whole) - at - _FRAME:
        raise PictureRefused(f"The PNG is cut off: chunk {number} is longer than the file.")
    start = at + _LENGTH + _NAME
    name, end = bytes(whole[at + _LENGTH : start]), start + length
    if not (name.isascii() and name.isalpha()):
        raise PictureRefused(f"Chunk {number} of the PNG has no proper name.")
    if crc32(whole[start:end], crc32(name)) != int.from_bytes(whole[end : end + _CRC]):
        raise PictureRefused(f"Chunk {number} ({name.decode()}) of the PNG is damaged (CRC).")
    return Chunk(name, whole[start:end])
