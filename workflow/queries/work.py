"""My work: what waits for a person, most urgent first, and what is theirs but waits for others.

A page is read through the two partial indexes on open work items (by person; by role and scope), a
few rows from each, so it costs the same among 200,000 open items as among twenty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, LiteralString, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import class_row

from workflow.engine import MachineInForce
from workflow.queries import words
from workflow.queries.follow_ups import follow_ups
from workflow.queries.path import dots, ended
from workflow.queries.people import Person

Rows = Connection[tuple[object, ...]]

PAGE: Final = 50
WAITING: Final = 20
#: Before every id there is.
_NO_ID: Final = UUID(int=0)


class Calendar(Protocol):
    """What is asked of a calendar here."""

    def business_days_between(self, start: datetime, end: datetime) -> int:
        """Business days after `start` up to and including the day of `end`."""
        ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last item's due date (None: without one) and id."""

    due_at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due; `days` are business days, negative when late; None where undated."""

    at: datetime | None
    days: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits: what it asks, as what one is asked, when it is due."""

    id: UUID
    case: str
    asks: str
    role: str
    state_says: str
    since: datetime
    due: Due
    dots: tuple[str, ...] = ()
    #: The day on which its reader wants it back on top.
    follow_up: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading: to follow up, overdue, today, this week or later."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A case of one's own that waits for others, and for whom since when."""

    case: str
    title: str
    role: str
    state_says: str
    who: str
    since: datetime
    due: Due
    dots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Earned:
    """An award that was issued to a person; `number` is the part of its address that varies."""

    case: str
    title: str
    type: str
    issued_at: datetime
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWork:
    """A page of what waits for a person, in groups; `more` is where the next page begins."""

    groups: tuple[Group, ...]
    waiting: tuple[Waiting, ...]
    earned: tuple[Earned, ...]
    more: Cursor | None

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item of the page, most urgent first."""
        return tuple(item for group in self.groups for item in group.items)


@dataclass(frozen=True, slots=True)
class _Open:
    id: UUID
    case_id: str
    machine: str
    state: str
    kind: str
    role: str
    scope: str
    opened_at: datetime
    due_at: datetime | None
    for_whom: str
    title: str
    learner: str


#: Dated items after the cursor, then undated ones: two range scans of one index each.
_TAKE: Final[LiteralString] = """
  (SELECT w.id, w.case_id, w.kind, w.role, w.scope, w.opened_at, w.due_at
     FROM work_item w WHERE w.state = 'open' AND {held}
      AND (w.due_at, w.id) > (%(due)s::timestamptz, %(last)s::uuid)
    ORDER BY w.due_at, w.id LIMIT %(take)s)
  UNION ALL
  (SELECT w.id, w.case_id, w.kind, w.role, w.scope, w.opened_at, w.due_at
     FROM work_item w WHERE w.state = 'open' AND {held} AND w.due_at IS NULL
      AND w.id > %(undated)s::uuid
    ORDER BY w.due_at, w.id LIMIT %(take)s)"""

#: What the few rows of a page are about.
_ABOUT: Final[LiteralString] = """
SELECT w.id, w.case_id, c.machine, c.state, w.kind, w.role, w.scope, w.opened_at, w.due_at,
       w.for_whom, coalesce(p.title, i.title, m.title, k.title, '') AS title,
       coalesce(l.name, '') AS learner
  FROM page w JOIN cases c ON c.id = w.case_id
  LEFT JOIN proposal p ON c.machine = 'proposal' AND p.case_id = c.id
  LEFT JOIN agenda_item i ON c.machine = 'agenda_item' AND i.case_id = c.id
  LEFT JOIN meeting m ON c.machine = 'meeting' AND m.case_id = c.id
  LEFT JOIN award a ON c.machine = 'award' AND a.case_id = c.id
  LEFT JOIN person l ON l.id = a.learner
  LEFT JOIN credential k ON k.case_id = coalesce(a.credential, c.id)
 ORDER BY w.due_at NULLS LAST, w.id"""

_MINE: Final[LiteralString] = f"""
WITH mine AS (
  SELECT t.*, '' AS for_whom FROM ({_TAKE.format(held="w.person = %(person)s")}) t
  UNION ALL
  SELECT t.*, h.for_whom
    FROM unnest(%(roles)s::text[], %(scopes)s::text[], %(whom)s::text[]) AS h(role, scope, for_whom)
   CROSS JOIN LATERAL (
     {_TAKE.format(held="w.person IS NULL AND w.role = h.role AND w.scope = h.scope")}) t),
