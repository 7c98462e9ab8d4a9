"""The units and the compose file run commands that there are, with options that they take."""

import re
import shlex
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml

from conferral.settings import Settings, variable
from tests.house.project import ROOT
from tests.house.test_docs_fresh import commands, options

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = {name for name, one in SERVICES.items() if one["image"].startswith("conferral")}


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def lines() -> Iterator[list[str]]:
    for path in UNITS:
        yield shlex.split(unit(path)["Service"]["ExecStart"])
    for name in sorted(OURS):
        yield SERVICES[name]["command"]


def test_there_is_a_unit_for_each_program_and_a_service_too() -> None:
    assert {path.stem for path in UNITS} == {
        "conferral-web", "conferral-worker@", "conferral-relay", "conferral-doctor",
    }  # fmt: skip
    assert {"migrate", "web", "worker", "issuing", "relay"} == OURS


@pytest.mark.parametrize("line", [*lines()], ids=" ".join)
def test_each_line_runs_a_command_with_options_that_it_takes(line: list[str]) -> None:
    program, *words = line
    assert program.removeprefix("/srv/conferral/").startswith(".venv/bin/")
    assert (ROOT / ".venv/bin" / Path(program).name).exists()
    if program.endswith("conferral"):
        command = commands()[words[0]]
        assert {word for word in words if word.startswith("--")} <= options(command)
        concrete = [word.replace("%i", "mail,deadlines") for word in words[1:]]
        command.make_context(words[0], concrete)  # every value is one that it takes
    else:
        run = (ROOT / "conferral/commands/run.py").read_text(encoding="utf-8")
        ours = {word for word in words if word.startswith("--")}
        assert {word for word in ours if f'"{word}"' not in run} == set()


def test_each_setting_that_the_compose_file_gives_is_one() -> None:
    known = {variable(field) for field in Settings.model_fields}
    given = {name for one in OURS for name in SERVICES[one]["environment"]}
    assert given <= known


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_service_reads_its_settings_from_a_file_and_is_started_again(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["EnvironmentFile"] == "/etc/conferral.env"
    assert service["User"] == "conferral"
    assert service.get("Type") == "oneshot" or service["Restart"] == "always"


def test_what_stops_has_longer_than_one_mail_takes() -> None:
    from tasks.context import SMTP_TOTAL

    for name in ("conferral-worker@", "conferral-relay"):
        stops = unit(DEPLOY / f"{name}.service")["Service"]["TimeoutStopSec"]
        assert int(stops) > SMTP_TOTAL.total_seconds()
    for name in ("worker", "issuing", "relay"):
        (seconds,) = re.findall(r"(\d+)s", SERVICES[name]["stop_grace_period"])
        assert int(seconds) > SMTP_TOTAL.total_seconds()
