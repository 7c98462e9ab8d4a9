"""A badge's picture as somebody uploaded it: what it is, whether it is safe, and as a drawing.

What is kept is never the file that was sent: an SVG is written anew (`drawing`), a PNG is put
together anew from the chunks that make its pixels, which are counted before it is taken.

Source: W3C Portable Network Graphics (Third Edition), sections 4.5, 8.1 and 11.2.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal
from zlib import decompressobj
from zlib import error as ZlibError  # noqa: N812 - an exception, named as one

from credentials.drawing import sanitised_svg
from credentials.errors import PictureRefused, PictureTooLarge
from credentials.png import Chunk, assemble, chunks, size
from credentials.typeset import png

__all__ = ["Picture", "as_svg", "checked", "checked_png", "sanitised_svg"]

LARGEST_PNG: Final = 1_000_000  # bytes
SMALLEST_SIDE, LARGEST_SIDE = 256, 2048  # pixels
Kind = Literal["svg", "png"]

_MAGIC: Final = b"\x89PNG"
#: In this order, each at most once; all others are left out.
_KEPT: Final = (b"IHDR", b"sRGB", b"gAMA", b"PLTE", b"tRNS", b"IDAT", b"IEND")
#: Samples a pixel, and the bit depths there are, by colour type.
_COLOURS: Final = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)),
                   4: (2, (8, 16)), 6: (4, (8, 16))}  # fmt: skip
_PALETTE: Final = 3
#: First column, first row, and steps of the seven passes of an interlaced picture.
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                  (1, 0, 2, 2), (0, 1, 1, 2))  # fmt: skip
_FILTERS: Final = 5


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to keep and to show."""

    kind: Kind
    body: bytes


def checked(sent: bytes) -> Picture:
    """The picture in a file, told by its content and never by its name; it was drawn once.

    Raises PictureTooLarge or PictureRefused with a sentence that says what to change.
    """
    if not sent.strip():
        raise PictureRefused("The file is empty.")
    if sent.startswith(_MAGIC):
        found = Picture("png", checked_png(sent))
    elif sent.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = Picture("svg", sanitised_svg(sent))
    else:
        raise PictureRefused("The file is neither an SVG nor a PNG.")
    try:
        png(as_svg(found), width=SMALLEST_SIDE)
    except RuntimeError as problem:
        raise PictureRefused(
            "The picture cannot be drawn. Save it anew and try again."
        ) from problem
    return found


def as_svg(picture: Picture) -> str:
    """The picture as a drawing of 400 by 400 units, whichever kind it is."""
    if picture.kind == "svg":
        return picture.body.decode()
    carried = b64encode(picture.body).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">\n'
        f'<image width="400" height="400" href="data:image/png;base64,{carried}"/>\n</svg>\n'
    )


def checked_png(sent: bytes) -> bytes:
    """A PNG of the same pixels and nothing else: square, 256 to 2048 pixels, at most 1 MB.

    Texts, times, profiles and further frames are left out; what follows the picture is refused.
    """
    if len(sent) > LARGEST_PNG:
        raise PictureTooLarge("A PNG has at most 1 MB; this one is larger.")
    found = chunks(sent)
    width, height = size(found)
    if width != height or not SMALLEST_SIDE <= width <= LARGEST_SIDE:
        raise PictureRefused(
            f"The PNG is {width} by {height} pixels. A badge is square, {SMALLEST_SIDE} to "
            f"{LARGEST_SIDE} pixels a side."
        )
    by_name: dict[bytes, bytes] = {}
    for chunk in found:
        if chunk.name not in _KEPT:
            if chunk.name[:1].isupper():
                raise PictureRefused(f"The PNG needs {chunk.name.decode()}, which is not known.")
            continue
        if chunk.name in by_name and chunk.name != b"IDAT":
            raise PictureRefused(f"The PNG has {chunk.name.decode()} twice.")
        by_name[chunk.name] = by_name.get(chunk.name, b"") + bytes(chunk.data)
    _palette(by_name)
    _pixels(by_name[b"IDAT"], tuple(_lines(by_name[b"IHDR"])))
    return assemble(Chunk(name, memoryview(by_name[name])) for name in _KEPT if name in by_name)


def _palette(by_name: dict[bytes, bytes]) -> None:
    colours, colour = by_name.get(b"PLTE"), by_name[b"IHDR"][9]
    if colour == _PALETTE and colours is None:
        raise PictureRefused("The PNG has no palette (PLTE), which its pixels refer to.")
    if colours is not None and (len(colours) % 3 or not 0 < len(colours) <= 768):  # noqa: PLR2004
        raise PictureRefused("The PNG's palette (PLTE) is malformed.")


def _lines(header: bytes) -> Iterator[tuple[int, int]]:
    """How many lines of how many bytes the pixels take, for each pass."""
    side, depth, colour, interlaced = int.from_bytes(header[:4]), header[8], header[9], header[12]
    samples, depths = _COLOURS.get(colour, (0, ()))
    if depth not in depths or header[10] or header[11] or interlaced > 1:
        raise PictureRefused("The PNG's header (IHDR) names a kind of picture that is not known.")
    for x, y, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        wide, high = -(-(side - x) // across), -(-(side - y) // down)
        yield high, 1 + (wide * samples * depth + 7) // 8


def _pixels(packed: bytes, lines: tuple[tuple[int, int], ...]) -> None:
    """Count the pixels, never unpacking more than there may be."""
    expected = sum(count * length for count, length in lines)
    unpacking = decompressobj()
    try:
        pixels = unpacking.decompress(packed, expected + 1)
    except ZlibError as problem:
        raise PictureRefused("The PNG's pixels (IDAT) are damaged.") from problem
    if len(pixels) != expected or not unpacking.eof or unpacking.unused_data:
        raise PictureRefused("The PNG's pixels (IDAT) are not as many as its header says.")
    at = 0
    for count, length in lines:
        if any(kind >= _FILTERS for kind in pixels[at : at + count * length : length]):
            raise PictureRefused("The PNG's pixels (IDAT) are packed in a way that is not known.")
        at += count * length
