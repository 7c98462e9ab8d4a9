"""Whole transitions a second, against the floors and against naive code, in one run.

Clients are threads of one process a core, as the web serves them; each has one connection, and
cases and people of its own: contention is another bench. Kinds are interleaved within each round,
so that a noisy minute meets all of them.
"""

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from random import Random
from statistics import median

import psycopg
from sqlalchemy import create_engine

from bench import floors, naive
from bench.machines import FULL, MACHINES, fresh_key
from conferral.compose import make_engine, pool
from models.schema import engine_url
from workflow.decide import decide
from workflow.engine import Connect, Engine, MachineInForce
from workflow.perform import Command, perform
from workflow.reading import Wanted, read_case

KINDS = ("floor_txn", "floor_readcte", "full", "thin", "naive")
CLIENTS = (1, 8)
CASES = 2000
WARM_UP = 50

_LAY = (
    """INSERT INTO person (id, name, email, zone, enrolled)
       SELECT 'bench-' || n, 'Bench ' || n, 'bench@example.edu', 'UTC', true
         FROM generate_series(0, 7) n""",
    "INSERT INTO unit (id, name, kind, path) VALUES ('bench', 'Bench', 'unit', '{bench}')",
    """INSERT INTO appointment (id, person, role, scope, starts)
       SELECT 'bench-' || n, 'bench-' || n, 'member', 'bench', date '2020-01-01'
         FROM generate_series(0, 7) n
       UNION ALL SELECT 'director', 'bench-0', 'asa_director', '', date '2020-01-01'""",
    """INSERT INTO cases (id, machine, definition, edition, state, revision, seq, chain, entered_at,
                          entered_seq, opened_at, clock_at)
       SELECT p || '-' || n, m, 1, '380.104/2024-02-07', s, 1, 1, repeat('0', 64), now(), 1,
              now(), now()
         FROM generate_series(1, %(cases)s::int) n,
              (VALUES ('MC', 'proposal', 'draft'), ('CR', 'credential', 'active')) v(p, m, s)""",
    """INSERT INTO proposal (case_id, kind, proposer, unit, title, title_key, holds_title, draft,
                             draft_hash, last_edited_by, version, extended)
       SELECT 'MC-' || n, 'new', 'bench-' || n %% 8, 'bench', 'T', 't', false, '{"title": "T"}',
              repeat('0', 64), 'bench-0', 0, false
         FROM generate_series(1, %(cases)s::int) n""",
)


def lay(database_url: str) -> None:
    """Fill a migrated, empty database: people, a unit and cases, and the floors' tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in _LAY:
            connection.execute(statement, {"cases": CASES} if "%(cases)s" in statement else None)
        connection.execute(floors.LAY)
        # Only what is filled: a table analysed while empty is planned for as if it stayed so.
        connection.execute("ANALYZE person, unit, appointment, cases, proposal, floor_case")


def actor_of(case: str) -> str:
    """Who acts on a case: its proposer."""
    return f"bench-{int(case.partition('-')[2]) % 8}"


def engine_on(connect: Connect, machines: Mapping[str, MachineInForce] = MACHINES) -> Engine:
    """The engine as it is composed in production, with the bench's machines."""
    ours = make_engine(connect)
    return Engine(
        connect=connect, calendars=ours.calendars, edition_on=ours.edition_on, machines=machines
    )


# ---------------------------------------------------------------------------------------- loads


@dataclass(frozen=True, slots=True)
class Load:
    """One measured load: what is run, by which client of how many, for how long."""

    kind: str
    database_url: str
    client: int
    clients: int
    seconds: float

    def cases(self, prefix: str) -> list[str]:
        """The cases of this client alone."""
        return [f"{prefix}-{n}" for n in range(1 + self.client, CASES + 1, self.clients)]


def full(load: Load, engine: Engine) -> Callable[[], None]:
    """To and fro between two states, with every row that a transition writes."""
    chooser, cases = Random(load.client), load.cases("MC")
    with engine.connect() as connection:
        found = connection.execute("SELECT id, state FROM cases WHERE id = ANY(%s)", (cases,))
        state = {str(case): str(state) for case, state in found}

    def one() -> None:
        case = chooser.choice(cases)
        trigger = "go" if state[case] == "draft" else "come"
        command = Command(case=case, trigger=trigger, actor=actor_of(case), key=fresh_key())
        state[case] = perform(engine, command).state

    return one