page AS (SELECT DISTINCT ON (due_at, id) * FROM mine
          ORDER BY due_at NULLS LAST, id, for_whom LIMIT %(take)s)
{_ABOUT}"""  # noqa: S608 - our own words

#: What waits in cases that a person follows up: a few, found by case.
_FOLLOWED: Final[LiteralString] = f"""
WITH page AS (
  SELECT DISTINCT ON (w.due_at, w.id) w.id, w.case_id, w.kind, w.role, w.scope, w.opened_at,
         w.due_at, coalesce(h.for_whom, '') AS for_whom
    FROM work_item w LEFT JOIN unnest(%(roles)s::text[], %(scopes)s::text[], %(whom)s::text[])
         AS h(role, scope, for_whom) ON w.person IS NULL AND h.role = w.role AND h.scope = w.scope
   WHERE w.state = 'open' AND w.case_id = ANY(%(cases)s)
     AND (w.person = %(person)s OR h.role IS NOT NULL)
   ORDER BY w.due_at, w.id, h.for_whom)
{_ABOUT}"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class _Own:
    case_id: str
    machine: str
    state: str
    title: str
    entered_at: datetime
    due_at: datetime | None
    role: str
    scope: str
    who: str


#: The newest 200 proposals of a person are looked through: a bound that a plan can rely on.
_WAITING: Final[LiteralString] = """
WITH own AS MATERIALIZED (
  (SELECT p.case_id, p.title FROM proposal p WHERE p.proposer = %(person)s
    ORDER BY length(p.case_id) DESC, p.case_id DESC LIMIT 200)
  UNION ALL
  (SELECT a.case_id, k.title FROM award a JOIN credential k ON k.case_id = a.credential
    WHERE a.learner = %(person)s AND NOT a.ended LIMIT 200))
SELECT o.case_id, c.machine, c.state, o.title, c.entered_at, w.due_at,
       coalesce(w.role, '') AS role, coalesce(w.scope, '') AS scope, coalesce(w.who, '') AS who
  FROM own o JOIN cases c ON c.id = o.case_id
  LEFT JOIN LATERAL (
    SELECT t.due_at, t.role, t.scope, coalesce(n.name,
           (SELECT string_agg(h.name, ' or ') FROM (
              SELECT DISTINCT q.name FROM appointment m JOIN person q ON q.id = m.person
               WHERE m.role = t.role AND m.scope = t.scope AND m.starts <= %(now)s
                 AND (m.ends IS NULL OR m.ends > %(now)s) ORDER BY q.name LIMIT 2) h)) AS who
      FROM work_item t LEFT JOIN person n ON n.id = t.person
     WHERE t.case_id = c.id AND t.state = 'open'
     ORDER BY t.kind <> c.state, t.due_at, t.id LIMIT 1) w
    ON true
 WHERE (c.machine || '.' || c.state) <> ALL(%(ended)s)
   AND NOT EXISTS (SELECT FROM work_item m WHERE m.case_id = c.id AND m.state = 'open'
                      AND m.person = %(person)s)
 ORDER BY c.entered_at DESC, c.id LIMIT %(take)s"""


_EARNED: Final[LiteralString] = """
SELECT a.case_id AS case, k.title, k.type, s.signed_at AS issued_at,
       regexp_replace(a.credential_id, '^.*[/:]', '') AS number
  FROM award a JOIN signed_credential s ON s.case_id = a.case_id
  JOIN credential k ON k.case_id = a.credential
 WHERE a.learner = %(person)s AND NOT a.ended ORDER BY s.signed_at DESC LIMIT %(take)s"""


def my_work(
    connection: Rows,
    person: Person,
    *,
    now: datetime,
    calendar: Calendar,
    machines: Mapping[str, MachineInForce],
    after: Cursor | None = None,
    take: int = PAGE,
) -> MyWork:
    """What waits for a person at `now`, grouped in their zone; the page after `after`, if given."""
    here = _Here(now, calendar, machines, follow_ups(connection, person.id))
    found = _open_items(connection, person, after=after, take=take + 1)
    shown, rest = found[:take], found[take:]
    top = _to_follow_up(connection, person, here)
    again = {item.id for item in top}
    below = (here.item(row) for row in shown if row.id not in again)
    first = (Group("Follow up", top),) if top and not after else ()
    return MyWork(
        groups=(*first, *_grouped(below, person.zone, now)),
        waiting=() if after else _waiting(connection, person, here),
        earned=() if after else _earned(connection, person),
        more=Cursor(shown[-1].due_at, shown[-1].id) if rest else None,
    )


