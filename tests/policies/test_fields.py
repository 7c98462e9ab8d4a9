import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.choices import AssessmentKind, Stack
from policies.document import DocumentError, ProposalDocument, as_data, read_document
from policies.fields import (
    NoSuchFieldError,
    all_generic_paths,
    changed_paths,
    fingerprint,
    generic,
    get,
    paths,
    said,
    with_field,
)
from tests.policies.documents import badge, badge_data, certificate

BADGE = badge()


def test_every_field_that_is_said_has_a_path_and_can_be_read_there() -> None:
    assert "slos.o4.rubric.l4.description" in paths(BADGE)
    for path, value in said(BADGE).items():
        assert get(BADGE, path) == value


def test_a_document_is_whole_in_its_paths() -> None:
    built = ProposalDocument()
    for path, value in said(certificate()).items():
        built = with_field(built, path, value)
    assert built == certificate()


def test_an_unsaid_field_reads_as_unsaid() -> None:
    assert get(ProposalDocument(), "rigor.level") is None
    assert get(ProposalDocument(), "contact.email") == ""


def test_a_group_a_list_and_an_item_can_be_read_whole() -> None:
    assert get(BADGE, "contact") == BADGE.contact
    assert get(BADGE, "slos") == BADGE.slos
    assert get(BADGE, "slos.o2") == BADGE.slos[1]


@pytest.mark.parametrize(
    "path",
    ["", "tittle", "title.x", "slos.o9", "slos.o1.x", "audience.x", "slos.o1.id.x", "contact.x.y"],
)
def test_a_path_that_leads_nowhere_is_refused_by_name(path: str) -> None:
    with pytest.raises(NoSuchFieldError) as refused:
        get(BADGE, path)
    assert refused.value.path == path


@pytest.mark.parametrize(
    "path",
    ["", "tittle", "title.x", "slos.o1.x", "slos.assessment.kind", "slos.o1.id", "slos.o1.o2.o3"],
)
def test_a_field_that_no_proposal_has_is_not_changed(path: str) -> None:
    with pytest.raises(NoSuchFieldError):
        with_field(BADGE, path, "x")


def test_one_field_changes_and_nothing_else() -> None:
    changed = with_field(BADGE, "slos.o4.assessment.kind", "exam")
    assert changed.slos[3].assessment.kind is AssessmentKind.EXAM
    assert changed_paths(BADGE, changed) == ("slos.o4.assessment.kind",)
    assert with_field(changed, "slos.o4.assessment.kind", AssessmentKind.PROJECT) == BADGE


def test_none_leaves_a_field_unsaid_and_removes_an_item() -> None:
    assert get(with_field(BADGE, "rigor.level", None), "rigor.level") is None
    fewer = with_field(BADGE, "slos.o2", None)
    assert [one.id for one in fewer.slos] == ["o1", "o3", "o4"]
    assert with_field(BADGE, "slos", None).slos == ()


def test_an_item_is_replaced_under_its_own_id() -> None:
    said_anew = with_field(BADGE, "slos.o2", {"id": "o9", "statement": "Explains."})
    assert said_anew.slos[1].id == "o2"
    assert said_anew.slos[1].statement == "Explains."
    assert with_field(said_anew, "slos.o2", BADGE.slos[1]) == BADGE


def test_an_id_that_is_not_there_yet_is_added_at_the_end() -> None:
    more = with_field(BADGE, "slos.o7.statement", "Explains.")
    assert [one.id for one in more.slos] == ["o1", "o2", "o3", "o4", "o7"]
    first = with_field(ProposalDocument(), "reflection.prompts.r1.text", "Why?")
    assert first.reflection.prompts[0].text == "Why?"
    assert with_field(ProposalDocument(), "routing.stack", Stack.NONE).routing.stack is Stack.NONE


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("title", "x" * 201, "title"),
        ("slos.o4.threshold", "a\0", "slos.o4.threshold"),
        ("slos.o4", 3, "slos.#4"),
        ("slos.statement9.id9", "x", ""),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_by_field(
    path: str, value: object, field: str
) -> None:
    with pytest.raises((DocumentError, NoSuchFieldError)) as refused:
        with_field(BADGE, path, value)
    if isinstance(refused.value, DocumentError):
        assert [one.field for one in refused.value.problems] == [field]
    else:
        assert not field


def test_the_generic_path_leaves_ids_out() -> None:
    assert generic("slos.o1.rubric.l2.description") == "slos.rubric.description"
    assert generic("slos.o1") == "slos"
    assert generic("audience") == "audience"
    assert set(map(generic, paths(BADGE))) <= set(all_generic_paths())


def test_a_moved_item_shows_as_its_list() -> None:
    data = badge_data()
    turned = badge(slos=list(reversed(BADGE.slos)))
    assert changed_paths(BADGE, turned) == ("slos",)
    prompts = with_field(BADGE, "reflection.prompts", list(reversed(BADGE.reflection.prompts)))
    assert changed_paths(BADGE, prompts) == ("reflection.prompts",)
    rubric = with_field(BADGE, "slos.o3.rubric", list(reversed(BADGE.slos[2].rubric)))
    assert changed_paths(BADGE, rubric) == ("slos.o3.rubric",)
    assert read_document(data) == BADGE


def test_added_and_removed_items_show_by_their_fields() -> None:
    more = with_field(BADGE, "partners", ["County Library System", "City Archive"])
    assert changed_paths(BADGE, more) == ("partners",)
    empty = with_field(BADGE, "competencies.c9", {})
    assert changed_paths(BADGE, empty) == ("competencies.c9",)
    fewer = with_field(BADGE, "basis.b1", None)
    assert changed_paths(BADGE, fewer) == ("basis.b1.kind", "basis.b1.reference", "basis.b1.exists")


def test_changes_are_told_in_the_order_of_the_form() -> None:
    changed = with_field(with_field(BADGE, "pathway.position", "Alone."), "title", "Other")
    assert changed_paths(BADGE, changed) == ("title", "pathway.position")


def test_what_an_import_said_is_one_field() -> None:
    imported = read_document({"source": {"url": "x", "facts": [{"name": "a", "said": "b"}]}})
    assert paths(imported) == ("source.url", "source.facts")


_EDITS = st.lists(
    st.tuples(
        st.sampled_from([
            "title", "slos.o1.threshold", "slos.o9.statement", "contact.name", "slos.o2",
            "reflection.prompts.r1", "competencies", "rigor.rationale",
        ]),
        st.sampled_from([None, "", "New words"]),
    ),
    max_size=6,
)  # fmt: skip


@given(_EDITS)
def test_two_documents_differ_exactly_when_a_path_says_so(
    edits: list[tuple[str, str | None]],
) -> None:
    document = BADGE
    for path, value in edits:
        if value is not None and path in {"slos.o2", "reflection.prompts.r1", "competencies"}:
            continue
        document = with_field(document, path, value)
    assert (changed_paths(BADGE, document) == ()) == (as_data(document) == as_data(BADGE))


def test_a_fingerprint_tells_one_value_from_another_and_an_item_that_is_gone() -> None:
    document = read_document({"title": "One", "pos": [{"id": "p1", "metric": "Finishers"}]})
    other = with_field(document, "pos.p1.metric", "Starters")
    assert fingerprint(document, "title") == fingerprint(other, "title") != ""
    assert fingerprint(document, "pos.p1") != fingerprint(other, "pos.p1")
    assert fingerprint(document, "pos.p2") == ""
    with pytest.raises(NoSuchFieldError):
        fingerprint(document, "colour")
