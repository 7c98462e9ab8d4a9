"""What was given up is taken up again, or given up for good; both stand in the register.

A mail that is taken up keeps its Message-ID and all its attempts, and gets as many again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from psycopg import Connection

from workflow.decide import PRACTICE
from workflow.engine import Engine
from workflow.facts import SYSTEM
from workflow.perform import InvalidError, NotAllowedError, NotFoundError
from workflow.queries.incidents import Incident, Kind, incidents
from workflow.register import Subject, record
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: Who may: an operator of the installation.
ROLE: Final = "admin"
#: At one time no more than this, so that a transaction stays short.
MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which of them: one by its id, or all of a kind, with a word, of a case."""

    kind: str = ""
    id: UUID | None = None
    word: str = ""
    case: str = ""


def replay(engine: Engine, which: Which, *, actor: str) -> tuple[Incident, ...]:
    """Take up again what was given up; what was taken up.

    `actor` is a person's id, or "system" for the console. Raises NotAllowedError for whoever is no
    operator, NotFoundError where nothing fits.
    """
    return _change(engine, which, actor=actor, reason="")


def discard(engine: Engine, which: Which, *, actor: str, reason: str) -> tuple[Incident, ...]:
    """Give up for good, with a reason; what was given up.

    Raises as `replay`, and InvalidError without a reason.
    """
    if not reason.strip():
        raise InvalidError(
            (_why("reason", "Say why it is given up; whoever asks later reads it."),)
        )
    return _change(engine, which, actor=actor, reason=reason.strip())


def _change(engine: Engine, which: Which, *, actor: str, reason: str) -> tuple[Incident, ...]:
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        if actor != SYSTEM and not _operates(connection, actor, now):
            text = "Only an operator takes up or gives up what stands still."
            raise NotAllowedError((_why("", text),))
        found = tuple(_found(connection, which))
        if not found:
            raise NotFoundError((_why("", "Nothing that was given up fits this."),))
        for kind, statement in (_DISCARD if reason else _REPLAY).items():
            ids = [one.id for one in found if one.kind == kind]
            if ids:
                connection.execute(statement, {"ids": ids, "why": f"Given up for good: {reason}"})
        many = "one thing" if len(found) == 1 else f"{len(found)} things"
        record(
            connection, Subject("incident", str(found[0].id) if len(found) == 1 else "several"),
            says=f"Gave up {many} for good: {reason}" if reason else f"Took up {many} again.",
            at=now, actor=actor,
            facts={"rows": [f"{one.kind} {one.id}" for one in found[:100]], "count": len(found)},
        )  # fmt: skip
    for case in dict.fromkeys(one.case for one in found[:20] if one.case and not reason):
        engine.wake(case)
    return found


def _operates(connection: Rows, person: str, now: datetime) -> bool:
    return connection.execute(_OPERATES, (person, ROLE, now, now)).fetchone() is not None


def _found(connection: Rows, which: Which) -> Iterator[Incident]:
    for one in incidents(connection, kind=which.kind, word=which.word, case=which.case, take=MOST):
        if which.id is None or one.id == which.id:
            yield one


def _why(field: str, text: str) -> Reason:
    return Reason("incident", PRACTICE, text, field)


_OPERATES: Final[LiteralString] = """
SELECT 1 FROM appointment WHERE person = %s AND role = %s AND starts <= %s
   AND (ends IS NULL OR ends > %s)"""

#: Each is due at once; the instants of the database's clock say since when it waits now.
_REPLAY: Final[dict[Kind, LiteralString]] = {
    "mail": """
        WITH again AS (
          UPDATE envelope SET state = 'pending', attempts = 0, retry_at = now(), slot_at = NULL
           WHERE id = ANY(%(ids)s) AND state = 'dead' RETURNING id)
        UPDATE notification n SET state = 'pending' FROM again WHERE n.envelope = again.id""",
    "follow_on": """
        UPDATE follow_on SET state = 'pending', attempts = 0, lease_until = now()
         WHERE id = ANY(%(ids)s) AND state = 'dead'""",
    "deadline": """
        UPDATE deadline SET state = 'armed', lease_until = now() + interval '1 s'
         WHERE id = ANY(%(ids)s) AND state = 'refused'""",
}  # fmt: skip

_DISCARD: Final[dict[Kind, LiteralString]] = {
    "mail": """
        WITH given_up AS (
          UPDATE envelope SET state = 'discarded', outcome = %(why)s
           WHERE id = ANY(%(ids)s) AND state = 'dead' RETURNING id)
        UPDATE notification n SET state = 'discarded' FROM given_up
         WHERE n.envelope = given_up.id""",
    "follow_on": """
        UPDATE follow_on SET state = 'moot', outcome = %(why)s
         WHERE id = ANY(%(ids)s) AND state = 'dead'""",
    "deadline": """
        UPDATE deadline SET state = 'skipped', outcome = %(why)s
         WHERE id = ANY(%(ids)s) AND state = 'refused'""",
}  # fmt: skip
