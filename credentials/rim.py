"""Text around a circle: each letter turned to stand on it, made smaller or shortened to fit."""

from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import Final
from unicodedata import combining, normalize

from credentials.fonts import undrawable
from credentials.lettering import Glyph, Line, line, outline, units

WIDEST: Final = radians(162)  # above and below together leave two gaps at the sides
_SIZES: Final = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
_SPACING: Final = 0.06  # ems between letters
_MORE: Final = "…"


@dataclass(frozen=True, slots=True)
class Arc:
    """Text on a rim: its outlines, and the angle it takes, in radians.

    `near` and `far` are how close to and how far from the centre its ink may come.
    """

    text: str
    path: str
    angle: float
    size: float
    near: float
    far: float


def along(text: str, *, radius: float, over: bool, room: tuple[float, float]) -> Arc:
    """The text on a circle of this radius: `over` the top, or under the bottom, read upright.

    Its ink keeps between the two radii of `room`: stacked marks make it smaller, and marks that no
    size can hold are left out.
    """
    text = text if not undrawable(text) else "".join(c for c in text if not undrawable(c)).strip()
    within = _Room(radius, over=over, inner=room[0], outer=room[1])
    size, set_line = _fitted(text, within)
    spacing = _spacing(set_line)
    angle = _angle(set_line, size, radius)
    pen, steps = -angle / 2, []
    for glyph in set_line.glyphs:
        half = (glyph.advance * size) / radius / 2
        place = _place(radius, pen + half, over=over)
        steps.append(_turned(_upright(glyph, size), place))
        pen += 2 * half + spacing * size / radius
    near, far = within.reach(set_line, size)
    return Arc(set_line.text, "".join(steps), angle, size, near, far)


@dataclass(frozen=True, slots=True)
class _Room:
    """A circle that text stands on, and the radii its ink keeps between."""

    radius: float
    over: bool
    inner: float
    outer: float

    def reach(self, text: Line, size: float) -> tuple[float, float]:
        """How close to the centre the ink comes, and how far from it."""
        ink = text.ink(size)
        above, below = -ink.top, ink.bottom
        if self.over:
            return self.radius - below, self.radius + above
        return self.radius - above, self.radius + below

    def holds(self, text: Line, size: float) -> bool:
        """Whether the ink of this text keeps within."""
        near, far = self.reach(text, size)
        return near > self.inner and far < self.outer

    def fits(self, text: Line, size: float) -> bool:
        """Whether the text is neither too long nor too tall."""
        return _angle(text, size, self.radius) <= WIDEST and self.holds(text, size)


def _fitted(text: str, room: _Room) -> tuple[float, Line]:
    """The largest size at which the text fits; shortened where even the smallest is too large."""
    least = _SIZES[-1]
    if not room.holds(line(text, plain=True), least):
        text = _without_marks(text)
    whole = line(text, plain=True)
    for size in _SIZES:
        if room.fits(whole, size):
            return size, whole
    kept = list(units(text))
    while kept:
        kept.pop()
        shorter = line("".join(kept).rstrip(" ,;") + _MORE, plain=True)
        if room.fits(shorter, least):
            return least, shorter
    return least, line(_MORE, plain=True)


def _without_marks(text: str) -> str:
    """The text with what its letters carry in one piece, and no mark stacked on them."""
    return "".join(c for c in normalize("NFC", text) if not combining(c))


def _spacing(text: Line) -> float:
    """Letters of a joined script stay together."""
    joined = any("Arabic" in glyph.face.name for glyph in text.glyphs)
    return 0.0 if joined else _SPACING


def _angle(text: Line, size: float, radius: float) -> float:
    return (text.width + _spacing(text) * max(len(text.glyphs) - 1, 0)) * size / radius


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a letter stands, and how far it is turned, in radians."""

    x: float
    y: float
    turn: float


def _place(radius: float, angle: float, *, over: bool) -> _Place:
    """The place at this angle from the middle of the text."""
    around = angle if over else pi - angle
    return _Place(radius * sin(around), -radius * cos(around), angle if over else -angle)


def _upright(glyph: Glyph, size: float) -> str:
    """The glyph with the middle of its advance at 0, 0."""
    return outline(glyph, size, x=-glyph.advance / 2 * size, y=glyph.y * size)


def _turned(path: str, place: _Place) -> str:
    """Path data with each pair of numbers turned and moved."""
    out: list[str] = []
    pieces = iter(_pieces(path))
    for piece in pieces:
        if piece.isalpha():
            out.append(piece)
            continue
        x, y = float(piece), float(next(pieces))
        across = place.x + x * cos(place.turn) - y * sin(place.turn)
        down = place.y + x * sin(place.turn) + y * cos(place.turn)
        out.append(f"{across:.2f} {down:.2f} ")
    return "".join(out)


def _pieces(path: str) -> list[str]:
    spaced = path
    for step in "MLCQZ":
        spaced = spaced.replace(step, f" {step} ")
    return spaced.split()
