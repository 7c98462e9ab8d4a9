"""The shape of Open Badges 3.0, in our own words, as a table: what each thing is made of.

What we issue must have this shape to the letter (`strict`): every property that may be repeated is
a list. What others issue may give one value in place of a list of one, which JSON-LD allows.
Properties that the table does not know pass here; that they mean something is for the guard.

Source: 1EdTech Open Badges 3.0, section B (data models); W3C VC Data Model 2.0, section 4.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TypeAlias

from credentials.contexts import CREDENTIALS_V2
from credentials.documents import Path, as_list, moment, spell
from credentials.errors import WrongShape

_Problem: TypeAlias = tuple[Path, str]
_Rule: TypeAlias = Callable[[object, Path, "_Mode"], Iterator[_Problem]]

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._|-]+")
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_CLR = re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d\.\d)?\.json")
_OPEN_BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)?\.json")


class _Mode(Enum):
    STRICT = "lists where lists are due"
    LENIENT = "one value may stand for a list of one"


_ACHIEVEMENT_TYPES = """
    Achievement ApprenticeshipCertificate Assessment Assignment AssociateDegree Award Badge
    BachelorDegree Certificate CertificateOfCompletion Certification CommunityService Competency
    Course CoCurricular Degree Diploma DoctoralDegree Fieldwork GeneralEducationDevelopment
    JourneymanCertificate LearningProgram License Membership ProfessionalDoctorate
    QualityAssuranceCredential MasterCertificate MasterDegree MicroCredential ResearchDoctorate
    SecondarySchoolDiploma"""
_ASSOCIATIONS = """
    exactMatchOf exemplar hasSkillLevel isChildOf isParentOf isPartOf isPeerOf isRelatedTo precedes
    replacedBy"""
_IDENTIFIER_TYPES = """
    name sourcedId systemId productId userName accountId emailAddress nationalIdentityNumber isbn
    issn lisSourcedId oneRosterSourcedId sisSourcedId ltiContextId ltiDeploymentId ltiToolId
    ltiPlatformId ltiUserId identifier"""
_RESULT_TYPES = """
    GradePointAverage LetterGrade Percent PerformanceLevel PredictedScore RawScore Result
    RubricCriterion RubricCriterionLevel RubricScore ScaledScore Status"""
_TARGET_TYPES = """
    ceasn:Competency ceterms:Credential CFItem CFRubric CFRubricCriterion CFRubricCriterionLevel
    CTDL"""
_KINDS = {"EndorsementCredential": "Endorsement", "ClrCredential": "Record"}
_RESULT_STATES = "Completed Enrolled Failed InProgress OnHold Provisional Withdrew"


def problems(document: Mapping[str, object], *, strict: bool) -> tuple[str, ...]:
    """Every place where the document is not shaped as Open Badges 3.0, each as one sentence.

    What names itself EndorsementCredential or ClrCredential is judged as one, all else as a badge.
    """
    types = as_list(document.get("type"))
    kind = next((kind for name, kind in _KINDS.items() if name in types), "Badge")
    found = _a(kind)(document, (), _Mode.STRICT if strict else _Mode.LENIENT)
    return tuple(f"{spell(path) or 'The document'} {words}." for path, words in found)


def check(document: Mapping[str, object]) -> None:
    """Pass, or raise WrongShape with every problem: the strict shape of what we issue."""
    found = problems(document, strict=True)
    if found:
        raise WrongShape(found)


def _text(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    if not isinstance(value, str):
        yield at, "must be text"


def _number(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield at, "must be a number"


def _yes_or_no(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    if not isinstance(value, bool):
        yield at, "must be true or false"


def _time(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    if moment(value) is None:
        yield at, "must be a date and time with its zone"


def _like(pattern: re.Pattern[str], what: str) -> _Rule:
    def rule(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield at, f"must be {what}"

    return rule


def _one_of(words: str, *, open_ended: bool = True) -> _Rule:
    allowed = frozenset(words.split())

    def rule(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
        if not isinstance(value, str):
            yield at, "must be text"
        elif value not in allowed and not (open_ended and _EXTENSION.fullmatch(value)):
            more = ", or begin with ext:" if open_ended else ""
            yield at, f"is {value!r}, but must be one of {', '.join(sorted(allowed))}{more}"

    return rule


def _is(word: str) -> _Rule:
    return _one_of(word, open_ended=False)


def _types(*names: str) -> _Rule:
    """A list of type names; at least one of `names` must be among them."""

    def rule(value: object, at: Path, mode: _Mode) -> Iterator[_Problem]:
        given = value if mode is _Mode.STRICT else as_list(value)
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            yield at, "must be a list of type names"
        elif not set(names) & set(given):
            yield at, f"must contain {' or '.join(names)}"

    return rule


def _many(rule: _Rule) -> _Rule:
    def each(value: object, at: Path, mode: _Mode) -> Iterator[_Problem]:
        if not isinstance(value, list):
            if mode is _Mode.STRICT:
                yield at, "must be a list"
            else:
                yield from rule(value, at, mode)
            return
        for index, item in enumerate(value):
            yield from rule(item, (*at, index), mode)

    return each


def _a(name: str) -> _Rule:
    """A thing of the table: each property it must have is there, each it has is as it should be."""

    def rule(value: object, at: Path, mode: _Mode) -> Iterator[_Problem]:
        if not isinstance(value, dict):
            yield at, f"must be an object ({name})"
            return
        for field, needed, inner in _SHAPES[name]:
            if field in value:
                yield from inner(value[field], (*at, field), mode)
            elif needed:
                yield (*at, field), "is missing"

    return rule


def _address_or(name: str) -> _Rule:
    thing = _a(name)

    def rule(value: object, at: Path, mode: _Mode) -> Iterator[_Problem]:
        yield from (_address if isinstance(value, str) else thing)(value, at, mode)

    return rule


def _signed(value: object, at: Path, mode: _Mode) -> Iterator[_Problem]:
    """A credential within a record: whole, signed, and shaped as what it says it is."""
    if not isinstance(value, dict) or not value.get("proof"):
        yield at, "must be a signed credential"
    elif "ClrCredential" in as_list(value.get("type")):
        yield at, "must not be a record itself"
    else:
        kind = "Endorsement" if "EndorsementCredential" in as_list(value.get("type")) else "Badge"
        yield from _a(kind)(value, at, mode)


def _contexts(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    given = value if isinstance(value, list) else []
    if given[:1] != [CREDENTIALS_V2]:
        yield at, f"must begin with {CREDENTIALS_V2}"
    second = given[1] if len(given) > 1 else None
    if not isinstance(second, str) or not _OPEN_BADGES.fullmatch(second):
        yield at, "must name an Open Badges 3.0 context in the second place"


def _record_contexts(value: object, at: Path, _mode: _Mode) -> Iterator[_Problem]:
    given = value if isinstance(value, list) else []
    if given[:1] != [CREDENTIALS_V2]:
        yield at, f"must begin with {CREDENTIALS_V2}"
    if not any(isinstance(name, str) and _CLR.fullmatch(name) for name in given[1:]):
        yield at, "must name a Comprehensive Learner Record 2.0 context"


_address = _like(_ADDRESS, "a full address")
_language = _like(_LANGUAGE, "a language code such as en-US")

# A field without a question mark must be there; one asked several things stands several times,
# with exclamation marks.
# fmt: off
_CREDENTIAL: dict[str, _Rule] = {
    "@context": _contexts, "id": _address, "name?": _text, "description?": _text,
    "image?": _a("Image"), "awardedDate?": _time, "issuer": _address_or("Profile"),
    "validFrom": _time, "validUntil?": _time, "proof?": _many(_a("Proof")),
    "credentialSchema?": _many(_a("CredentialSchema")), "credentialStatus?": _a("Identified"),
    "refreshService?": _a("Identified"), "termsOfUse?": _many(_a("TermsOfUse")),
}
_TABLE: dict[str, dict[str, _Rule]] = {
    "Badge": {
        **_CREDENTIAL, "type": _many(_text), "type!": _types("VerifiableCredential"),
        "type!!": _types("AchievementCredential", "OpenBadgeCredential"),
        "credentialSubject": _a("AchievementSubject"), "evidence?": _many(_a("Evidence")),
        "endorsement?": _many(_a("Endorsement")),
    },
    "Endorsement": {
        **_CREDENTIAL, "type": _types("VerifiableCredential"),
        "type!": _types("EndorsementCredential"),
        "credentialSubject": _a("EndorsementSubject"),
    },
    "Record": {
        **_CREDENTIAL, "@context": _record_contexts, "name": _text,
        "type": _types("VerifiableCredential"), "type!": _types("ClrCredential"),
        "credentialSubject": _a("ClrSubject"), "partial?": _yes_or_no,
        "endorsement?": _many(_a("Endorsement")),
    },
    "ClrSubject": {
        "id?": _address, "type": _types("ClrSubject"), "verifiableCredential": _many(_signed),
        "identifier?": _many(_a("IdentityObject")), "achievement?": _many(_a("Achievement")),
        "association?": _many(_a("Association")),
    },
    "Association": {
        "type": _is("Association"), "sourceId": _address, "targetId": _address,
        "associationType": _one_of(_ASSOCIATIONS, open_ended=False),
    },
    "EndorsementSubject": {
        "id": _address, "type": _types("EndorsementSubject"), "endorsementComment?": _text,
    },
    "AchievementSubject": {
        "id?": _address, "type": _types("AchievementSubject"), "achievement": _a("Achievement"),
        "identifier?": _many(_a("IdentityObject")), "result?": _many(_a("Result")),
        "narrative?": _text, "source?": _a("Profile"), "image?": _a("Image"),
        "activityStartDate?": _time, "activityEndDate?": _time, "creditsEarned?": _number,
        "licenseNumber?": _text, "role?": _text, "term?": _text,
    },
    "Achievement": {
        "id": _address, "type": _types("Achievement"), "name": _text, "description": _text,
        "criteria": _a("Criteria"), "achievementType?": _one_of(_ACHIEVEMENT_TYPES),
        "alignment?": _many(_a("Alignment")), "creator?": _a("Profile"), "image?": _a("Image"),
        "resultDescription?": _many(_a("ResultDescription")), "related?": _many(_a("Related")),
        "tag?": _many(_text), "version?": _text, "inLanguage?": _language, "humanCode?": _text,
        "fieldOfStudy?": _text, "specialization?": _text, "creditsAvailable?": _number,
        "otherIdentifier?": _many(_a("IdentifierEntry")),
        "endorsement?": _many(_a("Endorsement")),
    },
    "Criteria": {"id?": _address, "narrative?": _text},
    "Alignment": {
        "type": _types("Alignment"), "targetName": _text, "targetUrl": _address,
        "targetType?": _one_of(_TARGET_TYPES), "targetCode?": _text, "targetFramework?": _text,
        "targetDescription?": _text,
    },
    "ResultDescription": {
        "id": _address, "type": _types("ResultDescription"), "name": _text,
        "resultType": _one_of(_RESULT_TYPES), "allowedValue?": _many(_text),
        "requiredValue?": _text, "requiredLevel?": _address, "valueMin?": _text,
        "valueMax?": _text, "alignment?": _many(_a("Alignment")),
        "rubricCriterionLevel?": _many(_a("RubricCriterionLevel")),
    },
    "RubricCriterionLevel": {
        "id": _address, "type": _types("RubricCriterionLevel"), "name": _text, "level?": _text,
        "description?": _text, "points?": _text, "alignment?": _many(_a("Alignment")),
    },
    "Result": {
        "type": _types("Result"), "resultDescription?": _address, "value?": _text,
        "status?": _one_of(_RESULT_STATES, open_ended=False), "achievedLevel?": _address,
        "alignment?": _many(_a("Alignment")),
    },
    "Related": {
        "id": _address, "type": _types("Related"), "version?": _text, "inLanguage?": _language,
    },
    "Evidence": {
        "id?": _address, "type": _types("Evidence"), "name?": _text, "narrative?": _text,
        "description?": _text, "genre?": _text, "audience?": _text,
    },
    "Profile": {
        "id": _address, "type": _types("Profile"), "name?": _text, "url?": _address,
        "email?": _text, "phone?": _text, "description?": _text, "image?": _a("Image"),
        "address?": _a("Address"), "parentOrg?": _a("Profile"), "official?": _text,
        "otherIdentifier?": _many(_a("IdentifierEntry")),
        "endorsement?": _many(_a("Endorsement")),
    },
    "Address": {
        "type": _types("Address"), "addressCountry?": _text, "addressCountryCode?": _text,
        "addressRegion?": _text, "addressLocality?": _text, "streetAddress?": _text,
        "postOfficeBoxNumber?": _text, "postalCode?": _text, "geo?": _a("GeoCoordinates"),
    },
    "GeoCoordinates": {"type": _is("GeoCoordinates"), "latitude": _number, "longitude": _number},
    "Image": {"id": _address, "type": _is("Image"), "caption?": _text},
    "IdentityObject": {
        "type": _is("IdentityObject"), "hashed": _yes_or_no, "identityHash": _text,
        "identityType": _one_of(_IDENTIFIER_TYPES), "salt?": _text,
    },
    "IdentifierEntry": {
        "type": _is("IdentifierEntry"), "identifier": _text,
        "identifierType": _one_of(_IDENTIFIER_TYPES),
    },
    "Proof": {
        "type": _text, "created?": _time, "cryptosuite?": _text, "proofPurpose?": _text,
        "proofValue?": _text, "verificationMethod?": _text, "challenge?": _text,
        "domain?": _text, "nonce?": _text,
    },
    "Identified": {"id": _address, "type": _text},
    "CredentialSchema": {"id": _address, "type": _text},
    "TermsOfUse": {"id?": _address, "type": _text},
}
# fmt: on
_SHAPES = {
    name: tuple((field.rstrip("?!"), not field.endswith("?"), rule) for field, rule in rows.items())
    for name, rows in _TABLE.items()
}
