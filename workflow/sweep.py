"""Deadlines that are due: reminders, warnings and escalations in batches, triggers one by one.

What only writes to people is set-based: one statement claims, judges and marks a batch and reads
who is written to, a second one writes the notifications, in one short transaction. What fires a
trigger goes through the one door.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple, cast
from uuid import UUID

from psycopg import ClientCursor, Connection

from policies.clocks import ENDINGS
from workflow.engine import Engine
from workflow.facts import TIMER
from workflow.ladder import Told, arm_again, warn_first
from workflow.outbox import (
    DEADLINE_RESTS,
    DueTrigger,
    NewMail,
    Row,
    claim_deadlines,
    finish_deadline,
    insert_notifications,
    rest_after,
)
from workflow.perform import Command, Refused, StaleError, perform
from workflow.roles import ASA_OFFICER

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
#: Triggers are claimed in smaller lots than reminders, so that a lot ends well within its lease.
_TRIGGERS = 50


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: deadlines that wrote, were passed over, fired, were refused; and mails."""

    wrote: int = 0
    skipped: int = 0
    fired: int = 0
    refused: int = 0
    mails: int = 0
    #: The batch was full, so there may be more.
    more: bool = False


def sweep_deadlines(engine: Engine, *, limit: int = 500) -> Swept:
    """Do what due deadlines call for, up to `limit` that write to people and some that fire.

    Any number of sweepers may run; each deadline is done once. Writing comes first: whoever a
    trigger concerns has been warned when it fires.
    """
    engine.look_again()
    wrote = _write_to_people(engine, limit)
    fired = _fire_triggers(engine, min(limit, _TRIGGERS))
    return Swept(
        wrote.wrote, wrote.skipped + fired.skipped, fired.fired, fired.refused,
        wrote.mails + fired.mails, more=wrote.more or fired.more,
    )  # fmt: skip


# ------------------------------------------------------------------------- writing to people

#: The case is locked too, as its new notifications will: so no writer and sweeper wait in a ring.
#: An older reminder gives way to a later one of the same clock that is due as well; an escalation
#: is told to its owner all the same, and whoever is late hears once.
_DUE: LiteralString = """
WITH due AS MATERIALIZED (
  SELECT d.id, d.case_id, d.seq, d.clock, d.does, d.role, d.scope, d.person, d.fires_at, d.due_at,
         d.rule, d.every, d.of_state, c.machine, c.state = d.of_state AS holds
    FROM deadline d JOIN cases c ON c.id = d.case_id
   WHERE d.state = 'armed' AND d.does <> 'fire' AND d.fires_at <= %(now)s
   ORDER BY d.fires_at, d.id LIMIT %(limit)s
     FOR UPDATE OF d SKIP LOCKED FOR KEY SHARE OF c SKIP LOCKED),
judged AS MATERIALIZED (
  SELECT due.*, older, CASE
      WHEN NOT holds THEN 'The case has moved on.'
      WHEN does <> 'escalate' AND older THEN 'A later reminder was due as well.' END AS passed_over
    FROM due CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM deadline later
         WHERE later.case_id = due.case_id AND later.state = 'armed' AND later.clock = due.clock
           AND later.does <> 'fire' AND later.fires_at <= %(now)s
           AND (later.fires_at, later.id) > (due.fires_at, due.id)) AS older) AS o),
marked AS (
  UPDATE deadline d
     SET state = CASE WHEN passed_over IS NULL THEN 'fired' ELSE 'skipped' END,
         outcome = passed_over, fence = d.fence + 1
    FROM judged WHERE d.id = judged.id)
SELECT id, case_id, seq, machine, clock, does, due_at, passed_over IS NOT NULL, older,
       of_state, role, scope, person, fires_at, rule, every,
       every > 0 AND EXISTS (SELECT FROM work_item w WHERE w.case_id = judged.case_id
                                AND w.state = 'open' AND w.kind = judged.clock),
       CASE WHEN passed_over IS NULL THEN
         (SELECT json_agg(DISTINCT jsonb_build_array(p.id, p.name))
            FROM work_item w
            LEFT JOIN appointment a ON w.person IS NULL AND a.role = w.role AND a.scope = w.scope
                  AND a.starts <= %(now)s AND (a.ends IS NULL OR a.ends > %(now)s)
            JOIN person p ON p.id = coalesce(w.person, a.person)
           WHERE w.case_id = judged.case_id AND w.state = 'open' AND w.kind = judged.clock) END,
       CASE WHEN passed_over IS NULL AND does = 'escalate' THEN
         (SELECT json_agg(DISTINCT jsonb_build_array(p.id, p.name))
            FROM (SELECT judged.person AS id
                  UNION ALL
                  SELECT a.person FROM appointment a
                   WHERE judged.person IS NULL AND a.role = judged.role AND a.scope = judged.scope
                     AND a.starts <= %(now)s AND (a.ends IS NULL OR a.ends > %(now)s)) AS owner
            JOIN person p ON p.id = owner.id) END
  FROM judged"""


