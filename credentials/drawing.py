"""An uploaded SVG, written anew from the little a badge needs; whatever else it holds is named.

Nothing is cleaned out of the file: it is read, and a drawing of ours is written from the elements
and attributes listed here. What could run, fetch, or take long to draw is refused with its name, so
that nobody gets a badge that silently lacks a part. What editors leave behind is left out.

Source: W3C Scalable Vector Graphics (SVG) 2; W3C SVG Integration, secure static mode.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from credentials.errors import PictureRefused, PictureTooLarge

LARGEST: Final = 262_144  # bytes
DEEPEST: Final = 32
#: Parts that refer to parts, one after the other.
LONGEST_CHAIN: Final = 100
#: Elements as they are drawn, each as often as something refers to it.
MOST_ELEMENTS: Final = 5_000
_SIDE: Final = 400
_FARTHEST: Final = 1_000_000  # units; no badge needs more, and drawers overflow
_NOT_SQUARE: Final = 1.1

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
#: What editors write beside a drawing; left out with all that is in it.
_EDITORS: Final = re.compile(
    r"\{http://(?:www\.inkscape\.org|sodipodi\.sourceforge\.net|www\.w3\.org/1999/02/22-rdf-syntax"
    r"|purl\.org/dc|creativecommons\.org|web\.resource\.org/cc|www\.bohemiancoding\.com/sketch"
    r"|ns\.adobe\.com|www\.serif\.com)[^}]*\}.*"
)
_SHAPES: Final = frozenset({
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use",
})  # fmt: skip
_GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
_WORDS: Final = frozenset({"title", "desc"})
_ELEMENTS: Final = _SHAPES | _GRADIENTS | _WORDS | {"svg", "g", "defs", "stop", "clipPath"}

_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_LENGTH: Final = re.compile(rf"{_NUMBER}(?:px|%)?")
_NUMBERS: Final = re.compile(r"[0-9eE+\-.,\s]*")
_PATH: Final = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-.,\s]*")
_MOVES: Final = re.compile(
    r"\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE+\-.,\s]*\)[\s,]*)*"
)
_WORD: Final = re.compile(r"[a-zA-Z][a-zA-Z-]*")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]+|rgba?\([0-9.,%\s/]*\)")
_PAINT: Final = re.compile(rf"{_COLOUR.pattern}|url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
_INSIDE: Final = re.compile(r"none|url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
_REFERENCE: Final = re.compile(r"url\(\s*['\"]?#([\w.-]+)['\"]?\s*\)")
_HREF: Final = re.compile(r"#[\w.-]+")
_ID: Final = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)

#: Every attribute there is, and what it may hold.
_ATTRIBUTES: Final = {
    **dict.fromkeys((
        "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "x1", "y1", "x2", "y2", "fx",
        "fy", "fr", "offset", "opacity", "fill-opacity", "stroke-opacity", "stroke-width",
        "stroke-miterlimit", "stop-opacity",
    ), _LENGTH),
    **dict.fromkeys(("transform", "gradientTransform"), _MOVES),
    **dict.fromkeys(("fill", "stroke"), _PAINT),
    **dict.fromkeys(("stop-color", "color"), _COLOUR),
    **dict.fromkeys((
        "fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "display", "visibility",
        "gradientUnits", "spreadMethod", "clipPathUnits",
    ), _WORD),
    "d": _PATH, "points": _NUMBERS, "clip-path": _INSIDE, "href": _HREF, "id": _ID,
}  # fmt: skip
#: What a declaration in `style` may set.
_STYLED: Final = frozenset(_ATTRIBUTES) - {
    "d", "points", "href", "id", "transform", "gradientTransform", "offset", "gradientUnits",
    "spreadMethod", "clipPathUnits", "x1", "y1", "x2", "y2", "fx", "fy", "fr",
}  # fmt: skip
#: Attributes and declarations that change nothing in what is drawn.
_IDLE: Final = re.compile(
    r"(?:data|aria)-.*|-inkscape-.*|class|role|version|baseProfile|enable-background|paint-order"
    r"|style|focusable|tabindex|preserveAspectRatio|contentScriptType|contentStyleType"
    r"|(?:font|text|line|letter|word|writing|dominant|baseline|shape|solid|image)-.*|font"
    r"|isolation|mix-blend-mode|overflow|white-space|direction|color-.*|vector-effect|marker"
    r"|stroke-dashoffset"
)
_NOTHING: Final = frozenset({"", "none", "normal", "auto", "inherit"})


@dataclass(slots=True)
class _Node:
    """An element as it will be written."""

    name: str
    said: dict[str, str]
    text: str = ""
    inside: "list[_Node]" = field(default_factory=list)
    cost: int = 0  # elements drawn; -1 while it is being counted


def sanitised_svg(svg: bytes) -> bytes:
    """A drawing of ours that shows what the uploaded one shows: square, without scripts or links.

    The same bytes for the same file, and itself when it is given back. Raises PictureTooLarge above
    256 KB, PictureRefused with the one thing to change for everything else.
    """
    if len(svg) > LARGEST:
        raise PictureTooLarge(f"An SVG has at most {LARGEST // 1024} KB; this one is larger.")
    root = _parsed(svg)
    if root.tag != f"{_SVG}svg":
        raise PictureRefused("The file is no SVG: its first element is not svg.")
    box = _box(root)
    drawing = _Node("svg", {}, inside=list(_children(root, depth=1)))
    _connected(drawing)
    if not any(node.name in _SHAPES for node in _all(drawing)):
        raise PictureRefused("The SVG draws nothing.")
    body = "".join(_written(node) for node in drawing.inside)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{_SIDE}" '
        f'height="{_SIDE}">\n{body}\n</svg>\n'
    ).encode()


def _parsed(svg: bytes) -> Element:
    try:
        return ElementTree.fromstring(  # type: ignore[no-any-return]
            svg, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as problem:
        raise PictureRefused(
            "The SVG has a document type or entities. Save it as plain SVG, without them."
        ) from problem
    except (ParseError, ValueError, LookupError) as problem:
        raise PictureRefused(f"The SVG cannot be read as XML: {problem}.") from problem


def _box(root: Element) -> str:
    """The view box, made square around what it was."""
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(numbers) != 4 or not all(re.fullmatch(_NUMBER, one) for one in numbers):  # noqa: PLR2004
        raise PictureRefused("The SVG needs a viewBox of four numbers.")
    _near(root.get("viewBox", ""), "viewBox")
    x, y, width, height = map(float, numbers)
    if width <= 0 or height <= 0 or max(width, height) > _NOT_SQUARE * min(width, height):
        raise PictureRefused(
            f"The SVG's viewBox is {width:g} by {height:g}. A badge is as wide as it is high."
        )
    side = max(width, height)
    at = (x - (side - width) / 2, y - (side - height) / 2, side, side)
    return " ".join(f"{number:.12g}" for number in at)


def _children(element: Element, *, depth: int) -> Iterator[_Node]:
    for child in element:
        name = child.tag.removeprefix(_SVG)
        if name == "metadata" or _EDITORS.fullmatch(child.tag):
            continue
        if name not in _ELEMENTS or name == "svg":
            raise PictureRefused(_of_element(name))
        if depth >= DEEPEST:
            raise PictureRefused(f"The SVG is nested more than {DEEPEST} deep. Ungroup it.")
        words = name in _WORDS
        inside = [] if words else list(_children(child, depth=depth + 1))
        text = " ".join("".join(child.itertext()).split()) if words else ""
        yield _Node(name, {} if words else dict(_said(child, name)), text, inside)


def _of_element(name: str) -> str:
    plain = name.rpartition("}")[2][:40]
    advice = {
        "style": " Save it with presentation attributes instead of a style sheet.",
        "text": " Turn text into outlines.",
        "image": " Upload a picture of pixels as PNG.",
        "svg": " A drawing inside a drawing is not taken.",
        "filter": " Draw the effect, or upload a PNG.",
    }
    return f"The SVG holds the element {plain}, which no badge may hold.{advice.get(plain, '')}"


def _said(element: Element, name: str) -> Iterator[tuple[str, str]]:
    """Attributes as they will be written: those of `style` are among them, and count more."""
    given: dict[str, str] = {}
    for key, value in element.attrib.items():
        plain = "href" if key == f"{_XLINK}href" else key
        if plain.startswith((_XML, _XLINK)) or _EDITORS.fullmatch(plain):
            continue
        given[plain] = value.strip()
    given.update(_declared(given.get("style", "")))
    for key, value in sorted(given.items()):
        if _kept(key, value, name):
            yield key, value


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for part in filter(str.strip, style.split(";")):
        key, colon, value = part.partition(":")
        key = key.strip()
        if not colon or "@" in part or "/*" in part:
            raise PictureRefused(
                f"The SVG's style holds {part.strip()[:40]!r}, which is not taken."
            )
        if "(" in value and key not in _STYLED:
            raise PictureRefused(f"The SVG's style sets {key[:40]} to a function or an address.")
        if key in _STYLED or not (_IDLE.fullmatch(key) or value.strip() in _NOTHING):
            yield key, value.strip()


def _kept(key: str, value: str, name: str) -> bool:
    """Whether an attribute is written; PictureRefused for one that must not be there."""
    allowed = _ATTRIBUTES.get(key)
    if allowed is None:
        if not key.startswith("on") and (_IDLE.fullmatch(key) or value in _NOTHING):
            return False
        raise PictureRefused(f"The SVG's {name} has the attribute {key[:40]}, which is not taken.")
    if key == "href" and not allowed.fullmatch(value):
        raise PictureRefused(
            f"The SVG's {name} refers to {value[:40]!r}. It may refer to its own parts only (#id)."
        )
    if not value or value == "inherit":
        return False
    if not allowed.fullmatch(value):
        raise PictureRefused(f"The SVG's {name} has {key} {value[:40]!r}, which is not taken.")
    if allowed in {_LENGTH, _NUMBERS, _PATH, _MOVES}:
        _near(value, key)
    return True


def _near(value: str, key: str) -> None:
    """Refuse numbers that no drawer computes with."""
    for found in re.finditer(_NUMBER, value):
        if abs(float(found[0])) > _FARTHEST:
            raise PictureRefused(f"The SVG's {key} holds {found[0][:40]}, which is too far out.")


def _all(node: _Node) -> Iterator[_Node]:
    yield node
    for child in node.inside:
        yield from _all(child)


def _connected(drawing: _Node) -> None:
    """Refuse references to nothing, in circles, and to more than can be drawn."""
    known: dict[str, _Node] = {}
    for node in _all(drawing):
        if (name := node.said.get("id")) is not None and known.setdefault(name, node) is not node:
            raise PictureRefused(f"The SVG uses the id {name} twice.")
    if _cost(drawing, known) > MOST_ELEMENTS:
        raise PictureRefused(f"The SVG draws more than {MOST_ELEMENTS:,} elements. Simplify it.")


def _cost(node: _Node, known: dict[str, _Node], chain: int = 0) -> int:
    """How many elements are drawn for this one."""
    if chain > LONGEST_CHAIN:
        raise PictureRefused(
            f"The SVG's parts refer to one another more than {LONGEST_CHAIN} deep."
        )
    if node.cost < 0:
        raise PictureRefused(f"The SVG's {node.name} refers to itself.")
    if node.cost == 0:
        node.cost = -1
        targets = (_target(node, name, known) for name in _references(node))
        node.cost = 1 + sum(_cost(one, known, chain + 1) for one in (*node.inside, *targets))
    return node.cost


def _references(node: _Node) -> Iterator[tuple[str, str]]:
    for key, value in node.said.items():
        if key == "href":
            yield key, value[1:]
        elif key in {"fill", "stroke", "clip-path"} and (found := _REFERENCE.match(value)):
            yield key, found[1]


def _target(node: _Node, reference: tuple[str, str], known: dict[str, _Node]) -> _Node:
    key, name = reference
    found = known.get(name)
    if found is None:
        raise PictureRefused(f"The SVG's {node.name} refers to #{name[:40]}, which is not in it.")
    if key == "href":
        fits = _GRADIENTS if node.name in _GRADIENTS else _SHAPES | {"g"}
        takes = node.name == "use" or node.name in _GRADIENTS
    else:
        fits, takes = _GRADIENTS if key != "clip-path" else frozenset({"clipPath"}), True
    if not takes or found.name not in fits:
        raise PictureRefused(
            f"The SVG's {node.name} cannot refer to the {found.name} #{name[:40]}."
        )
    return found


def _written(node: _Node) -> str:
    said = "".join(f" {key}={quoteattr(value)}" for key, value in sorted(node.said.items()))
    inside = escape(node.text) + "".join(_written(child) for child in node.inside)
    return f"<{node.name}{said}>{inside}</{node.name}>" if inside else f"<{node.name}{said}/>"
