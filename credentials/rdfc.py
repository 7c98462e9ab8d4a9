"""RDFC-1.0: names for the unnamed nodes of a graph that depend on nothing but the graph.

Written here because pyoxigraph, whose names are else the same, counts a neighbour once that the
reference implementations count once a statement: a credential with alike proofs inside it (an
endorsed achievement) would not verify. And here the work is counted, because a graph can be made to
take for ever.

Source: W3C RDF Dataset Canonicalization (RDFC-1.0), section 4; the step names are its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import permutations
from typing import TypeAlias

from credentials.errors import NotCanonical

_MOST_WORK = 20_000  # steps, about 0.2 s; twelve outcomes on one rubric of five levels take 500
_DEEPEST = 150  # nodes that look alike in a row

_Names: TypeAlias = dict[str, str]


@dataclass(frozen=True)
class _Quad:
    """One statement, each part as N-Quads writes it; `graph` is empty for the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str

    @cached_property
    def blanks(self) -> tuple[tuple[str, str], ...]:
        """Each unnamed node in it, with its position."""
        places = (("s", self.subject), ("o", self.object), ("g", self.graph))
        return tuple([place for place in places if place[1][:2] == "_:"])

    def written(self, names: _Names, *, other: str = "") -> str:
        """The line with unnamed nodes called by these names, or all others by `other`."""
        subject, object_, graph = self.subject, self.object, self.graph
        if subject[:2] == "_:":
            subject = names.get(subject, other)
        if object_[:2] == "_:":
            object_ = names.get(object_, other)
        if not graph:
            return f"{subject} {self.predicate} {object_} .\n"
        graph = names.get(graph, other) if graph[:2] == "_:" else graph
        return f"{subject} {self.predicate} {object_} {graph} .\n"


def canonical(lines: Iterable[str]) -> str:
    """Lines of N-Quads with canonical names, sorted by code point, each once.

    Raises NotCanonical where naming the nodes would take too long.
    """
    named, quads = set(), []
    for line in lines:
        if "_:" in line:
            quads.append(_read(line))
        else:
            named.add(line)
    names = _Naming(quads).names() if quads else {}
    return "".join(sorted(named | {quad.written(names) for quad in quads}))


def _read(line: str) -> _Quad:
    """One line as pyoxigraph writes it: single spaces, ended by ` .` and a line feed."""
    subject, predicate, rest = line.removesuffix("\n").removesuffix(" .").split(" ", 2)
    before, _, last = rest.rpartition(" ")
    if before and '"' not in last:  # the last part of a literal always holds its closing quote
        return _Quad(subject, predicate, before, last)
    return _Quad(subject, predicate, rest, "")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class _Naming:
    """The canonicalization state: what each node stands in, and the names given so far."""

    def __init__(self, quads: list[_Quad]) -> None:
        self.around: dict[str, list[_Quad]] = defaultdict(list)
        for quad in quads:
            for blank in dict.fromkeys(part for _at, part in quad.blanks):
                self.around[blank].append(quad)
        self.first = {blank: self._first_degree(blank) for blank in self.around}
        self.canonical: _Names = {}
        self.work = 0

    def names(self) -> _Names:
        """The canonical name of every node."""
        alike: dict[str, list[str]] = defaultdict(list)
        for blank, hashed in self.first.items():
            alike[hashed].append(blank)
        in_order = [alike[hashed] for hashed in sorted(alike)]
        for nodes in in_order:
            if len(nodes) == 1:
                _call(nodes[0], self.canonical, "_:c14n")
        for nodes in in_order:
            if len(nodes) > 1:
                self._tell_apart(nodes)
        return self.canonical

    def _tell_apart(self, nodes: list[str]) -> None:
        results = []
        for node in nodes:
            if node not in self.canonical:
                issued: _Names = {}
                _call(node, issued, "_:b")
                results.append(self._n_degree(node, issued, depth=0))
        for _hashed, issued in sorted(results, key=lambda result: result[0]):
            for node in issued:
                _call(node, self.canonical, "_:c14n")

    def _first_degree(self, blank: str) -> str:
        """Section 4.6: the node by the statements it stands in, all other nodes alike."""
        around = self.around[blank]
        return _digest("".join(sorted(q.written({blank: "_:a"}, other="_:z") for q in around)))

    def _related(self, quad: _Quad, *, at: str, node: str, issued: _Names) -> str:
        """Section 4.7: a neighbour by where it stands, and by its name or what it looks like."""
        name = self.canonical.get(node) or issued.get(node) or self.first[node]
        return _digest(f"{at}{'' if at == 'g' else quad.predicate}{name}")

    def _n_degree(self, node: str, issued: _Names, *, depth: int) -> tuple[str, _Names]:
        """Section 4.8: the node by its neighbours, and theirs, in the order that sorts first."""
        self._count(depth)
        neighbours: dict[str, list[str]] = defaultdict(list)
        for quad in self.around[node]:
            for at, other in quad.blanks:
                if other != node:
                    related = self._related(quad, at=at, node=other, issued=issued)
                    neighbours[related].append(other)
        data = ""
        for related in sorted(neighbours):
            path, issued = self._shortest(neighbours[related], issued, depth=depth)
            data += related + path
        return _digest(data), issued

    def _shortest(self, nodes: list[str], issued: _Names, *, depth: int) -> tuple[str, _Names]:
        """Of all orders of these nodes, the path that sorts first, and the names it gave."""
        best: tuple[str, _Names] | None = None
        one = len(set(nodes)) == 1  # the same neighbour several times: every order is the same
        for order in [tuple(nodes)] if one else permutations(nodes):
            self._count(depth)
            path, names = "", issued
            for path, names in self._walk(order, dict(issued), depth=depth):  # noqa: B007
                if best and len(path) >= len(best[0]) and path > best[0]:
                    break
            else:
                if best is None or path < best[0]:
                    best = path, names
        return best or ("", issued)

    def _walk(
        self, order: tuple[str, ...], issued: _Names, *, depth: int
    ) -> Iterator[tuple[str, _Names]]:
        """The path through these nodes as it grows; the last is the whole of it."""
        path, later = "", []
        for node in order:
            if node in self.canonical:
                path += self.canonical[node]
            else:
                if node not in issued:
                    later.append(node)
                path += _call(node, issued, "_:b")
            yield path, issued
        for node in later:
            hashed, after = self._n_degree(node, issued, depth=depth + 1)
            path += f"{_call(node, issued, '_:b')}<{hashed}>"
            issued = after
            yield path, issued

    def _count(self, depth: int) -> None:
        self.work += 1
        if self.work > _MOST_WORK or depth > _DEEPEST:
            raise NotCanonical("The document has too many unnamed parts that look alike.")


def _call(node: str, names: _Names, prefix: str) -> str:
    """The node's name among these; the next one if it has none yet."""
    return names.setdefault(node, f"{prefix}{len(names)}")
