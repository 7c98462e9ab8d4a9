"""People and what they are appointed to, from a table: one line an appointment.

    id,name,email,zone,enrolled,role,scope,starts,ends,stands_for

A person of several roles stands on several lines; one without a role on one line that leaves the
role empty. `stands_for` names the member whose seat an alternate fills. Every fault is told with
its line and column, and then nothing is loaded.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from conferral.errors import BadSettings
from conferral.seed import UNIT_ROLES, AppointmentRow, PersonLine, appointment_id
from workflow.queries.words import ROLES

REQUIRED: Final = ("id", "name", "email")
OPTIONAL: Final = ("zone", "enrolled", "role", "scope", "starts", "ends", "stands_for")
COLUMNS: Final = (*REQUIRED, *OPTIONAL)
_YES: Final = {
    "": True,
    "yes": True,
    "true": True,
    "1": True,
    "no": False,
    "false": False,
    "0": False,
}
_MOST_TOLD: Final = 20
#: Roles that follow from a case itself, and so cannot be given to anyone.
_OF_A_CASE: Final = {"assessor", "colleague", "learner", "proposer", "reviewer", "system", "timer"}
APPOINTABLE: Final = frozenset(ROLES) - _OF_A_CASE
BODY_ROLES: Final = {
    "committee_alternate", "committee_chair", "committee_member", "committee_vice_chair", "signer",
}  # fmt: skip
_LISTED: Final = f"there are {', '.join(sorted(APPOINTABLE))}"


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says: people in the order of their first line, and their appointments."""

    people: tuple[PersonLine, ...]
    appointments: tuple[AppointmentRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What lines may refer to: units and committees by id.

    Days begin in `zone`, which is also that of people who name none; a role without a date begins
    `today`.
    """

    zone: ZoneInfo
    today: date
    units: frozenset[str]
    bodies: frozenset[str]

    def places(self, role: str) -> frozenset[str]:
        """Where a role can be held; '' is the whole university."""
        if role in UNIT_ROLES:
            return self.units
        return self.bodies if role in BODY_ROLES else frozenset({""})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be used: the line (1 is the heading), the column, what is wrong."""

    line: int
    column: str
    says: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.says}"


def read(path: Path, known: Known) -> Table:
    """Read and check a file of people. Raises BadSettings with every fault, up to twenty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} is not UTF-8: {error.reason}.") from error
    reading = _Reading(known, faults=[], people={}, rows={})
    reading.take(csv.DictReader(io.StringIO(text), strict=True))
    if reading.faults:
        raise BadSettings(_told(path, reading.faults))
    return Table(tuple(reading.people.values()), tuple(reading.rows.values()))


def _told(path: Path, faults: list[Fault]) -> str:
    more = len(faults) - _MOST_TOLD
    rest = f" And {more} more." if more > 0 else ""
    return f"{path}: {'; '.join(map(str, faults[:_MOST_TOLD]))}.{rest} Nothing was loaded."


@dataclass(frozen=True, slots=True)
class _Reading:
    """What has been read so far, and what was wrong with it."""

    known: Known
    faults: list[Fault]
    people: dict[str, PersonLine]
    rows: dict[str, AppointmentRow]

    def take(self, table: "csv.DictReader[str]") -> None:
        """Read every line of a table."""
        try:
            if self._heading(table.fieldnames or ()):
                for line in table:
                    self._line(table.line_num, line)
        except csv.Error as error:
            self.faults.append(Fault(table.line_num, "the line", str(error)))

    def _heading(self, names: Sequence[str]) -> bool:
        missing = [name for name in REQUIRED if name not in names]
        unknown = [name for name in names if name not in COLUMNS]
        self.faults.extend(Fault(1, name, "this column is needed") for name in missing)
        says = f"there is no such column; there are {', '.join(COLUMNS)}"
        self.faults.extend(Fault(1, name, says) for name in unknown)
        return not missing and not unknown

    def _line(self, number: int, given: Mapping[str | None, object]) -> None:
        if None in given or None in given.values():
            self.faults.append(
                Fault(number, "the line", "it has not as many fields as the heading")
            )
            return
        said = {str(name): str(value).strip() for name, value in given.items()}
        person = self._person(number, said)
        if person is None:
            return
        before = self.people.setdefault(person.id, person)
        if before != person:
            self.faults.append(Fault(number, "id", f"{person.id} stands above with other words"))
        if said.get("role"):
            self._appointment(number, person.id, said)

    def _person(self, number: int, said: Mapping[str, str]) -> PersonLine | None:
        enrolled = _YES.get(said.get("enrolled", "").lower())
        if enrolled is None:
            self.faults.append(Fault(number, "enrolled", "say yes or no"))
            return None
        try:
            return PersonLine.model_validate({
                "id": said["id"], "name": said["name"], "email": said["email"],
                "zone": said.get("zone") or self.known.zone.key, "enrolled": enrolled,
            })  # fmt: skip
        except ValidationError as error:
            for fault in error.errors():
                words = str(fault["msg"]).removeprefix("Value error, ")
                self.faults.append(Fault(number, str(fault["loc"][0]), words))
            return None

    def _appointment(self, number: int, person: str, said: Mapping[str, str]) -> None:
        role, scope = said["role"], said.get("scope", "")
        found = [*self._role_faults(number, role, scope)]
        if (role == "committee_alternate") != bool(said.get("stands_for")):
            says = "an alternate, and nobody else, names the member they stand for"
            found.append(Fault(number, "stands_for", says))
        starts = self._day(
            (number, "starts"), said.get("starts", "") or self.known.today.isoformat(), found
        )
        ends = self._day((number, "ends"), said["ends"], found) if said.get("ends") else None
        if starts and ends and ends <= starts:
            found.append(Fault(number, "ends", "it ends before it begins"))
        key = appointment_id(person, role, scope)
        if key in self.rows:
            found.append(Fault(number, "role", f"{person} has this role on a line above"))
        self.faults.extend(found)
        if not found and starts:
            self.rows[key] = AppointmentRow(
                id=key, person=person, role=role, scope=scope, starts=starts, ends=ends,
                on_behalf_of=None, stands_for=said.get("stands_for") or None,
            )  # fmt: skip

    def _role_faults(self, number: int, role: str, scope: str) -> Iterator[Fault]:
        if role not in APPOINTABLE:
            yield Fault(number, "role", f"{role} is no role to appoint to; {_LISTED}")
            return
        if scope not in self.known.places(role):
            needed = "a unit" if role in UNIT_ROLES else "a committee" if role in BODY_ROLES else ""
            told = f"for {role} name {needed} that is known" if needed else f"{role} takes no scope"
            yield Fault(number, "scope", told)

    def _day(self, place: tuple[int, str], text: str, found: list[Fault]) -> datetime | None:
        """The first instant of a day in the institution's zone."""
        try:
            return datetime.combine(date.fromisoformat(text), time(), self.known.zone)
        except ValueError:
            found.append(Fault(*place, f"{text} is no day; one is 2026-11-24"))
            return None
