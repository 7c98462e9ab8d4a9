"""A cohort from a table: one line an award.

    award,learner,credential,identity_method,attested_by

A line names its award, or its learner (id or address) and credential (number or registrar's code).
Without an identity method the directory's is taken. Every fault is told with line and column.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from conferral.people_csv import Fault
from workflow.award.forms import IdentityMethod
from workflow.cohort import Listed
from workflow.forms import unprintable

COLUMNS: Final = ("award", "learner", "credential", "identity_method", "attested_by")
LARGEST: Final = 10_000_000  # bytes; a line takes about 60
MOST: Final = 20_000
_METHODS: Final = tuple(method.value for method in IdentityMethod)


@dataclass(frozen=True, slots=True)
class Cohort:
    """What a file says: its lines, what is wrong with them, and the SHA-256 of its bytes."""

    lines: tuple[Listed, ...]
    faults: tuple[Fault, ...]
    sha256: str


def read(path: Path) -> Cohort:
    """Read a file of awards. Raises OSError where it cannot be read at all."""
    content = path.read_bytes()[: LARGEST + 1]
    digest = sha256(content).hexdigest()
    if len(content) > LARGEST:
        return Cohort((), (Fault(1, "the file", "it is larger than 10 MB"),), digest)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Cohort((), (Fault(1, "the file", "it is not UTF-8"),), digest)
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    lines: list[Listed] = []
    faults: list[Fault] = []
    try:
        for found in _lines(table):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                lines.append(found)
    except csv.Error as error:
        faults.append(Fault(table.line_num, "the line", str(error)))
    return Cohort(tuple(lines), tuple(faults), digest)


def _lines(table: "csv.DictReader[str]") -> Iterator[Listed | Fault]:
    names = tuple(table.fieldnames or ())
    unknown = [name for name in names if name not in COLUMNS]
    for name in unknown:
        yield Fault(1, name, f"there is no such column; there are {', '.join(COLUMNS)}")
    if "award" not in names and not {"learner", "credential"} <= set(names):
        yield Fault(1, "award", "name the award, or learner and credential")
    elif not unknown:
        yield from _rows(table)


def _rows(table: "csv.DictReader[str]") -> Iterator[Listed | Fault]:
    for number, given in enumerate(table, 2):
        if number > MOST + 1:
            yield Fault(number, "the line", f"a cohort has at most {MOST:,} lines")
            return
        yield from _row(number, given)


def _row(number: int, given: Mapping[str | None, object]) -> Iterator[Listed | Fault]:
    if None in given or None in given.values():
        yield Fault(number, "the line", "it has not as many fields as the heading")
        return
    said = {str(name): str(value).strip() for name, value in given.items()}
    faults = [*_faults(number, said)]
    yield from faults
    if not faults:
        known = {name: value for name, value in said.items() if value}
        yield Listed(line=number, **known)


def _faults(number: int, said: Mapping[str, str]) -> Iterator[Fault]:
    for name, value in said.items():
        if unprintable(value):
            yield Fault(number, name, "it holds a character that is not shown")
    if not said.get("award"):
        for name in ("learner", "credential"):
            if not said.get(name):
                yield Fault(number, name, "this is needed where no award is named")
    method = said.get("identity_method", "")
    if method and method not in _METHODS:
        yield Fault(number, "identity_method", f"say {' or '.join(_METHODS)}")
