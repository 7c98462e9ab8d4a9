"""What waits to be carried out, as SQL: claimed by lease, finished under a fence.

Any number of relays and workers run the same claims at once: a row taken by one is skipped by the
others, and a row whose worker died comes back when its lease ends. Rows are due by business time;
leases and rests run on the database's clock. Every finish repeats the fence of its claim, so
whoever comes late changes nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import LiteralString, cast
from uuid import UUID, uuid5

import orjson
from psycopg import ClientCursor, Connection

from workflow.effects import NAMESPACE

Row = tuple[object, ...]

#: Rests after the first, second ... failed attempt; after the last one the row is dead.
MAIL_RESTS = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800, 7200, 21600))
FOLLOW_ON_RESTS = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800))
DEADLINE_RESTS = FOLLOW_ON_RESTS


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """An envelope that is ours to send until the lease ends, and which attempt this is."""

    id: UUID
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class FollowOn:
    """A trigger that one case caused in another, ours to fire until the lease ends."""

    id: UUID
    fence: int
    attempts: int
    task: str
    cause_case: str
    cause_seq: int
    machine: str
    target: str | None
    trigger: str
    form: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DueTrigger:
    """A deadline that fires a trigger, with its case as it stood when this was claimed."""

    id: UUID
    fence: int
    case: str
    seq: int
    of_state: str
    clock: str
    trigger: str
    machine: str
    state: str
    revision: int


@dataclass(frozen=True, slots=True)
class Attempted:
    """How an attempt to send ended: `sent`, `dead`, or to be tried again after a `rest`.

    `result` is the attempt's: sent, retry, dead, or unknown where the server may have taken it.
    One that does not count (the server is away, for all mails alike) takes none of the mail's own.
    """

    result: str
    answer: str
    rest: timedelta | None = None
    took_ms: int = 0
    counts: bool = True


def rest_after(attempts: int, rests: Sequence[timedelta], jitter: float) -> timedelta | None:
    """How long to rest after failed attempt number `attempts`; None when it was the last.

    `jitter` from 0 up to 1 lengthens it by up to a quarter, so that what failed together does not
    come back together.

    >>> rest_after(1, MAIL_RESTS, 0.0)
    datetime.timedelta(seconds=2)
    >>> rest_after(8, MAIL_RESTS, 0.0) is None
    True
    """
    if attempts > len(rests):
        return None
    return rests[attempts - 1] * (1 + jitter / 4)


# ------------------------------------------------------------------------------- claims

#: The claim. MATERIALIZED: the choice is made once, so no plan takes more rows than the limit.
_CLAIM = """
WITH free AS MATERIALIZED (
  SELECT t.id{seen} FROM {table} t{join}
   WHERE t.state = '{waits}' AND t.{due} <= %(now)s
     AND (t.lease_until IS NULL OR t.lease_until < now()){only}
   ORDER BY t.{due}, t.id LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED),
claimed AS (
  UPDATE {table} AS t SET lease_until = now() + %(lease)s::interval, fence = t.fence + 1{sets}
    FROM free WHERE t.id = free.id RETURNING {columns})"""

_BY_ID = " AND t.id = ANY(%(ids)s)"

#: An attempt without an answer may have reached its reader: a further copy is explained by it.
_ATTEMPTS = """,
lost AS (
  UPDATE attempt a SET result = 'unknown', answer = 'No answer was recorded.'
    FROM claimed WHERE a.envelope = claimed.id AND a.result = 'started'),
started AS (
  INSERT INTO attempt (envelope, fence, at, result, answer)
  SELECT id, fence, clock_timestamp(), 'started', '' FROM claimed)
