"""What waits for someone: work items, deadlines and the notifications that are their own outbox."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Identity, Index, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, json_value, one_of, person_key


class WorkItem(SQLModel, table=True):
    """A thing that waits for a person, or for whoever holds a role in a scope."""

    __tablename__ = "work_item"
    __table_args__ = (
        one_of("state", ("open", "done", "moot")),
        check("someone_is_asked", "person IS NOT NULL OR role <> ''"),
        check("closed_by_an_entry", "(state = 'open') = (closed_seq IS NULL)"),
        Index("ix_work_item_open_person", "person", "due_at", "id",
              postgresql_where="state = 'open' AND person IS NOT NULL"),
        Index("ix_work_item_open_role", "role", "scope", "due_at", "id",
              postgresql_where="state = 'open' AND person IS NULL"),
        Index("ix_work_item_person", "person", postgresql_where="person IS NOT NULL"),
        Index("ix_work_item_case_open", "case_id", postgresql_where="state = 'open'"),
    )  # fmt: skip

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    case_id: str = Field(sa_column=case_key())
    #: The entry that opened it.
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    #: The state whose turn it is, or the word of an `ask`.
    kind: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))
    person: str | None = Field(default=None, sa_column=person_key(required=False))
    opened_at: datetime = Field(sa_column=instant())
    due_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="open"))
    closed_seq: int | None = Field(default=None, sa_column=Column(Integer))
    closed_by: str | None = Field(default=None, sa_column=Column(Text))


class FollowUp(SQLModel, table=True):
    """The day on which a person wants a case back on top of their work; nobody else sees it."""

    __tablename__ = "follow_up"

    person: str = Field(sa_column=person_key(primary=True))
    case_id: str = Field(sa_column=case_key(primary=True))
    day: date = Field(sa_column=Column(Date, nullable=False))


class Deadline(SQLModel, table=True):
    """A clock that is armed: at `fires_at` it reminds, warns, escalates or fires a trigger."""

    __tablename__ = "deadline"
    __table_args__ = (
        one_of("does", ("nudge", "remind", "warn", "escalate", "fire")),
        one_of("state", ("armed", "fired", "skipped", "cancelled", "refused")),
        check("fires_a_trigger", "(does = 'fire') = (trigger IS NOT NULL)"),
        Index("ix_deadline_armed", "fires_at", "id", postgresql_where="state = 'armed'"),
        Index("ix_deadline_case_armed", "case_id", postgresql_where="state = 'armed'"),
        Index("ix_deadline_case_past", "case_id", postgresql_where="state IN ('fired', 'skipped')"),
    )

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    case_id: str = Field(sa_column=case_key())
    #: The entry that armed it, and the state it belongs to: re-checked when it fires.
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    of_state: str = Field(sa_column=Column(Text, nullable=False))
    #: The state's own clock carries its name; an `ask` carries the work item's kind.
    clock: str = Field(sa_column=Column(Text, nullable=False))
    does: str = Field(sa_column=Column(Text, nullable=False))
    trigger: str | None = Field(default=None, sa_column=Column(Text))
    #: Who is written to, besides whoever holds the work item.
    role: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))
    person: str | None = Field(default=None, sa_column=person_key(required=False))
    fires_at: datetime = Field(sa_column=instant())
    #: When the thing itself is due, for the words of the mail.
    due_at: datetime = Field(sa_column=instant())
    #: The civil rule it was computed from, with its zone: a calendar change recomputes it.
    rule: str = Field(sa_column=Column(Text, nullable=False))
    #: Once it is done another is armed so many business days later, while it is late; 0: never.
    every: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="armed"))
    lease_until: datetime | None = Field(default=None, sa_column=instant(required=False))
    fence: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    outcome: str | None = Field(default=None, sa_column=Column(Text))


class Notification(SQLModel, table=True):
    """A message to one person; the row is the outbox and its id the idempotency key.

    It goes out in an envelope, alone or with others, and tells what became of that.
    """

    __tablename__ = "notification"
    __table_args__ = (
        one_of("state", ("pending", "sent", "dead", "discarded", "muted")),
        one_of("importance", ("act", "know", "fyi")),
        check("sent_has_a_time", "(state = 'sent') = (sent_at IS NOT NULL)"),
        check("sent_in_an_envelope",
              "state NOT IN ('sent', 'dead', 'discarded') OR envelope IS NOT NULL"),
        check("only_fyi_is_muted", "state <> 'muted' OR (importance = 'fyi' AND envelope IS NULL)"),
        Index("ix_notification_unsorted", "due_at", "id",
              postgresql_where="state = 'pending' AND envelope IS NULL"),
        Index("ix_notification_envelope", "envelope", postgresql_where="envelope IS NOT NULL"),
        Index("ix_notification_case", "case_id", "seq"),
    )  # fmt: skip

    #: uuid5 of (case, seq, kind, recipient, occurrence).
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    case_id: str = Field(sa_column=case_key())
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    importance: str = Field(sa_column=Column(Text, nullable=False))
    recipient: str = Field(sa_column=person_key())
    occurrence: str = Field(sa_column=Column(Text, nullable=False))
    #: What the sentence needs that only the moment knew (reasons, due date, tally).
    facts: dict[str, object] = Field(sa_column=json_value())
    created_at: datetime = Field(sa_column=instant())
    #: Business time from which it may be put into an envelope.
    due_at: datetime = Field(sa_column=instant())
    #: pending, then as its envelope; muted where its reader turned such mail off.
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="pending"))
    sent_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: The mail it goes out in; NULL until it is sorted.
    envelope: UUID | None = Field(default=None, sa_column=Column(Uuid, ForeignKey("envelope.id")))


class Attempt(SQLModel, table=True):
    """One try to deliver an envelope, and what the mail server answered."""

    __tablename__ = "attempt"
    __table_args__ = (
        one_of("result", ("started", "sent", "retry", "dead", "unknown")),
        Index("ix_attempt_envelope", "envelope"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    envelope: UUID = Field(sa_column=Column(Uuid, ForeignKey("envelope.id"), nullable=False))
    fence: int = Field(sa_column=Column(Integer, nullable=False))
    #: The database's clock: attempts are never shifted.
    at: datetime = Field(sa_column=instant())
    result: str = Field(sa_column=Column(Text, nullable=False))
    answer: str = Field(sa_column=Column(Text, nullable=False))
    #: Milliseconds until the answer; NULL where none was recorded.
    took_ms: int | None = Field(default=None, sa_column=Column(Integer))
