"""The hash chain of a case's history: each entry's hash covers its fields and the hash before it.

What is hashed: the previous hash in hex, a line feed, and the entry as canonical JSON (keys sorted,
no white space, instants in UTC to the microsecond, no floats). An entry read back from the database
and the same entry read from an exported JSON file give the same hash.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import orjson

#: What the first entry of a case names as the hash before it.
GENESIS: Final = "0" * 64

_KINDS: Final = (str, int, bool, type(None), UUID, date)
_PLAIN: Final = frozenset(_KINDS) - {date}
_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def entry_hash(previous_hash: str, entry: Mapping[str, object]) -> str:
    """Return the SHA-256 of an entry and the hash before it, as 64 hex digits.

    >>> first = entry_hash(GENESIS, {"seq": 1, "trigger": "submit"})
    >>> first == entry_hash(GENESIS, {"trigger": "submit", "seq": 1})
    True
    >>> first == entry_hash(first, {"seq": 1, "trigger": "submit"})
    False

    Raises ValueError for a previous hash that is not 64 characters long, TypeError for what has no
    one canonical form: a float, a set, an object, an instant without its zone.
    """
    if len(previous_hash) != len(GENESIS):
        raise ValueError(f"a hash has {len(GENESIS)} hex digits, not {len(previous_hash)}")
    return sha256(previous_hash.encode() + b"\n" + canonical_json(entry)).hexdigest()


def canonical_json(entry: Mapping[str, object]) -> bytes:
    r"""Return the one JSON form of an entry.

    >>> canonical_json({"seq": 2, "at": datetime(2026, 11, 24, 9, 30, tzinfo=UTC)})
    b'{"at":"2026-11-24T09:30:00.000000Z","seq":2}'
    >>> canonical_json({"share": 0.5})
    Traceback (most recent call last):
    TypeError: an entry cannot hold a float: 0.5
    """
    plain = dict(entry)
    _refuse_what_has_no_one_form(plain)
    return orjson.dumps(plain, default=_instant, option=_OPTIONS)


def verify_chain(
    entries: Iterable[Mapping[str, object]], *, first_seq: int = 1, head: str | None = None
) -> int | None:
    """Return the seq of the first entry that does not hold, or None when all do.

    Each entry carries its `seq`, one more than the entry before it, and its `hash`, which covers
    every other field. A cut-off end leaves a chain that holds: give `head`, the last hash as known
    from elsewhere, and the first missing seq is returned.

    >>> one = {"seq": 1, "to": "draft"}
    >>> one["hash"] = entry_hash(GENESIS, one)
    >>> verify_chain([one]) is None
    True
    >>> verify_chain([one | {"to": "issued"}])
    1
    >>> verify_chain([], head=one["hash"])
    1
    """
    previous, seq = GENESIS, first_seq
    for entry in entries:
        if entry.get("seq") != seq or not _holds(previous, entry):
            return seq
        previous, seq = str(entry["hash"]), seq + 1
    return None if head in {None, previous} else seq


def _holds(previous_hash: str, entry: Mapping[str, object]) -> bool:
    fields = {name: value for name, value in entry.items() if name != "hash"}
    try:
        return entry.get("hash") == entry_hash(previous_hash, fields)
    except (TypeError, ValueError):
        # What cannot be hashed was never written by us: that entry is the answer, not an accident.
        return False


def _refuse_what_has_no_one_form(plain: dict[str, object]) -> None:
    waiting: list[object] = [plain]
    for value in waiting:  # grows while it is read: nested values are appended
        if type(value) in _PLAIN:
            continue
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
        elif not isinstance(value, _KINDS):
            raise TypeError(f"an entry cannot hold a {type(value).__name__}: {value!r}")
        elif isinstance(value, datetime) and value.utcoffset() is None:
            raise TypeError(f"an entry cannot hold an instant without its zone: {value}")


def _instant(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
