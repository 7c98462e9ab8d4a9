from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias, cast

import orjson
import pytest

from credentials.build import SCHEMA_ID, build
from credentials.errors import NotBuildable
from credentials.facts import (
    AchievementFacts,
    AwardFacts,
    ConstituentAward,
    HashedEmail,
    Holder,
    OutcomeResult,
    Reflection,
    RubricOutcome,
    ScoreOutcome,
)
from tests.credentials.samples import (
    AWARD,
    BADGE,
    HOST,
    ISSUER,
    MICRO_CERTIFICATE,
    NOW,
    STACKED_AWARD,
    issued,
    shared,
)

Json: TypeAlias = Any  # a built document, looked into


def built(award: AwardFacts = AWARD, achievement: AchievementFacts = BADGE) -> Json:
    return build(award, achievement, issuer=ISSUER)


def reasons(award: AwardFacts = AWARD, achievement: AchievementFacts = BADGE) -> tuple[str, ...]:
    with pytest.raises(NotBuildable) as refused:
        built(award, achievement)
    return refused.value.reasons


def test_what_may_be_repeated_is_a_list_and_the_status_is_one_object() -> None:
    document = built()
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["credentialSchema"] == [
        {"id": SCHEMA_ID, "type": "1EdTechJsonSchemaValidator2019"}
    ]
    assert document["credentialStatus"] == {
        "id": f"{HOST}/status/1#4711",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "4711",
        "statusListCredential": f"{HOST}/status/1",
    }
    assert isinstance(document["credentialSubject"]["achievement"]["type"], list)


def test_each_outcome_is_described_and_has_its_result() -> None:
    subject = built()["credentialSubject"]
    rubric, score, reflection = subject["achievement"]["resultDescription"]
    assert rubric["allowedValue"] == ["Developing", "Proficient", "Exemplary"]
    assert rubric["requiredValue"] == "Proficient"
    assert (score["resultType"], score["valueMin"], score["valueMax"]) == ("Percent", "0", "100")
    assert reflection["resultType"] == "Status"
    assert [
        (r["resultDescription"], r.get("value"), r.get("status")) for r in subject["result"]
    ] == [
        (rubric["id"], "Exemplary", None),
        (score["id"], "88.5", None),
        (reflection["id"], None, "Completed"),
    ]


def test_the_reflection_is_evidence_and_its_words_only_where_given() -> None:
    badge, stacked = (
        built()["evidence"][-1],
        built(STACKED_AWARD, MICRO_CERTIFICATE)["evidence"][-1],
    )
    assert (badge["genre"], "narrative" in badge) == ("Reflection", False)
    assert (stacked["genre"], stacked["narrative"]) == ("Reflection", "What I see now.")


def test_a_micro_certificate_carries_its_stack_in_three_standard_places() -> None:
    document = built(STACKED_AWARD, MICRO_CERTIFICATE)
    achievement = document["credentialSubject"]["achievement"]
    assert achievement["achievementType"] == "MicroCredential"
    ids = [part.id for part in MICRO_CERTIFICATE.constituents]
    assert [related["id"] for related in achievement["related"]] == ids
    ctdl = [one for one in achievement["alignment"] if one.get("targetType") == "CTDL"]
    assert [one["targetUrl"] for one in ctdl] == ids
    badges = [one for one in document["evidence"] if one.get("genre") == "OpenBadgeCredential"]
    assert [one["id"] for one in badges] == [p.credential_id for p in STACKED_AWARD.constituents]


@pytest.mark.parametrize(
    ("name", "award", "achievement"),
    [
        ("badge-final.json", AWARD, BADGE),
        ("microcert-final.json", STACKED_AWARD, MICRO_CERTIFICATE),
    ],
)
def test_each_field_of_the_example_is_there_in_the_same_shape(
    name: str, award: AwardFacts, achievement: AchievementFacts
) -> None:
    example = orjson.loads(shared("examples", name).read_bytes())
    ours = orjson.loads(issued(award, achievement).content)

    def shape(value: object) -> object:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        if isinstance(value, list):
            return [shape(value[0])] if value else []
        return type(value).__name__

    left_to_the_facts = {"validUntil", "credentialSubject"}
    for field in example.keys() - left_to_the_facts:
        assert type(shape(ours[field])) is type(shape(example[field])), field
    theirs, mine = (d["credentialSubject"]["achievement"] for d in (example, ours))
    assert theirs.keys() == mine.keys()
    for field in theirs:
        assert type(theirs[field]) is type(mine[field]), field


