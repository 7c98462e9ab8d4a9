"""Who there is in a walk: the sample people, and a few whose offices meet."""

from collections.abc import Mapping
from functools import cache
from typing import cast

import yaml

from conferral.seed import SAMPLE
from tests.factory import ASA_OFFICER, COMMITTEES, UNIT
from workflow.facts import Appointment

Row = dict[str, object]

#: A member of the council who proposes, its chair who does, and an officer of ASA who does.
MEMBER_WHO_PROPOSES, CHAIR_WHO_PROPOSES = COMMITTEES["ugc"][2], COMMITTEES["ugc"][0]
#: Acts for an officer of ASA, who may propose too: a delegate inherits every exclusion.
DELEGATE = "jules-mockup"
#: (person, role, scope, on behalf of) beside the sample.
MORE = (
    (MEMBER_WHO_PROPOSES, "member", UNIT, None),
    (CHAIR_WHO_PROPOSES, "member", UNIT, None),
    (DELEGATE, "asa_officer", "", ASA_OFFICER),
)


@cache
def sample() -> Mapping[str, list[Row]]:
    return cast("Mapping[str, list[Row]]", yaml.safe_load(SAMPLE.read_text("utf-8")))


@cache
def person(person_id: str) -> Row | None:
    """The sample's person of this id."""
    return next((row for row in sample()["people"] if row["id"] == person_id), None)


@cache
def unit_path(unit: str) -> tuple[str, ...]:
    """A unit, then the next one up, to the university."""
    parents = {str(row["id"]): row.get("parent") for row in sample()["units"]}
    path: list[str] = []
    above: object = unit
    while above:
        path.append(str(above))
        above = parents[str(above)]
    return tuple(path)


@cache
def unit_name(unit: str) -> str:
    return next(str(row["name"]) for row in sample()["units"] if row["id"] == unit)


@cache
def appointments() -> tuple[Appointment, ...]:
    """Every appointment, in the order in which the engine reads them."""
    said = [
        (str(row["id"]), role["role"], role.get("scope", ""), None)
        for row in sample()["people"]
        for role in cast("list[dict[str, str]]", row.get("roles", []))
    ]
    found = [
        Appointment(f"{who}/{role}/{scope}", who, role, scope, behalf, _name(who))
        for who, role, scope, behalf in (*said, *MORE)
    ]
    return tuple(sorted(found, key=lambda a: (a.name, a.id)))


def _name(person_id: str) -> str:
    found = person(person_id)
    return str(found["name"]) if found else person_id
