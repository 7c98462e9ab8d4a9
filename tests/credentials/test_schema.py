import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import jsonschema_rs
import orjson
import pytest

from credentials.errors import WrongShape
from credentials.facts import Holder
from credentials.schema import check, problems
from tests.credentials.samples import AWARD, MICRO_CERTIFICATE, STACKED_AWARD, issued, shared

Json: TypeAlias = Any  # a parsed document, changed in place


def document() -> Json:
    return orjson.loads(issued(STACKED_AWARD, MICRO_CERTIFICATE).content)


def official() -> jsonschema_rs.Draft201909Validator:
    path = shared("schemas", "ob_v3p0_achievementcredential_schema.json")
    return jsonschema_rs.Draft201909Validator(
        json.loads(path.read_bytes()), validate_formats=True, offline=True
    )


def test_what_we_issue_has_the_strict_shape() -> None:
    check(document())


@pytest.mark.parametrize(
    "content",
    [
        issued().content,
        issued(STACKED_AWARD, MICRO_CERTIFICATE).content,
        issued(replace(AWARD, subject=Holder("did:key:z6Mk"), evidence=(), narrative=None)).content,
    ],
    ids=["badge", "micro-certificate", "least"],
)
def test_what_we_issue_passes_the_official_strict_schema(content: bytes) -> None:
    assert [str(error) for error in official().iter_errors(json.loads(content))] == []


def achievement(d: Json) -> Json:
    return d["credentialSubject"]["achievement"]


def plain_proof(d: Json) -> None:
    d["proof"] = d["proof"][0]


def plain_type(d: Json) -> None:
    achievement(d)["type"] = "Achievement"


def plain_schema(d: Json) -> None:
    d["credentialSchema"] = d["credentialSchema"][0]


def plain_evidence(d: Json) -> None:
    d["evidence"] = d["evidence"][0]


def status_list(d: Json) -> None:
    d["credentialStatus"] = [d["credentialStatus"]]


def open_type(d: Json) -> None:
    achievement(d)["achievementType"] = "MicroCertificate"


def open_target(d: Json) -> None:
    achievement(d)["alignment"][0]["targetType"] = "Skill"


def open_result(d: Json) -> None:
    achievement(d)["resultDescription"][0]["resultType"] = "Rubric"


def open_state(d: Json) -> None:
    d["credentialSubject"]["result"][-1]["status"] = "Done"


def no_issuer(d: Json) -> None:
    del d["issuer"]


def no_criteria(d: Json) -> None:
    del achievement(d)["criteria"]


def wrong_type(d: Json) -> None:
    d["type"] = ["VerifiableCredential", "OtherCredential"]


def wrong_date(d: Json) -> None:
    d["validFrom"] = "yesterday"


def wrong_context(d: Json) -> None:
    d["@context"].reverse()


def wrong_image(d: Json) -> None:
    achievement(d)["image"] = "https://x.edu/i.png"


def wrong_name(d: Json) -> None:
    achievement(d)["name"] = 5


def wrong_language(d: Json) -> None:
    achievement(d)["inLanguage"] = "English"


def wrong_credits(d: Json) -> None:
    achievement(d)["creditsAvailable"] = "3"


def wrong_hashed(d: Json) -> None:
    d["credentialSubject"]["identifier"] = [
        {"type": "IdentityObject", "hashed": "yes", "identityHash": "x", "identityType": "name"}
    ]


def wrong_identity(d: Json) -> None:
    d["credentialSubject"]["identifier"] = [
        {"type": ["IdentityObject"], "hashed": True, "identityHash": "x", "identityType": "nick"}
    ]


CHANGES = {
    plain_proof: "proof must be a list.",
    plain_type: "credentialSubject.achievement.type must be a list of type names.",
    plain_schema: "credentialSchema must be a list.",
    plain_evidence: "evidence must be a list.",
    status_list: "credentialStatus must be an object (Identified).",
    open_type: "credentialSubject.achievement.achievementType is 'MicroCertificate', but must be",
    open_target: "credentialSubject.achievement.alignment[0].targetType is 'Skill', but must be",
    open_result: "credentialSubject.achievement.resultDescription[0].resultType is 'Rubric', but",
    open_state: "credentialSubject.result[2].status is 'Done', but must be one of Completed,",
    no_issuer: "issuer is missing.",
    no_criteria: "credentialSubject.achievement.criteria is missing.",
    wrong_type: "type must contain AchievementCredential or OpenBadgeCredential.",
    wrong_date: "validFrom must be a date and time with its zone.",
    wrong_context: "@context must begin with https://www.w3.org/ns/credentials/v2.",
    wrong_image: "credentialSubject.achievement.image must be an object (Image).",
    wrong_name: "credentialSubject.achievement.name must be text.",
    wrong_language: "credentialSubject.achievement.inLanguage must be a language code",
    wrong_credits: "credentialSubject.achievement.creditsAvailable must be a number.",
    wrong_hashed: "credentialSubject.identifier[0].hashed must be true or false.",
    wrong_identity: "credentialSubject.identifier[0].type must be text.",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_another_shape_is_refused_with_the_place_named(change: Callable[[Json], None]) -> None:
    changed = document()
    change(changed)
    with pytest.raises(WrongShape) as refused:
        check(changed)
    assert refused.value.problems[0].startswith(CHANGES[change])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_the_strict_shape_refuses_the_official_schema_refuses_too(
    change: Callable[[Json], None],
) -> None:
    validator = official()
    changed = document()
    change(changed)
    assert not validator.is_valid(changed)


LENIENT = {plain_proof, plain_type, plain_schema, plain_evidence}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_of_others_one_value_in_place_of_a_list_is_taken_and_nothing_else(
    change: Callable[[Json], None],
) -> None:
    changed = document()
    change(changed)
    assert bool(problems(changed, strict=False)) == (change not in LENIENT)


def test_closed_lists_are_open_to_extensions() -> None:
    changed = document()
    achievement(changed)["achievementType"] = "ext:MicroCertificate"
    check(changed)


def test_an_issuer_may_be_named_by_address_alone() -> None:
    check({**document(), "issuer": "did:web:badges.example.edu"})
    assert problems({**document(), "issuer": "us"}, strict=True) == (
        "issuer must be a full address.",
    )


def test_a_thing_that_is_no_object_is_refused() -> None:
    assert problems({**document(), "credentialSubject": "x"}, strict=True) == (
        "credentialSubject must be an object (AchievementSubject).",
    )


def test_an_empty_document_lacks_everything_that_must_be_there() -> None:
    lacking = problems({}, strict=True)
    assert "credentialSubject is missing." in lacking
    assert len(lacking) >= 6


def test_the_second_context_must_be_that_of_open_badges() -> None:
    one = {**document(), "@context": document()["@context"][:1]}
    assert problems(one, strict=True) == (
        "@context must name an Open Badges 3.0 context in the second place.",
    )


@pytest.mark.parametrize("name", ["simple.json", "complete.json", "simple-multiple-proofs.json"])
def test_sound_credentials_of_others_have_the_strict_shape(name: str) -> None:
    assert problems(
        json.loads(shared("1edtech-ob30-samples", name).read_bytes()), strict=True
    ) == ()  # fmt: skip
