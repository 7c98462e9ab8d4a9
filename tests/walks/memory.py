"""The engine without a database: the same decisions and the same changes, over dictionaries.

Facts are put together here anew, in Python, so that a walk compares the definitions with the model
and not with the SQL that reads them; the walks on the real database are there for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from models import metadata
from policies import calendar, edition
from tests.walks import subjects
from tests.walks.people import appointments
from tests.workflow.play import START, SeededIds
from workflow.changes import Insert, Update, Upsert, merged
from workflow.decide import Refusal, decide
from workflow.effects import Action, clock_after, consequences, paused_after
from workflow.facts import Actor, Appointment, CaseFacts, Facts
from workflow.forms import Form
from workflow.perform import Command, InvalidError, parse
from workflow.registry import MACHINES
from workflow.rules import Reason

Row = dict[str, object]
#: Where an action led, or why it did not.
Answer = str | tuple[Reason, ...]
NOBODY: tuple[Reason, ...] = (Reason("case", "practice", "What it is about does not exist."),)


@dataclass
class Memory:
    """Every table as a dictionary by primary key, business time, and the people."""

    now: datetime = START
    tables: dict[str, dict[tuple[object, ...], Row]] = field(default_factory=dict)
    people: list[Appointment] = field(default_factory=lambda: list(appointments()))
    ids: SeededIds = field(default_factory=SeededIds)
    numbers: dict[str, int] = field(default_factory=dict)

    # ------------------------------------------------------------------------- the one door

    def attempt(
        self, trigger: str, actor: str, case: str | None, machine: str,
        form: Mapping[str, object] | None = None,
    ) -> Answer:  # fmt: skip
        """Decide and, where it may be, write; the state it led to."""
        self.now += timedelta(seconds=1)
        running = MACHINES[machine]
        command = Command(
            trigger=trigger, actor=actor, key="-", case=case, machine=machine, form=form
        )
        try:
            said = parse(running, command)
        except InvalidError as invalid:
            return invalid.reasons
        facts = self.facts(machine, case, actor, said)
        if facts is None:
            return NOBODY
        decision = decide(running.definition, facts, trigger)
        if isinstance(decision, Refusal):
            return decision.reasons
        action = Action(
            definition=running.definition, row=decision.row, facts=decision.facts, to=decision.to,
            seq=facts.case.seq + 1, role=decision.role, relied=decision.relied,
            calendar=calendar.load(), ids=self.ids,
        )  # fmt: skip
        self._write(action)
        return decision.to

    def facts(self, machine: str, case: str | None, actor: str, form: Form | None) -> Facts | None:
        """The facts of a case, or of one that is about to begin."""
        found = (
            subjects.opening(self, machine, form, actor) if case is None
            else subjects.subject(self, machine, case, actor)
        )  # fmt: skip
        if found is None:
            return None
        subject, scopes = found
        roles = MACHINES[machine].reading.roles
        people = tuple(
            a for a in self.people
            if a.person == actor or (a.role in roles and a.scope in scopes)
        )  # fmt: skip
        mine = tuple(a for a in people if a.person == actor)
        return subjects.FACTS[machine](
            case=self._case(machine, case), actor=Actor(actor, mine), now=self.now, form=form,
            people=people, **subject,
        )  # fmt: skip

    def _case(self, machine: str, case: str | None) -> CaseFacts:
        if case is not None:
            row = {name: value for name, value in self.one("cases", case).items() if name != "id"}
            return CaseFacts(id=case, **row)  # type: ignore[arg-type]
        number = self.numbers[machine] = self.numbers.get(machine, 0) + 1
        definition = MACHINES[machine].definition
        name, now = f"{definition.prefix}-{number}", self.now
        return CaseFacts(name, machine, definition.version, "", "", 0, 0, "", now, 0, now, now)

    def _write(self, action: Action) -> None:
        before, row = action.facts.case, action.row
        clock_at, extra = clock_after(action)
        pinned = row.pins_edition or not before.state
        self.put("cases", {
            "id": before.id, "machine": before.machine, "definition": before.definition,
            "edition": edition.edition_on(self.now.date()).id if pinned else before.edition,
            "state": action.to, "seq": action.seq, "chain": "",
            "revision": before.revision + (action.moves or row.content),
            "entered_at": self.now if action.moves else before.entered_at,
            "entered_seq": action.seq if action.moves else before.entered_seq,
            "opened_at": before.opened_at, "clock_at": clock_at, "clock_extra": extra,
            "paused_at": paused_after(action),
        })  # fmt: skip
        self.put("entry", {
            "case_id": before.id, "seq": action.seq, "trigger": row.trigger,
            "from_state": before.state or None, "to_state": action.to, "actor": action.actor,
            "role": action.acted_as, "on_behalf_of": action.facts.actor.on_behalf_of,
            "at": self.now, "form": action.form,
        })  # fmt: skip
        # One statement: its updates see the rows that were there before, never its own new ones.
        changes = merged(consequences(action))
        for change in sorted(changes, key=lambda change: not isinstance(change, Update)):
            self._apply(change)

    def _apply(self, change: Insert | Upsert | Update) -> None:
        if isinstance(change, Update):
            for row in self.rows(change.table, **change.where):
                row.update(change.values)
        elif change.table == "appointment":
            values = cast("Mapping[str, str]", change.values)
            person, role, scope = values["person"], values["role"], values["scope"]
            self.people.append(Appointment(values["id"], person, role, scope, None, person))
        else:
            self.put(change.table, dict(change.values), new=isinstance(change, Insert))

    # ------------------------------------------------------------------------- rows

    def put(self, table: str, row: Row, *, new: bool = False) -> None:
        """Keep a row under its primary key; two new ones under one key are an error."""
        row = {**defaults(table), **row}
        names = primary_key(table)
        key = tuple(row.get(name) for name in names)
        key = (object(),) if key == (None,) else key
        kept = self.tables.setdefault(table, {})
        assert not (new and key in kept), f"{table} has {key} already"
        kept[key] = row

    def rows(self, table: str, **where: object) -> list[Row]:
        """The rows in which these columns have these values."""
        kept = self.tables.get(table, {}).values()
        return [row for row in kept if all(row.get(name) == value for name, value in where.items())]

    def one(self, table: str, *key: object) -> Row:
        """The row under a primary key."""
        return self.tables[table][key]

    # ------------------------------------------------------------------------- what a walk asks

    def state(self, case: str) -> str:
        return str(self.one("cases", case)["state"])

    def newest(self, machine: str) -> str:
        """The case that was begun last."""
        return [str(row["id"]) for row in self.rows("cases", machine=machine)][-1]

    def pending(self) -> Sequence[tuple[object, str, str, str | None, Mapping[str, object]]]:
        """Follow-ons that wait: (id, machine, trigger, case or None, form)."""
        names = ("id", "machine", "trigger", "target", "form")
        waiting = [
            tuple(row[name] for name in names)
            for row in self.rows("follow_on", state="pending", task="perform")
        ]
        return cast("Sequence[tuple[object, str, str, str | None, Mapping[str, object]]]", waiting)

    def fire(self, follow_on: object) -> Answer:
        """Carry out one follow-on."""
        row = self.one("follow_on", follow_on)
        answer = self.attempt(
            str(row["trigger"]), "system", cast("str | None", row["target"]), str(row["machine"]),
            cast("Mapping[str, object]", row["form"]),
        )  # fmt: skip
        row["state"] = "done" if isinstance(answer, str) else "moot"
        return answer

    def pass_time(self, to: datetime) -> None:
        """Time passes; whatever only writes to people has done so by then."""
        self.now = max(to, self.now)
        for row in self.rows("deadline", state="armed"):
            if row["does"] != "fire" and cast("datetime", row["fires_at"]) <= self.now:
                row["state"] = "fired"

    def fires_at(self, case: str) -> datetime | None:
        """When the state's clock fires."""
        armed = self.rows("deadline", case_id=case, state="armed", does="fire")
        return min((cast("datetime", row["fires_at"]) for row in armed), default=None)

    def warned(self, case: str) -> int:
        """How often people were warned of what the case's clock fires."""
        ends = self.rows("deadline", case_id=case, state="armed", does="fire")
        since = max((cast("int", row["seq"]) for row in ends), default=None)
        past = self.rows("deadline", case_id=case, state="fired", does="warn")
        return sum(1 for warning in past if warning["seq"] == since)

    def mail_all(self, case: str) -> None:
        """Every mail of a case is sent."""
        for row in self.rows("notification", case_id=case):
            row["state"] = "sent"

    def column(self, table: str, case: str, name: str) -> object:
        """One column of a case's subject."""
        return self.one(table, case)[name]

    def sign(self, case: str) -> None:
        """A worker has signed what was reserved."""
        reserved = self.column("award", case, "credential_id")
        self.put("signed_credential", {"credential_id": reserved, "case_id": case})


@cache
def defaults(table: str) -> Row:
    """What the schema gives to columns that are left out."""
    found: Row = {}
    for column in metadata.tables[table].columns:
        given = getattr(column.server_default, "arg", None)
        found[column.name] = None if given is None else _value(str(given), column.type.python_type)
    return found


def _value(text: str, kind: type) -> object:
    return text == "true" if kind is bool else kind(text)


@cache
def primary_key(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in metadata.tables[table].primary_key)
