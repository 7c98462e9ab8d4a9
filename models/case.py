"""A running machine, its history, and what one case causes in another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Text, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, json_value, one_of

MACHINES = ("proposal", "agenda_item", "meeting", "credential", "award")

#: States a definition may use, per machine. A definition test proves that these are the same.
STATES = {
    "proposal": (
        "draft", "asa_consultation", "returned", "curriculum_committee", "design", "asa_review",
        "approved", "declined", "issued", "declined_final", "withdrawn", "expired",
    ),
    "agenda_item": (
        "queued", "scheduled", "open", "senate_notice", "carried", "failed", "returned_item",
        "cancelled",
    ),
    "meeting": ("planned", "published", "held", "minuted", "cancelled"),
    "credential": ("active",),
    "award": (
        "claimed", "under_assessment", "not_yet", "reflection", "reflection_review",
        "asa_verification", "approved_to_issue", "issued", "lapsed", "withdrawn",
    ),
}  # fmt: skip


class Case(SQLModel, table=True):
    """One running machine: where it is, and the two counters that guard it.

    `revision` is bumped when state or content changes and is what a page must have seen;
    `seq` is bumped by every entry and is what compare-and-set guards.
    """

    __tablename__ = "cases"
    __table_args__ = (
        # A function, kept ready by the session: the list itself is read anew at every write.
        check("state_of_its_machine", "is_state_of(machine, state)"),
        check("counters_in_step", "seq >= 1 AND revision >= 1 AND revision <= seq"),
        check("entered_by_an_entry", "entered_seq BETWEEN 1 AND seq"),
        check("chain_is_a_sha256", "chain ~ '^[0-9a-f]{64}$'"),
        Index("ix_cases_machine_entered", "machine", "entered_at", "id"),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    machine: str = Field(sa_column=Column(Text, nullable=False))
    definition: int = Field(sa_column=Column(Integer, nullable=False))
    edition: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    #: Hash of the newest entry: the end of this case's chain.
    chain: str = Field(sa_column=Column(Text, nullable=False))
    #: When, and by which entry, the present state was entered.
    entered_at: datetime = Field(sa_column=instant())
    entered_seq: int = Field(sa_column=Column(Integer, nullable=False))
    opened_at: datetime = Field(sa_column=instant())
    #: When the state's clock began to count, business days added to it, and since when it rests.
    clock_at: datetime = Field(sa_column=instant())
    clock_extra: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    paused_at: datetime | None = Field(default=None, sa_column=instant(required=False))


class Entry(SQLModel, table=True):
    """One line of history; never changed, chained to the line before it by its hash."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("key", name="uq_entry_key"),
        # What a person did, or another for them, is found for good.
        Index("ix_entry_actor", "actor", "at",
              postgresql_where="actor NOT IN ('system', 'timer')"),
        Index("ix_entry_on_behalf_of", "on_behalf_of", "at",
              postgresql_where="on_behalf_of IS NOT NULL"),
        check("first_comes_from_nowhere", "(seq = 1) = (from_state IS NULL)"),
        check("hash_is_a_sha256", "hash ~ '^[0-9a-f]{64}$'"),
    )  # fmt: skip

    case_id: str = Field(sa_column=case_key(primary=True))
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    trigger: str = Field(sa_column=Column(Text, nullable=False))
    from_state: str | None = Field(default=None, sa_column=Column(Text))
    to_state: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    #: A person's id, or "system" or "timer".
    actor: str = Field(sa_column=Column(Text, nullable=False))
    #: As what they acted; and for whom, when by delegation.
    role: str = Field(sa_column=Column(Text, nullable=False))
    on_behalf_of: str | None = Field(default=None, sa_column=Column(Text))
    at: datetime = Field(sa_column=instant())
    #: What was said in the form, as typed by the transition.
    form: dict[str, object] = Field(sa_column=json_value())
    #: Idempotency key of the command: the same key gets the same answer.
    key: str = Field(sa_column=Column(Text, nullable=False))
    previous: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))


class FollowOn(SQLModel, table=True):
    """A trigger that one case causes in another, fired through the same door after the commit.

    `target` is a case; empty means that `trigger` opens a new case of `machine`.
    """

    __tablename__ = "follow_on"
    __table_args__ = (
        one_of("machine", MACHINES),
        one_of("state", ("pending", "done", "moot", "dead")),
        check("why_when_not_done", "state NOT IN ('moot', 'dead') OR outcome IS NOT NULL"),
        Index("ix_follow_on_pending", "due_at", "id", postgresql_where="state = 'pending'"),
        Index("ix_follow_on_cause", "cause_case", "cause_seq"),
    )

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    #: "perform" goes straight through the door; a worker prepares "sign" and "assemble" first.
    task: str = Field(sa_column=Column(Text, nullable=False))
    cause_case: str = Field(sa_column=case_key())
    cause_seq: int = Field(sa_column=Column(Integer, nullable=False))
    machine: str = Field(sa_column=Column(Text, nullable=False))
    target: str | None = Field(default=None, sa_column=Column(Text))
    trigger: str = Field(sa_column=Column(Text, nullable=False))
    form: dict[str, object] = Field(sa_column=json_value())
    due_at: datetime = Field(sa_column=instant())
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="pending"))
    attempts: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: Lease and fence run on the database's clock; every later write repeats the fence.
    lease_until: datetime | None = Field(default=None, sa_column=instant(required=False))
    fence: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: Why it was moot or died, in a sentence.
    outcome: str | None = Field(default=None, sa_column=Column(Text))


class Census(SQLModel, table=True):
    """Appended +1 and -1 rows by machine and state; dashboards sum them, the sweeper folds them."""

    __tablename__ = "census"

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    machine: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    change: int = Field(sa_column=Column(Integer, nullable=False))


class DefinitionRelease(SQLModel, table=True):
    """A released version of a machine, as data under its hash."""

    __tablename__ = "definition_release"
    __table_args__ = (one_of("machine", MACHINES),)

    machine: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))
    released: dict[str, object] = Field(sa_column=json_value())