class _Due(NamedTuple):
    """A due deadline that writes to people, and to whom: pairs of id and name."""

    id: UUID
    case: str
    seq: int
    machine: str
    clock: str
    does: str
    due_at: datetime
    passed_over: bool
    #: A later one of the same clock is due as well: whoever is late hears of that one.
    older: bool
    of_state: str
    role: str
    scope: str
    person: str | None
    fires_at: datetime
    rule: str
    every: int
    #: It comes again, for what it is about is still open.
    again: bool
    holders: list[tuple[str, str]] | None
    owners: list[tuple[str, str]] | None


def _write_to_people(engine: Engine, limit: int) -> Swept:
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        # With its values written in: a plan made for any limit and date is one for the whole table.
        with ClientCursor(connection) as cursor:
            found = cursor.execute(_DUE, {"now": now, "limit": limit}).fetchall()
        batch = [_Due(*row) for row in found]  # type: ignore[arg-type]
        mails = [mail for due in batch for mail in _mails(due)]
        written = insert_notifications(connection, mails, business_now=now)
        arm_again(
            connection, map(_told, filter(_comes_again, batch)), calendar=engine.calendar, now=now
        )
    skipped = sum(due.passed_over for due in batch)
    return Swept(len(batch) - skipped, skipped, mails=written, more=len(batch) == limit)


def _comes_again(due: _Due) -> bool:
    return due.again and not due.passed_over and not due.older


def _told(due: _Due) -> Told:
    return Told(
        case_id=due.case, seq=due.seq, of_state=due.of_state, clock=due.clock, role=due.role,
        scope=due.scope, person=due.person, fires_at=due.fires_at, due_at=due.due_at,
        rule=due.rule, every=due.every,
    )  # fmt: skip


def _mails(due: _Due) -> Iterator[NewMail]:
    """To those whose turn it is; when escalated, openly, also to the owner of the clock."""
    holders = dict(due.holders or ())
    owners = {person: name for person, name in due.owners or () if person not in holders}
    facts = {
        "due": due.due_at.isoformat(), "told": list(owners.values()),
        "late": list(holders.values()),
    }  # fmt: skip
    words = {
        "late" if due.does == "escalate" else due.does: {} if due.older else holders,
        "escalate": owners,
    }
    for word, people in words.items():
        for person in people:
            yield NewMail(
                case=due.case, seq=due.seq, kind=f"{due.machine}.{due.clock}.{word}",
                recipient=person, occurrence=str(due.id), facts=facts,
            )  # fmt: skip


# ------------------------------------------------------------------------------ firing triggers


def _fire_triggers(engine: Engine, limit: int) -> Swept:
    with engine.connect() as connection:
        claimed = claim_deadlines(
            connection, limit=limit, lease=LEASE, business_now=engine.clock.now()
        )
    ends = [_fire(engine, due) for due in claimed]
    return Swept(
        skipped=ends.count("skipped"), fired=ends.count("fired"), refused=ends.count("refused"),
        more=len(claimed) == limit,
    )  # fmt: skip


