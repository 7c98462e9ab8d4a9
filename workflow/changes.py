"""Rows to write, as values: an insert, an upsert or an update of one table."""

from collections.abc import Iterable, Mapping
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


class OverlapError(ValueError):
    """Two updates of one write may meet the same row and would set it differently.

    In one statement PostgreSQL applies only one of them, and does not say which.
    """


def merged(changes: Iterable[Change]) -> list[Change]:
    """Join updates of the same rows into one; OverlapError where two could meet and disagree.

    >>> merged([Update("t", {"id": 1}, {"a": 1}), Update("t", {"id": 1}, {"b": 2})])
    [Update(table='t', where={'id': 1}, values={'a': 1, 'b': 2})]
    """
    kept: list[Change] = []
    updates: list[Update] = []
    for change in changes:
        if not isinstance(change, Update):
            kept.append(change)
            continue
        same = next((n for n, u in enumerate(updates) if _same_rows(u, change)), None)
        if same is None:
            updates.append(change)
        else:
            first = updates[same]
            updates[same] = Update(first.table, first.where, {**first.values, **change.values})
    for n, update in enumerate(updates):
        for other in updates[:n]:
            if _may_meet(update, other) and update.values != other.values:
                raise OverlapError(f"{update} and {other}")
    return kept + updates


def _same_rows(one: Update, other: Update) -> bool:
    return one.table == other.table and one.where == other.where


def _may_meet(one: Update, other: Update) -> bool:
    if one.table != other.table:
        return False
    return all(
        one.where[name] == other.where[name] for name in one.where.keys() & other.where.keys()
    )
