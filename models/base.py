"""What every table shares: names that read, times in UTC, closed lists that the database checks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = SQLModel.metadata


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """Check that `column` holds one of `values`; the closed list lives in the schema."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def check(name: str, condition: str) -> CheckConstraint:
    """Name an invariant of a row so that a violation reads as a sentence."""
    return CheckConstraint(condition, name=name)


def instant(*, required: bool = True) -> "Column[datetime]":
    """A point in time, kept in UTC to the microsecond."""
    return Column(DateTime(timezone=True), nullable=not required)


def json_value(*, required: bool = True) -> "Column[object]":
    """A JSON value kept as JSONB; SQL NULL, never JSON null, where it is absent."""
    return Column(JSONB(none_as_null=True), nullable=not required)


def case_key(*, primary: bool = False) -> "Column[str]":
    """The case a row belongs to."""
    return Column(Text, ForeignKey("cases.id"), primary_key=primary, nullable=False)


def person_key(*, required: bool = True, primary: bool = False) -> "Column[str]":
    """The person a row names."""
    return Column(Text, ForeignKey("person.id"), primary_key=primary, nullable=not required)
