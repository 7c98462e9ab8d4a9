"""What walks have found, told once each: so that it stays found without ten thousand of them."""

from datetime import datetime, timedelta
from typing import cast

import pytest

from policies import calendar
from tests import factory
from tests.policies.documents import badge_data
from tests.walks import worlds
from tests.walks.memory import Answer, Memory
from tests.walks.texts import Text
from tests.workflow.play import JUDGED

CHANGES = [{"field": "title", "asks": "Mend it."}]


@pytest.fixture
def memory() -> Memory:
    return Memory()


def returned(memory: Memory) -> str:
    case = worlds.submitted(memory)
    worlds.do(memory, "return_for_revision", factory.ASA_OFFICER, case, changes=CHANGES)
    return case


def edit(memory: Memory, case: str, **fields: object) -> None:
    worlds.do(memory, "edit", factory.PROPOSER, case, fields=fields)


def reminders(memory: Memory, case: str) -> list[datetime]:
    armed = [
        *memory.rows("deadline", case_id=case, state="armed", does="remind"),
        *memory.rows("deadline", case_id=case, state="armed", does="warn"),
    ]
    return sorted(cast("datetime", row["fires_at"]) for row in armed)


def test_an_edit_moves_neither_the_date_of_a_return_nor_an_extension_of_it(memory: Memory) -> None:
    case = returned(memory)
    due = memory.fires_at(case)
    memory.pass_time(memory.now + timedelta(days=5))
    edit(memory, case, description="Mended.")
    assert memory.fires_at(case) == due
    worlds.do(memory, "extend", factory.PROPOSER, case)
    later = memory.fires_at(case)
    edit(memory, case, description="Mended again.")
    assert due is not None
    assert memory.fires_at(case) == later == calendar.load().add_business_days(due, 20)


def test_the_reminders_of_an_extended_return_count_from_its_new_date(memory: Memory) -> None:
    case = returned(memory)
    worlds.do(memory, "extend", factory.PROPOSER, case)
    due = memory.fires_at(case)
    assert due is not None
    before = calendar.load().subtract_business_days
    assert reminders(memory, case) == [before(due, 10), before(due, 5), before(due, 1)]


def test_a_proposal_of_an_officer_can_be_approved_and_is_mailed_to_them_once(
    memory: Memory,
) -> None:
    officer = factory.ASA_OFFICER
    content = badge_data() | {"unit": "asa"}
    case = worlds.do(memory, "open", officer, None, unit="asa", content=content)
    worlds.do(memory, "endorse", factory.ASA_DIRECTOR, case)
    worlds.do(memory, "submit", officer, case)
    worlds.consult(memory, case, factory.OTHER_ASA_OFFICER)
    worlds.do(memory, "clear_to_design", factory.OTHER_ASA_OFFICER, case)
    worlds.do(memory, "mark_design_complete", officer, case)
    scores = dict.fromkeys(JUDGED, "meets")
    worlds.do(memory, "score_review", factory.OTHER_ASA_OFFICER, case, **scores)
    worlds.do(memory, "approve", factory.AVP, case)
    told = memory.rows("notification", case_id=case, kind="proposal.approved")
    people = [row["recipient"] for row in told]
    assert people.count(officer) == 1
    assert len(people) == len(set(people))


def test_a_consultation_that_stands_again_leads_back_to_the_review(memory: Memory) -> None:
    """Consulted on one basis, then on another, then the first again: nothing new to talk about."""
    case = worlds.submitted(memory)
    worlds.consult(memory, case, factory.ASA_OFFICER)
    for basis in ("scope_unsure", "existing"):
        worlds.do(memory, "return_for_revision", factory.ASA_OFFICER, case, changes=CHANGES)
        number = len(memory.rows("required_change", case_id=case))
        edit(memory, case, **Text(basis=basis).of_basis())
        worlds.do(memory, "answer_change", factory.PROPOSER, case, number=number, answer="fixed")
        worlds.do(memory, "resubmit", factory.PROPOSER, case)
        if basis != "existing":
            worlds.consult(memory, case, factory.ASA_OFFICER)
    worlds.do(memory, "clear_to_design", factory.ASA_OFFICER, case)
    worlds.do(memory, "mark_design_complete", factory.PROPOSER, case)
    worlds.do(memory, "return_for_revision", factory.ASA_OFFICER, case, changes=CHANGES)
    worlds.do(memory, "answer_change", factory.PROPOSER, case, number=3, answer="fixed")
    worlds.do(memory, "resubmit", factory.PROPOSER, case)
    assert memory.state(case) == "asa_review"


CHAIR, VICE, MEMBER, OTHER = factory.COMMITTEES["ugc"][:4]


def recuse(memory: Memory, actor: str, member: str) -> Answer:
    form = {"member": member, "reason": "Co-author."}
    return memory.attempt("recuse", actor, "AG-1", "agenda_item", form)


def test_the_vice_chair_recuses_where_the_chair_is_recused_and_so_does_conferral(
    memory: Memory,
) -> None:
    worlds.routed(memory, factory.PROPOSER)
    placed = {"meeting_on": "2026-12-18", "section": "consent"}
    assert memory.attempt("place_on_agenda", CHAIR, "AG-1", "agenda_item", placed) == "scheduled"
    assert recuse(memory, "system", MEMBER) == "scheduled"
    assert not isinstance(recuse(memory, VICE, OTHER), str)
    assert recuse(memory, CHAIR, CHAIR) == "scheduled"
    assert not isinstance(recuse(memory, CHAIR, OTHER), str)
    assert recuse(memory, VICE, OTHER) == "scheduled"
