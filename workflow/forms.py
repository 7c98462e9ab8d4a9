"""Typed input of a transition: what a person says when they act; a page draws its form from it."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: A line, a paragraph, a page; longer text belongs into a file.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]

#: A registrar's code.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.-]{1,19}$")]

#: Unicode's Cc and Cs, but for tab and line ends.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def unprintable(text: str) -> str | None:
    """Name the first character that no field may hold: NUL, other controls, lone surrogates."""
    found = _UNPRINTABLE.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def short(text: str) -> str:
    r"""What someone typed, cut and made printable where it has to be, to be named in a sentence.

    >>> short("title")
    'title'
    >>> short("sub" + chr(0) + "mit")
    'sub\\x00mit'
    """
    start = text[: _SHOWN + 1]
    plain = ascii(start)[1:-1] if unprintable(start) else start
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def shown(text: str) -> str:
    r"""The same in quotation marks.

    >>> shown("sub" + chr(0) + "mit")
    "'sub\\x00mit'"
    """
    return f"'{short(text)}'"


_SHOWN = 60


def _leaves(value: object) -> Iterator[object]:
    """Every name and value in a JSON value, however deep it is nested."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        else:
            yield one


def _unfit(value: object) -> str | None:
    """Why a value cannot be kept in an entry, as a sentence; None when it can."""
    for one in _leaves(value):
        if isinstance(one, str) and (bad := unprintable(one)):
            return f"take out the character {bad}; it cannot be kept."
        if isinstance(one, float):
            return "write whole numbers; others cannot be kept."
    return None


class Form(BaseModel):
    """Base of every input: closed, frozen, and free of what no store or page can carry."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _printable(cls, value: object) -> object:
        if isinstance(value, dict):
            for name, item in value.items():
                if unfit := _unfit(item):
                    raise ValueError(f"{short(str(name))}: {unfit}")
        return value

    def said(self) -> dict[str, object]:
        """What the entry keeps: JSON values, absent ones left out."""
        return self.model_dump(mode="json", exclude_none=True)


class NoInput(Form):
    """An action that needs no words."""


class Reason(Form):
    """An action that needs a reason."""

    reason: Paragraph = Field(
        title="Your reason",
        description="Those who are told read it as you write it.",
    )


class Change(Form):
    """One change that is required, anchored to a field of the proposal."""

    field: Line = Field(title="Field", json_schema_extra={"options": "document_fields"})
    asks: Paragraph = Field(title="What must change, and why")


class Note(Form):
    """An action that may carry a note."""

    note: Words = Field(default="", title="Note", description="Optional. It stands in the history.")
