"""The command line as a test uses it: in this process, on a database of its own."""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import psycopg
import pytest

from conferral.commands import answer
from conferral.compose import bring_up
from tests.factory import seed_people


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


Run = Callable[..., Told]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `conferral` with words; `stdin` is what it reads. The database is ready, with people."""
    bring_up(database_url)
    with psycopg.connect(database_url) as connection:
        seed_people(connection)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def told(*words: str, stdin: bytes = b"") -> Told:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with redirect_stdout(out), redirect_stderr(err):
            code = answer(words)
        return Told(code, out.getvalue(), err.getvalue())

    return told


def refused(told: Told) -> str:
    """The one line of a refusal: exit code 2, nothing printed, no trace; the line itself."""
    assert told.code == 2, told
    assert told.out == ""
    assert told.err.endswith("\n")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    assert "broke" not in told.err
    return told.err.rstrip("\n")
