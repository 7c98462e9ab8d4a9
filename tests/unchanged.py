"""Proof that something left the database as it was: every table is compared before and after."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import psycopg
from psycopg import sql

#: The rows of each table as text; a Counter, because a table may hold two equal rows.
Content = Mapping[str, Counter[str]]


@contextmanager
def unchanged(database_url: str) -> Iterator[None]:
    """Fail, naming tables and rows, when the block has changed any table of the database.

    Numbers drawn from a sequence do not count: a number not used is no trace.
    """
    before = content(database_url)
    yield
    told = [line for line in differences(before, content(database_url)) if line]
    if told:
        raise AssertionError("The database has changed:\n" + "\n".join(told))


def content(database_url: str) -> Content:
    """Every row of every table, system tables aside."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return {
            ".".join(cast("tuple[str, str]", table)): Counter(
                str(row[0])
                for row in connection.execute(
                    sql.SQL("SELECT t::text FROM {} t").format(
                        sql.Identifier(*cast("tuple[str, str]", table))
                    )
                )
            )
            for table in tables
        }


def differences(before: Content, after: Content) -> Iterator[str]:
    """What is new and what is gone, a line each."""
    for table in sorted({*before, *after}):
        was, now = before.get(table, Counter()), after.get(table, Counter())
        yield from (f"+ {table} {row}" for row in (now - was).elements())
        yield from (f"- {table} {row}" for row in (was - now).elements())
