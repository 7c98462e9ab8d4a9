"""A database with the sample people and one proposal, an engine on it, a mail server, a context."""

import itertools
import os
from collections.abc import Iterator

import psycopg
import pytest

from conferral.servers import Servers
from tasks.context import Context
from tests import factory
from tests.servers import TEMPLATE, url_of
from tests.tasks import world
from tests.tasks.post import Sink, sink
from workflow.engine import Engine

Link = psycopg.Connection[tuple[object, ...]]
_numbers = itertools.count(1)


@pytest.fixture(scope="package")
def peopled(servers: Servers, template: str) -> str:
    """The name of a database that each test here gets a copy of."""
    del template  # only that it is there
    name = "conferral_peopled"
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    with psycopg.connect(url_of(servers, name), autocommit=True) as connection:
        factory.seed_people(connection)
        world.lay_case(connection)
    return name


@pytest.fixture
def database_url(servers: Servers, peopled: str) -> Iterator[str]:
    """A database of this test alone, with the sample people and MC-1, a draft."""
    name = f"tasks_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {peopled} STRATEGY file_copy")
        yield url_of(servers, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> world.SetClock:
    return world.SetClock()


@pytest.fixture
def link(database_url: str) -> Iterator[Link]:
    """An autocommit connection to the test's database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def engine(database_url: str, clock: world.SetClock) -> Iterator[Engine]:
    with world.engine_on(database_url, clock=clock) as made:
        yield made


@pytest.fixture
def post() -> Iterator[Sink]:
    """A mail server that takes everything until it is told otherwise."""
    with sink() as made:
        yield made


@pytest.fixture
def context(engine: Engine, post: Sink) -> Context:
    """What a worker has, without a broker."""
    return Context(
        engine=engine, smtp_url=post.url, sender="Conferral <conferral@example.edu>",
        base_url="https://conferral.example.edu",
    )  # fmt: skip
