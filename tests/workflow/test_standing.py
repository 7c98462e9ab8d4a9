"""What becomes of a credential: marked in the action's own write, published right after."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from credentials import did
from tests.factory import ASA_OFFICER
from tests.workflow.award_play import DID, SIGNER, Awards
from tests.workflow.play import Play
from workflow.award import standing
from workflow.award.definition import AWARD, ISSUED, PRACTICE, ROWS, TO_ISSUE
from workflow.definition import SAME, Definition, Row
from workflow.engine import MachineInForce
from workflow.forms import Note
from workflow.invariants import violations
from workflow.issuing import published_places, status_bits
from workflow.perform import Command, perform
from workflow.roles import ASA_OFFICER as OFFICER

#: Rows as the ones that come with the hard days: each names a mark, and has its list published.
TAKEN_BACK = Row(
    "take_back", (ISSUED, TO_ISSUE), SAME, OFFICER, PRACTICE, "Take it back", form=Note,
    then=(standing.marked("revoked", reason=lambda _: "Issued in error."), standing.PUBLISHED),
)  # fmt: skip
REPLACED = Row(
    "replace", ISSUED, SAME, OFFICER, PRACTICE, "Replace it", form=Note,
    then=(standing.marked("superseded", successor=lambda _: "AW-2"), standing.PUBLISHED),
)  # fmt: skip
RUN_OUT = Row(
    "run_out", ISSUED, SAME, OFFICER, PRACTICE, "Let it run out", form=Note,
    then=(standing.marked("expired"),),
)  # fmt: skip
MACHINE = Definition(
    "award", version=1, prefix="AW", initial=AWARD.initial, states=AWARD.states,
    rows=(*ROWS, TAKEN_BACK, REPLACED, RUN_OUT), facts=AWARD.facts, noun="award",
)  # fmt: skip


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def act(awards: Awards, trigger: str, case: str) -> None:
    """Do one of these rows through the one door."""
    engine = awards.play.engine
    reading = engine.machines["award"].reading
    engine = replace(
        engine, machines={**engine.machines, "award": MachineInForce(MACHINE, reading)}
    )
    perform(engine, Command(trigger=trigger, actor=ASA_OFFICER, key=f"{trigger} {case}", case=case))


def bits(awards: Awards) -> tuple[int, ...]:
    with awards.play.connect() as connection:
        return status_bits(connection, 1)


def test_a_mark_is_written_with_the_action_and_its_list_is_asked_for(awards: Awards) -> None:
    case = awards.issued(awards.badge())
    (index,) = awards.row("SELECT status_index FROM award WHERE case_id = %s", case)
    act(awards, "take_back", case)
    assert awards.rows("SELECT case_id, kind, reason, successor FROM status_mark") == [
        (case, "revoked", "Issued in error.", None)
    ]
    assert bits(awards) == (index,)
    asked = awards.rows("SELECT target, form FROM follow_on WHERE task = 'publish'")
    assert asked == [(case, {"status_list": 1})]


def test_a_replaced_one_is_set_in_the_list_and_one_that_ran_out_is_not(awards: Awards) -> None:
    badge = awards.badge()
    first, second = awards.issued(badge), awards.issued(badge, "mira-pupil")
    act(awards, "replace", first)
    act(awards, "run_out", second)
    (index,) = awards.row("SELECT status_index FROM award WHERE case_id = %s", first)
    assert bits(awards) == (index,)
    kinds = awards.rows("SELECT kind, successor FROM status_mark ORDER BY case_id")
    assert kinds == [("superseded", "AW-2"), ("expired", None)]


def test_a_mark_is_for_ever(awards: Awards) -> None:
    case = awards.issued(awards.badge())
    act(awards, "run_out", case)
    with pytest.raises(psycopg.errors.UniqueViolation):
        act(awards, "take_back", case)


def test_what_is_not_signed_yet_has_nothing_to_take_back(awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    awards.verify(case)
    act(awards, "take_back", case)
    assert bits(awards) == ()
    assert awards.rows("SELECT FROM follow_on WHERE task = 'publish'") == []


# ---------------------------------------------------------------- I11


def broken(awards: Awards) -> list[str]:
    engine = awards.play.engine
    key = did.VerificationKey(SIGNER.key_id, DID, SIGNER.public_key)
    known = did.resolver(did.did_document(DID, [key]))
    with awards.play.connect() as connection:
        found = violations(
            connection, machines=engine.machines, now=engine.clock.now() + timedelta(seconds=1),
            resolve_key=known,
        )  # fmt: skip
    return [one.sentence for one in found if one.invariant == "I11"]


def publish(awards: Awards, *places: int) -> None:
    from credentials import documents, status
    from credentials.contexts import pinned
    from tests.workflow.award_play import BASE

    engine = awards.play.engine
    document = status.status_list_credential(
        f"{BASE}/status/1", places, issuer_id=DID, signer=SIGNER, now=engine.clock.now(),
        contexts=pinned(),
    )  # fmt: skip
    body = documents.write(document)
    assert published_places(body) == {*places}
    awards.rows(
        "INSERT INTO status_list VALUES (1, %s, now()) ON CONFLICT (number) DO UPDATE "
        "SET body = EXCLUDED.body RETURNING 1", body,
    )  # fmt: skip


def test_a_published_list_that_says_another_thing_is_found(awards: Awards) -> None:
    case = awards.issued(awards.badge())
    (index,) = awards.row("SELECT status_index FROM award WHERE case_id = %s", case)
    assert broken(awards) == []
    act(awards, "take_back", case)
    assert broken(awards) == ["A status list with places set is not published."]
    publish(awards)
    assert broken(awards) == ["A credential is revoked, but not in its list."]
    other = 7 if index != 7 else 8
    publish(awards, index, other)  # type: ignore[arg-type]
    assert broken(awards) == ["A credential is in its list by mistake."]
    publish(awards, index)  # type: ignore[arg-type]
    assert broken(awards) == []
    awards.rows("UPDATE status_list SET body = '{}' RETURNING 1")
    assert [one[:34] for one in broken(awards)] == ["A status list cannot be read. The "]


def test_a_credential_that_does_not_verify_is_found(awards: Awards) -> None:
    awards.issued(awards.badge())
    with awards.play.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE signed_credential DROP CONSTRAINT "
                           "ck_signed_credential_sha256_of_bytes")  # fmt: skip
        connection.execute(
            "UPDATE signed_credential SET body = "
            "convert_to(replace(convert_from(body, 'utf8'), 'Data Storytelling', 'Data'), 'utf8')"
        )
        assert [one[:61] for one in broken(awards)] == [
            "A credential does not verify. The signature does not match: t"
        ]
        connection.execute("UPDATE signed_credential SET body = 'no JSON'")
        assert [one[:48] for one in broken(awards)] == [
            "A credential does not verify. The file is not JS"
        ]
