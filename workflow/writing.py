"""One write: the case by compare-and-set, its entry, and every row that follows, in one statement.

The statement is compiled once for each set of (operation, table, columns) from the SQLModel tables;
rows travel as one JSON parameter a table, so a hundred notifications cost no more text than one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import LiteralString, NamedTuple, cast

import orjson
from psycopg import Connection
from sqlalchemy.dialects import postgresql

from models import metadata
from workflow.changes import Change, Insert, Update, Upsert, Values, merged

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

#: What of the case is compared and what is set, by name.
CASE_COLUMNS = (
    "id", "machine", "definition", "edition", "state", "revision", "seq", "chain",
    "entered_at", "entered_seq", "opened_at", "clock_at", "clock_extra", "paused_at",
)  # fmt: skip


class Shape(NamedTuple):
    """What a part of the write looks like, without its values: the key under which it is compiled.

    `literals` are the closed words an update compares with: written out, so that the planner sees
    that the partial index on open rows serves.
    """

    operation: str
    table: str
    columns: tuple[str, ...]
    where: tuple[str, ...] = ()
    literals: tuple[tuple[str, str], ...] = ()


class CaseWrite(NamedTuple):
    """The case as it shall be, the `seq` it must still have, and the appointments relied on."""

    values: Mapping[str, object]
    expected_seq: int
    appointments: Sequence[str]
    now: datetime


def write(connection: Connection[object], case: CaseWrite, changes: Iterable[Change]) -> bool:
    """Write all or nothing; False when the case has moved on or an appointment no longer holds.

    One round trip outside a transaction (autocommit). Raises psycopg's errors for a row that the
    schema refuses; nothing is written then.
    """
    inserts: dict[Shape, list[Values]] = {}
    updates: list[tuple[Shape, list[object]]] = []
    for change in merged(changes):
        if isinstance(change, Update):
            updates.append(_update(change))
        else:
            inserts.setdefault(_rows(change), []).append(change.values)
    parameters = _case_parameters(case)
    parameters += [orjson.dumps(rows).decode() for rows in inserts.values()]
    for _, values in updates:
        parameters += values
    shapes = (*inserts, *(shape for shape, _ in updates))
    statement = _statement(case.expected_seq == 0, shapes)
    with connection.cursor() as cursor:
        found = cursor.execute(statement, parameters, prepare=True).fetchone()
    return bool(found and cast("tuple[int]", found)[0])


def _case_parameters(case: CaseWrite) -> list[object]:
    values = [case.values[column] for column in CASE_COLUMNS]
    relied = [list(case.appointments), case.now, case.now, len(case.appointments)]
    if case.expected_seq == 0:
        return [*values, *relied]
    return [*values[3:], *relied, case.values["id"], case.expected_seq]


def _rows(change: Insert | Upsert) -> Shape:
    operation = "insert" if isinstance(change, Insert) else "upsert"
    return Shape(operation, change.table, tuple(change.values))


def _update(change: Update) -> tuple[Shape, list[object]]:
    """The shape of an update and its parameters, in the order of the statement."""
    where = {name: value for name, value in change.where.items() if name != "state"}
    literals = tuple(
        (name, _word(value)) for name, value in change.where.items() if name == "state"
    )
    shape = Shape("update", change.table, tuple(change.values), tuple(where), literals)
    return shape, [_plain(value) for value in (*change.values.values(), *where.values())]


def _word(value: object) -> str:
    """A closed word of ours, safe to write out; ValueError for anything else."""
    if isinstance(value, str) and value.isidentifier():
        return value
    raise ValueError(f"{value!r} is no word of a closed list")


def _plain(value: object) -> object:
    """A value as psycopg sends it: JSON as text, the rest as it is."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


_RELIED = """(SELECT count(*) FROM appointment WHERE id = ANY(%s) AND starts <= %s
               AND (ends IS NULL OR ends > %s)) = %s"""


@lru_cache(maxsize=1024)
def _statement(opens: bool, shapes: tuple[Shape, ...]) -> LiteralString:  # noqa: FBT001
    """The statement of one set of shapes; the set is small, because a row's effects are fixed."""
    moved = _insert_case() if opens else _update_case()
    parts = [f"moved AS ({moved})"]
    parts += [f"part{n} AS ({_part(shape)})" for n, shape in enumerate(shapes)]
    return cast("LiteralString", f"WITH {', '.join(parts)} SELECT count(*) FROM moved")


def _insert_case() -> str:
    slots = ", ".join(f"%s::{_type('cases', column)}" for column in CASE_COLUMNS)
    columns = ", ".join(CASE_COLUMNS)
    return f"INSERT INTO cases ({columns}) SELECT {slots} WHERE {_RELIED} RETURNING id"  # noqa: S608


def _update_case() -> str:
    sets = ", ".join(f"{column} = %s" for column in CASE_COLUMNS[3:])
    return f"UPDATE cases SET {sets} WHERE {_RELIED} AND id = %s AND seq = %s RETURNING id"  # noqa: S608


def _part(shape: Shape) -> str:
    return _set_rows(shape) if shape.operation == "update" else _new_rows(shape)


def _set_rows(shape: Shape) -> str:
    sets = ", ".join(f"{name} = %s::{_type(shape.table, name)}" for name in shape.columns)
    same = [f"t.{name} = %s::{_type(shape.table, name)}" for name in shape.where]
    same += [f"t.{name} = '{word}'" for name, word in shape.literals]
    return f"UPDATE {shape.table} t SET {sets} FROM moved WHERE {' AND '.join(same)}"  # noqa: S608


def _new_rows(shape: Shape) -> str:
    types = ", ".join(f"{name} {_type(shape.table, name)}" for name in shape.columns)
    columns, values = ", ".join(shape.columns), ", ".join(f"r.{name}" for name in shape.columns)
    source = f"moved, jsonb_to_recordset(%s::jsonb) AS r({types})"
    insert = f"INSERT INTO {shape.table} ({columns}) SELECT {values} FROM {source}"  # noqa: S608
    return insert if shape.operation == "insert" else insert + _replacing(shape)


def _replacing(shape: Shape) -> str:
    keys = _primary_key(shape.table)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in shape.columns if name not in keys)
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


@cache
def _primary_key(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in metadata.tables[table].primary_key)


@cache
def _type(table: str, name: str) -> str:
    column = metadata.tables[table].columns[name]
    return column.type.compile(dialect=_DIALECT)
