"""How fast a cohort is signed and issued: through the engine and the database, one process."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

import orjson
from psycopg import Connection

from conferral.issuer import issuer_of
from conferral.settings import load
from credentials.facts import (
    AchievementFacts,
    AwardFacts,
    HashedEmail,
    OutcomeResult,
    Reflection,
    RubricOutcome,
    Unit,
)
from credentials.issue import issue
from credentials.keys import FileSigner
from workflow.engine import Engine
from workflow.issuing import sign_award

#: The approved text behind the cohort's badge: four outcomes, each with a rubric of four levels.
_SCALE = ("1, beginning", "2, developing", "3, proficient", "4, distinguished")
_LEVELS = [{"level": name, "description": f"{name} in each row."} for name in _SCALE]
_DOCUMENT = {
    "title": "Data Storytelling", "unit": "libraries", "type": "digital_badge",
    "competency_statement": "The holder turns public data into a story.",
    "competencies": [
        {"statement": f"Works with source {n}.", "kind": "skill"} for n in range(1, 5)
    ],
    "slos": [
        {"competencies": [f"c{n}"], "statement": f"Given data set {n}, explains its change.",
         "assessment": {"kind": "project", "description": "A brief."},
         "rubric": _LEVELS,
         "threshold": "Level 3 of 4.", "threshold_level": 3}
        for n in range(1, 5)
    ],
}  # fmt: skip
_LAY = (
    """INSERT INTO unit (id, name, kind, path)
       VALUES ('libraries', 'University Libraries', 'school', '{libraries}')
       ON CONFLICT DO NOTHING""",
    """INSERT INTO person (id, name, email, zone, enrolled)
       SELECT 'p' || n, 'Person ' || n, 'p' || n || '@example.edu', 'America/New_York', true
         FROM generate_series(0, %(awards)s::int) n""",
    """INSERT INTO cases (id, machine, definition, edition, state, revision, seq, chain, entered_at,
                          entered_seq, opened_at, clock_at)
       SELECT id, machine, 1, '2024-02-07', state, 1, 1, repeat('0', 64), now(), 1, now(), now()
         FROM (VALUES ('MC-1', 'proposal', 'issued'), ('CR-1', 'credential', 'active')) fixed
                (id, machine, state)
       UNION ALL SELECT 'AW-' || n, 'award', 1, '2024-02-07', 'approved_to_issue', 1, 1,
              repeat('0', 64), now(), 1, now(), now() FROM generate_series(1, %(awards)s::int) n""",
    """INSERT INTO credential (case_id, proposal, type, title, unit, code, version)
       VALUES ('CR-1', 'MC-1', 'digital_badge', 'Data Storytelling', 'libraries', 'B-1', 1)""",
    """INSERT INTO credential_version (case_id, version, proposal, proposal_version, content,
                                       content_hash, rigor, effective_on)
       VALUES ('CR-1', 1, 'MC-1', 1, %(content)s::jsonb, repeat('0', 64), 'introductory', now())""",
    """INSERT INTO award (case_id, learner, credential, credential_version, verified_by,
                          credential_id, status_list, status_index, published, ended)
       SELECT 'AW-' || n, 'p' || n, 'CR-1', 1, 'p0', 'urn:uuid:' || gen_random_uuid(), 1, n * 7,
              false, false FROM generate_series(1, %(awards)s::int) n""",
    """INSERT INTO outcome_result (case_id, outcome, evidence, submitted_at, state, level, feedback,
                                   assessor, scored_at)
       SELECT 'AW-' || n, 'o' || o, 'A brief.', now(), 'met', '3, proficient', '', 'p0', now()
         FROM generate_series(1, %(awards)s::int) n, generate_series(1, 4) o""",
    """INSERT INTO reflection (case_id, pathway, personal_growth, professional_growth, submitted_at,
                               state, feedback, assessor)
       SELECT 'AW-' || n, 'a', 'b', 'c', now(), 'accepted', '', 'p0'
         FROM generate_series(1, %(awards)s::int) n""",
)
BASE = "https://credentials.example.edu"


def _signer() -> FileSigner:
    return FileSigner.from_secret("did:web:credentials.example.edu#key-2026-1", os.urandom(32))


def lay(connection: Connection[tuple[object, ...]], *, awards: int) -> None:
    """Fill an empty, migrated database with awards that are approved and not signed."""
    content = orjson.dumps(_DOCUMENT).decode()
    for statement in _LAY:
        connection.execute(statement, {"awards": awards, "content": content})
    connection.execute("ANALYZE")


def measure(
    engine: Engine, *, awards: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Seconds to sign and issue every award, of which this process's own, and the median one's."""
    signer, issuer = _signer(), issuer_of(load({}))
    each, own = [], time.process_time()
    for number in range(1, awards + 1):
        begun = clock()
        sign_award(engine, f"AW-{number}", issuer=issuer, signer=signer, base_url=BASE)
        each.append(clock() - begun)
    own = time.process_time() - own
    with engine.connect() as connection:
        found = connection.execute(
            "SELECT count(*), (SELECT count(*) FROM signed_credential) FROM cases "
            "WHERE machine = 'award' AND state = 'issued'"
        ).fetchone()
    if found != (awards, awards):
        raise RuntimeError(f"{awards} were to be issued: {found}")
    return {
        f"issue_{awards}_s": sum(each), f"issue_{awards}_own_s": own,
        "issue_one_ms": 1000 * median(each),
    }  # fmt: skip


def signing(
    *, times: int = 200, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Milliseconds to build, guard, sign, check, write and read back one badge: the median."""
    signer, issuer, now = _signer(), issuer_of(load({})), datetime.now(UTC)
    achievement = AchievementFacts(
        id=f"{BASE}/achievements/CR-1/v1", name="Data Storytelling", achievement_type="Badge",
        description="Turns public data into a story.", criteria="Each outcome, then a reflection.",
        creator=Unit(f"{BASE}/units/libraries", "University Libraries"),
        outcomes=tuple(RubricOutcome(f"o{n}", f"Outcome {n}", _SCALE, _SCALE[2]) for n in range(4)),
    )  # fmt: skip
    each = []
    for number in range(times):
        award = AwardFacts(
            credential_id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            subject=HashedEmail.of(f"p{number}@example.edu", salt=str(number)),
            results=tuple(OutcomeResult(f"o{n}", _SCALE[2]) for n in range(4)),
            reflection=Reflection(f"{BASE}/v/{number}#reflection"), valid_from=now,
            status_list_url=f"{BASE}/status/1", status_index=number,
        )  # fmt: skip
        begun = clock()
        issue(award, achievement, issuer=issuer, signer=signer, now=now)
        each.append(clock() - begun)
    return {"sign_one_ms": 1000 * median(each)}
