"""Whether a database is as it must be: every invariant asked, read-only, in one snapshot.

Safe on a live and on a large database: rows are read in batches from cursors of the server, under
REPEATABLE READ, and nothing is locked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Final, LiteralString, cast
from uuid import uuid5

from psycopg import Connection
from psycopg.rows import dict_row

from credentials.checkpoint import Checkpoint
from credentials.did import ResolveKey
from workflow import log, published
from workflow.chain import verify_chain
from workflow.definition import Definition, Row, State
from workflow.effects import NAMESPACE, Settle, Tell
from workflow.engine import MachineInForce
from workflow.invariant_queries import INVARIANTS
from workflow.notices import kinds
from workflow.roles import Role

Machines = Mapping[str, MachineInForce]
Found = Mapping[str, object]

#: Invariants that are asked from inside the database, and what each says.
ASKED: Final = {
    "I2": "Each transition is one entry, and the case stands where the last one left it.",
    "I3": "Only transitions of the pinned definition.",
    "I4": "Votes once, by entitled members, on the current document; the tally is the votes.",
    "I5": "No award without an issued proposal, none verified by its assessor.",
    "I6": "No self sign-off, delegates included.",
    "I7": "One notification for each that the definition calls for.",
    "I8": "Each sent at least once, further copies explained.",
    "I9": "Nothing is stuck.",
    "I10": "Each chain is unbroken, and the log leads to each of its checkpoints.",
    "I11": "Each credential verifies, and its published status is what is recorded.",
}

#: Of one invariant no more rows than this are named.
MOST: Final = 100
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that breaks an invariant, and what is wrong with it."""

    invariant: str
    sentence: str
    row: Found


def violations(
    connection: Connection[tuple[object, ...]], *, machines: Machines, now: datetime,
    resolve_key: ResolveKey | None = None, outside: Sequence[Checkpoint] = (),
) -> tuple[Violation, ...]:  # fmt: skip
    """Every row that breaks an invariant, at most 100 of each sentence; () when all is well.

    `now` is business time; `resolve_key` finds the issuer's keys, without which no signature is
    asked; `outside` are checkpoints of the log that were kept elsewhere. The connection is in
    autocommit and in no transaction.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        look = _Look(connection, machines, _parameters(machines, now))
        asks = (_asked, _steps, _keys, _chains, _register)
        found = [found for ask in asks for found in ask(look)]
        beside = {
            "I10": log.unlike(connection, outside),
            "I11": published.unlike(connection, resolve_key=resolve_key, now=now),
        }
        for name, wrong in beside.items():
            found += [Violation(name, sentence, row) for sentence, row in islice(wrong, MOST)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a database: in one snapshot, by the definitions in force."""

    connection: Connection[tuple[object, ...]]
    machines: Machines
    parameters: Mapping[str, object]

    def rows(self, query: LiteralString) -> Iterator[dict[str, object]]:
        """The rows of a query, a batch at a time."""
        with self.connection.cursor("look", row_factory=dict_row) as cursor:
            cursor.itersize = _BATCH
            yield from cursor.execute(query, self.parameters)


def _asked(look: _Look) -> Iterator[Violation]:
    for one in INVARIANTS:
        for row in islice(look.rows(one.query), MOST):
            yield Violation(one.id, one.broken, row)


# ------------------------------------------------------------------- judged row by row

_STEPS: Final[LiteralString] = """
SELECT c.machine, c.definition, e.trigger, e.from_state, e.to_state, e.role,
       min(e.case_id) AS case_id, count(*) AS entries
  FROM entry e JOIN cases c ON c.id = e.case_id GROUP BY 1, 2, 3, 4, 5, 6"""


def _steps(look: _Look) -> Iterator[Violation]:
    """I3: each kind of step there is, against the definition that its cases have pinned."""
    for row in look.rows(_STEPS):
        machine = look.machines.get(str(row["machine"]))
        if machine is None or machine.definition.version != row["definition"]:
            yield Violation("I3", "The definition that the case has pinned is not kept.", row)
        elif not _allows(machine.definition, row):
            yield Violation("I3", "The definition has no such transition for this role.", row)


def _allows(definition: Definition, step: Found) -> bool:
    source = str(step["from_state"] or "")
    return any(
        row.lands(source) == step["to_state"] and step["role"] in _names(row.roles)
        for row in definition.rows_for(source, str(step["trigger"]))
    )


def _names(roles: Iterable[Role | None]) -> frozenset[str]:
    """The roles and whoever may stand in for them."""
    there = [role for role in roles if role is not None]
    deputies = _names(role.deputy for role in there) if there else frozenset()
    return frozenset(role.name for role in there) | deputies


_KEYS: Final[LiteralString] = """
SELECT n.id, n.case_id, n.seq, n.kind, n.recipient, n.occurrence, c.machine
  FROM notification n JOIN cases c ON c.id = n.case_id"""


