"""The engraved band of a badge: a ring of waves, coins or chords, drawn from the name.

SHA-256 of the name decides: byte 0 which of the three, bytes 1 and 2 its measures. Two names give
two rings; one name always the same.
"""

from hashlib import sha256
from math import cos, pi, sin
from typing import Final

_MIDDLE: Final = 137.0  # the band lies between 112 and 164
_STEPS_A_LOBE: Final = 12
_COPIES: Final = 6


def ring(name: str, *, ink: str) -> str:
    """The ring for this name as an SVG group around 0, 0."""
    kind, first, second = sha256(name.encode()).digest()[:3]
    body = (_wave, _coins, _chords)[kind % 3](first, second)
    return f'<g fill="none" stroke="{ink}" stroke-width="1.1">{body}</g>'


def coin(name: str, *, x: float, y: float, radius: float, ink: str, paper: str) -> str:
    """A small coin that stands for a part of a stack; its rays are drawn from the part's name."""
    rays = 7 + sha256(name.encode()).digest()[0] % 9
    outer, inner = radius * 0.74, radius * 0.44
    lines = "".join(
        f"M{outer * sin(a):.2f} {-outer * cos(a):.2f}L{inner * sin(a):.2f} {-inner * cos(a):.2f}"
        for a in (2 * pi * n / rays for n in range(rays))
    )
    return (
        f'<g transform="translate({x:.2f} {y:.2f})" stroke="{ink}" stroke-width="2">'
        f'<circle r="{radius:.2f}" fill="{paper}"/><path d="{lines}" fill="none" '
        f'stroke-width="1.4"/><circle r="{radius * 0.28:.2f}" fill="{ink}" stroke="none"/></g>'
    )


def _wave(first: int, second: int) -> str:
    lobes, height = 6 + first % 9, 12 + second % 9
    steps = lobes * _STEPS_A_LOBE
    points = []
    for step in range(steps):
        angle = 2 * pi * step / steps
        away = _MIDDLE + height * cos(lobes * angle)
        points.append(f"{away * sin(angle):.1f} {-away * cos(angle):.1f}")
    return _turned(f"M{'L'.join(points)}Z", _COPIES, 360 / lobes / _COPIES)


def _coins(first: int, second: int) -> str:
    count, radius = 22 + first % 16, 14 + second % 8
    circle = (
        f"M0 {-_MIDDLE - radius:g}a{radius} {radius} 0 1 1 0 {2 * radius}"
        f"a{radius} {radius} 0 1 1 0 {-2 * radius}z"
    )
    return _turned(circle, count, 360 / count)


def _chords(first: int, second: int) -> str:
    """A star of straight lines from the outside of the band to its outside, inside its inside."""
    count, outer = 40 + first % 24, 156 + second % 7
    step = int(count * 0.235)  # further apart, and the lines would cross the name
    x, y = outer * sin(2 * pi * step / count), -outer * cos(2 * pi * step / count)
    return _turned(f"M0 {-outer}L{x:.2f} {y:.2f}", count, 360 / count)


def _turned(path: str, times: int, degrees: float) -> str:
    """Copies of a path around the centre; written out, for a `use` may not travel with a file."""
    turned = (f'<path d="{path}" transform="rotate({degrees * n:.4g})"/>' for n in range(times))
    return "".join(turned)
