"""What a simulated year proposes: the 18 real records, each completed as demo content."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from conferral.demo.proposals import completion
from policies.document import as_data
from policies.records import Record, read_records, to_document

_FILE = "microcredentials.yaml"
_LONGEST_TITLE = 120


@cache
def records() -> tuple[Record, ...]:
    """The real records that come with Conferral."""
    content = files("conferral.sample").joinpath(_FILE).read_bytes()
    return tuple(read_records(content, filename=_FILE))


def draft_of(record: Record, *, number: int, unit: str, way: str) -> dict[str, object]:
    """A record as its proposer begins with it: under a title of its own, as what it will be."""
    kind = "micro_certificate" if way == "certificate" else "digital_badge"
    said = as_data(to_document(record, unit=unit))
    title = f"{record.title[:_LONGEST_TITLE]}, edition {number}"
    return {**said, "title": title, "type": kind, "constituents": [], "completion": {}}


def whole(
    draft: Mapping[str, object], *, unit: str, way: str, level: str, parts: Sequence[str] = ()
) -> dict[str, object]:
    """The fields that complete a draft; `level` is the audience that brings it to a council."""
    fields = completion(draft, way, unit=unit) | {"audience": [level]}
    return fields | {"constituents": list(parts)} if parts else fields
