"""Typed input of a transition: what a person says when they act. The web draws its form from this."""

import unicodedata
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: A line, a paragraph, a page; longer text belongs into a file.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]

_ALLOWED_CONTROLS = frozenset("\n\r\t")


def unprintable(text: str) -> str | None:
    """Name the first character that no field may hold: NUL, other controls, lone surrogates."""
    for character in text:
        if character in _ALLOWED_CONTROLS:
            continue
        if unicodedata.category(character) in ("Cc", "Cs"):
            return f"U+{ord(character):04X}"
    return None


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []


class Form(BaseModel):
    """Base of every input: closed, frozen, and free of characters that no store or page can carry."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _printable(cls, value: object) -> object:
        if isinstance(value, dict):
            for name, item in value.items():
                for text in _texts(item):
                    if bad := unprintable(text):
                        raise ValueError(
                            f"{name}: take out the character {bad}; it cannot be kept."
                        )
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


class Note(Form):
    """An action that may carry a note."""

    note: Words = Field(default="", title="Note", description="Optional. It stands in the history.")
