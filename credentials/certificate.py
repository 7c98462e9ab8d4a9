"""The certificate: a sheet to print, with the code that leads to the page that counts.

It is a picture of a signed award and says so. A name that no typeface here can draw is not drawn
with empty boxes: the sheet says that the page behind the code shows it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from credentials.badge import BadgeFacts, described, draw
from credentials.fonts import undrawable
from credentials.qr import qr_svg
from credentials.typeset import pdf

_SIZES: Final = ((26, 34), (40, 27), (70, 21), (120, 16))  # longest name, points
_SMALLEST: Final = 13
_MOST_STATEMENT: Final = 520
_MOST_PARTS: Final = 6
_LEVELS: Final = ("", "Introductory, first of three", "Intermediate, second of three",
                  "Advanced, third of three")  # fmt: skip
NOTE: Final = (
    "This sheet is a picture of a signed digital award. Only the page behind the code says whether "
    "the award is still valid."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What stands on a certificate.

    `name` is the learner's, "" where it is not shown; `address`
    the full address of the verification page, `number` the award's number there.
    """

    name: str
    statement: str
    issued_on: date
    number: str
    address: str
    badge: BadgeFacts


def certificate(facts: CertificateFacts) -> bytes:
    """The certificate as tagged PDF (PDF/UA-1), US letter, landscape; deterministic."""
    badge = facts.badge
    kind = "micro-certificate" if badge.parts else "digital badge"
    return pdf("certificate.typ", {
        "heading": f"Certificate: {badge.name}",
        "institution": badge.institution,
        "awards": f"{badge.institution}, on the assessment of {badge.unit}, awards",
        "name": shown_name(facts.name),
        "name_size": _size(shown_name(facts.name)),
        "kind": f"the {kind}",
        "title": drawable(badge.name),
        "statement": _shortened(drawable(facts.statement)),
        "parts": _parts(badge.parts),
        "badge": draw(badge),
        "badge_alt": described(badge),
        "facts": _facts(facts),
        "address": facts.address,
        "code": qr_svg(facts.address),
        "code_alt": f"QR code for {facts.address}",
        "note": NOTE,
    })  # fmt: skip


def shown_name(name: str) -> str:
    """The name as the sheet can show it, or the words that stand for it."""
    if not name:
        return "The holder of this award"
    if undrawable(name):
        return "The holder named on the page behind the code"
    return name


def drawable(text: str) -> str:
    """The text, each character that no typeface holds said by its code point."""
    missing = undrawable(text)
    return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text)


def _size(name: str) -> int:
    return next((points for longest, points in _SIZES if len(name) <= longest), _SMALLEST)


def _shortened(text: str) -> str:
    """A statement that fits the sheet, cut at a word; the whole stands on the page."""
    if len(text) <= _MOST_STATEMENT:
        return text
    return text[:_MOST_STATEMENT].rsplit(" ", 1)[0].rstrip(" ,;.") + " …"


def _parts(parts: tuple[str, ...]) -> list[str]:
    shown = [drawable(part) for part in parts[:_MOST_PARTS]]
    more = len(parts) - _MOST_PARTS
    return [*shown, f"and {more} more"] if more > 0 else shown


def _facts(facts: CertificateFacts) -> list[tuple[str, str]]:
    day = facts.issued_on
    said = [
        ("Level", _LEVELS[facts.badge.level]),
        ("Issued on", f"{day:%A} {day.day} {day:%B} {day.year}"),
        ("Number", facts.number),
        ("Verify at", facts.address.partition("://")[2]),
    ]
    return [(name, value) for name, value in said if value]
