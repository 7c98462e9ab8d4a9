"""A name set in a circle: the largest size at which it fits, lines broken where its words allow."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final, Protocol

from credentials.lettering import Box, Line, line, units

_SIZES: Final = (44, 42, 40, 38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 19, 18, 17, 16, 15, 14, 13, 12,
                 11, 10, 9, 8)  # fmt: skip
_LEADING: Final = 1.14  # ems from baseline to baseline; tall scripts take what they need
_GAP: Final = 0.06  # ems that stay free between the ink of two lines
_MOST_LINES: Final = 10
_LARGE: Final = (72, 66, 60, 54, 48, *_SIZES)
_READABLE: Final = 16  # below this long words are broken, where that makes the whole larger
_BROKEN_SIZES: Final = tuple(size for size in _SIZES if size <= 26)  # noqa: PLR2004 - a size
_LONG_WORD: Final = 14  # letters; shorter words are never broken
_STAY: Final = 3  # letters that stay together at either end of a broken word
_ROUNDS: Final = 12
_WIDE: Final = frozenset({"W", "F"})
_NEVER_FIRST: Final = frozenset("，。、；：？！）」』】》”’,.;:?!)")


@dataclass(frozen=True, slots=True)
class Set:
    """One line as it is set: its baseline begins at x, y, and its ink covers the box."""

    line: Line
    x: float
    y: float
    box: Box


@dataclass(frozen=True, slots=True)
class Block:
    """Lines set in one size."""

    size: float
    lines: tuple[Set, ...]

    @property
    def path(self) -> str:
        return "".join(one.line.path(self.size, one.x, one.y) for one in self.lines)


class _Room(Protocol):
    """What the lines may cover."""

    @property
    def top(self) -> float: ...

    @property
    def bottom(self) -> float: ...

    def half(self, top: float, bottom: float) -> float:
        """Half the width that is free from `top` to `bottom`."""
        ...


def _holds(room: _Room, box: Box) -> bool:
    """True where the whole box is inside."""
    half = room.half(box.top, box.bottom)
    across = -half <= box.left and box.right <= half
    return across and room.top <= box.top and box.bottom <= room.bottom


@dataclass(frozen=True)
class _Oblong:
    """A rectangle, its middle at 0 from left to right."""

    width: float
    top: float
    bottom: float

    def half(self, _top: float, _bottom: float) -> float:
        """The same everywhere."""
        return self.width / 2


@dataclass(frozen=True)
class _Circle:
    """A circle around 0, 0, cut off above and below."""

    radius: float
    top: float
    bottom: float

    def half(self, top: float, bottom: float) -> float:
        """Half the width that is free from `top` to `bottom`."""
        furthest = max(abs(top), abs(bottom))
        return sqrt(max(self.radius**2 - furthest**2, 0.0))


def set_in_circle(text: str, *, radius: float, top: float, bottom: float) -> Block:
    """The text in a circle around 0, 0, between `top` and `bottom`; shortened only past 8 units.

    Long words are broken only where the whole is much smaller without.
    """
    return _best(text, _Circle(radius, top, bottom), _SIZES)


def set_in_box(text: str, *, width: float, top: float, bottom: float) -> Block:
    """The text in a rectangle, flush left at 0."""
    block = _best(text, _Oblong(width, top, bottom), _LARGE)
    return Block(block.size, tuple(replace(one, x=0.0) for one in block.lines))


def _best(text: str, room: _Room, sizes: Sequence[int]) -> Block:
    whole = _largest(_pieces(text), sizes, room)
    if whole is not None and whole.size >= _READABLE:
        return whole
    broken = _largest(_pieces(text, broken=True), _BROKEN_SIZES, room)
    best = max((b for b in (broken, whole) if b is not None), key=lambda b: b.size, default=None)
    if best is not None:
        return best
    kept = units(text)[: len(units(text)) * 9 // 10]
    return _best("".join(kept).rstrip(" …") + "…", room, sizes)


def _largest(pieces: Sequence[str], sizes: Sequence[int], room: _Room) -> Block | None:
    tries = (
        _filled(pieces, room, size=size, count=count)
        for size in sizes
        for count in range(1, _MOST_LINES + 1)
    )
    return next((found for found in tries if found is not None), None)


def _filled(pieces: Sequence[str], room: _Room, *, size: float, count: int) -> Block | None:
    """The pieces in just so many lines of this size, as even as they go; None where they do not."""
    best = None
    for round_ in range(_ROUNDS):
        texts = _poured(pieces, room, size=size, count=count, share=1 - 0.05 * round_)
        if texts is None or len(texts) != count:
            break
        block = _set(texts, size, room)
        if all(_holds(room, one.box) for one in block.lines) and not _touching(block):
            best = block
    return best


def _poured(
    pieces: Sequence[str], room: _Room, *, size: float, count: int, share: float
) -> list[str] | None:
    """Lines filled one after the other, each to its share of what is free there."""
    texts: list[str] = []
    rest = list(pieces)
    for number in range(count):
        middle = (room.top + room.bottom) / 2 + (number - (count - 1) / 2) * _LEADING * size
        free = 2 * room.half(middle - size * 0.42, middle + size * 0.42) * share
        taken = ""
        while rest and line((taken + rest[0]).strip()).width * size <= free:
            taken += rest.pop(0)
        if not taken:
            return None
        texts.append(_ended(taken, rest))
    return None if rest else texts


def _ended(taken: str, rest: Sequence[str]) -> str:
    """A line as it ends: with a hyphen where it ends within a word."""
    cut = rest and taken[-1:].isalpha() and rest[0][:1].isalpha() and not _wide(taken[-1])
    return taken.strip() + ("-" if cut and not rest[0][:1].isspace() else "")


def _set(texts: Sequence[str], size: float, room: _Room) -> Block:
    """The lines one below the other, together in the middle of the room."""
    lines = [line(text) for text in texts]
    tops, at = [], 0.0
    for number, one in enumerate(lines):
        ink = one.ink(size)
        if number:
            before = lines[number - 1].ink(size)
            at += max(_LEADING * size, before.bottom - ink.top + _GAP * size)
        tops.append(at)
    first, last = lines[0].ink(size), lines[-1].ink(size)
    shift = (room.top + room.bottom) / 2 - (first.top + at + last.bottom) / 2
    return Block(
        size, tuple(_centred(one, size, y + shift) for one, y in zip(lines, tops, strict=True))
    )


def _centred(one: Line, size: float, y: float) -> Set:
    ink = one.ink(size)
    x = -(ink.left + ink.right) / 2
    return Set(one, x, y, ink.moved(x, y))


def _touching(block: Block) -> bool:
    return any(
        above.box.meets(below.box)
        for above, below in zip(block.lines, block.lines[1:], strict=False)
    )


def _pieces(text: str, *, broken: bool = False) -> list[str]:
    """The text cut where a line may end: before a space, after a hyphen, around a wide character.

    `broken`: within long words too.
    """
    found: list[str] = []
    for unit in units(text):
        if found and not _may_part(found[-1], unit):
            found[-1] += unit
        else:
            found.append(unit)
    return [part for piece in found for part in (_parts(piece) if broken else (piece,))]


def _may_part(before: str, unit: str) -> bool:
    if unit in _NEVER_FIRST:
        return False
    if unit.isspace():
        return not before.isspace()
    if before.isspace():
        return False
    return before[-1] in "-–—/" or _wide(unit) or _wide(before[-1])


def _parts(word: str) -> tuple[str, ...]:
    """A long word in parts between which it may be broken; a joined script is never broken."""
    letters = units(word)
    joined = any(unicodedata.bidirectional(letter[0]) == "AL" for letter in letters)
    if len(letters) <= _LONG_WORD or joined:
        return (word,)
    return ("".join(letters[:_STAY]), *letters[_STAY:-_STAY], "".join(letters[-_STAY:]))


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character[0]) in _WIDE


def lines_of(block: Block) -> Iterator[str]:
    """The texts of a block, line by line."""
    return (one.line.text for one in block.lines)
