"""The one typed content of a proposal: what the unit says, and nothing that others add to it.

Every field may be missing, for a draft is partial: text that is not said is "", a choice not made
is None, a list without entries is (). What ASA agrees or determines is a sign-off on a version and
stands outside. How each field is asked for stands in `form.yaml`.

A default means "not said" and is left out of the canonical form, so a field added later changes no
hash of what was written before. Never change a default.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from policies.choices import (
    AlignmentKind,
    Answer,
    AssessmentKind,
    Audience,
    BasisKind,
    CompetencyKind,
    CompletionRule,
    CredentialType,
    CreditScope,
    Existence,
    PromptTag,
    PurposeKind,
    RigorLevel,
    Stack,
)
from policies.words import (
    AS_SET,
    EACH_ONCE,
    Address,
    Email,
    ItemId,
    Line,
    Paragraph,
    Text,
    Title,
    UnitId,
    at_most,
    numbered,
)


class Part(BaseModel):
    """A piece of the document: immutable, closed, and silent about what is not said."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_unsaid(cls, said: object) -> object:
        if not isinstance(said, Mapping):
            return said
        return {name: value for name, value in said.items() if not _unsaid(value)}


def _unsaid(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class Contact(Part):
    name: Line = ""
    email: Email = ""


class Purpose(Part):
    kinds: Annotated[tuple[PurposeKind, ...], at_most(3), AS_SET] = ()
    rationale: Paragraph = ""


class Competency(Part):
    id: ItemId = ""
    statement: Paragraph = ""
    kind: CompetencyKind | None = None


class RubricLevel(Part):
    id: ItemId = ""
    level: Line = ""
    description: Paragraph = ""


class Assessment(Part):
    kind: AssessmentKind | None = None
    description: Paragraph = ""
    attendance_only: bool = False


class Outcome(Part):
    id: ItemId = ""
    competencies: Annotated[tuple[ItemId, ...], at_most(30)] = ()
    statement: Paragraph = ""
    assessment: Assessment = Assessment()
    rubric: Annotated[tuple[RubricLevel, ...], numbered("l"), EACH_ONCE, at_most(10)] = ()
    threshold: Paragraph = ""
    threshold_level: Annotated[int, Field(ge=1, le=10)] | None = None


class ProgramOutcome(Part):
    id: ItemId = ""
    metric: Line = ""
    target: Line = ""
    source: Line = ""
    cycle: Line = ""


class Rigor(Part):
    level: RigorLevel | None = None
    framework: Line = ""
    rationale: Paragraph = ""


class Alignment(Part):
    id: ItemId = ""
    kind: AlignmentKind | None = None
    statement: Paragraph = ""
    evidence: Paragraph = ""
    reference: Address = ""
    dated: date | None = None


class Prompt(Part):
    id: ItemId = ""
    tag: PromptTag | None = None
    text: Paragraph = ""


class Reflection(Part):
    description: Paragraph = ""
    prompts: Annotated[tuple[Prompt, ...], numbered("r"), EACH_ONCE, at_most(20)] = ()
    rubric: Paragraph = ""


class Pathway(Part):
    position: Paragraph = ""
    why_not: Paragraph = ""


class Basis(Part):
    id: ItemId = ""
    kind: BasisKind | None = None
    reference: Line = ""
    exists: Existence | None = None


class Routing(Part):
    would_require_committee: Answer | None = None
    stack: Stack | None = None
    credit_scope: CreditScope | None = None
    credit_intended: Answer | None = None


class CurriculumItem(Part):
    id: ItemId = ""
    reference: Line = ""
    title: Title = ""
    text: Text = ""


class Completion(Part):
    rule: CompletionRule | None = None
    n: Annotated[int, Field(ge=1, le=40)] | None = None


class Organisation(Part):
    pattern: Line = ""
    goal: Paragraph = ""


class Badge(Part):
    image_note: Paragraph = ""
    alt: Line = ""


class Fact(Part):
    name: Line = ""
    said: Paragraph = ""


class Source(Part):
    url: Address = ""
    facts: Annotated[tuple[Fact, ...], at_most(100)] = ()


class ProposalDocument(Part):
    """The whole content of a proposal, part by part."""

    title: Title = ""
    unit: UnitId = ""
    contact: Contact = Contact()
    description: Paragraph = ""
    purpose: Purpose = Purpose()
    type: CredentialType | None = None
    audience: Annotated[tuple[Audience, ...], at_most(3), AS_SET] = ()
    eligibility: Paragraph = ""
    modality: Line = ""
    credit_note: Paragraph = ""
    competencies: Annotated[tuple[Competency, ...], numbered("c"), EACH_ONCE, at_most(30)] = ()
    competency_statement: Paragraph = ""
    slos: Annotated[tuple[Outcome, ...], numbered("o"), EACH_ONCE, at_most(60)] = ()
    pos: Annotated[tuple[ProgramOutcome, ...], numbered("p"), EACH_ONCE, at_most(30)] = ()
    rigor: Rigor = Rigor()
    alignment: Annotated[tuple[Alignment, ...], numbered("a"), EACH_ONCE, at_most(30)] = ()
    reflection: Reflection = Reflection()
    pathway: Pathway = Pathway()
    partners: Annotated[tuple[Line, ...], at_most(30)] = ()
    portability_note: Paragraph = ""
    basis: Annotated[tuple[Basis, ...], numbered("b"), EACH_ONCE, at_most(40)] = ()
    routing: Routing = Routing()
    curriculum_items: Annotated[
        tuple[CurriculumItem, ...], numbered("i"), EACH_ONCE, at_most(20)
    ] = ()
    overlap_seen: bool = False
    theme: Line = ""
    constituents: Annotated[tuple[Line, ...], at_most(40)] = ()
    completion: Completion = Completion()
    organisation: Organisation = Organisation()
    badge: Badge = Badge()
    effective_term: Line = ""
    notes: Paragraph = ""
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why one field cannot be kept: its path, and a sentence for the person who wrote it."""

    field: str
    says: str


class DocumentError(ValueError):
    """What was given is no proposal document; `problems` names each field."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{one.field}: {one.says}" for one in problems))
        self.problems = problems


