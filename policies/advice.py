"""Advice on a document: what could be better and never stops anyone."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from policies.document import ProposalDocument
from policies.finding import Finding

#: Evidence older than this many years is pointed out.
EVIDENCE_YEARS: Final = 3

_WEAK: Final = re.compile(
    r"\b(understand(?:s|ing)?|know(?:s|ing)?|learn(?:s|ing)?|appreciat(?:e|es|ing)"
    r"|comprehend(?:s|ing)?|grasp(?:s|ing)?|(?:is|be|become|becomes|are) (?:aware|familiar))\b",
    re.IGNORECASE,
)

Advice = Callable[[ProposalDocument, date], Iterator[Finding]]


@lru_cache(maxsize=512)
def weak_verb(statement: str) -> str:
    """Return the first verb that nobody can see a learner do, "" if there is none.

    >>> weak_verb("The learner understands the costs.")
    'understands'
    >>> weak_verb("The learner explains the costs.")
    ''
    """
    found = _WEAK.search(statement)
    return found.group() if found else ""


def outcomes_visible(document: ProposalDocument, _today: date) -> Iterator[Finding]:
    for outcome in document.slos:
        verb = weak_verb(outcome.statement)
        if verb:
            yield Finding(
                f"“{verb[0].upper()}{verb[1:]}” cannot be seen. Try explains, compares or "
                "calculates.",
                f"slos.{outcome.id}.statement",
            )


def reported_in_a_cycle(document: ProposalDocument, _today: date) -> Iterator[Finding]:
    for number, outcome in enumerate(document.pos, 1):
        if not outcome.cycle:
            yield Finding(
                f"Program outcome {number} does not say how often it is reported.",
                f"pos.{outcome.id}.cycle",
            )


def evidence_recent(document: ProposalDocument, today: date) -> Iterator[Finding]:
    oldest = years_before(today, EVIDENCE_YEARS)
    for number, need in enumerate(document.alignment, 1):
        if need.dated is None:
            yield Finding(
                f"The evidence for need {number} has no date.", f"alignment.{need.id}.dated"
            )
        elif need.dated < oldest:
            yield Finding(
                f"The evidence for need {number} is more than {EVIDENCE_YEARS} years old.",
                f"alignment.{need.id}.dated",
            )


def years_before(day: date, years: int) -> date:
    """Return the same day some years earlier; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def partners_named(document: ProposalDocument, _today: date) -> Iterator[Finding]:
    if not document.partners:
        yield Finding("No partner who recognises it is named.", "partners")


def portable(document: ProposalDocument, _today: date) -> Iterator[Finding]:
    if not document.portability_note:
        yield Finding("It does not say where else it counts.", "portability_note")


ADVICE: Final[Mapping[str, Advice]] = MappingProxyType({
    "MC-3a": outcomes_visible,
    "MC-3b": reported_in_a_cycle,
    "MC-4": evidence_recent,
    "MC-6b": partners_named,
    "MC-6d": portable,
})  # fmt: skip
