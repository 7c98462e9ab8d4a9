"""A whole transition against the floors and against naive code, in one run, as ratios of medians."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from random import Random
from statistics import median

import psycopg
from sqlalchemy import create_engine

from bench import floors, naive
from bench.machines import FULL, MACHINES, fresh_key
from conferral.compose import make_engine, pool
from models.schema import engine_url
from workflow.decide import decide
from workflow.engine import Engine
from workflow.perform import Command, perform
from workflow.reading import Wanted, read_case

CASES = 400
ROUNDS = 5
ACTOR = "bench"

_LAY = (
    "INSERT INTO person (id, name, email, zone, enrolled) VALUES ('bench', 'Bench', 'bench@example.edu', 'UTC', true)",
    "INSERT INTO unit (id, name, kind, path) VALUES ('bench', 'Bench', 'unit', '{bench}')",
    """INSERT INTO appointment (id, person, role, scope, starts)
       VALUES ('bench', 'bench', 'member', 'bench', '2020-01-01'), ('director', 'bench', 'asa_director', '', '2020-01-01')""",
    """INSERT INTO cases (id, machine, definition, edition, state, revision, seq, chain, entered_at, entered_seq, opened_at, clock_at)
       SELECT p || '-' || n, m, 1, '380.104/2024-02-07', s, 1, 1, repeat('0', 64), now(), 1, now(), now()
         FROM generate_series(1, %(cases)s::int) n, (VALUES ('MC', 'proposal', 'draft'), ('CR', 'credential', 'active')) v(p, m, s)""",
    """INSERT INTO proposal (case_id, kind, proposer, unit, title, title_key, holds_title, draft, draft_hash, last_edited_by, version, extended)
       SELECT 'MC-' || n, 'new', 'bench', 'bench', 'T', 't', false, '{"title": "T"}', repeat('0', 64), 'bench', 0, false
         FROM generate_series(1, %(cases)s::int) n""",
)


def lay(database_url: str) -> None:
    """The people, units and cases of the bench, and the floors' tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in _LAY:
            connection.execute(statement, {"cases": CASES} if "%(cases)s" in statement else None)
        connection.execute(floors.LAY)


@dataclass(frozen=True, slots=True)
class Load:
    """One measured load: what is run, by which client of how many, for how long."""

    kind: str
    database_url: str
    client: int
    clients: int
    seconds: float


def _cases(load: Load, prefix: str) -> list[str]:
    """Each client has cases of its own: contention is another bench."""
    return [f"{prefix}-{n}" for n in range(1 + load.client, CASES + 1, load.clients)]


def _full(load: Load, engine: Engine) -> Callable[[], None]:
    chooser, state = Random(load.client), dict.fromkeys(_cases(load, "MC"), "")
    cases = list(state)

    def one() -> None:
        case = chooser.choice(cases)
        trigger = state[case] or _present_trigger(engine, case)
        done = perform(engine, Command(case=case, trigger=trigger, actor=ACTOR, key=fresh_key()))
        state[case] = "go" if done.state == "draft" else "come"

    return one


def _present_trigger(engine: Engine, case: str) -> str:
    with engine.connect() as connection:
        row = connection.execute("SELECT state FROM cases WHERE id = %s", (case,)).fetchone()
    return "go" if row == ("draft",) else "come"


def _thin(load: Load, engine: Engine) -> Callable[[], None]:
    chooser, cases = Random(load.client), _cases(load, "CR")

    def one() -> None:
        case = chooser.choice(cases)
        perform(engine, Command(case=case, trigger="touch", actor=ACTOR, key=fresh_key()))

    return one


def _work(load: Load) -> float:
    """Run one client; its transitions a second."""
    if load.kind == "naive":
        rows = create_engine(engine_url(load.database_url))
        chooser, cases = Random(load.client), _cases(load, "MC")
        rate = _timed(lambda: naive.transition(rows, chooser.choice(cases), ACTOR), load.seconds)
        rows.dispose()
        return rate
    with pool(load.database_url, size=1) as connect:
        engine = Engine(**_parts(make_engine(connect)))
        one = _full(load, engine) if load.kind == "full" else _thin(load, engine)
        return _timed(one, load.seconds)


def _parts(engine: Engine) -> Mapping[str, object]:
    names = ("connect", "calendar", "edition_on", "clock", "ids", "wake")
    return {**{name: getattr(engine, name) for name in names}, "machines": MACHINES}


def _timed(one: Callable[[], None], seconds: float) -> float:
    for _ in range(30):
        one()
    start, done = time.perf_counter(), 0
    for done in count(1):  # noqa: B007 - the number of the last one is the answer
        one()
        if time.perf_counter() - start >= seconds:
            break
    return done / (time.perf_counter() - start)


def rate(kind: str, database_url: str, *, clients: int, seconds: float) -> float:
    """Transitions a second of one kind with so many clients, each a process of its own."""
    if kind in floors.SCRIPTS:
        return floors.run(database_url, kind, clients=clients, seconds=seconds)
    loads = [Load(kind, database_url, n, clients, seconds) for n in range(clients)]
    if clients == 1:
        return _work(loads[0])
    with ProcessPoolExecutor(clients) as processes:
        return sum(processes.map(_work, loads))


KINDS = ("floor_txn", "floor_readcte", "full", "thin", "naive")


def rates(
    database_url: str, *, rounds: int = ROUNDS, seconds: float = 2.0,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[tuple[str, int], float]:  # fmt: skip
    """Median transitions a second of each kind with 1 and 8 clients, over interleaved rounds."""
    measured: dict[tuple[str, int], list[float]] = {}
    for n in range(rounds):
        for clients in (1, 8):
            for kind in KINDS:
                found = rate(kind, database_url, clients=clients, seconds=seconds)
                measured.setdefault((kind, clients), []).append(found)
        progress(f"round {n + 1} of {rounds}")
    return {key: median(values) for key, values in measured.items()}


def decide_us(database_url: str, *, times: int = 5000) -> float:
    """Microseconds of one `decide` with all its rules, on facts that were read before."""
    with pool(database_url, size=1) as connect:
        engine = make_engine(connect)
        wanted = Wanted(
            machine="proposal", case="MC-1", actor=ACTOR, now=engine.clock.now(), key="none",
            form=None, calendar=engine.calendar,
        )  # fmt: skip
        with connect() as connection:
            read = read_case(connection, MACHINES["proposal"].reading, wanted)
    if read is None:
        raise LookupError("the bench's case is gone")
    trigger = "go" if read.facts.case.state == "draft" else "come"
    samples = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            decide(FULL, read.facts, trigger)
        samples.append((time.perf_counter() - start) / times * 1e6)
    return median(samples)


def wal_bytes(database_url: str, *, times: int = 200) -> float:
    """Bytes of write-ahead log a full transition."""
    with (
        psycopg.connect(database_url, autocommit=True) as other,
        pool(database_url, size=1) as connect,
    ):
        engine = Engine(**_parts(make_engine(connect)))  # type: ignore[arg-type]
        one = _full(Load("full", database_url, 0, 1, 0), engine)
        for _ in range(20):
            one()
        other.execute("CHECKPOINT")
        for _ in range(CASES):
            one()  # full-page images after the checkpoint are not the transition's own
        before = _lsn(other)
        for _ in range(times):
            one()
        return (_lsn(other) - before) / times


def _lsn(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchone()
    return int(str(row[0])) if row else 0