def _keys(look: _Look) -> Iterator[Violation]:
    """I7: each notification is one that its definition can call for, under the key it must have."""
    known = {name: kinds(machine.definition) for name, machine in look.machines.items()}
    yield from islice(_odd_keys(look, known), MOST)


def _odd_keys(look: _Look, known: Mapping[str, frozenset[str]]) -> Iterator[Violation]:
    for row in look.rows(_KEYS):
        words = ("case_id", "seq", "", "kind", "recipient", "occurrence")
        key = "\x1f".join(str(row[word]) if word else "mail" for word in words)
        if row["id"] != uuid5(NAMESPACE, key):
            yield Violation("I7", "A notification has another key than its words give.", row)
        elif row["kind"] not in known.get(str(row["machine"]), ()):
            yield Violation("I7", "The definition calls for no such notification.", row)


_ENTRIES: Final[LiteralString] = """
SELECT e.*, c.chain FROM entry e JOIN cases c ON c.id = e.case_id ORDER BY e.case_id, e.seq"""


def _chains(look: _Look) -> Iterator[Violation]:
    """I10: the hash of each entry, from the first of its case to the head that the case names."""
    yield from islice(_broken_chains(look), MOST)


def _broken_chains(look: _Look) -> Iterator[Violation]:
    for case, entries in groupby(look.rows(_ENTRIES), key=itemgetter("case_id")):
        history = list(entries)
        head = str(history[0]["chain"])
        plain = [{name: row[name] for name in row if name != "chain"} for row in history]
        broken = verify_chain(plain, head=head)
        if broken is not None:
            row = {"case_id": case, "seq": broken, "chain": head}
            yield Violation("I10", "The chain breaks at this entry.", row)


_REGISTER: Final[LiteralString] = "SELECT * FROM register_entry ORDER BY seq"


def _register(look: _Look) -> Iterator[Violation]:
    """I10: the register's own chain; all its lines are one."""
    broken = verify_chain(look.rows(_REGISTER))
    if broken is not None:
        yield Violation("I10", "The register's chain breaks at this line.", {"seq": broken})


# ------------------------------------------------------------------- what definitions say


def _parameters(machines: Machines, now: datetime) -> dict[str, object]:
    definitions = [machine.definition for machine in machines.values()]
    calls = sorted({call for definition in definitions for call in _calls(definition)})
    names = ("machine", "trigger", "from", "to", "kind", "role")
    return {
        "now": now,
        "not_by_proposer": [
            f"{definition.machine}.{trigger}"
            for definition in definitions for trigger in definition.triggers
            if _all_rows(definition, trigger, _not_by_proposer)
        ],
        "asked_states": [
            f"{definition.machine}.{state.name}"
            for definition in definitions for state in definition.states
            if state.turn is not None and not state.each and not _settled_in(definition, state)
        ],
        **{f"calls_{name}": [call[n] for call in calls] for n, name in enumerate(names)},
    }  # fmt: skip


def _all_rows(definition: Definition, trigger: str, holds: Callable[[Row], bool]) -> bool:
    return all(holds(row) for row in definition.rows if row.trigger == trigger)


def _settled_in(definition: Definition, state: State) -> bool:
    """Whether what a state asks for may be done while the case stays there."""
    return any(
        isinstance(effect, Settle) and effect.kind == state.name
        for row in definition.rows
        if state in row.sources and row.lands(state.name) == state.name
        for effect in row.then
    )


def _not_by_proposer(row: Row) -> bool:
    """Whether the separation of duties of the policy (MC-12) stands on this row."""
    return any(atom.id == "MC-12" for atom in row.when.atoms())


#: Parties whom every case names, so that a message to them is never for nobody.
_PARTIES: Final = ("proposer", "learner")


def _always_there(definition: Definition) -> frozenset[Role]:
    """The parties that act or that a clock tells; one that only a message names may be nobody."""
    acting = {role for row in definition.rows for role in row.roles}
    told = {role for s in definition.states if s.clock for role in s.clock.tell.values()}
    return frozenset(r for r in acting | told if r.party is not None and r.name in _PARTIES)


def _calls(definition: Definition) -> Iterator[tuple[str, ...]]:
    """(machine, trigger, from, to, kind, role) of each message to a party that always goes out."""
    parties = _always_there(definition)
    by_step: dict[tuple[str, str, str], list[set[tuple[str, str]]]] = {}
    for row in definition.rows:
        told = {
            (f"{definition.machine}.{effect.kind}", role.name)
            for effect in row.then if isinstance(effect, Tell)
            for role in effect.to if role in parties
        }  # fmt: skip
        for source in [state.name for state in row.sources] or [""]:
            by_step.setdefault((row.trigger, source, row.lands(source)), []).append(told)
    for step, each in by_step.items():
        for kind, role in cast("set[tuple[str, str]]", set.intersection(*each)):
            yield (definition.machine, *step, kind, role)
