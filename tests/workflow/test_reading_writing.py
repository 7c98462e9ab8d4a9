"""One read and one write on a real database: what they bring, and that a write is whole or not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import CheckViolation, ForeignKeyViolation

from tests.factory import (
    ASA_OFFICER,
    HASH,
    NEXT_HEAD_UP,
    OTHER_ASA_OFFICER,
    PROPOSER,
    UNIT,
    UNIT_HEAD,
    appoint,
    insert,
)
from tests.unchanged import unchanged
from tests.workflow.play import Play
from workflow.changes import Change, Insert, OverlapError, Update, Upsert, merged
from workflow.proposal import forms
from workflow.proposal.facts import READING, ProposalFacts
from workflow.reading import Read, Wanted, read_case, read_opening
from workflow.writing import FEW, CaseWrite, write

Link = Connection[tuple[object, ...]]


@pytest.fixture
def link(play: Play) -> Iterator[Link]:
    with play.connect() as connection:
        yield connection


@pytest.fixture
def case(play: Play) -> str:
    return play.do("open", PROPOSER, unit=UNIT, content={"title": "Maps"}).case


# ------------------------------------------------------------------------- writing


def as_it_is(link: Link, case: str, now: datetime) -> CaseWrite:
    """A write of the case that changes nothing but its `seq`."""
    with link.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        values = cursor.execute("SELECT * FROM cases WHERE id = %s", (case,)).fetchone()
    assert values is not None
    seq = int(str(values["seq"]))
    return CaseWrite(values | {"seq": seq + 1}, seq, (), now)


def remark(case: str, number: int, now: datetime, **more: object) -> Insert:
    """A notification to the proposer."""
    return Insert("notification", {
        "id": UUID(int=number), "case_id": case, "seq": 2, "kind": "proposal.remark",
        "importance": "fyi", "recipient": PROPOSER, "occurrence": str(number),
        "facts": {"n": number, "who": None, "words": ["a", "ä"]}, "created_at": now, "due_at": now,
        "state": "pending",
    } | more)  # fmt: skip


def rows(link: Link, query: str, *values: object) -> list[tuple[object, ...]]:
    return link.execute(query.encode(), values).fetchall()


@pytest.mark.parametrize("count", [1, 2, FEW, FEW + 1, 100])
def test_many_rows_are_written_as_few_are(play: Play, link: Link, case: str, count: int) -> None:
    now = play.clock.now()
    target = as_it_is(link, case, now)
    assert write(link, target, [remark(case, n, now) for n in range(count)])
    written = rows(link, "SELECT id, occurrence, facts, due_at FROM notification ORDER BY id")
    assert written == [
        (UUID(int=n), str(n), {"n": n, "who": None, "words": ["a", "ä"]}, now) for n in range(count)
    ]
    assert rows(link, "SELECT seq FROM cases WHERE id = %s", case) == [(2,)]


def test_a_case_that_has_moved_on_is_not_written_nor_is_anything_with_it(
    play: Play, link: Link, case: str, database_url: str
) -> None:
    now = play.clock.now()
    stale = as_it_is(link, case, now)
    play.do("keep", PROPOSER, case)
    with unchanged(database_url):
        assert not write(link, stale, [remark(case, 1, now)])


def test_a_row_that_the_schema_refuses_takes_everything_with_it(
    play: Play, link: Link, case: str, database_url: str
) -> None:
    now = play.clock.now()
    target = as_it_is(link, case, now)
    good = remark(case, 1, now)
    with unchanged(database_url):
        with pytest.raises(CheckViolation):
            write(link, target, [good, remark(case, 2, now, importance="loud")])
        with pytest.raises(ForeignKeyViolation):
            write(link, target, [good, remark(case, 2, now, recipient="nobody")])


@pytest.mark.parametrize("change", ["ended", "deleted", "not begun", "another time"])
def test_an_appointment_that_no_longer_holds_writes_nothing(
    play: Play, link: Link, case: str, database_url: str, change: str
) -> None:
    now = play.clock.now()
    held = appoint(link, UNIT_HEAD, role="asa_liaison")
    also = appoint(link, PROPOSER, role="asa_liaison")
    target = as_it_is(link, case, now)._replace(appointments=(held, also))
    statement = {
        "ended": "UPDATE appointment SET ends = %(now)s WHERE id = %(id)s",
        "deleted": "DELETE FROM appointment WHERE id = %(id)s AND %(now)s IS NOT NULL",
        "not begun": "UPDATE appointment SET starts = %(now)s + interval '1 s' WHERE id = %(id)s",
        "another time": "UPDATE appointment SET ends = %(now)s - interval '1 s' WHERE id = %(id)s",
    }[change]
    link.execute(statement.encode(), {"now": now, "id": held})
    with unchanged(database_url):
        assert not write(link, target, [remark(case, 1, now)])
    assert write(link, target._replace(appointments=(also,)), [remark(case, 1, now)])


def test_an_upsert_replaces_and_an_update_sets_what_it_names(
    play: Play, link: Link, case: str
) -> None:
    now = play.clock.now()
    insert(link, "award", case_id=case, credential=case, **_credential(link, case))
    result: dict[str, object] = {
        "case_id": case, "outcome": "o1", "evidence": "A chart.", "submitted_at": now,
        "state": "submitted", "level": "", "feedback": "", "assessor": None, "scored_at": None,
    }  # fmt: skip
    assert write(link, as_it_is(link, case, now), [Upsert("outcome_result", result)])
    second = result | {"evidence": "Another chart.", "submitted_at": now + timedelta(days=1)}
    assert write(link, as_it_is(link, case, now), [Upsert("outcome_result", second)])
    scored = Update(
        "outcome_result", {"case_id": case, "state": "submitted"},
        {"state": "met", "assessor": ASA_OFFICER, "scored_at": now},
    )  # fmt: skip
    elsewhere = Update("outcome_result", {"case_id": "MC-0"}, {"feedback": "None of it."})
    assert write(link, as_it_is(link, case, now), [scored, elsewhere])
    again = Update("outcome_result", {"case_id": case, "state": "submitted"}, {"level": "x"})
    assert write(link, as_it_is(link, case, now), [again])
    assert rows(
        link, "SELECT evidence, state, level, assessor, scored_at, feedback FROM outcome_result"
    ) == [("Another chart.", "met", "", ASA_OFFICER, now, "")]


def _credential(link: Link, case: str) -> dict[str, object]:
    insert(link, "credential_version", case_id=case, proposal=case)
    return {
        "credential_version": 1,
        "verified_by": None,
        "credential_id": None,
        "status_index": None,
    }


def test_every_kind_of_value_comes_back_as_it_went(play: Play, link: Link, case: str) -> None:
    now = play.clock.now()
    item = {
        "case_id": case, "proposal": case, "body": "ugc", "position": 1, "unit": UNIT,
        "title": "Quotes \" and 'backslash' \\ and ✓", "document": {"a": [1, {"b": None}]},
        "document_hash": HASH, "after_item": None, "meeting_on": date(2026, 12, 18),
        "section": "consent", "noticed_at": now + timedelta(microseconds=1),
        "notice_waived": True, "tally": None,
    }  # fmt: skip
    assert write(link, as_it_is(link, case, now), [Insert("agenda_item", item)])
    columns = ", ".join(item)
    (kept,) = rows(link, f"SELECT {columns} FROM agenda_item")  # noqa: S608 - our own names
    assert dict(zip(item, kept, strict=True)) == item


def test_an_update_of_no_open_word_is_refused(play: Play, link: Link, case: str) -> None:
    bad = Update("work_item", {"case_id": case, "state": "open' OR true --"}, {"state": "done"})
    with pytest.raises(ValueError, match="is no word of a closed list"):
        write(link, as_it_is(link, case, play.clock.now()), [bad])


def test_updates_of_the_same_rows_are_one_and_those_that_disagree_are_refused() -> None:
    same = {"case_id": "MC-1"}
    opened = {"case_id": "MC-1", "state": "open"}
    changes: list[Change] = [
        Update("proposal", same, {"version": 1}), Insert("vote", {}),
        Update("proposal", same, {"holds_title": True}), Update("award", same, {"ended": True}),
    ]  # fmt: skip
    assert merged(changes) == [
        Insert("vote", {}),
        Update("proposal", same, {"version": 1, "holds_title": True}),
        Update("award", same, {"ended": True}),
    ]
    apart = {"case_id": "MC-2"}
    assert len(merged([Update("award", same, {"ended": True}), Update("award", apart, {})])) == 2
    done = {"state": "done"}
    agreeing = [Update("work_item", opened, done), Update("work_item", same, done)]
    assert merged(agreeing) == agreeing
    with pytest.raises(OverlapError, match="work_item"):
        merged([Update("work_item", opened, done), Update("work_item", same, {"due_at": None})])


# ------------------------------------------------------------------------- reading


def wanted(play: Play, case: str | None, **more: object) -> Wanted:
    plain = Wanted(
        machine="proposal", case=case, actor=PROPOSER, now=play.clock.now(), key="new", form=None,
        calendar=play.engine.calendar,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def read(play: Play, link: Link, case: str, **more: object) -> Read:
    found = read_case(link, READING, wanted(play, case, **more))
    assert found is not None
    return found


def test_a_read_brings_the_case_its_facts_and_no_earlier_answer(
    play: Play, link: Link, case: str
) -> None:
    found = read(play, link, case)
    assert isinstance(found.facts, ProposalFacts)
    assert (found.facts.case.id, found.facts.case.state, found.facts.case.seq) == (case, "draft", 1)
    assert (found.facts.title, found.facts.proposer) == ("Maps", PROPOSER)
    assert found.facts.now == play.clock.now()
    assert found.earlier is None


def test_what_is_not_there_is_not_read(play: Play, link: Link, case: str) -> None:
    assert read_case(link, READING, wanted(play, "MC-999")) is None
    assert read_case(link, READING, wanted(play, case, machine="award")) is None
    unknown = wanted(play, None, form=forms.Open(unit="nowhere"))
    assert read_opening(link, READING, unknown, prefix="MC", version=1) is None


def test_the_holders_of_the_machines_roles_in_the_cases_scopes_are_read_along(
    play: Play, link: Link, case: str
) -> None:
    people = {(a.person, a.role, a.scope) for a in read(play, link, case).facts.people}
    assert (UNIT_HEAD, "unit_head", UNIT) in people
    assert (NEXT_HEAD_UP, "unit_head", "libraries") in people
    assert {(ASA_OFFICER, "asa_officer", ""), (OTHER_ASA_OFFICER, "asa_officer", "")} <= people
    assert not any(scope == "data-science" for _, _, scope in people)
    assert (PROPOSER, "member", UNIT) in people  # the actor's own, whatever the role


def test_an_actor_has_all_their_own_appointments_and_only_those(
    play: Play, link: Link, case: str
) -> None:
    actor = read(play, link, case, actor=UNIT_HEAD).facts.actor
    assert {a.role for a in actor.appointments} == {"member", "unit_head"}
    assert {a.person for a in actor.appointments} == {UNIT_HEAD}
    nobody = read(play, link, case, actor="nobody").facts.actor
    assert (nobody.person, nobody.appointments) == ("nobody", ())


def test_appointments_count_from_their_start_to_just_before_their_end(
    play: Play, link: Link, case: str
) -> None:
    now = play.clock.now()
    for person, starts, ends in (
        ("mina-testcase", now, None),
        ("theo-rubric", now - timedelta(days=2), now + timedelta(microseconds=1)),
        ("leo-learner", now + timedelta(microseconds=1), None),
        ("mira-pupil", now - timedelta(days=2), now),
    ):
        appoint(link, person, role="registrar", starts=starts, ends=ends)
    seated = read(play, link, case).facts.holders("registrar")
    assert {"mina-testcase", "theo-rubric"} <= {a.person for a in seated}
    assert not {"leo-learner", "mira-pupil"} & {a.person for a in seated}


def test_a_delegation_says_for_whom_it_is_held(play: Play, link: Link, case: str) -> None:
    appoint(link, PROPOSER, role="asa_officer", on_behalf_of=ASA_OFFICER)
    (lent,) = [a for a in read(play, link, case).facts.actor.appointments if a.on_behalf_of]
    assert (lent.person, lent.on_behalf_of, lent.name) == (PROPOSER, ASA_OFFICER, "Rowan Sample")


def test_a_known_key_brings_the_earlier_answer(play: Play, link: Link, case: str) -> None:
    (first,) = rows(link, "SELECT key FROM entry WHERE case_id = %s", case)
    earlier = read(play, link, case, key=str(first[0])).earlier
    assert earlier is not None
    assert (earlier.case, earlier.trigger, earlier.actor, earlier.seq, earlier.state) == (
        case, "open", PROPOSER, 1, "draft",
    )  # fmt: skip


def test_an_opening_draws_a_number_and_reads_whom_it_is_for(play: Play, link: Link) -> None:
    asked = wanted(play, None, form=forms.Open(unit=UNIT))
    first = read_opening(link, READING, asked, prefix="MC", version=3)
    second = read_opening(link, READING, asked, prefix="MC", version=3)
    assert first is not None
    assert second is not None
    assert (first.facts.case.id, second.facts.case.id) == ("MC-1", "MC-2")
    assert (first.facts.case.state, first.facts.case.seq, first.facts.case.definition) == ("", 0, 3)
    assert isinstance(first.facts, ProposalFacts)
    assert first.facts.unit_path[0] == UNIT


def test_an_opening_with_a_known_key_is_answered_although_what_it_was_for_is_gone(
    play: Play, link: Link, case: str
) -> None:
    (key,) = rows(link, "SELECT key FROM entry WHERE case_id = %s", case)
    gone = wanted(play, None, key=str(key[0]), form=forms.Open(unit=f"gone-{uuid4()}"))
    found = read_opening(link, READING, gone, prefix="MC", version=1)
    assert found is not None
    assert found.earlier is not None
    assert found.earlier.case == case
