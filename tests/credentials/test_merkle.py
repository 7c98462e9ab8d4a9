"""The tree over a log, against a naive one written from the RFC, and against its known roots."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.merkle import (
    EMPTY,
    Frontier,
    consistency,
    grew,
    includes,
    inclusion,
    leaf_hash,
    node_hash,
    root,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(70)]
#: Leaves and roots that implementations of RFC 6962 agree on (certificate-transparency's own).
KNOWN = [b"", b"\0", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def naive(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive(leaves[:k]), naive(leaves[k:]))


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_are_those_that_others_compute(size: int) -> None:
    assert root([leaf_hash(data) for data in KNOWN[:size]]).hex() == ROOTS[size]


def test_the_root_is_that_of_the_definition_for_every_size() -> None:
    assert root([]) == EMPTY == naive([])
    for size in range(len(LEAVES)):
        assert root(LEAVES[:size]) == naive(LEAVES[:size])


def test_a_tree_grows_leaf_by_leaf_or_in_lots_to_the_same_root() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES, 1):
        frontier.extend([leaf])
        assert (frontier.size, frontier.root()) == (size, naive(LEAVES[:size]))


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    leaves, index = LEAVES[:size], data.draw(st.integers(0, size - 1))
    proof, top = inclusion(leaves, index), naive(leaves)
    assert includes(leaves[index], index=index, size=size, proof=proof, root=top)
    assert not includes(leaf_hash(b"other"), index=index, size=size, proof=proof, root=top)
    assert not includes(leaves[index], index=index, size=size, proof=[*proof, top], root=top)
    assert not includes(leaves[index], index=size, size=size, proof=proof, root=top)
    if proof:
        assert not includes(leaves[index], index=index, size=size, proof=proof[:-1], root=top)
        other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
        assert not includes(leaves[index], index=other, size=size, proof=proof, root=top)


@given(st.integers(1, 70), st.data())
def test_that_a_tree_only_grew_is_proved_for_every_two_sizes(
    size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, size))
    proof = consistency(LEAVES[:size], old)
    trees = {"old_size": old, "old_root": naive(LEAVES[:old]), "new_size": size,
             "new_root": naive(LEAVES[:size])}  # fmt: skip
    assert grew(**trees, proof=proof)  # type: ignore[arg-type]
    forged = naive([leaf_hash(b"other"), *LEAVES[1:old]])
    assert not grew(**(trees | {"old_root": forged}), proof=proof)  # type: ignore[arg-type]
    assert not grew(**(trees | {"new_root": forged}), proof=proof) or forged == trees["new_root"]  # type: ignore[arg-type]
    assert not grew(**trees, proof=[*proof, EMPTY])  # type: ignore[arg-type]
    if old < size:
        assert not grew(**trees, proof=proof[:-1])  # type: ignore[arg-type]


def test_what_never_was_is_not_proved() -> None:
    with pytest.raises(IndexError, match="no leaf 3 among 3"):
        inclusion(LEAVES[:3], 3)
    for old in (0, 4):
        with pytest.raises(IndexError, match="never had"):
            consistency(LEAVES[:3], old)
        assert not grew(old_size=old, old_root=EMPTY, new_size=3, new_root=EMPTY, proof=[])
    assert not grew(old_size=3, old_root=EMPTY, new_size=5, new_root=EMPTY, proof=[])
