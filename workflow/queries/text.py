"""A proposal's text as people read it: part by part, each field under its question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies import fields, form
from policies.document import Part, ProposalDocument, read_document

#: What one item of a list is called, before its number.
ITEMS: Final[Mapping[str, str]] = {
    "competencies": "Competency",
    "slos": "Outcome",
    "slos.rubric": "level",
    "pos": "Program outcome",
    "alignment": "Need",
    "reflection.prompts": "Prompt",
    "basis": "Basis",
    "curriculum_items": "Item",
}


@dataclass(frozen=True, slots=True)
class TextField:
    """One field that is said: its path, how it was asked for, the words."""

    path: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class TextPart:
    """One of the parts of a proposal, with what is said in it."""

    id: str
    title: str
    fields: tuple[TextField, ...]


def readable(document: ProposalDocument) -> tuple[TextPart, ...]:
    """Everything that is said, part by part; a part in which nothing is said is left out."""
    asked = form.load()
    said: dict[str, list[TextField]] = {part.id: [] for part in asked.parts}
    for path, value in fields.said(document).items():
        if words := in_words(document, path, value):
            field = TextField(path, label(document, path), words)
            said[asked.part_of(path).id].append(field)
    return tuple(
        TextPart(part.id, part.title, tuple(said[part.id])) for part in asked.parts if said[part.id]
    )


def agenda_text(said: Mapping[str, object]) -> tuple[TextPart, ...]:
    """What a committee judges, as people read it: the part of a proposal that an item holds."""
    known = ProposalDocument.model_fields
    return readable(read_document({name: value for name, value in said.items() if name in known}))


def label(document: ProposalDocument, path: str) -> str:
    """How a field is asked for, with the number of the item it belongs to.

    "slos.o2.threshold" -> "Outcome 2: What is just good enough?"
    """
    ask = form.load().help_for(path).ask
    place = ", ".join(_numbers(document, path))
    if not place:
        return ask
    return place if _is_item(path) else f"{place}: {ask}"


def _is_item(path: str) -> bool:
    """Whether the path names an item itself, not a field of it."""
    last = path.rpartition(".")[2]
    return not fields.generic(path).endswith(last)


def _numbers(document: ProposalDocument, path: str) -> Iterator[str]:
    """The items a path goes through: "Outcome 2", "level 1"."""
    found: object = document
    generic: list[str] = []
    for step in path.split("."):
        if isinstance(found, tuple):
            at = next((n for n, item in enumerate(found) if getattr(item, "id", "") == step), None)
            if at is None:
                return
            found = found[at]
            yield f"{ITEMS.get('.'.join(generic), 'Entry')} {at + 1}"
        else:
            found = getattr(found, step, None)
            generic.append(step)


def in_words(document: ProposalDocument, path: str, value: object) -> str:
    """A value as people read it: choices by their labels, references by their numbers."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return "; ".join(in_words(document, path, one) for one in value)
    if isinstance(value, Part):
        return ": ".join(str(part) for _, part in value if part)
    if isinstance(value, date):
        return f"{value:%a} {value.day} {value:%b %Y}"
    chosen = {choice.value: choice.label for choice in form.load().choices_for(path)}
    return chosen.get(str(value)) or _reference(document, path, str(value))


def _reference(document: ProposalDocument, path: str, value: str) -> str:
    if fields.generic(path) != "slos.competencies":
        return value
    known = {one.id: f"Competency {n}" for n, one in enumerate(document.competencies, 1)}
    return known.get(value, value)
