import pytest

from policies.data import DataError
from policies.document import ProposalDocument
from policies.fields import all_generic_paths, with_field
from policies.revisions import FILE, RevisionClass, Revisions, load, revision_class
from tests.policies.documents import badge

BADGE = badge()
NONE, EDITORIAL, MINOR, SUBSTANTIVE = RevisionClass


@pytest.mark.parametrize(
    ("path", "value", "size"),
    [
        ("title", "Data Storytelling", NONE),
        ("description", "Other words.", EDITORIAL),
        ("contact.email", "noor@example.edu", EDITORIAL),
        ("badge.alt", "A ring.", EDITORIAL),
        ("title", "Data Stories", MINOR),
        ("modality", "Online", MINOR),
        ("eligibility", "Two courses.", MINOR),
        ("slos.o1.assessment.description", "A two-page brief.", MINOR),
        ("slos.o1.rubric.l1.description", "No source.", MINOR),
        ("alignment.a1", None, MINOR),
        ("slos.o1.assessment.attendance_only", True, SUBSTANTIVE),
        ("slos.o1.rubric.l1", None, SUBSTANTIVE),
        ("slos.o1.threshold", "Level 2.", SUBSTANTIVE),
        ("slos.o9.assessment.description", "A talk.", MINOR),
        ("slos.o9.statement", "Explains.", SUBSTANTIVE),
        ("slos.o1", None, SUBSTANTIVE),
        ("competencies.c1.statement", "Plans.", SUBSTANTIVE),
        ("competencies", [], SUBSTANTIVE),
        ("reflection.prompts.r1.text", "How?", MINOR),
        ("reflection.prompts.r1", None, SUBSTANTIVE),
        ("reflection.rubric", "Meets.", SUBSTANTIVE),
        ("type", "micro_certificate", SUBSTANTIVE),
        ("routing.stack", "pathway", SUBSTANTIVE),
        ("credit_note", "One credit.", SUBSTANTIVE),
        ("audience", ["graduate"], SUBSTANTIVE),
        ("basis.b1.reference", "IDS 3302", SUBSTANTIVE),
    ],
)  # fmt: skip
def test_a_change_is_as_large_as_the_field_it_touches(
    path: str, value: object, size: RevisionClass
) -> None:
    assert revision_class(BADGE, with_field(BADGE, path, value)) is size


def test_the_largest_change_counts() -> None:
    changed = with_field(with_field(BADGE, "description", "Other."), "modality", "Online")
    assert revision_class(BADGE, changed) is MINOR
    assert revision_class(changed, with_field(BADGE, "type", None)) is SUBSTANTIVE


def test_moved_outcomes_and_a_new_proposal_are_substantive() -> None:
    assert revision_class(BADGE, badge(slos=list(reversed(BADGE.slos)))) is SUBSTANTIVE
    assert revision_class(ProposalDocument(), BADGE) is SUBSTANTIVE


def test_every_field_has_a_class_written_down() -> None:
    held = load()
    written = held.editorial | held.minor | held.substantive
    for path in all_generic_paths():
        assert {path, path.partition(".")[0]} & written, path


def test_a_field_that_is_written_nowhere_is_never_waved_through() -> None:
    bare = Revisions(editorial=frozenset({"notes"}), minor=frozenset(), substantive=frozenset())
    assert bare.class_of("title") is SUBSTANTIVE
    assert bare.class_of("notes") is EDITORIAL


@pytest.mark.parametrize("path", ["title", "slos.o1", "tittle"])
def test_a_field_in_two_classes_or_of_no_proposal_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=path):
        Revisions(editorial=frozenset({path}), minor=frozenset({path}), substantive=frozenset())


def test_a_missing_file_is_named() -> None:
    with pytest.raises(DataError, match="other"):
        load(FILE.replace("revisions", "other"))
