import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.checks import all_unmet
from policies.choices import Answer, Audience, CompletionRule, CredentialType
from policies.document import ProposalDocument, as_data
from policies.edition import load
from policies.nodes import MAX_CHARACTERS
from policies.records import Record, RecordError, read_records, to_document

SAMPLE = Path(__file__).parents[2] / "conferral/sample/microcredentials.yaml"
EDITION = load("380.104/2024-02-07")
TEXT = SAMPLE.read_text("utf-8")
RECORDS = {record.id: record for record in read_records(TEXT, filename="sample.yaml")}
#: What a gap noted with the records means in rules.
GAPS = {
    "SLO": "MC-3a", "PO": "MC-3b", "RIGOR": "MC-1c", "ASSESS": "MC-1b", "ALIGN": "MC-4",
    "REFLECT": "MC-5a", "STACK": "MC-6a",
}  # fmt: skip


def _one(text: str) -> Record:
    (record,) = read_records(text, filename="a.yaml")
    return record


def test_the_eighteen_records_are_read() -> None:
    assert len(RECORDS) == 18
    assert all(record.title and record.type for record in RECORDS.values())


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.id)
def test_every_gap_noted_with_a_record_is_found_by_its_rule(record: Record) -> None:
    found = {one.rule for one in all_unmet(to_document(record), edition=EDITION)}
    assert {GAPS[gap] for gap in record.gaps} <= found


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.id)
def test_a_draft_says_nothing_that_its_record_does_not_say(record: Record) -> None:
    said = {one["id"]: one for one in yaml.safe_load(TEXT)["microcredentials"]}[record.id]
    kept = set(_strings(said))
    source = "\n".join(kept)
    ours = {*Answer, *CompletionRule, "institution", "unit", "audience", "assessments"}
    for words in _values(as_data(to_document(record))):
        assert words in ours or words in source or _pieces(words) <= kept, words


def _values(value: object) -> list[str]:
    """Return every text of a draft, but the ids of items, which are ours."""
    if isinstance(value, dict):
        return [text for name, one in value.items() if name != "id" for text in _values(one)]
    if isinstance(value, list):
        return [text for one in value for text in _values(one)]
    return [str(value)]


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.items() for inner in one for text in _strings(inner)]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return [] if value is None else [str(value)]


def _pieces(words: str) -> set[str]:
    """Take apart what was joined from a list or mapping: its names and values."""
    return set(re.split("; |: ", words))


def test_what_a_record_does_not_say_stays_unsaid() -> None:
    document = to_document(RECORDS["fiu-fundamentals-information-literacy"])
    assert document.slos == ()
    assert document.unit == ""
    assert document.rigor.level is None
    assert document.pathway.position == ""
    assert document.basis == ()


def test_assessments_are_kept_as_said_and_claim_no_rubric_or_threshold() -> None:
    document = to_document(RECORDS["une-sustainability-leadership"])
    assert len(document.slos) == 4
    assert all(not one.assessment.description and not one.rubric for one in document.slos)
    facts = [fact.said for fact in document.source.facts if fact.name == "assessments"]
    assert facts[0] == "Planning prompts and reflection prompts for each stakeholder engagement"


def test_a_value_is_mapped_only_where_it_plainly_means_the_same() -> None:
    plain = to_document(RECORDS["fiu-fundamentals-information-literacy"])
    assert plain.routing.credit_intended is Answer.NO
    assert plain.audience == (Audience.GRADUATE, Audience.UNDERGRADUATE)
    other = to_document(RECORDS["ums-microcredential-development-l1"])
    assert other.audience == ()
    assert [one.said for one in other.source.facts if one.name == "audience"] == [
        "staff; faculty; public"
    ]
    assert to_document(RECORDS["ub-global-collaboration"]).routing.credit_intended is None


def test_a_stack_that_names_all_its_parts_has_constituents() -> None:
    document = to_document(RECORDS["ub-project-based-collaboration"])
    assert document.type is CredentialType.MICRO_CERTIFICATE
    assert document.constituents == (
        "ub-project-preparation", "ub-project-engagement", "ub-project-reflection",
    )  # fmt: skip
    assert document.completion.rule is CompletionRule.ALL
    part = to_document(RECORDS["ub-project-preparation"])
    assert part.pathway.position == "part_of: ub-project-based-collaboration; order: 1"
    assert part.constituents == ()


