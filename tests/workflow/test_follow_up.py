"""A follow-up date brings a case back to the top on its day, for one person, and hides nothing."""

from datetime import UTC, date, datetime

import pytest

from tests.factory import ASA_OFFICER, OTHER_ASA_OFFICER, PROPOSER
from tests.workflow.door import history
from tests.workflow.play import Play
from tests.workflow.test_queries_work import asks, opened, work_of
from workflow.follow_up import set_follow_up
from workflow.perform import InvalidError

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)


def follow(play: Play, who: str, case: str, day: date | None = TODAY) -> None:
    set_follow_up(play.engine, person=who, case=case, day=day)


def test_on_its_day_it_stands_on_top_once_and_until_then_where_it_was(play: Play) -> None:
    late, case = play.submitted(title="Late"), play.submitted(title="Followed")
    opened(play, late, NOW.replace(day=1), person=ASA_OFFICER, role="x")
    follow(play, ASA_OFFICER, case, date(2026, 11, 25))
    before = work_of(play, ASA_OFFICER)
    assert [group.name for group in before.groups] == ["Overdue", "Later"]
    assert {item.follow_up for item in before.items if item.case == case} == {date(2026, 11, 25)}
    play.clock.advance(days=1)
    work = work_of(play, ASA_OFFICER)
    assert [group.name for group in work.groups] == ["Follow up", "Overdue", "Later"]
    assert asks(work)["Follow up"] == ["Consult on Followed"]
    assert [item.id for item in work.items].count(work.items[0].id) == 1
    assert {item.id for item in work.items} == {item.id for item in before.items}


def test_the_day_begins_where_its_person_reads_times(play: Play) -> None:
    case = play.submitted()
    follow(play, ASA_OFFICER, case, date(2026, 11, 25))
    play.clock.at = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)
    assert "Follow up" not in asks(work_of(play, ASA_OFFICER))
    play.clock.at = datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert "Follow up" in asks(work_of(play, ASA_OFFICER))


def test_nobody_else_sees_it_and_the_case_knows_nothing_of_it(play: Play) -> None:
    case = play.submitted()
    before = history(play, case)
    follow(play, ASA_OFFICER, case)
    assert "Follow up" not in asks(work_of(play, OTHER_ASA_OFFICER))
    assert {item.follow_up for item in work_of(play, OTHER_ASA_OFFICER).items} == {None}
    assert history(play, case) == before


def test_it_can_be_moved_and_taken_off(play: Play) -> None:
    case = play.submitted()
    follow(play, ASA_OFFICER, case)
    follow(play, ASA_OFFICER, case, date(2026, 12, 1))
    assert "Follow up" not in asks(work_of(play, ASA_OFFICER))
    follow(play, ASA_OFFICER, case)
    assert "Follow up" in asks(work_of(play, ASA_OFFICER))
    for _ in range(2):
        follow(play, ASA_OFFICER, case, None)
        assert "Follow up" not in asks(work_of(play, ASA_OFFICER))


def test_what_waits_no_longer_for_a_person_is_not_on_top_of_their_work(play: Play) -> None:
    case = play.submitted()
    follow(play, ASA_OFFICER, case)
    follow(play, PROPOSER, case)
    play.do("take", OTHER_ASA_OFFICER, case)
    assert work_of(play, ASA_OFFICER).items == work_of(play, PROPOSER).items == ()


def test_a_later_page_repeats_nothing_of_it(play: Play) -> None:
    case = play.submitted()
    for n in range(4):
        opened(play, play.draft(title=f"Made up {n}"), NOW, person=ASA_OFFICER, role="x")
    follow(play, ASA_OFFICER, case)
    first = work_of(play, ASA_OFFICER, take=3)
    rest = work_of(play, ASA_OFFICER, after=first.more, take=3)
    seen = [item.id for item in (*first.items, *rest.items)]
    assert len(seen) == len(set(seen)) == 5
    assert [group.name for group in rest.groups] == ["Overdue"]


@pytest.mark.parametrize(("who", "day", "field"), [
    (ASA_OFFICER, date(2026, 11, 23), "day"), ("nobody", TODAY, "person"),
])  # fmt: skip
def test_a_day_that_is_past_and_a_stranger_are_refused(
    play: Play, who: str, day: date, field: str
) -> None:
    case = play.submitted()
    with pytest.raises(InvalidError) as found:
        follow(play, who, case, day)
    assert [reason.field for reason in found.value.reasons] == [field]
