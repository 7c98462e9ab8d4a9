"""The log over all histories: entries become leaves in batches, off the hot path; proofs are read.

A leaf is the hash of an entry, its 32 bytes. No action waits for the log: an entry that is written
while the log is extended is taken the next time.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, LiteralString, cast

from psycopg import Connection
from psycopg.rows import dict_row

from credentials import checkpoint, merkle
from credentials.checkpoint import Checkpoint
from credentials.keys import Signer
from workflow.chain import entry_hash
from workflow.engine import Connect

Rows = Connection[tuple[object, ...]]
#: (what is wrong, the row it is wrong with)
Broken = tuple[str, dict[str, object]]

#: Whoever extends the log holds this.
_LOCK: Final = 380_106
_MOST: Final = 50_000
_BATCH: Final = 10_000

_EXTEND: Final[LiteralString] = """
INSERT INTO log_leaf (position, case_id, seq, hash)
SELECT (SELECT coalesce(max(position) + 1, 0) FROM log_leaf)
       + row_number() OVER (ORDER BY new.at, new.case_id, new.seq) - 1,
       new.case_id, new.seq, new.hash
  FROM (SELECT e.case_id, e.seq, e.hash, e.at FROM entry e
         WHERE NOT EXISTS (SELECT FROM log_leaf l WHERE l.case_id = e.case_id AND l.seq = e.seq)
         ORDER BY e.at, e.case_id, e.seq LIMIT %s) new"""


def extend(connection: Rows, *, most: int = _MOST) -> int:
    """Take entries that are not in the log yet; how many. 0 too where another is at it."""
    with connection.transaction():
        free = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()
        if not free or not free[0]:
            return 0
        return connection.execute(_EXTEND, (most,)).rowcount


def leaves(connection: Rows, *, start: int = 0, end: int | None = None) -> Generator[merkle.Hash]:
    """Leaf hashes from one position on, up to and not including another."""
    with connection.transaction(), connection.cursor("leaves") as cursor:
        cursor.itersize = _BATCH
        found = cursor.execute(
            "SELECT hash FROM log_leaf WHERE position >= %s AND position < %s ORDER BY position",
            (start, end if end is not None else 1 << 62),
        )
        for (hash_,) in found:
            yield leaf_of(str(hash_))


def leaf_of(entry: str) -> merkle.Hash:
    """The leaf hash of an entry's hash in hex."""
    return merkle.leaf_hash(bytes.fromhex(entry))


@dataclass
class Keeper:
    """Extends the log and signs checkpoints; it keeps the tree, and reads only what is new."""

    origin: str
    _tree: merkle.Frontier = field(default_factory=merkle.Frontier)

    def step(self, connect: Connect, *, signer: Signer, now: datetime) -> str | None:
        """The note of a new checkpoint; None where the log has not grown since the last one."""
        with connect() as connection:
            while extend(connection) == _MOST:
                pass
            self._tree.extend(leaves(connection, start=self._tree.size))
            size, root = self._tree.size, self._tree.root()
            if not size or newest(connection, size=size):
                return None
            note = checkpoint.sign(Checkpoint(self.origin, size, root), signer=signer)
            connection.execute(
                "INSERT INTO log_checkpoint (size, root, signed_at, note) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                (size, root.hex(), now, note),
            )
        return note


def newest(connection: Rows, *, size: int = 0) -> str | None:
    """The note of the newest checkpoint of at least this size; None where there is none."""
    row = connection.execute(
        "SELECT note FROM log_checkpoint WHERE size >= %s ORDER BY size DESC LIMIT 1", (size,)
    ).fetchone()
    return cast("str", row[0]) if row else None


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry stands in the log, and the way from it to the root of `size` leaves."""

    index: int
    size: int
    path: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        """The proof as JSON values: hashes in hex, from the leaf up."""
        return {"index": self.index, "size": self.size, "path": list(self.path)}


def proofs(
    connection: Rows, entries: Sequence[tuple[str, int]], *, size: int
) -> Mapping[tuple[str, int], Proof]:
    """The proof of each entry (case, seq) that is among the first `size` leaves."""
    every = list(leaves(connection, end=size))
    rows = connection.execute(
        """SELECT l.case_id, l.seq, l.position FROM log_leaf l
             JOIN unnest(%s::text[], %s::int[]) AS asked (case_id, seq)
               ON l.case_id = asked.case_id AND l.seq = asked.seq WHERE l.position < %s""",
        ([case for case, _ in entries], [seq for _, seq in entries], size),
    ).fetchall()
    found = {(str(case), cast("int", seq)): cast("int", index) for case, seq, index in rows}
    return {
        entry: Proof(index, size, tuple(step.hex() for step in merkle.inclusion(every, index)))
        for entry, index in found.items()
    }


def proved(entry: Mapping[str, object], proof: Mapping[str, object], *, at: Checkpoint) -> bool:
    """Whether an entry, as exported, is the one that the log of a checkpoint holds at its index.

    The entry's own hash is computed anew. What is not shaped as an entry or a proof is not proved.
    """
    fields = {name: value for name, value in entry.items() if name != "hash"}
    try:
        hashed = entry_hash(str(entry.get("previous")), fields)
    except (TypeError, ValueError):
        return False
    return hashed == entry.get("hash") and included(hashed, proof, at=at)


def included(entry: str, proof: Mapping[str, object], *, at: Checkpoint) -> bool:
    """Whether an entry of this hash is in the log of a checkpoint."""
    path, index = proof.get("path"), proof.get("index")
    if not isinstance(path, list) or not isinstance(index, int) or proof.get("size") != at.size:
        return False
    try:
        steps = [bytes.fromhex(str(step)) for step in path]
        leaf = leaf_of(entry)
    except ValueError:
        return False
    return merkle.includes(leaf, index=index, size=at.size, proof=steps, root=at.root)


# ------------------------------------------------------------------- I10

_UNLIKE: Final[LiteralString] = """
SELECT l.position, l.case_id, l.seq FROM log_leaf l
  LEFT JOIN entry e ON e.case_id = l.case_id AND e.seq = l.seq
 WHERE e.hash IS DISTINCT FROM l.hash ORDER BY l.position"""

_GAP: Final[LiteralString] = """
SELECT count(*) AS leaves, max(position) + 1 AS numbered FROM log_leaf
HAVING count(*) <> coalesce(max(position) + 1, 0)"""


def unlike(connection: Rows, outside: Sequence[Checkpoint] = ()) -> Iterator[Broken]:
    """Leaves that are not what their entries say, and checkpoints that the leaves do not lead to.

    `outside` are checkpoints kept outside the database, where who writes tables cannot write.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_UNLIKE).fetchall():
            yield "An entry is not what the log says of it.", row
        for row in cursor.execute(_GAP).fetchall():
            yield "The leaves of the log are not numbered without a gap.", row
        kept = cursor.execute("SELECT size, root FROM log_checkpoint ORDER BY size").fetchall()
    stated = [(int(row["size"]), str(row["root"]), "kept here") for row in kept]
    stated += [(one.size, one.root.hex(), "kept outside") for one in outside]
    yield from _checkpoints(connection, sorted(stated))


def _checkpoints(connection: Rows, stated: Sequence[tuple[int, str, str]]) -> Iterator[Broken]:
    """Each checkpoint against the tree as it is, in one pass over the leaves."""
    tree = merkle.Frontier()
    with closing(leaves(connection)) as following:
        for size, root, where in stated:
            tree.extend(islice(following, size - tree.size))
            if (tree.size, tree.root().hex()) != (size, root):
                yield f"The log does not lead to a checkpoint that is {where}.", {"size": size}