@dataclass(frozen=True, slots=True)
class _Here:
    """The moment and the definitions that rows are put into words by."""

    now: datetime
    calendar: Calendar
    machines: Mapping[str, MachineInForce]
    followed: Mapping[str, date]
    #: Most things are due at the same few instants; each is counted once.
    counted: dict[datetime | None, Due] = field(default_factory=dict)

    def due(self, at: datetime | None) -> Due:
        """When something is due, counted in business days from now."""
        if at not in self.counted:
            self.counted[at] = due(at, self.now, self.calendar)
        return self.counted[at]

    def says(self, machine: str, state: str) -> str:
        """The state in words."""
        return self.machines[machine].definition.state(state).says

    def dots(self, machine: str, state: str) -> tuple[str, ...]:
        """The path in small."""
        return dots(self.machines[machine].definition, state)

    def item(self, row: _Open) -> Item:
        """A work item in words."""
        chip = words.role(row.role)
        if body := words.body(row.scope):
            chip = f"{chip}, {body}"
        return Item(
            id=row.id, case=row.case_id, since=row.opened_at,
            due=self.due(row.due_at),
            asks=words.asks(row.machine, row.kind, title=row.title, learner=row.learner),
            role=f"For {row.for_whom}, {chip}" if row.for_whom else chip,
            state_says=self.says(row.machine, row.state), dots=self.dots(row.machine, row.state),
            follow_up=self.followed.get(row.case_id),
        )  # fmt: skip

    def waiting(self, row: _Own) -> Waiting:
        """A case of one's own, in words."""
        return Waiting(
            case=row.case_id, title=row.title or "Untitled proposal",
            role="Learner" if row.machine == "award" else "Proposer",
            who=row.who or words.role(row.role) * bool(row.role), since=row.entered_at,
            due=self.due(row.due_at),
            state_says=self.says(row.machine, row.state), dots=self.dots(row.machine, row.state),
        )  # fmt: skip


def _open_items(
    connection: Rows, person: Person, *, after: Cursor | None, take: int
) -> list[_Open]:
    values = {**_held(person), "take": take, **_after(after)}
    with connection.cursor(row_factory=class_row(_Open)) as cursor:
        return cursor.execute(_MINE, values, prepare=True).fetchall()


def _to_follow_up(connection: Rows, person: Person, here: _Here) -> tuple[Item, ...]:
    """What waits in cases whose day has come, where the person reads times."""
    today = here.now.astimezone(ZoneInfo(person.zone)).date()
    cases = [case for case, day in here.followed.items() if day <= today]
    if not cases:
        return ()
    with connection.cursor(row_factory=class_row(_Open)) as cursor:
        rows = cursor.execute(_FOLLOWED, {**_held(person), "cases": cases}).fetchall()
    return tuple(map(here.item, rows))


def _held(person: Person) -> dict[str, object]:
    return {
        "person": person.id, "roles": [h.role for h in person.holds],
        "scopes": [h.scope for h in person.holds], "whom": [h.for_whom for h in person.holds],
    }  # fmt: skip


def _after(cursor: Cursor | None) -> dict[str, object]:
    """Where the dated and the undated scans begin; the ends of time stand for 'at the start'."""
    if cursor is None:
        return {"due": "-infinity", "last": _NO_ID, "undated": _NO_ID}
    if cursor.due_at is None:
        return {"due": "infinity", "last": _NO_ID, "undated": cursor.id}
    return {"due": cursor.due_at, "last": cursor.id, "undated": _NO_ID}


def _waiting(connection: Rows, person: Person, here: _Here) -> tuple[Waiting, ...]:
    values = {
        "person": person.id, "now": here.now, "ended": ended(here.machines), "take": WAITING,
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(_Own)) as cursor:
        return tuple(map(here.waiting, cursor.execute(_WAITING, values, prepare=True).fetchall()))


def _earned(connection: Rows, person: Person) -> tuple[Earned, ...]:
    values = {"person": person.id, "take": WAITING}
    with connection.cursor(row_factory=class_row(Earned)) as cursor:
        return tuple(cursor.execute(_EARNED, values, prepare=True).fetchall())


def due(at: datetime | None, now: datetime, calendar: Calendar) -> Due:
    """When something is due, counted in business days from `now`."""
    if at is None:
        return Due(at=None)
    if at < now:
        return Due(at=at, days=-calendar.business_days_between(at, now), late=True)
    return Due(at=at, days=calendar.business_days_between(now, at))


def _grouped(items: Iterable[Item], zone: str, now: datetime) -> tuple[Group, ...]:
    names = ("Overdue", "Today", "This week", "Later")
    groups: dict[str, list[Item]] = {name: [] for name in names}
    for item in items:
        groups[_group(item.due, ZoneInfo(zone), now)].append(item)
    return tuple(Group(name, tuple(found)) for name, found in groups.items() if found)


def _group(when: Due, zone: ZoneInfo, now: datetime) -> str:
    if when.late:
        return "Overdue"
    if when.at is None:
        return "Later"
    today, day = now.astimezone(zone).date(), when.at.astimezone(zone).date()
    if day == today:
        return "Today"
    sunday = today + timedelta(days=6 - today.weekday())
    return "This week" if day <= sunday else "Later"
