"""Prepared statements of the hot path: one round trip each, without what a cursor does besides.

A statement that is not prepared yet goes the way that psycopg's own cursors go: its adapters, its
memory of what a connection has prepared, its generators, `Connection.wait` and its errors. One that
is prepared is left to libpq, which sends, waits and answers in one call: what psycopg does to wait
costs more than the waiting. Ctrl-C is heard when it is answered, which `lock_timeout` sees to.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import LiteralString, NamedTuple, cast

from psycopg import Connection
from psycopg._preparing import Prepare
from psycopg._queries import PostgresQuery
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult


class _Query(NamedTuple):
    """What psycopg's memory of prepared statements asks of a query, and what is sent with it."""

    query: bytes
    types: tuple[int, ...]
    values: Sequence[Buffer | None]
    formats: Sequence[Format] | None


def first_row(
    connection: Connection[object], text: LiteralString, parameters: Sequence[object]
) -> tuple[object, ...] | None:
    """Run a statement with its parameters ($1, $2, ...); the first row, None where there is none.

    Raises psycopg's errors.
    """
    adapters = Transformer(connection)
    values = adapters.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    sent = _Query(_encoded(text), adapters.types or (), values, adapters.formats)
    query = cast("PostgresQuery", sent)
    memory = connection._prepared  # noqa: SLF001 - as its cursors do
    known, name = memory.get(query, prepare=True)
    if known is Prepare.YES:
        done = connection.pgconn.exec_prepared(name, values, adapters.formats)  # type: ignore[arg-type]  # None is NULL
        result = _well(done)
        memory.maybe_add_to_cache(query, known, name)
    else:
        result = connection.wait(_first_time(connection, sent))
    adapters.set_pgresult(result)
    return adapters.load_row(0, tuple) if result.ntuples else None


#: The same bytes each time, so that they are hashed once.
_encoded = lru_cache(maxsize=1024)(str.encode)


def _first_time(connection: Connection[object], sent: _Query) -> PQGen[PGresult]:
    """Prepare it, run it, and have psycopg remember it."""
    query, values, formats = cast("PostgresQuery", sent), sent.values, sent.formats
    memory, pgconn = connection._prepared, connection.pgconn  # noqa: SLF001
    known, name = memory.get(query, prepare=True)
    if known is Prepare.SHOULD:
        pgconn.send_prepare(name, query.query, query.types)
        yield from _answer(pgconn)
    if known is Prepare.NO:  # a connection through a pooler may not prepare
        pgconn.send_query_params(query.query, values, query.types, formats)
    else:
        pgconn.send_query_prepared(name, values, formats)
    result = yield from _answer(pgconn)
    if key := memory.maybe_add_to_cache(query, known, name):
        memory.validate(key, known, name, [result])
    yield from memory.maintain_gen(connection)
    return result


def _answer(pgconn: PGconn) -> PQGen[PGresult]:
    results: list[PGresult] = yield from execute(pgconn)
    (result,) = results
    return _well(result)


def _well(result: PGresult) -> PGresult:
    if result.status == ExecStatus.FATAL_ERROR:
        error = error_from_result(result)
        # libpq's own words, not the server's: the connection is lost.
        raise error if error.sqlstate else OperationalError(str(error))
    return result
