"""Long work shows how far it has come, and goes on where its worker left it."""

from uuid import UUID

import pytest

from tests.factory import ADMIN, PROPOSER
from tests.workflow.play import Play
from workflow import jobs
from workflow.jobs import Job, job

SOME = UUID(int=42)


def stands(play: Play, which: UUID = SOME) -> Job:
    with play.engine.connect() as connection:
        found = jobs.find(connection, which)
    assert found is not None
    return found


def test_each_piece_is_seen_as_it_is_done_and_what_failed_says_why(play: Play) -> None:
    with job(play.engine, "agenda", says="Agenda of UGC", by=ADMIN, total=3, job_id=SOME) as on:
        on.did(cursor="AG-1")
        on.failed("AG-2 has no document.", cursor="AG-2")
        now = stands(play)
        assert (now.done, now.failed, now.begun, now.percent) == (1, 1, 2, 66)
        assert (now.cursor, now.problem) == ("AG-2", "AG-2 has no document.")
        assert (now.by_name, now.finished_at, now.lost) == ("Ada Operator", None, False)
        on.did()
    assert stands(play).finished_at == play.clock.now()
    assert stands(play).percent == 100


def test_a_job_whose_worker_died_is_taken_up_where_it_stood(play: Play) -> None:
    done: list[str] = []
    pieces = ["a", "b", "c", "d"]

    def works_until(last: str) -> None:
        with job(
            play.engine, "reminders", says="Reminders", by="system", total=4, job_id=SOME
        ) as on:
            for piece in pieces[on.begun :]:
                if piece == last:
                    raise ProcessLookupError
                done.append(piece)
                on.did(cursor=piece)

    with pytest.raises(ProcessLookupError):
        works_until("c")
    left = stands(play)
    assert (left.begun, left.cursor, left.finished_at) == (2, "b", None)
    with play.engine.connect() as connection:
        connection.execute("UPDATE job SET seen_at = now() - interval '1 h'")
    assert stands(play).lost
    works_until("")
    assert done == pieces
    assert stands(play).percent == 100


def test_a_job_of_nothing_is_done_at_once_and_an_unknown_one_is_none(play: Play) -> None:
    with job(play.engine, "issuing", says="Issue awards", by=PROPOSER, total=0, job_id=SOME):
        assert stands(play).percent == 100
    with play.engine.connect() as connection:
        assert jobs.find(connection, UUID(int=1)) is None


def test_the_newest_jobs_come_first_page_by_page(play: Play) -> None:
    for n in range(5):
        with job(play.engine, "agenda", says=f"Agenda {n}", by=ADMIN, total=1) as on:
            on.did()
        play.clock.advance(minutes=1)
    with play.engine.connect() as connection:
        first = jobs.newest(connection, take=3)
        rest = jobs.newest(connection, before=first[-1])
    assert [one.says for one in (*first, *rest)] == [f"Agenda {n}" for n in (4, 3, 2, 1, 0)]
