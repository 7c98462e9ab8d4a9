"""Fixtures of the engine's tests: a database with the sample people, and a play on it."""

from collections.abc import Iterator

import psycopg
import pytest

from conferral.compose import pool
from tests.factory import seed_people
from tests.workflow.play import Play


@pytest.fixture
def play(database_url: str) -> Iterator[Play]:
    with psycopg.connect(database_url) as connection:
        seed_people(connection)
    with pool(database_url, size=6) as connect:
        yield Play(connect)
