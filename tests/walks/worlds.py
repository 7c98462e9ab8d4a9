"""What is there before a walk begins, played through the door: credentials, a title held."""

from collections.abc import Mapping
from typing import cast

from tests import factory
from tests.policies.documents import badge_data, outcome
from tests.walks.model import Driver
from tests.workflow.play import JUDGED, NEW_COURSE

COMPETENCIES = [
    {"statement": "Plans interviews on hard subjects.", "kind": "skill"},
    {"statement": "Explains why two forecasts differ.", "kind": "knowledge"},
]
#: The first is scored by its rubric level, the second by a threshold in words.
OUTCOMES = [outcome(1) | {"threshold_level": 3}, outcome(2)]
#: An outcome that no badge shows.
OWN = [{**OUTCOMES[0], "statement": "Joins both data sets in one story."}]
ROSTER = (factory.ASSESSOR, factory.OTHER_ASSESSOR, factory.OTHER_ASA_OFFICER)


def do(driver: Driver, trigger: str, actor: str, case: str | None, **form: object) -> str:
    """One action on a proposal that must be possible; its case."""
    answer = driver.attempt(trigger, actor, case, "proposal", form)
    assert isinstance(answer, str), f"{trigger}: {answer}"
    return case or driver.newest("proposal")


def submitted(driver: Driver, proposer: str = factory.PROPOSER, **changes: object) -> str:
    """A proposal in consultation."""
    content = badge_data() | {"unit": factory.UNIT} | changes
    case = do(driver, "open", proposer, None, unit=factory.UNIT, content=content)
    do(driver, "endorse", factory.UNIT_HEAD, case)
    return do(driver, "submit", proposer, case)


def consulted(driver: Driver, proposer: str = factory.PROPOSER, **changes: object) -> str:
    """A proposal whose consultation is on record."""
    case = submitted(driver, proposer, **changes)
    return consult(driver, case, factory.ASA_OFFICER, str(changes.get("type", "digital_badge")))


def consult(driver: Driver, case: str, officer: str, award_type: str = "digital_badge") -> str:
    """Record a consultation that was held today."""
    return do(
        driver, "record_consultation", officer, case, rigor_rationale="Beyond recall.",
        held_on=driver.now.date().isoformat(), notes="Talked.", outcome="Agreed.", rigor="advanced",
        award_type=award_type, organisation_note="Both.",
    )  # fmt: skip


def approved(driver: Driver, **changes: object) -> str:
    case = consulted(driver, factory.PROPOSER, **changes)
    do(driver, "clear_to_design", factory.ASA_OFFICER, case)
    do(driver, "mark_design_complete", factory.PROPOSER, case)
    do(driver, "score_review", factory.ASA_OFFICER, case, **dict.fromkeys(JUDGED, "meets"))
    do(driver, "approve", factory.ASA_OFFICER, case)
    do(driver, "record_code", factory.REGISTRAR, case, code="B-1")
    do(driver, "set_roster", factory.UNIT_HEAD, case, assessors=list(ROSTER))
    return do(driver, "publish_design", factory.ASA_OFFICER, case, alt="Three rings.")


def in_force(driver: Driver, title: str, **changes: object) -> str:
    """A credential in force."""
    said = {"title": title, "competencies": COMPETENCIES, "slos": OUTCOMES} | changes
    case = approved(driver, **said)
    do(driver, "issue", factory.ASA_OFFICER, case, effective_on=driver.now.date().isoformat())
    follow(driver)
    return driver.newest("credential")


def certificate(driver: Driver, title: str, *parts: str, **changes: object) -> str:
    """A micro-certificate in force that collects these."""
    return in_force(driver, title, **cast("Mapping[str, object]", {
        "type": "micro_certificate", "theme": "Public data", "constituents": list(parts),
        "completion": {"rule": "all"}, "organisation": {"pattern": "All", "goal": "Move on."},
        "routing": {"credit_scope": "in_340_350", "credit_intended": "no"},
        "competencies": COMPETENCIES[:1], "slos": OUTCOMES[:1],
    } | changes))  # fmt: skip


def follow(driver: Driver) -> None:
    """Carry out what was caused."""
    while waiting := driver.pending():
        assert isinstance(driver.fire(waiting[0][0]), str), waiting[0]


def before_proposals(driver: Driver) -> None:
    """Two badges that a certificate may collect, and a title that somebody holds."""
    for title in ("Charts", "Sources"):
        in_force(driver, title)
    submitted(driver, title="Taken")


def routed(driver: Driver, proposer: str) -> str:
    """A proposal whose items wait for both bodies."""
    case = consulted(driver, proposer, **NEW_COURSE)
    do(driver, "route_to_committee", factory.ASA_OFFICER, case)
    follow(driver)
    return case


def before_awards(driver: Driver) -> None:
    """Two badges, a certificate of both, and one with an outcome of its own."""
    for title in ("Charts", "Sources"):
        in_force(driver, title)
    certificate(driver, "Both", "CR-1", "CR-2")
    certificate(driver, "Both and more", "CR-1", "CR-2", slos=OWN)
