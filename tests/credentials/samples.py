"""One coherent issuer, badge, micro-certificate and award; each test changes what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.did import VerificationKey, did_document, did_web, resolver
from credentials.facts import (
    AchievementFacts,
    Alignment,
    AwardFacts,
    Constituent,
    ConstituentAward,
    Evidence,
    HashedEmail,
    Holder,
    Image,
    Issuer,
    OutcomeResult,
    Reflection,
    RubricOutcome,
    ScoreOutcome,
    Unit,
)
from credentials.issue import Signed, issue
from credentials.keys import FileSigner, dated_key_id

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOST = "https://badges.example.edu"
DID = did_web("badges.example.edu")
STATUS_LIST = f"{HOST}/status/1"
SIGNER = FileSigner.from_secret(dated_key_id(DID, made=NOW.date()), bytes(range(32)))
DID_DOCUMENT = did_document(DID, [VerificationKey(SIGNER.key_id, DID, SIGNER.public_key)])
RESOLVE = resolver(DID_DOCUMENT)

ISSUER = Issuer(
    id=DID,
    name="Example University, Academic and Student Affairs",
    url=HOST,
    email="asa@example.edu",
)
BADGE = AchievementFacts(
    id=f"{HOST}/achievements/data-literacy/v1",
    name="Data Literacy",
    achievement_type="Badge",
    description="Reads, questions and presents data.",
    criteria="Reach the required level in each outcome, then reflect on the whole.",
    creator=Unit(id=f"{HOST}/units/college-of-business", name="College of Business"),
    outcomes=(
        RubricOutcome(
            "1", "Questions data", ("Developing", "Proficient", "Exemplary"), "Proficient"
        ),
        ScoreOutcome("2", "Presents data", minimum="0", maximum="100", required="70"),
    ),
    alignments=(
        Alignment(
            name="Active Learning",
            url="https://www.onetonline.org/find/descriptor/result/2.A.1.e",
            target_type="ceasn:Competency",
            code="2.A.1.e",
            framework="O*NET",
            description="Understanding what new information means.",
        ),
    ),
    human_code="DATA-LITERACY",
    image=Image(f"{HOST}/achievements/data-literacy/v1/image.png", "Badge: Data Literacy"),
)
AWARD = AwardFacts(
    credential_id=f"{HOST}/credentials/b0",
    subject=HashedEmail.of("Noor@Example.edu", salt="pepper"),
    results=(OutcomeResult("1", "Exemplary"), OutcomeResult("2", "88.5")),
    reflection=Reflection(f"{HOST}/credentials/b0/reflection"),
    valid_from=NOW,
    status_list_url=STATUS_LIST,
    status_index=4711,
    evidence=(Evidence(f"{HOST}/credentials/b0/evidence/1", "Portfolio", genre="Portfolio"),),
    narrative="Shown through a portfolio assessed by two members of the faculty.",
)
MICRO_CERTIFICATE = replace(
    BADGE,
    id=f"{HOST}/achievements/business-analytics/v1",
    name="Business Analytics",
    achievement_type="MicroCredential",
    constituents=tuple(
        Constituent(f"{HOST}/achievements/{name.lower().replace(' ', '-')}/v1", name)
        for name in ("Data Literacy", "Statistics", "Storytelling")
    ),
)
STACKED_AWARD = replace(
    AWARD,
    credential_id=f"{HOST}/credentials/mc1",
    subject=Holder("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    reflection=Reflection(f"{HOST}/credentials/mc1/reflection", "What I see now."),
    valid_until=NOW.replace(year=2031),
    constituents=tuple(
        ConstituentAward(f"{HOST}/credentials/b{number}", name)
        for number, name in enumerate(("Data Literacy", "Statistics", "Storytelling"))
    ),
)


def issued(
    award: AwardFacts = AWARD, achievement: AchievementFacts = BADGE, *, now: datetime = NOW
) -> Signed:
    return issue(award, achievement, issuer=ISSUER, signer=SIGNER, now=now, resolve_key=RESOLVE)


def shared(*parts: str) -> Path:
    """A third-party file kept beside the project, not in it; the test is skipped without it."""
    path = Path(__file__).parents[3].joinpath("shared", "credentials", *parts)
    if not path.exists():
        pytest.skip(f"the third-party data {'/'.join(parts)} is not on this machine")
    return path
