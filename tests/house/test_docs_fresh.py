"""The documentation says what is so: what is made from code is fresh, what it names is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from conferral.commands import conferral
from conferral.settings import Settings, variable
from docs.make import pages
from docs.rooms import layers, uses
from tests.house.project import ROOT, tracked
from workflow.registry import MACHINES

#: The policy's kept text is the university's own and links where it likes.
TEXTS = tuple(
    path for path in tracked()
    if path.suffix == ".md" and (path.parent == ROOT or ROOT / "docs" in path.parents)
)  # fmt: skip
every_text = pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s`/])conferral ([a-z][a-z-]*)([^`\n]*)")
FILE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|yaml|yml|toml|svg|png|html|txt|sql))`")
MAKE = re.compile(r"\bmake ([a-z]+)")
#: Settings and their like: words in capitals that a program reads.
VARIABLE = re.compile(r"\bCONFERRAL_[A-Z_]+\b")
#: Files that stand in somebody's folder, not in ours.
ELSEWHERE = {
    "badge.json", "did.json", "history.json", "summary.json", "conferral.toml", "forms.py",
    "facts.py", "rows.py",
}  # fmt: skip


def read(text: Path) -> str:
    return text.read_text(encoding="utf-8")


def code(text: Path) -> Iterator[str]:
    yield from CODE.findall(read(text))


def commands() -> dict[str, click.Command]:
    context = click.Context(conferral)
    found = {
        name: conferral.get_command(context, name) for name in conferral.list_commands(context)
    }
    return {name: command for name, command in found.items() if command is not None}


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help"}


# ------------------------------------------------------------------------------ made from code


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_what_is_checked_in_is_what_would_be_made_now(path: Path) -> None:
    assert read(path) == pages()[path], "run: make docs"


def test_nothing_made_is_left_over() -> None:
    kept = {path for path in tracked() if path.parent == ROOT / "docs" / "machines"}
    assert kept == {path for path in pages() if path.parent.name == "machines"}
    assert {path.stem for path in kept} == set(MACHINES)


def test_no_room_uses_one_beside_or_above_it() -> None:
    order = layers()
    rooms = [room for layer in order for room in layer]
    for height, layer in enumerate(order):
        below = {room for lower in order[height + 1 :] for room in lower}
        for room in layer:
            assert set(uses(room, rooms)) <= below


# ------------------------------------------------------------------------------ what is named


def test_there_are_texts_to_look_at() -> None:
    names = {path.name for path in TEXTS}
    assert {"README.md", "CHANGELOG.md", "architecture.md", "glossary.md"} <= names
    assert sum(len(LINK.findall(read(text))) for text in TEXTS) > 30
    assert sum(len(COMMAND.findall(part)) for text in TEXTS for part in code(text)) > 20


@every_text
def test_every_relative_link_leads_somewhere(text: Path) -> None:
    lost = []
    for target in LINK.findall(read(text)):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, part = target.partition("#")
        file = (text.parent / place).resolve() if place else text
        if not file.exists() or (part and part not in anchors(file)):
            lost.append(target)
    assert lost == []


def anchors(text: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", read(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@every_text
def test_every_command_exists_with_the_options_it_is_given(text: Path) -> None:
    known = commands()
    for part in code(text):
        for name, rest in COMMAND.findall(part):
            assert name in known, f"conferral {name}"
            given = set(re.findall(r"--[a-z-]+", rest))
            assert given <= options(meant(known[name], rest)), f"conferral {name}{rest}"


def meant(command: click.Command, rest: str) -> click.Command:
    """The command of a group that the words after its name choose."""
    words = rest.split()
    while isinstance(command, click.Group) and words and re.fullmatch("[a-z-]+", words[0]):
        assert words[0] in command.commands, f"{command.name} {rest}"
        command = command.commands[words.pop(0)]
    return command


def test_the_readme_names_every_command() -> None:
    named = {name for part in code(ROOT / "README.md") for name, _ in COMMAND.findall(part)}
    assert named == set(commands())


@every_text
def test_every_make_target_exists(text: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), flags=re.MULTILINE))
    named = {name for part in code(text) for name in MAKE.findall(part)}
    assert named <= targets


@every_text
def test_every_file_named_is_there(text: Path) -> None:
    names = {path.name for path in tracked()}
    missing = [
        name for name in FILE.findall(read(text))
        if name not in ELSEWHERE
        and not (ROOT / name).exists()
        and not ("/" not in name and name in names)
    ]  # fmt: skip
    assert missing == []


@every_text
def test_every_setting_named_is_one(text: Path) -> None:
    known = {variable(field) for field in Settings.model_fields} | {"CONFERRAL_CONFIG"}
    assert set(VARIABLE.findall(read(text))) <= known


def test_the_guide_names_every_setting() -> None:
    guide = read(ROOT / "docs" / "guides" / "production.md")
    assert [name for name in map(variable, Settings.model_fields) if f"`{name}`" not in guide] == []
