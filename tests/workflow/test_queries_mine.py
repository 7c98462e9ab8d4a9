"""Mine never loses anything: whoever wrote an entry or had a work item finds the case, for good."""

from datetime import timedelta

import pytest

from tests import factory
from tests.factory import ASA_OFFICER, LEARNER, PROPOSER, REGISTRAR, UNIT_HEAD
from tests.workflow.award_play import Awards
from tests.workflow.door import rows
from tests.workflow.play import Play, chair
from workflow.queries.mine import Last, Mine, Which, mine
from workflow.queries.people import person


def mine_of(
    play: Play, who: str, which: Which = "all", *, after: Last | None = None, take: int = 50
) -> Mine:
    with play.connect() as connection:
        someone = person(connection, who, play.clock.now())
        assert someone
        return mine(
            connection, someone, machines=play.engine.machines, which=which, after=after, take=take
        )


def every(play: Play, who: str, which: Which = "all", *, take: int = 2) -> list[str]:
    """Every case, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = mine_of(play, who, which, after=after, take=take)
        found += [one.case for one in page.parts]
        if page.more is None:
            return found
        after = page.more


@pytest.fixture
def busy(play: Play) -> Play:
    """Cases of every machine, some of them over, with many people's hands in them."""
    awards = Awards(play)
    badge = awards.badge("Public Data")
    awards.issued(badge)
    case = play.routed()
    item = play.voting(play.items(case)["ugc"], "ugc")
    play.vote(item, "ugc", "yyyynaa--")
    play.clock.advance(minutes=1)
    ended = play.draft(title="Begun and left")
    play.do("withdraw", PROPOSER, ended)
    return play


def test_whoever_wrote_an_entry_or_had_a_work_item_finds_the_case(busy: Play) -> None:
    had = rows(
        busy,
        """SELECT DISTINCT who, case_id FROM (
             SELECT actor, case_id FROM entry UNION SELECT on_behalf_of, case_id FROM entry
             UNION SELECT person, case_id FROM work_item
             UNION SELECT closed_by, case_id FROM work_item) t(who, case_id)
            WHERE who IN (SELECT id FROM person)""",
    )
    people = {str(who) for who, _ in had}
    assert {PROPOSER, UNIT_HEAD, ASA_OFFICER, LEARNER, chair("ugc"), REGISTRAR} <= people
    for who in people:
        cases = every(busy, who)
        assert len(cases) == len(set(cases))
        assert set(cases) == {case for one, case in had if one == who}, who


def test_what_goes_on_and_what_has_ended_are_the_two_halves_of_it(busy: Play) -> None:
    for who in (PROPOSER, ASA_OFFICER, LEARNER):
        on, over = every(busy, who, "open"), every(busy, who, "ended")
        assert sorted(on + over) == sorted(every(busy, who))
    assert len(every(busy, PROPOSER, "ended")) > 0


def test_the_latest_part_comes_first_and_says_what_it_was(busy: Play) -> None:
    first, *rest = mine_of(busy, PROPOSER).parts
    assert [one.at for one in rest] == sorted((one.at for one in rest), reverse=True)
    said = {one.title: (one.did, one.ended) for one in (first, *rest)}
    assert said["Begun and left"] == ("You withdrew it.", True)


def test_a_delegate_and_whoever_they_acted_for_both_find_it(play: Play) -> None:
    with play.connect() as connection:
        factory.appoint(connection, REGISTRAR, role="asa_officer", on_behalf_of=ASA_OFFICER)
    case = play.submitted()
    play.do("assign_reviewer", REGISTRAR, case, reviewer=factory.OTHER_ASA_OFFICER)
    assert case in every(play, REGISTRAR)
    assert case in every(play, ASA_OFFICER)
    assert case in every(play, factory.OTHER_ASA_OFFICER)
    (asked,) = mine_of(play, factory.OTHER_ASA_OFFICER).parts
    assert asked.did == "You were asked: Consult on Data Storytelling."


def test_what_one_may_no_longer_open_stands_there_without_its_words(play: Play) -> None:
    awards = Awards(play)
    award = awards.issued(awards.badge())
    play.clock.advance(minutes=1)
    with play.connect() as connection:
        connection.execute("UPDATE appointment SET ends = %s WHERE role = 'assessor'",
                           (play.clock.now(),))  # fmt: skip
    play.clock.at += timedelta(minutes=1)
    (part,) = [one for one in mine_of(play, factory.ASSESSOR).parts if one.case == award]
    assert (part.open_to_you, part.title, part.state_says) == (False, "", "")
    assert part.did.startswith("You ")
    assert "Leo" not in part.did


def test_somebody_new_has_had_a_part_in_nothing(play: Play) -> None:
    assert mine_of(play, LEARNER) == Mine((), None)
