"""The log over all histories: every entry's hash as a leaf, and the checkpoints that were signed.

It is written off the hot path, in batches; what stands in it is never changed.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import check, instant


class LogLeaf(SQLModel, table=True):
    """One entry's place in the log: leaves are numbered from 0, without a gap."""

    __tablename__ = "log_leaf"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "seq"], ["entry.case_id", "entry.seq"], name="fk_log_leaf_entry"
        ),
        UniqueConstraint("case_id", "seq", name="uq_log_leaf_entry"),
        check("counted_from_zero", "position >= 0"),
        check("hash_is_a_sha256", "hash ~ '^[0-9a-f]{64}$'"),
    )

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    case_id: str = Field(sa_column=Column(Text, nullable=False))
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    #: The entry's hash as it was when the log took it: a later change of the entry shows.
    hash: str = Field(sa_column=Column(Text, nullable=False))


class LogCheckpoint(SQLModel, table=True):
    """A signed statement on the log's first `size` leaves (C2SP tlog-checkpoint)."""

    __tablename__ = "log_checkpoint"
    __table_args__ = (
        check("not_empty", "size > 0"),
        check("root_is_a_sha256", "root ~ '^[0-9a-f]{64}$'"),
    )

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    root: str = Field(sa_column=Column(Text, nullable=False))
    signed_at: datetime = Field(sa_column=instant())
    #: The note as it was signed.
    note: str = Field(sa_column=Column(Text, nullable=False))
