"""One read, without a lock: the case, the facts of its machine, the actor's appointments, the key.

A machine says in a `Reading` which JSON it needs beside the case; the statement around it is made
once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import LiteralString, NamedTuple, cast

from psycopg import Connection

from workflow.chain import GENESIS
from workflow.clocks import Calendar
from workflow.facts import Actor, Appointment, CaseFacts, Facts, ProposedCorrection
from workflow.forms import Form
from workflow.prepared import first_row

Subject = Mapping[str, object]
_NAME_AND_ID = attrgetter("name", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every machine's facts begin with."""

    case: CaseFacts
    actor: Actor
    now: datetime
    form: Form | None
    people: tuple[Appointment, ...]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Reading:
    """How the facts of one machine are read.

    `subject` and `opening` are SELECTs of (subject json, scopes text[]): the first for the case
    %(case)s, the second, for a case that is about to begin, from %(form)s (json) and %(actor)s.
    """

    subject: str
    opening: str
    build: Callable[[Common, Subject], Facts]
    #: Role names whose holders are read along.
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An action already done under the same idempotency key."""

    case: str
    trigger: str
    actor: str
    form: Mapping[str, object]
    seq: int
    state: str
    revision: int


@dataclass(frozen=True, slots=True)
class Read:
    """What one read brought: the facts, and the earlier answer where the key is known."""

    facts: Facts
    earlier: Earlier | None


#: When the case's first trigger fires by itself, for a subject's SELECT. OFFSET 0, or the least
#: would be looked for among everybody's deadlines, in their order, until one of this case is met.
FIRES_AT = """
    (SELECT min(d.fires_at) FROM (SELECT a.fires_at FROM deadline a
                                   WHERE a.case_id = c.id AND a.state = 'armed' AND a.does = 'fire'
                                  OFFSET 0) d)"""

#: How many warnings of what fires went out since the clock that fires was armed: what we could not
#: send is none. Those before its date was moved are of another date.
WARNED = """
    (SELECT count(*) FROM deadline w
      WHERE w.case_id = c.id AND w.does = 'warn' AND w.state = 'fired'
        AND w.seq = (SELECT max(f.seq) FROM deadline f
                      WHERE f.case_id = c.id AND f.state = 'armed' AND f.does = 'fire')
        AND NOT EXISTS (SELECT FROM notification n WHERE n.case_id = w.case_id AND n.seq = w.seq
                           AND n.occurrence = w.id::text AND n.state <> 'sent'))"""

#: The correction that waits for a second person, for a subject's SELECT: what was proposed before
#: the case moved on no longer does.
CORRECTION = """
    (SELECT json_build_array(x.seq, x.what, x.was, x.value, x.reason, x.proposed_by, x.on_behalf_of)
       FROM correction x
      WHERE x.case_id = c.id AND x.answer = 'open' AND x.seq > c.entered_seq LIMIT 1)"""


def correction(subject: Subject) -> ProposedCorrection | None:
    """The correction that was read, if there is one."""
    found = cast("list[object] | None", subject.get("correction"))
    return ProposedCorrection(*found) if found else None  # type: ignore[arg-type]


#: A deputy's counts while whoever they stand in for holds the role themselves.
_APPOINTMENTS = """
    (SELECT json_agg(json_build_array(
              a.id, a.person, a.role, a.scope, a.on_behalf_of, p.name, p.nine_months,
              a.stands_for))
       FROM appointment a JOIN person p ON p.id = a.person
      WHERE a.starts <= %(now)s AND (a.ends IS NULL OR a.ends > %(now)s)
        AND (a.on_behalf_of IS NULL OR EXISTS (
              SELECT FROM appointment o WHERE o.person = a.on_behalf_of AND o.role = a.role
                 AND o.scope = a.scope AND o.on_behalf_of IS NULL AND o.starts <= %(now)s
                 AND (o.ends IS NULL OR o.ends > %(now)s)))
        AND (a.person = %(actor)s OR (a.role = ANY('{{{roles}}}') AND a.scope = ANY(s.scopes))))"""

_EARLIER = """
    (SELECT json_build_array(e.case_id, e.trigger, e.actor, e.form, e.seq, e.to_state, e.revision)
       FROM entry e WHERE e.key = %(key)s)"""

_OF_CASE = """
SELECT c.definition, c.edition, c.state, c.revision, c.seq, c.chain, c.entered_at, c.entered_seq,
       c.opened_at, c.clock_at, c.clock_extra, c.paused_at,
       s.subject, {appointments} AS appointments, {earlier} AS earlier
  FROM cases c CROSS JOIN LATERAL ({subject}) AS s(subject, scopes)
 WHERE c.id = %(case)s AND c.machine = %(machine)s"""

_OF_NOTHING = """
SELECT nextval('case_number_{machine}'), s.subject, {appointments} AS appointments,
       {earlier} AS earlier
  FROM (SELECT 1) AS one LEFT JOIN LATERAL ({opening}) AS s(subject, scopes) ON true"""


class _Statement(NamedTuple):
    """A statement with its parameters numbered, and which they are, in that order."""

    text: LiteralString
    names: tuple[str, ...]


@lru_cache(maxsize=32)
def _case_statement(reading: Reading) -> _Statement:
    return _numbered(
        _OF_CASE.format(
            subject=reading.subject, appointments=_appointments(reading), earlier=_EARLIER
        )
    )


@lru_cache(maxsize=32)
def _opening_statement(reading: Reading, machine: str) -> _Statement:
    return _numbered(
        _OF_NOTHING.format(
            machine=machine,
            opening=reading.opening,
            appointments=_appointments(reading),
            earlier=_EARLIER,
        )
    )


def _appointments(reading: Reading) -> str:
    """What reads the actor's appointments and the holders; the roles are plain words of ours."""
    return _APPOINTMENTS.format(roles=",".join(reading.roles))


