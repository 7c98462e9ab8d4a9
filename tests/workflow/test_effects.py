"""What follows from an action, as rows: nothing is called; the same cause gives the same keys."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from policies import calendar
from tests.workflow.toy import CLERK, DESK, DRAFT, HEAD, OWNER, PEOPLE, SEND, STATES, facts, toy
from workflow.changes import Change, Insert, Update
from workflow.clocks import Clock
from workflow.definition import SAME, Effect, Row, State
from workflow.effects import Action, Ask, Fire, Keep, Settle, Tell, consequences
from workflow.forms import Note

CALENDAR = calendar.load()
OFFICE = (PEOPLE["clerk"], PEOPLE["second clerk"], PEOPLE["head"])


class NoIds:
    """Nothing here is random."""

    def uuid(self) -> UUID:
        raise AssertionError

    def below(self, bound: int) -> int:
        raise AssertionError(bound)


def act(
    *effects: Effect, actor: str = "owner", to: State = DRAFT, source: str = "draft", seq: int = 2
) -> Action:
    row = Row("touch", DRAFT, to if to is not DRAFT else SAME, OWNER, "Toys", "Touch", then=effects)
    states = tuple(to if state.name == to.name else state for state in STATES)
    return Action(
        definition=toy(states=states), row=row, seq=seq, role=OWNER, relied=(), to=to.name,
        facts=facts(source, actor, people=OFFICE, form=Note(note="hello")),
        calendar=CALENDAR, ids=NoIds(),
    )  # fmt: skip


def inserted(table: str, changes: Iterable[Change]) -> list[dict[str, object]]:
    return [dict(c.values) for c in changes if isinstance(c, Insert) and c.table == table]


def updated(table: str, changes: Iterable[Change]) -> list[Update]:
    return [c for c in changes if isinstance(c, Update) and c.table == table]


def told(changes: Iterable[Change]) -> list[tuple[object, ...]]:
    mails = inserted("notification", changes)
    return [(one["kind"], one["recipient"], one["importance"]) for one in mails]


# ------------------------------------------------------------------------- tell


def test_a_message_goes_to_each_holder_once_and_to_the_party() -> None:
    changes = consequences(act(Tell("news", (OWNER, CLERK, OWNER))))
    assert told(changes) == [
        ("toy.news", "owner", "know"), ("toy.news", "cleo", "know"), ("toy.news", "clint", "know"),
    ]  # fmt: skip


def test_an_office_is_not_written_to_about_its_own_act() -> None:
    changes = consequences(act(Tell("news", (OWNER, CLERK), "fyi"), actor="cleo"))
    assert told(changes) == [("toy.news", "owner", "fyi"), ("toy.news", "clint", "fyi")]


def test_a_message_carries_what_only_the_moment_knows() -> None:
    tell = Tell("news", (OWNER,), saying=lambda one: {"note": one.form["note"]})
    (mail,) = inserted("notification", consequences(act(tell)))
    assert mail["facts"] == {"note": "hello"}


def test_the_same_cause_gives_the_same_key_and_another_cause_another() -> None:
    def keys(**other: int) -> set[object]:
        return {one["id"] for one in inserted("notification", consequences(act(tell, **other)))}

    tell = Tell("news", (OWNER, CLERK))
    assert keys() == keys()
    assert len(keys()) == 3
    assert not keys() & keys(seq=3)


# ------------------------------------------------------------------------- ask and settle


def test_what_is_asked_is_work_with_a_clock_and_a_message_with_the_date() -> None:
    ask = Ask("sign", HEAD, Clock(days=5, remind=(-1,), tell={1: CLERK}))
    changes = consequences(act(ask))
    (work,) = inserted("work_item", changes)
    assert (work["kind"], work["role"], work["scope"], work["person"]) == (
        "sign", "head", "cellar", None,
    )  # fmt: skip
    alarms = inserted("deadline", changes)
    assert [(one["clock"], one["does"], one["role"]) for one in alarms] == [
        ("sign", "remind", ""), ("sign", "escalate", "clerk"),
    ]  # fmt: skip
    (mail,) = inserted("notification", changes)
    assert (mail["recipient"], mail["facts"]) == ("hera", {"due": work["due_at"].isoformat()})  # type: ignore[attr-defined]


def test_what_is_asked_may_be_without_a_date_and_without_a_word() -> None:
    (mail,) = inserted("notification", consequences(act(Ask("sign", HEAD, Clock()))))
    assert mail["facts"] == {}
    assert told(consequences(act(Ask("sign", HEAD, Clock(), announce=False)))) == []


def test_what_is_settled_is_closed_and_its_clock_stops() -> None:
    changes = consequences(act(Settle("sign")))
    (closed,) = updated("work_item", changes)
    assert closed.where == {"case_id": "TY-1", "state": "open", "kind": "sign"}
    assert closed.values == {"state": "done", "closed_seq": 2, "closed_by": "owner"}
    (stopped,) = updated("deadline", changes)
    assert stopped.where == {"case_id": "TY-1", "state": "armed", "clock": "sign"}


def test_of_a_ballot_only_ones_own_item_is_settled_and_the_clock_runs_on() -> None:
    changes = consequences(act(Settle("vote", own=True)))
    (closed,) = updated("work_item", changes)
    assert closed.where["person"] == "owner"
    assert updated("deadline", changes) == []


# ------------------------------------------------------------------------- fire and keep


def test_what_is_fired_elsewhere_waits_as_a_row_for_each_target() -> None:
    fire = Fire("award", "lapse", lambda _: [("AW-1", {}), (None, {"x": 1})], task="assemble")
    first, second = inserted("follow_on", consequences(act(fire)))
    assert (first["machine"], first["trigger"], first["target"], first["task"]) == (
        "award", "lapse", "AW-1", "assemble",
    )  # fmt: skip
    assert (second["target"], second["form"]) == (None, {"x": 1})
    assert first["id"] != second["id"]


def test_the_subjects_own_rows_come_from_a_pure_function_of_the_action() -> None:
    keep = Keep("keep it", lambda one: [Update("toy", {"case_id": one.case}, {"by": one.actor})])
    assert updated("toy", consequences(act(keep))) == [
        Update("toy", {"case_id": "TY-1"}, {"by": "owner"})
    ]


def test_each_effect_has_a_word_for_the_definition_as_data() -> None:
    effects = (
        Tell("news", (OWNER, CLERK)), Ask("sign", HEAD, Clock()), Settle("sign"),
        Fire("award", "lapse", lambda _: ()), Keep("keep it", lambda _: ()),
    )  # fmt: skip
    assert [one.name for one in effects] == [
        "tell owner, clerk: news", "ask head: sign", "settle sign", "fire award.lapse", "keep it",
    ]  # fmt: skip
    row = replace(SEND, then=effects)
    assert len({toy().hash, toy(rows=(row,)).hash}) == 2


# ------------------------------------------------------------------------- states


def test_leaving_a_state_closes_all_its_work_and_entering_one_asks_the_next() -> None:
    changes = consequences(act(to=DESK))
    (closed,) = updated("work_item", changes)
    assert closed.where == {"case_id": "TY-1", "state": "open"}
    assert inserted("census", changes) == [
        {"machine": "toy", "state": "draft", "change": -1},
        {"machine": "toy", "state": "desk", "change": 1},
    ]
    (work,) = inserted("work_item", changes)
    assert (work["kind"], work["role"]) == ("desk", "clerk")
    assert told(changes) == [("toy.desk", "cleo", "act"), ("toy.desk", "clint", "act")]


def test_a_state_may_ask_each_and_say_nothing_and_rest_without_a_clock() -> None:
    ballot = State(
        "desk", "on the desk", CLERK, each=True, announce=False, rests="Nothing hurries."
    )
    changes = consequences(act(to=ballot))
    assert [one["person"] for one in inserted("work_item", changes)] == ["cleo", "clint"]
    assert [one["due_at"] for one in inserted("work_item", changes)] == [None, None]
    assert inserted("deadline", changes) == []
    assert told(changes) == []
    spoken = consequences(act(to=replace(ballot, announce=True)))
    assert [one["facts"] for one in inserted("notification", spoken)] == [{}, {}]


def test_whoever_acts_is_not_told_that_it_is_their_turn() -> None:
    assert told(consequences(act(to=DESK, actor="cleo"))) == [("toy.desk", "clint", "act")]


def test_an_end_is_nobodys_turn_and_a_beginning_leaves_nothing() -> None:
    ended = consequences(act(to=STATES[2]))
    assert inserted("work_item", ended) == []
    begun = consequences(act(source="", to=DESK))
    assert updated("work_item", begun) == []
    assert inserted("census", begun) == [{"machine": "toy", "state": "desk", "change": 1}]


def test_an_action_knows_its_role_as_it_was_held() -> None:
    plain = act()
    assert (plain.acted_as, plain.moves, plain.case) == ("owner", False, "TY-1")
    lent = replace(plain, relied=(PEOPLE["clerk"],))
    assert lent.acted_as == "clerk"
    assert replace(plain, facts=replace(plain.facts, form=None)).form == {}
    assert plain.now + timedelta(0) == plain.facts.now