def test_no_address_and_no_name_of_the_learner_is_in_it() -> None:
    content = issued().content.lower()
    assert b"noor" not in content
    assert b"asa@example.edu" in content


def test_a_hashed_address_is_found_again_whatever_its_case() -> None:
    assert HashedEmail.of(" NOOR@example.edu", salt="s") == HashedEmail.of(
        "noor@example.edu", salt="s"
    )
    assert HashedEmail.of("a@x.edu", salt="s") != HashedEmail.of("a@x.edu", salt="t")
    assert HashedEmail.of("a@example.edu", salt="KosherSalt").identity_hash == (
        "sha256$" + sha256(b"a@example.eduKosherSalt").hexdigest()
    )


def test_a_holder_is_named_by_identifier() -> None:
    subject = built(STACKED_AWARD, MICRO_CERTIFICATE)["credentialSubject"]
    assert subject["id"] == cast("Holder", STACKED_AWARD.subject).did
    assert "identifier" not in subject


def test_what_is_absent_is_left_out() -> None:
    achievement = replace(BADGE, human_code=None, image=None, tags=(), alignments=())
    award = replace(AWARD, evidence=(), narrative=None)
    document = build(award, achievement, issuer=replace(ISSUER, email=None))
    text = orjson.dumps(document)
    assert b"null" not in text
    assert b"[]" not in text
    assert document["issuer"] == {
        "id": ISSUER.id,
        "type": ["Profile"],
        "name": ISSUER.name,
        "url": ISSUER.url,
    }


def test_an_achievement_without_reflection_asks_for_none() -> None:
    document = built(replace(AWARD, reflection=None, evidence=()), replace(BADGE, reflective=False))
    assert "evidence" not in document
    assert len(document["credentialSubject"]["result"]) == 2


