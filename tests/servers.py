"""Fixtures of real servers, and the guard that keeps tests on this machine."""

import itertools
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest

from conferral.servers import Servers, embedded

TEMPLATE = "conferral_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """No test speaks to another machine: a connection to one fails at once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(
    connect: Callable[[socket.socket, object], object],
) -> Callable[[socket.socket, object], object]:
    def guarded(self: socket.socket, address: object) -> object:
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    return guarded


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One PostgreSQL and one Valkey for the whole run, without durability."""
    with (
        tempfile.TemporaryDirectory(prefix="conferral-tests-") as folder,
        embedded(Path(folder), need_smtp=False, fast=True, keep=False, environ={}) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def valkey_url(servers: Servers) -> str:
    return servers.redis_url


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """The URL of a migrated database that each test gets a copy of."""
    from models import migrate

    with _maintenance(servers) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    url = url_of(servers, TEMPLATE)
    migrate(url)
    return url


@pytest.fixture
def empty_database_url(servers: Servers) -> Iterator[str]:
    """A fresh database without any table."""
    yield from _database(servers, copy_of="template0")


@pytest.fixture
def database_url(servers: Servers, template: str) -> Iterator[str]:  # noqa: ARG001 -- made first
    """A fresh, migrated database of this test alone."""
    yield from _database(servers, copy_of=TEMPLATE)


def _database(servers: Servers, *, copy_of: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with _maintenance(servers) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copy_of} STRATEGY file_copy")
        try:
            yield url_of(servers, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _maintenance(servers: Servers) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url_of(servers, "postgres"), autocommit=True)


def url_of(servers: Servers, database: str) -> str:
    return servers.database_url.replace("@/conferral?", f"@/{database}?")
