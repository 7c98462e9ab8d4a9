"""The badge as a picture: drawn from what it is called, and by nobody's hand.

On a square of 400 units: the rim between 166 and 198 from the centre holds institution and unit;
an engraved band between 112 and 164, drawn from the name; inside 110 the name, its level as filled
circles, and the year. A micro-certificate has a scalloped edge, and on its band one small coin for
each credential that it collects. All text is outlines, so it looks the same wherever it is shown;
the words stand in `title` and `desc` too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import cos, pi, sin
from typing import Final
from xml.sax.saxutils import escape

from credentials.engraving import coin, ring
from credentials.fonts import spelt, undrawable
from credentials.lettering import Box, line
from credentials.rim import Arc, along
from credentials.setting import Block, set_in_circle

SIDE: Final = 400
CENTRE: Final = SIDE / 2
EDGE: Final = 198.0
BAND: Final = 166.0
INNER: Final = 110.0
_PAPER, _INK = "#fdfcf8", "#1d1c19"
_OPENING: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
    f'height="{SIDE}" role="img" aria-labelledby="t d">'
)
_INKS: Final = ("#17457c", "#0f5550", "#7a2e1d", "#46511a", "#5b2a6e", "#5c4410")
_TEXT_RADIUS: Final = 101.0
_TEXT_TOP, _TEXT_BOTTOM, _BOTTOM_WITHOUT_LEVEL = -92.0, 45.0, 76.0
_LEVEL_Y, _LEVEL_R, _LEVEL_STEP = 64.0, 7.5, 27.0
_YEAR_Y, _YEAR_SIZE = 96.0, 15.0
_COINS_AT: Final = 138.0
_LOBES, _VALLEY, _LOBE_R = 60, 190.0, 11.0
_MOST_COINS: Final = 16
_LEVELS: Final = ("introductory", "intermediate", "advanced")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFacts:
    """What a badge is drawn from.

    `level` is 1 to 3, or 0 where it has none; `parts` the titles that a micro-certificate collects.
    """

    name: str
    unit: str
    institution: str
    year: int
    level: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything that could collide stands; the centre is at 0, 0."""

    name: Block
    rim: tuple[Arc, ...]
    year: Box
    levels: tuple[Box, ...]
    coins: tuple[Box, ...]


@lru_cache(maxsize=512)
def draw(facts: BadgeFacts) -> str:
    """The badge as an SVG document; the same text for the same facts, on every machine."""
    ink, laid = ink_of(facts.unit), layout(facts)
    parts = [
        _OPENING,
        f'<title id="t">{escape(title(facts))}</title>',
        f'<desc id="d">{escape(described(facts))}</desc>',
        f'<g transform="translate({CENTRE:g} {CENTRE:g})">',
        _edge(ink, scalloped=bool(facts.parts)),
        ring(facts.name, ink=ink),
        f'<circle r="{INNER:g}" fill="{_PAPER}" stroke="{ink}" stroke-width="2.5"/>',
        f'<circle r="{BAND:g}" fill="none" stroke="{ink}" stroke-width="1.2"/>',
        *_coins(facts, laid, ink),
        *(f'<path d="{arc.path}" fill="{ink}"/>' for arc in laid.rim),
        f'<path d="{laid.name.path}" fill="{_INK}"/>',
        *_levels(facts.level, ink),
        f'<path d="{_year(facts.year)}" fill="{ink}"/>',
        "</g>",
        "</svg>\n",
    ]
    return "\n".join(part for part in parts if part)


def layout(facts: BadgeFacts) -> Layout:
    """Where name, rim, year, levels and coins stand: what `draw` draws and the tests measure."""
    shown = facts.name if not undrawable(facts.name) else "—"
    bottom = _TEXT_BOTTOM if facts.level else _BOTTOM_WITHOUT_LEVEL
    year = line(str(facts.year), plain=True)
    return Layout(
        name=set_in_circle(shown, radius=_TEXT_RADIUS, top=_TEXT_TOP, bottom=bottom),
        rim=tuple(_rim(facts)),
        year=year.ink(_YEAR_SIZE).moved(-year.width * _YEAR_SIZE / 2, _YEAR_Y),
        levels=tuple(_around(x, _LEVEL_Y, _LEVEL_R + 1) for x in _level_places(facts.level)),
        coins=tuple(_around(x, y, radius) for x, y, radius in _coin_places(facts)),
    )


