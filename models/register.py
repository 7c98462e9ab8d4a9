"""The register: what was changed that is no case, one line a change, chained like a history."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import check, instant, json_value, person_key


class RegisterEntry(SQLModel, table=True):
    """One change of people, appointments, delegations, committees or the calendar; never changed.

    All lines are one chain: each hash covers its line and the hash before it.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        check("counted_from_one", "seq >= 1"),
        check("kind_is_a_word", "subject_kind ~ '^[a-z_]+$'"),
        check("subject_named", "subject_id <> ''"),
        check("says_what", "says <> ''"),
        check("hash_is_a_sha256", "hash ~ '^[0-9a-f]{64}$'"),
        Index("ix_register_entry_subject", "subject_kind", "subject_id", "seq"),
    )

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=instant())
    #: A person's id, or "system" where an operator of the installation did it at its console.
    actor: str = Field(sa_column=Column(Text, nullable=False))
    on_behalf_of: str | None = Field(default=None, sa_column=person_key(required=False))
    #: What was changed: its kind in one word ("delegation", "committee") and its id.
    subject_kind: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: str = Field(sa_column=Column(Text, nullable=False))
    #: What was done, in a sentence.
    says: str = Field(sa_column=Column(Text, nullable=False))
    facts: dict[str, object] = Field(sa_column=json_value())
    previous: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))
