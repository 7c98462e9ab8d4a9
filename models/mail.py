"""Mails: envelopes with what is said in them, and what each person chose to be written."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from models.base import check, instant, one_of, person_key


class Envelope(SQLModel, table=True):
    """One mail: one or more notifications to one person, sent together once.

    It takes in what belongs to it until it is first claimed (its fence is 0); from then on what it
    says stands, so that each attempt sends the same bytes.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        one_of("state", ("pending", "sent", "dead", "discarded")),
        one_of("importance", ("act", "know", "fyi")),
        check("sent_has_a_time", "(state = 'sent') = (sent_at IS NOT NULL)"),
        Index("ix_envelope_pending", "due_at", "id", postgresql_where="state = 'pending'"),
        Index("ix_envelope_recipient", "recipient", "due_at"),
        Index("ix_envelope_dead", "due_at", "id", postgresql_where="state = 'dead'"),
        Index("ix_envelope_due", "due_at", "id"),
        # Of what still takes in, one a person and thread.
        Index("uq_envelope_open", "recipient", "thread", unique=True,
              postgresql_where="state = 'pending' AND fence = 0"),
    )  # fmt: skip

    #: The id of the notification it was opened for; the Message-ID is made from it.
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    recipient: str = Field(sa_column=person_key())
    #: The case it is about, or "morning" for what goes out together at 08:00.
    thread: str = Field(sa_column=Column(Text, nullable=False))
    #: The class of the most important notification in it.
    importance: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=instant())
    #: Business time from which it may go out.
    due_at: datetime = Field(sa_column=instant())
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="pending"))
    attempts: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: Not before this instant of the database's clock: back-off after a failed attempt.
    retry_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: Its place in the pace of its recipient's domain, once one was given.
    slot_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    lease_until: datetime | None = Field(default=None, sa_column=instant(required=False))
    fence: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    sent_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    outcome: str | None = Field(default=None, sa_column=Column(Text))


class MailWishes(SQLModel, table=True):
    """What a person chose to be written, and when; whoever has no row has the defaults."""

    __tablename__ = "mail_wishes"

    person: str = Field(sa_column=person_key(primary=True))
    #: What asks for something: at once, or with the morning's mail. It cannot be turned off.
    act_at_once: bool = Field(
        default=True, sa_column=Column(Boolean, nullable=False, server_default="true")
    )
    #: Decisions on what is theirs: at once, or with the morning's mail.
    know_at_once: bool = Field(
        default=True, sa_column=Column(Boolean, nullable=False, server_default="true")
    )
    #: Whether they want what asks for nothing and decides nothing.
    fyi: bool = Field(
        default=True, sa_column=Column(Boolean, nullable=False, server_default="true")
    )
    changed_at: datetime = Field(sa_column=instant())
