"""Rules of a proposal that a journey seldom meets: what each refuses, said in its own words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from policies import calendar, edition
from workflow.agenda_item.cycles import outside_off_contract
from workflow.chain import GENESIS
from workflow.facts import Actor, CaseFacts
from workflow.proposal.facts import READING, ProposalFacts
from workflow.proposal.rules.content import unit_is_its_own
from workflow.proposal.rules.route import no_item_carried, no_vote_open
from workflow.proposal.rules.turns import (
    nothing_changed_since_frozen,
    recommended_by_another,
    route_duties_met,
)
from workflow.queries.path import dots
from workflow.reading import Common
from workflow.registry import MACHINES
from workflow.rules import Rule

CALENDAR = calendar.load()
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
OFFICER, ANOTHER = "officer", "another officer"
FROZEN = "f" * 64


def proposal(read: Mapping[str, object]) -> ProposalFacts:
    """A proposal under review as its officer has it before them, with what else was read."""
    policy = edition.edition_on(NOW.date()).id
    case = CaseFacts("MC-1", "proposal", 1, policy, "asa_review", 1, 1, GENESIS, NOW, 1, NOW, NOW)
    common = Common(
        case=case, actor=Actor(OFFICER, ()), now=NOW, form=None, people=(), calendar=CALENDAR
    )
    facts = READING.build(
        common, {"unit": "nursing", "unit_name": "Nursing", "unit_path": [], **read}
    )
    assert isinstance(facts, ProposalFacts)
    return facts


def item(state: str) -> list[object]:
    return [1, "2026-10-01", "AI-1", "ugc", state, FROZEN, None, None]


def recommended(by: str) -> list[object]:
    return ["recommendation", by, "asa_officer", 1, FROZEN, {}, 5]


SAID: list[tuple[Rule, dict[str, object], dict[str, object], str]] = [
    (no_item_carried, {"items": [item("failed")]}, {"items": [item("carried")]},
     "A committee has carried an item of it, so it does not expire."),
    (no_vote_open, {"items": [item("scheduled")]}, {"items": [item("open")]},
     "A committee is voting on it. Withdraw it after the vote closes."),
    (unit_is_its_own, {"draft": {"unit": "nursing"}}, {"draft": {"unit": "engineering"}},
     "The text names another unit than Nursing, for which it was opened."),
    (nothing_changed_since_frozen, {"draft_hash": FROZEN, "version_hash": FROZEN},
     {"draft_hash": "0" * 64, "version_hash": FROZEN}, "The text differs from its version."),
    (recommended_by_another, {"version_hash": FROZEN, "signed": [recommended(ANOTHER)]},
     {"version_hash": FROZEN, "signed": [recommended(OFFICER)]},
     "You recommended this yourself; another person decides."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "well", "badly", "says"), SAID, ids=lambda one: getattr(one, "id", "")
)
def test_a_rule_lets_pass_what_it_should_and_says_why_it_refuses_the_rest(
    asked: Rule, well: dict[str, object], badly: dict[str, object], says: str
) -> None:
    assert asked.reasons(proposal(well)) == ()
    assert [reason.text for reason in asked.reasons(proposal(badly))] == [says]


def test_duties_of_a_route_that_is_still_open_are_not_met() -> None:
    assert route_duties_met.reasons(proposal({"draft": {}}))


def test_a_deadline_inside_the_summer_moves_to_the_end_of_the_first_business_day_after_it() -> None:
    inside, before = CALENDAR.end_of(date(2027, 6, 1)), CALENDAR.end_of(date(2027, 5, 4))
    assert outside_off_contract(CALENDAR, before) == before
    assert outside_off_contract(CALENDAR, inside) == CALENDAR.end_of(date(2027, 8, 16))


def test_a_list_draws_no_path_for_a_state_beside_it() -> None:
    definition = MACHINES["proposal"].definition
    assert dots(definition, "withdrawn") == ()
    assert dots(definition, "draft")
