"""The one door: every change of state goes through `perform`.

Refused                 the action did not happen; `reasons` says why, in words people read
├── NotFoundError       no such case, trigger or person
├── InvalidError        the form is not filled in as it must be; each reason names its field
├── StaleError          the page showed an older revision
└── NotAllowedError     the policy, the state or the role does not allow it
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from psycopg import Connection
from psycopg.errors import UniqueViolation
from pydantic import ValidationError

from workflow.chain import entry_hash
from workflow.changes import Insert
from workflow.decide import PRACTICE, Refusal, decide
from workflow.effects import Action, clock_after, consequences, paused_after
from workflow.engine import Engine, MachineInForce
from workflow.forms import Form, short, shown, unprintable
from workflow.reading import Earlier, Read, Wanted, read_case, read_opening
from workflow.rules import Reason
from workflow.writing import CaseWrite, write

F = TypeVar("F", bound=Form)


class Refused(Exception):
    """The action did not happen; nothing was written."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reason.text for reason in reasons))


class NotFoundError(Refused):
    """There is no such case, trigger or person."""


class InvalidError(Refused):
    """The form is not filled in as it must be; each reason names its field."""


class StaleError(Refused):
    """The case has moved on since the page was shown."""


class NotAllowedError(Refused):
    """The policy, the state or the role does not allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One action a person, a clock or another case wants done.

    `case` is None to open a new case of `machine`. `revision` is what the page had seen, None where
    no page was (a clock, another case). `key`: the same key gets the same answer.
    """

    trigger: str
    actor: str
    key: str
    case: str | None = None
    machine: str = ""
    form: Mapping[str, object] | Form | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It happened: the entry's number, the state it led to, the revision to have seen now."""

    case: str
    trigger: str
    seq: int
    state: str
    revision: int
    #: The answer was given before, to the same key.
    repeated: bool = False


def perform(engine: Engine, command: Command) -> Done:
    """Do one action: one read, one compare-and-set write; the lock path when a race is lost.

    Raises Refused (see the tree above) with every reason; nothing is written then.
    """
    _keepable(command)
    engine.look_again()
    machine = _machine(engine, command)
    _known_trigger(machine, command.trigger)
    form = parse(machine, command)
    attempt = _Attempt(engine, machine, command, form, engine.clock.now())
    with engine.connect() as connection:
        done = _drawn(attempt, connection)
    if not done.repeated:
        engine.wake(done.case)
    return done


def _drawn(attempt: "_Attempt", connection: Connection[tuple[object, ...]]) -> Done:
    """Try, and draw anew where what was drawn at random is taken; nothing was written then.

    Raises _TakenError, from psycopg's UniqueViolation, when every draw was taken.
    """
    for _ in range(DRAWS - 1):
        with suppress(_TakenError):
            return _answered(attempt, connection)
    return _answered(attempt, connection)


def _answered(attempt: "_Attempt", connection: Connection[tuple[object, ...]]) -> Done:
    """Try once, then under the lock; what a uniqueness stopped is answered when it is undone."""
    try:
        return attempt.once(connection) or _locked(attempt, connection)
    except UniqueViolation as collision:
        return attempt.collided(connection, collision)


