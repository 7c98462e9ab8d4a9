"""The command line: found by file, wrong input is one line, and a fault of ours leaves a trail."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from conferral import commands
from conferral.commands import answer, conferral, main
from conferral.errors import ServerFailed


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Add a command `trial` that does what it is given."""

    def put(does: Callable[[], object]) -> None:
        trial = click.command(name="trial")(does)
        monkeypatch.setitem(sys.modules, "conferral.commands.trial", _Module(trial))
        monkeypatch.setattr(conferral, "list_commands", lambda _context: ["trial"])

    return put


class _Module:
    def __init__(self, command: object) -> None:
        self.command = command
        self.__name__ = "conferral.commands.trial"


def test_every_module_is_a_command_with_a_sentence_of_help() -> None:
    context = click.Context(conferral)
    names = conferral.list_commands(context)
    assert "run" in names
    for name in names:
        command = conferral.get_command(context, name)
        assert command is not None
        assert command.help, f"{name} says nothing about itself"


def test_alone_it_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer([]) == 0
    assert "run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nope"], "No such command 'nope'"),
        (["run", "--port", "abc"], "'abc' is not a valid integer"),
        (["run", "--nope"], "No such option"),
        (["--nope"], "No such option"),
    ],
)
def test_wrong_words_are_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert answer(words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_failure_of_ours_to_serve_is_one_line(
    add: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ServerFailed("There is no PostgreSQL here.")

    add(fail)
    assert answer(["trial"]) == 2
    assert capsys.readouterr().err == "There is no PostgreSQL here.\n"


def test_a_surprise_is_one_line_with_a_file_that_has_the_trace(
    add: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def surprise() -> None:
        raise ZeroDivisionError("two\nlines")

    add(surprise)
    assert answer(["trial"]) == 1
    line = capsys.readouterr().err
    assert line.startswith("Something broke that should not: ZeroDivisionError: two lines (details")
    found = re.search(r"details in (.+)\)", line)
    assert found is not None
    details = Path(found[1])
    assert "in surprise" in details.read_text()
    assert details.stat().st_mode & 0o077 == 0
    details.unlink()


def test_with_debug_the_trace_is_shown(
    add: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    add(lambda: 1 // 0)
    assert answer(["--debug", "trial"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_what_a_command_returns_is_the_exit_code(
    add: Callable[[Callable[[], object]], None],
) -> None:
    add(lambda: 3)
    assert answer(["trial"]) == 3
    with pytest.raises(SystemExit) as ended:
        main(["trial"])
    assert ended.value.code == 3


def test_ctrl_c_is_no_fault(add: Callable[[Callable[[], object]], None]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    add(interrupted)
    assert answer(["trial"]) == 130


def test_a_reader_that_has_seen_enough_gets_no_trace() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "conferral"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""


def test_a_module_without_a_command_is_a_fault(
    add: Callable[[Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(lambda: None)
    monkeypatch.setitem(sys.modules, "conferral.commands.trial", _Module("no command"))
    with pytest.raises(TypeError, match="is not a click command"):
        conferral.get_command(click.Context(conferral), "trial")
    assert commands.OUR_FAULT == 1
