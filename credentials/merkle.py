"""The tree over a log: its root, and short proofs that a leaf is in it and that it only grew.

Source: RFC 6962, section 2.1 (Merkle hash trees), as in RFC 9162, section 2.1; no cryptography of
our own. Leaves are given as their hashes (`leaf_hash`), 32 bytes each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

Hash = bytes

#: The root of a tree without leaves.
EMPTY: Hash = sha256(b"").digest()


def leaf_hash(data: bytes) -> Hash:
    """The hash of a leaf; its first byte keeps it apart from a node's."""
    return sha256(b"\0" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash over two subtrees."""
    return sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[Hash]) -> Hash:
    """The root over all leaves."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


@dataclass
class Frontier:
    """A tree that grows: of all its leaves only the roots of its full subtrees are kept."""

    size: int = 0
    _peaks: list[Hash] = field(default_factory=list)

    def extend(self, leaves: Iterable[Hash]) -> None:
        """Append leaves."""
        for leaf in leaves:
            peak, left = leaf, self.size
            while left & 1:
                peak, left = node_hash(self._peaks.pop(), peak), left >> 1
            self._peaks.append(peak)
            self.size += 1

    def root(self) -> Hash:
        """The root as it is now."""
        if not self._peaks:
            return EMPTY
        *rest, found = self._peaks
        for peak in reversed(rest):
            found = node_hash(peak, found)
        return found


def inclusion(leaves: Sequence[Hash], index: int) -> list[Hash]:
    """The proof that the leaf of this index is in the tree, from the leaf up.

    IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*inclusion(leaves[:half], index), root(leaves[half:])]
    return [*inclusion(leaves[half:], index - half), root(leaves[:half])]


def includes(leaf: Hash, *, index: int, size: int, proof: Sequence[Hash], root: Hash) -> bool:
    """Whether a proof shows the leaf at this index of the tree of this size and root."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def consistency(leaves: Sequence[Hash], old_size: int) -> list[Hash]:
    """The proof that the tree began as the tree of its first `old_size` leaves.

    IndexError where it was never of that size.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"The tree of {len(leaves)} leaves never had {old_size}.")
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[Hash], old: int, *, whole: bool) -> list[Hash]:
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = _split(len(leaves))
    if old <= half:
        return [*_subproof(leaves[:half], old, whole=whole), root(leaves[half:])]
    return [*_subproof(leaves[half:], old - half, whole=False), root(leaves[:half])]


def grew(
    *, old_size: int, old_root: Hash, new_size: int, new_root: Hash, proof: Sequence[Hash]
) -> bool:
    """Whether a proof shows that the new tree is the old one with leaves appended."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    steps = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not steps:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two below the size: how many leaves stand on the left."""
    return 1 << (size - 1).bit_length() - 1
