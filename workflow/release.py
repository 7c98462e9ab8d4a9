"""Released versions of the machines: kept as a file beside the code and as a row in the database.

A case pins the version it began under, so what a version says may never change once it is released.
Run as a program it writes the files of versions that are not released yet.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import orjson
from psycopg import Connection
from psycopg.types.json import Jsonb

from workflow.definition import Definition
from workflow.engine import MachineInForce

FOLDER = "workflow.releases"
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class ReleaseChangedError(RuntimeError):
    """A released version of a machine says something else now: it needs a version of its own."""


def as_file(definition: Definition) -> bytes:
    """A definition as its release file holds it."""
    said = {"hash": definition.hash, **definition.as_data()}
    return orjson.dumps(said, option=_OPTIONS)


def file_name(definition: Definition) -> str:
    """The name of a release file: `proposal-1.json`."""
    return f"{definition.machine}-{definition.version}.json"


def released(definition: Definition) -> bytes:
    """The release file of a version; FileNotFoundError where it is not released."""
    return files(FOLDER).joinpath(file_name(definition)).read_bytes()


def record(
    connection: Connection[tuple[object, ...]], machines: Mapping[str, MachineInForce]
) -> None:
    """Keep each version in force in the database.

    Raises ReleaseChangedError where the database holds another text under the same version.
    """
    for machine in machines.values():
        definition = machine.definition
        connection.execute(
            """INSERT INTO definition_release (machine, version, hash, released)
               VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            (definition.machine, definition.version, definition.hash, Jsonb(definition.as_data())),
        )
        row = connection.execute(
            "SELECT hash FROM definition_release WHERE machine = %s AND version = %s",
            (definition.machine, definition.version),
        ).fetchone()
        if row != (definition.hash,):
            raise ReleaseChangedError(
                f"{definition.machine} v{definition.version} was released with another text. "
                "Give the changed machine a new version."
            )


def write_all(folder: Path, machines: Mapping[str, MachineInForce]) -> None:
    """Write the release file of every machine in force."""
    for machine in machines.values():
        path = folder / file_name(machine.definition)
        path.write_bytes(as_file(machine.definition))


if __name__ == "__main__":  # pragma: no cover - a program of one line
    from workflow.registry import MACHINES

    write_all(Path(__file__).parent / "releases", MACHINES)