def test_a_known_unit_can_be_given_and_fields_of_others_are_kept() -> None:
    record = RECORDS["unt-written-communication"]
    assert to_document(record, unit="libraries").unit == "libraries"
    assert dict(record.others)["threshold"].startswith("Proficient or distinguished")


def test_the_same_records_as_json_make_the_same_drafts() -> None:
    text = json.dumps(yaml.safe_load(TEXT), indent="\t", ensure_ascii=True)
    again = read_records(text, filename="a.json")
    assert [to_document(one) for one in again] == [to_document(one) for one in RECORDS.values()]


@pytest.mark.parametrize(
    "text",
    [
        "- title: A\n",
        '[{"title": "A"}]',
        "microcredentials:\n- title: A\n",
        '{"version": 1, "microcredentials": [{"title": "A", "type": null}]}',
        "\ufeff- title: A\n  slos:\n  competencies: []\n  stack: null\n",
    ],
)
def test_any_field_may_be_missing(text: str) -> None:
    assert to_document(_one(text)) == ProposalDocument(title="A")


def test_a_record_of_nothing_is_an_empty_draft_and_no_records_are_none() -> None:
    assert to_document(_one("- {}\n")) == ProposalDocument()
    assert read_records("[]", filename="a") == []
    assert read_records(b"- title: A\n", filename="a")[0].title == "A"


def test_unknown_fields_are_kept_as_said() -> None:
    record = _one(
        "- title: A\n  fee: 20 USD\n  hours: 12\n  extra: {a: [1, x], b: null}\n  no: ~\n"
    )
    assert record.others == (("fee", "20 USD"), ("hours", "12"), ("extra", "a: 1; x"))
    assert to_document(record).source.facts[0].said == "20 USD"


# What is wrong, the line and field that are named, and words of the sentence.
BAD = [
    ("", 1, "", "empty"),
    ("just words", 1, "microcredentials", "Give a list of records"),
    ("version: 1\n", 1, "microcredentials", "Give a list of records"),
    ("microcredentials: 3\n", 1, "microcredentials", "Give a list of records"),
    ("- 3\n", 1, "microcredentials", "fields with names"),
    ("- title: A\n- title: [x]\n", 2, "title", "Write text"),
    ("- title: 2024\n", 1, "title", "Write text"),
    ("- title: A\n  slos: words\n", 2, "slos", "Give a list"),
    ("- title: A\n  slos:\n  - a\n  - {b: c}\n", 4, "slos", "Write text"),
    ("- title: A\n  type: diploma\n", 2, "type", "digital_badge or micro_certificate"),
    ("- title: A\n  title: B\n", 2, "", "'title' stands here twice, first in line 1"),
    ("- id: a\n- id: b\n- id: a\n", 3, "id", "in line 1 has this id too"),
    ("- title: |\n    A\n    B\n", 1, "title", "in one line"),
    ("- title: A\n  stack: {requires_all: b}\n", 2, "requires_all", "Give a list"),
    (f"- title: {'x' * 201}\n", 1, "title", "At most 200"),
    (f"- reflection: {'x' * 5_001}\n", 1, "reflection", "At most 5,000"),
    (f"- fee: {'x' * 5_001}\n", 1, "fee", "At most 5,000"),
    (f"- stack: {{requires_all: [{'x' * 301}]}}\n", 1, "requires_all", "At most 300"),
    (f"- slos: [{', '.join('a' * 31)}]\n", 1, "slos", "At most 30"),
    ("- " + "\n  ".join(f"f{n}: x" for n in range(31)), 1, "", "At most 30 fields"),
    ("- {}\n" * 1_001, 1, "microcredentials", "At most 1000"),
    ("- ? ' '\n  : x\n", 1, "", "short name"),
    ('- "a\\tb": x\n', 1, "a\tb", "short name"),
    ("- title: A\n  title2: \x00\n", 2, "", "U+0000"),
    ('- title: A\n- title: "\\0"\n', 2, "", "U+0000"),
    ('- "\\0": x\n', 1, "", "U+0000"),
    ("- title: A\ud800\n", 1, "", "U+D800"),
    ("- title: A\uffff\n", 1, "", "U+FFFF"),
    ("- &a {title: A}\n- *a\n", 2, "", "*a refers to another place"),
    ("- a\n---\n- b\n", 2, "", "second document"),
    ("- title: [\n", 2, "", "cannot be read"),
    ("- title: 'A\n", 2, "", "cannot be read"),
    ("- title: A\n\tb: c\n", 2, "", "cannot be read"),
    ("- ? [a]\n  : b\n", 1, "", "A name is a word"),
    ("- title: !!python/object/apply:os.system [ls]\n", 1, "", "Take out the tag"),
    ("- title: !mine A\n", 1, "", "Take out the tag !mine"),
    ("- " * 14 + "x", 1, "", "nested deeper"),
    ("x" * (MAX_CHARACTERS + 1), 1, "", "longer than 2,000,000"),
    ('[{"title": "A",\n"title": "B"}]', 2, "", "'title' stands here twice"),
    ('[{"title": "A"},\n{"title": 3}]', 2, "title", "Write text"),
    ('[{"title": true}]', 1, "title", "Write text"),
    ('[{"title": "A"}\n{}]', 2, "", "should stand here"),
    ('[{"title": "A",\n}]', 2, "", "a name in quotes"),
    ('[{"title"\n"A"}]', 2, "", '":" should stand here'),
    ('[{"title": nan}]', 1, "", "a value should stand here"),
    ('[{"title": "A\n"}]', 1, "", "Invalid control character"),
    ('[{"title": "A', 1, "", "Unterminated string"),
    ('[{"title": "\\u0000"}]', 1, "", "U+0000"),
    ('[{"title": "\\ud83d"}]', 1, "", "U+D83D"),
    ("[]\nx", 2, "", "Nothing may follow"),
    ("[" * 14, 1, "", "nested deeper"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "says"), BAD, ids=range(len(BAD)))
