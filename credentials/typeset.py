"""Typesetting with typst: drawings to PNG, sheets to tagged PDF; the same bytes for the same input.

What people wrote is handed over as JSON and never as markup, so no name can be read as a command.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import typst

from credentials.errors import PictureRefused
from credentials.fonts import FAMILIES, folders

WIDEST: Final = 2048  # pixels a side of a picture
_PICTURE: Final = b"""\
#set page(width: 400pt * float(sys.inputs.wide), height: 400pt * float(sys.inputs.high),
  margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


def png(svg: str, *, width: int, height: int | None = None) -> bytes:
    """A drawing of ours as a PNG, `width` by `height` pixels (square where none is given)."""
    tall = height or width
    if not (0 < width <= WIDEST and 0 < tall <= WIDEST):
        raise PictureRefused(f"A picture is 1 to {WIDEST} pixels wide and high.")
    inputs = {"svg": svg, "wide": "1", "high": str(tall / width)}
    # a page of 400 points is as many pixels wide at 72 pixels an inch
    made = typst.compile(
        _PICTURE, format="png", ppi=72 * width / 400, sys_inputs=inputs,
        font_paths=[], ignore_system_fonts=True,
    )  # fmt: skip
    return _one(made)


def pdf(template: str, data: Mapping[str, object]) -> bytes:
    """A sheet as tagged PDF (PDF/UA-1): a template of this room, filled from `data`."""
    inputs = {"data": json.dumps({**data, "families": FAMILIES}, ensure_ascii=False)}
    made = typst.compile(
        _template(template), format="pdf", sys_inputs=inputs, font_paths=_typefaces(),
        pdf_standards="ua-1",
    )  # fmt: skip
    return _one(made)


@cache
def _typefaces() -> typst.Fonts:
    """Our typefaces, read once; none of the machine's own."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(folders()))


@cache
def _template(name: str) -> bytes:
    return files("credentials").joinpath(name).read_bytes()


def _one(made: object) -> bytes:
    """The one page that was set."""
    if not isinstance(made, bytes):
        raise PictureRefused("What was set is not one page.")
    return made
