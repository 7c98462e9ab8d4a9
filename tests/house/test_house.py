"""The house rules that no linter knows. Each failure names the place."""

import ast
import re
from importlib.metadata import distribution, packages_distributions

from tests.house.project import (
    ROOT,
    functions,
    modules,
    named,
    rooms,
    settings,
    tracked,
)

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
ROOMS = {"conferral", "web", "tasks", "workflow", "models", "policies", "credentials"}


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_is_longer_than_can_be_held_in_mind() -> None:
    lengths = {named(path): len(path.read_bytes().splitlines()) for path in modules()}
    assert {name: count for name, count in lengths.items() if count > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{named(path, node.lineno)} {node.name}": lines_of(node)
        for path in modules()
        for node in functions(path)
        if lines_of(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_no_exception_is_swallowed() -> None:
    swallowed = [
        named(path, node.lineno)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type) and does_nothing(node.body)
    ]
    assert swallowed == []


def is_broad(caught: ast.expr | None) -> bool:
    return caught is None or (
        isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}
    )


def does_nothing(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(step, ast.Pass | ast.Continue)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in body
    )


def test_what_catches_nothing_is_seen_and_what_handles_is_not() -> None:
    tree = ast.parse(
        "try:\n  a()\nexcept Exception:\n  pass\ntry:\n  a()\nexcept Exception:\n  raise B\n"
    )
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert [is_broad(one.type) and does_nothing(one.body) for one in handlers] == [True, False]


# ------------------------------------------------------------------------------------- the rooms


def test_there_are_seven_rooms_and_every_tool_knows_them() -> None:
    tools = settings()["tool"]
    assert rooms() == ROOMS
    assert set(tools["importlinter"]["root_packages"]) == ROOMS
    assert set(tools["mypy"]["packages"]) == ROOMS
    assert set(tools["coverage"]["run"]["source"]) == ROOMS
    assert {
        name.rstrip("*") for name in tools["setuptools"]["packages"]["find"]["include"]
    } == ROOMS


def test_every_room_has_its_layer() -> None:
    contracts = {one["id"]: one for one in settings()["tool"]["importlinter"]["contracts"]}
    layers = {room for layer in contracts["layers"]["layers"] for room in layer.split(" | ")}
    assert layers == ROOMS
    assert set(contracts["acyclic"]["ancestors"]) == ROOMS


def test_no_other_distribution_claims_the_name_of_a_room() -> None:
    claims = packages_distributions()
    others = {room: set(claims.get(room, ())) - {"conferral"} for room in ROOMS | {"tests"}}
    assert {room: names for room, names in others.items() if names} == {}


def test_tests_mirror_the_rooms() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").exists()}
    across = {"house", "faults", "races", "walks", "bench"}  # what no single room answers for
    assert folders == ROOMS | across


# ------------------------------------------------------------------------- what must not be kept

# Put together here, so that this file does not hold what it looks for.
INDEX_HOSTS = ["py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian"]
MACHINE_PATHS = ["/wo" + "rk/", "/fa" + "rm/", "/opt/" + "pypi", "/tm" + "p/brief"]


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    banned = re.compile("|".join(map(re.escape, INDEX_HOSTS + MACHINE_PATHS)).encode())
    found = [
        f"{named(path, number)}"
        for path in tracked()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if banned.search(line)
    ]
    assert found == []


# ------------------------------------------------------------------------------------- the lock


def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_the_lock_names_no_place_to_get_things_from() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-", lock())


def test_every_locked_release_is_pinned_and_hashed() -> None:
    blocks = re.split(r"\n(?=\S)", lock().strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[a-z0-9.-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


def test_everything_the_project_asks_for_is_locked() -> None:
    project = settings()["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=;! ]", line)[0].lower().replace("_", "-") for line in asked}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock(), flags=re.MULTILINE))
    assert names - locked == set()


def test_the_lock_suits_the_oldest_python_of_a_stable_debian() -> None:
    """Python 3.11.2 has no asyncio.timeout that redis can use."""
    assert re.search(
        r"^async-timeout==\S+ ; python_full_version < '3\.11\.3'", lock(), re.MULTILINE
    )


def test_the_installed_command_is_ours() -> None:
    (script,) = distribution("conferral").entry_points
    assert (script.name, script.value) == ("conferral", "conferral.commands:main")
