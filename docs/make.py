# ruff: noqa: INP001 - docs holds pages; this writes those that are made from the code
"""Write the pages and pictures that are made from the code: `python -m docs.make`.

What is checked in must be what this would write now; a test compares them.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from docs import rooms
from workflow.definition import Definition
from workflow.diagram import svg
from workflow.registry import MACHINES
from workflow.table import markdown, mermaid

ROOT: Final = Path(__file__).parents[1]
MACHINE_PAGES: Final = ROOT / "docs" / "machines"
_TOKENS: Final = ROOT / "web" / "static" / "tokens.css"
_USED: Final = "paper|sheet|ink|ink-2|rule-strong|accent|accent-wash|serif|sans"
_TOKEN: Final = re.compile(rf"--(?:{_USED}): [^;]+;")


def pages() -> Mapping[Path, str]:
    """Every file that is made, with its text."""
    return dict(_pages())


def _pages() -> Iterator[tuple[Path, str]]:
    style = _style()
    yield ROOT / "docs" / "rooms.svg", rooms.svg(style)
    for name, machine in MACHINES.items():
        yield MACHINE_PAGES / f"{name}.svg", svg(machine.definition, style=style)
        yield MACHINE_PAGES / f"{name}.md", _machine(name, machine.definition)


def _style() -> str:
    """Colours and fonts of the pages, light and dark: a picture looks as it will on a page."""
    light, _, rest = _TOKENS.read_text(encoding="utf-8").partition("@media")
    dark = re.search(r"prefers-color-scheme: dark\) \{(.*?)\n\}", rest, re.DOTALL)
    if dark is None:
        raise ValueError(f"{_TOKENS} has no dark colours")
    kept = [" ".join(_TOKEN.findall(part)) for part in (light, dark[1])]
    return f":root{{{kept[0]}}} @media (prefers-color-scheme: dark){{:root{{{kept[1]}}}}}"


def _machine(name: str, definition: Definition) -> str:
    noun = definition.noun
    return f"""\
# The {noun}

Made from [`workflow/{name}/definition.py`](../../workflow/{name}/definition.py) by `make docs`; a \
test fails while the two differ. Version {definition.version}. The number of a case begins with \
`{definition.prefix}-`.

![The {noun}: its states from the first to the ends, and the triggers that lead from one to \
another. The tables below say the same.]({name}.svg)

A clause is a place in policy 380.104; *practice* is the office's own custom, where the policy is \
silent. In the column of rules a comma means *and*; each rule is told below, by name. Under *what \
follows* stands first the sentence that people read before they act, then what is written with it.

{markdown(definition)}
## The same as Mermaid

```mermaid
{mermaid(definition)}```
"""


def main() -> int:
    """Write what has changed and name it."""
    for path, made in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != made:
            path.write_text(made, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
