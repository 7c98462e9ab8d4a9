"""The bench runs: one short round gives every figure. What the figures are is not asserted."""

import subprocess
import sys
from pathlib import Path

import orjson
import psycopg
import pytest

from bench import issuing, status
from conferral.commands import answer, bench
from conferral.compose import make_engine, pool

FIGURES = {
    *(f"{name}_ratio_{clients}" for name in ("transition", "thin", "naive") for clients in (1, 8)),
    "decide_us",
    "wal_bytes",
}


@pytest.mark.timeout(300)
def test_one_short_round_gives_every_figure_and_two_round_trips() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "conferral", "bench", "--json", "--rounds", "1", "--seconds", "0.1"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = orjson.loads(done.stdout)
    assert {name for name in FIGURES if not found[name] > 0} == set()
    assert (found["roundtrips"], found["roundtrips_locked"]) == (2, 5)
    assert set(found["medians"]) == {
        f"{kind}_{clients}"
        for kind in ("floor_txn", "floor_readcte", "full", "thin", "naive")
        for clients in (1, 8)
    }


def test_where_there_is_no_checkout_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    assert answer(["bench"]) == 2
    assert capsys.readouterr().err == (
        "The bench is not installed with Conferral: run it in a checkout.\n"
    )


def test_a_revocation_is_measured_to_the_published_list(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        status.lay(connection, awards=6)
    with pool(database_url, size=2) as connect:
        figures = status.measure(connect, many=5)
    assert figures.keys() == {"revoke_one_s", "revoke_5_s"}
    assert all(seconds > 0 for seconds in figures.values())


def test_a_cohort_is_signed_and_issued_and_every_figure_is_there(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        issuing.lay(connection, awards=3)
    with pool(database_url, size=2) as connect:
        figures = issuing.measure(make_engine(connect), awards=3) | issuing.signing(times=2)
    assert set(figures) == {"issue_3_s", "issue_3_own_s", "issue_one_ms", "sign_one_ms"}
    assert all(figure > 0 for figure in figures.values())
