"""The card that a link to an award shows where it is shared: 1200 by 630 pixels, no name on it."""

from html import escape
from typing import Final

from credentials.badge import BadgeFacts, draw, ink_of, title
from credentials.fonts import undrawable
from credentials.lettering import line
from credentials.setting import set_in_box
from credentials.typeset import png

WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _QUIET = "#fdfcf8", "#1d1c19", "#58534a"
_BADGE: Final = 500
_TEXT_AT, _TEXT_WIDE = 640, 500


def card_svg(facts: BadgeFacts) -> str:
    """The card as SVG: the badge, and beside it name, kind, unit and institution."""
    ink = ink_of(facts.unit)
    badge = draw(facts).split("\n", 1)[1].rsplit("</svg>", 1)[0]
    shown = facts.name if not undrawable(facts.name) else "Digital award"
    name = set_in_box(shown, width=_TEXT_WIDE, top=120, bottom=390)
    kind = "Micro-certificate" if facts.parts else "Digital badge"
    labels = [
        (f"{kind}, {facts.year}", 440, 28.0, ink),
        (facts.unit, 488, 26.0, _INK),
        (facts.institution, 528, 26.0, _QUIET),
    ]
    said = "".join(_label(text, y=y, size=size, colour=colour) for text, y, size, colour in labels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img"><title>{escape(title(facts))}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>'
        f'<rect x="0" y="{HEIGHT - 14}" width="{WIDTH}" height="14" fill="{ink}"/>'
        f'<g transform="translate(70 58) scale({_BADGE / 400:g})">{badge}</g>'
        f'<g transform="translate({_TEXT_AT} 0)"><path d="{name.path}" fill="{_INK}"/>{said}</g>'
        "</svg>\n"
    )


def card(facts: BadgeFacts) -> bytes:
    """The card as PNG."""
    return png(card_svg(facts), width=WIDTH, height=HEIGHT)


def _label(text: str, *, y: int, size: float, colour: str) -> str:
    set_line = line("".join(c for c in text if not undrawable(c)), plain=True)
    fitting = min(size, _TEXT_WIDE / max(set_line.width, 1.0))
    return f'<path d="{set_line.path(fitting, 0, y)}" fill="{colour}"/>'
