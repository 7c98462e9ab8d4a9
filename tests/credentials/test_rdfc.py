from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from credentials.errors import NotCanonical
from credentials.rdfc import canonical

BLANKS = [f"_:b{number}" for number in range(6)]
PREDICATES = ["<x:p>", "<x:q>"]
OBJECTS = [*BLANKS, "<x:a>", '"v _:b1 ."', '"x <x:g>"@en', '"1"^^<x:int>']


@st.composite
def graphs(draw: st.DrawFn) -> set[str]:
    """Small graphs full of unnamed nodes that look alike; no node is its own neighbour."""
    parts = st.tuples(
        st.sampled_from([*BLANKS, "<x:a>"]),
        st.sampled_from(PREDICATES),
        st.sampled_from(OBJECTS),
        st.sampled_from(["", "<x:g> "]),
    )
    quads = draw(st.sets(parts, min_size=1, max_size=10))
    return {f"{s} {p} {o} {g}.\n" for s, p, o, g in quads if s != o}


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_names_are_those_of_an_independent_implementation(lines: set[str]) -> None:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "inputFormat": "application/n-quads",
    }
    assert canonical(lines) == (jsonld.normalize("".join(lines), options) if lines else "")


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_names_are_those_of_a_second_independent_implementation(lines: set[str]) -> None:
    lines = {line for line in lines if not line.endswith("<x:g> .\n")}
    dataset = Dataset(parse("".join(lines).encode(), format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert canonical(lines) == "".join(sorted(f"{quad} .\n" for quad in dataset))


@settings(max_examples=100, deadline=None)
@given(graphs(), st.permutations(BLANKS))
def test_names_do_not_depend_on_the_names_given(lines: set[str], other: list[str]) -> None:
    table = {ord(old[-1]): new[-1] for old, new in zip(BLANKS, other, strict=True)}
    plain = {line for line in lines if '"' not in line}
    renamed = {"".join(f"_:b{part[0].translate(table)}{part[1:]}" if at else part
                       for at, part in enumerate(line.split("_:b"))) for line in plain}  # fmt: skip
    assert canonical(plain) == canonical(renamed)


def test_the_same_neighbour_in_several_statements_counts_several_times() -> None:
    """Two alike proofs in two graphs, as in an endorsed achievement: the order is interoperable."""
    lines = [
        line
        for proof in "12"
        for line in (
            f"<x:e{proof}> <x:proof> _:g{proof} .\n",
            *(f'_:p{proof} <x:{field}> "same" _:g{proof} .\n' for field in "abcdefgh"),
        )
    ]
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "inputFormat": "application/n-quads",
    }
    few = [line for line in lines if not any(f"<x:{field}>" in line for field in "efgh")]
    assert canonical(few) == jsonld.normalize("".join(few), options)
    assert canonical(lines).count("_:c14n") == len(lines) * 2 - 2


def clique(size: int) -> list[str]:
    names = [f"_:b{number}" for number in range(size)]
    return [f"{one} <x:p> {two} .\n" for one in names for two in names if one != two]


@pytest.mark.parametrize("size", [7, 9, 30])
def test_a_graph_made_to_take_for_ever_is_refused(size: int) -> None:
    with pytest.raises(NotCanonical, match="look alike"):
        canonical(clique(size))


def test_rows_of_alike_nodes_without_end_are_refused() -> None:
    names = [f"_:b{number}" for number in range(400)]
    ring = [f"{one} <x:p> {two} .\n" for one, two in pairwise([*names, names[0]])]
    with pytest.raises(NotCanonical, match="look alike"):
        canonical(ring)


def test_a_small_graph_of_alike_nodes_is_named() -> None:
    assert canonical(clique(4)).count("\n") == 12
