"""The hash chain: one form for an entry, and no change of a history goes unseen."""

import doctest
import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workflow import chain
from workflow.chain import GENESIS, canonical_json, entry_hash, verify_chain

Entry = dict[str, object]

NEW_YORK = ZoneInfo("America/New_York")

texts = st.text(st.characters(codec="utf-8"), max_size=12)
instants = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), NEW_YORK]),
)
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | texts | st.uuids() | instants
    | st.dates()
)  # fmt: skip
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
fields = st.dictionaries(texts.filter(lambda name: name not in {"seq", "hash"}), values, max_size=4)
histories = st.lists(fields, min_size=1, max_size=6)


def chained(bodies: list[Entry]) -> list[Entry]:
    previous, entries = GENESIS, list[Entry]()
    for seq, body in enumerate(bodies, start=1):
        entry: Entry = {**body, "seq": seq}
        previous = entry["hash"] = entry_hash(previous, entry)
        entries.append(entry)
    return entries


def reference_hash(previous: str, entry: Mapping[str, object]) -> str:
    """The same hash made without the code under test: json and an explicit format."""

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return str(value) if isinstance(value, UUID | date) else value

    text = json.dumps(plain(dict(entry)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def test_the_examples_in_the_module_run() -> None:
    assert doctest.testmod(chain).failed == 0


@given(fields)
def test_an_independent_reading_of_the_format_gives_the_same_hash(entry: Entry) -> None:
    # orjson sorts by bytes and json by code points: UTF-8 keeps that order.
    assert entry_hash(GENESIS, entry) == reference_hash(GENESIS, entry)


@given(histories)
def test_a_history_as_it_was_written_holds(bodies: list[Entry]) -> None:
    entries = chained(bodies)
    assert verify_chain(entries) is None
    assert verify_chain(entries, head=str(entries[-1]["hash"])) is None


@given(histories)
def test_a_history_read_from_an_exported_file_holds(bodies: list[Entry]) -> None:
    entries = [json.loads(canonical_json(entry)) for entry in chained(bodies)]
    assert verify_chain(entries) is None


@given(histories, st.data(), values)
def test_a_changed_field_is_found_at_its_entry(
    bodies: list[Entry], data: st.DataObject, value: object
) -> None:
    entries = chained(bodies)
    at = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(sorted(entries[at])))
    assume(canonical_json({"": value}) != canonical_json({"": entries[at][name]}))
    entries[at][name] = value
    assert verify_chain(entries) == at + 1


@given(histories, st.data(), st.tuples(texts, values))
def test_a_field_added_or_taken_away_is_found_at_its_entry(
    bodies: list[Entry], data: st.DataObject, field: tuple[str, object]
) -> None:
    name, value = field
    entries = chained(bodies)
    at = data.draw(st.integers(0, len(entries) - 1))
    if name in entries[at] or data.draw(st.booleans()):
        del entries[at][data.draw(st.sampled_from(sorted(entries[at])))]
    else:
        entries[at][name] = value
    assert verify_chain(entries) == at + 1


@given(histories, st.data())
def test_a_deleted_entry_is_found_where_it_is_missing(
    bodies: list[Entry], data: st.DataObject
) -> None:
    entries = chained(bodies)
    head = str(entries[-1]["hash"])
    at = data.draw(st.integers(0, len(entries) - 1))
    del entries[at]
    assert verify_chain(entries, head=head) == at + 1


@given(st.lists(fields, min_size=2, max_size=6), st.data())
def test_two_swapped_entries_are_found_at_the_first(
    bodies: list[Entry], data: st.DataObject
) -> None:
    entries = chained(bodies)
    one, other = sorted(
        data.draw(st.sets(st.integers(0, len(entries) - 1), min_size=2, max_size=2))
    )
    entries[one], entries[other] = entries[other], entries[one]
    assert verify_chain(entries) == one + 1


@given(histories, st.data())
def test_an_entry_made_up_in_the_middle_is_found(bodies: list[Entry], data: st.DataObject) -> None:
    entries = chained(bodies)
    at = data.draw(st.integers(0, len(entries) - 1))
    made_up: Entry = {"seq": at + 1, "trigger": "made up"}
    made_up["hash"] = entry_hash(GENESIS if at == 0 else str(entries[at - 1]["hash"]), made_up)
    assume(made_up != entries[at])
    # The forged entry holds by itself; the one that it pushed down no longer does.
    assert verify_chain([*entries[:at], made_up, *entries[at:]]) == at + 2


def test_a_cut_off_end_is_found_only_by_a_hash_kept_elsewhere() -> None:
    entries = chained([{"to": "draft"}, {"to": "review"}, {"to": "issued"}])
    assert verify_chain(entries[:2]) is None
    assert verify_chain(entries[:2], head=str(entries[2]["hash"])) == 3


def test_a_gap_in_seq_is_found_even_where_the_hashes_follow() -> None:
    first, last = {"seq": 1}, {"seq": 3}
    one = entry_hash(GENESIS, first)
    entries = [first | {"hash": one}, last | {"hash": entry_hash(one, last)}]
    assert verify_chain(entries) == 2


def test_a_history_may_be_verified_from_its_middle_numbers_on() -> None:
    entry: Entry = {"seq": 7}
    assert verify_chain([entry | {"hash": entry_hash(GENESIS, entry)}], first_seq=7) is None


def test_an_entry_without_a_hash_or_with_a_value_we_never_write_is_bad() -> None:
    (entry,) = chained([{"share": 1}])
    assert verify_chain([{"seq": 1, "share": 1}]) == 1
    assert verify_chain([entry | {"share": 1.0}]) == 1
    assert verify_chain([entry | {"hash": "abc"}]) == 1
    assert verify_chain([entry | {"share": 2**80}]) == 1


def test_the_same_instant_in_two_zones_is_one_instant() -> None:
    utc = datetime(2026, 11, 24, 14, 30, 0, 1, tzinfo=UTC)
    assert canonical_json({"at": utc.astimezone(NEW_YORK)}) == canonical_json({"at": utc})
    assert canonical_json({"at": utc}) == b'{"at":"2026-11-24T14:30:00.000001Z"}'


def test_the_two_readings_of_the_autumn_hour_are_two_instants() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    assert canonical_json({"at": first}) == b'{"at":"2026-11-01T05:30:00.000000Z"}'
    assert canonical_json({"at": first.replace(fold=1)}) == b'{"at":"2026-11-01T06:30:00.000000Z"}'


class Share(float, enum.Enum):
    HALF = 0.5


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (0.5, "a float: 0.5"),
        (float("nan"), "a float: nan"),
        (Share.HALF, "a Share"),
        ({"deep": [(1, 0.5)]}, "a float: 0.5"),
        ({1}, "a set"),
        (b"bytes", "a bytes"),
        (datetime(2026, 11, 24), "an instant without its zone"),  # noqa: DTZ001 - the point
        ([datetime(2026, 11, 24)], "an instant without its zone"),  # noqa: DTZ001 - the point
    ],
)
def test_what_has_no_one_form_is_refused(value: object, why: str) -> None:
    with pytest.raises(TypeError, match=f"an entry cannot hold {why}"):
        entry_hash(GENESIS, {"value": value})


@pytest.mark.parametrize("value", [2**64, "\ud800", {1: "one"}])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(orjson.JSONEncodeError):
        entry_hash(GENESIS, {"value": value})


@pytest.mark.parametrize("previous", ["", "0" * 63, "0" * 65])
def test_a_previous_hash_of_another_length_is_refused(previous: str) -> None:
    with pytest.raises(ValueError, match="a hash has 64 hex digits"):
        entry_hash(previous, {"seq": 1})


def test_text_true_one_and_none_are_four_different_values() -> None:
    assert len({entry_hash(GENESIS, {"v": v}) for v in ("1", True, 1, None)}) == 4
