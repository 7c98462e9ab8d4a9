"""Mails that come back: kept once each, and an address that takes none is let alone until lifted.

A report stops an address only where it gives back a mail that we sent there: anybody can write a
report, and nobody shall silence somebody else with one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from workflow.decide import PRACTICE
from workflow.engine import Engine
from workflow.perform import InvalidError, NotFoundError
from workflow.register import Subject, record
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: What taking in a report came to.
Taken = Literal["known", "noted", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One address that a mail did not reach; `status` as in RFC 3463 ("5.1.1"), or empty."""

    address: str
    kind: Literal["hard", "soft"]
    status: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """An address that nothing is sent to, whose it is, since when and why."""

    address: str
    person: str | None
    name: str
    since: datetime
    why: str


def take_in(engine: Engine, returned: Returned, *, report: str, mail: UUID | None) -> Taken:
    """Keep one address of a report: "known" a second time, "stopped" where nothing goes there now.

    `report` names the report, `mail` is the one of ours that came back.
    """
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        fresh = connection.execute(
            _KEEP,
            {"report": report, "address": returned.address, "kind": returned.kind,
             "status": returned.status, "says": returned.says, "mail": mail, "now": now},
        ).fetchone()  # fmt: skip
        if fresh is None:
            return "known"
        if returned.kind == "soft" or mail is None:
            return "noted"
        row = connection.execute(
            _STOP, {"mail": mail, "address": returned.address, "why": returned.says, "now": now}
        ).fetchone()
        if row is None:
            return "noted"
        record(
            connection, Subject("address", str(row[0])), at=now, actor="system",
            says=f"Nothing is sent to {row[1]} any more: mail came back.",
            facts={"status": returned.status, "report": report},
        )  # fmt: skip
        return "stopped"


def stopped_address(connection: Rows, address: str) -> str | None:
    """Why nothing is sent to an address; None where it is."""
    row = connection.execute(
        "SELECT why FROM undeliverable WHERE address = lower(%s)", (address,)
    ).fetchone()
    return str(row[0]) if row else None


def stopped(connection: Rows, *, limit: int = 200) -> tuple[Stopped, ...]:
    """Addresses that nothing is sent to, the newest first."""
    with connection.cursor(row_factory=class_row(Stopped)) as cursor:
        return tuple(cursor.execute(_STOPPED, {"limit": limit}).fetchall())


def lift(engine: Engine, address: str, *, actor: str, reason: str) -> None:
    """Let mail go to an address again, and say why; `actor` is a person's id or "system".

    Raises InvalidError without a reason, NotFoundError where nothing was stopped.
    """
    if not reason.strip():
        raise InvalidError((_reason("reason", "Say why mail will arrive there now."),))
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        row = connection.execute(
            "DELETE FROM undeliverable WHERE address = lower(%s) RETURNING person", (address,)
        ).fetchone()
        if row is None:
            raise NotFoundError((_reason("address", "Nothing is held back from this address."),))
        record(
            connection, Subject("address", str(row[0] or "unknown")), at=now, actor=actor,
            says=f"Mail goes to {row[0] or 'this address'} again: {reason.strip()}",
        )  # fmt: skip


def _reason(field: str, text: str) -> Reason:
    return Reason("mail", PRACTICE, text, field)


_KEEP: Final[LiteralString] = """
INSERT INTO bounce (report, address, kind, status, says, mail, at)
VALUES (%(report)s, %(address)s, %(kind)s, %(status)s, %(says)s, %(mail)s, %(now)s)
    ON CONFLICT (report, address) DO NOTHING RETURNING id"""

_STOP: Final[LiteralString] = """
INSERT INTO undeliverable (address, person, since, why)
SELECT lower(p.email), p.id, %(now)s, %(why)s
  FROM envelope e JOIN person p ON p.id = e.recipient
 WHERE e.id = %(mail)s AND lower(p.email) = %(address)s
    ON CONFLICT (address) DO NOTHING
RETURNING person, (SELECT name FROM person WHERE id = person)"""

_STOPPED: Final[LiteralString] = """
SELECT u.address, u.person, coalesce(p.name, u.address) AS name, u.since, u.why
  FROM undeliverable u LEFT JOIN person p ON p.id = u.person
 ORDER BY u.since DESC, u.address LIMIT %(limit)s"""
