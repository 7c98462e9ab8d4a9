"""What is in force, who earns it, how it was assessed, and the bytes that were signed."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, json_value, one_of, person_key


class Credential(SQLModel, table=True):
    """The micro-credential in force: its title, unit, kind and newest version."""

    __tablename__ = "credential"
    __table_args__ = (
        one_of("type", ("digital_badge", "micro_certificate")),
        UniqueConstraint("proposal", name="uq_credential_proposal"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    #: The proposal that put it in force; its assessors are appointed in this scope.
    proposal: str = Field(sa_column=case_key())
    type: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    unit: str = Field(sa_column=Column(Text, nullable=False))
    #: Registrar's code, and the image's text alternative.
    code: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class CredentialVersion(SQLModel, table=True):
    """A version of a credential: approved content, the proposal version behind it, ASA's rigor."""

    __tablename__ = "credential_version"
    __table_args__ = (check("content_hash_is_a_sha256", "content_hash ~ '^[0-9a-f]{64}$'"),)

    case_id: str = Field(sa_column=case_key(primary=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    proposal: str = Field(sa_column=case_key())
    proposal_version: int = Field(sa_column=Column(Integer, nullable=False))
    content: dict[str, object] = Field(sa_column=json_value())
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    rigor: str = Field(sa_column=Column(Text, nullable=False))
    effective_on: date = Field(sa_column=Column(Date, nullable=False))


class Constituent(SQLModel, table=True):
    """One credential that a micro-certificate's version collects (MC-8a)."""

    __tablename__ = "constituent"
    __table_args__ = (
        check("not_itself", "certificate <> credential"),
        Index("ix_constituent_credential", "credential"),
    )

    certificate: str = Field(sa_column=case_key(primary=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    credential: str = Field(sa_column=case_key(primary=True))
    #: Required for "all"; otherwise one of the n of m.
    required: bool = Field(sa_column=Column(Boolean, nullable=False))


def _no_by_default() -> "Column[bool]":
    return Column(Boolean, nullable=False, server_default="false")


class Award(SQLModel, table=True):
    """The subject of an award: a learner on the way to one version of one credential."""

    __tablename__ = "award"
    __table_args__ = (
        ForeignKeyConstraint(
            ["credential", "credential_version"],
            ["credential_version.case_id", "credential_version.version"],
            name="fk_award_credential_version",
        ),
        check("reserved_together", "(credential_id IS NULL) = (status_index IS NULL)"),
        check("verified_before_reserved", "credential_id IS NULL OR verified_by IS NOT NULL"),
        check("name_only_where_published", "published OR NOT name_shown"),
        check("published_or_hidden", "NOT (published AND hidden)"),
        check("status_index_in_list", "status_index IS NULL OR status_index BETWEEN 0 AND 131071"),
        UniqueConstraint("credential_id", name="uq_award_credential_id"),
        UniqueConstraint("status_list", "status_index", name="uq_award_status"),
        Index("uq_award_open", "learner", "credential", unique=True, postgresql_where="NOT ended"),
        Index("ix_award_credential", "credential"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    learner: str = Field(sa_column=person_key())
    credential: str = Field(sa_column=case_key())
    credential_version: int = Field(sa_column=Column(Integer, nullable=False))
    #: The learner's integrity statement, and how the identity was matched.
    integrity_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    identity_method: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    verified_by: str | None = Field(default=None, sa_column=person_key(required=False))
    #: Reserved in the transition's own write; unique, never reused.
    credential_id: str | None = Field(default=None, sa_column=Column(Text))
    status_list: int = Field(sa_column=Column(Integer, nullable=False, server_default="1"))
    status_index: int | None = Field(default=None, sa_column=Column(Integer))
    registrar_record: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    #: The learner publishes it: its signed file is handed out; with the name, where they say so.
    published: bool = Field(default=False, nullable=False)
    name_shown: bool = Field(default=False, sa_column=_no_by_default())
    #: The learner took its page down: for strangers it is as if it did not exist.
    hidden: bool = Field(default=False, sa_column=_no_by_default())
    #: What its page says while it is under review, where the ASA director signs a notice.
    notice: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    #: The case is over without an award in force, so a new claim may begin.
    ended: bool = Field(default=False, nullable=False)


class OutcomeResult(SQLModel, table=True):
    """One learning outcome of an award: the evidence, the rubric level, and whether it is met.

    Met stays met: a met outcome is never scored again in the same award.
    """

    __tablename__ = "outcome_result"
    __table_args__ = (
        one_of("state", ("submitted", "met", "below")),
        check("scored_by_someone", "(state = 'submitted') = (assessor IS NULL)"),
        check("feedback_where_below", "state <> 'below' OR feedback <> ''"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    outcome: str = Field(sa_column=Column(Text, primary_key=True))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    submitted_at: datetime = Field(sa_column=instant())
    state: str = Field(sa_column=Column(Text, nullable=False))
    level: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    feedback: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    assessor: str | None = Field(default=None, sa_column=person_key(required=False))
    scored_at: datetime | None = Field(default=None, sa_column=instant(required=False))


class Reflection(SQLModel, table=True):
    """The culminating reflection (MC-5a, MC-5b): three answers, and whether it was accepted."""

    __tablename__ = "reflection"
    __table_args__ = (
        one_of("state", ("submitted", "returned", "accepted")),
        check("reviewed_by_someone", "(state = 'submitted') = (assessor IS NULL)"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    pathway: str = Field(sa_column=Column(Text, nullable=False))
    personal_growth: str = Field(sa_column=Column(Text, nullable=False))
    professional_growth: str = Field(sa_column=Column(Text, nullable=False))
    submitted_at: datetime = Field(sa_column=instant())
    state: str = Field(sa_column=Column(Text, nullable=False))
    feedback: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    assessor: str | None = Field(default=None, sa_column=person_key(required=False))


class SignedCredential(SQLModel, table=True):
    """The signed bytes of one reserved credential id: never changed, never signed again."""

    __tablename__ = "signed_credential"
    __table_args__ = (
        check("sha256_of_bytes", "sha256 = encode(sha256(body), 'hex')"),
        UniqueConstraint("case_id", name="uq_signed_credential_case"),
    )

    credential_id: str = Field(sa_column=Column(Text, primary_key=True))
    case_id: str = Field(sa_column=case_key())
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    key_id: str = Field(sa_column=Column(Text, nullable=False))
    signed_at: datetime = Field(sa_column=instant())


class LearnerRecord(SQLModel, table=True):
    """A micro-certificate and the badges in it as one signed file: never changed, signed once."""

    __tablename__ = "learner_record"
    __table_args__ = (check("sha256_of_bytes", "sha256 = encode(sha256(body), 'hex')"),)

    case_id: str = Field(sa_column=case_key(primary=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    key_id: str = Field(sa_column=Column(Text, nullable=False))
    signed_at: datetime = Field(sa_column=instant())


class StatusList(SQLModel, table=True):
    """A published status list: the signed bytes as they are served, made anew on every change."""

    __tablename__ = "status_list"

    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signed_at: datetime = Field(sa_column=instant())


class StatusMark(SQLModel, table=True):
    """What became of an issued credential; written once, and never taken back.

    A revoked or superseded one has its bit set in the status list; an expired one says so itself.
    """

    __tablename__ = "status_mark"
    __table_args__ = (
        one_of("kind", ("revoked", "superseded", "expired")),
        check("superseded_by_another", "(kind = 'superseded') = (successor IS NOT NULL)"),
        check("says_why_revoked", "kind <> 'revoked' OR reason <> ''"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=instant())
    #: In words that anyone may read; it names no person.
    reason: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    #: The award that takes its place.
    successor: str | None = Field(
        default=None, sa_column=Column(Text, ForeignKey("cases.id"), nullable=True)
    )
