"""One write: the case by compare-and-set, its entry, and every row that follows, in one statement.

The statement is compiled once for each set of shapes (operation, table, columns) from the SQLModel
tables. What every row repeats of the case (its id, the entry's number) is sent once; a few rows of
a shape travel as plain parameters, many as one JSON parameter, so a hundred notifications cost no
more text than five.
"""
# ruff: noqa: S608 - made of our own tables and columns; every value is a parameter

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import count, repeat
from typing import LiteralString, NamedTuple

import orjson
from psycopg import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from models import metadata
from workflow.changes import Change, Insert, Update, Upsert, Values, merged
from workflow.prepared import first_row

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

#: What an entry sets of its case besides `seq`, by name.
MOVING_COLUMNS = (
    "edition", "state", "revision", "chain",
    "entered_at", "entered_seq", "clock_at", "clock_extra", "paused_at",
)  # fmt: skip
#: What is set when it begins, besides its id.
OPENING_COLUMNS = ("machine", "definition", "opened_at", *MOVING_COLUMNS)

#: More rows of one shape than this travel as JSON.
FEW = 4

#: What the case's own rows repeat is sent once, as the first parameters.
SHARED = {"case_id": "$1", "seq": "$2"}
CASE, SEQ = SHARED.values()


class CaseWrite(NamedTuple):
    """The case as it shall be, the `seq` it must still have, and the appointments relied on."""

    values: Mapping[str, object]
    expected_seq: int
    appointments: Sequence[str]
    now: datetime


class Shape(NamedTuple):
    """What a part of the write looks like, without its values: the key under which it is compiled.

    An update's last `where` columns are compared, the others set. Its `state` is a closed word and
    compared too: written out, so that the planner sees that the partial index on open rows serves.
    """

    operation: str
    table: str
    columns: tuple[str, ...]
    #: Its rows are the case's own: they repeat its id and its entry's number.
    ours: bool
    where: int = 0
    state: str = ""


class _Part(NamedTuple):
    """A shape and how many rows of it travel as plain parameters; 0 is all of them as JSON."""

    shape: Shape
    rows: int


class _Plan(NamedTuple):
    """Everything the statement's text depends on."""

    opens: bool
    relied: int
    parts: tuple[_Part, ...]


def write(connection: Connection[object], case: CaseWrite, changes: Iterable[Change]) -> bool:
    """Write all or nothing; False when the case has moved on or an appointment no longer holds.

    One round trip outside a transaction (autocommit). Raises psycopg's errors for a row that the
    schema refuses; nothing is written then.
    """
    opens = case.expected_seq == 0
    parameters: list[object] = [case.values["id"], case.values["seq"]]
    parameters += [case.values[name] for name in (OPENING_COLUMNS if opens else MOVING_COLUMNS)]
    if case.appointments:
        parameters += (list(case.appointments), case.now)
    parts = []
    for shape, rows in _shaped(case, changes):
        few = len(rows) <= FEW
        parts.append(_Part(shape, len(rows) if few else 0))
        parameters += _plain(shape, rows) if few else [_as_json(shape, rows)]
    statement = _statement(_Plan(opens, len(case.appointments), tuple(parts)))
    return first_row(connection, statement, parameters) is not None


# ------------------------------------------------------------------------ changes into parameters

Row = list[object]


def _shaped(case: CaseWrite, changes: Iterable[Change]) -> Iterable[tuple[Shape, list[Row]]]:
    """The shapes to write, each with the values that are its rows' own; an update is one row."""
    inserts: dict[Shape, list[Row]] = {}
    updates: list[tuple[Shape, list[Row]]] = []
    for change in merged(changes):
        if isinstance(change, Update):
            shape, own = _update(case, change)
            updates.append((shape, [own]))
        else:
            shape, own = _row(case, change)
            inserts.setdefault(shape, []).append(own)
    return (*inserts.items(), *updates)


def _row(case: CaseWrite, change: Insert | Upsert) -> tuple[Shape, Row]:
    operation = "insert" if isinstance(change, Insert) else "upsert"
    ours, own = _sorted_out(case, change.values)
    return Shape(operation, change.table, tuple(change.values), ours), own


def _update(case: CaseWrite, change: Update) -> tuple[Shape, Row]:
    where = {name: value for name, value in change.where.items() if name != "state"}
    words = [_word(value) for name, value in change.where.items() if name == "state"]
    ours, compared = _sorted_out(case, where)
    columns = (*change.values, *where)
    shape = Shape("update", change.table, columns, ours, len(where), "".join(words))
    return shape, [*change.values.values(), *compared]


def _sorted_out(case: CaseWrite, values: Values) -> tuple[bool, Row]:
    """Whether a row is the case's own, and the values that are not repeated from it."""
    id_, seq = case.values["id"], case.values["seq"]
    ours = values.get("case_id") == id_ and values.get("seq", seq) == seq
    own = [v for name, v in values.items() if name not in SHARED] if ours else [*values.values()]
    return ours, own


def _word(value: object) -> str:
    """A closed word of ours, safe to write out; ValueError for anything else."""
    if isinstance(value, str) and value.isidentifier():
        return value
    raise ValueError(f"{value!r} is no word of a closed list")


def _plain(shape: Shape, rows: Iterable[Row]) -> Row:
    """The rows' own values, one after the other, as psycopg sends them: JSON as text."""
    json = _json_places(shape)
    values: Row = []
    for row in rows:
        for place in json:
            row[place] = None if row[place] is None else orjson.dumps(row[place]).decode()
        values += row
    return values


