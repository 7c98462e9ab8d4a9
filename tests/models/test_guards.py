"""History is only added to, cases only move forward, and what must be one is one."""

from typing import LiteralString

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import RestrictViolation, UniqueViolation

from models import APPEND_ONLY, NUMBERS, PREFIXES
from tests.factory import (
    AWARD,
    CERTIFICATE,
    GUEST_LEARNER,
    OTHER_LEARNER,
    ROWS,
    insert,
)

CHANGES: dict[str, LiteralString] = {
    "update": "UPDATE {table} SET {column} = {column}",
    "update of no row": "UPDATE {table} SET {column} = {column} WHERE false",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) "
    "DO UPDATE SET {column} = EXCLUDED.{column}",
}
KEYS = {
    "entry": ("case_id", "seq"),
    "proposal_version": ("case_id", "version"),
    "credential_version": ("case_id", "version"),
    "signed_credential": ("credential_id",),
    "status_mark": ("case_id",),
    "learner_record": ("case_id",),
    "log_leaf": ("position",),
    "log_checkpoint": ("size",),
    "register_entry": ("seq",),
    "charter": ("body", "starts", "entry"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_refuses_every_change_and_says_so(
    rows: Connection[object], table: str, change: str
) -> None:
    key = sql.SQL(", ").join(map(sql.Identifier, KEYS[table]))
    column = sql.Identifier(KEYS[table][0])
    with pytest.raises(RestrictViolation) as refused:
        rows.execute(
            sql.SQL(CHANGES[change]).format(table=sql.Identifier(table), key=key, column=column)
        )
    assert refused.value.diag.constraint_name == f"tr_{table}_append_only"
    assert refused.value.diag.message_primary == (
        f"{table} is append-only: a row once written is never changed or deleted"
    )


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_takes_a_repeated_insert_that_does_nothing(
    rows: Connection[object], table: str
) -> None:
    repeat = sql.SQL("INSERT INTO {table} SELECT * FROM {table} ON CONFLICT DO NOTHING")
    assert rows.execute(repeat.format(table=sql.Identifier(table))).rowcount == 0


@pytest.mark.parametrize("counter", ["seq", "revision"])
def test_a_case_counts_up_or_stays_but_never_goes_down(
    rows: Connection[object], counter: str
) -> None:
    step = sql.SQL("UPDATE cases SET {counter} = {counter} + %s").format(
        counter=sql.Identifier(counter)
    )
    for up in (0, 1):
        with rows.transaction(force_rollback=True):
            assert rows.execute(step, [up]).rowcount > 0
    with pytest.raises(RestrictViolation) as refused:
        rows.execute(step, [-1])
    assert refused.value.diag.constraint_name == "tr_cases_only_forward"


#: table, unique name, and what makes the coherent row a second one that is refused all the same.
SECOND: list[tuple[str, str, dict[str, object]]] = [
    ("proposal", "uq_proposal_title_held", {"case_id": "second"}),
    ("award", "uq_award_open", {"case_id": "second", "credential_id": None, "status_index": None}),
    (
        "award",
        "uq_award_credential_id",
        {"case_id": "second", "learner": OTHER_LEARNER, "status_index": 8},
    ),
    (
        "award",
        "uq_award_status",
        {"case_id": "second", "learner": OTHER_LEARNER, "credential_id": "another"},
    ),
    ("entry", "uq_entry_key", {"seq": 2, "from_state": "draft"}),
    ("entry", "pk_entry", {"key": "another-key"}),
    ("vote", "pk_vote", {"choice": "no"}),
    ("credential", "uq_credential_proposal", {"case_id": CERTIFICATE}),
    ("signed_credential", "uq_signed_credential_case", {"credential_id": "another"}),
    ("notification", "pk_notification", {"occurrence": "again"}),
]


@pytest.mark.parametrize("second", SECOND, ids=str)
def test_what_must_be_one_is_refused_a_second_time(
    rows: Connection[object], second: tuple[str, str, dict[str, object]]
) -> None:
    table, name, changes = second
    insert(rows, "cases", id="second")
    with pytest.raises(UniqueViolation) as refused:
        insert(rows, table, **changes)
    assert refused.value.diag.constraint_name == name


def test_a_title_that_nobody_holds_may_stand_on_many_drafts(rows: Connection[object]) -> None:
    for case in ("second", "third"):
        insert(rows, "cases", id=case)
        insert(rows, "proposal", case_id=case, holds_title=False)


def test_a_learner_may_claim_again_when_the_first_award_has_ended(
    rows: Connection[object],
) -> None:
    rows.execute("UPDATE award SET ended = true WHERE case_id = %s", [AWARD])
    insert(rows, "cases", id="second", machine="award", state="claimed")
    insert(rows, "award", case_id="second", credential_id=None, status_index=None)


def test_many_awards_may_wait_for_their_credential_ids(rows: Connection[object]) -> None:
    for learner in (OTHER_LEARNER, GUEST_LEARNER):
        insert(rows, "cases", id=learner, machine="award", state="claimed")
        insert(
            rows, "award", case_id=learner, learner=learner, credential_id=None, status_index=None
        )


def test_an_award_cannot_name_a_version_that_is_not_there(rows: Connection[object]) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        rows.execute("UPDATE award SET credential_version = 9")
    assert refused.value.diag.constraint_name == "fk_award_credential_version"


def test_the_numbers_of_cases_start_at_one_and_are_given_once(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as one,
        psycopg.connect(database_url) as two,
    ):
        for machine, sequence in NUMBERS.items():
            given = [_next(connection, sequence.name) for connection in (one, two, one)]
            assert (machine, given) == (machine, [1, 2, 3])
    assert list(PREFIXES.values()) == ["MC", "AG", "ME", "CR", "AW"]
    assert PREFIXES.keys() == NUMBERS.keys()


def _next(connection: Connection[tuple[object, ...]], sequence: str) -> object:
    (number,) = connection.execute("SELECT nextval(%s)", [sequence]).fetchone() or (None,)
    return number


def test_the_factory_gives_a_row_of_every_table(rows: Connection[tuple[object, ...]]) -> None:
    from models import metadata

    assert ROWS.keys() == metadata.tables.keys()
    for table in ROWS:
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        assert rows.execute(count).fetchone() != (0,), table
