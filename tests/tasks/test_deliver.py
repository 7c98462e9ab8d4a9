"""From a due row to the mail server: once where all goes well, explained where it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from tasks.context import Context
from tasks.deliver import deliver, deliver_claimed, written
from tests import factory
from tests.tasks import world
from tests.tasks.post import Sink
from tests.tasks.world import NOW, rows_of, uuid
from workflow.outbox import claim_envelopes

Link = psycopg.Connection[tuple[object, ...]]


def state(context: Context) -> tuple[object, ...]:
    [row] = rows_of(context.engine, "SELECT state, attempts, outcome FROM envelope")
    return row


def results(context: Context) -> list[object]:
    return [row[0] for row in rows_of(context.engine, "SELECT result FROM attempt ORDER BY id")]


def wake_up(link: Link) -> None:
    link.execute(
        "UPDATE envelope SET retry_at = now() - interval '1 s', "
        "lease_until = now() - interval '1 s'"
    )


def test_a_due_mail_is_sent_and_marked_with_the_servers_words(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    answer = deliver(context, one)
    assert answer is not None
    assert answer.result == "sent"
    assert state(context) == ("sent", 1, "250 OK")
    assert post.ids() == [f"<{one}@example.edu>"]
    assert post.mails()[0]["To"] == "Rowan Sample <rowan.sample@example.edu>"


def test_a_second_delivery_finds_it_done_and_returns(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    deliver(context, one)
    assert deliver(context, one) is None
    assert deliver(context, uuid("no such row")) is None
    assert len(post.taken) == 1


@pytest.mark.parametrize("said", ["421 too busy", "451 greylisted"])
def test_a_refusal_for_now_rests_and_is_tried_again(
    link: Link, context: Context, post: Sink, said: str
) -> None:
    one = world.lay_mail(link, "one")
    post.at_rcpt = lambda _: said
    deliver(context, one)
    assert state(context) == ("pending", 1, said)
    assert deliver(context, one) is None
    post.at_rcpt = lambda _: ""
    wake_up(link)
    deliver(context, one)
    assert state(context) == ("sent", 2, "250 OK")
    assert results(context) == ["retry", "sent"]


def test_a_refusal_for_good_is_dead_at_once_with_its_reason(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    post.at_rcpt = lambda _: "550 no such user"
    deliver(context, one)
    assert state(context) == ("dead", 1, "550 no such user")
    assert results(context) == ["dead"]


def test_a_moment_that_never_comes_ends_in_dead_after_the_last_attempt(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    post.at_rcpt = lambda _: "451 greylisted"
    for _ in range(8):
        assert state(context)[0] == "pending"
        wake_up(link)
        deliver(context, one)
    assert state(context) == ("dead", 8, "451 greylisted")
    assert results(context) == ["retry"] * 8


def test_a_server_that_is_away_kills_no_mail_however_long_and_all_go_when_it_is_back(
    link: Link, context: Context, post: Sink
) -> None:
    ids = [world.lay_mail(link, f"{n}") for n in range(3)]
    away = replace(context, smtp_url=post.url)
    post.at_mail = lambda _: "421 going down"
    for _ in range(40):
        wake_up(link)
        for one in ids:
            deliver(away, one)
    states = rows_of(context.engine, "SELECT state, attempts FROM envelope")
    assert {one[0] for one in states} == {"pending"}
    assert sum(int(str(one[1])) for one in states) == 4  # those before it was let alone
    assert results(context) == ["retry"] * 5
    link.execute("UPDATE mail_server SET probe_at = clock_timestamp()")
    wake_up(link)
    deliver(away, ids[0])  # the probe: it costs the mail nothing
    assert results(context) == ["retry"] * 6
    post.at_mail = lambda _: ""
    link.execute("UPDATE mail_server SET probe_at = clock_timestamp()")
    for one in ids:
        wake_up(link)
        deliver(away, one)
    assert rows_of(context.engine, "SELECT DISTINCT state FROM envelope") == [("sent",)]
    assert rows_of(context.engine, "SELECT failures, closed_since FROM mail_server") == [(0, None)]


def test_a_password_that_is_refused_stops_all_mail_at_once_and_kills_none(
    link: Link, context: Context, post: Sink
) -> None:
    one, two = world.lay_mail(link, "one"), world.lay_mail(link, "two")
    post.at_mail = lambda _: "535 5.7.8 wrong password"
    deliver(context, one)
    assert deliver(context, two) is None
    assert rows_of(context.engine, "SELECT state, attempts FROM envelope") == [("pending", 0)] * 2
    found = rows_of(context.engine, "SELECT setting, why FROM mail_server")
    assert found == [(True, "535 5.7.8 wrong password")]


def test_a_probe_that_never_came_to_the_server_leaves_the_way_to_another(
    link: Link, context: Context
) -> None:
    odd = world.lay_mail(link, "odd", kind="proposal.unheard_of")
    link.execute(
        "INSERT INTO mail_server (name, failures, closed_since, probe_at) "
        "VALUES (%s, 5, now(), now())",
        (context.smtp_url.removeprefix("smtp://"),),
    )
    deliver(context, odd)
    one = world.lay_mail(link, "one")
    answer = deliver(context, one)
    assert answer is not None
    assert answer.result == "sent"


def test_each_attempt_says_how_long_it_took(link: Link, context: Context) -> None:
    deliver(context, world.lay_mail(link, "one"))
    ((took,),) = rows_of(context.engine, "SELECT took_ms FROM attempt")
    assert isinstance(took, int)


def test_more_mails_to_a_domain_than_its_pace_wait_untried(
    link: Link, context: Context, post: Sink
) -> None:
    slow = replace(context, figures=replace(context.figures, domains={"example.edu": 6}))
    for n in range(4):
        deliver(slow, world.lay_mail(link, f"{n}"))
    assert len(post.taken) == 2
    assert results(context) == ["sent", "sent"]
    waiting = rows_of(
        context.engine,
        "SELECT attempts, slot_at > now(), retry_at > now() FROM envelope WHERE state = 'pending'",
    )
    assert waiting == [(0, True, True)] * 2


def test_an_address_that_mail_came_back_from_gets_none_and_says_why(
    link: Link, context: Context, post: Sink
) -> None:
    link.execute(
        "INSERT INTO undeliverable SELECT lower(email), id, now(), '550 no such user' FROM person "
        "WHERE id = %s", (factory.PROPOSER,),
    )  # fmt: skip
    deliver(context, world.lay_mail(link, "one"))
    assert state(context)[::2] == ("dead", "Mail to this address came back: 550 no such user")
    assert post.taken == []


def test_mail_comes_back_to_an_address_that_names_it(
    link: Link, context: Context, post: Sink
) -> None:
    heard: list[str] = []
    post.at_mail = lambda line: heard.append(line.split(" ")[0]) or ""  # type: ignore[func-returns-value]
    one = world.lay_mail(link, "one")
    deliver(replace(context, bounces_to="bounces@example.edu"), one)
    assert heard == [f"bounces+{one.hex}@example.edu"]


def test_a_mail_is_written_anew_as_it_was_sent(link: Link, context: Context, post: Sink) -> None:
    one = world.lay_mail(link, "one")
    deliver(context, one)
    body = post.mails()[0].get_body(("plain",))
    assert body is not None
    assert written(context, one) == body.get_content().replace("\r\n", "\n")
    assert written(context, uuid("nowhere")) is None
    assert written(context, world.lay_mail(link, "odd", kind="proposal.unheard_of")) is None


def test_silence_after_the_mail_makes_a_copy_with_the_same_message_id_and_says_so(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    post.at_data = lambda: "drop"
    deliver(context, one)
    post.at_data = lambda: ""
    wake_up(link)
    deliver(context, one)
    assert results(context) == ["unknown", "sent"]
    assert post.ids() == [f"<{one}@example.edu>"] * 2
    assert post.taken[0] == post.taken[1]


def test_a_slow_server_is_given_up_within_the_total_time(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one")
    post.wait = 30
    deliver(replace(context, smtp_total=timedelta(seconds=0.3)), one)
    assert state(context) == ("pending", 1, "No answer in time")
    assert results(context) == ["unknown"]


def test_one_bad_recipient_keeps_nobody_else_from_their_mail(
    link: Link, context: Context, post: Sink
) -> None:
    link.execute("UPDATE person SET email = 'two words@x' WHERE id = %s", (factory.PROPOSER,))
    bad = world.lay_mail(link, "bad")
    good = world.lay_mail(link, "good", to=factory.UNIT_HEAD)
    deliver(context, bad)
    deliver(context, good)
    found = rows_of(context.engine, "SELECT id, state, outcome FROM envelope ORDER BY state")
    assert found == [
        (bad, "dead", "The address is not written as mail needs it."), (good, "sent", "250 OK"),
    ]  # fmt: skip
    assert len(post.taken) == 1


def test_a_kind_without_a_sentence_is_an_incident_and_not_a_loop(
    link: Link, context: Context
) -> None:
    deliver(context, world.lay_mail(link, "odd", kind="proposal.unheard_of"))
    assert state(context)[0] == "dead"
    assert "proposal.unheard_of" in str(state(context)[2])


def test_facts_that_break_a_sentence_are_tried_again_and_then_dead(
    link: Link, context: Context
) -> None:
    deliver(context, world.lay_mail(link, "odd", facts={"due": "not a date"}))
    assert state(context)[0] == "pending"
    assert results(context) == ["retry"]


def test_a_mail_under_which_workers_die_is_given_up_without_being_sent(
    link: Link, context: Context, post: Sink
) -> None:
    one = world.lay_mail(link, "one", attempts=8)
    deliver(context, one)
    assert state(context) == ("dead", 9, "8 attempts ended without an answer.")
    assert post.taken == []


def test_a_worker_whose_lease_ended_marks_nothing(link: Link, context: Context, post: Sink) -> None:
    world.lay_mail(link, "one")
    claim: Callable[[], list[object]] = lambda: list(  # noqa: E731
        claim_envelopes(
            link, limit=1, lease=timedelta(seconds=30), business_now=NOW, ids=[uuid("one")]
        )
    )
    [late] = claim()
    wake_up(link)
    [now] = claim()
    assert deliver_claimed(context, late) is None  # type: ignore[arg-type]
    assert state(context)[0] == "pending"
    assert deliver_claimed(context, now) is not None  # type: ignore[arg-type]
    assert results(context) == ["unknown", "sent"]
    assert len(post.taken) == 2  # one copy more than one, and an unknown attempt that explains it


def test_a_lease_that_could_end_under_a_sender_is_refused(context: Context) -> None:
    with pytest.raises(ValueError, match="twice"):
        replace(context, smtp_total=timedelta(seconds=40))