LEVELS = ("Developing", "Proficient")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"results": ()}, "Outcome 1: needs one result; there are 0."),
        (
            {"results": (*AWARD.results, OutcomeResult("1", "Exemplary"))},
            "Outcome 1: needs one result; there are 2.",
        ),
        (
            {"results": (*AWARD.results, OutcomeResult("9", "x"))},
            "award.results: the achievement has no outcome '9'.",
        ),
        (
            {"results": (OutcomeResult("1", "Developing"), AWARD.results[1])},
            "Outcome 1: 'Developing' does not reach the required 'Proficient'.",
        ),
        (
            {"results": (OutcomeResult("1", "Superb"), AWARD.results[1])},
            "Outcome 1: 'Superb' does not reach the required 'Proficient'.",
        ),
        (
            {"results": (AWARD.results[0], OutcomeResult("2", "69.9"))},
            "Outcome 2: '69.9' does not reach the required '70'.",
        ),
        (
            {"results": (AWARD.results[0], OutcomeResult("2", "101"))},
            "Outcome 2: '101' does not reach the required '70'.",
        ),
        (
            {"results": (AWARD.results[0], OutcomeResult("2", "NaN"))},
            "Outcome 2: 'NaN' does not reach the required '70'.",
        ),
        ({"reflection": None}, "award.reflection: the culminating reflection is not completed."),
        (
            {"valid_until": NOW},
            "award.valid_until: the credential ends before it begins.",
        ),
        (
            {"valid_from": datetime(2026, 11, 24)},  # noqa: DTZ001
            "award.valid_from: a moment needs a time zone.",
        ),
        (
            {"valid_until": datetime(2027, 11, 24)},  # noqa: DTZ001
            "award.valid_until: a moment needs a time zone.",
        ),
        (
            {"status_index": 131_072},
            "award.status_index: 131072 is not in a list of 131072 places.",
        ),
        ({"status_index": -1}, "award.status_index: -1 is not in a list of 131072 places."),
        ({"credential_id": "b0"}, "award.credential_id: 'b0' is not a full address."),
        ({"subject": Holder("me")}, "award.subject.did: 'me' is not a full address."),
        ({"narrative": " "}, "award.narrative: is empty."),
        (
            {"narrative": "a\0b"},
            "award.narrative: contains a control character or half a character.",
        ),
        (
            {"constituents": (ConstituentAward("urn:x:1", "One"),)},
            "award.constituents: a stack names the badges it is made of, and only a stack does.",
        ),
    ],
)
def test_an_award_that_makes_no_credential_is_refused_with_the_reason(
    changes: dict[str, Any], reason: str
) -> None:
    assert reason in reasons(replace(AWARD, **changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcomes": ()}, "achievement.outcomes: there is no learning outcome."),
        (
            {"outcomes": (RubricOutcome("1", "A", LEVELS, "Superb"),)},
            "Outcome 1: the required 'Superb' is not on its scale.",
        ),
        (
            {"outcomes": (ScoreOutcome("1", "A", minimum="0", maximum="9", required="10"),)},
            "Outcome 1: the required '10' is not on its scale.",
        ),
        (
            {"outcomes": (ScoreOutcome("1", "A", minimum="low", maximum="9", required="1"),)},
            "Outcome 1: the required '1' is not on its scale.",
        ),
        (
            {"outcomes": (RubricOutcome("a/b", "A", LEVELS, "Proficient"),)},
            "achievement.outcomes: 'a/b' cannot be the key of an outcome.",
        ),
        (
            {"outcomes": (RubricOutcome("reflection", "A", LEVELS, "Proficient"),)},
            "achievement.outcomes: 'reflection' cannot be the key of an outcome.",
        ),
        (
            {"outcomes": (RubricOutcome("1", "A", LEVELS, "Proficient"),) * 2},
            "achievement.outcomes: '1' stands twice.",
        ),
        ({"reflective": False}, "award.reflection: the achievement asks for no reflection."),
        ({"name": ""}, "achievement.name: is empty."),
        ({"in_language": "English"}, "achievement.in_language: 'English' is not a language code"),
        ({"id": "https://x.edu/a b"}, "achievement.id: 'https://x.edu/a b' is not a full address."),
        (
            {"tags": ("ok", "half \ud83d")},
            "achievement.tags[1]: contains a control character or half a character.",
        ),
        (
            {"constituents": MICRO_CERTIFICATE.constituents},
            "achievement.constituents: a badge is not stacked from others.",
        ),
    ],
)
def test_an_achievement_that_makes_no_credential_is_refused_with_the_reason(
    changes: dict[str, Any], reason: str
) -> None:
    assert any(one.startswith(reason) for one in reasons(achievement=replace(BADGE, **changes)))


def test_one_badge_does_not_count_twice_in_a_stack() -> None:
    one = STACKED_AWARD.constituents[0]
    twice = replace(STACKED_AWARD, constituents=(one, one))
    itself = replace(
        STACKED_AWARD, constituents=(ConstituentAward(STACKED_AWARD.credential_id, "Itself"),)
    )
    for award in (twice, itself):
        assert "award.constituents: each badge of the stack counts once." in reasons(
            award, MICRO_CERTIFICATE
        )


def test_all_reasons_come_at_once() -> None:
    award = replace(AWARD, results=(), reflection=None, status_index=-1)
    assert len(reasons(award, replace(BADGE, name="", description="\0"))) == 6


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\ufffe", "\ufdd0", "\U0010ffff"])
def test_a_character_that_verifiers_write_differently_is_refused(character: str) -> None:
    assert reasons(replace(AWARD, narrative=f"a{character}b"))


@pytest.mark.parametrize("text", ["a\nb\tc\rd", "\u2028", "👩🏽‍🔬", "العربية", "a\u200bb"])
def test_every_text_that_people_write_is_kept_as_it_is(text: str) -> None:
    narrative = f"x{text}"
    document = orjson.loads(issued(replace(AWARD, narrative=narrative)).content)
    assert document["credentialSubject"]["narrative"] == narrative


def test_an_award_may_be_dated_before_it_is_valid() -> None:
    document = built(replace(AWARD, awarded=NOW - timedelta(days=3)))
    assert document["awardedDate"] == "2026-11-21T09:30:00Z"
    assert document["validFrom"] == "2026-11-24T09:30:00Z"


def test_a_reflection_address_must_be_full() -> None:
    assert reasons(replace(AWARD, reflection=Reflection("reflection")))
