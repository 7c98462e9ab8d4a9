"""The short way of a hot statement keeps to what psycopg's cursors promise."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import DivisionByZero, OperationalError

from workflow.prepared import first_row

Link = psycopg.Connection[tuple[object, ...]]
PREPARED = "SELECT count(*) FROM pg_prepared_statements"


@pytest.fixture
def link(empty_database_url: str) -> Iterator[Link]:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        yield connection


def test_it_answers_the_first_row_in_python_values_or_none(link: Link) -> None:
    assert first_row(link, "SELECT $1::int, $2::text", [7, None]) == (7, None)
    assert first_row(link, "SELECT n FROM generate_series(1, $1::int) n", [3]) == (1,)
    assert first_row(link, "SELECT n FROM generate_series(1, $1::int) n", [0]) is None


def test_a_statement_is_prepared_once_for_each_set_of_types(link: Link) -> None:
    for value in (1, 2, 3):
        first_row(link, "SELECT $1::int", [value])
    assert link.execute(PREPARED).fetchone() == (1,)
    first_row(link, "SELECT $1::int", [None])
    assert link.execute(PREPARED).fetchone() == (2,)


def test_a_rollback_that_forgets_what_was_prepared_is_heard_of(link: Link) -> None:
    first_row(link, "SELECT $1::int", [1])
    with link.transaction(force_rollback=True):
        first_row(link, "SELECT $1::int", [2])
    with link.transaction():
        link.execute("SELECT 1")
        assert first_row(link, "SELECT $1::int", [3]) == (3,)


def test_the_statement_used_longest_ago_gives_way(link: Link) -> None:
    link.prepared_max = 2
    for n in (1, 2, 3, 1):
        first_row(link, f"SELECT $1::int + {n}", [n])  # type: ignore[arg-type]
    assert link.execute(PREPARED).fetchone() == (2,)


def test_a_connection_that_may_not_prepare_runs_it_all_the_same(link: Link) -> None:
    link.prepare_threshold = None
    assert first_row(link, "SELECT $1::int", [7]) == (7,)
    assert link.execute(PREPARED).fetchone() == (0,)


def test_an_error_of_the_server_is_psycopgs_own(link: Link) -> None:
    for _ in range(2):
        with pytest.raises(DivisionByZero):
            first_row(link, "SELECT 1 / $1::int", [0])
    with pytest.raises(psycopg.errors.UndefinedTable):
        first_row(link, "SELECT * FROM nothing", [])
    assert first_row(link, "SELECT 1 / $1::int", [1]) == (1,)


@pytest.mark.parametrize("prepared", [False, True])
def test_a_connection_that_the_server_ended_is_an_operational_error(
    link: Link, empty_database_url: str, *, prepared: bool
) -> None:
    if prepared:
        first_row(link, "SELECT $1::int", [1])
    with psycopg.connect(empty_database_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [link.info.backend_pid])
    with pytest.raises(OperationalError):
        first_row(link, "SELECT $1::int", [1])
    assert link.broken
