"""Reading the room's own data files, with errors that name file and field.

Another policy or institution is other files beside these: an edition (`editions/<date>.yaml`), its
kept text (`text/<number>-<date>.md`), a routing table (`routes/`), a calendar (`calendars/`),
committees and clocks; no code here names a university. What a file may hold is the frozen dataclass
that it is read into.
"""

from pathlib import Path
from typing import Final, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

ROOM: Final = Path(__file__).parent

T = TypeVar("T")


class DataError(ValueError):
    """A data file of this room does not hold what it must; the message names file and field."""


def read(kind: type[T], file: str) -> T:
    """Read one YAML file of this room into a frozen dataclass.

    `file` is a path below the room, or an absolute one: an institution may keep its own elsewhere.
    Raises DataError, naming the file and each field that is missing, unknown or of another kind.
    """
    path = ROOM / file
    if not path.is_file():
        raise DataError(f"{file}: there is no such file")
    return checked(kind, parsed(path.read_text("utf-8"), file), file)


def parsed(text: str, file: str) -> object:
    """Return what a YAML text says; DataError, naming the file, where it is none."""
    try:
        return cast("object", yaml.load(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as problem:
        raise DataError(f"{file}: this is no YAML: {' '.join(str(problem).split())}") from problem


def checked(kind: type[T], raw: object, file: str) -> T:
    """Return raw data as a frozen dataclass; DataError names the file and each wrong field."""
    try:
        return TypeAdapter(kind).validate_python(raw)
    except ValidationError as problem:
        raise DataError(f"{file}: {_told(problem)}") from problem


def from_json(kind: TypeAdapter[T], text: str, *, name: str) -> T:
    """Read JSON that is kept elsewhere into a frozen dataclass; `name` is what an error calls it.

    Raises DataError, naming each field that is missing, unknown or of another kind.
    """
    try:
        return kind.validate_json(text)
    except ValidationError as problem:
        raise DataError(f"{name}: {_told(problem)}") from problem


def _told(problem: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, error['loc'])) or 'the whole file'}: {error['msg']}"
        for error in problem.errors(include_url=False, include_input=False)
    )
