"""My work: what waits, in the order in which it is due, in pages that lose and double nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests import factory
from tests.factory import ASA_OFFICER, OTHER_ASA_OFFICER, PROPOSER, UNIT_HEAD
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow.queries.people import person
from workflow.queries.work import Cursor, MyWork, my_work

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def work_of(play: Play, who: str, *, after: Cursor | None = None, take: int = 50) -> MyWork:
    engine, now = play.engine, play.clock.now()
    with play.connect() as connection:
        someone = person(connection, who, now)
        assert someone
        return my_work(
            connection, someone, now=now, calendar=engine.calendar, machines=engine.machines,
            after=after, take=take,
        )  # fmt: skip


def asks(work: MyWork) -> dict[str, list[str]]:
    return {group.name: [item.asks for item in group.items] for group in work.groups}


def opened(play: Play, case: str, due: datetime | None, **who: object) -> UUID:
    """A work item more, for a person or a role."""
    item = uuid4()
    with play.connect() as connection:
        factory.insert(connection, "work_item", id=item, case_id=case, kind="draft", due_at=due,
                       **({"person": None, "role": "", "scope": ""} | who))  # fmt: skip
    return item


def test_items_stand_under_overdue_today_this_week_and_later_in_the_readers_zone(
    play: Play,
) -> None:
    case = play.draft()
    for due, title in [
        ("2026-11-20T22:00", "late"), ("2026-11-24T22:00", "today"),
        ("2026-11-25T04:59", "still today in Miami"), ("2026-11-25T05:01", "tomorrow"),
        ("2026-11-30T04:59", "Sunday"), ("2026-11-30T05:00", "Monday"),
    ]:  # fmt: skip
        at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        opened(play, case, at, person=OTHER_ASA_OFFICER, role=title)
    opened(play, case, None, person=OTHER_ASA_OFFICER, role="undated")
    groups = work_of(play, OTHER_ASA_OFFICER).groups
    assert {g.name: [i.role.lower() for i in g.items] for g in groups} == {
        "Overdue": ["late"], "Today": ["today", "still today in miami"],
        "This week": ["tomorrow", "sunday"], "Later": ["monday", "undated"],
    }  # fmt: skip
    late = groups[0].items[0].due
    assert (late.late, late.days) == (True, -2)


def test_an_office_sees_what_waits_for_the_office_and_a_stranger_to_it_does_not(
    play: Play,
) -> None:
    play.submitted()
    expected = {"Later": ["Consult on Data Storytelling"]}
    assert asks(work_of(play, ASA_OFFICER)) == asks(work_of(play, OTHER_ASA_OFFICER)) == expected
    assert work_of(play, UNIT_HEAD).items == ()
    assert work_of(play, PROPOSER).items == ()


def test_what_one_officer_took_is_no_longer_the_others(play: Play) -> None:
    case = play.submitted()
    play.do("assign_reviewer", ASA_OFFICER, case, reviewer=OTHER_ASA_OFFICER)
    assert work_of(play, ASA_OFFICER).items == ()
    assert len(work_of(play, OTHER_ASA_OFFICER).items) == 1


def test_a_delegate_sees_the_work_with_whose_it_is_and_each_item_once(play: Play) -> None:
    case = play.draft()
    play.do("ask_endorsement", PROPOSER, case)
    with play.connect() as connection:
        factory.appoint(connection, PROPOSER, role="unit_head", scope=factory.UNIT,
                        on_behalf_of=UNIT_HEAD)  # fmt: skip
        factory.appoint(connection, UNIT_HEAD, role="unit_head", scope=factory.UNIT, id="twice")
    endorse = [i for i in work_of(play, PROPOSER).items if i.asks.startswith("Endorse")]
    assert [item.role for item in endorse] == ["For Noor Specimen, Unit head"]
    assert len(work_of(play, UNIT_HEAD).items) == 1


def test_an_appointment_that_has_ended_brings_no_work(play: Play) -> None:
    play.submitted()
    with play.connect() as connection:
        connection.execute(
            "UPDATE appointment SET ends = %s WHERE person = %s AND role = 'asa_officer'",
            (play.clock.now(), ASA_OFFICER),
        )
    assert work_of(play, ASA_OFFICER).items == ()


def test_pages_follow_each_other_without_loss_or_repetition(play: Play) -> None:
    case = play.draft()
    same = NOW + timedelta(days=3)
    dues = [same] * 7 + [NOW + timedelta(days=n) for n in range(-2, 6)] + [None] * 5
    whose = ({"role": "asa_officer"}, {"person": ASA_OFFICER, "role": "x"})
    made = {opened(play, case, due, **whose[n % 2]) for n, due in enumerate(dues)}
    for take in (1, 3, 50):
        seen, after = [], None
        while True:
            page = work_of(play, ASA_OFFICER, after=after, take=take)
            assert len(page.items) <= take
            seen += page.items
            if page.more is None:
                break
            after = page.more
        assert [item.id for item in seen] == [item.id for item in sorted(seen, key=_due)]
        assert len(seen) == len(made)
        assert {item.id for item in seen} == made


def _due(item: object) -> tuple[bool, datetime, UUID]:
    at = item.due.at  # type: ignore[attr-defined]
    return at is None, at or NOW, item.id  # type: ignore[attr-defined]


def test_what_is_mine_and_waits_for_others_says_for_whom_since_when(play: Play) -> None:
    case = play.submitted()
    (waiting,) = work_of(play, PROPOSER).waiting
    assert (waiting.case, waiting.title, waiting.role) == (case, "Data Storytelling", "Proposer")
    assert waiting.who == "Ida Example or Sam Placeholder"
    assert waiting.state_says == "in consultation with ASA"
    assert waiting.dots == ("done", "now", "next", "next", "next", "next", "next")
    assert waiting.due.days == 10
    assert work_of(play, ASA_OFFICER).waiting == ()


@pytest.mark.parametrize("trigger", ["withdraw", "keep"])
def test_what_has_ended_or_is_mine_now_waits_for_nobody(play: Play, trigger: str) -> None:
    case = play.draft()
    play.do(trigger, PROPOSER, case)
    assert work_of(play, PROPOSER).waiting == ()


def test_a_learner_sees_claims_that_wait_and_awards_that_are_earned(awards: Awards) -> None:
    credential = awards.badge()
    award = awards.claimed(credential)
    awards.submit(award)
    (waiting,) = work_of(awards.play, factory.LEARNER).waiting
    assert (waiting.role, waiting.who) == ("Learner", "Mina Testcase or Theo Rubric")
    awards.issued(credential, factory.OTHER_LEARNER)
    mira = work_of(awards.play, factory.OTHER_LEARNER)
    (earned,) = mira.earned
    assert (earned.title, earned.type) == ("Data Storytelling", "digital_badge")
    assert len(earned.number) == 36
    assert mira.waiting == ()


def test_each_member_of_a_ballot_has_their_own_item_until_they_vote(play: Play) -> None:
    item = play.voting(play.items(play.routed())["ugc"], "ugc")
    play.vote(item, "ugc", "y")
    first, second = factory.COMMITTEES["ugc"][:2]
    assert all("Vote on" not in one.asks for one in work_of(play, first).items)
    assert any("Vote on" in one.asks for one in work_of(play, second).items)
