"""The calendar in force, as versions that are only added to; every process agrees on the last."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, Text, text
from sqlmodel import Field, SQLModel

from models.base import check, instant, json_value


class CalendarVersion(SQLModel, table=True):
    """One edition of the university's calendar, who put it in force and why."""

    __tablename__ = "calendar_version"
    __table_args__ = (check("counted_from_one", "version >= 1"), check("why", "reason <> ''"))

    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    #: The file as it was given, as JSON.
    said: dict[str, object] = Field(sa_column=json_value())
    reason: str = Field(sa_column=Column(Text, nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=instant())
    #: By the database's clock: other processes need a moment to notice it.
    noticed_from: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
    #: The last case whose dates were counted anew, and when all were.
    reached: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    done_at: datetime | None = Field(default=None, sa_column=instant(required=False))
