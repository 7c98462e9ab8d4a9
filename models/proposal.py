"""A proposal: its working draft, its immutable versions, what was signed or asked about them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, json_value, one_of, person_key

SIGN_OFFS = (
    "endorsement", "consultation", "scope_question", "scope_answer", "determination", "review",
    "recommendation", "code", "design",
)  # fmt: skip


class Proposal(SQLModel, table=True):
    """The subject of a proposal case: who proposes what, and the working copy of its content."""

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("kind", ("new", "revision", "retirement", "reactivation")),
        check("draft_hash_is_a_sha256", "draft_hash ~ '^[0-9a-f]{64}$'"),
        check("title_to_hold", "NOT holds_title OR title_key <> ''"),
        Index("uq_proposal_title_held", "title_key", unique=True, postgresql_where="holds_title"),
        Index("ix_proposal_proposer", "proposer"),
        Index("ix_proposal_unit", "unit"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    proposer: str = Field(sa_column=person_key())
    unit: str = Field(sa_column=Column(Text, ForeignKey("unit.id"), nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    #: Folded title; unique among proposals that hold it (submitted, or in force as a credential).
    title_key: str = Field(sa_column=Column(Text, nullable=False))
    holds_title: bool = Field(default=False, nullable=False)
    draft: dict[str, object] = Field(sa_column=json_value())
    draft_hash: str = Field(sa_column=Column(Text, nullable=False))
    last_edited_by: str = Field(sa_column=person_key())
    #: The newest frozen version, 0 before the first.
    version: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: The ASA officer who took it, where one did.
    reviewer: str | None = Field(default=None, sa_column=person_key(required=False))
    #: Where a return came from, and the routing that was in force there.
    origin: str | None = Field(default=None, sa_column=Column(Text))
    extended: bool = Field(default=False, nullable=False)


class ProposalVersion(SQLModel, table=True):
    """Content as it was frozen; sign-offs, redlines and votes refer to its hash."""

    __tablename__ = "proposal_version"
    __table_args__ = (check("content_hash_is_a_sha256", "content_hash ~ '^[0-9a-f]{64}$'"),)

    case_id: str = Field(sa_column=case_key(primary=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    content: dict[str, object] = Field(sa_column=json_value())
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    frozen_by: str = Field(sa_column=person_key())
    frozen_at: datetime = Field(sa_column=instant())
    seq: int = Field(sa_column=Column(Integer, nullable=False))


class SignOff(SQLModel, table=True):
    """What someone with a role put on record about one content hash; it binds that text only."""

    __tablename__ = "sign_off"
    __table_args__ = (
        one_of("kind", SIGN_OFFS),
        check("content_hash_is_a_sha256", "content_hash ~ '^[0-9a-f]{64}$'"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    person: str = Field(sa_column=person_key())
    role: str = Field(sa_column=Column(Text, nullable=False))
    on_behalf_of: str | None = Field(default=None, sa_column=person_key(required=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    said: dict[str, object] = Field(sa_column=json_value())
    at: datetime = Field(sa_column=instant())


class RequiredChange(SQLModel, table=True):
    """A change someone requires, anchored to a field; the proposer fixes it or contests it."""

    __tablename__ = "required_change"
    __table_args__ = (
        one_of("answer", ("open", "fixed", "contested", "dropped")),
        check("words_given", "asks <> ''"),
        check(
            "answered_with_a_time",
            "(answer IN ('fixed', 'contested')) = (answered_at IS NOT NULL)",
        ),
        check("contested_with_a_reason", "answer <> 'contested' OR reply <> ''"),
        Index("ix_required_change_case", "case_id"),
    )

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    case_id: str = Field(sa_column=case_key())
    #: The return it came with (its entry), and its number in that mail.
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    field: str = Field(sa_column=Column(Text, nullable=False))
    asks: str = Field(sa_column=Column(Text, nullable=False))
    asked_by: str = Field(sa_column=person_key())
    asked_at: datetime = Field(sa_column=instant())
    answer: str = Field(sa_column=Column(Text, nullable=False, server_default="open"))
    reply: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    answered_at: datetime | None = Field(default=None, sa_column=instant(required=False))
