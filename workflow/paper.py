"""A paper of the house: minutes, a bulletin. Its words and tables, set as text, page or PDF.

What is said stands here once; whoever sets it decides only how it looks.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from textwrap import fill
from typing import Final

WIDTH: Final = 78


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, and their rows; a cell is words."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One heading with what stands below it; `quoted` is text of the document itself."""

    heading: str
    #: A line under the heading that says what it is about.
    about: str = ""
    lines: tuple[str, ...] = ()
    table: Table | None = None
    quoted: tuple[tuple[str, str], ...] = ()
    #: What matters most in it: a result, a date.
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper: who issues it, its title, what stands at a glance, and its parts."""

    issuer: str
    title: str
    #: What it is and how far: "Draft, not approved yet".
    stand: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    foot: str

    def as_data(self) -> dict[str, object]:
        """The paper as JSON values, for whoever sets it."""
        return asdict(self)

    def as_text(self) -> str:
        """The paper as plain text, 78 columns wide."""
        return "\n".join(_text(self)).rstrip() + "\n"


def _text(paper: Paper) -> Iterator[str]:
    yield from (paper.issuer, paper.title, "=" * min(len(paper.title), WIDTH), paper.stand, "")
    for name, words in paper.facts:
        yield fill(f"{name}: {words}", WIDTH, subsequent_indent="  ")
    for part in paper.parts:
        yield from ("", part.heading, "-" * min(len(part.heading), WIDTH))
        told = (part.about, *part.lines, part.result)
        yield from (fill(line, WIDTH) for line in told if line)
        for asked, words in part.quoted:
            colon = "" if asked.endswith("?") else ":"
            said = f"{asked}{colon} {words}"
            yield fill(said, WIDTH, initial_indent="  ", subsequent_indent="  ")
        if part.table:
            yield from _columns(part.table)
    yield from ("", fill(paper.foot, WIDTH))


def _columns(table: Table) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    for row in (table.head, *table.rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
