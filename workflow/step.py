"""The step function under a definition: one resident machine, fired on throw-away proxies.

Deciding is done elsewhere; here an edge already chosen is taken. The machine is built once a
definition version, sees no row of ours and keeps nothing between two calls: threads may share it.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from transitions import EventData, Machine, MachineError

_WILDCARDS: Final = frozenset({"", "*", "="})


class NoEdgeError(LookupError):
    """The trigger has no such edge from this state."""


class Edge(NamedTuple):
    """One row of a definition from one source; where `dest` is `source` the state stays."""

    id: str
    trigger: str
    source: str
    dest: str


class _Chosen:
    """The one condition of an edge, as an object (a string would be imported) and a real bool."""

    def __init__(self, edge_id: str) -> None:
        self._edge_id = edge_id

    def __call__(self, event: EventData) -> bool:
        return bool(event.kwargs["edge_id"] == self._edge_id)


class _Proxy:
    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def build_machine(edges: Iterable[tuple[str, str, str, str]]) -> Machine:
    """Build the resident machine of (edge id, trigger, source, dest) rows.

    Raises ValueError for an edge id used twice and for a name that is no plain text or a wildcard.
    """
    rows = [Edge(*map(_name, edge)) for edge in edges]
    if len({row.id for row in rows}) != len(rows):
        raise ValueError("two edges have the same id")
    states = list(dict.fromkeys(name for row in rows for name in (row.source, row.dest)))
    machine = Machine(
        model=None, states=states, initial=None,
        auto_transitions=False, queued=False, send_event=True,
    )  # fmt: skip
    for row in rows:
        # An edge that stays is internal (no dest): nothing is left or entered on the way.
        dest = None if row.dest == row.source else row.dest
        machine.add_transition(row.trigger, row.source, dest, conditions=_Chosen(row.id))
    return machine


def _name(value: object) -> str:
    if not isinstance(value, str) or value in _WILDCARDS:
        raise ValueError(f"{value!r} cannot name an edge, a trigger or a state")
    return str(value)  # of a StrEnum member transitions would take the member's name, not its value


def step(machine: Machine, state: str, trigger: str, edge_id: str) -> str:  # noqa: PLR0917 -- reads as the row does
    """Take the chosen edge and return where it leads; NoEdgeError when it does not leave here."""
    proxy = _Proxy(str(state))
    try:
        taken = machine.events[trigger].trigger(proxy, edge_id=edge_id)
    except (KeyError, ValueError, MachineError) as problem:
        raise NoEdgeError(f"no edge for {trigger!r} leaves {state!r}") from problem
    if not taken:
        raise NoEdgeError(f"edge {edge_id!r} of {trigger!r} does not leave {state!r}")
    return proxy.state
