"""Notifications go into envelopes once, together where they belong so, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg

from tasks.context import Context
from tasks.letters import read_mail
from tasks.relay import Relay
from tests import factory
from tests.tasks import world
from tests.tasks.post import Sink
from tests.tasks.world import NOW, SetClock, rows_of, uuid
from workflow.engine import Engine
from workflow.envelopes import sort_all, sort_mail
from workflow.outbox import Attempted, claim_envelopes, finish_envelope

Link = psycopg.Connection[tuple[object, ...]]
#: Tuesday 24 November 2026, 09:00 in Miami, is NOW; the next morning's mail goes out at 13:00 UTC.
MORNING = datetime.fromisoformat("2026-11-25T13:00+00:00")
TEN = timedelta(minutes=10)


def envelopes(engine: Engine) -> list[tuple[object, ...]]:
    """(recipient, thread, importance, due, how much is in it)."""
    return rows_of(
        engine,
        """SELECT e.recipient, e.thread, e.importance, e.due_at,
                  (SELECT count(*) FROM notification n WHERE n.envelope = e.id)
             FROM envelope e ORDER BY e.due_at, e.thread, e.recipient, e.created_at""",
    )


def send_all(link: Link, now: datetime) -> int:
    claimed = claim_envelopes(link, limit=1000, lease=timedelta(seconds=60), business_now=now)
    for mail in claimed:
        assert finish_envelope(link, mail, Attempted("sent", "250 OK"), business_now=now)
    return len(claimed)


def act(link: Link, name: str, **more: object) -> None:
    world.lay_notice(link, name, **{"importance": "act", "kind": "proposal.returned"} | more)


def test_what_one_action_says_to_one_person_is_one_mail(link: Link, engine: Engine) -> None:
    act(link, "a")
    world.lay_notice(link, "b", importance="know")
    world.lay_notice(link, "c", importance="know", to=factory.UNIT_HEAD)
    assert sort_mail(engine) == 3
    assert envelopes(engine) == [
        (factory.UNIT_HEAD, "MC-1", "know", NOW, 1), (factory.PROPOSER, "MC-1", "act", NOW, 2),
    ] or envelopes(engine) == [
        (factory.PROPOSER, "MC-1", "act", NOW, 2), (factory.UNIT_HEAD, "MC-1", "know", NOW, 1),
    ]  # fmt: skip
    assert sort_mail(engine) == 0


def test_the_first_goes_at_once_and_what_follows_within_ten_minutes_is_one_more(
    link: Link, engine: Engine, clock: SetClock
) -> None:
    act(link, "first")
    sort_all(engine)
    assert send_all(link, clock.at) == 1
    for minute in (2, 5, 9):
        clock.at = NOW + timedelta(minutes=minute)
        act(link, f"{minute}", created_at=clock.at, due_at=clock.at)
        sort_all(engine)
        assert send_all(link, clock.at) == 0
    clock.at = NOW + TEN
    assert send_all(link, clock.at) == 1
    assert [row[3:] for row in envelopes(engine)] == [(NOW, 1), (NOW + TEN, 3)]
    states = rows_of(engine, "SELECT DISTINCT state FROM notification")
    assert states == [("sent",)]


def test_an_envelope_that_is_being_sent_takes_in_nothing_more(link: Link, engine: Engine) -> None:
    act(link, "first")
    sort_all(engine)
    claim_envelopes(link, limit=9, lease=timedelta(seconds=60), business_now=NOW)
    act(link, "second")
    sort_all(engine)
    assert [row[3:] for row in envelopes(engine)] == [(NOW, 1), (NOW + TEN, 1)]


def test_what_asks_for_something_brings_news_that_waits_with_it(
    link: Link, engine: Engine, clock: SetClock
) -> None:
    world.lay_notice(link, "told", importance="know")
    sort_all(engine)
    send_all(link, NOW)
    clock.at = NOW + timedelta(minutes=2)
    world.lay_notice(link, "more", importance="know")
    sort_all(engine)
    assert envelopes(engine)[1][2:] == ("know", NOW + TEN, 1)
    act(link, "now")
    sort_all(engine)
    assert envelopes(engine)[1][2:] == ("act", clock.at, 2)


def test_what_is_held_over_night_is_one_mail_a_person_in_the_morning(
    link: Link, engine: Engine, clock: SetClock
) -> None:
    world.lay_case(link, "MC-2")
    clock.at = NOW + timedelta(hours=13)
    act(link, "a")
    act(link, "b", case_id="MC-2")
    world.lay_notice(link, "c", importance="fyi")
    act(link, "d", to=factory.UNIT_HEAD)
    sort_all(engine)
    assert sorted(envelopes(engine)) == sorted([
        (factory.PROPOSER, "morning", "act", MORNING, 3),
        (factory.UNIT_HEAD, "morning", "act", MORNING, 1),
    ])  # fmt: skip
    assert send_all(link, MORNING - timedelta(seconds=1)) == 0
    assert send_all(link, MORNING) == 2


def test_of_news_the_fourth_mail_of_a_day_waits_for_the_morning(link: Link, engine: Engine) -> None:
    for n in range(2, 7):
        world.lay_case(link, f"MC-{n}")
        world.lay_notice(link, f"{n}", case_id=f"MC-{n}", importance="know")
    sort_all(engine)
    assert [row[1] for row in envelopes(engine)] == ["MC-2", "MC-3", "MC-4", "morning"]
    assert envelopes(engine)[3][3:] == (MORNING, 2)


def test_a_second_reminder_of_one_item_on_a_day_waits_for_the_morning(
    link: Link, engine: Engine
) -> None:
    for n, kind in enumerate(("draft.remind", "draft.warn", "endorse.remind")):
        act(link, kind, kind=f"proposal.{kind}", seq=3, occurrence=f"{n}")
        sort_all(engine)
        send_all(link, NOW)
    assert [row[1] for row in envelopes(engine)] == ["MC-1", "MC-1", "morning"]


def test_what_is_turned_off_is_muted_and_stands_in_no_mail(link: Link, engine: Engine) -> None:
    factory.insert(link, "mail_wishes", fyi=False)
    world.lay_notice(link, "a", importance="fyi")
    act(link, "b")
    assert sort_all(engine) == 2
    assert rows_of(engine, "SELECT state, envelope FROM notification ORDER BY state") == [
        ("muted", None), ("pending", uuid("b")),
    ]  # fmt: skip


def test_many_sorters_at_once_put_each_notification_into_one_envelope(
    link: Link, engine: Engine
) -> None:
    people = (factory.PROPOSER, factory.UNIT_HEAD, factory.ASA_OFFICER, factory.LEARNER)
    for n in range(200):
        act(link, f"{n}", to=people[n % 4])

    def sort(_: int) -> int:
        total = 0
        while rows_of(engine, "SELECT 1 FROM notification WHERE envelope IS NULL LIMIT 1"):
            total += sort_mail(engine, limit=7)
        return total

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sort, range(4))) == 200
    assert [row[4] for row in envelopes(engine)] == [50] * 4


def test_facts_without_a_date_that_can_be_read_harm_nobody(link: Link, engine: Engine) -> None:
    for n, due in enumerate(("tomorrow", "2026-11-24T09:00:00", "2026-11-24T22:00:00+00:00")):
        act(link, f"{n}", facts={"due": due})
    assert sort_all(engine) == 3


def test_a_mail_that_merges_says_all_of_it_and_each_of_them_ends_sent(
    link: Link, context: Context, post: Sink
) -> None:
    act(link, "a", kind="proposal.endorse")
    world.lay_notice(link, "b", kind="proposal.received", importance="know")
    Relay(context).drain()
    [mail] = post.mails()
    assert mail["Subject"] == '[MC-1] Endorse "Data Storytelling" (and 1 more)'
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "YOUR ENDORSEMENT IS ASKED FOR" in text
    assert '"DATA STORYTELLING" IS WITH ASA' in text
    assert rows_of(context.engine, "SELECT DISTINCT state FROM notification") == [("sent",)]


def test_the_mornings_mail_lists_what_is_to_do_and_then_what_is_new(
    link: Link, context: Context, post: Sink, clock: SetClock
) -> None:
    world.lay_case(link, "MC-2")
    clock.at = NOW + timedelta(hours=13)
    act(
        link,
        "a",
        kind="proposal.endorse",
        facts={"due": (MORNING + timedelta(hours=9)).isoformat()},
    )
    act(link, "b", kind="proposal.design", case_id="MC-2")
    world.lay_notice(link, "c", kind="proposal.assigned", case_id="MC-2", importance="fyi")
    relay = Relay(context)
    relay.drain()
    assert post.taken == []
    clock.at = MORNING
    relay.drain()
    [mail] = post.mails()
    assert mail["Subject"] == "Your Wednesday: 2 to do (1 due today), 1 update"
    assert "References" not in mail
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert text.index("TO DO") < text.index("[MC-1]") < text.index("WHAT IS NEW")


def test_what_was_held_alone_is_an_ordinary_mail_in_the_thread_of_its_case(
    link: Link, context: Context, post: Sink, clock: SetClock
) -> None:
    clock.at = NOW + timedelta(hours=13)
    act(link, "a", kind="proposal.endorse")
    relay = Relay(context)
    relay.drain()
    clock.at = MORNING
    relay.drain()
    [mail] = post.mails()
    assert mail["Subject"] == '[MC-1] Endorse "Data Storytelling"'
    assert mail["References"]


def test_an_envelope_that_is_not_there_is_no_mail(link: Link) -> None:
    assert read_mail(link, uuid("nowhere")) is None


def test_what_was_done_since_one_was_last_written_to_is_read_from_the_history(link: Link) -> None:
    world.lay_mail(link, "before", seq=1, kind="proposal.received", created_at=NOW - TEN)
    factory.insert(link, "entry", seq=2, from_state="draft", to_state="draft", trigger="edit",
                   key="e2", actor=factory.UNIT_HEAD)  # fmt: skip
    world.lay_mail(link, "now")
    before, now = (read_mail(link, uuid(name)) for name in ("before", "now"))
    assert before is not None
    assert now is not None
    assert (before.letters[0].last_wrote, before.letters[0].since) == (None, [])
    assert now.letters[0].last_wrote == NOW - TEN
    assert [tuple(one) for one in now.letters[0].since] == [
        (factory.UNIT_HEAD, "Noor Specimen", "edit")
    ]
