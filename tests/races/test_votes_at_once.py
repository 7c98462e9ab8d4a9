"""F8: many vote at once, click twice, and the chair closes: each vote is counted, once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from statistics import quantiles
from threading import Lock
from time import perf_counter
from typing import cast

import psycopg
import pytest

from conferral.compose import pool
from tests.factory import AT, COMMITTEES, appoint, insert, seed_people
from tests.workflow.play import Play, chair
from workflow.engine import Engine
from workflow.invariants import violations
from workflow.perform import Command, Done, NotAllowedError, perform

BODY = "ugc"
CHOICES = ("yes", "no", "abstain")
Answer = Done | str


@dataclass
class Hall:
    """A committee at its vote, and what each click was answered."""

    engine: Engine
    item: str
    document: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def click(self, command: Command) -> Answer:
        """One click, whatever comes of it; any other error is the test's failure."""
        began = perf_counter()
        try:
            answer: Answer = perform(self.engine, command)
        except NotAllowedError as refusal:
            answer = str(refusal)
        with self._lock:
            self.took.append(perf_counter() - began)
            self.answers.setdefault(command.key, []).append(answer)
        return answer

    def vote(self, member: str, choice: str, *, key: str) -> Command:
        form = {"choice": choice, "document_hash": self.document}
        return Command(trigger="cast_vote", actor=member, key=key, case=self.item, form=form)

    def close(self, *, key: str) -> Command:
        return Command(trigger="close_vote", actor=chair(BODY), key=key, case=self.item)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.engine.connect() as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def hall(
    url: str, *, size: int, seats: Callable[[psycopg.Connection[object]], None] = lambda _: None
) -> Iterator[Hall]:
    """An item open for votes by e-ballot, on so many connections."""
    with psycopg.connect(url) as connection:
        seed_people(connection)
        seats(connection)
    with pool(url, size=size) as connect:
        play = Play(connect)
        case = play.routed()
        item = play.voting(play.items(case)[BODY], BODY)
        yield Hall(play.engine, item, play.document_hash(item))


def at_once(commands: list[Command], hall: Hall, *, threads: int) -> None:
    with ThreadPoolExecutor(threads) as hands:
        list(hands.map(hall.click, commands))


def twice(commands: list[Command]) -> list[Command]:
    """A double click: the same form sent again before the first answer is there."""
    return list(chain.from_iterable((command, command) for command in commands))


def judge(hall: Hall) -> None:
    """Nothing lost, nothing doubled, and the tally is what was said before the close."""
    _each_key_once(hall)
    with hall.engine.connect() as connection:
        assert violations(connection, machines=hall.engine.machines, now=AT) == ()
    history = hall.rows(
        "SELECT seq, trigger, actor, form FROM entry WHERE case_id = %s ORDER BY seq", hall.item
    )
    assert [seq for seq, *_ in history] == list(range(1, len(history) + 1))
    triggers = [trigger for _, trigger, *_ in history]
    assert triggers.count("close_vote") == 1
    closed = triggers.index("close_vote")
    assert "cast_vote" not in triggers[closed:]
    said = {
        actor: cast("Mapping[str, str]", form)["choice"]
        for _, trigger, actor, form in history[:closed] if trigger == "cast_vote"
    }  # fmt: skip
    ((tally,),) = hall.rows("SELECT tally FROM agenda_item WHERE case_id = %s", hall.item)
    counted = cast("Mapping[str, object]", tally)
    assert counted["roll"] == said
    count = Counter(said.values())
    assert [counted[choice] for choice in CHOICES] == [count[choice] for choice in CHOICES]


def _each_key_once(hall: Hall) -> None:
    """The same form has one answer, and one entry where it was possible."""
    entries = dict(cast("list[tuple[str, int]]", hall.rows(
        "SELECT key, seq FROM entry WHERE case_id = %s", hall.item
    )))  # fmt: skip
    for key, answers in hall.answers.items():
        done = {answer.seq for answer in answers if isinstance(answer, Done)}
        assert done == ({entries[key]} if key in entries else set())
        assert not done or all(isinstance(answer, Done) for answer in answers), key
        firsts = [a for a in answers if isinstance(a, Done) and not a.repeated]
        assert len(firsts) == len(done)


@pytest.mark.parametrize("seed", range(3))
def test_nine_members_change_their_votes_from_eight_threads_while_the_chair_closes(
    database_url: str, seed: int
) -> None:
    random = Random(seed)
    with hall(database_url, size=9) as room:
        members = COMMITTEES[BODY]
        first = [room.vote(m, random.choice(CHOICES), key=f"first {m}") for m in members]
        changed = [
            room.vote(m, random.choice(CHOICES), key=f"change {n} {m}")
            for n in range(6) for m in members
        ]  # fmt: skip
        closes = [room.close(key=f"close {n}") for n in range(9)]
        later = twice(changed + closes)
        random.shuffle(later)
        at_once(twice(first), room, threads=8)
        at_once(later, room, threads=8)
        at_once([room.close(key="at last")], room, threads=1)
        judge(room)


def test_two_clicks_of_one_form_are_one_vote_however_they_meet(database_url: str) -> None:
    with hall(database_url, size=9) as room:
        for member in COMMITTEES[BODY]:
            at_once([room.vote(member, "yes", key=member)] * 8, room, threads=8)
        at_once([room.close(key="close")] * 8, room, threads=8)
        assert {len(answers) for answers in room.answers.values()} == {8}
        judge(room)


# ------------------------------------------------------------------------------------- 500 at once

MEMBERS, DOUBLE_CLICKS, CONNECTIONS = 500, 100, 32


def _many_seats(connection: psycopg.Connection[object]) -> None:
    for name in _voters():
        insert(connection, "person", id=name, name=f"Member {name}", email=f"{name}@example.edu")
        appoint(connection, name, role="committee_member", scope=BODY)


def _voters() -> list[str]:
    return [f"member-{n}" for n in range(MEMBERS - len(COMMITTEES[BODY]))]


@pytest.mark.long
def test_five_hundred_sign_off_at_once_with_double_clicks_and_a_chair_who_wavers(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(500)
    with hall(database_url, size=CONNECTIONS, seats=_many_seats) as room:
        members = [*COMMITTEES[BODY], *_voters()]
        votes = [room.vote(m, random.choice(CHOICES), key=m) for m in members]
        clicks = votes + random.sample(votes, DOUBLE_CLICKS)
        random.shuffle(clicks)
        for n in range(10):
            clicks.insert(len(clicks) * (n + 1) // 10, room.close(key=f"close {n}"))
        began = perf_counter()
        at_once(clicks, room, threads=CONNECTIONS)
        lasted = perf_counter() - began
        at_once([room.close(key="at last")], room, threads=1)
        ((voted,),) = room.rows("SELECT count(*) FROM vote WHERE case_id = %s", room.item)
        assert voted == MEMBERS
        judge(room)
    ranks = quantiles(room.took, n=100)
    with capsys.disabled():
        print(  # noqa: T201
            f"\nF8: {MEMBERS} votes and {DOUBLE_CLICKS} double clicks in {lasted:.1f} s, "
            f"p50 {ranks[49]:.2f} s, p99 {ranks[98]:.2f} s at {CONNECTIONS} connections"
        )
