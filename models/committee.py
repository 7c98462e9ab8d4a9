"""Agenda items: their own document, the frozen electorate of a vote, and the votes."""

from datetime import date, datetime

from sqlalchemy import Column, Date, Index, Integer, Text
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, json_value, one_of, person_key


class AgendaItem(SQLModel, table=True):
    """The subject of an agenda item: one a required body, voting on the underlying curriculum."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        one_of("section", ("", "consent", "discussion")),
        one_of("mode", ("", "meeting", "e_ballot")),
        check("document_hash_is_a_sha256", "document_hash ~ '^[0-9a-f]{64}$'"),
        check("on_an_agenda_with_a_date", "(section = '') = (meeting_on IS NULL)"),
        check("opened_with_a_mode", "(mode = '') = (opened_at IS NULL)"),
        check("opened_with_its_rules", "(mode = '') = (rules IS NULL)"),
        Index("ix_agenda_item_proposal", "proposal", "position"),
        Index("ix_agenda_item_meeting", "body", "meeting_on"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    proposal: str = Field(sa_column=case_key())
    #: A body of the edition's committees ("ugc", "ucc", ...), and its place in the order.
    body: str = Field(sa_column=Column(Text, nullable=False))
    position: int = Field(sa_column=Column(Integer, nullable=False))
    unit: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    #: What the votes bind: curriculum reference and text, not the badge's design.
    document: dict[str, object] = Field(sa_column=json_value())
    document_hash: str = Field(sa_column=Column(Text, nullable=False))
    #: The item this one takes up again, after a return or an appeal.
    after_item: str | None = Field(default=None, sa_column=Column(Text))
    meeting_on: date | None = Field(default=None, sa_column=Column(Date))
    section: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    #: When it stood on the public agenda: notice runs from here.
    noticed_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    notice_waived: bool = Field(default=False, nullable=False)
    mode: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    opened_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: The voting rules in force when voting opened: the vote is judged by them.
    rules: dict[str, object] | None = Field(default=None, sa_column=json_value(required=False))
    closes_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: How many times voting was opened: a vote counts for its round only.
    round: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    #: The counted vote and its sentence; written once, when the vote closes.
    tally: dict[str, object] | None = Field(default=None, sa_column=json_value(required=False))
    #: The committee action date (MC-10b).
    acted_on: date | None = Field(default=None, sa_column=Column(Date))
    #: First day of the term in which what was carried takes effect.
    effective_on: date | None = Field(default=None, sa_column=Column(Date))


class Seat(SQLModel, table=True):
    """One member of the electorate as frozen when voting opened; recusal leaves the denominator."""

    __tablename__ = "seat"
    __table_args__ = (
        check("recused_with_a_reason", "NOT recused OR reason <> ''"),
        check("not_for_oneself", "stands_for IS NULL OR stands_for <> person"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    person: str = Field(sa_column=person_key(primary=True))
    #: 0 for a recusal declared before voting opened.
    round: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    present: bool = Field(default=False, nullable=False)
    chair: bool = Field(default=False, nullable=False)
    recused: bool = Field(default=False, nullable=False)
    reason: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    #: The member whose seat an alternate fills, who is recused or not there.
    stands_for: str | None = Field(default=None, sa_column=person_key(required=False))


class Vote(SQLModel, table=True):
    """A member's vote in a round, by name, on the hash it judges; changeable until the close."""

    __tablename__ = "vote"
    __table_args__ = (
        one_of("choice", ("yes", "no", "abstain")),
        check("document_hash_is_a_sha256", "document_hash ~ '^[0-9a-f]{64}$'"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    person: str = Field(sa_column=person_key(primary=True))
    round: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    choice: str = Field(sa_column=Column(Text, nullable=False))
    document_hash: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=instant())
    seq: int = Field(sa_column=Column(Integer, nullable=False))


class Meeting(SQLModel, table=True):
    """A committee's meeting: when and where, and the agenda in its order, frozen when published."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index(
            "uq_meeting_body_day", "body", "held_on", unique=True,
            postgresql_where="NOT cancelled",
        ),
    )  # fmt: skip

    case_id: str = Field(sa_column=case_key(primary=True))
    body: str = Field(sa_column=Column(Text, nullable=False))
    #: The committee and the day, as a heading.
    title: str = Field(sa_column=Column(Text, nullable=False))
    held_on: date = Field(sa_column=Column(Date, nullable=False))
    starts_at: datetime = Field(sa_column=instant())
    place: str = Field(sa_column=Column(Text, nullable=False))
    #: Since when the agenda is public: the notice of its items runs from here.
    published_at: datetime | None = Field(default=None, sa_column=instant(required=False))
    #: Ids of agenda items in their order.
    agenda: list[str] = Field(sa_column=json_value())
    cancelled: bool = Field(default=False, nullable=False)


class Attendance(SQLModel, table=True):
    """What a member said of coming to a meeting, and how they came."""

    __tablename__ = "attendance"
    __table_args__ = (
        one_of("rsvp", ("", "yes", "remote", "no")),
        one_of("came", ("", "room", "remote")),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    person: str = Field(sa_column=person_key(primary=True))
    rsvp: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    note: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    came: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
