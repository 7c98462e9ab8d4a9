"""What sending and long work remember: mail servers, domains, bounces, processes, jobs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Text, Uuid
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from models.base import check, instant, one_of, person_key


class MailServer(SQLModel, table=True):
    """How a mail server has answered lately, and whether anything is handed to it now.

    Its instants are the database's clock, so that all workers agree. It has a row once it failed.
    """

    __tablename__ = "mail_server"
    __table_args__ = (
        check("failures_counted", "failures >= 0"),
        check("closed_until_a_time", "(closed_since IS NULL) = (probe_at IS NULL)"),
    )

    #: Its host and port.
    name: str = Field(sa_column=Column(Text, primary_key=True))
    #: Failures of the line since it last answered.
    failures: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: Since when nothing is handed to it; NULL while it is used.
    closed_since: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: From when one mail may try it again.
    probe_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: It refuses us (a password, a certificate): a setting has to be mended.
    setting: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default="false")
    )
    why: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class MailPace(SQLModel, table=True):
    """When the next mail to a domain would go, had each kept its distance to the one before."""

    __tablename__ = "mail_pace"

    domain: str = Field(sa_column=Column(Text, primary_key=True))
    next_at: datetime = Field(sa_column=instant())


class Bounce(SQLModel, table=True):
    """A mail that came back for one recipient; the same report is taken once."""

    __tablename__ = "bounce"
    __table_args__ = (
        one_of("kind", ("hard", "soft")),
        Unique("report", "address", name="uq_bounce_report_address"),
        Index("ix_bounce_address", "address"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    #: The Message-ID of the report, or a hash of it where it has none.
    report: str = Field(sa_column=Column(Text, nullable=False))
    address: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    #: As in RFC 3463 ("5.1.1"); empty where the report has none.
    status: str = Field(sa_column=Column(Text, nullable=False))
    says: str = Field(sa_column=Column(Text, nullable=False))
    #: What it came back from, where the report says.
    mail: UUID | None = Field(default=None, sa_column=Column(Uuid))
    at: datetime = Field(sa_column=instant())


class Undeliverable(SQLModel, table=True):
    """An address that nothing is sent to any more, until somebody lifts it."""

    __tablename__ = "undeliverable"
    __table_args__ = (check("in_small_letters", "address = lower(address)"),)

    address: str = Field(sa_column=Column(Text, primary_key=True))
    #: Whose address it was when the mail came back.
    person: str | None = Field(default=None, sa_column=person_key(required=False))
    since: datetime = Field(sa_column=instant())
    why: str = Field(sa_column=Column(Text, nullable=False))


class RunningProcess(SQLModel, table=True):
    """A worker or relay that says again and again that it lives, by the database's clock."""

    __tablename__ = "running_process"
    __table_args__ = (Index("ix_running_process_seen", "seen_at"),)

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    host: str = Field(sa_column=Column(Text, nullable=False))
    pid: int = Field(sa_column=Column(Integer, nullable=False))
    #: The queues it serves, or what else it is there for.
    does: str = Field(sa_column=Column(Text, nullable=False))
    since: datetime = Field(sa_column=instant())
    seen_at: datetime = Field(sa_column=instant())
    #: When it said goodbye; NULL while it runs, and for one that was killed.
    ended_at: datetime | None = Field(default=None, sa_column=instant(required=False))


class Job(SQLModel, table=True):
    """A long work and how far it has come, so that whoever waits for it can see."""

    __tablename__ = "job"
    __table_args__ = (
        check("counted", "total >= 0 AND done >= 0 AND failed >= 0 AND done + failed <= total"),
        check("kind_is_a_word", "kind ~ '^[a-z_]+$'"),
        check("says_what", "says <> ''"),
        Index("ix_job_running", "started_at", "id", postgresql_where="finished_at IS NULL"),
        Index("ix_job_started", "started_at", "id"),
    )

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    #: One word ("reminders", "agenda", "issuing").
    kind: str = Field(sa_column=Column(Text, nullable=False))
    #: What it is, in a line that people read.
    says: str = Field(sa_column=Column(Text, nullable=False))
    #: A person's id, or "system".
    by: str = Field(sa_column=Column(Text, nullable=False))
    total: int = Field(sa_column=Column(Integer, nullable=False))
    done: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    failed: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: How far it has come, as the work itself writes it: whoever takes it up goes on from there.
    cursor: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    #: The last thing that failed, in words.
    problem: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    started_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: By the database's clock: a work that is not seen for long has lost its worker.
    seen_at: datetime = Field(sa_column=instant())
