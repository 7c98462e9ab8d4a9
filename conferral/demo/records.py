"""The 18 real records that come with Conferral, imported as drafts of a sample proposer."""

from importlib.resources import as_file, files

from conferral.importing import Opened, imported, planned
from policies.edition import edition_on
from workflow.engine import Engine

PROPOSER, UNIT = "rowan-sample", "information-services"


def sample_records(engine: Engine) -> tuple[Opened, ...]:
    """Import them; those that are there already are not imported again."""
    with as_file(files("conferral.sample").joinpath("microcredentials.yaml")) as file:
        edition = edition_on(engine.calendar.day_of(engine.clock.now()))
        plans = tuple(planned(file, unit="", edition=edition))
    return imported(engine, plans, person=PROPOSER, unit=UNIT)
