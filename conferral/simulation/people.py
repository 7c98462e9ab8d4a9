"""The people of a simulated year: the sample ones, and the invented ones its load asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

from psycopg import Connection

from conferral.seed import SAMPLE, PeopleFile, PersonLine, RoleLine, keep, read, seed

#: Units that propose.
UNITS: Final = (
    "information-services", "libraries", "data-science", "computing", "health", "humanities",
    "continuing",
)  # fmt: skip
_FIRST: Final = (
    "Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ivy", "Jo", "Kai", "Lou", "Mo", "Ned",
    "Oz", "Pat", "Rae", "Sol", "Tia", "Uli", "Val", "Win", "Yan", "Zia", "Abe", "Bea",
)  # fmt: skip
_LAST: Final = (
    "Anecdote", "Ballad", "Chronicle", "Diagram", "Effigy", "Fairytale", "Glyph", "Haiku", "Idyll",
    "Jingle", "Kenning", "Limerick", "Motif", "Narrative", "Ode", "Prologue", "Quatrain", "Riddle",
    "Sonnet", "Trope", "Utopia", "Vignette", "Whimsy", "Yarn",
)  # fmt: skip
_ASSESSORS: Final = ("mina-testcase", "theo-rubric", "bea-benchmark")
_MORE_OFFICERS, _PROPOSERS_A_UNIT, _ALL_ASSESSORS = 4, 5, 25
#: Of so many learners one holds no university account.
_GUESTS: Final = 8


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays what, by their ids."""

    #: (person, unit) of everyone who proposes.
    proposers: tuple[tuple[str, str], ...]
    #: unit -> its head.
    heads: Mapping[str, str]
    officers: tuple[str, ...]
    registrar: str
    senate_office: str
    assessors: tuple[str, ...]
    #: body -> its members, whoever is in the chair first.
    committees: Mapping[str, tuple[str, ...]]
    learners: tuple[str, ...]
    guests: frozenset[str]
    #: person -> who stands in when they are away.
    deputies: Mapping[str, str]


class _Draw(Protocol):
    """Invents somebody who holds these roles; their id."""

    def __call__(self, *roles: RoleLine, enrolled: bool = True) -> str: ...


def people(connection: Connection[object], *, learners: int) -> Cast:
    """Put everyone into the database; who they are."""
    seed(connection)
    sample = read(SAMPLE)
    names = _names()
    drawn: list[PersonLine] = []

    def draw(*roles: RoleLine, enrolled: bool = True) -> str:
        first, last = next(names)
        person = PersonLine(
            id=f"{first}-{last}".lower(), name=f"{first} {last}", roles=roles, enrolled=enrolled,
            email=f"{first}.{last}@example.{'edu' if enrolled else 'org'}".lower(),
        )  # fmt: skip
        drawn.append(person)
        return person.id

    cast = _cast(sample, draw, learners)
    _keep(connection, sample, drawn)
    return cast


def _names() -> Iterator[tuple[str, str]]:
    """Names in a fixed order; a number behind the last name once they are used up."""
    for round_ in range(1, 100):
        mark = "" if round_ == 1 else str(round_)
        for last in _LAST:
            for first in _FIRST:
                yield first, last + mark


def _cast(sample: PeopleFile, draw: _Draw, learners: int) -> Cast:
    heads = {unit: _holders(sample, "unit_head", unit)[0] for unit in UNITS}
    registrar, senate = _holders(sample, "registrar")[0], _holders(sample, "senate_office")[0]
    away = {heads[unit]: unit for unit in UNITS} | {registrar: "registrar", senate: "senate"}
    new = _ALL_ASSESSORS - len(_ASSESSORS)
    enrolled = [n % _GUESTS != 0 for n in range(1, learners + 1)]
    drawn = [draw(enrolled=known) for known in enrolled]
    return Cast(
        proposers=tuple(
            (draw(RoleLine(role="member", scope=unit)), unit)
            for _ in range(_PROPOSERS_A_UNIT) for unit in UNITS
        ),
        heads=heads,
        officers=(*_holders(sample, "asa_officer"), *(
            draw(RoleLine(role="member", scope="asa"), RoleLine(role="asa_officer"))
            for _ in range(_MORE_OFFICERS))),
        registrar=registrar, senate_office=senate,
        assessors=(*_ASSESSORS, *(
            draw(RoleLine(role="member", scope=UNITS[n % len(UNITS)])) for n in range(new))),
        committees={body: _committee(sample, body) for body in ("ugc", "gc", "ucc")},
        learners=tuple(drawn),
        guests=frozenset(p for p, known in zip(drawn, enrolled, strict=True) if not known),
        deputies={
            person: draw(RoleLine(role="member", scope=unit)) for person, unit in away.items()
        },
    )  # fmt: skip


def _holders(sample: PeopleFile, role: str, scope: str = "") -> tuple[str, ...]:
    return tuple(
        row.person for row in sample.appointments() if (row.role, row.scope) == (role, scope)
    )


def _committee(sample: PeopleFile, body: str) -> tuple[str, ...]:
    chairs = _holders(sample, "committee_chair", body)
    return tuple(dict.fromkeys(chain(chairs, _holders(sample, "committee_member", body))))


def _keep(connection: Connection[object], sample: PeopleFile, drawn: list[PersonLine]) -> None:
    file = PeopleFile(
        zone=sample.zone, starts=sample.starts, units=sample.units, people=tuple(drawn)
    )
    rows = [one.model_dump(exclude={"roles"}) | {"zone": file.zone} for one in drawn]
    with connection.transaction(), connection.cursor() as cursor:
        keep(cursor, rows, file.appointments())
