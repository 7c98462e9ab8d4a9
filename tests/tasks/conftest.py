"""A database with the sample people, an engine on it, and one proposal to write about."""

from collections.abc import Iterator

import psycopg
import pytest

from tests import factory
from tests.tasks import world
from workflow.engine import Engine

Link = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def clock() -> world.SetClock:
    return world.SetClock()


@pytest.fixture
def link(database_url: str) -> Iterator[Link]:
    """An autocommit connection to a database that has the sample people and MC-1, a draft."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        factory.seed_people(connection)
        world.lay_case(connection)
        yield connection


@pytest.fixture
def engine(database_url: str, link: Link, clock: world.SetClock) -> Iterator[Engine]:
    del link  # only that its rows are there
    with world.engine_on(database_url, clock=clock) as made:
        yield made
