"""Who is out of office in the year: heads and offices, each with a deputy from day to day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from conferral.simulation.office import Journey, Office
from conferral.simulation.plan import BEGINS
from workflow.delegation import Delegate, delegate
from workflow.queries.delegations import roles_of

_LENGTH: Final = timedelta(days=13)


def absences(office: Office, *, days: int) -> Iterator[tuple[date, str]]:
    """Everyone who has a deputy is away once, for two weeks; since when, and who."""
    chance = office.draw("absences")
    for person in office.cast.deputies:
        yield BEGINS + timedelta(days=chance.randrange(7, max(days - 20, 8))), person


def play(office: Office, person: str) -> Journey:
    """Somebody names a deputy for all they hold and is away from tomorrow on."""
    first = office.today() + timedelta(days=1)
    last = first + _LENGTH
    with office.engine.connect() as connection:
        keys = tuple(own.key for own in roles_of(connection, person, office.clock.now()))
    delegate(office.engine, person, Delegate(
        deputy=office.cast.deputies[person], roles=keys, first_day=first, last_day=last,
        reason="A research stay.",
    ))  # fmt: skip
    office.away[person] = (first, last)
    yield office.engine.calendar.end_of(last)
