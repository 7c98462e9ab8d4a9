"""What people say when they act on a proposal."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from workflow.forms import Change, Code, Form, Line, Note, Paragraph, Reason, Words


class Open(Form):
    """A new proposal."""

    unit: Line = Field(
        title="Unit",
        description="The unit that proposes it. You are a member of it.",
        json_schema_extra={"options": "my_units"},
    )
    kind: Literal["new"] = Field(default="new", title="Kind")
    content: dict[str, JsonValue] = Field(
        default_factory=dict, title="Content", json_schema_extra={"widget": "hidden"}
    )


class Edit(Form):
    """Fields of the working copy said otherwise; null leaves a field unsaid or removes an item."""

    fields: dict[Line, JsonValue] = Field(title="Fields", min_length=1, max_length=200)
    #: Fingerprints of fields as the writer saw them: two can write at once, each their own fields.
    seen: dict[Line, Annotated[str, StringConstraints(max_length=64)]] = Field(
        default_factory=dict, title="As they were seen", max_length=200, exclude=True
    )


class Submit(Note):
    """A submission, with a word to ASA where there is one."""


class AssignReviewer(Form):
    """Who takes it."""

    reviewer: Line = Field(
        title="Who takes it",
        description="An ASA officer who is neither the proposer nor in the proposing unit.",
        json_schema_extra={"options": "asa_officers"},
    )


class Office(StrEnum):
    """An office that can answer a question of scope."""

    REGISTRAR = "registrar"
    SENATE_OFFICE = "senate_office"


class YesNo(StrEnum):
    """A plain answer."""

    YES = "yes"
    NO = "no"


class AskScope(Form):
    """A question of scope, to the office that knows."""

    office: Office = Field(title="Who is asked")
    question: Paragraph = Field(
        title="Your question", description="One question that can be answered yes or no."
    )


class AnswerScope(Form):
    """The office's answer."""

    committee_required: YesNo = Field(
        title="Must a curriculum committee act on it?",
        description="Your answer is kept as a precedent.",
    )
    answer: Paragraph = Field(title="Your answer, with its reason")


class Rigor(StrEnum):
    """Levels of rigor; a named framework goes into the rationale."""

    INTRODUCTORY = "introductory"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Consultation(Form):
    """The consultation as held."""

    held_on: date = Field(title="Date of the consultation")
    notes: Paragraph = Field(title="What was discussed")
    outcome: Paragraph = Field(title="What was agreed")
    rigor: Rigor = Field(title="Level of rigor agreed")
    rigor_rationale: Paragraph = Field(title="Why this level")
    award_type: Literal["digital_badge", "micro_certificate"] = Field(title="Awarded as")
    organisation_note: Words = Field(
        default="",
        title="How the micro-certificate is organized",
        description="Needed for a micro-certificate only.",
    )


class Determination(Form):
    """ASA's determination where the table gives none."""

    committee_required: YesNo = Field(title="Must a curriculum committee act on it?")
    reason: Paragraph = Field(
        title="Your reason",
        description="The proposer reads it; later cases find it as a precedent.",
    )


class ReturnForRevision(Form):
    """Changes that are required before it can go on."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=40)] = Field(
        title="Required changes"
    )
    message: Words = Field(default="", title="A word to the proposer")


class AnswerChange(Form):
    """One required change, answered."""

    number: int = Field(title="Change", ge=1, le=999, json_schema_extra={"options": "open_changes"})
    answer: Literal["fixed", "contested"] = Field(title="Your answer")
    reply: Words = Field(
        default="", title="Your words", description="Needed where you contest the change."
    )


class DeclineReason(StrEnum):
    """Why a proposal is not approved."""

    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"
    NOT_COMPETENCY_BASED = "not_competency_based"
    NO_NEED_SHOWN = "no_need_shown"
    NOT_ASSESSABLE = "not_assessable"
    OTHER = "other"


class Decline(Form):
    """A decision not to approve, with its reasons."""

    code: DeclineReason = Field(title="Reason")
    rationale: Paragraph = Field(
        title="Your rationale", description="The proposer reads it as you write it."
    )


class Score(StrEnum):
    """How a criterion is met."""

    NOT_YET = "not_yet"
    MEETS = "meets"
    EXCEEDS = "exceeds"


class Review(Form):
    """ASA's rubric, every criterion scored."""

    competencies: Score = Field(title="Competencies: discrete, and at the level agreed")
    assessment_practice: Score = Field(title="Assessment practice: sound, and scored the same way")
    outcomes: Score = Field(title="Outcomes: each assessed, with program outcomes beside them")
    alignment: Score = Field(title="Alignment: to work or to further study, with evidence")
    reflection: Score = Field(title="Reflection: on pathway, personal and professional growth")
    stackable: Score = Field(title="Stackable and portable, to the extent possible")
    comment: Words = Field(default="", title="Comment")


class RecordCode(Form):
    """The registrar's code."""

    code: Code = Field(
        title="Code", description="2 to 20 capital letters, digits, dots or hyphens."
    )


class Roster(Form):
    """Who assesses."""

    assessors: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)] = Field(
        title="Assessors",
        description="They score evidence and reflections. None may assess their own award.",
        json_schema_extra={"options": "people"},
    )


class Design(Form):
    """The badge as it will look."""

    alt: Line = Field(
        title="Text alternative",
        description="One sentence for people who do not see the badge.",
    )


class Issue(Form):
    """From when it is in force."""

    effective_on: date = Field(title="In force from")


class ItemOutcome(Form):
    """What an agenda item reports to its proposal."""

    item: Line
    says: Words = ""


class ItemReturned(ItemOutcome):
    """A body's required changes, in its own words."""

    asked_by: Line
    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=40)]


Recommend = Reason


class Comment(Form):
    """Something said about the proposal, or about one field of it."""

    words: Paragraph = Field(
        title="Your comment",
        description="Everyone who may read the proposal reads it. Write @ and a name to call them.",
    )
    field: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        default="", title="On which part", json_schema_extra={"options": "document_fields"},
    )  # fmt: skip
    mentions: Annotated[tuple[Line, ...], Field(max_length=20)] = Field(
        default=(), title="Who should read it now",
        description="They get a mail at once; proposer and reviewer learn of it in any case.",
        json_schema_extra={"options": "people_of_this_case"},
    )  # fmt: skip
