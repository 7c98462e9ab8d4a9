"""The ladder of one late item, as its readers find it in their mailboxes, in order."""

from collections import defaultdict
from collections.abc import Iterator

import psycopg
import pytest

from conferral.compose import pool
from tasks.context import Context
from tasks.relay import Relay
from tests.factory import seed_people
from tests.tasks.post import Sink, sink
from tests.workflow.play import Play


@pytest.fixture
def play(database_url: str) -> Iterator[Play]:
    with psycopg.connect(database_url) as connection:
        seed_people(connection)
    with pool(database_url, size=6) as connect:
        yield Play(connect)


@pytest.fixture
def post() -> Iterator[Sink]:
    with sink() as made:
        yield made


def test_one_late_item_is_told_step_by_step_and_openly_to_who_is_above(
    play: Play, post: Sink
) -> None:
    relay = Relay(
        Context(
            engine=play.engine,
            smtp_url=post.url,
            sender="Conferral <conferral@example.edu>",
            base_url="https://conferral.example.edu",
        )
    )
    play.submitted(title="Data Storytelling")
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    seen = 0
    for _ in range(35):
        relay.drain()
        today = f"{play.engine.calendar.day_of(play.clock.now()):%a %-d %b}"
        for mail in post.mails()[seen:]:
            name = str(mail["To"]).partition(" <")[0]
            told[name].append((today, str(mail["Subject"]).strip()))
        seen = len(post.taken)
        play.clock.advance(days=1)
    it = 'the consultation for "Data Storytelling"'
    above = "also sent to Max Instance"
    assert told["Ida Example"] == [
        ("Tue 24 Nov", '[MC-1] New for consultation: "Data Storytelling" by Thu 10 Dec'),
        ("Tue 1 Dec", f"[MC-1] Due in 7 business days: {it}"),
        ("Mon 7 Dec", f"[MC-1] Due in 3 business days: {it}"),
        ("Thu 10 Dec", f"[MC-1] Due today: {it}"),
        ("Tue 15 Dec", f"[MC-1] 3 business days late: {it}; {above}"),
        ("Tue 22 Dec", f"[MC-1] 8 business days late: {it}; {above}"),
    ]
    assert told["Sam Placeholder"] == told["Ida Example"]  # both hold the office
    assert told["Max Instance"] == [
        ("Tue 15 Dec", f"[MC-1] 3 business days late: {it}"),
        ("Tue 22 Dec", f"[MC-1] 8 business days late: {it}"),
    ]
    assert len(post.ids()) == len(set(post.ids()))
