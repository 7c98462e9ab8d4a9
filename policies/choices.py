"""What can be chosen in a proposal: closed lists, each with the values that the document keeps.

How a choice is put to people stands in `form.yaml`. Another policy that knows other kinds names
them here and there; a definition and its rules then say what follows from them.
"""

from enum import StrEnum


class CredentialType(StrEnum):
    DIGITAL_BADGE = "digital_badge"
    MICRO_CERTIFICATE = "micro_certificate"


class PurposeKind(StrEnum):
    POST_GRADUATE_SUCCESS = "post_graduate_success"
    RE_SKILLING = "re_skilling"
    UP_SKILLING = "up_skilling"


class Audience(StrEnum):
    UNDERGRADUATE = "undergraduate"
    GRADUATE = "graduate"
    NON_ENROLLED = "non_enrolled"


class CompetencyKind(StrEnum):
    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    ABILITY = "ability"


class AssessmentKind(StrEnum):
    PROJECT = "project"
    PERFORMANCE = "performance"
    PORTFOLIO = "portfolio"
    WRITTEN = "written"
    EXAM = "exam"
    PRESENTATION = "presentation"
    SIMULATION = "simulation"
    OTHER = "other"


class RigorLevel(StrEnum):
    INTRODUCTORY = "introductory"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class AlignmentKind(StrEnum):
    INDUSTRY = "industry"
    DEGREE = "degree"


class PromptTag(StrEnum):
    PATHWAY = "pathway"
    PERSONAL_GROWTH = "personal_growth"
    PROFESSIONAL_GROWTH = "professional_growth"


class BasisKind(StrEnum):
    PROGRAM = "program"
    COURSE = "course"
    EXPERIENCE = "experience"


class Existence(StrEnum):
    EXISTING = "existing"
    NEW = "new"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Stack(StrEnum):
    NONE = "none"
    PATHWAY = "pathway"
    AWARD = "award"


class CreditScope(StrEnum):
    IN_340_350 = "in_340_350"
    IN_GRADUATE_TRANSFER = "in_graduate_transfer"
    OUTSIDE_BOTH = "outside_both"
    UNSURE = "unsure"


class CompletionRule(StrEnum):
    ALL = "all"
    N_OF_M = "n_of_m"
