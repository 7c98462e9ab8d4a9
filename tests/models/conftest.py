"""One database with a coherent row in every table; each test's changes are rolled back."""

from collections.abc import Iterator

import psycopg
import pytest

from conferral.servers import Servers
from models import migrate
from tests import factory
from tests.servers import url_of

LAID = "conferral_laid"


@pytest.fixture(scope="package")
def laid(servers: Servers) -> str:
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {LAID}")
    url = url_of(servers, LAID)
    migrate(url)
    with psycopg.connect(url) as connection:
        factory.insert_rows(connection)
    return url


@pytest.fixture
def rows(laid: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(laid) as connection:
        yield connection
        connection.rollback()
