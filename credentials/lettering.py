"""Text as outlines: shaped, measured and drawn, so that it looks the same wherever it is shown.

Runs from right to left stand in their order within a line; the rest of the bidirectional algorithm
(embeddings, mirrored brackets) is not carried out: titles do not use it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Final

import uharfbuzz as hb

from credentials.fonts import Face, faces, sans, unseen

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_LEFT_TO_RIGHT: Final = frozenset({"L"})
_JOINER: Final = "\u200d"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAGS: Final = range(0x1F1E6, 0x1F200)  # letters of which two make a flag
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    def moved(self, x: float, y: float) -> "Box":
        """The same rectangle elsewhere."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def meets(self, other: "Box") -> bool:
        """True where the two have an inner point in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class Glyph:
    """A shape with its origin in a line, in ems; y downwards."""

    face: Face
    number: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as glyphs from left to right; `width` in ems."""

    text: str
    glyphs: tuple[Glyph, ...]
    width: float

    def ink(self, size: float) -> Box:
        """What the line covers at this size, its origin at 0, 0; a flat box where it draws none."""
        boxes = [box for glyph in self.glyphs if (box := _ink(glyph, size)) is not None]
        if not boxes:
            return Box(0, 0, self.width * size, 0)
        return Box(
            min(b.left for b in boxes), min(b.top for b in boxes),
            max(b.right for b in boxes), max(b.bottom for b in boxes),
        )  # fmt: skip

    def path(self, size: float, x: float = 0.0, y: float = 0.0) -> str:
        """The outlines as SVG path data, the baseline beginning at x, y."""
        return "".join(
            outline(g, size, x=x + g.x * size, y=y + g.y * size) for g in self.glyphs
        )  # fmt: skip


@lru_cache(maxsize=4096)
def line(text: str, *, plain: bool = False) -> Line:
    """The text shaped as one line; `plain` for the sans of labels."""
    order = sans() if plain else faces()
    glyphs: list[Glyph] = []
    pen = 0.0
    for run, face, leftwards in _in_order(text, order):
        for glyph in _shaped(run, face, leftwards=leftwards):
            glyphs.append(
                Glyph(face, glyph.number, glyph.x + pen, glyph.y, glyph.advance)
            )  # fmt: skip
            pen += glyph.advance
    return Line(text, tuple(glyphs), pen)


def outline(glyph: Glyph, size: float, *, x: float, y: float) -> str:
    """One glyph as SVG path data, its origin at x, y."""
    scale = size / glyph.face.units
    steps = []
    for step, points in _drawn(glyph.face, glyph.number):
        pairs = " ".join(f"{_short(x + px * scale)} {_short(y - py * scale)}" for px, py in points)
        steps.append(f"{step}{pairs}")
    return "".join(steps)


def units(text: str) -> tuple[str, ...]:
    """A text as its smallest unbreakable units: a character with all that belongs to it."""
    found: list[str] = []
    for character in text:
        if found and _belongs(character, found[-1]):
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


def leftward(text: str) -> bool:
    """True where the first letter that has a direction runs from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _RIGHT_TO_LEFT:
            return True
        if direction in _LEFT_TO_RIGHT:
            return False
    return False


def _belongs(character: str, before: str) -> bool:
    code = ord(character)
    flags = code in _FLAGS and len(before) == 1 and ord(before) in _FLAGS
    return (
        before.endswith(_JOINER)
        or (unseen(character) and not character.isspace())
        or unicodedata.category(character) in _MARKS
        or code in _SKIN_TONES
        or flags
    )


def _in_order(text: str, order: Sequence[Face]) -> Iterator[tuple[str, Face, bool]]:
    """The runs of a line from left to right: each of one typeface and one direction."""
    base = leftward(text)
    segments = [
        ("".join(unit for unit, _ in part), way)
        for way, part in groupby(_directed(text, leftwards=base), key=itemgetter(1))
    ]
    for segment, leftwards in reversed(segments) if base else segments:
        by_face = groupby(units(segment), key=partial(_face_for, order))
        runs = [("".join(part), face) for face, part in by_face]
        for run, face in reversed(runs) if leftwards else runs:
            yield run, face, leftwards


def _directed(text: str, *, leftwards: bool) -> list[tuple[str, bool]]:
    """Each unit with its direction; what has none goes with its neighbours, else with the line."""
    own = [(unit, _direction(unit)) for unit in units(text)]
    found: list[tuple[str, bool]] = []
    for at, (unit, way) in enumerate(own):
        if way is None:
            before = next((w for _, w in reversed(own[:at]) if w is not None), leftwards)
            after = next((w for _, w in own[at + 1 :] if w is not None), leftwards)
            way = before if before == after else leftwards  # noqa: PLW2901 - settled here
        found.append((unit, way))
    return found


def _direction(unit: str) -> bool | None:
    kinds = {unicodedata.bidirectional(character) for character in unit}
    if kinds & _RIGHT_TO_LEFT:
        return True
    return False if kinds & {"L", "EN", "AN"} else None


def _face_for(order: Sequence[Face], unit: str) -> Face:
    """The first typeface that holds all of the unit; the first of all where none does."""
    seen = [character for character in unit if not unseen(character)]
    return next((face for face in order if all(map(face.holds, seen))), order[0])


def _shaped(run: str, face: Face, *, leftwards: bool) -> Iterator[Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if leftwards else "ltr"
    hb.shape(face.font, buffer, {"kern": True, "liga": True})
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y = at.x_offset / face.units, -at.y_offset / face.units
        yield Glyph(face, info.codepoint, x, y, at.x_advance / face.units)


def _ink(glyph: Glyph, size: float) -> Box | None:
    found = glyph.face.font.get_glyph_extents(glyph.number)
    if found is None or not found.width:
        return None
    scale = size / glyph.face.units
    left, top = glyph.x * size + found.x_bearing * scale, glyph.y * size - found.y_bearing * scale
    return Box(left, top, left + found.width * scale, top - found.height * scale)


_Step = tuple[str, tuple[tuple[float, float], ...]]


class _Pen:
    """Writes down what a glyph is drawn with."""

    def __init__(self) -> None:
        self.steps: list[_Step] = []

    def moveTo(self, at: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol of fonts
        self.steps.append(("M", (at,)))

    def lineTo(self, at: tuple[float, float]) -> None:  # noqa: N802
        self.steps.append(("L", (at,)))

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.steps.append(("C", points))

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.steps.append(("Q", points))

    def closePath(self) -> None:  # noqa: N802
        self.steps.append(("Z", ()))


@lru_cache(maxsize=8192)
def _drawn(face: Face, number: int) -> tuple[_Step, ...]:
    pen = _Pen()
    face.font.draw_glyph_with_pen(number, pen)
    return tuple(pen.steps)


def _short(number: float) -> str:
    """A coordinate to a hundredth, without needless digits."""
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
