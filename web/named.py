"""Addresses that signed credentials name; each answers for as long as a credential names it."""

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from web.guard import context, public
from web.pages import cached, show
from workflow.forms import unprintable
from workflow.queries.public import achievement, unit_name

pages = Blueprint("named", __name__)

LARGEST_VERSION = 100_000


@pages.get("/verify/<number>")
@public
def verify(number: str) -> Response:
    """The award's page has a short address; this is the one in the signed credential."""
    return redirect(f"/v/{number}", 303)


@pages.get("/achievements/<case>/v<int:version>")
@public
def achieved(case: str, version: int) -> Response:
    """One version of a credential: what it says and what it takes."""
    if unprintable(case) or version > LARGEST_VERSION:
        abort(404)
    with context().engine.connect() as connection:
        found = achievement(connection, case, version)
    if found is None:
        abort(404)
    return cached(show("achievement.html", found=found))


@pages.get("/achievements/<case>/v<int:version>/<path:part>")
@public
def part_of_it(case: str, version: int, part: str) -> Response:
    """Criteria, outcomes and competencies stand on the achievement's own page."""
    del part
    return redirect(f"/achievements/{case}/v{version}", 303)


@pages.get("/units/<unit>")
@public
def unit(unit: str) -> Response:
    """The unit that a credential names as its creator."""
    with context().engine.connect() as connection:
        name = None if unprintable(unit) else unit_name(connection, unit)
    if name is None:
        abort(404)
    return cached(show("unit.html", name=name))
