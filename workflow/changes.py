"""Rows to write, as values: an insert, an upsert or an update of one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row of `table`."""

    table: str
    values: Values


@dataclass(frozen=True, slots=True)
class Upsert:
    """A row that replaces the one with the same primary key (a changed vote, a second try)."""

    table: str
    values: Values


@dataclass(frozen=True, slots=True)
class Update:
    """Set `values` on the rows of `table` where every column of `where` equals its value."""

    table: str
    where: Values
    values: Values = field(default_factory=dict)


Change = Insert | Upsert | Update