_SENTENCES: Final = {
    "string_too_long": "At most {max_length} characters fit here.",
    "too_long": "At most {max_length} entries fit here.",
    "string_type": "Write text here.",
    "string_unicode": "Take out the broken character: it cannot be shown.",
    "string_pattern_mismatch": "An id here is a letter and a number, such as c1.",
    "date_type": "Write a date as 2026-11-24.",
    "date_parsing": "Write a date as 2026-11-24.",
    "date_from_datetime_parsing": "Write a date as 2026-11-24.",
    "date_from_datetime_inexact": "Write a date as 2026-11-24.",
    "bool_type": "Answer yes or no.",
    "bool_parsing": "Answer yes or no.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "extra_forbidden": "A proposal has no such field.",
    "enum": "Choose one of {expected}.",
    "tuple_type": "Give a list here.",
    "model_type": "Give the fields by their names here.",
    "greater_than_equal": "Give a number of {ge} or more.",
    "less_than_equal": "Give a number of {le} or less.",
}


def read_document(said: object) -> ProposalDocument:
    """Read a document from plain data; DocumentError names every field that cannot be kept."""
    try:
        return ProposalDocument.model_validate(said)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise DocumentError(tuple(_problem(one, said) for one in found)) from None


def _problem(error: ErrorDetails, said: object) -> FieldProblem:
    context = error.get("ctx", {})
    sentence = _SENTENCES.get(error["type"])
    if error["type"] == "value_error":
        sentence = str(context["error"])
        context = {}
    says = (sentence or f"{error['msg']}.").format(**context)
    return FieldProblem(_named(error["loc"], said) or "document", says)


def _named(place: tuple[int | str, ...], said: object) -> str:
    """Write a place with the ids of list items, or their number where they have none."""
    names: list[str] = []
    for step in place:
        said = _inside(said, step)
        item_id = said.get("id") if isinstance(step, int) and isinstance(said, Mapping) else None
        names.append(item_id if isinstance(item_id, str) else _step(step))
    return ".".join(names)


def _inside(said: object, step: int | str) -> object:
    if isinstance(said, Mapping):
        return said.get(step)
    if isinstance(said, list | tuple) and isinstance(step, int) and step < len(said):
        return said[step]
    return None


def _step(step: int | str) -> str:
    shown = f"#{step + 1}" if isinstance(step, int) else step
    return shown.encode("ascii", "backslashreplace").decode()[:80]


def as_data(document: ProposalDocument) -> dict[str, object]:
    """Return what is said as plain JSON data; `read_document` of it gives an equal document."""
    return document.model_dump(mode="json", exclude_defaults=True)


def canonical_json(document: ProposalDocument) -> bytes:
    """Return the one byte form: RFC 8785 for our ASCII keys and number-free or integer values."""
    said = as_data(document)
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(document: ProposalDocument) -> str:
    """Return the SHA-256 of the canonical form as 64 hex digits; sign-offs and votes bind it."""
    return sha256(canonical_json(document)).hexdigest()
