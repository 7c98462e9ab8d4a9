"""The kinds of text a document holds: stripped, bounded, and free of what no form can mean.

Line ends are LF and letters are composed (NFC), so the same words typed in a browser and read from
a file are the same bytes. NUL and other control characters and lone surrogates are refused.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

TITLE_LENGTH: Final = 200
LINE_LENGTH: Final = 300
PARAGRAPH_LENGTH: Final = 5_000
TEXT_LENGTH: Final = 40_000

_NEVER: Final = frozenset({"Cc", "Cs"})
_NEVER_IN_A_LINE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def _line_ends(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def _paragraph(value: str) -> str:
    return _composed(value, _NEVER, allowed="\n\t")


def _line(value: str) -> str:
    return _composed(value, _NEVER_IN_A_LINE, allowed="")


def _composed(value: str, never: frozenset[str], *, allowed: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    for character in value:
        if unicodedata.category(character) in never and character not in allowed:
            place = "a line break" if character in "\n\r\u2028\u2029" else "a control character"
            raise ValueError(f"Take out {place} (U+{ord(character):04X}): it cannot be shown here.")
    return unicodedata.normalize("NFC", value)


_AN_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_A_UNIT: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def _email(value: str) -> str:
    if not _AN_ADDRESS.fullmatch(_line(value)):
        raise ValueError("Write an e-mail address, such as name@example.edu.")
    return value


def _unit(value: str) -> str:
    if not _A_UNIT.fullmatch(value):
        raise ValueError("Choose a unit from the list.")
    return value


def _text(length: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, max_length=length)


Title = Annotated[str, _text(TITLE_LENGTH), AfterValidator(_line)]
Line = Annotated[str, _text(LINE_LENGTH), AfterValidator(_line)]
Address = Annotated[str, _text(2_000), AfterValidator(_line)]
Paragraph = Annotated[
    str, _text(PARAGRAPH_LENGTH), BeforeValidator(_line_ends), AfterValidator(_paragraph)
]
Text = Annotated[str, _text(TEXT_LENGTH), BeforeValidator(_line_ends), AfterValidator(_paragraph)]
Email = Annotated[str, _text(254), AfterValidator(_email)]
UnitId = Annotated[str, _text(64), AfterValidator(_unit)]
#: At least one digit, so that no id is the name of a field.
ItemId = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z][a-z-]*[0-9][a-z0-9-]*$")]


def numbered(prefix: str) -> BeforeValidator:
    """Give each item of a list that has no id the next free one: c1, c2, ...

    Ids stay with their items, so that a remark, a redline and a sign-off keep pointing at the same
    thing when items are moved. An item given with an id keeps it.
    """
    return BeforeValidator(_numbering(prefix))


def _numbering(prefix: str) -> Callable[[object], object]:
    def number(items: object) -> object:
        if not isinstance(items, Sequence) or isinstance(items, str | bytes):
            return items
        last = max((_number(_id(item), prefix) for item in items), default=0)
        given: list[object] = []
        for item in items:
            if isinstance(item, Mapping) and not item.get("id"):
                last += 1
                given.append({**item, "id": f"{prefix}{last}"})
            else:
                given.append(item)
        return tuple(given)

    return number


def _id(item: object) -> object:
    return item.get("id") if isinstance(item, Mapping) else getattr(item, "id", None)


def _number(item_id: object, prefix: str) -> int:
    tail = item_id.removeprefix(prefix) if isinstance(item_id, str) else ""
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 10 else 0  # noqa: PLR2004


def _each_once(items: tuple[BaseModel, ...]) -> tuple[BaseModel, ...]:
    ids = [_id(item) for item in items]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise ValueError(f"Give each entry an id of its own: {twice} is there twice.")
    return items


#: Refuses a list in which two items have one id.
EACH_ONCE: Final = AfterValidator(_each_once)


def _as_set(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(items)))


#: For choices ticked in any order: each once, in one order.
AS_SET: Final = AfterValidator(_as_set)


def at_most(count: int) -> object:
    """Cap a list."""
    return Field(max_length=count)