def _locked(attempt: "_Attempt", connection: Connection[tuple[object, ...]]) -> Done:
    """The lock path: lock the case row alone, then read the facts in a statement of their own.

    Facts read in the statement that takes the lock would show the tally as it was before the wait.
    """
    with connection.transaction():
        connection.execute("SELECT 1 FROM cases WHERE id = %s FOR UPDATE", (attempt.command.case,))
        done = attempt.once(connection)
    if done is None:
        raise NotAllowedError((
            Reason("who", PRACTICE, "Your appointment ended while you acted. Nothing was changed."),
        ))  # fmt: skip
    return done


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One command on its way through read, decision and write."""

    engine: Engine
    machine: MachineInForce
    command: Command
    form: Form
    now: datetime

    def once(self, connection: Connection[tuple[object, ...]]) -> Done | None:
        """Read, decide, write once; None when the race for `seq` was lost."""
        read = self._read(connection)
        if read.earlier is not None:
            return self._same_answer(read.earlier)
        self._seen(read.facts.case.revision)
        decision = decide(self.machine.definition, read.facts, self.command.trigger)
        if isinstance(decision, Refusal):
            raise NotAllowedError(decision.reasons)
        action = Action(
            definition=self.machine.definition, row=decision.row, facts=decision.facts,
            to=decision.to, seq=read.facts.case.seq + 1, role=decision.role,
            relied=decision.relied, calendar=self.engine.calendar, ids=self.engine.ids,
        )  # fmt: skip
        return self._write(connection, action)

    def _read(self, connection: Connection[tuple[object, ...]]) -> Read:
        command, definition = self.command, self.machine.definition
        wanted = Wanted(
            machine=definition.machine, case=command.case, actor=command.actor, now=self.now,
            key=command.key, form=self.form, calendar=self.engine.calendar,
        )  # fmt: skip
        if command.case is None:
            read = read_opening(
                connection, self.machine.reading, wanted,
                prefix=definition.prefix, version=definition.version,
            )  # fmt: skip
        else:
            read = read_case(connection, self.machine.reading, wanted)
        if read is None:
            raise NotFoundError((_nothing(command, definition.noun),))
        return read

    def _same_answer(self, earlier: Earlier) -> Done:
        """The first answer again; a key used for something else is refused."""
        command = self.command
        same = (
            earlier.trigger == command.trigger
            and earlier.actor == command.actor
            and command.case in {None, earlier.case}
            and earlier.form == self.form.said()
        )
        if not same:
            raise InvalidError((
                Reason("key", PRACTICE,
                       "This form was already used for another action. Open the page again.",
                       "key"),
            ))  # fmt: skip
        return Done(
            earlier.case, earlier.trigger, earlier.seq, earlier.state, earlier.revision,
            repeated=True,
        )  # fmt: skip

    def _seen(self, revision: int) -> None:
        seen = self.command.revision
        if seen is not None and seen != revision:
            raise StaleError((
                Reason("revision", PRACTICE,
                       f"It has changed since you opened the page (revision {seen}, now "
                       f"{revision}). Look at it again, then decide.", "revision"),
            ))  # fmt: skip

    def _write(self, connection: Connection[tuple[object, ...]], action: Action) -> Done | None:
        case = _case_after(self.engine, action)
        entry = _entry(action, case, self.command.key)
        case["chain"] = entry["hash"]
        relied = [appointment.id for appointment in action.relied]
        target = CaseWrite(case, action.facts.case.seq, relied, action.now)
        if not write(connection, target, (Insert("entry", entry), *consequences(action))):
            return None
        return Done(
            action.case, action.row.trigger, action.seq, action.to, cast("int", case["revision"])
        )

    def collided(
        self, connection: Connection[tuple[object, ...]], collision: UniqueViolation
    ) -> Done:
        """Another write came first: with the same key (its answer), or with what is there once.

        Raises _TakenError for what was drawn at random, and the collision for what we do not know.
        """
        constraint = collision.diag.constraint_name or ""
        if constraint in UNIQUE_REASONS:
            raise NotAllowedError((UNIQUE_REASONS[constraint],)) from collision
        if constraint in DRAWN:
            raise _TakenError from collision
        if constraint != "uq_entry_key" or connection.info.transaction_status.name != "IDLE":
            raise collision
        # The other write has committed, or this one would still be waiting for it.
        return self._same_answer(cast("Earlier", self._read(connection).earlier))


#: Uniqueness of what an effect draws at random. A status list is at most half full, so forty draws
#: fail once in a million million.
DRAWN = frozenset({"uq_award_status"})
DRAWS = 40


class _TakenError(Exception):
    """What was drawn at random is taken; another draw will do."""


#: What a uniqueness of the schema means, where two actions raced for it.
UNIQUE_REASONS: dict[str, Reason] = {
    "uq_proposal_title_held": Reason(
        "PR-title-free", PRACTICE,
        "Another proposal or credential has this title. Choose one that tells them apart.", "title",
    ),
    "uq_credential_proposal": Reason(
        "PR-in-force-once", PRACTICE, "This proposal has put a credential in force already.",
    ),
    "uq_award_open": Reason(
        "PR-one-claim", PRACTICE, "You have already claimed this. Go on with the claim you have.",
    ),
}  # fmt: skip


def _case_after(engine: Engine, action: Action) -> dict[str, object]:
    before, row = action.facts.case, action.row
    clock_at, extra = clock_after(action)
    fresh = action.moves
    pins = row.pins_edition or not before.state
    today = engine.calendar.day_of(action.now)
    return {
        "id": before.id, "machine": before.machine, "definition": before.definition,
        "edition": engine.edition_on(today) if pins else before.edition,
        "state": action.to, "seq": action.seq,
        "revision": before.revision + 1 if fresh or row.content else before.revision,
        "entered_at": action.now if fresh else before.entered_at,
        "entered_seq": action.seq if fresh else before.entered_seq,
        "opened_at": before.opened_at, "clock_at": clock_at, "clock_extra": extra,
        "paused_at": paused_after(action),
    }  # fmt: skip


def _entry(action: Action, case: Mapping[str, object], key: str) -> dict[str, object]:
    before = action.facts.case
    entry: dict[str, object] = {
        "case_id": action.case, "seq": action.seq, "trigger": action.row.trigger,
        "from_state": before.state or None, "to_state": action.to, "revision": case["revision"],
        "actor": action.actor, "role": action.acted_as,
        "on_behalf_of": action.facts.actor.on_behalf_of, "at": action.now, "form": action.form,
        "key": key, "previous": before.chain,
    }  # fmt: skip
    entry["hash"] = entry_hash(before.chain, entry)
    return entry


def _nothing(command: Command, noun: str) -> Reason:
    if command.case is not None:
        return Reason("case", PRACTICE, f"There is no {command.case}.", "case")
    text = f"What this {noun} is to be opened for does not exist. Check the names you gave."
    return Reason("case", PRACTICE, text, "case")


#: An index keeps no longer key; nobody's name is longer.
MOST = 200


def _keepable(command: Command) -> None:
    """Names that no row could hold are refused before they reach the database."""
    names = {"person": command.actor, "key": command.key, "case": command.case or "-"}
    bad = [name for name, text in names.items() if not 0 < len(text) <= MOST or unprintable(text)]
    if bad:
        raise InvalidError(tuple(
            Reason("form", PRACTICE, f"This {name} is no {name} that can be kept.", name)
            for name in bad
        ))  # fmt: skip


def _machine(engine: Engine, command: Command) -> MachineInForce:
    if command.case is None:
        machine = engine.machines.get(command.machine)
    else:
        machine = engine.machine_of(command.case)
    if machine is None:
        what = command.case or command.machine
        raise NotFoundError((Reason("case", PRACTICE, f"There is no {shown(what)}.", "case"),))
    return machine


def _known_trigger(machine: MachineInForce, trigger: str) -> None:
    definition = machine.definition
    if trigger not in definition.triggers:
        known = ", ".join(definition.triggers)
        text = f"There is no {shown(trigger)} for a {definition.noun}. There is: {known}."
        raise NotFoundError((Reason("trigger", PRACTICE, text, "trigger"),))


def parse(machine: MachineInForce, command: Command) -> Form:
    """The command's typed input; InvalidError names every field that is not as it must be."""
    form = form_of(machine, command.trigger)
    if isinstance(command.form, Form):
        if type(command.form) is not form:
            raise TypeError(f"{command.trigger} takes a {form.__name__}")
        return command.form
    return filled(form, command.form or {})