def _fire(engine: Engine, due: DueTrigger) -> str:
    """Fire one trigger; the state of the deadline afterwards."""
    if due.state != due.of_state:
        return _finish(engine, due, "skipped", outcome="The case has moved on.")
    if due.trigger in ENDINGS and _put_off(engine, due):
        return "armed"
    command = Command(
        trigger=due.trigger, actor=TIMER, key=str(due.id), case=due.case, revision=due.revision
    )
    try:
        perform(engine, command)
    except StaleError as stale:
        # Somebody acted since the claim. It is looked at again, as it is now.
        return _finish(engine, due, "armed", outcome=str(stale), rest=timedelta(0))
    except Refused as refused:
        return _refuse(engine, due, [reason.text for reason in refused.reasons])
    except Exception as error:  # noqa: BLE001 - one bad row never spoils a batch; it is recorded
        # The type alone: a database's message may name people, and belongs to the row.
        log.error("deadline %s: %s", due.id, type(error).__name__)  # noqa: TRY400
        return _try_again(engine, due, error)
    return _finish(engine, due, "fired")


def _put_off(engine: Engine, due: DueTrigger) -> bool:
    """What ends somebody's work waits until they were warned twice."""
    with engine.connect() as connection, connection.transaction():
        return warn_first(connection, due, calendar=engine.calendar, now=engine.clock.now())


def _try_again(engine: Engine, due: DueTrigger, error: Exception) -> str:
    """Whatever went wrong is this row's own: it waits, and the batch goes on."""
    why = f"{type(error).__name__}: {error}"
    # The fence counts the claims, and so the attempts.
    rest = rest_after(due.fence, DEADLINE_RESTS, engine.ids.below(1000) / 1000)
    if rest is None:
        return _refuse(engine, due, [f"It failed {due.fence} times, last with {why}"])
    return _finish(engine, due, "armed", outcome=why, rest=rest)


def _finish(
    engine: Engine, due: DueTrigger, state: str, *,
    outcome: str | None = None, rest: timedelta | None = None,
) -> str:  # fmt: skip
    with engine.connect() as connection:
        ours = finish_deadline(connection, due, state, outcome=outcome, rest=rest)
    return state if ours else "cancelled"


def _refuse(engine: Engine, due: DueTrigger, reasons: list[str]) -> str:
    """What a clock could not do is nobody's turn: ASA is told why, so it does not stand still."""
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        if not finish_deadline(connection, due, "refused", outcome=" ".join(reasons)):
            return "cancelled"
        mails = [_refused(due, person, reasons) for person in _officers(connection, now)]
        insert_notifications(connection, mails, business_now=now)
    return "refused"


def _refused(due: DueTrigger, person: str, reasons: list[str]) -> NewMail:
    return NewMail(
        case=due.case, seq=due.seq, kind=f"{due.machine}.clock_refused", recipient=person,
        occurrence=str(due.id), facts={"trigger": due.trigger, "reasons": reasons},
    )  # fmt: skip


def _officers(connection: Connection[Row], now: datetime) -> list[str]:
    found = connection.execute(
        """SELECT DISTINCT person FROM appointment WHERE role = %(role)s AND scope = ''
              AND starts <= %(now)s AND (ends IS NULL OR ends > %(now)s) ORDER BY person""",
        {"role": ASA_OFFICER.name, "now": now},
    )
    return [cast("str", row[0]) for row in found]


# ------------------------------------------------------------------------------ housekeeping


def fold_census(engine: Engine, *, at_least: int = 500) -> int:
    """Sum the census into one row a machine and state once it has `at_least` rows; rows taken."""
    with engine.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
              DELETE FROM census WHERE id = ANY(ARRAY(
                SELECT id FROM census ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED))
                AND (SELECT count(*) FROM (SELECT FROM census LIMIT %(least)s) AS few) = %(least)s
              RETURNING machine, state, change),
            folded AS (
              INSERT INTO census (machine, state, change)
              SELECT machine, state, sum(change) FROM taken
               GROUP BY machine, state HAVING sum(change) <> 0)
            SELECT count(*) FROM taken""",
            {"least": at_least},
        )
        return cast("int", (cursor.fetchone() or (0,))[0])


def prune_sessions(engine: Engine, *, unseen: timedelta) -> int:
    """Remove sessions not seen for this long by the database's clock; how many."""
    with engine.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM session WHERE seen_at < now() - %s::interval", (unseen,))
        return cursor.rowcount
