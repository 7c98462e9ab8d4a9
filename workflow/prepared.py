"""Prepared statements of the hot path: one round trip each, without what a cursor does besides.

It goes the way that psycopg's own cursors go (its adapters, its generators, `Connection.wait`, its
errors), so Ctrl-C, time-outs and whoever watches a connection's waits find what they know. Each
connection prepares a statement when it meets it first.
"""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Final, LiteralString
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

#: Statements kept prepared on one connection; the one used longest ago gives way.
MOST: Final = 100

#: A statement with the types of its parameters -> its name on the server.
_Names = OrderedDict[tuple[str, tuple[int, ...]], bytes]
_numbers = count(1)
_names: "WeakKeyDictionary[Connection[object], _Names]" = WeakKeyDictionary()


def first_row(
    connection: Connection[object], text: LiteralString, parameters: Sequence[object]
) -> tuple[object, ...] | None:
    """Run a statement with its parameters ($1, $2, ...); the first row, None where there is none.

    Raises psycopg's errors.
    """
    adapters = Transformer(connection)
    values = adapters.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    key = text, adapters.types or ()
    names = _names.get(connection)
    if names is None:
        names = _names[connection] = OrderedDict()
    pgconn = connection.pgconn

    def run() -> PQGen[PGresult]:
        name = names.get(key) or (yield from _prepare(pgconn, names, key))
        pgconn.send_query_prepared(name, values, adapters.formats)
        return (yield from _answer(pgconn))

    result = connection.wait(run())
    names.move_to_end(key)
    adapters.set_pgresult(result)
    return adapters.load_row(0, tuple) if result.ntuples else None


def _prepare(pgconn: PGconn, names: _Names, key: tuple[str, tuple[int, ...]]) -> PQGen[bytes]:
    if len(names) >= MOST:
        pgconn.send_query(b"DEALLOCATE " + names.popitem(last=False)[1])
        yield from _answer(pgconn)
    text, types = key
    name = b"conferral_%d" % next(_numbers)
    pgconn.send_prepare(name, text.encode(), types)
    yield from _answer(pgconn)
    names[key] = name
    return name


def _answer(pgconn: PGconn) -> PQGen[PGresult]:
    results: list[PGresult] = yield from execute(pgconn)
    (result,) = results
    if result.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(result)
    return result
