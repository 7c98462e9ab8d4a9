"""What people say when they act on an award. No form asks for a student number (MC-8c)."""

from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from workflow.forms import Form, Line, Paragraph, Words


def fingerprint(text: str) -> str:
    """SHA-256 of a learner's text: history holds this, so that the text itself can be deleted."""
    return sha256(text.encode()).hexdigest()


class Claim(Form):
    """Which credential, and for whom."""

    credential: Line = Field(
        title="Credential", json_schema_extra={"options": "credentials_in_force"}
    )
    learner: Annotated[str, Field(max_length=200)] = Field(
        default="",
        title="Learner",
        description="Leave it empty to claim for yourself.",
        json_schema_extra={"options": "people"},
    )


class SubmitEvidence(Form):
    """Evidence for one or more outcomes."""

    evidence: Annotated[dict[Line, Paragraph], Field(min_length=1, max_length=60)] = Field(
        title="Your evidence",
        description="For each outcome a text of up to 5,000 characters, or a link to your work.",
        json_schema_extra={"options": "outcomes_to_show"},
    )
    integrity: bool = Field(
        default=False,
        title="This is my own work",
        description="Say so, and name in the text whoever or whatever helped you.",
    )

    def said(self) -> dict[str, object]:
        """What the entry keeps: which outcomes, and the fingerprint of each text."""
        prints = {outcome: fingerprint(text) for outcome, text in self.evidence.items()}
        return {"evidence": prints, "integrity": self.integrity}


class Met(StrEnum):
    """Whether a threshold that is written in words is reached."""

    YES = "yes"
    NO = "no"


class ScoreOutcome(Form):
    """One outcome, scored on its rubric."""

    outcome: Line = Field(title="Outcome", json_schema_extra={"options": "outcomes_to_score"})
    level: Line = Field(
        title="Level on the rubric",
        description="Its name, or its number counted from the lowest, which is 1.",
        json_schema_extra={"options": "rubric_levels"},
    )
    met: Met | None = Field(
        default=None,
        title="Is the threshold reached?",
        description="Needed where the threshold is written in words; else the level decides.",
    )
    feedback: Paragraph = Field(
        title="Your feedback", description="The learner reads it: what is good, and the next step."
    )


class SubmitReflection(Form):
    """The culminating reflection: three answers, each a text or a link to audio, video or sign."""

    pathway: Words = Field(
        default="",
        title="Your pathway",
        description="How did the steps of this micro-credential fit together for you?",
    )
    personal_growth: Words = Field(
        default="",
        title="Your personal growth",
        description="What can you do now that you doubted before?",
    )
    professional_growth: Words = Field(
        default="",
        title="Your professional growth",
        description="What will you do differently at work or in your studies?",
    )

    def said(self) -> dict[str, object]:
        """What the entry keeps: the fingerprint of each answer."""
        return {name: fingerprint(str(text)) for name, text in self}


class ReflectionLevel(StrEnum):
    """How a reflection stands against its rubric."""

    NOT_YET = "not_yet"
    MEETS = "meets"
    EXCEEDS = "exceeds"


class AcceptReflection(Form):
    """A reflection, judged on its rubric."""

    level: ReflectionLevel = Field(title="How it stands against its rubric")
    note: Words = Field(
        default="", title="A word to the learner", description="Optional. The learner reads it."
    )


class ReturnReflection(Form):
    """What the reflection still needs."""

    feedback: Paragraph = Field(
        title="Your feedback", description="The learner reads it: what is missing, and where."
    )


class IdentityMethod(StrEnum):
    """How a learner's identity was matched."""

    DIRECTORY = "directory"
    VERIFIED_MAIL = "verified_mail"


class Verify(Form):
    """How the learner's identity was matched."""

    identity_method: IdentityMethod = Field(
        title="How the identity was matched",
        description="By the university's directory, or by a verified e-mail address and a name "
        "that an assessor attests.",
    )
    attested_by: Annotated[str, Field(max_length=200)] = Field(
        default="",
        title="Who attests the name",
        description="An assessor of this award. Needed with a verified e-mail address.",
        json_schema_extra={"options": "assessors_of_this_award"},
    )


class SendBack(Form):
    """A defect that an assessor must mend."""

    defect: Paragraph = Field(
        title="What is wrong", description="The assessors read it; the learner is not written to."
    )
    outcomes: Annotated[tuple[Line, ...], Field(max_length=60)] = Field(
        default=(),
        title="Outcomes to score again",
        description="Leave it empty where no score is in doubt.",
        json_schema_extra={"options": "outcomes"},
    )


class Register(StrEnum):
    """Where the record of an award is kept."""

    STUDENT_SYSTEM = "student_system"
    ASA_REGISTER = "asa_register"


class ConfirmRecord(Form):
    """The record of the award."""

    record: Line = Field(title="Record number", description="Such as 2026-118.")
    kept_in: Register = Field(
        title="Where it is kept",
        description="Awards of learners who are not enrolled are kept in ASA's register.",
    )


class CorrectRecord(Form):
    """The right number of a record, and what was wrong."""

    record: Line = Field(title="Record number", description="Such as 2026-118.")
    reason: Paragraph = Field(title="What was wrong", description="Name no health or grade.")


class Publish(Form):
    """Whether the public page names the learner."""

    name_shown: bool = Field(
        default=False,
        title="Show my name",
        description="The name as the university keeps it now; it follows a change of name.",
    )


class ExtendReason(StrEnum):
    """Why a learner gets more time. No medical detail is asked for."""

    ACCOMMODATION = "accommodation"
    SERVICE = "service"
    WORK = "work"
    ASSESSOR_LATE = "assessor_late"
    TECHNICAL = "technical"
    OTHER = "other"


class Extend(Form):
    """More time, and the class of the reason."""

    reason: ExtendReason = Field(
        title="Reason", description="A class only; no medical detail is kept."
    )
    business_days: int = Field(title="Business days more", ge=1, le=250)