SELECT id, fence, attempts FROM claimed"""


_IN_ORDER_OF_CAUSE = " SELECT * FROM claimed ORDER BY due_at, cause_case, cause_seq, id"
_OLDEST_FIRST = " SELECT * FROM claimed ORDER BY fires_at, id"


@cache
def _claim_mail(*, by_id: bool) -> LiteralString:
    claim = _CLAIM.format(
        table="envelope", waits="pending", due="due_at", seen="", join="",
        only=" AND (t.retry_at IS NULL OR t.retry_at <= now())" + (_BY_ID if by_id else ""),
        sets=", attempts = t.attempts + 1", columns="t.id, t.fence, t.attempts",
    )  # fmt: skip
    return claim + _ATTEMPTS


def claim_envelopes(
    connection: Connection[Row], *, limit: int, lease: timedelta, business_now: datetime,
    ids: Collection[UUID] | None = None,
) -> list[ClaimedMail]:  # fmt: skip
    """Claim due envelopes, oldest first, or those of `ids` that are due and free.

    Each claim opens an attempt; one left open by an earlier claim is unknown from now on. The first
    claim closes the envelope: nothing is added to it any more.
    """
    found = _claim(
        connection, _claim_mail(by_id=ids is not None),
        {"limit": limit, "lease": lease, "now": business_now, "ids": _list(ids)},
    )  # fmt: skip
    return [ClaimedMail(*row) for row in found]  # type: ignore[arg-type]


@cache
def _claim_follow_ons(*, by_id: bool, by_cause: bool) -> LiteralString:
    only = " AND t.task = ANY(%(tasks)s)"
    only += _BY_ID if by_id else ""
    only += " AND t.cause_case = ANY(%(causes)s)" if by_cause else ""
    claim = _CLAIM.format(
        table="follow_on", waits="pending", due="due_at", seen="", join="", only=only,
        sets=", attempts = t.attempts + 1",
        columns="t.id, t.fence, t.attempts, t.task, t.cause_case, t.cause_seq, t.machine, "
                "t.target, t.trigger, t.form, t.due_at",
    )  # fmt: skip
    return claim + _IN_ORDER_OF_CAUSE


def claim_follow_ons(
    connection: Connection[Row], *, limit: int, lease: timedelta, business_now: datetime,
    tasks: Collection[str] = ("perform",), ids: Collection[UUID] | None = None,
    causes: Collection[str] | None = None,
) -> list[FollowOn]:  # fmt: skip
    """Claim due follow-ons of these tasks, in the order in which they were caused.

    `ids` narrows it to those rows, `causes` to what these cases caused.
    """
    found = _claim(
        connection, _claim_follow_ons(by_id=ids is not None, by_cause=causes is not None),
        {"limit": limit, "lease": lease, "now": business_now, "ids": _list(ids),
         "tasks": list(tasks), "causes": _list(causes)},
    )  # fmt: skip
    return [FollowOn(*row[:10]) for row in found]  # type: ignore[arg-type]


@cache
def _claim_deadlines() -> LiteralString:
    claim = _CLAIM.format(
        table="deadline", waits="armed", due="fires_at", sets="",
        seen=", c.machine, c.state AS at_state, c.revision",
        join=" JOIN cases c ON c.id = t.case_id", only=" AND t.does = 'fire'",
        columns="t.id, t.fence, t.case_id, t.seq, t.of_state, t.clock, t.trigger, "
                "free.machine, free.at_state, free.revision, t.fires_at",
    )  # fmt: skip
    return claim + _OLDEST_FIRST


def claim_deadlines(
    connection: Connection[Row], *, limit: int, lease: timedelta, business_now: datetime
) -> list[DueTrigger]:
    """Claim due deadlines that fire a trigger, each with the state and revision of its case."""
    found = _claim(
        connection, _claim_deadlines(), {"limit": limit, "lease": lease, "now": business_now}
    )
    return [DueTrigger(*row[:10]) for row in found]  # type: ignore[arg-type]


def _claim(
    connection: Connection[Row], statement: LiteralString, values: Mapping[str, object]
) -> list[Row]:
    # With its values written in: a plan made for any limit and date is one for the whole table.
    with ClientCursor(connection) as cursor:
        return cursor.execute(statement, values).fetchall()


def _list(values: Iterable[object] | None) -> list[object] | None:
    return None if values is None else list(values)


# ------------------------------------------------------------------------------- what is due


def due_envelopes(
    connection: Connection[Row], *, limit: int, business_now: datetime,
    after: tuple[datetime, UUID] | None = None, case: str | None = None,
) -> list[tuple[datetime, UUID]]:  # fmt: skip
    """(due, id) of envelopes that a claim would get now, a page of them from `after` on.

    With `case`, those that hold something on this case.
    """
    statement = """
        SELECT due_at, id FROM envelope e
         WHERE state = 'pending' AND due_at <= %(now)s
           AND (lease_until IS NULL OR lease_until < now())
           AND (retry_at IS NULL OR retry_at <= now())
           AND (%(due)s::timestamptz IS NULL OR (due_at, id) > (%(due)s, %(id)s))
           AND (%(case)s::text IS NULL OR id IN (
                SELECT n.envelope FROM notification n WHERE n.case_id = %(case)s))
         ORDER BY due_at, id LIMIT %(limit)s"""
    due, last = after or (None, None)
    values = {"limit": limit, "now": business_now, "due": due, "id": last, "case": case}
    return cast("list[tuple[datetime, UUID]]", _claim(connection, statement, values))


def due_follow_ons(
    connection: Connection[Row], *, limit: int, business_now: datetime, tasks: Collection[str]
) -> list[UUID]:
    """Ids of follow-ons of these tasks that a claim would get now."""
    found = _claim(
        connection,
        """
        SELECT id FROM follow_on
         WHERE state = 'pending' AND due_at <= %(now)s AND task = ANY(%(tasks)s)
           AND (lease_until IS NULL OR lease_until < now())
         ORDER BY due_at, id LIMIT %(limit)s""",
        {"limit": limit, "now": business_now, "tasks": list(tasks)},
    )
    return [cast("UUID", row[0]) for row in found]


# ------------------------------------------------------------------------------- finishes


def finish_envelope(
    connection: Connection[Row], mail: ClaimedMail, attempted: Attempted, *, business_now: datetime
) -> bool:
    """Record how the attempt ended, for the envelope and for all that is in it.

    False when the lease was lost and another has it now.
    """
    state = attempted.result if attempted.result in {"sent", "dead"} else "pending"
    if state == "pending" and attempted.rest is None:
        state = "dead"
    return _finish(
        connection,
        """
        WITH told AS (
          UPDATE attempt SET result = %(result)s, answer = %(answer)s, took_ms = %(took)s
           WHERE envelope = %(id)s AND fence = %(fence)s AND result = 'started'),
        finished AS (
          UPDATE envelope
             SET state = %(state)s, outcome = %(answer)s, lease_until = NULL,
                 attempts = attempts - %(uncounted)s,
                 sent_at = CASE WHEN %(state)s = 'sent' THEN %(now)s::timestamptz END,
                 retry_at = CASE WHEN %(state)s = 'pending' THEN now() + %(rest)s::interval END
           WHERE id = %(id)s AND fence = %(fence)s AND state = 'pending'
          RETURNING id, state, sent_at),
        within AS (
          UPDATE notification n SET state = f.state, sent_at = f.sent_at FROM finished f
           WHERE n.envelope = f.id AND f.state <> 'pending')
        SELECT 1 FROM finished""",
        {"id": mail.id, "fence": mail.fence, "state": state, "result": attempted.result,
         "answer": attempted.answer, "now": business_now, "rest": attempted.rest,
         "took": attempted.took_ms, "uncounted": int(not attempted.counts)},
    )  # fmt: skip


def finish_follow_on(
    connection: Connection[Row], follow_on: FollowOn, state: str, *,
    outcome: str | None = None, rest: timedelta | None = None,
) -> bool:  # fmt: skip
    """Mark it done, moot or dead, or leave it to rest; False when the lease was lost."""
    return _finish(
        connection,
        """
        UPDATE follow_on SET state = %(state)s, outcome = %(outcome)s,
               lease_until = now() + %(rest)s::interval
         WHERE id = %(id)s AND fence = %(fence)s AND state = 'pending' RETURNING 1""",
        {"id": follow_on.id, "fence": follow_on.fence, "state": state, "outcome": outcome,
         "rest": rest},
    )  # fmt: skip


def finish_deadline(
    connection: Connection[Row], due: DueTrigger, state: str, *,
    outcome: str | None = None, rest: timedelta | None = None,
) -> bool:  # fmt: skip
    """Mark it fired, skipped or refused, or leave it to rest; False when it was not ours.

    The trigger it fired cancels the clocks of the state that was left, itself among them: only
    `fired` is written over that.
    """
    return _finish(
        connection,
        """
        UPDATE deadline SET state = %(state)s, outcome = %(outcome)s,
               lease_until = now() + %(rest)s::interval
         WHERE id = %(id)s AND fence = %(fence)s
           AND (state = 'armed' OR (state = 'cancelled' AND %(state)s = 'fired')) RETURNING 1""",
        {"id": due.id, "fence": due.fence, "state": state, "outcome": outcome, "rest": rest},
    )


def _finish(
    connection: Connection[Row], statement: LiteralString, values: Mapping[str, object]
) -> bool:
    with connection.cursor() as cursor:
        return cursor.execute(statement, values).fetchone() is not None


# ------------------------------------------------------------------------------- new mail

#: What a sweep knows of a notification; the rest is the same for all of them.
_NEW_MAIL: LiteralString = """
INSERT INTO notification (id, case_id, seq, kind, importance, recipient, occurrence, facts,
                          created_at, due_at)
