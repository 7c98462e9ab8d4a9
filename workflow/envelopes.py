"""Notifications are sorted into envelopes: one mail each, to one person, on one case or a morning.

Any number may sort at once. Whoever sorts what is for a person holds that person's row meanwhile,
so merging and counting see what went before; what is locked is passed over, never waited for. A
sorter that dies leaves its notifications as they were. An envelope takes in what belongs to it
until it is claimed, and is named after the notification that it was opened for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, LiteralString, NamedTuple, cast
from uuid import UUID

import orjson
from psycopg import ClientCursor, Connection

from policies.mail import Before, Importance, Notice, Wishes, place
from workflow.clocks import Calendar
from workflow.engine import Engine

Row = tuple[object, ...]

#: The thread of what goes out together in the morning.
MORNING: Final = "morning"
#: What went out within so long may be of the reader's own day, whatever their zone.
_A_DAY: Final = timedelta(hours=25)
_RANK: Final[Mapping[str, int]] = {"fyi": 0, "know": 1, "act": 2}


def sort_mail(engine: Engine, *, limit: int = 500, case: str | None = None) -> int:
    """Put due notifications, or those of a case, into envelopes; how many were sorted or muted."""
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        ids = _taken(connection, now=now, limit=limit, case=case)
        if not ids:
            return 0
        # A statement of its own, after the locks: it sees what was sorted before.
        unsorted = _read(connection, ids, now)
        sorter = _Sorter(engine.calendar, now)
        plans = [sorter.plan(one) for one in unsorted]
        _write(connection, plans, now)
    return len(plans)


# ------------------------------------------------------------------------------- what is taken

#: Locked so that no key is hindered: a row may be written that names the person meanwhile.
_TAKE: LiteralString = """
SELECT n.id FROM notification n JOIN person p ON p.id = n.recipient
 WHERE n.state = 'pending' AND n.envelope IS NULL AND n.due_at <= %(now)s
   AND (%(case)s::text IS NULL OR n.case_id = %(case)s)
 ORDER BY n.due_at, n.id LIMIT %(limit)s
   FOR NO KEY UPDATE OF n, p SKIP LOCKED"""

_READ: LiteralString = """
SELECT n.id, n.case_id, n.kind, n.importance, n.recipient, n.facts ->> 'due', p.zone,
       coalesce(w.act_at_once, true), coalesce(w.know_at_once, true), coalesce(w.fyi, true),
       (SELECT json_agg(json_build_array(e.thread, e.importance, e.due_at)) FROM envelope e
         WHERE e.recipient = n.recipient AND e.due_at > %(since)s),
       CASE WHEN n.importance = 'act' THEN
         (SELECT json_agg(json_build_array(o.kind, e.due_at))
            FROM notification o JOIN envelope e ON e.id = o.envelope
           WHERE o.case_id = n.case_id AND o.recipient = n.recipient AND e.due_at > %(since)s) END
  FROM notification n JOIN person p ON p.id = n.recipient
  LEFT JOIN mail_wishes w ON w.person = p.id
 WHERE n.id = ANY(%(ids)s) ORDER BY n.due_at, n.case_id, n.seq, n.id"""


class _Unsorted(NamedTuple):
    """A notification with its reader's zone and wishes, and what went to them before."""

    id: UUID
    case: str
    kind: str
    importance: Importance
    recipient: str
    due: str | None
    zone: str
    act_at_once: bool
    know_at_once: bool
    fyi: bool
    #: (thread, importance, when) of their mails of the last day.
    mails: list[tuple[str, Importance, str]] | None
    #: (kind, when) of what they were told on this case in the last day.
    told: list[tuple[str, str]] | None


def _taken(
    connection: Connection[Row], *, now: datetime, limit: int, case: str | None
) -> list[UUID]:
    # With its values written in: a plan made for any limit and date is one for the whole table.
    with ClientCursor(connection) as cursor:
        found = cursor.execute(_TAKE, {"now": now, "limit": limit, "case": case}).fetchall()
    return [cast("UUID", row[0]) for row in found]


def _read(connection: Connection[Row], ids: list[UUID], now: datetime) -> list[_Unsorted]:
    values = {"ids": ids, "since": now - _A_DAY}
    with ClientCursor(connection) as cursor:
        found = cursor.execute(_READ, values).fetchall()
    return [_Unsorted(*row) for row in found]  # type: ignore[arg-type]


