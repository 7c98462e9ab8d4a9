"""Changing a committee: a new charter from a day on, with who, when and why in the register.

What was is not rewritten: a charter begins today at the earliest, a vote that is open keeps the
rules it was opened under, and a mistake is mended by one charter more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import orjson
from psycopg import Connection
from psycopg.types.json import Jsonb
from pydantic import Field, JsonValue

from policies import committees
from policies.committees import Body
from policies.data import DataError
from workflow.charters import Kept, committees_at, versions
from workflow.decide import PRACTICE
from workflow.engine import Engine
from workflow.forms import Form, Line, Paragraph
from workflow.perform import InvalidError
from workflow.queries.people import person as person_of
from workflow.register import Subject, record
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: Who may change how a committee votes.
KEEPERS: Final = frozenset({"senate_office", "asa_director", "admin"})


class Amend(Form):
    """What is to be different, from which day, and why."""

    body: Line = Field(title="Committee")
    first_day: date = Field(title="First day", description="It is in force from this day on.")
    #: Fields of the body by name; those of its voting rules as "voting.quorum".
    changes: dict[str, JsonValue] = Field(title="Changes", min_length=1, max_length=40)
    why: Paragraph = Field(title="Why", description="It stands in the register.")


def amend(engine: Engine, person: str, form: Amend) -> Kept:
    """Give a committee a new charter, or begin a new committee; all of it, or nothing.

    Raises InvalidError with every reason and the field it is about.
    """
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        # One change at a time: each is laid over what was in force before it.
        connection.execute("LOCK TABLE charter IN SHARE ROW EXCLUSIVE MODE")
        asked = _Asked(engine, connection, person, form, now)
        if reasons := tuple(asked.reasons()):
            raise InvalidError(reasons)
        asked.write()
        return versions(connection, form.body)[-1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One change on its way: its reasons why not, or its charter."""

    engine: Engine
    connection: Rows
    person: str
    form: Amend
    now: datetime

    @property
    def starts(self) -> datetime:
        """The first instant of the first day, or now where that is today."""
        return max(self.now, self.engine.calendar.start_of(self.form.first_day))

    def before(self) -> Body | None:
        held = committees_at(self.connection, self.starts)
        return next((body for body in held.bodies if body.id == self.form.body), None)

    def after(self) -> Body:
        """The body with the changes; DataError names a field that cannot be so."""
        before = self.before()
        said: dict[str, object] = committees.said(before) if before else {"id": self.form.body}
        for name, value in self.form.changes.items():
            _put(said, name, value)
        if said["id"] != self.form.body:
            raise DataError("charter: id: a committee keeps its id")
        if before and said["kind"] != before.kind.value:
            raise DataError("charter: kind: a committee keeps its kind; begin another one")
        return committees.body_of(orjson.dumps(said).decode())

    def reasons(self) -> Iterator[Reason]:
        who = person_of(self.connection, self.person, self.now)
        if who is None or not who.holds_any(KEEPERS):
            text = "Only the Senate office and the ASA director change how a committee votes."
            yield _reason("body", text)
        if self.form.first_day < self.engine.calendar.day_of(self.now):
            yield _reason("first_day", "Begin today or later: what was is not rewritten.")
        try:
            body = self.after()
        except DataError as problem:
            yield _reason("changes", f"{str(problem).removeprefix('charter: ')}.")
            return
        if body == self.before():
            yield _reason("changes", "This is how it is already.")
        text = orjson.dumps(committees.said(body)).decode()
        held = committees_at(self.connection, self.starts)
        others = [orjson.dumps(committees.said(b)).decode() for b in held.bodies if b.id != body.id]
        for level in committees.in_force([*others, text]).unread():
            yield _reason("changes", f"No committee would vote on {level} items any more.")

    def write(self) -> None:
        body, first = self.after(), self.form.first_day
        day = f"{first:%a} {first.day} {first:%b %Y}"
        entry = record(
            self.connection, Subject("committee", body.id), at=self.now, actor=self.person,
            says=f"{body.name}, from {day}: {_told(self.form.changes)}. {self.form.why}",
            facts={"from": self.starts.isoformat(), "changes": dict(self.form.changes),
                   "why": self.form.why},
        )  # fmt: skip
        self.connection.execute(
            "INSERT INTO charter (body, starts, entry, said) VALUES (%s, %s, %s, %s)",
            (body.id, self.starts, entry, Jsonb(committees.said(body))),
        )


def _put(said: dict[str, object], name: str, value: object) -> None:
    place, _, rest = name.partition(".")
    if not rest:
        said[place] = value
        return
    inner = said.get(place)
    said[place] = {**(inner if isinstance(inner, Mapping) else {}), rest: value}


def _told(changes: Mapping[str, JsonValue]) -> str:
    """The changes as a list that people read."""
    return ", ".join(
        f"{name.removeprefix('voting.').replace('_', ' ')} {_plain(value)}"
        for name, value in changes.items()
    )


def _plain(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(map(_plain, value)) or "none"
    return str(value).replace("_", " ")


def _reason(field: str, text: str) -> Reason:
    return Reason("charter", PRACTICE, text, field)