def filled(form: type[F], said: Mapping[str, object]) -> F:
    """A form filled in; InvalidError names every field that is not as it must be."""
    try:
        return form.model_validate(said)
    except ValidationError as problem:
        errors = [dict(error) for error in problem.errors()]
        named = [error for error in errors if not _is_said_deeper(error, errors)]
        raise InvalidError(tuple(_reason_of(form, error) for error in named)) from problem


def _is_said_deeper(error: Mapping[str, object], errors: list[dict[str, object]]) -> bool:
    """Whether the fault is one of its parts: a list whose every item is wrong is not empty."""
    place = cast("tuple[object, ...]", error["loc"])
    others = (cast("tuple[object, ...]", other["loc"]) for other in errors)
    return bool(place) and any(
        len(other) > len(place) and other[: len(place)] == place for other in others
    )


def form_of(machine: MachineInForce, trigger: str) -> type[Form]:
    """The form of a trigger: all rows of one trigger take the same."""
    return next(row.form for row in machine.definition.rows if row.trigger == trigger)


def _reason_of(form: type[Form], error: Mapping[str, object]) -> Reason:
    place = [short(str(part)) for part in cast("tuple[object, ...]", error["loc"])]
    path = ".".join(place)
    field = form.model_fields.get(place[0]) if place else None
    name = (field.title if field and field.title else None) or path or "the form"
    said = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "missing":
        return Reason("form", PRACTICE, f"{name}: this is needed.", path)
    if error["type"] == "model_type" and not place:
        return Reason("form", PRACTICE, "Give the fields by their names.", "")
    if not place:
        path = said.partition(":")[0] if ":" in said else ""
        return Reason("form", PRACTICE, said, path)
    return Reason("form", PRACTICE, f"{name}: {_plain_words(said)}.", path)


def _plain_words(message: str) -> str:
    words = message.rstrip(".")
    return {
        "Extra inputs are not permitted": "there is no such field here",
        "String should have at least 1 character": "write something here",
    }.get(words, words[:1].lower() + words[1:])
