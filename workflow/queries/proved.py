"""Entries of cases as they are exported, each with its proof that the log holds it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row

from workflow.log import proofs

Rows = Connection[tuple[object, ...]]

_ENTRIES: Final[LiteralString] = """
SELECT * FROM entry WHERE case_id = ANY(%s) AND NOT trigger = ANY(%s) ORDER BY case_id, seq"""


def entries_of(
    connection: Rows, cases: Sequence[str], *, size: int, open_to: Collection[str] | None = None,
    without: Sequence[str] = (),
) -> list[dict[str, object]]:  # fmt: skip
    """Every entry of these cases that is among the first `size` leaves, with its proof.

    Of a case that is not in `open_to` (None: every case is) only each entry's hash is told, which
    proves that it is there and says nothing of it. Entries of the triggers `without` are left out.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_ENTRIES, (list(cases), list(without))).fetchall()
    found = proofs(connection, [(row["case_id"], row["seq"]) for row in rows], size=size)
    return [
        {**_told(row, whole=open_to is None or row["case_id"] in open_to),
         "proof": found[row["case_id"], row["seq"]].as_data()}
        for row in rows if (row["case_id"], row["seq"]) in found
    ]  # fmt: skip


def _told(row: dict[str, object], *, whole: bool) -> dict[str, object]:
    if not whole:
        return {name: row[name] for name in ("case_id", "seq", "hash")}
    at = row["at"]
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(at, datetime) else at
    return {"entry": {**row, "at": stamp}}