SELECT r.id, r.case_id, r.seq, r.kind, r.importance, r.recipient, r.occurrence, r.facts,
       %(now)s, %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, case_id text, seq int, kind text,
       importance text, recipient text, occurrence text, facts jsonb)
    ON CONFLICT (id) DO NOTHING"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A notification that a clock calls for; its id is made from what it is, never drawn."""

    case: str
    seq: int
    kind: str
    recipient: str
    occurrence: str
    facts: Mapping[str, object]
    importance: str = "act"

    @property
    def id(self) -> UUID:
        """The key that `workflow.effects` gives the same message."""
        words = (self.case, str(self.seq), "mail", self.kind, self.recipient, self.occurrence)
        return uuid5(NAMESPACE, "\x1f".join(words))


def insert_notifications(
    connection: Connection[Row], mails: Iterable[NewMail], *, business_now: datetime
) -> int:
    """Write notifications that are not there yet, in one statement; how many were new."""
    rows = [
        {"id": mail.id, "case_id": mail.case, "seq": mail.seq, "kind": mail.kind,
         "importance": mail.importance, "recipient": mail.recipient,
         "occurrence": mail.occurrence, "facts": mail.facts}
        for mail in mails
    ]  # fmt: skip
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NEW_MAIL, {"rows": orjson.dumps(rows).decode(), "now": business_now})
        return cursor.rowcount


#: Draws a number from 0 up to 1; passed in so that a run can be repeated.
Jitter = Callable[[], float]