def _numbered(text: str) -> _Statement:
    """The statement as PostgreSQL takes it: psycopg would look for its placeholders at each run."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    for n, name in enumerate(names, 1):
        text = text.replace(f"%({name})s", f"${n}")
    return _Statement(text, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be read: for whom, when, under which key, and with which input."""

    machine: str
    case: str | None
    actor: str
    now: datetime
    key: str
    form: Form | None
    calendar: Calendar


def read_case(connection: Connection[object], reading: Reading, wanted: Wanted) -> Read | None:
    """Read one case and its facts in one round trip; None when there is no such case."""
    row = _one(connection, _case_statement(reading), wanted)
    if row is None:
        return None
    case = CaseFacts(cast("str", wanted.case), wanted.machine, *row[:12])  # type: ignore[arg-type]
    return _read(reading, wanted, case=case, rest=row[12:])


def read_opening(
    connection: Connection[object], reading: Reading, wanted: Wanted, *, prefix: str, version: int
) -> Read | None:
    """Read what a new case needs, and draw its number, in one round trip.

    None when what it is to be opened for does not exist.
    """
    row = _one(connection, _opening_statement(reading, wanted.machine), wanted)
    if row is None or (row[1] is None and row[3] is None):
        return None
    now = wanted.now
    case = CaseFacts(
        f"{prefix}-{row[0]}", wanted.machine, version, "", "", 0, 0, GENESIS, now, 0, now, now
    )
    if row[1] is None:
        row = (row[0], {}, row[2], row[3])
    return _read(reading, wanted, case=case, rest=row[1:])


def _one(
    connection: Connection[object], statement: _Statement, wanted: Wanted
) -> tuple[object, ...] | None:
    parameters = [_parameter(name, wanted) for name in statement.names]
    return first_row(connection, statement.text, parameters)


def _parameter(name: str, wanted: Wanted) -> object:
    if name == "form":
        return wanted.form.model_dump_json() if wanted.form is not None else "{}"
    value: object = getattr(wanted, name)
    return value


def _appointment(values: list[object], *, summer: bool) -> Appointment:
    """An appointment as it was read: nine-month faculty are away while off contract."""
    found = Appointment(*values)  # type: ignore[arg-type]
    return replace(found, away=summer) if found.nine_months else found


def _read(reading: Reading, wanted: Wanted, *, case: CaseFacts, rest: tuple[object, ...]) -> Read:
    subject, appointments, earlier = cast(
        "tuple[Subject, list[list[object]] | None, list[object] | None]", rest
    )
    # By name, then id: the order in which people are told and named.
    summer = wanted.calendar.is_off_contract(wanted.calendar.day_of(wanted.now))
    held = (_appointment(values, summer=summer) for values in appointments or ())
    people = tuple(sorted(held, key=_NAME_AND_ID))
    mine = tuple(a for a in people if a.person == wanted.actor)
    common = Common(
        case=case,
        actor=Actor(wanted.actor, mine),
        now=wanted.now,
        form=wanted.form,
        people=people,
        calendar=wanted.calendar,
    )
    if earlier is not None and not subject:
        return Read(Facts(case=case, actor=common.actor, now=wanted.now), Earlier(*earlier))  # type: ignore[arg-type]
    facts = reading.build(common, subject)
    return Read(facts, Earlier(*earlier) if earlier else None)  # type: ignore[arg-type]
