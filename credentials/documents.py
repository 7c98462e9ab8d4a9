"""JSON documents: read with limits, written the same way every time, times as RFC 3339."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

import orjson

from credentials.errors import NotCanonical

Document: TypeAlias = dict[str, object]
Path: TypeAlias = tuple[str | int, ...]

LARGEST = 1_048_576  # bytes; a micro-certificate of twelve badges takes 20 kB
DEEPEST = 48  # levels; an endorsed achievement in a bundle takes 14
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def read(content: bytes) -> Document:
    """The JSON object in these bytes; NotCanonical where it is none, too large or too deep."""
    if len(content) > LARGEST:
        raise NotCanonical(f"The file is larger than {LARGEST // 1024} kB, so it is not read.")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"The file is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise NotCanonical("The file holds no JSON object.")
    refuse_depth(document)
    return document


def write(document: Mapping[str, object]) -> bytes:
    """The bytes kept for ever: UTF-8, two spaces, fields in the order they were built."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def refuse_depth(value: object, level: int = 0) -> None:
    """Raise NotCanonical where lists and objects are nested deeper than DEEPEST."""
    if level > DEEPEST:
        raise NotCanonical(f"The document is nested deeper than {DEEPEST} levels.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        if isinstance(item, dict | list):
            refuse_depth(item, level + 1)


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, str, object]]:
    """Each field of a document as (path, key, value), outermost first."""
    if isinstance(value, dict):
        for key, item in value.items():
            place = (*path, key)
            yield place, key, item
            if isinstance(item, dict | list):
                yield from walk(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from walk(item, (*path, index))


def spell(path: Path) -> str:
    """A path as people read it: `credentialSubject.result[0].value`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def timestamp(moment: datetime) -> str:
    """An aware moment as `2026-11-24T09:30:00Z`; ValueError where it names no zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment in a credential needs a time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: object) -> datetime | None:
    """The moment a document states, or None where it is not a full RFC 3339 date and time."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def spoken(when: datetime) -> str:
    """A moment as people read it: `Tue 24 Nov 2026, 09:30 UTC`."""
    utc = when.astimezone(UTC)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day} {utc.day} {month} {utc.year}, {utc:%H:%M} UTC"


def as_list(value: object) -> list[object]:
    """JSON-LD allows one value or a list of them; this is always the list."""
    return value if isinstance(value, list) else [] if value is None else [value]