def thin(load: Load, engine: Engine) -> Callable[[], None]:
    """The state stays; an entry and one row are written, as by the floors."""
    chooser, cases = Random(load.client), load.cases("CR")

    def one() -> None:
        case = chooser.choice(cases)
        command = Command(case=case, trigger="touch", actor=actor_of(case), key=fresh_key())
        perform(engine, command)

    return one


@contextmanager
def _loaded(load: Load) -> Iterator[Callable[[], None]]:
    if load.kind == "naive":
        rows = create_engine(engine_url(load.database_url))
        chooser, cases = Random(load.client), load.cases("MC")

        def one() -> None:
            case = chooser.choice(cases)
            naive.transition(rows, case, actor_of(case))

        yield one
        rows.dispose()
        return
    with pool(load.database_url, size=1) as connect:
        yield (full if load.kind == "full" else thin)(load, engine_on(connect))


def _alone(load: Load) -> float:
    """Transitions a second of one client."""
    with _loaded(load) as one:
        _timed(one, seconds=load.seconds, most=WARM_UP)
        if _start is not None:
            _start.wait()
        return _timed(one, seconds=load.seconds)


def _timed(one: Callable[[], None], *, seconds: float, most: float = math.inf) -> float:
    """How many a second, for so many seconds or until so many are done."""
    begun, done, spent = time.perf_counter(), 0, 0.0
    while spent < seconds and done < most:
        one()
        done += 1
        spent = time.perf_counter() - begun
    return done / spent


#: In a process of clients: where all of them wait until the last is warm.
_start: Barrier | None = None


def _meet(start: Barrier) -> None:
    global _start  # noqa: PLW0603 - a process of a pool is given what it shares only here
    _start = start


def _together(loads: Sequence[Load]) -> float:
    """Transitions a second of the clients of one process, each a thread."""
    with ThreadPoolExecutor(len(loads)) as threads:
        return sum(threads.map(_alone, loads))


@contextmanager
def crowd(clients: int) -> Iterator[Callable[[str, str, float], float]]:
    """So many clients, over a process a core; answers (kind, database, seconds) with a rate."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    count = min(clients, os.cpu_count() or 1)
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=_meet, initargs=(context.Barrier(clients),)
    ) as processes:

        def rate(kind: str, database_url: str, seconds: float) -> float:
            loads = [Load(kind, database_url, n, clients, seconds) for n in range(clients)]
            return sum(processes.map(_together, [loads[n::count] for n in range(count)]))

        yield rate


Samples = dict[tuple[str, int], list[float]]


def samples(
    database_url: str, *, rounds: int, seconds: float, progress: Callable[[str], None]
) -> Samples:
    """Transitions a second of each kind and number of clients, one figure a round."""
    measured: Samples = {(kind, count): [] for count in CLIENTS for kind in KINDS}
    with crowd(CLIENTS[0]) as one, crowd(CLIENTS[1]) as eight:
        crowds = dict(zip(CLIENTS, (one, eight), strict=True))
        for n in range(rounds):
            for (kind, count), rates in measured.items():
                if kind in floors.SCRIPTS:
                    rate = floors.run(database_url, kind, clients=count, seconds=seconds)
                else:
                    rate = crowds[count](kind, database_url, seconds)
                rates.append(rate)
            progress(f"round {n + 1} of {rounds} done")
    return measured


# --------------------------------------------------------------------------------------- decide


def decide_us(database_url: str, *, times: int = 5000) -> float:
    """Microseconds of one `decide` with all its rules, on facts that were read before."""
    with pool(database_url, size=1) as connect:
        engine = make_engine(connect)
        wanted = Wanted(
            machine="proposal", case="MC-1", actor=actor_of("MC-1"), now=engine.clock.now(),
            key="none", form=None, calendar=engine.calendar,
        )  # fmt: skip
        with connect() as connection:
            read = read_case(connection, MACHINES["proposal"].reading, wanted)
    if read is None:
        raise LookupError("the bench's case is gone")
    trigger = "go" if read.facts.case.state == "draft" else "come"
    figures = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(times):
            decide(FULL, read.facts, trigger)
        figures.append((time.perf_counter() - begun) / times * 1e6)
    return median(figures)