def title(facts: BadgeFacts) -> str:
    """The badge in a few words: its name, its level, what it is."""
    level = f"{_LEVELS[facts.level - 1]} " if facts.level else ""
    return f"{facts.name}, {level}{'micro-certificate' if facts.parts else 'badge'}"


def described(facts: BadgeFacts) -> str:
    """The picture in words, for who does not see it."""
    shape = "A round seal with a scalloped edge" if facts.parts else "A round badge"
    level = (
        f"{facts.level} of 3 filled circles for the level {_LEVELS[facts.level - 1]}, "
        if facts.level else ""
    )  # fmt: skip
    coins = f" On it a small coin for each of its parts: {'; '.join(facts.parts)}." * bool(
        facts.parts
    )
    missing = undrawable(facts.name)
    said = (
        f" The name holds characters that are not drawn here ({spelt(missing)})." if missing else ""
    )
    return (
        f"{shape}: the name {facts.name}, {level}the year {facts.year}, the institution "
        f"{facts.institution} and the unit {facts.unit}, around an engraved ring that is drawn "
        f"from the name.{coins}{said}"
    )


def ink_of(unit: str) -> str:
    """The colour of a unit: one of six, each 7:1 or more on the badge's paper."""
    return _INKS[sha256(unit.encode()).digest()[0] % len(_INKS)]


def _edge(ink: str, *, scalloped: bool) -> str:
    if not scalloped:
        return f'<circle r="{EDGE:g}" fill="{_PAPER}" stroke="{ink}" stroke-width="3"/>'
    steps = []
    for lobe in range(1, _LOBES + 1):
        x, y = _at(_VALLEY, 2 * pi * lobe / _LOBES)
        steps.append(f"A{_LOBE_R:g} {_LOBE_R:g} 0 0 1 {x:.2f} {y:.2f}")
    path = f"M0 {-_VALLEY:g}{''.join(steps)}Z"
    return f'<path d="{path}" fill="{_PAPER}" stroke="{ink}" stroke-width="3"/>'


def _rim(facts: BadgeFacts) -> Iterator[Arc]:
    inwards = 2.0 if facts.parts else 0.0
    yield along(facts.institution, radius=176.0 - inwards, over=True, room=(BAND, EDGE))
    yield along(facts.unit, radius=187.0 - inwards, over=False, room=(BAND, EDGE))


def _coin_places(facts: BadgeFacts) -> Iterator[tuple[float, float, float]]:
    count = min(len(facts.parts), _MOST_COINS)
    radius = min(20.0, _COINS_AT * sin(pi / count) * 0.8) if count > 1 else 20.0
    for n in range(count):
        x, y = _at(_COINS_AT, 2 * pi * n / count)
        yield x, y, radius


def _coins(facts: BadgeFacts, laid: Layout, ink: str) -> Iterator[str]:
    for part, box in zip(facts.parts, laid.coins, strict=False):
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        yield coin(part, x=x, y=y, radius=box.width / 2, ink=ink, paper=_PAPER)


def _levels(level: int, ink: str) -> Iterator[str]:
    for n, x in enumerate(_level_places(level), 1):
        fill = ink if n <= level else "none"
        yield (
            f'<circle cx="{x:g}" cy="{_LEVEL_Y:g}" r="{_LEVEL_R:g}" fill="{fill}" stroke="{ink}" '
            f'stroke-width="2"/>'
        )


def _level_places(level: int) -> tuple[float, ...]:
    return (-_LEVEL_STEP, 0.0, _LEVEL_STEP) if level else ()


def _year(year: int) -> str:
    text = line(str(year), plain=True)
    return text.path(_YEAR_SIZE, -text.width * _YEAR_SIZE / 2, _YEAR_Y)


def _around(x: float, y: float, radius: float) -> Box:
    return Box(x - radius, y - radius, x + radius, y + radius)


def _at(radius: float, angle: float) -> tuple[float, float]:
    """The point at an angle clockwise from the top."""
    return radius * sin(angle), -radius * cos(angle)
