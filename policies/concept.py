"""What a proposal must say before ASA sees it: who, what for, what kind, for whom, on what."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from policies.choices import CredentialType, Existence, Stack
from policies.document import Basis, ProposalDocument
from policies.finding import Check, Finding


def titled(document: ProposalDocument) -> Iterator[Finding]:
    if not document.title:
        yield Finding("It has no title.", "title")


def of_a_unit(document: ProposalDocument) -> Iterator[Finding]:
    if not document.unit:
        yield Finding("It names no unit.", "unit")
    if not document.contact.name:
        yield Finding("It names no contact person.", "contact.name")
    if not document.contact.email:
        yield Finding("It has no contact e-mail.", "contact.email")


def with_a_purpose(document: ProposalDocument) -> Iterator[Finding]:
    if not document.purpose.kinds:
        yield Finding("It does not say what it is for.", "purpose.kinds")
    if not document.purpose.rationale:
        yield Finding("It does not say why it is needed.", "purpose.rationale")


def of_a_type(document: ProposalDocument) -> Iterator[Finding]:
    if document.type is None:
        yield Finding("It says neither badge nor micro-certificate.", "type")


def for_an_audience(document: ProposalDocument) -> Iterator[Finding]:
    if not document.audience:
        yield Finding("It does not say who it is for.", "audience")


def competencies_stated(document: ProposalDocument) -> Iterator[Finding]:
    if not document.competencies:
        yield Finding("It names no competency.", "competencies")
    first: dict[str, int] = {}
    for number, one in enumerate(document.competencies, 1):
        if not one.statement:
            yield Finding(
                f"Competency {number} has no statement.", f"competencies.{one.id}.statement"
            )
        elif first.setdefault(plain(one.statement), number) != number:
            same = first[plain(one.statement)]
            yield Finding(
                f"Competency {number} says the same as competency {same}.",
                f"competencies.{one.id}.statement",
            )
        if one.kind is None:
            yield Finding(
                f"Competency {number} does not say whether it is knowledge, a skill or an ability.",
                f"competencies.{one.id}.kind",
            )


@lru_cache(maxsize=512)
def plain(statement: str) -> str:
    """Return a statement without case, marks and spaces, so that the same words are seen as such.

    >>> plain("Plans a budget.") == plain("plans  a BUDGET")
    True
    """
    return re.sub(r"[\W_]+", "", statement.casefold())


def on_a_basis(document: ProposalDocument) -> Iterator[Finding]:
    if not document.basis:
        yield Finding("It names no program, course or experience that it rests on.", "basis")
    for number, entry in enumerate(document.basis, 1):
        if entry.kind is None or not entry.reference or entry.exists is None:
            yield from _unsaid_of(entry, number)


def _unsaid_of(entry: Basis, number: int) -> Iterator[Finding]:
    place = f"basis.{entry.id}"
    if entry.kind is None:
        yield Finding(
            f"Entry {number} of the basis is not called a program, a course or an experience.",
            f"{place}.kind",
        )
    if not entry.reference:
        yield Finding(f"Entry {number} of the basis has no name or number.", f"{place}.reference")
    if entry.exists is None:
        yield Finding(
            f"Entry {number} of the basis does not say whether it exists.", f"{place}.exists"
        )


def committee_question_answered(document: ProposalDocument) -> Iterator[Finding]:
    if document.routing.would_require_committee is None and not all_exists(document):
        yield Finding(
            "It does not say whether what is new would go to the Senate Curriculum Committee.",
            "routing.would_require_committee",
        )


def all_exists(document: ProposalDocument) -> bool:
    """Say whether all that it rests on exists, so that nothing is missing for a committee."""
    for entry in document.basis:
        if entry.exists is not Existence.EXISTING:
            return False
    return bool(document.basis)


def stack_and_credit_answered(document: ProposalDocument) -> Iterator[Finding]:
    routing = document.routing
    if document.type is CredentialType.MICRO_CERTIFICATE:
        if routing.stack in {Stack.NONE, Stack.PATHWAY}:
            yield Finding(
                "A micro-certificate is designed to be stacked; the answer says it is not.",
                "routing.stack",
            )
    elif routing.stack is None:
        yield Finding("It does not say whether it is designed to be stacked.", "routing.stack")
    if routing.credit_scope is None:
        yield Finding("It does not say which credit policy covers it.", "routing.credit_scope")
    if routing.credit_intended is None:
        yield Finding("It does not say whether credit is intended.", "routing.credit_intended")


def overlap_looked_at(document: ProposalDocument) -> Iterator[Finding]:
    if not document.overlap_seen:
        yield Finding(
            "The list of similar micro-credentials is not marked as read.", "overlap_seen"
        )


def curriculum_items_written(document: ProposalDocument) -> Iterator[Finding]:
    """Find what a committee would lack: it votes on the new course or program, not on the badge."""
    if not document.curriculum_items:
        yield Finding("It names nothing that the committee could vote on.", "curriculum_items")
    for number, item in enumerate(document.curriculum_items, 1):
        for name, asked in (("reference", "reference"), ("title", "title"), ("text", "text")):
            if not getattr(item, name):
                yield Finding(
                    f"Item {number} for the committee has no {asked}.",
                    f"curriculum_items.{item.id}.{name}",
                )


CONCEPT: Final[Mapping[str, Check]] = MappingProxyType({
    "PR-title": titled,
    "MC-U1": of_a_unit,
    "MC-U2": with_a_purpose,
    "MC-7d": of_a_type,
    "MC-8c": for_an_audience,
    "MC-6c": on_a_basis,
    "MC-1a": competencies_stated,
    "MC-10a": committee_question_answered,
    "MC-11": stack_and_credit_answered,
    "PR-overlap": overlap_looked_at,
})  # fmt: skip