def test_a_malformed_file_names_line_and_field_and_nothing_is_read(
    text: str, line: int, *, field: str, says: str
) -> None:
    with pytest.raises(RecordError) as refused:
        read_records(text, filename="bad.yaml")
    found = refused.value
    assert (found.filename, found.line, found.field) == ("bad.yaml", line, field)
    assert says in found.message
    assert str(found).startswith(f"bad.yaml, line {line}")
    assert len(str(found)) < 300


def test_a_file_that_is_no_utf8_names_its_line() -> None:
    with pytest.raises(RecordError, match=r"a\.yaml, line 2: This is not UTF-8"):
        read_records(b"- title: A\n- title: \xff\n", filename="a.yaml")


def test_aliases_cannot_grow_a_small_file() -> None:
    lines = ["- a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"- a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 10)]
    with pytest.raises(RecordError, match="line 2: Write it out"):
        read_records("\n".join(lines), filename="bomb.yaml")


def test_escapes_of_json_are_read_as_json() -> None:
    record = _one('[{"title": "A\\/B \\ud83d\\ude00"}]')
    assert record.title == "A/B \U0001f600"


def _read(text: str) -> list[Record] | RecordError:
    try:
        return read_records(text, filename="any")
    except RecordError as refused:
        return refused


_FIELDS = [
    "id",
    "title",
    "type",
    "slos",
    "stack",
    "audience",
    "alignment",
    "fee",
    "",
    "a b",
    "credit",
]
_VALUES = st.recursive(
    st.none()
    | st.integers()
    | st.text(max_size=30)
    | st.sampled_from(["digital_badge", "x" * 6_000]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*_FIELDS, "requires_all"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=5), max_size=3))
def test_whatever_is_read_can_be_drafted(records: list[dict[str, object]]) -> None:
    for text in (json.dumps(records), yaml.safe_dump(records)):
        answer = _read(text)
        if isinstance(answer, RecordError):
            assert answer.line >= 1
        else:
            assert [to_document(record).title for record in answer] == [one.title for one in answer]


@given(st.text(max_size=60) | st.text(alphabet="[]{},:\"'-&*!|> \n\tab1#?%@`", max_size=40))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    answer = _read(text)
    assert isinstance(answer, list) or answer.line >= 1
