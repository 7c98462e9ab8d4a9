"""From an award's rows to the facts a credential is built from: pure, and the same every time.

A threshold in words becomes a scale of two, because no level of the rubric decides there. An
outcome that a part of the stack shows is stated at the level required, which is what is known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.facts import (
    AchievementFacts,
    Alignment,
    AwardFacts,
    Constituent,
    ConstituentAward,
    HashedEmail,
    Image,
    OutcomeResult,
    Reflection,
    RubricOutcome,
    Unit,
)
from policies.document import Outcome, ProposalDocument

_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_IN_WORDS = ("Not yet", "Met")
_STACK = RubricOutcome("stack", "The stack is complete", ("Not yet", "Complete"), "Complete")


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A credential the micro-certificate collects: its version, and the learner's own award."""

    credential: str
    title: str
    version: int
    credential_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """An award that is approved to be issued, with everything its credential says."""

    credential_id: str
    status_list: int
    status_index: int
    approved_at: datetime
    email: str
    credential: str
    version: int
    title: str
    type: str
    code: str
    rigor: str
    unit: str
    unit_name: str
    document: ProposalDocument
    #: Rubric level of each outcome the award itself shows.
    levels: Mapping[str, str]
    parts: tuple[HeldPart, ...]


def award_facts(signing: ToSign, *, base_url: str) -> AwardFacts:
    """What one learner earned. `base_url` is the public address of this installation."""
    held = [p for p in signing.parts if p.credential_id]
    return AwardFacts(
        credential_id=signing.credential_id,
        subject=HashedEmail.of(signing.email, salt=credential_uuid(signing.credential_id)),
        results=tuple(_result(signing, o) for o in signing.document.slos) or _complete(),
        reflection=Reflection(f"{public_address(signing.credential_id, base_url)}#reflection"),
        valid_from=signing.approved_at,
        status_list_url=status_list_url(signing.status_list, base_url),
        status_index=signing.status_index,
        constituents=tuple(ConstituentAward(str(p.credential_id), p.title) for p in held),
    )


def achievement_facts(signing: ToSign, *, base_url: str) -> AchievementFacts:
    """What can be earned: the version of the credential as it was approved, and all it asks for."""
    document = signing.document
    address = achievement_address(signing.credential, signing.version, base_url)
    kind = "Micro-certificate" if signing.parts else "Badge"
    return AchievementFacts(
        id=address,
        name=signing.title,
        achievement_type="MicroCredential" if signing.parts else "Badge",
        description=document.competency_statement or document.description or signing.title,
        criteria=_criteria(signing),
        creator=Unit(f"{base_url}/units/{signing.unit}", signing.unit_name),
        outcomes=tuple(_outcome(outcome) for outcome in document.slos) or (_STACK,),
        alignments=_alignments(document, address),
        constituents=tuple(
            Constituent(
                achievement_address(p.credential, p.version, base_url), p.title, str(p.version)
            )
            for p in signing.parts
        ),
        version=str(signing.version),
        human_code=signing.code,
        image=Image(f"{address}/image.png", f"{kind}: {signing.title}"),
    )


def credential_uuid(credential_id: str) -> str:
    """The part of a credential id that people see in an address."""
    return credential_id.removeprefix("urn:uuid:")


def public_address(credential_id: str, base_url: str) -> str:
    """Where anyone verifies a credential."""
    return f"{base_url}/v/{credential_uuid(credential_id)}"


def status_list_url(status_list: int, base_url: str) -> str:
    """Where a status list is published."""
    return f"{base_url}/status/{status_list}"


def achievement_address(credential: str, version: int, base_url: str) -> str:
    """The address of one version of a credential; its outcomes and criteria stand under it."""
    return f"{base_url}/achievements/{credential}/v{version}"


def _names(outcome: Outcome) -> tuple[str, ...]:
    """What the levels are called, from the lowest; numbered where two are called the same."""
    names = tuple(level.level or f"Level {n}" for n, level in enumerate(outcome.rubric, 1))
    return names if len(set(names)) == len(names) else _numbered(names)


def _numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{n}, {name}" for n, name in enumerate(names, 1))


def _outcome(outcome: Outcome) -> RubricOutcome:
    level = outcome.threshold_level
    if level is None:
        return RubricOutcome(outcome.id, outcome.statement, _IN_WORDS, "Met")
    names = _names(outcome)
    return RubricOutcome(outcome.id, outcome.statement, names, names[level - 1])


def _result(signing: ToSign, outcome: Outcome) -> OutcomeResult:
    scale = _outcome(outcome)
    reached = signing.levels.get(outcome.id)
    if outcome.threshold_level is None or reached is None:
        return OutcomeResult(outcome.id, scale.required)
    plain = [level.level or f"Level {n}" for n, level in enumerate(outcome.rubric, 1)]
    at = plain.index(reached)
    return OutcomeResult(outcome.id, _names(outcome)[max(at, outcome.threshold_level - 1)])


def _complete() -> tuple[OutcomeResult, ...]:
    return (OutcomeResult(_STACK.key, _STACK.required),)


def _criteria(signing: ToSign) -> str:
    """How it is earned, in the words of the approved document."""
    document = signing.document
    shown = [f"{n}. {o.statement} {_bar(o)}" for n, o in enumerate(document.slos, 1)]
    lines = ["Earners show each outcome at or above its threshold:", *shown] if shown else []
    if signing.parts:
        titles = "; ".join(part.title for part in signing.parts)
        lines.append(
            f"Earners hold these micro-credentials, as the completion rule asks: {titles}."
        )
    lines.append("Earners write a culminating reflection on their pathway and growth.")
    if document.reflection.rubric:
        lines.append(f"The reflection is judged so: {document.reflection.rubric}")
    lines.append(f"Level of rigor, agreed with Academic and Student Affairs: {signing.rigor}.")
    return "\n".join(lines)


def _bar(outcome: Outcome) -> str:
    if outcome.threshold:
        return f"Threshold: {outcome.threshold}"
    return f"Threshold: {_outcome(outcome).required}"


def _alignments(document: ProposalDocument, address: str) -> tuple[Alignment, ...]:
    """The competencies, and the needs of work or study that the document names."""
    competencies = (
        Alignment(c.statement, f"{address}/competencies/{c.id}", target_type="ceasn:Competency")
        for c in document.competencies
    )
    needs = (
        Alignment(
            a.statement or a.evidence,
            a.reference if _WEB.fullmatch(a.reference) else f"{address}/alignment/{a.id}",
            description=a.evidence or None,
        )
        for a in document.alignment
    )
    return (*competencies, *needs)
