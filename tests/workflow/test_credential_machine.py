"""A credential is put in force by an issued proposal, with what is on record, and once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from models import STATES
from tests.factory import PROPOSER
from tests.workflow.award_play import COMPETENCIES, OUTCOMES, Awards
from tests.workflow.play import Play
from workflow.chain import GENESIS
from workflow.credential.definition import CREDENTIAL
from workflow.credential.facts import CredentialFacts
from workflow.credential.forms import PutInForce
from workflow.decide import Decision, Refusal, decide
from workflow.facts import SYSTEM, Actor, CaseFacts

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def credential(**changes: object) -> CredentialFacts:
    """What an issued proposal is about to put in force."""
    case = CaseFacts("CR-9", "credential", 1, "", "", 0, 0, GENESIS, NOW, 0, NOW, NOW)
    said: dict[str, object] = {
        "case": case, "actor": Actor(SYSTEM), "now": NOW, "proposal": "MC-1",
        "form": PutInForce(proposal="MC-1", effective_on=NOW.date()), "proposal_state": "issued",
        "kind": "new", "title": "Data Storytelling", "unit": "libraries",
        "unit_path": ("libraries", "university"), "type": "digital_badge", "version": 1,
        "proposal_version": 2, "content": {}, "content_hash": "0" * 64, "code": "B-1",
        "rigor": "intermediate", "in_force": None, "constituents": {},
    }  # fmt: skip
    return CredentialFacts(**cast("dict[str, str]", said | changes))  # type: ignore[arg-type]


def test_an_issued_proposal_puts_it_in_force() -> None:
    answer = decide(CREDENTIAL, credential(), "put_in_force")
    assert isinstance(answer, Decision)
    assert answer.to == "active"


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (credential(proposal_state="approved"), "MC-12"),
        (credential(kind="retirement"), "MC-12"),
        (credential(in_force="CR-3"), "PR-in-force-once"),
        (credential(type="certificate"), "MC-7d"),
        (credential(rigor=""), "MC-2"),
        (credential(code=""), "MC-13"),
        (credential(constituents={"CR-1": "active", "CR-2": None}), "MC-8a"),
        (credential(actor=Actor("ida")), "PR-turn"),
    ],
)
def test_each_rule_refuses_and_is_named(facts: CredentialFacts, rule: str) -> None:
    answer = decide(CREDENTIAL, facts, "put_in_force")
    assert isinstance(answer, Refusal)
    assert [reason.rule for reason in answer.reasons] == [rule]


def test_all_parts_are_required_unless_the_completion_rule_asks_for_some() -> None:
    assert credential().all_required
    some = {"completion": {"rule": "n_of_m", "n": 2}}
    assert not replace(credential(), content=some).all_required


def test_the_states_are_those_the_database_knows() -> None:
    assert {state.name for state in CREDENTIAL.states} == set(STATES["credential"])


def test_what_is_in_force_is_what_was_approved(awards: Awards) -> None:
    case = awards.badge()
    proposal, kind, title, code, version = awards.row(
        "SELECT proposal, type, title, code, version FROM credential WHERE case_id = %s", case
    )
    assert (kind, title, version) == ("digital_badge", "Data Storytelling", 1)
    assert code == f"B-{str(proposal).removeprefix('MC-')}"
    assert awards.row(
        "SELECT v.content_hash = p.content_hash, v.rigor, v.effective_on::text "
        "FROM credential_version v JOIN proposal_version p ON p.case_id = v.proposal "
        "AND p.version = v.proposal_version WHERE v.case_id = %s", case,
    ) == (True, "intermediate", "2026-11-24")  # fmt: skip
    assert awards.rows("SELECT 1 FROM work_item WHERE case_id = %s", case) == []


def test_a_certificate_lists_its_parts(awards: Awards) -> None:
    parts = [awards.badge("Charts"), awards.badge("Sources")]
    case = awards.certificate(*parts, competencies=COMPETENCIES, slos=OUTCOMES)
    listed = awards.rows(
        "SELECT credential, required FROM constituent WHERE certificate = %s ORDER BY 1", case
    )
    assert listed == [(part, True) for part in sorted(parts)]


def test_a_proposal_puts_one_credential_in_force(awards: Awards) -> None:
    case = awards.badge()
    (proposal,) = awards.row("SELECT proposal FROM credential WHERE case_id = %s", case)
    refused = awards.play.refused(
        "put_in_force", SYSTEM, machine="credential", proposal=proposal, effective_on="2026-11-24"
    )
    assert [reason.rule for reason in refused] == ["PR-in-force-once"]


def test_a_draft_is_not_put_in_force(awards: Awards) -> None:
    draft = awards.play.submitted()
    refused = awards.play.refused(
        "put_in_force", PROPOSER, machine="credential", proposal=draft, effective_on="2026-11-24"
    )
    assert {reason.rule for reason in refused} >= {"PR-turn", "MC-12", "MC-13"}


def test_a_credential_in_force_is_read_as_pages_show_it(awards: Awards) -> None:
    case = awards.badge()
    facts = cast("CredentialFacts", awards.facts(case, PROPOSER))
    assert (facts.title, facts.in_force, facts.code) == ("Data Storytelling", case, facts.code)
    assert facts.proposal_state == "issued"