# ------------------------------------------------------------------------------- where it goes


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where one notification goes; None: its reader turned such mail off."""

    id: UUID
    recipient: str
    thread: str | None
    importance: str
    due_at: datetime


class _Mailed(NamedTuple):
    """A mail that went out, or will."""

    thread: str
    importance: str
    at: datetime


@dataclass
class _Sorter:
    """Places the notifications of a batch one after another; each sees those before it."""

    calendar: Calendar
    now: datetime
    _mailed: dict[str, list[_Mailed]] = field(default_factory=dict)
    _told: dict[tuple[str, str], list[tuple[str, datetime]]] = field(default_factory=dict)

    def plan(self, one: _Unsorted) -> _Plan:
        """The place of one notification, remembered for those that follow."""
        notice = Notice(kind=one.kind, importance=one.importance, due=_instant(one.due))
        wishes = Wishes(act_at_once=one.act_at_once, know_at_once=one.know_at_once, fyi=one.fyi)
        placed = place(
            notice, self._before(one, notice), wishes, now=self.now, zone=one.zone,
            calendar=self.calendar,
        )  # fmt: skip
        if placed is None:
            return _Plan(one.id, one.recipient, None, one.importance, self.now)
        thread = MORNING if placed.morning else one.case
        self._remember(one, _Mailed(thread, one.importance, placed.at))
        return _Plan(one.id, one.recipient, thread, one.importance, placed.at)

    def _before(self, one: _Unsorted, notice: Notice) -> Before:
        mailed = self._mailed.setdefault(one.recipient, [
            _Mailed(thread, importance, datetime.fromisoformat(at))
            for thread, importance, at in one.mails or ()
        ])  # fmt: skip
        told = self._told.setdefault((one.recipient, one.case), [
            (kind, datetime.fromisoformat(at)) for kind, at in one.told or ()
        ])  # fmt: skip
        here = [mail for mail in mailed if mail.thread == one.case]
        return Before(
            acts=[mail.at for mail in here if mail.importance == "act"],
            thread=[mail.at for mail in here],
            others=[mail.at for mail in mailed if mail.importance != "act"],
            reminders=[at for kind, at in told if _reminds_of(kind, notice)],
        )  # fmt: skip

    def _remember(self, one: _Unsorted, mail: _Mailed) -> None:
        """What is added to a mail that is there already makes it no second one."""
        mailed = self._mailed[one.recipient]
        same = [other for other in mailed if other.thread == mail.thread and other.at >= self.now]
        if not same:
            mailed.append(mail)
        elif _RANK[mail.importance] > _RANK[same[0].importance]:
            mailed[mailed.index(same[0])] = mail
        self._told[one.recipient, one.case].append((one.kind, mail.at))


def _reminds_of(kind: str, notice: Notice) -> bool:
    other = Notice(kind=kind, importance="act")
    return other.is_reminder and other.item == notice.item


def _instant(text: str | None) -> datetime | None:
    """When its thing is due; facts that hold no date are found when the mail is written."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


# ------------------------------------------------------------------------------- envelopes

#: An envelope that still takes in is joined: it goes out as early as anything in it, and is of the
#: class of the most important. One that was claimed meanwhile is not: then a new one is opened.
_PUT: LiteralString = """
WITH plan AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS p(
         place int, id uuid, recipient text, thread text, importance text, rank int,
         due_at timestamptz)),
opened AS (
  INSERT INTO envelope AS e (id, recipient, thread, importance, created_at, due_at)
  SELECT DISTINCT ON (recipient, thread) id, recipient, thread,
         (array['fyi', 'know', 'act'])[1 + max(rank) OVER same],
         %(now)s, min(due_at) OVER same
    FROM plan WHERE thread IS NOT NULL
  WINDOW same AS (PARTITION BY recipient, thread)
   ORDER BY recipient, thread, place
      ON CONFLICT (recipient, thread) WHERE state = 'pending' AND fence = 0
      DO UPDATE SET due_at = least(e.due_at, excluded.due_at),
         importance = CASE WHEN 'act' IN (e.importance, excluded.importance) THEN 'act'
                           WHEN 'know' IN (e.importance, excluded.importance) THEN 'know'
                           ELSE 'fyi' END
  RETURNING id, recipient, thread)
UPDATE notification n
   SET envelope = opened.id, state = CASE WHEN opened.id IS NULL THEN 'muted' ELSE n.state END
  FROM plan LEFT JOIN opened USING (recipient, thread)
 WHERE n.id = plan.id"""


def _write(connection: Connection[Row], plans: Iterable[_Plan], now: datetime) -> None:
    rows = [_row(place, plan) for place, plan in enumerate(plans)]
    connection.execute(_PUT, {"plans": orjson.dumps(rows).decode(), "now": now})


def _row(place: int, plan: _Plan) -> Mapping[str, object]:
    return {
        "place": place, "id": plan.id, "recipient": plan.recipient, "thread": plan.thread,
        "importance": plan.importance, "rank": _RANK[plan.importance], "due_at": plan.due_at,
    }  # fmt: skip


def sort_all(engine: Engine) -> int:
    """Sort until nothing is left that can be taken now; how many."""
    return sum(_batches(engine))


def _batches(engine: Engine) -> Iterator[int]:
    while done := sort_mail(engine):
        yield done
