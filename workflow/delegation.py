"""Out of office: a person names a deputy for what they hold, from one day to another.

A delegation is an appointment that says on whose behalf. It is made and ended here and nowhere
else, and each change stands in the register. It never cascades: what somebody holds as a deputy
they cannot pass on, and it counts only while the other holds the role themselves. A deputy inherits
every exclusion, because rules judge both persons (`Actor.persons`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, LiteralString, cast

from psycopg import Connection
from pydantic import Field

from workflow.decide import PRACTICE
from workflow.engine import Engine
from workflow.forms import Form, Line, Words
from workflow.perform import InvalidError, NotFoundError
from workflow.queries.delegations import PERSONAL, Delegation, Own, delegations, held_by
from workflow.register import Subject, record
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: A year is no absence but another appointment.
LONGEST: Final = timedelta(days=366)


class Delegate(Form):
    """Who stands in, for which roles, from the first day to the last, both included."""

    deputy: Line = Field(
        title="Your deputy", json_schema_extra={"options": "colleagues"},
        description="They act in your place and are named with you: “Ana Ruiz for J. Lee”.",
    )  # fmt: skip
    roles: tuple[Line, ...] = Field(
        title="For what", min_length=1, max_length=50,
        json_schema_extra={"options": "roles_to_delegate"},
    )  # fmt: skip
    first_day: date = Field(title="First day")
    last_day: date = Field(title="Last day", description="It ends by itself after this day.")
    reason: Words = Field(default="", title="Why", description="Optional. Your deputy reads it.")


def delegate(engine: Engine, person: str, form: Delegate) -> tuple[Delegation, ...]:
    """Appoint the deputy to each role named; all of it, or nothing.

    Raises InvalidError with every reason and the field it is about.
    """
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        # Two forms of one person, sent at once, are judged one after the other.
        connection.execute("SELECT 1 FROM person WHERE id = %s FOR UPDATE", (person,))
        asked = _Asked(engine, connection, person, form, now)
        if reasons := tuple(asked.reasons()):
            raise InvalidError(reasons)
        made = tuple(asked.appointed())
        return tuple(d for d in delegations(connection, person, now) if d.id in made)


def end(engine: Engine, person: str, delegation: str) -> Delegation:
    """End one before its day: by whoever gave it, or by the deputy who gives it back.

    Raises NotFoundError for one that is not there, not theirs, or has ended.
    """
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        # Ended by both at once, it is ended once.
        connection.execute("SELECT 1 FROM appointment WHERE id = %s FOR UPDATE", (delegation,))
        found = next((d for d in delegations(connection, person, now) if d.id == delegation), None)
        if found is None:
            text = "This delegation has ended, or is not yours to end."
            raise NotFoundError((Reason("delegation", PRACTICE, text, "delegation"),))
        # An appointment ends after it starts: one that has not begun lasts an instant of its own.
        ends = max(now, found.starts + timedelta(microseconds=1))
        connection.execute("UPDATE appointment SET ends = %s WHERE id = %s", (ends, delegation))
        record(
            connection, Subject("delegation", delegation), at=now, actor=person,
            says=f"{found.deputy_name} no longer stands in for {found.by_name} as {found.says}.",
            facts={"ended": ends.isoformat(), "deputy": found.deputy, "by": found.by},
        )  # fmt: skip
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One form on its way: its reasons why not, or its appointments."""

    engine: Engine
    connection: Rows
    person: str
    form: Delegate
    now: datetime

    def reasons(self) -> Iterator[Reason]:
        yield from self._of_days()
        name = "" if self.form.deputy == self.person else self._deputy_name()
        if self.form.deputy == self.person:
            yield _reason("deputy", "Name somebody else: you cannot stand in for yourself.")
        elif not name:
            yield _reason("deputy", "Choose somebody who works here.")
        own = {one.key: one for one in held_by(self.connection, self.person, self.now)}
        for key in dict.fromkeys(self.form.roles):
            yield from self._of_role(own.get(key), name)

    def _of_days(self) -> Iterator[Reason]:
        form = self.form
        if form.first_day < self.engine.calendar.day_of(self.now):
            yield _reason("first_day", "Choose today or a later day.")
        if form.last_day < form.first_day:
            yield _reason("last_day", "The last day is before the first.")
        elif form.last_day - form.first_day > LONGEST:
            yield _reason("last_day", "A deputy stands in for a year at most.")

    def _of_role(self, own: Own | None, name: str) -> Iterator[Reason]:
        if own is None:
            yield _reason("roles", "Choose roles that you hold yourself: nobody passes on what "
                                   "they hold for another.")  # fmt: skip
        elif own.role in PERSONAL:
            yield _reason("roles", PERSONAL[own.role])
        elif own.ends is not None and own.ends < self._ends:
            last = self.engine.calendar.day_of(own.ends - timedelta(microseconds=1))
            yield _reason("last_day", f"You are {own.says} until {_day(last)}: end it by then.")
        elif name and self._holds_already(own):
            yield _reason("roles", f"{name} is {own.says} then already, and needs no deputyship.")

    def appointed(self) -> Iterator[str]:
        """The appointments, each with its line in the register; their ids."""
        own = {one.key: one for one in held_by(self.connection, self.person, self.now)}
        names = f"{self._deputy_name()} stands in for {self._name_of(self.person)}"
        for key in dict.fromkeys(self.form.roles):
            id_ = f"delegation-{self.engine.ids.uuid()}"
            self.connection.execute(_APPOINT, {
                "id": id_, "deputy": self.form.deputy, "role": own[key].role,
                "scope": own[key].scope, "starts": self._starts, "ends": self._ends,
                "by": self.person, "reason": self.form.reason,
            })  # fmt: skip
            self._recorded(id_, own[key], names)
            yield id_

    def _recorded(self, id_: str, own: Own, names: str) -> None:
        days = f"from {_day(self.form.first_day)} to {_day(self.form.last_day)}"
        record(
            self.connection, Subject("delegation", id_), at=self.now, actor=self.person,
            says=f"{names} as {own.says} {days}.",
            facts={
                "deputy": self.form.deputy, "role": own.role, "scope": own.scope,
                "starts": self._starts.isoformat(), "ends": self._ends.isoformat(),
                "reason": self.form.reason,
            },
        )  # fmt: skip

    @property
    def _starts(self) -> datetime:
        return max(self.now, self.engine.calendar.at(self.form.first_day, time()))

    @property
    def _ends(self) -> datetime:
        return self.engine.calendar.at(self.form.last_day + timedelta(days=1), time())

    def _deputy_name(self) -> str:
        """The deputy's name, if they hold anything here themselves."""
        row = self.connection.execute(
            _WORKS_HERE, (self.form.deputy, self.now, self.now)
        ).fetchone()
        return str(row[0]) if row else ""

    def _name_of(self, person: str) -> str:
        row = self.connection.execute("SELECT name FROM person WHERE id = %s", (person,)).fetchone()
        return str(cast("tuple[object, ...]", row)[0])

    def _holds_already(self, own: Own) -> bool:
        """Whether the deputy holds this then: themselves, or for the same person already."""
        values = {
            "deputy": self.form.deputy, "role": own.role, "scope": own.scope, "by": self.person,
            "starts": self._starts, "ends": self._ends,
        }  # fmt: skip
        return self.connection.execute(_OVERLAPS, values).fetchone() is not None


def _reason(field: str, text: str) -> Reason:
    return Reason("delegation", PRACTICE, text, field)


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


_WORKS_HERE: Final[LiteralString] = """
SELECT p.name FROM person p WHERE p.id = %s AND EXISTS (
  SELECT FROM appointment a WHERE a.person = p.id AND a.on_behalf_of IS NULL AND a.starts <= %s
     AND (a.ends IS NULL OR a.ends > %s))"""

_OVERLAPS: Final[LiteralString] = """
SELECT 1 FROM appointment a
 WHERE a.person = %(deputy)s AND a.role = %(role)s AND a.scope = %(scope)s
   AND (a.on_behalf_of = %(by)s AND a.starts < %(ends)s AND a.ends > %(starts)s
        OR a.on_behalf_of IS NULL AND a.starts <= %(starts)s
           AND (a.ends IS NULL OR a.ends >= %(ends)s))"""

_APPOINT: Final[LiteralString] = """
INSERT INTO appointment (id, person, role, scope, starts, ends, on_behalf_of, reason)
VALUES (%(id)s, %(deputy)s, %(role)s, %(scope)s, %(starts)s, %(ends)s, %(by)s, %(reason)s)"""
