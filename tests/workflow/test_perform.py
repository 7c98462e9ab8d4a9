"""The one door: what it refuses, that the same key gets the same answer, and who wins a race."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import cast
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import UniqueViolation

from conferral.compose import make_engine, pool
from tests.factory import (
    ASA_OFFICER,
    OTHER_LEARNER,
    PROPOSER,
    REGISTRAR,
    UNIT,
    UNIT_HEAD,
    appoint,
)
from tests.unchanged import unchanged
from tests.workflow.award_play import Awards
from tests.workflow.play import Play, StoppedClock
from tests.workflow.wire import tapped
from workflow import perform as door
from workflow.chain import verify_chain
from workflow.engine import Connect, Engine, MachineInForce, RandomIds, WallClock
from workflow.facts import Facts
from workflow.forms import NoInput, Note
from workflow.perform import (
    Command,
    Done,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    Refused,
    StaleError,
    perform,
)
from workflow.reading import Common, Subject
from workflow.rules import Reason

Link = Connection[tuple[object, ...]]


def command(trigger: str, case: str | None, actor: str = PROPOSER, **more: object) -> Command:
    plain = Command(trigger=trigger, actor=actor, key=str(uuid4()), case=case, machine="proposal")
    return replace(plain, **more)  # type: ignore[arg-type]


def begin(play: Play, **content: object) -> str:
    return play.do("open", PROPOSER, unit=UNIT, content=content).case


@pytest.fixture
def case(play: Play) -> str:
    return begin(play, title="Maps")


def rows(play: Play, query: str, *values: object) -> list[tuple[object, ...]]:
    with play.connect() as connection:
        return connection.execute(query.encode(), values).fetchall()


def history(play: Play, case: str) -> list[tuple[object, ...]]:
    return rows(
        play,
        "SELECT seq, trigger, from_state, to_state FROM entry WHERE case_id = %s ORDER BY seq",
        case,
    )


# ------------------------------------------------------------------------- what it writes


def test_an_action_is_an_entry_in_a_chain_and_moves_the_case(play: Play, case: str) -> None:
    done = play.do("keep", PROPOSER, case)
    assert (done.case, done.trigger, done.seq, done.state, done.revision, done.repeated) == (
        case, "keep", 2, "draft", 1, False,
    )  # fmt: skip
    assert play.do("edit", PROPOSER, case, fields={"title": "Charts"}).revision == 2
    assert play.do("withdraw", PROPOSER, case).revision == 3
    with play.connect() as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as c:
        entries = c.execute(
            "SELECT * FROM entry WHERE case_id = %s ORDER BY seq", (case,)
        ).fetchall()
        kept = c.execute("SELECT * FROM cases WHERE id = %s", (case,)).fetchone()
    assert kept is not None
    assert verify_chain(entries, head=str(kept["chain"])) is None
    assert (kept["state"], kept["seq"], kept["revision"], kept["entered_seq"]) == (
        "withdrawn", 4, 3, 4,
    )  # fmt: skip
    assert kept["entered_at"] == play.clock.now()


def test_the_census_counts_each_state_entered_and_left(play: Play, case: str) -> None:
    begin(play)
    play.do("keep", PROPOSER, case)
    play.do("withdraw", PROPOSER, case)
    assert rows(play, "SELECT state, sum(change) FROM census GROUP BY 1 ORDER BY 1") == [
        ("draft", 1), ("withdrawn", 1),
    ]  # fmt: skip
    assert rows(play, "SELECT count(*) FROM census") == [(4,)]


def test_the_turn_passes_work_clock_and_word_to_those_who_have_it_next(play: Play) -> None:
    case = play.submitted()
    work = rows(
        play, "SELECT kind, role, state FROM work_item WHERE case_id = %s ORDER BY seq, kind", case
    )
    assert work == [
        ("draft", "proposer", "done"), ("endorse", "unit_head", "done"),
        ("asa_consultation", "asa_officer", "open"),
    ]  # fmt: skip
    armed = rows(
        play, "SELECT DISTINCT of_state FROM deadline WHERE case_id = %s AND state = 'armed'", case
    )
    assert armed == [("asa_consultation",)]
    told = rows(
        play, "SELECT recipient FROM notification WHERE case_id = %s AND importance = 'act' "
        "AND kind = 'proposal.asa_consultation' ORDER BY 1", case,
    )  # fmt: skip
    assert told == [(ASA_OFFICER,), ("sam-placeholder",)]


def test_a_wake_up_is_sent_once_for_what_was_done_and_never_for_what_was_not(
    play: Play, case: str
) -> None:
    woken: list[str] = []
    engine = replace(play.engine, wake=woken.append)
    once = command("keep", case)
    perform(engine, once)
    perform(engine, once)
    with pytest.raises(Refused):
        perform(engine, command("approve", case))
    assert woken == [case]


def test_the_edition_is_the_one_in_force_on_the_universitys_own_day(play: Play, case: str) -> None:
    asked: list[str] = []

    def on(day: object) -> str:
        asked.append(str(day))
        return "380.104/2024-02-07"

    # 21:30 on Monday 30 November in Miami is Tuesday 1 December in UTC.
    play.clock.at = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    engine = replace(play.engine, edition_on=on)
    perform(engine, command("keep", case))
    assert asked == []
    perform(engine, command("open", None, form={"unit": UNIT}))
    assert asked == ["2026-11-30"]


def test_a_delegates_entry_says_for_whom_they_acted(play: Play) -> None:
    case = play.submitted()
    with play.connect() as connection:
        appoint(connection, "mina-testcase", role="asa_officer", on_behalf_of=ASA_OFFICER)
    play.do("assign_reviewer", "mina-testcase", case, reviewer=ASA_OFFICER)
    said = rows(
        play, "SELECT actor, on_behalf_of, role FROM entry WHERE trigger = 'assign_reviewer'"
    )
    assert said == [("mina-testcase", ASA_OFFICER, "asa_officer")]


# ------------------------------------------------------------------------- what it refuses


REFUSALS: Mapping[str, tuple[Callable[[str], Command], type[Refused], str]] = {
    "an unknown trigger": (
        lambda case: command("fly", case), NotFoundError, "There is no 'fly' for a proposal.",
    ),
    "an unknown case": (
        lambda _: command("keep", "MC-999"), NotFoundError, "There is no MC-999.",
    ),
    "no case id": (lambda _: command("keep", "MC-x"), NotFoundError, "There is no 'MC-x'."),
    "an unknown machine": (
        lambda _: command("open", None, machine="toaster"), NotFoundError, "There is no 'toaster'.",
    ),
    "what it is opened for": (
        lambda _: command("open", None, form={"unit": "nowhere"}), NotFoundError,
        "What this proposal is to be opened for does not exist.",
    ),
    "a missing field": (
        lambda _: command("open", None), InvalidError, "Unit: this is needed.",
    ),
    "a field too many": (
        lambda case: command("keep", case, form={"x": 1}), InvalidError, "x: there is no such",
    ),
    "an empty field": (
        lambda _: command("open", None, form={"unit": " "}), InvalidError, "Unit: write something",
    ),
    "a value that is none": (
        lambda case: command("answer_change", case, form={"number": "x", "answer": "fixed"}),
        InvalidError, "Change: input should be a valid integer",
    ),
    "a character that cannot be kept": (
        lambda case: command("withdraw", case, form={"note": "a\x00"}), InvalidError,
        "note: take out the character U+0000",
    ),
    "a fraction": (
        lambda case: command("edit", case, form={"fields": {"x": 1.5}}), InvalidError,
        "fields: write whole numbers",
    ),
    "no form at all": (
        lambda case: command("keep", case, form=cast("Mapping[str, object]", ["x"])), InvalidError,
        "Give the fields by their names.",
    ),
    "a stale revision": (
        lambda case: command("keep", case, revision=7), StaleError, "(revision 7, now 1)",
    ),
    "the wrong role": (
        lambda case: command("endorse", case, REGISTRAR), NotAllowedError, "Only the unit head",
    ),
    "an unknown person": (
        lambda case: command("keep", case, "nobody"), NotAllowedError, "Only the proposer",
    ),
    "the wrong state": (
        lambda case: command("approve", case, ASA_OFFICER), NotAllowedError, "while it is in ASA",
    ),
    "the beginning of what is there": (
        lambda case: command("open", case, form={"unit": UNIT}), NotAllowedError,
        "This begins another proposal",
    ),
    "no key": (lambda case: command("keep", case, key=""), InvalidError, "This key is no key"),
    "no person": (lambda case: command("keep", case, ""), InvalidError, "This person is no person"),
    "a key too long": (
        lambda case: command("keep", case, key="k" * 201), InvalidError, "This key is no key",
    ),
    "a name that no row holds": (
        lambda case: command("keep", case, "a\x00", key="\ud800"), InvalidError,
        "This person is no person that can be kept. This key is no key that can be kept.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_says_why_and_writes_nothing(
    play: Play, case: str, database_url: str, what: str
) -> None:
    make, error, says = REFUSALS[what]
    with unchanged(database_url), pytest.raises(Refused) as refused:
        perform(play.engine, make(case))
    assert type(refused.value) is error
    assert says in str(refused.value)
    assert all(reason.text and reason.clause for reason in refused.value.reasons)


def test_every_field_at_fault_is_named(play: Play, case: str) -> None:
    form = {"changes": [{"field": "title"}, {"asks": "x"}], "more": 1}
    with pytest.raises(InvalidError) as refused:
        perform(play.engine, command("return_for_revision", case, form=form))
    assert {reason.field for reason in refused.value.reasons} == {
        "changes.0.asks", "changes.1.field", "more",
    }  # fmt: skip


def test_a_form_may_come_ready_made_but_only_the_triggers_own(play: Play, case: str) -> None:
    assert perform(play.engine, command("keep", case, form=NoInput())).seq == 2
    with pytest.raises(TypeError, match="keep takes a NoInput"):
        perform(play.engine, command("keep", case, form=Note()))


# ------------------------------------------------------------------------- the same key


def test_the_same_key_gets_the_same_answer_whatever_has_happened_since(
    play: Play, case: str, database_url: str
) -> None:
    first = command("edit", case, form={"fields": {"title": "Charts"}}, revision=1)
    done = perform(play.engine, first)
    play.do("withdraw", PROPOSER, case)
    with unchanged(database_url):
        assert perform(play.engine, first) == replace(done, repeated=True)


@pytest.mark.parametrize(
    "changed",
    [{"trigger": "withdraw"}, {"actor": UNIT_HEAD}, {"form": {"fields": {"title": "Other"}}}],
)
def test_a_key_used_for_something_else_is_refused(
    play: Play, case: str, database_url: str, changed: dict[str, object]
) -> None:
    first = command("edit", case, form={"fields": {"title": "Charts"}})
    perform(play.engine, first)
    other = replace(first, **({"form": None} if "trigger" in changed else {}) | changed)  # type: ignore[arg-type]
    with unchanged(database_url), pytest.raises(InvalidError, match="already used") as refused:
        perform(play.engine, other)
    assert [reason.field for reason in refused.value.reasons] == ["key"]


def test_a_key_of_one_case_is_refused_for_another(play: Play, case: str) -> None:
    other = begin(play)
    first = command("keep", case)
    perform(play.engine, first)
    with pytest.raises(InvalidError, match="already used"):
        perform(play.engine, replace(first, case=other))


def test_an_opening_repeated_opens_nothing_more(play: Play) -> None:
    first = command("open", None, form={"unit": UNIT})
    done = perform(play.engine, first)
    assert perform(play.engine, first) == replace(done, repeated=True)
    assert rows(play, "SELECT count(*) FROM cases") == [(1,)]


# ------------------------------------------------------------------------- races


class Hook:
    """Calls something between the read and the decision of each attempt, by its number from 1."""

    def __init__(self, play: Play, between: Callable[[int], object]) -> None:
        self.attempts = 0
        self._between = between
        self._play = play

    def engine(self, *, connect: Connect | None = None) -> Engine:
        """The play's engine with the hook in every reading."""
        machines = {
            name: MachineInForce(one.definition, replace(one.reading, build=self._hooked(one)))
            for name, one in self._play.engine.machines.items()
        }
        engine = self._play.engine
        return replace(engine, machines=machines, connect=connect or engine.connect)

    def _hooked(self, machine: MachineInForce) -> Callable[[Common, Subject], Facts]:
        def build(common: Common, subject: Subject) -> Facts:
            self.attempts += 1
            self._between(self.attempts)
            return machine.reading.build(common, subject)

        return build


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


# ------------------------------------------------------------------------- the engine itself


@pytest.mark.parametrize(
    "text", ["", "MC", "MC-", "MC-x", "MC-1x", "MC--1", "MC-١", "ZZ-1", "mc-1", "1-MC"]
)
def test_what_is_no_case_id_belongs_to_no_machine(play: Play, text: str) -> None:
    assert play.engine.machine_of(text) is None


def test_a_case_id_names_its_machine(play: Play) -> None:
    for name, machine in play.engine.machines.items():
        assert play.engine.machine_of(f"{machine.definition.prefix}-17") is machine
        assert machine.definition.machine == name


def test_ids_and_time_come_from_the_world_unless_they_are_given(play: Play) -> None:
    ids, clock = RandomIds(), WallClock()
    assert len({ids.uuid() for _ in range(100)}) == 100
    assert {ids.below(2) for _ in range(200)} == {0, 1}
    assert clock.now().tzinfo is UTC
    assert abs((datetime.now(UTC) - clock.now()).total_seconds()) < 60
    plain = make_engine(play.connect)
    assert isinstance(plain.clock, WallClock)
    assert isinstance(play.engine.clock, StoppedClock)
    plain.wake("MC-1")
