"""What a learner takes along: the signed file, the picture, the sheet, the record, the link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from credentials import documents
from credentials.badge import BadgeFacts, draw
from credentials.bake import bake
from credentials.card import card
from credentials.certificate import CertificateFacts, certificate
from credentials.typeset import png
from workflow.queries.held import Drawn, Held

#: Pixels a side: what wallets and pages show, sharp on a dense screen.
BADGE_SIDE: Final = 600
#: Drawings kept in memory; each takes up to 200 kB.
_KEPT: Final = 128
_URN: Final = "urn:uuid:"
_LINKEDIN: Final = "https://www.linkedin.com/profile/add"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is handed out: what it is called, what it is, and how it is made."""

    name: str
    mimetype: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Home:
    """Whose awards they are, where people reach their pages, and in which zone days are told."""

    institution: str
    base_url: str
    zone: str


def facts_of(found: Drawn, institution: str) -> BadgeFacts:
    """What a version's picture is drawn from."""
    return BadgeFacts(
        name=found.title, unit=found.unit, institution=institution, year=found.year,
        level=found.level, parts=found.parts,
    )  # fmt: skip


@lru_cache(maxsize=_KEPT)
def picture(facts: BadgeFacts) -> bytes:
    """The badge as PNG."""
    return png(draw(facts), width=BADGE_SIDE)


@lru_cache(maxsize=_KEPT)
def shared_card(facts: BadgeFacts) -> bytes:
    """What a link to an award shows where it is shared."""
    return card(facts)


@lru_cache(maxsize=_KEPT)
def sheet(facts: CertificateFacts) -> bytes:
    """The certificate as PDF."""
    return certificate(facts)


def files(held: Held, found: Drawn, home: Home) -> dict[str, File]:
    """The files of an award by the last part of their address; a record only where there is one."""
    facts = facts_of(found, home.institution)
    record = held.record
    given = {
        "award.json": File("award", "application/ld+json", lambda: held.body),
        "badge.png": File("badge", "image/png", lambda: bake(picture(facts), held.body)),
        "certificate.pdf": File(
            "certificate", "application/pdf", lambda: sheet(_sheet(held, facts, home))
        ),
        "card.png": File("card", "image/png", lambda: shared_card(facts)),
    }
    if record is not None:
        given["record.json"] = File("record", "application/ld+json", lambda: record)
    return given


def number_of(credential_id: str) -> str:
    """The number that people see in an address."""
    return credential_id.removeprefix(_URN)


def credential_id_of(number: str) -> str:
    """The id of the award with this number."""
    return _URN + number


def linkedin_link(
    *, title: str, institution: str, issued_at: datetime, address: str, number: str
) -> str:
    """The link that adds an award to a LinkedIn profile; nothing is sent until it is followed."""
    asked = {
        "startTask": "CERTIFICATION_NAME",
        "name": title,
        "organizationName": institution,
        "issueYear": issued_at.year,
        "issueMonth": issued_at.month,
        "certUrl": address,
        "certId": number,
    }
    return f"{_LINKEDIN}?{urlencode(asked)}"


def _statement(body: bytes) -> str:
    """What the award says its holder can do, in the words that were signed."""
    subject = documents.read(body).get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    return str(achievement.get("description", "")) if isinstance(achievement, dict) else ""


def _sheet(held: Held, facts: BadgeFacts, home: Home) -> CertificateFacts:
    number = number_of(held.credential_id)
    return CertificateFacts(
        name=held.name, statement=_statement(held.body),
        issued_on=held.issued_at.astimezone(ZoneInfo(home.zone)).date(), number=number,
        address=f"{home.base_url}/v/{number}", badge=facts,
    )  # fmt: skip
