"""The page of what an award rests on, for those who may see the award."""

import json
from collections.abc import Callable

import pytest

from conferral.commands.log import faults_in
from tests import factory
from tests.web.browser import Browser
from tests.workflow.award_play import SIGNER, Awards
from tests.workflow.play import Play
from workflow.log import Keeper

SignIn = Callable[[str], Browser]


@pytest.fixture
def case(awards: Awards) -> str:
    return awards.issued(awards.badge())


def test_the_page_leads_back_to_the_votes_and_its_file_is_proved(
    sign_in: SignIn, case: str, play: Play
) -> None:
    ida = sign_in(factory.ASA_OFFICER)
    assert "No checkpoint of the log is signed yet" in ida.read(f"/cases/{case}/trace")
    note = Keeper("here/log").step(play.connect, signer=SIGNER, now=play.clock.now())
    page = ida.read(f"/cases/{case}/trace")
    assert "What this award rests on" in page
    assert "Mina Testcase" in page
    assert note
    answer = ida.get(f"/cases/{case}/trace.json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="trace-{case}.json"'
    assert faults_in(json.loads(answer.get_data()), (SIGNER.public_key,)) == []
    assert f"/cases/{case}/trace" in _links(ida, f"/cases/{case}")


def _links(browser: Browser, path: str) -> list[str]:
    browser.read(path)
    assert browser.page
    return browser.page.links


def test_it_is_there_for_the_learner_and_those_who_act_on_it_alone(
    sign_in: SignIn, case: str
) -> None:
    leo = sign_in(factory.LEARNER)
    assert "What this award rests on" in leo.read(f"/cases/{case}/trace")
    for person in (factory.OTHER_LEARNER, factory.UNIT_HEAD):
        for path in (f"/cases/{case}/trace", f"/cases/{case}/trace.json"):
            assert sign_in(person).get(path).status_code == 404


def test_what_is_not_signed_or_no_award_has_none(sign_in: SignIn, awards: Awards) -> None:
    waiting = awards.to_verify(awards.badge())
    ida = sign_in(factory.ASA_OFFICER)
    for case in (waiting, "MC-1"):
        assert ida.get(f"/cases/{case}/trace").status_code == 404
