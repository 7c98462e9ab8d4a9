"""What a document still lacks under an edition: each rule a pure question, each answer a sentence.

`unmet` is one answer for the page, the import, the API and the guards. A rule that an edition does
not know is not asked; a rule that a new policy adds is one more function in `concept` or `design`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from policies.advice import ADVICE
from policies.concept import CONCEPT, curriculum_items_written
from policies.design import DESIGN
from policies.document import ProposalDocument
from policies.edition import Edition, PolicyRule, Stage
from policies.finding import Check, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """One thing a rule still asks for.

    `clause` is the place as people cite it, `asks` what the rule asks of you, `found` what exactly
    is missing here, `example` a good answer, `field` the path of the field that would mend it.
    """

    rule: str
    clause: str
    asks: str
    found: str
    example: str
    field: str


class _Asked(NamedTuple):
    """A check with the rule it belongs to, as one edition words it."""

    rule: PolicyRule
    place: str
    check: Check


def unmet(document: ProposalDocument, *, stage: Stage, edition: Edition) -> tuple[Unmet, ...]:
    """Return what the document still lacks at a stage, in the order of the form; () is all met.

    CONCEPT is what submitting needs, COMMITTEE what a committee must have before it, DESIGN what
    ASA's review needs (the concept included). ValueError for a stage that asks nothing of it.
    """
    return tuple([
        _unmet(rule, place, finding)
        for rule, place, check in _asked(edition, stage)
        for finding in check(document)
    ])  # fmt: skip


def all_unmet(document: ProposalDocument, *, edition: Edition) -> tuple[Unmet, ...]:
    """Return everything that is missing on the way to a review, as coaching for a fresh import."""
    return unmet(document, stage=Stage.DESIGN, edition=edition)


def advice(document: ProposalDocument, *, edition: Edition, today: date) -> tuple[Unmet, ...]:
    """Return what could be better; it never stops anyone. Evidence ages against `today`."""
    return tuple(
        _unmet(edition.rule(rule), edition.place(rule), finding)
        for rule, advise in ADVICE.items()
        if rule in _rule_ids(edition)
        for finding in advise(document, today)
    )


def met(document: ProposalDocument, *, stage: Stage, edition: Edition) -> tuple[PolicyRule, ...]:
    """Return the rules that hold at a stage, so that "14 of 16 checks met" can be said."""
    return tuple(
        asked.rule for asked in _asked(edition, stage) if next(asked.check(document), None) is None
    )


def _unmet(rule: PolicyRule, place: str, finding: Finding) -> Unmet:
    return Unmet(
        rule=rule.id,
        clause=place,
        asks=rule.asks,
        found=finding.says,
        example=rule.example,
        field=finding.field,
    )


@cache
def _rule_ids(edition: Edition) -> frozenset[str]:
    return frozenset(rule.id for rule in (*edition.rules, *edition.practices))


@cache
def _asked(edition: Edition, stage: Stage) -> tuple[_Asked, ...]:
    known = _rule_ids(edition)
    return tuple(
        _Asked(edition.rule(rule), edition.place(rule), check)
        for rule, check in _checks(stage)
        if rule in known
    )


def _checks(stage: Stage) -> Iterable[tuple[str, Check]]:
    if stage is Stage.CONCEPT:
        return CONCEPT.items()
    if stage is Stage.COMMITTEE:
        return (("MC-10a", curriculum_items_written),)
    if stage is Stage.DESIGN:
        return (*CONCEPT.items(), *DESIGN.items())
    raise ValueError(f"no check of the document belongs to the stage {stage.value!r}")
