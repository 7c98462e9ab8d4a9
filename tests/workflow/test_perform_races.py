"""The one door under load: who wins a race, what is there once, how many round trips."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from typing import cast

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import UniqueViolation

from conferral.compose import make_engine, pool
from tests.factory import (
    OTHER_LEARNER,
    PROPOSER,
    REGISTRAR,
    UNIT,
    UNIT_HEAD,
)
from tests.unchanged import unchanged
from tests.workflow.award_play import Awards
from tests.workflow.door import Hook, begin, command, history, rows
from tests.workflow.play import Play
from tests.workflow.wire import tapped
from workflow import perform as door
from workflow.engine import Engine
from workflow.perform import (
    Command,
    Done,
    InvalidError,
    NotAllowedError,
    Refused,
    perform,
)
from workflow.rules import Reason

Link = Connection[tuple[object, ...]]


@pytest.fixture
def case(play: Play) -> str:
    return begin(play, title="Maps")


# ------------------------------------------------------------------------- races


def both(barrier: Barrier) -> Callable[[int], object]:
    """Let the first reads of two threads meet, so that both have read before either writes."""
    return lambda attempt: barrier.wait(10) if attempt <= 2 else None


def at_once(engine: Engine, *commands: Command) -> list[Done | Refused]:
    def answer(one: Command) -> Done | Refused:
        try:
            return perform(engine, one)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(answer, commands))


def test_a_lost_race_is_tried_again_under_the_lock_and_both_are_entered(
    play: Play, case: str
) -> None:
    hook = Hook(play, both(Barrier(2)))
    done = at_once(hook.engine(), command("keep", case), command("keep", case))
    assert hook.attempts == 3
    assert sorted(one.seq for one in done if isinstance(one, Done)) == [2, 3]
    assert [seq for seq, *_ in history(play, case)] == [1, 2, 3]


def test_whoever_loses_a_race_is_judged_by_what_the_winner_left(play: Play, case: str) -> None:
    hook = Hook(play, both(Barrier(2)))
    done = at_once(hook.engine(), command("withdraw", case), command("withdraw", case))
    (won,) = (one for one in done if isinstance(one, Done))
    (lost,) = (one for one in done if isinstance(one, Refused))
    assert (won.state, type(lost)) == ("withdrawn", NotAllowedError)
    assert "it is withdrawn" in str(lost)
    assert len(history(play, case)) == 2


def test_whoever_loses_a_race_to_an_edit_has_seen_an_old_text(play: Play, case: str) -> None:
    """Both saw revision 1; the one that comes second must look again."""
    hook = Hook(play, both(Barrier(2)))
    edits = [command("edit", case, form={"fields": {"title": title}}, revision=1) for title in "AB"]
    done = at_once(hook.engine(), *edits)
    assert sorted(type(one).__name__ for one in done) == ["Done", "StaleError"]


def test_one_key_at_once_on_one_case_is_done_once_and_answered_twice(play: Play, case: str) -> None:
    hook = Hook(play, both(Barrier(2)))
    same = command("keep", case)
    first, second = cast("list[Done]", at_once(hook.engine(), same, same))
    assert {first.repeated, second.repeated} == {True, False}
    assert first.seq == second.seq == 2
    assert len(history(play, case)) == 2


def test_one_key_at_once_opens_one_case_and_is_answered_twice(play: Play) -> None:
    hook = Hook(play, both(Barrier(2)))
    same = command("open", None, form={"unit": UNIT})
    first, second = cast("list[Done]", at_once(hook.engine(), same, same))
    assert {first.repeated, second.repeated} == {True, False}
    assert first.case == second.case
    assert rows(play, "SELECT count(*) FROM cases") == [(1,)]


def test_many_at_once_leave_no_gap(play: Play, case: str) -> None:
    commands = [command("keep", case) for _ in range(24)]
    done = at_once(play.engine, *commands)
    assert sorted(one.seq for one in done if isinstance(one, Done)) == list(range(2, 26))
    assert [seq for seq, *_ in history(play, case)] == list(range(1, 26))


def test_an_appointment_that_ends_between_read_and_write_is_no_longer_relied_on(
    play: Play, database_url: str
) -> None:
    case = play.draft()

    def end(_: int) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE appointment SET ends = %s WHERE person = %s AND role = 'unit_head'",
                (play.clock.now(), UNIT_HEAD),
            )

    hook = Hook(play, end)
    with pytest.raises(NotAllowedError) as refused:
        perform(hook.engine(), command("endorse", case, UNIT_HEAD))
    # The second attempt, under the lock, sees that the next head up is asked now.
    assert hook.attempts == 2
    assert "That is Dana Template." in str(refused.value)
    assert len(history(play, case)) == 1


class _Lent:
    """A connection that does something of its own before it takes the lock."""

    def __init__(self, connection: Link, before_lock: Callable[[], None]) -> None:
        self._connection = connection
        self._before_lock = before_lock

    def execute(self, query: str, values: tuple[object, ...]) -> object:
        assert query.endswith("FOR UPDATE")
        self._before_lock()
        return self._connection.execute(query.encode(), values)

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def test_an_appointment_that_comes_and_goes_is_refused_in_the_end(
    play: Play, database_url: str
) -> None:
    case = play.draft()

    def ends(at: datetime | None) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE appointment SET ends = %s WHERE person = %s AND role = 'unit_head'",
                (at, UNIT_HEAD),
            )

    @contextmanager
    def lend() -> Iterator[Link]:
        with play.connect() as connection:
            yield cast("Link", _Lent(connection, lambda: ends(None)))

    hook = Hook(play, lambda _: ends(play.clock.now()))
    with pytest.raises(NotAllowedError, match="Your appointment ended while you acted"):
        perform(hook.engine(connect=lend), command("endorse", case, UNIT_HEAD))
    assert hook.attempts == 2
    assert len(history(play, case)) == 1


# ------------------------------------------------------------------------- what is there once


def first_only(act: Callable[[], object]) -> Callable[[int], object]:
    return lambda attempt: act() if attempt == 1 else None


def test_two_proposals_submitted_at_once_cannot_hold_one_title(play: Play) -> None:
    one, other = (play.draft(title="Data Maps") for _ in range(2))
    for case in (one, other):
        play.do("endorse", UNIT_HEAD, case)
    hook = Hook(play, first_only(lambda: play.do("submit", PROPOSER, one)))
    with pytest.raises(NotAllowedError) as refused:
        perform(hook.engine(), command("submit", other))
    assert refused.value.reasons == (door.UNIQUE_REASONS["uq_proposal_title_held"],)
    assert [row[1] for row in history(play, other)] == ["open", "endorse"]


def test_a_learner_who_claims_twice_at_once_has_one_claim(play: Play) -> None:
    badge = Awards(play).badge()
    claim = command("claim", None, OTHER_LEARNER, machine="award", form={"credential": badge})
    hook = Hook(play, both(Barrier(2)))
    done = at_once(hook.engine(), claim, replace(claim, key="another"))
    (lost,) = (one for one in done if isinstance(one, Refused))
    assert lost.reasons == (door.UNIQUE_REASONS["uq_award_open"],)
    assert rows(play, "SELECT count(*) FROM award") == [(1,)]


def test_every_uniqueness_that_is_put_into_words_is_one_of_the_schema(play: Play) -> None:
    known = {
        str(name)
        for (name,) in rows(
            play, "SELECT indexname FROM pg_indexes WHERE indexdef LIKE 'CREATE UNIQUE%%'"
        )
    }
    assert {*door.UNIQUE_REASONS, *door.DRAWN, "uq_entry_key"} <= known
    assert all(isinstance(reason, Reason) for reason in door.UNIQUE_REASONS.values())


def test_what_is_drawn_at_random_is_drawn_again_while_it_is_taken(
    play: Play, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draw fails as often as it must, on a constraint of the draws."""
    monkeypatch.setattr(door, "DRAWN", frozenset({"uq_entry_key"}))
    monkeypatch.setattr(door, "DRAWS", 3)
    taken = command("keep", case)
    perform(play.engine, taken)
    other = begin(play)
    # The same key on another case: the read finds it, so it is hidden from it here.
    hook = Hook(play, lambda _: None)
    engine = _blind_to_keys(hook.engine(), monkeypatch)
    with pytest.raises(door._TakenError):
        perform(engine, replace(taken, case=other))
    assert hook.attempts == 3


