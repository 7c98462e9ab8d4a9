"""What was given up is taken up again or given up for good; both stand in the register."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.factory import ADMIN, ASA_OFFICER
from tests.tasks import world
from tests.tasks.world import uuid
from tests.workflow.play import Play
from workflow.perform import InvalidError, NotAllowedError, NotFoundError
from workflow.queries.incidents import Incident, closed_servers, counts, incidents
from workflow.register import newest
from workflow.remedies import Which, discard, replay

Link = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def link(play: Play, database_url: str) -> Iterator[Link]:
    del play  # only that the people are there
    with psycopg.connect(database_url, autocommit=True) as connection:
        world.lay_case(connection)
        for name in ("one", "two"):
            world.lay_mail(connection, name)
        connection.execute(
            "UPDATE envelope SET state = 'dead', attempts = 8, outcome = '550 no such user'"
        )
        connection.execute("UPDATE notification SET state = 'dead'")
        connection.execute(
            "INSERT INTO attempt (envelope, fence, at, result, answer) "
            "VALUES (%s, 1, '2026-11-24', 'dead', '550 no such user')",
            (uuid("one"),),
        )
        world.lay_lost_follow_on(connection, "follows")
        connection.execute("UPDATE follow_on SET state = 'dead', outcome = 'There is no MC-9.'")
        world.lay_deadline(
            connection, "clock", does="fire", trigger="expire", state="refused",
            outcome="It may not end.",
        )  # fmt: skip
        yield connection


def found(play: Play, **which: str) -> tuple[Incident, ...]:
    with play.engine.connect() as connection:
        return incidents(connection, **which)  # type: ignore[arg-type]


def told(play: Play) -> str:
    with play.engine.connect() as connection:
        return newest(connection, take=1)[0].says


def states(link: Link, table: str) -> list[object]:
    return [
        row[0]
        for row in link.execute(
            sql.SQL("SELECT state FROM {} ORDER BY id").format(sql.Identifier(table))
        )
    ]


def test_each_says_what_did_not_happen_since_when_and_why(play: Play, link: Link) -> None:
    assert {(one.kind, one.what, one.case, one.why) for one in found(play)} == {
        ("mail", "Mail to Rowan Sample, proposal: received", "MC-1", "550 no such user"),
        ("follow_on", "What follows from another case, proposal: expire", "MC-9",
         "There is no MC-9."),
        ("deadline", "What a passed date calls for, proposal: expire", "MC-1", "It may not end."),
    }  # fmt: skip
    assert [one.kind for one in found(play, kind="deadline")] == ["deadline"]
    assert len(found(play, word="proposal.re")) == 2
    assert [one.kind for one in found(play, case="MC-9")] == ["follow_on"]
    assert counts(link) == {"mail": 2, "follow_on": 1, "deadline": 1}


def test_one_mail_is_taken_up_with_its_attempts_kept_and_as_many_again(
    play: Play, link: Link
) -> None:
    (one,) = replay(play.engine, Which(kind="mail", id=uuid("one")), actor=ADMIN)
    row = link.execute(
        "SELECT e.state, e.attempts, e.retry_at <= now(), n.state FROM envelope e "
        "JOIN notification n ON n.envelope = e.id WHERE e.id = %s", (one.id,),
    ).fetchone()  # fmt: skip
    assert row == ("pending", 0, True, "pending")
    assert link.execute("SELECT count(*) FROM attempt").fetchone() == (1,)
    assert told(play) == "Took up one thing again."
    assert len(found(play, kind="mail")) == 1


def test_all_of_them_are_taken_up_in_one_line_of_the_register(play: Play, link: Link) -> None:
    woken: list[str] = []
    object.__setattr__(play.engine, "wake", woken.append)
    assert len(replay(play.engine, Which(), actor="system")) == 4
    assert found(play) == ()
    assert states(link, "envelope") == ["pending"] * 2
    assert states(link, "follow_on") == ["pending"]
    assert states(link, "deadline") == ["armed"]
    assert told(play) == "Took up 4 things again."
    assert set(woken) == {"MC-1", "MC-9"}


def test_what_is_given_up_for_good_says_why(play: Play, link: Link) -> None:
    assert len(discard(play.engine, Which(), actor=ADMIN, reason=" They left. ")) == 4
    assert found(play) == ()
    assert states(link, "envelope") == states(link, "notification") == ["discarded"] * 2
    assert (states(link, "follow_on"), states(link, "deadline")) == (["moot"], ["skipped"])
    assert told(play) == "Gave up 4 things for good: They left."
    why = link.execute("SELECT DISTINCT outcome FROM envelope").fetchone()
    assert why == ("Given up for good: They left.",)


def test_only_an_operator_may_and_only_with_a_reason_and_only_what_is_there(
    play: Play, link: Link
) -> None:
    with pytest.raises(NotAllowedError, match="operator"):
        replay(play.engine, Which(), actor=ASA_OFFICER)
    with pytest.raises(InvalidError, match="why"):
        discard(play.engine, Which(), actor=ADMIN, reason=" ")
    with pytest.raises(NotFoundError, match="fits"):
        replay(play.engine, Which(id=UUID(int=1)), actor=ADMIN)
    assert len(found(play)) == 4
    assert link.execute("SELECT count(*) FROM register_entry").fetchone() == (0,)


def test_a_closed_mail_server_says_since_when_and_how_many_wait(play: Play, link: Link) -> None:
    link.execute("INSERT INTO mail_server (name, why) VALUES ('well:25', '')")
    link.execute(
        "INSERT INTO mail_server (name, failures, closed_since, probe_at, why) "
        "VALUES ('ill:25', 5, now(), now(), 'No answer in time')"
    )
    replay(play.engine, Which(kind="mail"), actor="system")
    (server,) = closed_servers(link)
    assert (server.name, server.setting, server.why, server.waiting) == (
        "ill:25", False, "No answer in time", 2,
    )  # fmt: skip
