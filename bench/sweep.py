"""How fast due reminders become notification rows: `due` among `armed` deadlines."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from psycopg import Connection

from workflow.engine import Engine
from workflow.sweep import sweep_deadlines

#: One case for each ten deadlines that wait; each due one has a case of its own.
_LAY = (
    """INSERT INTO person (id, name, email, zone, enrolled)
       SELECT 'p' || n, 'Person ' || n, 'p' || n || '@example.edu', 'America/New_York', true
         FROM generate_series(1, 200) n""",
    """INSERT INTO cases (id, machine, definition, edition, state, revision, seq, chain, entered_at,
                          entered_seq, opened_at, clock_at)
       SELECT 'MC-' || n, 'proposal', 1, '2024-02-07', 'asa_review', 1, 1, repeat('0', 64), now(),
              1, now(), now()
         FROM generate_series(1, greatest(%(due)s::int, %(armed)s::int / 10)) n""",
    """INSERT INTO work_item (id, case_id, seq, kind, role, scope, person, opened_at)
       SELECT gen_random_uuid(), 'MC-' || n, 1, 'asa_review', 'reviewer', '',
              'p' || (1 + n %% 200), now()
         FROM generate_series(1, %(due)s::int) n""",
    """INSERT INTO deadline (id, case_id, seq, of_state, clock, does, role, scope, fires_at,
                             due_at, rule)
       SELECT gen_random_uuid(), 'MC-' || 1 + n %% greatest(%(due)s::int, %(armed)s::int / 10), 1,
              'asa_review', 'asa_review', 'remind', '', '', now() + n * interval '10 s',
              now() + n * interval '10 s', '-3 BD'
         FROM generate_series(1, %(armed)s::int - %(due)s::int) n""",
    """INSERT INTO deadline (id, case_id, seq, of_state, clock, does, role, scope, fires_at,
                             due_at, rule)
       SELECT gen_random_uuid(), 'MC-' || n, 1, 'asa_review', 'asa_review', 'remind', '', '',
              now() - interval '1 day' - n * interval '1 s', now(), '-3 BD'
         FROM generate_series(1, %(due)s::int) n""",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Deadlines a second, and the mails written: one for each due deadline."""

    per_second: float
    fired: int
    mails: int


def lay(connection: Connection[tuple[object, ...]], *, armed: int, due: int) -> None:
    """Fill an empty, migrated database with `armed` deadlines, `due` of them due now."""
    for statement in _LAY:
        connection.execute(statement, {"armed": armed, "due": due})
    connection.execute("ANALYZE")
    connection.execute("CHECKPOINT")


def measure(
    engine: Engine,
    *,
    workers: int = 2,
    limit: int = 500,
    clock: Callable[[], float] = time.perf_counter,
) -> Rate:
    """Sweep until nothing is due, by `workers` at once."""

    def work(_: int) -> tuple[int, int]:
        fired = mails = 0
        while True:
            swept = sweep_deadlines(engine, limit=limit)
            fired, mails = fired + swept.wrote, mails + swept.mails
            if not swept.wrote and not swept.more:
                return fired, mails

    begun = clock()
    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(work, range(workers)))
    seconds = clock() - begun
    fired, mails = (sum(column) for column in zip(*done, strict=True))
    return Rate(fired / seconds, fired, mails)
