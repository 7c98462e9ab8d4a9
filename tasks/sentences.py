"""The sentences of every kind of mail: one data file, checked and compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from jinja2 import Environment, StrictUndefined, Template
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).parent / "templates" / "kinds.yaml"

Words = Annotated[str, Field(min_length=1)]


class Sentence(BaseModel):
    """What one kind of mail says, as templates; see the head of the file for the words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Words
    heading: Words
    lead: Words
    do: Words
    button: Words
    by: bool = False
    otherwise: str = ""
    quote: str = ""
    items: Literal["", "changes", "reasons", "outcomes", "agenda"] = ""


class ClockWords(BaseModel):
    """What a clock waits for, what to do about it, and what happens otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Words
    do: str
    button: Words
    otherwise: str


class Book(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Mapping[str, Sentence]
    clocks: Mapping[str, ClockWords]
    alarms: Mapping[Literal["nudge", "remind", "warn", "late", "escalate"], Sentence]


class UnknownKind(LookupError):
    """No sentence is written for this kind of mail."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and, for a clock's, the words that stand in it."""

    sentence: Sentence
    words: Mapping[str, str]


@cache
def book() -> Book:
    """The sentences as written; pydantic's ValidationError names what is wrong with the file."""
    return Book.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def said(kind: str) -> Said:
    """What a kind says; UnknownKind where nothing is written for it."""
    written = book()
    if kind in written.kinds:
        return Said(written.kinds[kind], {})
    clock, _, alarm = kind.rpartition(".")
    sentence = {str(name): one for name, one in written.alarms.items()}.get(alarm)
    if sentence is None or clock not in written.clocks:
        raise UnknownKind(kind)
    return Said(sentence, written.clocks[clock].model_dump())


def _capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]


#: Plain text: what it makes is laid out, and escaped, by the templates of the mail.
_PLAIN = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
_PLAIN.filters["capital"] = _capital


@cache
def compiled(text: str) -> Template:
    """A sentence as a template; a word that nobody provides is an error, never a gap."""
    return _PLAIN.from_string(text)
