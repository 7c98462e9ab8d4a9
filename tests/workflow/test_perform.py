"""The one door: what it writes, what it refuses, and that the same key gets the same answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import psycopg
import pytest
from psycopg import Connection

from conferral.compose import make_engine
from tests.factory import (
    ASA_OFFICER,
    PROPOSER,
    REGISTRAR,
    UNIT,
    UNIT_HEAD,
    appoint,
)
from tests.unchanged import unchanged
from tests.workflow.door import begin, command, rows
from tests.workflow.play import Play, StoppedClock
from workflow.chain import verify_chain
from workflow.engine import RandomIds, WallClock
from workflow.forms import NoInput, Note
from workflow.perform import (
    Command,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    Refused,
    StaleError,
    perform,
)

Link = Connection[tuple[object, ...]]


@pytest.fixture
def case(play: Play) -> str:
    return begin(play, title="Maps")


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
