"""Contexts are laid flat only where no scope decides anything; each reason not to, one by one."""

import pytest

from credentials.contexts import Contexts
from credentials.documents import Document
from credentials.prune import flat, pruned

URL = "https://example.edu/c"
EVERYTHING = frozenset({b"A", b"B", b"a", b"b", b"c"})


def laid(context: object) -> bytes | None:
    return flat(Contexts({URL: {"@context": context}}), (URL,), EVERYTHING)


def scoped(**terms: object) -> Document:
    return {"@id": "x:A", "@context": {"@protected": True, **terms}}


def test_a_term_of_one_definition_leaves_its_scope() -> None:
    assert laid({"A": scoped(a="x:a"), "b": "x:b"}) == (
        b'{"A":{"@id":"x:A"},"a":{"@id":"x:a"},"b":{"@id":"x:b"}}'
    )


def test_a_term_of_two_definitions_stays_in_its_scopes() -> None:
    one, two = {"@id": "x:a"}, {"@id": "x:a", "@type": "@id"}
    assert laid({"A": scoped(a=one), "B": {**scoped(a=two), "@id": "x:B"}}) == (
        b'{"A":{"@id":"x:A","@context":{"a":{"@id":"x:a"}}},'
        b'"B":{"@id":"x:B","@context":{"a":{"@id":"x:a","@type":"@id"}}}}'
    )


@pytest.mark.parametrize(
    "context",
    [
        {"@vocab": "x:", "a": "x:a"},
        {"A": scoped(**{"@vocab": "x:"})},
        {"A": {"@id": "x:A", "@context": None}},
        {"A": scoped(a="x:a"), "a": "x:other"},
        {"A": scoped(a="x:a", B={"@id": "x:B", "@context": {"a": "x:other"}})},
        {"A": scoped(a="x:a"), "b": {"@id": "x:b", "@type": "a"}},
        [{"a": "x:a"}, {"b": "x:b"}],
    ],
    ids=[
        "a default",
        "a default in a scope",
        "a scope that undoes all",
        "a second definition outside",
        "a second definition deep inside",
        "a reference to a term of a scope",
        "several contexts in one",
    ],
)
def test_contexts_whose_scopes_decide_something_are_left_as_they_are(context: object) -> None:
    assert laid(context) is None


def test_one_term_scoped_differently_by_two_contexts_is_left_as_it_is() -> None:
    documents: dict[str, Document] = {
        URL: {"@context": {"A": scoped(a="x:a"), "B": {**scoped(a="x:b"), "@id": "x:B"}}},
        URL + "2": {"@context": {"A": scoped(a="x:c")}},
    }
    assert flat(Contexts(documents), (URL, URL + "2"), EVERYTHING) is None


def test_pruning_keeps_what_is_used_and_what_that_refers_to() -> None:
    context = {
        "a": {"@id": "p:a", "@type": "b"},
        "p": "x:",
        "b": "x:b",
        "c": "x:c",
        "@version": 1.1,
    }
    kept = pruned(Contexts({URL: {"@context": context}}), (URL,), frozenset({b"a"}))
    assert kept == b'[{"a":{"@id":"p:a","@type":"b"},"p":"x:","b":"x:b","@version":1.1}]'


def test_pruning_goes_into_lists_of_contexts() -> None:
    context = [{"a": "x:a", "c": "x:c"}, {"b": "x:b"}]
    kept = pruned(Contexts({URL: {"@context": context}}), (URL,), frozenset({b"a"}))
    assert kept == b'[[{"a":"x:a"},{}]]'
