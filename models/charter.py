"""What committees are and how they vote, version by version: each in force from an instant on."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field, SQLModel

from models.base import check, json_value


class Charter(SQLModel, table=True):
    """One committee as it is from an instant on; the data file says what it was before the first.

    Of several that begin at once the one entered last counts, so that a mistake is mended by one
    line more. Rows are only added.
    """

    __tablename__ = "charter"
    __table_args__ = (check("of_its_body", "said ->> 'id' = body"),)

    body: str = Field(sa_column=Column(Text, primary_key=True))
    starts: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    #: The line of the register that tells who entered it, when and why.
    entry: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    #: The whole body: name, kind, order, levels, voting rules.
    said: dict[str, object] = Field(sa_column=json_value())
