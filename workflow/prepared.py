"""Prepared statements of the hot path: one round trip each, without what a cursor does besides.

It goes the way that psycopg's own cursors go: its adapters, its memory of what a connection has
prepared, its generators, `Connection.wait` and its errors. So Ctrl-C, a rollback that forgets every
prepared statement, and whoever watches a connection's waits find what they know.
"""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple, cast

from psycopg import Connection
from psycopg._preparing import Prepare
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult


class _Query(NamedTuple):
    """What psycopg's memory of prepared statements asks of a query."""

    query: bytes
    types: tuple[int, ...]


def first_row(
    connection: Connection[object], text: LiteralString, parameters: Sequence[object]
) -> tuple[object, ...] | None:
    """Run a statement with its parameters ($1, $2, ...); the first row, None where there is none.

    Raises psycopg's errors.
    """
    adapters = Transformer(connection)
    values = adapters.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    query = cast("PostgresQuery", _Query(text.encode(), adapters.types or ()))
    memory, pgconn = connection._prepared, connection.pgconn  # noqa: SLF001 - as its cursors do

    def run() -> PQGen[PGresult]:
        known, name = memory.get(query, prepare=True)
        if known is Prepare.SHOULD:
            pgconn.send_prepare(name, query.query, query.types)
            yield from _answer(pgconn)
        if known is Prepare.NO:  # a connection through a pooler may not prepare
            pgconn.send_query_params(query.query, values, query.types, adapters.formats)
        else:
            pgconn.send_query_prepared(name, values, adapters.formats)
        result = yield from _answer(pgconn)
        if key := memory.maybe_add_to_cache(query, known, name):
            memory.validate(key, known, name, [result])
        yield from memory.maintain_gen(connection)
        return result

    result = connection.wait(run())
    adapters.set_pgresult(result)
    return adapters.load_row(0, tuple) if result.ntuples else None


def _answer(pgconn: PGconn) -> PQGen[PGresult]:
    results: list[PGresult] = yield from execute(pgconn)
    (result,) = results
    if result.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(result)
    return result