def test_a_collision_that_we_do_not_know_is_not_swallowed(play: Play, database_url: str) -> None:
    case = play.draft()
    play.do("ask_endorsement", PROPOSER, case)
    with play.connect() as connection:
        connection.execute("CREATE UNIQUE INDEX uq_new ON work_item (case_id, kind)")
    with unchanged(database_url), pytest.raises(UniqueViolation, match="uq_new"):
        play.do("ask_endorsement", PROPOSER, case)


def test_inside_a_transaction_of_the_caller_a_known_key_race_is_left_to_them(
    play: Play, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is broken by then: only whoever began it can begin again."""
    taken = command("keep", case)
    perform(play.engine, taken)
    other = begin(play)
    with play.connect() as connection:

        @contextmanager
        def lend() -> Iterator[Link]:
            yield connection

        engine = _blind_to_keys(replace(play.engine, connect=lend), monkeypatch)
        with pytest.raises(UniqueViolation), connection.transaction():
            perform(engine, replace(taken, case=other))


def test_a_key_race_with_another_case_is_answered_after_the_write_is_undone(
    play: Play, case: str
) -> None:
    other = begin(play)
    same = command("keep", other)
    hook = Hook(play, first_only(lambda: perform(play.engine, replace(same, case=case))))
    with pytest.raises(InvalidError, match="already used"):
        perform(hook.engine(), same)
    assert len(history(play, other)) == 1


def _blind_to_keys(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine whose reads find no earlier answer, as if it came between read and write."""
    read = door.read_case

    def blind(*given: object) -> object:
        found = read(*given)  # type: ignore[arg-type]
        return replace(found, earlier=None) if found else None

    monkeypatch.setattr(door, "read_case", blind)
    return engine


# ------------------------------------------------------------------------- round trips


@pytest.fixture
def wired(play: Play, database_url: str) -> Iterator[tuple[Engine, Callable[[], int]]]:
    """An engine on one connection whose round trips are counted since the last question."""
    with tapped(database_url) as (url, wire), pool(url, size=1) as connect:
        engine = make_engine(connect, clock=play.clock)

        def since() -> int:
            found, wire.round_trips = wire.round_trips, 0
            return found

        yield engine, since


def test_an_uncontended_action_is_two_round_trips(
    case: str, wired: tuple[Engine, Callable[[], int]]
) -> None:
    engine, since = wired
    for _ in range(3):  # each statement is prepared once a connection
        perform(engine, command("keep", case))
    since()
    perform(engine, command("keep", case))
    assert since() == 2
    with pytest.raises(Refused):
        perform(engine, command("endorse", case, REGISTRAR))
    assert since() == 1
    repeated = command("keep", case)
    perform(engine, repeated)
    since()
    perform(engine, repeated)
    assert since() == 1


def test_an_action_that_moves_is_two_round_trips_too(
    play: Play, wired: tuple[Engine, Callable[[], int]]
) -> None:
    engine, since = wired
    for title in ("A", "B"):
        case = play.draft(title=title)
        play.do("endorse", UNIT_HEAD, case)
        since()
        perform(engine, command("submit", case))
        trips = since()
    assert trips == 2


def test_the_lock_path_is_five_round_trips_after_the_two_that_lost(
    play: Play, case: str, wired: tuple[Engine, Callable[[], int]]
) -> None:
    engine, since = wired
    for _ in range(3):
        perform(engine, command("keep", case))
    hook = Hook(play, first_only(lambda: play.do("keep", PROPOSER, case)))
    hooked = hook.engine(connect=engine.connect)
    since()
    done = perform(hooked, command("keep", case))
    assert hook.attempts == 2
    assert done.seq == 6
    assert since() == 2 + 5
