"""Put the units, people and appointments of a file into the database.

The file says who there is; what it no longer names stays as it is, for history refers to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from psycopg import Connection, Cursor
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from conferral.errors import BadSettings

#: The invented people of Example University.
SAMPLE = Path(__file__).parent / "sample" / "people.yaml"

#: Roles that are held in a unit; the others in a body, or in '' for the whole university.
UNIT_ROLES = frozenset({"member", "unit_head"})


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{zone!r} is no time zone; one is America/New_York") from error
    return zone


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")
]
Zone = Annotated[str, AfterValidator(_known_zone)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitLine(_Value):
    """A unit as the file gives it; `parent` is empty for the university itself."""

    id: Words
    name: Words
    kind: Words
    parent: str = ""


class RoleLine(_Value):
    """A role someone holds; `on_behalf_of` makes it a delegation, an alternate `stands_for` one."""

    role: Words
    scope: str = ""
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    on_behalf_of: str | None = None
    stands_for: str | None = None

    @model_validator(mode="after")
    def _alternates_name_whom(self) -> Self:
        if (self.role == "committee_alternate") != bool(self.stands_for):
            raise ValueError("an alternate, and nobody else, names whom they stand for")
        return self


class PersonLine(_Value):
    """A person as the file gives them."""

    id: Words
    name: Words
    email: EmailStr
    zone: Zone | None = None
    enrolled: bool = True
    #: Faculty on nine months: days off contract do not count for what waits for them.
    nine_months: bool = False
    roles: tuple[RoleLine, ...] = ()


class PeopleFile(_Value):
    """Everything the file says; whatever it names is in it, and named once."""

    zone: Zone
    starts: AwareDatetime
    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _once("unit", (unit.id for unit in self.units))
        _once("person", (person.id for person in self.people))
        _once("appointment", (row.id for row in self.appointments()))
        units, people = {unit.id for unit in self.units}, {person.id for person in self.people}
        _known("parent", (unit.parent for unit in self.units if unit.parent), units)
        rows = tuple(self.appointments())
        _known("unit", (row.scope for row in rows if row.role in UNIT_ROLES), units)
        _known("person", (row.on_behalf_of for row in rows if row.on_behalf_of), people)
        _known("person", (row.stands_for for row in rows if row.stands_for), people)
        for unit in self.units:
            self.path(unit)
        return self

    def path(self, unit: UnitLine) -> list[str]:
        """From the unit up to the one that has no parent."""
        parents = {line.id: line.parent for line in self.units}
        path = [unit.id]
        while parent := parents[path[-1]]:
            if parent in path:
                raise ValueError(f"unit {unit.id} is its own parent")
            path.append(parent)
        return path

    def appointments(self) -> "Iterator[AppointmentRow]":
        """Each role of each person, as the row it becomes."""
        for person in self.people:
            for held in person.roles:
                yield AppointmentRow(
                    id=appointment_id(
                        person.id, held.role, held.scope, on_behalf_of=held.on_behalf_of or ""
                    ),
                    person=person.id,
                    role=held.role,
                    scope=held.scope,
                    starts=held.starts or self.starts,
                    ends=held.ends,
                    on_behalf_of=held.on_behalf_of,
                    stands_for=held.stands_for,
                )


class AppointmentRow(_Value):
    """An appointment under an id that stays the same from one seeding to the next."""

    id: str
    person: str
    role: str
    scope: str
    starts: datetime
    ends: datetime | None
    on_behalf_of: str | None
    stands_for: str | None = None


def appointment_id(person: str, role: str, scope: str, *, on_behalf_of: str = "") -> str:
    """The id of an appointment: made from what it is, so loading a file again finds it again."""
    return "/".join(part for part in (person, role, scope, on_behalf_of) if part)


def read(path: Path) -> PeopleFile:
    """Read and check a people file; BadSettings names the place in it that is wrong."""
    try:
        return PeopleFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is not YAML: {' '.join(str(error).split())}.") from error
    except ValidationError as error:
        raise BadSettings(f"{path}: {_first(error)}.") from error


def seed(connection: Connection[object], path: Path = SAMPLE) -> None:
    """Insert what the file names, or bring it up to date; running it twice changes nothing.

    All in one transaction. Raises BadSettings when the file cannot be used.
    """
    file = read(path)
    units = [unit.model_dump(exclude={"parent"}) | {"path": file.path(unit)} for unit in file.units]
    people = [
        person.model_dump(exclude={"roles"}) | {"zone": person.zone or file.zone}
        for person in file.people
    ]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_UNIT, units)
        keep(cursor, people, file.appointments())


def keep(
    cursor: Cursor[object],
    people: Sequence[Mapping[str, object]],
    appointments: Iterable[AppointmentRow],
) -> None:
    """Insert people and appointments, or bring them up to date, in the caller's transaction."""
    cursor.executemany(_PERSON, people)
    cursor.executemany(_APPOINTMENT, [row.model_dump() for row in appointments])


_UNIT = """
INSERT INTO unit (id, name, kind, path) VALUES (%(id)s, %(name)s, %(kind)s, %(path)s)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind, path = EXCLUDED.path
"""
_PERSON = """
INSERT INTO person (id, name, email, zone, enrolled, nine_months)
VALUES (%(id)s, %(name)s, %(email)s, %(zone)s, %(enrolled)s, %(nine_months)s)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email,
    zone = EXCLUDED.zone, enrolled = EXCLUDED.enrolled,
    nine_months = EXCLUDED.nine_months
"""
_APPOINTMENT = """
INSERT INTO appointment (id, person, role, scope, starts, ends, on_behalf_of, stands_for)
VALUES (%(id)s, %(person)s, %(role)s, %(scope)s, %(starts)s, %(ends)s, %(on_behalf_of)s,
        %(stands_for)s)
ON CONFLICT (id) DO UPDATE SET starts = EXCLUDED.starts, ends = EXCLUDED.ends,
    stands_for = EXCLUDED.stands_for
"""


def _once(what: str, ids: Iterable[str]) -> None:
    twice = [name for name, times in Counter(ids).items() if times > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} stands there twice")


def _known(what: str, named: Iterable[str], there: set[str]) -> None:
    for name in named:
        if name not in there:
            raise ValueError(f"{what} {name} is named but not given")


def _first(error: ValidationError) -> str:
    told = error.errors()[0]
    place = ".".join(str(part) for part in told["loc"])
    words = told["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
