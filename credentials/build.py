"""From facts to an unsigned Open Badges 3.0 credential, or every reason why there is none."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from credentials.contexts import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from credentials.documents import Document, timestamp
from credentials.errors import NotBuildable
from credentials.facts import (
    AchievementFacts,
    Alignment,
    AwardFacts,
    Evidence,
    HashedEmail,
    Issuer,
    Outcome,
    RubricOutcome,
    ScoreOutcome,
)
from credentials.status import ENTRIES, status_entry

SCHEMA_ID = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
#: The genre of the evidence that is a badge of the stack.
PART = "OpenBadgeCredential"
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_ADDRESSES = {"id", "url", "did", "credential_id", "status_list_url"}
_LINE_BREAKS = "\t\n\r"
_NON_CHARACTERS = range(0xFDD0, 0xFDF0)
_PLANE_END = 0xFFFE  # the last two code points of each plane are no characters either


def build(award: AwardFacts, achievement: AchievementFacts, *, issuer: Issuer) -> Document:
    """The unsigned credential, its fields in the order people read them.

    Raises NotBuildable with every reason where the facts are incomplete or contradict each other.
    """
    reasons = tuple(_unfit(award, achievement, issuer))
    if reasons:
        raise NotBuildable(reasons)
    document: Document = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": award.credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "issuer": _present(
            id=issuer.id, type=["Profile"], name=issuer.name, url=issuer.url, email=issuer.email
        ),
        "validFrom": timestamp(award.valid_from),
    }
    if award.valid_until is not None:
        document["validUntil"] = timestamp(award.valid_until)
    document |= {
        "awardedDate": timestamp(award.awarded or award.valid_from),
        "credentialSubject": _subject(award, achievement),
        **_present(evidence=_evidence(award)),
        "credentialStatus": status_entry(award.status_list_url, award.status_index),
        "credentialSchema": [{"id": SCHEMA_ID, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    return document


def outcome_id(achievement: AchievementFacts, key: str) -> str:
    """The address of an outcome's result description; `reflection` for the reflection's."""
    return f"{achievement.id}/results/{key}"


def _present(**fields: object) -> Document:
    """The fields that have something in them: an absent field is left out, never null or empty."""
    return {name: value for name, value in fields.items() if value is not None and value != []}


def _subject(award: AwardFacts, achievement: AchievementFacts) -> Document:
    subject = award.subject
    who: Document
    if isinstance(subject, HashedEmail):
        identity = {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": subject.identity_hash,
            "identityType": "emailAddress",
            "salt": subject.salt,
        }
        who = {"type": ["AchievementSubject"], "identifier": [identity]}
    else:
        who = {"id": subject.did, "type": ["AchievementSubject"]}
    return {
        **who,
        "achievement": _achievement(achievement),
        **_present(result=_results(award, achievement), narrative=award.narrative),
    }


def _achievement(facts: AchievementFacts) -> Document:
    return _present(
        id=facts.id,
        type=["Achievement"],
        achievementType=facts.achievement_type,
        name=facts.name,
        description=facts.description,
        version=facts.version,
        inLanguage=facts.in_language,
        humanCode=facts.human_code,
        criteria={"id": f"{facts.id}/criteria", "narrative": facts.criteria},
        creator={"id": facts.creator.id, "type": ["Profile"], "name": facts.creator.name},
        image=facts.image
        and {"id": facts.image.url, "type": "Image", "caption": facts.image.caption},
        tag=list(facts.tags),
        alignment=_alignments(facts),
        resultDescription=_result_descriptions(facts),
        related=[
            {"id": part.id, "type": ["Related"], "version": part.version,
             "inLanguage": part.in_language}
            for part in facts.constituents
        ],
    )  # fmt: skip


def _alignments(facts: AchievementFacts) -> list[Document]:
    stack = (
        Alignment(name=part.name, url=part.id, target_type="CTDL") for part in facts.constituents
    )
    return [
        _present(
            type=["Alignment"],
            targetType=alignment.target_type,
            targetName=alignment.name,
            targetCode=alignment.code,
            targetFramework=alignment.framework,
            targetDescription=alignment.description,
            targetUrl=alignment.url,
        )
        for alignment in (*facts.alignments, *stack)
    ]


def _result_descriptions(facts: AchievementFacts) -> list[Document]:
    described = [_outcome(facts, outcome) for outcome in facts.outcomes]
    if facts.reflective:
        described.append({
            "id": outcome_id(facts, "reflection"),
            "type": ["ResultDescription"],
            "name": "Culminating reflective experience",
            "resultType": "Status",
        })  # fmt: skip
    return described


def _outcome(facts: AchievementFacts, outcome: Outcome) -> Document:
    named: Document = {
        "id": outcome_id(facts, outcome.key),
        "type": ["ResultDescription"],
        "name": outcome.name,
    }
    if isinstance(outcome, RubricOutcome):
        scale: Document = {
            "resultType": "RubricCriterionLevel",
            "allowedValue": list(outcome.levels),
        }
    else:
        scale = {
            "resultType": outcome.score_type,
            "valueMin": outcome.minimum,
            "valueMax": outcome.maximum,
        }
    return {**named, **scale, "requiredValue": outcome.required}


def _results(award: AwardFacts, achievement: AchievementFacts) -> list[Document]:
    results: list[Document] = [
        {
            "type": ["Result"],
            "resultDescription": outcome_id(achievement, result.outcome),
            "value": result.value,
        }
        for result in award.results
    ]
    if award.reflection:
        results.append({
            "type": ["Result"],
            "resultDescription": outcome_id(achievement, "reflection"),
            "status": "Completed",
        })  # fmt: skip
    return results


def _evidence(award: AwardFacts) -> list[Document]:
    stack = (
        Evidence(part.credential_id, f"Constituent badge: {part.name}", PART)
        for part in award.constituents
    )
    shown = [
        _present(id=piece.id, type=["Evidence"], name=piece.name, genre=piece.genre,
                 description=piece.description)
        for piece in (*stack, *award.evidence)
    ]  # fmt: skip
    if award.reflection:
        shown.append(_present(
            id=award.reflection.id, type=["Evidence"], name="Culminating reflection",
            narrative=award.reflection.narrative, genre="Reflection",
        ))  # fmt: skip
    return shown


def _unfit(award: AwardFacts, achievement: AchievementFacts, issuer: Issuer) -> Iterator[str]:
    yield from _unfit_definition(achievement, issuer)
    yield from _unreadable("award", award)
    yield from _unfit_results(award, achievement)
    yield from _unfit_stack(award, achievement)
    if award.valid_until is not None and _zoned(award) and award.valid_until <= award.valid_from:
        yield "award.valid_until: the credential ends before it begins."
    if not 0 <= award.status_index < ENTRIES:
        yield f"award.status_index: {award.status_index} is not in a list of {ENTRIES} places."


@lru_cache(maxsize=256)
def _unfit_definition(achievement: AchievementFacts, issuer: Issuer) -> tuple[str, ...]:
    """What is wrong with the achievement and the issuer; the same for each award of a cohort."""
    return (
        *_unreadable("issuer", issuer),
        *_unreadable("achievement", achievement),
        *_unfit_outcomes(achievement),
    )


def _zoned(award: AwardFacts) -> bool:
    return all(
        moment is None or moment.tzinfo is not None
        for moment in (award.valid_from, award.valid_until)
    )


def _unreadable(path: str, value: object) -> Iterator[str]:
    """Every text that is empty or holds what no reader can show, every address that is none."""
    if isinstance(value, str):
        yield from _unreadable_text(path, value)
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield f"{path}: a moment needs a time zone."
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _unreadable(f"{path}[{index}]", item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _unreadable(f"{path}.{field.name}", getattr(value, field.name))


def _unreadable_text(path: str, text: str) -> Iterator[str]:
    name = path.rsplit(".", 1)[-1]
    if not text.strip():
        yield f"{path}: is empty."
    elif not text.isprintable() and any(map(_unshowable, text)):
        yield f"{path}: contains a control character or half a character."
    elif name in _ADDRESSES and not _ADDRESS.fullmatch(text):
        yield f"{path}: {text!r} is not a full address."
    elif name == "in_language" and not _LANGUAGE.fullmatch(text):
        yield f"{path}: {text!r} is not a language code such as en-US."


def _unshowable(character: str) -> bool:
    """Control characters, surrogates and non-characters: verifiers write them differently."""
    category = unicodedata.category(character)
    code = ord(character)
    if code in _NON_CHARACTERS or code & _PLANE_END == _PLANE_END:
        return True
    return category == "Cs" or (category == "Cc" and character not in _LINE_BREAKS)


def _unfit_outcomes(achievement: AchievementFacts) -> Iterator[str]:
    keys = [outcome.key for outcome in achievement.outcomes]
    if not keys:
        yield "achievement.outcomes: there is no learning outcome."
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"achievement.outcomes: {key!r} stands twice."
    for outcome in achievement.outcomes:
        if not _KEY.fullmatch(outcome.key) or outcome.key == "reflection":
            yield f"achievement.outcomes: {outcome.key!r} cannot be the key of an outcome."
        if not _reached(outcome, outcome.required):
            yield f"Outcome {outcome.key}: the required {outcome.required!r} is not on its scale."


def _unfit_results(award: AwardFacts, achievement: AchievementFacts) -> Iterator[str]:
    values: dict[str, list[str]] = {}
    for result in award.results:
        values.setdefault(result.outcome, []).append(result.value)
    outcomes: Mapping[str, Outcome] = {outcome.key: outcome for outcome in achievement.outcomes}
    for key in values.keys() - outcomes.keys():
        yield f"award.results: the achievement has no outcome {key!r}."
    for key, outcome in outcomes.items():
        given = values.get(key, [])
        if len(given) != 1:
            yield f"Outcome {key}: needs one result; there are {len(given)}."
        elif not _reached(outcome, given[0]):
            yield f"Outcome {key}: {given[0]!r} does not reach the required {outcome.required!r}."
    if achievement.reflective and award.reflection is None:
        yield "award.reflection: the culminating reflection is not completed."
    if not achievement.reflective and award.reflection is not None:
        yield "award.reflection: the achievement asks for no reflection."


def _reached(outcome: Outcome, value: str) -> bool:
    """True where the value is on the outcome's scale, and not below what is required."""
    if isinstance(outcome, RubricOutcome):
        levels = outcome.levels
        return {value, outcome.required} <= set(levels) and levels.index(value) >= levels.index(
            outcome.required
        )
    return _number_reached(outcome, value)


def _number_reached(outcome: ScoreOutcome, value: str) -> bool:
    texts = (outcome.minimum, outcome.required, value, outcome.maximum)
    if not all(map(_NUMBER.fullmatch, texts)):
        return False
    low, required, number, high = map(Decimal, texts)
    return low <= required <= number <= high


def _unfit_stack(award: AwardFacts, achievement: AchievementFacts) -> Iterator[str]:
    """Which badges make up a stack is the workflow's to know; here it must only be coherent."""
    if achievement.constituents and achievement.achievement_type == "Badge":
        yield "achievement.constituents: a badge is not stacked from others."
    if bool(achievement.constituents) != bool(award.constituents):
        yield "award.constituents: a stack names the badges it is made of, and only a stack does."
    ids = [part.credential_id for part in award.constituents]
    if len(set(ids)) < len(ids) or award.credential_id in ids:
        yield "award.constituents: each badge of the stack counts once."
