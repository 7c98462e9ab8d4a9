"""What a database holds, as text that two databases can be compared by."""

from collections.abc import Mapping
from typing import LiteralString, cast

from psycopg import sql

from tests.faults.killing import Link

#: Columns that tell how often a worker tried, and when by the database's clock: not what was done.
TRIES: Mapping[str, tuple[str, ...]] = {
    "follow_on": ("attempts", "fence", "lease_until"),
    "deadline": ("fence", "lease_until"),
    "envelope": ("lease_until",),
    "census": ("id",),
}
#: The digest of each table's rows, and the rows where they are asked for.
Content = Mapping[str, str]
Rows = Mapping[str, tuple[str, ...]]


def content(link: Link) -> Content:
    """What every table but those of people holds, as a digest, without the columns of `TRIES`."""
    found = link.execute(_statement(link, "md5(string_agg(t, E'\\n' ORDER BY t))")).fetchall()
    return {str(table): str(rows) for table, rows in found}


def rows(link: Link) -> Rows:
    """The same, row by row: for what a failure has to say."""
    found = link.execute(_statement(link, "array_agg(t ORDER BY t)")).fetchall()
    return {str(table): tuple(cast("list[str]", rows or [])) for table, rows in found}


def _statement(link: Link, what: LiteralString) -> sql.Composed:
    tables = link.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename NOT IN ('person', 'unit', 'alembic_version') ORDER BY 1"
    ).fetchall()
    one = "SELECT {name}, {what} FROM (SELECT {row}::text AS t FROM {table} r) AS rows"
    parts = [
        sql.SQL(one).format(
            name=sql.Literal(table), table=sql.Identifier(str(table)), what=sql.SQL(what),
            row=_row(str(table)),
        )
        for (table,) in tables
    ]  # fmt: skip
    return sql.SQL(" UNION ALL ").join(parts)


#: A clock that fired cancels the others of its state, and itself with them until its worker says
#: "fired". Where the worker died in between, the entry under its key says so.
_FIRED = """CASE WHEN r.state = 'cancelled'
             AND EXISTS (SELECT FROM entry e WHERE e.key = r.id::text)
            THEN '{"state": "fired"}' ELSE '{}' END::jsonb"""


def _row(table: str) -> sql.Composable:
    if table not in TRIES:
        return sql.SQL("r")
    plain = sql.SQL("to_jsonb(r) - {}::text[]").format(list(TRIES[table]))
    fired = sql.SQL(_FIRED if table == "deadline" else "'{}'::jsonb")
    return sql.SQL("({} || {})").format(plain, fired)


def differences(before: Rows, after: Rows) -> list[str]:
    """What is new and what is gone, a line each."""
    told = []
    for table in sorted({*before, *after}):
        was, now = list(before.get(table, ())), list(after.get(table, ()))
        told += [f"+ {table} {row}" for row in _minus(now, was)]
        told += [f"- {table} {row}" for row in _minus(was, now)]
    return told


def _minus(rows: list[str], others: list[str]) -> list[str]:
    left = list(others)
    kept = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            kept.append(row)
    return kept
