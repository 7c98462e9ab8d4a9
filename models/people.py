"""Who there is, where they belong and what they are appointed to."""

from datetime import datetime

from sqlalchemy import ARRAY, Boolean, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import check, instant, person_key


class Person(SQLModel, table=True):
    """Someone who acts, learns or is written to; the id is a directory key, never an address."""

    __tablename__ = "person"
    __table_args__ = (
        check("name_given", "name <> ''"),
        check("mail_given", "email LIKE '%@%'"),
        # These two act without being anyone: a person of that name would be them.
        check("not_an_engine", "id NOT IN ('system', 'timer')"),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    email: str = Field(sa_column=Column(Text, nullable=False))
    #: IANA zone in which this person reads times.
    zone: str = Field(sa_column=Column(Text, nullable=False))
    #: False for learners who hold no university account (MC-8c).
    enrolled: bool = Field(default=True, nullable=False)
    #: Faculty on nine months: days off contract do not count for what waits for them.
    nine_months: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default="false")
    )


class Unit(SQLModel, table=True):
    """A department, college, school, centre or office that may propose (MC-U1)."""

    __tablename__ = "unit"
    __table_args__ = (check("path_starts_at_itself", "path[1] IS NOT DISTINCT FROM id"),)

    id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    #: From the unit itself up to the university: where the next head up is looked for.
    path: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class Appointment(SQLModel, table=True):
    """A role a person holds for a time in a scope: a unit, a committee, a roster, or '' for all.

    A delegation is an appointment that names on whose behalf it is held.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        check("ends_after_it_starts", "ends IS NULL OR ends > starts"),
        check("not_on_own_behalf", "on_behalf_of IS NULL OR on_behalf_of <> person"),
        check("alternates_stand_for_another", "(role = 'committee_alternate')"
              " = (stands_for IS NOT NULL) AND (stands_for IS NULL OR stands_for <> person)"),
        Index("ix_appointment_person", "person"),
        Index("ix_appointment_role_scope", "role", "scope"),
        Index("ix_appointment_on_behalf_of", "on_behalf_of",
              postgresql_where="on_behalf_of IS NOT NULL"),
    )  # fmt: skip

    id: str = Field(sa_column=Column(Text, primary_key=True))
    person: str = Field(sa_column=person_key())
    role: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    starts: datetime = Field(sa_column=instant())
    ends: datetime | None = Field(default=None, sa_column=instant(required=False))
    on_behalf_of: str | None = Field(default=None, sa_column=person_key(required=False))
    #: The member whose seat an alternate fills where that member is recused or not there.
    stands_for: str | None = Field(default=None, sa_column=person_key(required=False))
    #: Why somebody stands in, as whoever named them put it.
    reason: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class Identity(SQLModel, table=True):
    """Who a person is to an identity provider: its issuer and subject, never an address."""

    __tablename__ = "identity"
    __table_args__ = (
        # A second account of the same provider would be a second way into one person's work.
        UniqueConstraint("issuer", "person", name="uq_identity_issuer_person"),
    )

    issuer: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    person: str = Field(sa_column=person_key())
    since: datetime = Field(sa_column=instant())


class Session(SQLModel, table=True):
    """A signed-in browser; only the hash of its secret is kept."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_person", "person"),)

    hash: str = Field(sa_column=Column(Text, primary_key=True))
    person: str = Field(sa_column=person_key())
    created_at: datetime = Field(sa_column=instant())
    seen_at: datetime = Field(sa_column=instant())
