"""What a design must hold before ASA reviews it: assessed outcomes, rigor, needs, a reflection."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from policies.choices import CompletionRule, CredentialType, Existence, PromptTag
from policies.document import Outcome, ProposalDocument
from policies.finding import Check, Finding

#: Below two levels a rubric tells nothing apart.
RUBRIC_LEVELS: Final = 2
#: "A collection" begins at two (our choice).
CONSTITUENTS: Final = 2

_PRESENCE: Final = re.compile(
    r"\b(attend\w*|presence|present at|participat\w*|tak(?:e|es|ing) part|pay(?:s|ing|ment)?"
    r"|paid|fees?|sign(?:s|ed|ing)?[ -]in|show(?:s|ing)? up)\b",
    re.IGNORECASE,
)
_WORK: Final = re.compile(
    r"\b(hands?[ -]in|submit\w*|writ\w*|summar\w*|explain\w*|present(?:s|ing|ation\w*)|project\w*"
    r"|test\w*|exam\w*|quiz\w*|portfolio\w*|paper\w*|brief\w*|report\w*|reflect\w*|perform\w*"
    r"|produc\w*|creat\w*|design\w*|build\w*|analy\w*|demonstrat\w*|scor\w*|rubric\w*|essay\w*"
    r"|plan\w*|solv\w*|answer\w*|interview\w*|observ\w*|lead\w*|conven\w*|facilitat\w*)\b",
    re.IGNORECASE,
)


def each_competency_assessed(document: ProposalDocument) -> Iterator[Finding]:
    known = {competency.id for competency in document.competencies}
    linked: set[str] = set()
    shown: set[str] = set()
    for outcome in document.slos:
        linked.update(outcome.competencies)
        if outcome.assessment.description:
            shown.update(outcome.competencies)
    if not linked == shown == known:
        yield from _links_missing(document, shown)
        yield from _links_to_nothing(document, known)
    for number, outcome in enumerate(document.slos, 1):
        done = outcome.assessment
        if done.attendance_only or only_presence(done.description):
            yield Finding(
                f"Outcome {number} is met by being there or having paid; nothing is assessed.",
                f"slos.{outcome.id}.assessment.description",
            )


def _links_missing(document: ProposalDocument, shown: set[str]) -> Iterator[Finding]:
    for number, competency in enumerate(document.competencies, 1):
        if competency.id not in shown:
            yield Finding(f"No assessed outcome shows competency {number}.", "slos")


def _links_to_nothing(document: ProposalDocument, known: set[str]) -> Iterator[Finding]:
    for number, outcome in enumerate(document.slos, 1):
        if not known.issuperset(outcome.competencies):
            yield Finding(
                f"Outcome {number} names a competency that is not there.",
                f"slos.{outcome.id}.competencies",
            )


@lru_cache(maxsize=512)
def only_presence(description: str) -> bool:
    """Say whether a description speaks of being there or paying, and of no work that shows it.

    >>> only_presence("Attend two workshops.")
    True
    >>> only_presence("Attend two workshops and hand in a summary.")
    False
    """
    return bool(_PRESENCE.search(description)) and not _WORK.search(description)


def rigor_and_kinds_given(document: ProposalDocument) -> Iterator[Finding]:
    if document.rigor.level is None and not document.rigor.framework:
        yield Finding("It proposes no level of rigor.", "rigor.level")
    for number, outcome in enumerate(document.slos, 1):
        if outcome.assessment.kind is None:
            yield Finding(
                f"Outcome {number} does not say what kind of assessment it has.",
                f"slos.{outcome.id}.assessment.kind",
            )


def rigor_explained(document: ProposalDocument) -> Iterator[Finding]:
    if not document.rigor.rationale:
        yield Finding("It does not say why its level of rigor fits.", "rigor.rationale")


def outcomes_complete(document: ProposalDocument) -> Iterator[Finding]:
    if not document.slos:
        yield Finding("It has no student learning outcome.", "slos")
    for number, outcome in enumerate(document.slos, 1):
        if not (
            outcome.statement
            and outcome.assessment.description
            and outcome.threshold
            and outcome.threshold_level is None
            and _rubric_complete(outcome)
        ):
            yield from _lacks_of(outcome, number)


def _rubric_complete(outcome: Outcome) -> bool:
    for level in outcome.rubric:
        if not level.description:
            return False
    return len(outcome.rubric) >= RUBRIC_LEVELS


def _lacks_of(outcome: Outcome, number: int) -> Iterator[Finding]:
    place, name = f"slos.{outcome.id}", f"Outcome {number}"
    assessed = bool(outcome.assessment.description)
    if not outcome.statement:
        yield Finding(f"{name} does not say what the learner does.", f"{place}.statement")
    if not assessed:
        yield Finding(f"{name} has no assessment.", f"{place}.assessment.description")
    but = f"{name} has an assessment but" if assessed else f"{name} has"
    yield from _rubric_lacks(outcome, name, but)
    level = outcome.threshold_level
    if level is None and not outcome.threshold:
        yield Finding(f"{but} no threshold.", f"{place}.threshold")
    elif level is not None and level > len(outcome.rubric):
        yield Finding(
            f"{name} asks for level {level}, and its rubric has {len(outcome.rubric)}.",
            f"{place}.threshold_level",
        )


def _rubric_lacks(outcome: Outcome, name: str, but: str) -> Iterator[Finding]:
    place = f"slos.{outcome.id}.rubric"
    if not outcome.rubric:
        yield Finding(f"{but} no rubric.", place)
    elif len(outcome.rubric) < RUBRIC_LEVELS:
        yield Finding(f"{name} has a rubric of one level; two or more tell apart.", place)
    for number, level in enumerate(outcome.rubric, 1):
        if not level.description:
            yield Finding(
                f"{name} does not say what level {number} of its rubric looks like.",
                f"{place}.{level.id}.description",
            )


def program_outcomes_complete(document: ProposalDocument) -> Iterator[Finding]:
    if not document.pos:
        yield Finding("It has no program outcome.", "pos")
    for number, outcome in enumerate(document.pos, 1):
        if outcome.metric and outcome.target and outcome.source:
            continue
        for name, lack in (
            ("metric", "does not say what is counted"),
            ("target", "has no target"),
            ("source", "does not say where its number comes from"),
        ):
            if not getattr(outcome, name):
                yield Finding(f"Program outcome {number} {lack}.", f"pos.{outcome.id}.{name}")


def aligned_to_a_need(document: ProposalDocument) -> Iterator[Finding]:
    if not document.alignment:
        yield Finding("It names no need of a workplace or of a further degree.", "alignment")
    for number, need in enumerate(document.alignment, 1):
        if need.kind is None:
            yield Finding(
                f"Need {number} does not say whether a workplace or a further degree has it.",
                f"alignment.{need.id}.kind",
            )
        if not need.evidence:
            yield Finding(f"Need {number} has no evidence.", f"alignment.{need.id}.evidence")


def reflection_described(document: ProposalDocument) -> Iterator[Finding]:
    reflection = document.reflection
    if not reflection.prompts and not reflection.description:
        yield Finding("No reflection is described.", "reflection")
    if not reflection.rubric:
        yield Finding("It does not say how the reflection is judged.", "reflection.rubric")


_ASKED_ABOUT: Final = MappingProxyType({
    PromptTag.PATHWAY: "the pathway",
    PromptTag.PERSONAL_GROWTH: "personal growth",
    PromptTag.PROFESSIONAL_GROWTH: "professional growth",
})  # fmt: skip


def reflection_asks_three(document: ProposalDocument) -> Iterator[Finding]:
    tags = {prompt.tag for prompt in document.reflection.prompts if prompt.text}
    for tag, about in _ASKED_ABOUT.items():
        if tag not in tags:
            yield Finding(f"The reflection does not ask about {about}.", "reflection.prompts")


def pathway_or_reason(document: ProposalDocument) -> Iterator[Finding]:
    if not document.pathway.position and not document.pathway.why_not:
        yield Finding(
            "It says neither where it stands in a pathway nor why it stands alone.",
            "pathway.position",
        )


def badge_guided(document: ProposalDocument) -> Iterator[Finding]:
    if document.type is not CredentialType.DIGITAL_BADGE:
        return
    if not document.competency_statement:
        yield Finding("The badge has no competency statement.", "competency_statement")
    for outcome in document.slos:
        if outcome.competencies:
            return
    yield Finding("No outcome is linked to what the badge states.", "slos")


def certificate_collects(document: ProposalDocument) -> Iterator[Finding]:
    if document.type is not CredentialType.MICRO_CERTIFICATE:
        return
    if not document.theme:
        yield Finding("The micro-certificate names no theme or meta-competency.", "theme")
    parts = len(set(document.constituents))
    if parts < CONSTITUENTS:
        held = "none" if not parts else "one"
        yield Finding(
            f"A micro-certificate collects at least two micro-credentials; it names {held}.",
            "constituents",
        )
    yield from _completion_lacks(document, parts)


def _completion_lacks(document: ProposalDocument, parts: int) -> Iterator[Finding]:
    rule, count = document.completion.rule, document.completion.n
    if rule is None:
        yield Finding("It does not say how many of its parts are needed.", "completion.rule")
    elif rule is CompletionRule.N_OF_M and count is None:
        yield Finding("Some of its parts are needed; it does not say how many.", "completion.n")
    elif rule is CompletionRule.N_OF_M and count is not None and count > parts:
        yield Finding(f"It asks for {count} of its {parts} parts.", "completion.n")


def certificate_organised(document: ProposalDocument) -> Iterator[Finding]:
    if document.type is not CredentialType.MICRO_CERTIFICATE:
        return
    if not document.organisation.pattern:
        yield Finding("It does not say how its parts are organised.", "organisation.pattern")
    if not document.organisation.goal:
        yield Finding("It does not say what the whole is for.", "organisation.goal")


def existing_is_assessed(document: ProposalDocument) -> Iterator[Finding]:
    for outcome in document.slos:
        if outcome.assessment.description:
            return
    if any(entry.exists is Existence.EXISTING for entry in document.basis):
        yield Finding("It rests on something that exists and includes no assessment.", "slos")


DESIGN: Final[Mapping[str, Check]] = MappingProxyType({
    "MC-1b": each_competency_assessed,
    "MC-1c": rigor_and_kinds_given,
    "MC-2": rigor_explained,
    "MC-3a": outcomes_complete,
    "MC-3b": program_outcomes_complete,
    "MC-4": aligned_to_a_need,
    "MC-5a": reflection_described,
    "MC-5b": reflection_asks_three,
    "MC-6a": pathway_or_reason,
    "MC-7a": badge_guided,
    "MC-8a": certificate_collects,
    "MC-8b": certificate_organised,
    "MC-9": existing_is_assessed,
})  # fmt: skip
