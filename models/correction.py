"""What somebody proposed to set right, and what a second person answered."""

from datetime import datetime

from sqlalchemy import Column, Integer, Text
from sqlmodel import Field, SQLModel

from models.base import case_key, check, instant, one_of, person_key


class Correction(SQLModel, table=True):
    """One correction: what it is, what was on record and what should be, under both names."""

    __tablename__ = "correction"
    __table_args__ = (
        one_of("answer", ("open", "confirmed", "dropped")),
        check("words_given", "what <> '' AND value <> '' AND reason <> ''"),
        check("something_changes", "was <> value"),
        check(
            "answered_by_somebody",
            "(answer = 'open') = (answered_by IS NULL)"
            " AND (answer = 'open') = (answered_at IS NULL)",
        ),
        check("two_people", "answer <> 'confirmed' OR answered_by <> proposed_by"),
    )

    case_id: str = Field(sa_column=case_key(primary=True))
    #: Its entry in the history.
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    what: str = Field(sa_column=Column(Text, nullable=False))
    was: str = Field(sa_column=Column(Text, nullable=False))
    value: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    proposed_by: str = Field(sa_column=person_key())
    on_behalf_of: str | None = Field(default=None, sa_column=person_key(required=False))
    proposed_at: datetime = Field(sa_column=instant())
    answer: str = Field(sa_column=Column(Text, nullable=False, server_default="open"))
    answered_by: str | None = Field(default=None, sa_column=person_key(required=False))
    answered_at: datetime | None = Field(default=None, sa_column=instant(required=False))
