# ruff: noqa: INP001 - docs holds pages; this draws one of their pictures
"""The rooms and their arrows as a picture: layers from the import contract, uses as measured."""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Final

from workflow.diagram import frame, text

ROOT: Final = Path(__file__).parents[1]
_WIDTH, _MARGIN, _BETWEEN, _DOWN, _PAD = 390, 6, 10, 34, 10
_PER_CHARACTER, _LINE = 5.9, 15
_QUIET: Final = "var(--ink-2)"
_CAPTION: Final = (
    "A room may use every room further down, none beside it and none",
    "further up. Each box tells which ones it does use.",
)


def layers() -> tuple[tuple[str, ...], ...]:
    """The rooms of each layer, from the top down, as the contract of import-linter has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found = next(one["layers"] for one in contracts if one["type"] == "layers")
    return tuple(tuple(room.strip() for room in layer.split("|")) for layer in found)


def uses(room: str, rooms: Sequence[str]) -> tuple[str, ...]:
    """The other rooms that modules of a room import, in the given order."""
    found = {
        name.partition(".")[0]
        for file in sorted((ROOT / room).rglob("*.py"))
        for name in _imported(ast.parse(file.read_bytes()))
    }
    return tuple(other for other in rooms if other in found and other != room)


def says(room: str) -> str:
    """What a room is for: the first sentence of its docstring."""
    tree = ast.parse((ROOT / room / "__init__.py").read_bytes())
    return (ast.get_docstring(tree) or "").splitlines()[0]


def svg(style: str) -> str:
    """The picture, for a file of its own; `style` gives the custom properties."""
    drawn: list[str] = []
    y, middles = _MARGIN, []
    for row in layers():
        boxes = _row(row, y)
        drawn += [stroke for box in boxes for stroke in _drawn(box)]
        middles.append(boxes)
        y += boxes[0].height + _DOWN
    for above, below in pairwise(middles):
        drawn += [_arrow(a, b) for a in above for b in below]
    for n, line in enumerate(_CAPTION):
        drawn.append(text(_MARGIN, y - 10 + n * _LINE, line, size=11, ink=_QUIET))
    return "\n".join([*_begun(y + 14, style), *drawn, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Box:
    """One room on the paper, and the lines that stand in it."""

    room: str
    x: int
    y: int
    width: int
    height: int
    words: tuple[str, ...]
    used: tuple[str, ...]

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def _row(row: Sequence[str], y: int) -> tuple[_Box, ...]:
    """The rooms of one layer side by side, as high as the one that says most."""
    rooms = [room for layer in layers() for room in layer]
    width = (_WIDTH - 2 * _MARGIN - _BETWEEN * (len(row) - 1)) // len(row)
    letters = int((width - 2 * _PAD) / _PER_CHARACTER)
    words = {room: tuple(wrap(says(room), letters)) for room in row}
    used = {room: tuple(wrap(_used(room, rooms), letters)) for room in row}
    height = 36 + _LINE * max(len(words[room]) + len(used[room]) for room in row)
    return tuple(
        _Box(room, _MARGIN + n * (width + _BETWEEN), y, width, height, words[room], used[room])
        for n, room in enumerate(row)
    )


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _used(room: str, rooms: Sequence[str]) -> str:
    return f"Uses {', '.join(uses(room, rooms)) or 'no other room'}."


def _begun(height: int, style: str) -> Iterator[str]:
    order = layers()
    rooms = [room for layer in order for room in layer]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH * 3 // 2}" height="{height * 3 // 2}" aria-labelledby="t d"'
        ' font-family="var(--sans)" font-size="12">'
    )
    top_down = ", over ".join(" and ".join(layer) for layer in order)
    told = " ".join(f"{room}: {_used(room, rooms)}" for room in rooms)
    yield f'<title id="t">The rooms, from the top: {top_down}.</title><desc id="d">{told}</desc>'
    yield f"<style>{style}</style>"
    yield f'<rect width="{_WIDTH}" height="{height}" fill="var(--paper)"/>'


def _drawn(box: _Box) -> Iterator[str]:
    x, y = box.x + _PAD, box.y + 38
    place = (box.x, box.y, box.width, box.height)
    yield frame(*place, 'fill="var(--sheet)" stroke="var(--rule-strong)"')
    yield text(x, box.y + 20, f"{box.room}/", size=14, weight=700, ink="var(--accent)")
    for n, line in enumerate((*box.words, *box.used)):
        ink = "var(--ink)" if n < len(box.words) else _QUIET
        yield text(x, y + n * _LINE, line, size=11, ink=ink)


def _arrow(above: _Box, below: _Box) -> str:
    """From the lower edge of one room to the upper edge of one under it."""
    x, to, start, end = above.middle, below.middle, above.y + above.height, below.y
    return (
        f'<path d="M{x} {start}C{x} {start + 18} {to} {end - 24} {to} {end - 7}" fill="none"'
        f' stroke="{_QUIET}" stroke-width="1.5"/>'
        f'<path d="M{to - 4} {end - 8}L{to} {end - 1}L{to + 4} {end - 8}z" fill="{_QUIET}"/>'
    )
