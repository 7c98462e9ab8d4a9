"""How fast a revocation stands in the published list: one, and five hundred at once."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from psycopg import Connection

from conferral.issuer import publish_status_list, published_list
from conferral.settings import Settings
from credentials.keys import FileSigner, Signer
from workflow.engine import Connect
from workflow.issuing import published_places

#: An award for each revocation, with a place of its own in the first list.
_LAY = (
    """INSERT INTO person (id, name, email, zone, enrolled)
       SELECT 'p' || n, 'Person ' || n, 'p' || n || '@example.edu', 'America/New_York', true
         FROM generate_series(0, %(awards)s::int) n""",
    """INSERT INTO cases (id, machine, definition, edition, state, revision, seq, chain, entered_at,
                          entered_seq, opened_at, clock_at)
       SELECT id, machine, 1, '2024-02-07', state, 1, 1, repeat('0', 64), now(), 1, now(), now()
         FROM (VALUES ('MC-1', 'proposal', 'issued'), ('CR-1', 'credential', 'active')) fixed
                (id, machine, state)
       UNION ALL SELECT 'AW-' || n, 'award', 1, '2024-02-07', 'issued', 1, 1, repeat('0', 64),
              now(), 1, now(), now() FROM generate_series(1, %(awards)s::int) n""",
    """INSERT INTO credential (case_id, proposal, type, title, unit, code, version)
       VALUES ('CR-1', 'MC-1', 'digital_badge', 'Data Storytelling', 'libraries', 'B-1', 1)""",
    """INSERT INTO credential_version (case_id, version, proposal, proposal_version, content,
                                       content_hash, rigor, effective_on)
       VALUES ('CR-1', 1, 'MC-1', 1, '{}', repeat('0', 64), 'introductory', now())""",
    """INSERT INTO award (case_id, learner, credential, credential_version, verified_by,
                          credential_id, status_list, status_index, published, ended)
       SELECT 'AW-' || n, 'p' || n, 'CR-1', 1, 'p0', 'urn:uuid:' || gen_random_uuid(), 1, n * 7,
              false, false FROM generate_series(1, %(awards)s::int) n""",
)
_MARK = """
INSERT INTO status_mark (case_id, kind, at, reason)
SELECT 'AW-' || n, 'revoked', now(), 'Issued in error.' FROM generate_series(%s::int, %s::int) n"""


def lay(connection: Connection[tuple[object, ...]], *, awards: int) -> None:
    """Fill an empty, migrated database with issued awards."""
    for statement in _LAY:
        connection.execute(statement, {"awards": awards})
    connection.execute("ANALYZE")


def measure(
    connect: Connect, *, many: int = 500, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Seconds from the marks' write to the published list: of one, and of `many` in one write."""
    settings = Settings(data=Path())
    signer = FileSigner.from_secret("did:web:credentials.example.edu#key-2026-1", os.urandom(32))
    publish_status_list(settings, connect, signer, number=1)
    one = _seconds(connect, settings, signer, places=range(1, 2), clock=clock)
    rest = _seconds(connect, settings, signer, places=range(2, many + 2), clock=clock)
    if len(published_places(published_list(connect, 1) or b"")) != many + 1:
        raise RuntimeError("the published list does not say what was marked")
    return {"revoke_one_s": one, f"revoke_{many}_s": rest}


def _seconds(
    connect: Connect, settings: Settings, signer: Signer, *, places: range,
    clock: Callable[[], float],
) -> float:  # fmt: skip
    begun = clock()
    with connect() as connection:
        connection.execute(_MARK, (places.start, places.stop - 1))
    publish_status_list(settings, connect, signer, number=1)
    return clock() - begun
