"""The register is one unbroken chain, written with what it tells, or not at all."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest

from tests.factory import ADMIN, ASA_DIRECTOR, ASA_OFFICER, AT
from tests.workflow.play import Play
from workflow.invariants import violations
from workflow.register import Recorded, Rows, Subject, newest, record, trail
from workflow.registry import MACHINES

DEPUTY = Subject("delegation", "a-delegation")


def told(
    connection: Rows, says: str = "Max Instance names a deputy.", *,
    subject: Subject = DEPUTY, at: datetime = AT, facts: Mapping[str, object] | None = None,
) -> int:  # fmt: skip
    return record(connection, subject, says=says, at=at, actor=ASA_DIRECTOR, facts=facts)


def test_a_line_is_read_as_it_was_written(play: Play) -> None:
    facts = {"deputy": ASA_OFFICER, "from": "2026-11-24", "roles": ["asa_director"]}
    with play.connect() as connection:
        with connection.transaction():
            number = record(
                connection, DEPUTY, says="Max Instance names a deputy.", at=AT,
                actor=ADMIN, on_behalf_of=ASA_DIRECTOR, facts=facts,
            )  # fmt: skip
        assert trail(connection, DEPUTY) == (
            Recorded(
                seq=number, at=AT, actor=ADMIN, on_behalf_of=ASA_DIRECTOR,
                subject_kind="delegation", subject_id="a-delegation",
                says="Max Instance names a deputy.", facts=facts,
            ),
        )  # fmt: skip


def test_lines_are_numbered_and_chained_one_after_the_other(play: Play) -> None:
    with play.connect() as connection:
        for n in range(3):
            with connection.transaction():
                assert told(connection, at=AT + timedelta(hours=n)) == n + 1
        chain = connection.execute(
            "SELECT previous, hash FROM register_entry ORDER BY seq"
        ).fetchall()
        assert chain[0][0] == "0" * 64
        assert [line[1] for line in chain[:-1]] == [line[0] for line in chain[1:]]
        assert violations(connection, machines=MACHINES, now=AT) == ()


def test_a_line_that_was_changed_or_taken_out_breaks_the_chain(play: Play) -> None:
    with play.connect() as connection:
        for n in range(3):
            with connection.transaction():
                told(connection, f"Line {n}.")
        for statement in (
            "UPDATE register_entry SET says = 'Another.' WHERE seq = 2",
            "DELETE FROM register_entry WHERE seq = 2",
        ):
            with psycopg.connect(connection.info.dsn, password=connection.info.password) as other:
                other.execute("SET session_replication_role = replica")
                other.execute(statement.encode())
            (found,) = violations(connection, machines=MACHINES, now=AT)
            assert (found.invariant, found.row["seq"]) == ("I10", 2)


def test_what_is_rolled_back_leaves_no_line_and_no_gap(play: Play) -> None:
    with play.connect() as connection:
        with connection.transaction(force_rollback=True):
            told(connection, "Never so.")
        with connection.transaction():
            assert told(connection) == 1
        assert [line.says for line in newest(connection)] == ["Max Instance names a deputy."]


def test_nothing_is_recorded_outside_a_transaction(play: Play) -> None:
    with play.connect() as connection:
        with pytest.raises(RuntimeError, match="in the transaction of what it tells"):
            told(connection)
        assert newest(connection) == ()


def test_a_fact_without_one_form_is_refused(play: Play) -> None:
    with (
        play.connect() as connection,
        pytest.raises(TypeError, match="cannot hold a float"),
        connection.transaction(),
    ):
        told(connection, facts={"share": 0.5})


def test_many_writers_at_once_make_one_chain(play: Play) -> None:
    def write(n: int) -> None:
        with play.connect() as connection, connection.transaction():
            told(connection, f"Line {n}.")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(write, range(20)))
    with play.connect() as connection:
        assert [line.seq for line in newest(connection)] == [*range(20, 0, -1)]
        assert violations(connection, machines=MACHINES, now=AT) == ()


def test_the_newest_come_page_by_page(play: Play) -> None:
    with play.connect() as connection:
        for n in range(5):
            with connection.transaction():
                told(connection, subject=Subject("committee", f"body-{n}"))
        first = newest(connection, take=2)
        rest = newest(connection, before=first[-1].seq, take=9)
        assert [line.subject_id for line in (*first, *rest)] == [
            f"body-{n}" for n in (4, 3, 2, 1, 0)
        ]
        assert trail(connection, Subject("committee", "nobody")) == ()
