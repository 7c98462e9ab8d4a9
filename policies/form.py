"""How a proposal is asked for: its eight parts, and for each field the question, hint and example.

The words stand in `form.yaml`; a page draws itself from here and `policies.document` alone.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import read
from policies.fields import generic

_CLOSED: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """One of the parts a proposal is written in; `fields` are top-level field names."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """How one field is asked for.

    `widget` is one of line, paragraph, choice, choices, flag, date, number, unit, refs (ids of
    other items), lines (one entry a line), list (items with fields of their own), group (fields
    that belong together).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    ask: str
    widget: str
    hint: str = ""
    example: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value that can be chosen, in words."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    value: str
    label: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The whole form, as data."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    parts: tuple[FormPart, ...]
    fields: dict[str, FieldHelp]
    choices: dict[str, tuple[Choice, ...]]

    def help_for(self, path: str) -> FieldHelp:
        """Return how a field is asked for; the path may name an item ("slos.o1.threshold").

        Raises NoSuchFieldError for a path that no proposal has.
        """
        return self.fields[generic(path)]

    def choices_for(self, path: str) -> tuple[Choice, ...]:
        """Return what can be chosen in a field, () for a field without choices."""
        return self.choices.get(generic(path), ())

    def part_of(self, path: str) -> FormPart:
        """Return the part in which a field is asked for."""
        top = generic(path).partition(".")[0]
        return next(part for part in self.parts if top in part.fields)


@cache
def load(file: str = "form.yaml") -> Form:
    """Return the form of a data file."""
    return read(Form, file)
