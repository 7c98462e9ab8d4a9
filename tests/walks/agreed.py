"""The machines as they were agreed, from `machines.yaml` beside this, apart from the code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

FILE = Path(__file__).with_name("machines.yaml")
SAME = "same"
#: (trigger, from, to); from is "" where a case begins.
Edge = tuple[str, str, str]


@dataclass(frozen=True)
class Clock:
    """What was agreed on the clock of a state."""

    days: int | None
    fires: str
    grace: int
    tell: Mapping[int, frozenset[str]]


@dataclass(frozen=True)
class Agreed:
    """One machine."""

    initial: str
    #: Who may take each edge.
    edges: Mapping[Edge, frozenset[str]]
    #: Edges that the definition has beside them.
    added: Mapping[Edge, frozenset[str]]
    later: frozenset[Edge]
    later_states: frozenset[str]
    clocks: Mapping[str, Clock]

    def from_(self, state: str, trigger: str) -> dict[str, frozenset[str]]:
        """Where a trigger may lead from a state, and who may use it."""
        both = {**self.edges, **self.added}
        return {to: who for (t, source, to), who in both.items() if (t, source) == (trigger, state)}

    @property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger, in the order of the rows."""
        return tuple(dict.fromkeys(trigger for trigger, _, _ in (*self.edges, *self.added)))


@cache
def agreed(machine: str) -> Agreed:
    """What was agreed on one machine."""
    said = yaml.safe_load(FILE.read_text("utf-8"))[machine]
    names = said["added"]["names"]
    edges = _edges(said["rows"], names)
    for trigger, source, role in said["added"]["roles"]:
        for edge in [e for e in edges if e[:2] == (trigger, source)]:
            edges[edge] |= {role}
    return Agreed(
        said["initial"], edges, _edges(said["added"]["rows"], names),
        frozenset(_three(said["later"]["rows"])), frozenset(said["later"]["states"]),
        {state: _clock(clock) for state, clock in said["clocks"].items()},
    )  # fmt: skip


def _edges(
    rows: Sequence[Sequence[object]], names: Mapping[str, Mapping[str, str]]
) -> dict[Edge, frozenset[str]]:
    found: dict[Edge, frozenset[str]] = {}
    for row in rows:
        who = frozenset(names.get(str(row[0]), {}).get(role, role) for role in _list(row[3]))
        for edge in _three([row]):
            found[edge] = found.get(edge, frozenset()) | who
    return found


def _three(rows: Sequence[Sequence[object]]) -> Iterator[Edge]:
    for trigger, sources, to in (row[:3] for row in rows):
        for source in _list(sources) or [""]:
            yield str(trigger), source, source if to == SAME else str(to)


def _list(value: object) -> list[str]:
    return cast("list[str]", value) if isinstance(value, list) else [str(value)]


def _clock(said: Mapping[str, object]) -> Clock:
    tell = cast("Mapping[int, list[str]]", said.get("tell", {}))
    return Clock(
        cast("int | None", said.get("days")), str(said.get("fires", "")),
        cast("int", said.get("grace", 0)), {day: frozenset(who) for day, who in tell.items()},
    )  # fmt: skip
