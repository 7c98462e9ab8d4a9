"""What a credential is built from: typed, frozen facts, with no name and no student number.

The words are those of Open Badges 3.0, section B (data models). Texts are plain text; addresses
are absolute; moments carry a zone.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias

AchievementType: TypeAlias = Literal["Badge", "MicroCredential"]
TargetType: TypeAlias = Literal[
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
]
ScoreType: TypeAlias = Literal["Percent", "RawScore", "ScaledScore", "RubricScore"]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: the university's office, by its did:web."""

    id: str
    name: str
    url: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that created the achievement."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address, with the words that stand for it."""

    url: str
    caption: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """A competency, skill or framework item that the achievement is aligned with."""

    name: str
    url: str
    target_type: TargetType | None = None
    code: str | None = None
    framework: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class RubricOutcome:
    """A learning outcome assessed on a rubric; levels from low to high, one of them required."""

    key: str
    name: str
    levels: tuple[str, ...]
    required: str


@dataclass(frozen=True, slots=True)
class ScoreOutcome:
    """A learning outcome assessed by a number, with its range and the number required."""

    key: str
    name: str
    minimum: str
    maximum: str
    required: str
    score_type: ScoreType = "Percent"


Outcome: TypeAlias = RubricOutcome | ScoreOutcome


@dataclass(frozen=True, slots=True)
class Constituent:
    """A badge that a micro-certificate is stacked from, as a definition."""

    id: str
    name: str
    version: str = "1"
    in_language: str = "en-US"


@dataclass(frozen=True, slots=True)
class AchievementFacts:
    """One version of a badge or micro-certificate, as approved.

    `id` is the address of this version; the addresses of its criteria and outcomes are built on
    it. `reflective` is true where a culminating reflection is part of what is earned.
    """

    id: str
    name: str
    achievement_type: AchievementType
    description: str
    criteria: str
    creator: Unit
    outcomes: tuple[Outcome, ...]
    alignments: tuple[Alignment, ...] = ()
    constituents: tuple[Constituent, ...] = ()
    reflective: bool = True
    version: str = "1"
    in_language: str = "en-US"
    human_code: str | None = None
    image: Image | None = None
    tags: tuple[str, ...] = ("micro-credential",)


@dataclass(frozen=True, slots=True)
class HashedEmail:
    """A learner known by a salted hash of an e-mail address; the address itself is not kept."""

    identity_hash: str
    salt: str

    @classmethod
    def of(cls, email: str, *, salt: str) -> "HashedEmail":
        """SHA-256 of the lower-case address followed by the salt (OB 3.0, IdentityHash)."""
        digest = sha256((email.strip().lower() + salt).encode()).hexdigest()
        return cls(identity_hash=f"sha256${digest}", salt=salt)


@dataclass(frozen=True, slots=True)
class Holder:
    """A learner known by a decentralised identifier that they control."""

    did: str


Subject: TypeAlias = HashedEmail | Holder


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """What a learner reached for one outcome: a level of its rubric, or a number in its range."""

    outcome: str
    value: str


@dataclass(frozen=True, slots=True)
class Reflection:
    """The culminating reflection, accepted; its words only where the learner gives them."""

    id: str
    narrative: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to look at that supports the award."""

    id: str
    name: str
    genre: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ConstituentAward:
    """A credential the learner holds already, which this one is stacked on."""

    credential_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """One award to one learner, with the id and the place in the status list reserved for it."""

    credential_id: str
    subject: Subject
    results: tuple[OutcomeResult, ...]
    reflection: Reflection | None
    valid_from: datetime
    status_list_url: str
    status_index: int
    valid_until: datetime | None = None
    awarded: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    constituents: tuple[ConstituentAward, ...] = ()
    narrative: str | None = None
