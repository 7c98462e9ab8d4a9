"""The steps that a clock takes late: reminded again while it is late, and warned before it ends.

They are armed one at a time, under ids made from what they are, so no slot is ever written twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID, uuid5

import orjson
from psycopg import Connection

from policies.clocks import WARNINGS, WEEKLY
from workflow.clocks import AGAIN, NINE_MONTHS, Calendar, again_on, next_again
from workflow.effects import NAMESPACE
from workflow.outbox import DueTrigger, Row

_INSERT = """
INSERT INTO deadline (id, case_id, seq, of_state, clock, does, role, scope, person, fires_at,
                      due_at, rule, every)
SELECT r.* FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, case_id text, seq int,
       of_state text, clock text, does text, role text, scope text, person text,
       fires_at timestamptz, due_at timestamptz, rule text, every int)
    ON CONFLICT (id) DO NOTHING"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An escalation that was just made, and is made again while the thing is late."""

    case_id: str
    seq: int
    of_state: str
    clock: str
    role: str
    scope: str
    person: str | None
    fires_at: datetime
    due_at: datetime
    rule: str
    every: int


def arm_again(
    connection: Connection[Row], told: Iterable[Told], *, calendar: Calendar, now: datetime
) -> None:
    """Arm the next reminder of each, on the first of its days that is still to come."""
    rows = [_again(one, calendar, now) for one in told if one.every]
    if rows:
        connection.execute(_INSERT, {"rows": orjson.dumps(rows).decode()})


def _again(told: Told, calendar: Calendar, now: datetime) -> Mapping[str, object]:
    off = NINE_MONTHS in told.rule
    day = next_again(calendar, told.fires_at, every=told.every, now=now, off=off)
    whose = f", {NINE_MONTHS}" if off else ""
    return {
        "id": _key(told.case_id, told.seq, told.clock, occurrence=again_on(calendar, day)),
        "case_id": told.case_id, "seq": told.seq, "of_state": told.of_state, "clock": told.clock,
        "does": "escalate", "role": told.role, "scope": told.scope, "person": told.person,
        "fires_at": day, "due_at": told.due_at, "rule": f"{AGAIN}{whose}, {calendar.timezone}",
        "every": told.every,
    }  # fmt: skip


def _key(case: str, seq: int, clock: str, *, occurrence: str) -> UUID:
    """The id that `workflow.effects` gives the same deadline."""
    return uuid5(NAMESPACE, "\x1f".join((case, str(seq), "deadline", clock, occurrence)))


# ------------------------------------------------------------------------- before it ends


class _Warned(NamedTuple):
    """Warnings of one end: those that went out, and those that are on their way."""

    out: int
    coming: int

    @property
    def missing(self) -> int:
        return max(0, WARNINGS - self.out - self.coming)


def warn_first(
    connection: Connection[Row], due: DueTrigger, *, calendar: Calendar, now: datetime
) -> bool:
    """Put an end off until two warnings of it have gone out; False where they have.

    The first that is missing goes out now, the others a week apart; the end comes a week after the
    last, so that whoever was not warned in time (we stood still, the mail stood still) has it.
    """
    warned = _warned(connection, due)
    if warned.out >= WARNINGS:
        return False
    weeks = [n + bool(warned.out + warned.coming) for n in range(warned.missing)]
    days = [calendar.add_business_days(now, WEEKLY * week) if week else now for week in weeks]
    end = calendar.add_business_days(max(days, default=now), WEEKLY)
    rows = [_warning(due, calendar, day=day, end=end) for day in days]
    connection.execute(_INSERT, {"rows": orjson.dumps(rows).decode()})
    connection.execute(
        """
        WITH put_off AS (
          UPDATE deadline SET fires_at = %(end)s, lease_until = NULL,
                 outcome = 'It was put off until two warnings had gone out.'
           WHERE id = %(id)s AND fence = %(fence)s AND state = 'armed' RETURNING case_id, clock)
        UPDATE work_item w SET due_at = %(end)s FROM put_off
         WHERE w.case_id = put_off.case_id AND w.kind = put_off.clock AND w.state = 'open'""",
        {"end": end, "id": due.id, "fence": due.fence},
    )
    return True


def _warned(connection: Connection[Row], due: DueTrigger) -> _Warned:
    found = connection.execute(
        """
        SELECT count(*) FILTER (WHERE d.state = 'fired' AND NOT m.waits),
               count(*) FILTER (WHERE d.state = 'armed' OR (d.state = 'fired' AND m.waits))
          FROM deadline d CROSS JOIN LATERAL (SELECT EXISTS (
                 SELECT FROM notification n WHERE n.case_id = d.case_id AND n.seq = d.seq
                    AND n.occurrence = d.id::text AND n.state <> 'sent') AS waits) AS m
         WHERE d.case_id = %(case)s AND d.clock = %(clock)s AND d.does = 'warn'
           AND d.seq = (SELECT f.seq FROM deadline f WHERE f.id = %(id)s)""",
        {"case": due.case, "clock": due.clock, "id": due.id},
    ).fetchone()
    return _Warned(*cast("tuple[int, int]", found))


def _warning(
    due: DueTrigger, calendar: Calendar, *, day: datetime, end: datetime
) -> Mapping[str, object]:
    return {
        "id": _key(
            due.case, due.seq, due.clock, occurrence=f"warn {calendar.day_of(day).isoformat()}"
        ),
        "case_id": due.case, "seq": due.seq, "of_state": due.of_state, "clock": due.clock,
        "does": "warn", "role": "", "scope": "", "person": None, "fires_at": day, "due_at": end,
        "rule": f"missing before the end, {calendar.timezone}", "every": 0,
    }  # fmt: skip
