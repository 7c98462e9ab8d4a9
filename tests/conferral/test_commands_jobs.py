"""`conferral jobs`: what runs, what is done, and a bar that ends with it."""

import threading
import time
from collections.abc import Iterator

import pytest

from conferral.compose import make_engine, pool
from tests.conferral.cli import Run, run
from workflow.engine import Engine
from workflow.jobs import job

__all__ = ["run"]


@pytest.fixture
def engine(run: Run, database_url: str) -> Iterator[Engine]:
    del run  # only that there are people
    with pool(database_url, size=2) as connect:
        yield make_engine(connect)


def test_there_is_none_yet(run: Run) -> None:
    assert run("jobs").out == "No long work has been begun yet.\n"


def test_each_job_is_a_line_with_how_far_it_has_come(run: Run, engine: Engine) -> None:
    with job(engine, "agenda", says="Agenda of UGC", by="system", total=4) as on:
        on.did()
        on.failed("AG-2 has no document.")
        told = run("jobs")
        assert told.out.startswith(" 50 %  Agenda of UGC: 2 of 4, since ")
        assert told.out.endswith(
            "by system, 1 could not be done (AG-2 has no document.), running.\n"
        )
        with engine.connect() as connection:
            connection.execute("UPDATE job SET seen_at = now() - interval '1 h'")
        assert "without a worker." in run("jobs", "--watch").out
    assert "done." in run("jobs").out
    (one,) = run("jobs", "--json").json  # type: ignore[misc]
    assert (one["percent"], one["by"], one["problem"]) == (50, "system", "AG-2 has no document.")


def test_a_bar_is_drawn_until_the_work_is_done(run: Run, engine: Engine) -> None:
    begun = threading.Event()

    def work() -> None:
        with job(engine, "issuing", says="Issue awards", by="system", total=3) as on:
            begun.set()
            for _ in range(3):
                time.sleep(0.3)
                on.did()

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(10)
    told = run("jobs", "--watch")
    worker.join()
    assert "Issue awards" in told.err
    assert told.out.startswith("100 %  Issue awards: 3 of 3")
