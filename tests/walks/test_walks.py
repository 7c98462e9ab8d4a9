"""F10: random walks of each machine against a model that was written from the agreed rows alone.

Most walks run in memory, where thousands take minutes; some run through the real door on the real
database, and there the invariants must hold in the end. A failure names its seed: a walk is
repeated by it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from functools import cache
from itertools import count
from random import Random

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from conferral.compose import pool
from conferral.servers import Servers
from tests.factory import seed_people
from tests.servers import url_of
from tests.walks import worlds
from tests.walks.agenda_items import AgendaModel
from tests.walks.agreed import agreed
from tests.walks.awards import AwardModel
from tests.walks.credentials import CredentialModel
from tests.walks.database import Database
from tests.walks.memory import Memory
from tests.walks.model import Driver, Model
from tests.walks.proposals import ProposalModel
from workflow.engine import Connect
from workflow.invariants import violations

#: Each machine's model, what is there before a walk, and how long a walk is.
WALKS: dict[str, tuple[type[Model], Callable[[Driver], None], int]] = {
    "proposal": (ProposalModel, worlds.before_proposals, 60),
    "agenda_item": (AgendaModel, lambda _: None, 60),
    "credential": (CredentialModel, lambda _: None, 20),
    "award": (AwardModel, worlds.before_awards, 60),
}
SHORT, LONG, ON_THE_DATABASE = 100, 10_000, 100
_copies = count(1)


@cache
def before(machine: str) -> Memory:
    """What is there before a walk; each walk has a copy of its own."""
    memory = Memory()
    WALKS[machine][1](memory)
    return memory


def walked(machine: str, driver: Driver, seed: int) -> Model:
    """One walk; whatever goes wrong names its seed."""
    kind, _, steps = WALKS[machine]
    try:
        model = kind(driver, Random(seed))
        model.walk(steps)
    except AssertionError as error:
        raise AssertionError(f"walk {seed} of {machine}: {error}") from error
    return model


def in_memory(machine: str, walks: int) -> tuple[int, set[tuple[str, str, str]]]:
    """So many walks: attempts compared, and the edges that were taken."""
    compared, taken = 0, set()
    for seed in range(walks):
        model = walked(machine, deepcopy(before(machine)), seed)
        compared += model.steps
        taken |= model.taken
    return compared, taken


@pytest.mark.parametrize("machine", WALKS)
def test_no_walk_in_memory_diverges_from_what_was_agreed(machine: str) -> None:
    compared, _ = in_memory(machine, SHORT)
    assert compared > SHORT * 10


@pytest.mark.long
@pytest.mark.parametrize("machine", WALKS)
def test_ten_thousand_walks_take_every_agreed_edge_and_none_diverges(
    machine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    compared, taken = in_memory(machine, LONG)
    with capsys.disabled():
        print(f"\nF10, {machine}: {compared} attempts in {LONG} walks, no divergence")  # noqa: T201
    said = agreed(machine)
    assert {*said.edges, *said.added} - taken == set()


# ------------------------------------------------------------------------------------- database


@contextmanager
def copy_of(servers: Servers, url: str) -> Iterator[Connect]:
    """A database of one walk alone, with all that another one holds."""
    name = conninfo_to_dict(url)["dbname"]
    copied = f"walk_{name}_{next(_copies)}"
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {copied} TEMPLATE {name} STRATEGY file_copy")
        try:
            with pool(url_of(servers, copied), size=2) as connect:
                yield connect
        finally:
            maintenance.execute(f"DROP DATABASE {copied} WITH (FORCE)")


def prepared(machine: str, url: str) -> datetime:
    """Play what is there before a walk; the business time afterwards."""
    with psycopg.connect(url) as connection:
        seed_people(connection)
    with pool(url, size=2) as connect:
        driver = Database(connect, keys="before")
        driver.join()
        WALKS[machine][1](driver)
        return driver.now


def on_the_database(machine: str, servers: Servers, url: str, walks: range) -> int:
    """Walks through the real door; attempts compared."""
    compared, began = 0, prepared(machine, url)
    for seed in walks:
        with copy_of(servers, url) as connect:
            driver = Database(connect, keys=f"walk {seed}")
            driver.clock.at = began
            compared += walked(machine, driver, seed).steps
            _nothing_is_broken(driver, seed)
    return compared


def _nothing_is_broken(driver: Database, seed: int) -> None:
    """Every invariant but that nothing waits: no worker runs beside a walk."""
    with driver.connect() as connection:
        found = violations(connection, machines=driver.engine.machines, now=driver.now)
    assert [one for one in found if one.invariant != "I9"] == [], f"walk {seed}"


@pytest.mark.parametrize("machine", WALKS)
def test_a_walk_through_the_real_door_diverges_nowhere(
    machine: str, servers: Servers, database_url: str
) -> None:
    assert on_the_database(machine, servers, database_url, range(3)) > 3


@pytest.mark.long
@pytest.mark.parametrize("machine", WALKS)
def test_a_hundred_walks_through_the_real_door_diverge_nowhere(
    machine: str, servers: Servers, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    walks = range(ON_THE_DATABASE)
    compared = on_the_database(machine, servers, database_url, walks)
    with capsys.disabled():
        print(f"\nF10, {machine}: {compared} attempts in {len(walks)} walks on the database")  # noqa: T201