def _as_json(shape: Shape, rows: Iterable[Row]) -> str:
    names = _own(shape)
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()


@lru_cache(maxsize=1024)
def _repeated(shape: Shape) -> tuple[str, ...]:
    """For each column the slot that it is repeated from; "" where each row sends its own.

    What an update sets is always sent.
    """
    sets = len(shape.columns) - shape.where if shape.operation == "update" else 0
    slots = (SHARED.get(name, "") if shape.ours else "" for name in shape.columns)
    return tuple(slot if n >= sets else "" for n, slot in enumerate(slots))


@lru_cache(maxsize=1024)
def _own(shape: Shape) -> tuple[str, ...]:
    """The columns whose values each row sends."""
    pairs = zip(shape.columns, _repeated(shape), strict=True)
    return tuple(name for name, slot in pairs if not slot)


@lru_cache(maxsize=1024)
def _json_places(shape: Shape) -> tuple[int, ...]:
    columns = metadata.tables[shape.table].columns
    return tuple(n for n, name in enumerate(_own(shape)) if isinstance(columns[name].type, JSONB))


# ------------------------------------------------------------------------ shapes into a statement


class _Slots:
    """Numbers the parameters of one statement, in the order in which `write` sends them."""

    def __init__(self) -> None:
        self._numbers = count(1 + len(SHARED))

    def fresh(self) -> str:
        return f"${next(self._numbers)}"

    def of(
        self, table: str, columns: Iterable[str], repeated: Iterable[str] = repeat("")
    ) -> list[str]:
        """The slots of one row, each with the type of its column."""
        pairs = zip(columns, repeated, strict=False)
        return [f"{slot or self.fresh()}::{_type(table, name)}" for name, slot in pairs]

    def row(self, shape: Shape) -> list[str]:
        return self.of(shape.table, shape.columns, _repeated(shape))


@lru_cache(maxsize=1024)
def _statement(plan: _Plan) -> LiteralString:
    """The statement of one plan; there are few, because a row's effects are fixed."""
    slots = _Slots()
    moved = _insert_case(plan, slots) if plan.opens else _update_case(plan, slots)
    parts = [f"moved AS ({moved})"]
    parts += [f"part{n} AS ({_part(part, slots)})" for n, part in enumerate(plan.parts)]
    return f"WITH {', '.join(parts)} SELECT 1 FROM moved"


def _insert_case(plan: _Plan, slots: _Slots) -> str:
    values = ", ".join(slots.of("cases", OPENING_COLUMNS))
    columns, relied = ", ".join(OPENING_COLUMNS), _relied(plan, slots)
    insert = f"INSERT INTO cases (id, seq, {columns})"
    return f"{insert} SELECT {CASE}, {SEQ}, {values} WHERE {relied} RETURNING id"


def _update_case(plan: _Plan, slots: _Slots) -> str:
    pairs = zip(MOVING_COLUMNS, slots.of("cases", MOVING_COLUMNS), strict=True)
    sets, relied = ", ".join(map(" = ".join, pairs)), _relied(plan, slots)
    same = f"id = {CASE} AND seq = {SEQ} - 1"
    return f"UPDATE cases SET seq = {SEQ}, {sets} WHERE {same} AND {relied} RETURNING id"


def _relied(plan: _Plan, slots: _Slots) -> str:
    """The condition that every appointment relied on still holds; a party relies on none."""
    if not plan.relied:
        return "true"
    ids, now = slots.fresh(), slots.fresh()
    return (
        f"(SELECT count(*) FROM appointment WHERE id = ANY({ids}::text[])"
        f" AND starts <= {now} AND (ends IS NULL OR ends > {now})) = {plan.relied}"
    )


def _part(part: _Part, slots: _Slots) -> str:
    shape = part.shape
    if shape.operation == "update":
        return _set_rows(shape, slots)
    insert = f"INSERT INTO {shape.table} ({', '.join(shape.columns)}) {_source(part, slots)}"
    return insert if shape.operation == "insert" else insert + _replacing(shape)


def _source(part: _Part, slots: _Slots) -> str:
    shape = part.shape
    if part.rows == 1:
        return f"SELECT {', '.join(slots.row(shape))} FROM moved"
    if part.rows:
        rows = ", ".join(f"({', '.join(slots.row(shape))})" for _ in range(part.rows))
        return f"SELECT r.* FROM moved, (VALUES {rows}) AS r"
    types = ", ".join(f"{name} {_type(shape.table, name)}" for name in _own(shape))
    pairs = zip(shape.columns, _repeated(shape), strict=True)
    values = ", ".join(slot or f"r.{name}" for name, slot in pairs)
    return f"SELECT {values} FROM moved, jsonb_to_recordset({slots.fresh()}::jsonb) AS r({types})"


def _set_rows(shape: Shape, slots: _Slots) -> str:
    pairs = list(zip(shape.columns, slots.row(shape), strict=True))
    values, where = pairs[: -shape.where or None], pairs[len(pairs) - shape.where :]
    sets = ", ".join(f"{name} = {slot}" for name, slot in values)
    same = " AND ".join(f"t.{name} = {slot}" for name, slot in where)
    open_only = f" AND t.state = '{shape.state}'" if shape.state else ""
    return f"UPDATE {shape.table} t SET {sets} FROM moved WHERE {same}{open_only}"


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
