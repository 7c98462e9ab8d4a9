"""What every test relies on: a database of its own, and no way to another machine."""

import os
import socket

import psycopg
import pytest


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match=r"tried to reach 192\.0"):
        probe.connect(("192.0.2.1", 80))


def test_this_machine_is_reached(valkey_url: str) -> None:
    port = int(valkey_url.rpartition(":")[2].removesuffix("/0"))
    with socket.create_connection(("localhost", port), timeout=5):
        pass


def test_no_address_of_the_person_who_runs_the_tests_is_left() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY"} & set(os.environ) == set()


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_begins_with_a_database_nobody_wrote_to(database_url: str, time: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE mine (word text)")
        connection.execute("INSERT INTO mine VALUES (%s)", [time])
        assert connection.execute("SELECT count(*) FROM mine").fetchone() == (1,)


def test_a_database_can_be_had_without_tables(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (0,)
