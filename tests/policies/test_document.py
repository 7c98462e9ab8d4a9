import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.document import (
    DocumentError,
    FieldProblem,
    Part,
    ProposalDocument,
    as_data,
    canonical_json,
    content_hash,
    read_document,
)
from tests.policies.documents import badge, badge_data, certificate


def test_an_empty_document_is_a_draft() -> None:
    assert read_document({}) == ProposalDocument()
    assert canonical_json(ProposalDocument()) == b"{}"


@pytest.mark.parametrize("document", [badge(), certificate(), ProposalDocument()])
def test_a_document_survives_its_own_data(document: ProposalDocument) -> None:
    assert read_document(json.loads(canonical_json(document))) == document
    assert read_document(as_data(document)) == document


def test_a_document_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        badge().title = "Other"  # type: ignore[misc] # that is the point


def _shuffled(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shuffled(value[name]) for name in sorted(value, reverse=True)}
    if isinstance(value, list):
        return [_shuffled(item) for item in value]
    return value


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert content_hash(read_document(_shuffled(badge_data()))) == content_hash(badge())


def test_the_hash_of_a_known_document_stays_what_it_was() -> None:
    known = read_document({"title": "Café", "slos": [{"statement": "Explains."}]})
    assert canonical_json(known) == (
        '{"slos":[{"id":"o1","statement":"Explains."}],"title":"Café"}'.encode()
    )
    assert content_hash(known) == (
        "c973ebf82d708c64f61900ba31049f9c3282eb9d36a3e45af5ebcd8f9e23245e"
    )


def test_any_said_word_changes_the_hash() -> None:
    assert content_hash(badge(title="Data Storytelling 2")) != content_hash(badge())


def test_the_same_words_from_a_browser_and_from_a_file_are_the_same_document() -> None:
    typed = read_document({"description": "  One.\r\nTwo, cafe\u0301.  ", "type": "", "slos": None})
    assert typed == read_document({"description": "One.\nTwo, café."})
    assert read_document({"contact": {"email": "   "}}) == ProposalDocument()


def test_choices_ticked_in_any_order_are_the_same() -> None:
    first = read_document({"audience": ["graduate", "undergraduate", "graduate"]})
    assert first == read_document({"audience": ["undergraduate", "graduate"]})


def test_items_without_an_id_get_the_next_free_one_and_keep_it() -> None:
    document = read_document(
        {"competencies": [{"statement": "A"}, {"id": "c7"}, {"statement": "B"}]}
    )
    assert [one.id for one in document.competencies] == ["c8", "c7", "c9"]
    again = read_document(as_data(document) | {"competencies": list(document.competencies)[1:]})
    assert [one.id for one in again.competencies] == ["c7", "c9"]


def test_ids_of_another_form_do_not_disturb_the_count() -> None:
    given_ids = [{"id": "c-old-1"}, {"id": f"c{'9' * 12}"}, {"id": "c²3"}, {"statement": "A"}]
    with pytest.raises(DocumentError, match=r"competencies\.c²3\.id: An id here is a letter"):
        read_document({"competencies": given_ids})
    document = read_document({"competencies": [*given_ids[:2], given_ids[3]]})
    assert document.competencies[2].id == "c1"


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"title": "a\0"}, "title", r"control character \(U\+0000\)"),
        ({"title": "a\nb"}, "title", "line break"),
        ({"title": "a\u2028b"}, "title", "line break"),
        ({"title": "\ud800"}, "title", "broken character"),
        ({"title": "x" * 201}, "title", "At most 200 characters"),
        ({"title": "x" * 10_000_000}, "title", "At most 200 characters"),
        ({"title": 3}, "title", "Write text here"),
        ({"description": "x" * 5_001}, "description", "At most 5000 characters"),
        ({"description": "a\x1b"}, "description", "control character"),
        ({"description": 3}, "description", "Write text here"),
        ({"tittle": "x"}, "tittle", "no such field"),
        ({"\ud800": "x"}, "document", "broken character"),
        ({"type": "diploma"}, "type", "Choose one of 'digital_badge' or 'micro_certificate'"),
        ({"audience": ["staff"]}, "audience.#1", "Choose one of"),
        ({"audience": "graduate"}, "audience", "Give a list"),
        ({"slos": "abc"}, "slos", "Give a list"),
        ({"slos": 3}, "slos", "Give a list"),
        ({"slos": {3}}, "slos.#1", "fields by their names"),
        ({"slos": [3]}, "slos.#1", "fields by their names"),
        ({"slos": [{"id": "o4", "threshold_level": 11}]}, "slos.o4.threshold_level", "10 or less"),
        ({"slos": [{"threshold_level": 0}]}, "slos.#1.threshold_level", "1 or more"),
        ({"slos": [{"threshold_level": "x"}]}, "slos.#1.threshold_level", "whole number"),
        ({"slos": [{"id": "o1"}, {"id": "o1"}]}, "slos", "o1 is there twice"),
        ({"slos": [{"id": "statement"}]}, "slos.statement.id", "a letter and a number"),
        ({"competencies": [{}] * 31}, "competencies", "At most 30 entries"),
        ({"alignment": [{"dated": "soon"}]}, "alignment.#1.dated", "as 2026-11-24"),
        ({"overlap_seen": "perhaps"}, "overlap_seen", "yes or no"),
        ({"contact": {"email": "rowan"}}, "contact.email", "e-mail address"),
        ({"contact": {"email": "a@b.c\nBcc: x@y.z"}}, "contact.email", "line break"),
        ({"contact": "Rowan"}, "contact", "fields by their names"),
        ({"unit": "The Libraries"}, "unit", "from the list"),
        ([], "document", "fields by their names"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_field(said: object, field: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as refused:
        read_document(said)
    problem = refused.value.problems[0]
    assert problem.field == field
    assert len(str(refused.value)) < 300


def test_every_problem_is_named_not_only_the_first() -> None:
    with pytest.raises(DocumentError) as refused:
        read_document({"title": 1, "unit": "X Y", "slos": [{"kind": 1}]})
    assert [one.field for one in refused.value.problems] == ["title", "unit", "slos.#1.kind"]


def test_an_error_without_words_of_ours_still_ends_as_a_sentence() -> None:
    with pytest.raises(DocumentError, match=r"alignment\.#1\.dated: .+\.$"):
        read_document({"alignment": [{"dated": float("inf")}]})


def test_a_date_is_kept_as_a_date() -> None:
    assert badge().alignment[0].dated == date(2026, 10, 5)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*ProposalDocument.model_fields, "id", "statement", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def _read(said: object) -> ProposalDocument | tuple[FieldProblem, ...]:
    try:
        return read_document(said)
    except DocumentError as refused:
        return refused.problems


@given(_JSON)
def test_any_data_is_a_document_or_a_refusal_that_names_a_field(said: object) -> None:
    answer = _read(said)
    if isinstance(answer, tuple):
        assert answer
        assert all(one.field and one.says for one in answer)
    else:
        assert read_document(as_data(answer)) == answer


def _parts(model: type[Part]) -> list[type[Part]]:
    found = [model]
    for field in model.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, Part):
                found += _parts(inner)
    return found


def test_every_field_may_be_missing() -> None:
    for model in _parts(ProposalDocument):
        assert not [name for name, field in model.model_fields.items() if field.is_required()]
