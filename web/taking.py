"""Files to take along: for the learner at any time, for anyone where the learner publishes."""

import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from credentials.badge import draw
from web import share
from web.guard import context, public
from web.named import LARGEST_VERSION
from web.pages import cached, unlisted
from web.seen import seen
from web.verification import plain_number
from workflow.forms import unprintable
from workflow.queries.beside import AwardView
from workflow.queries.held import Drawn, Held, drawn, held

pages = Blueprint("taking", __name__)

#: What strangers get is named so that a list of them says what each is.
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """What the page of an award offers its learner: addresses, "" where there is nothing yet."""

    address: str
    picture: str
    record: bool
    linkedin: str


@pages.get("/cases/<case>/files/<file>")
def own(case: str, file: str) -> Response:
    """A file of one's own award."""
    page, me = seen(case)
    view = page.beside
    if not (isinstance(view, AwardView) and view.mine and view.number):
        abort(404)
    return _sent(*_found(view.number, learner=me.id), file)


@pages.get("/v/<number>/<file>")
@public
def published(number: str, file: str) -> Response:
    """A file of an award that its learner publishes."""
    if not plain_number(number):
        abort(404)
    return unlisted(cached(_sent(*_found(number), file)))


@pages.get("/achievements/<case>/v<int:version>/image.svg")
@public
def image_svg(case: str, version: int) -> Response:
    """The badge of a version, as it is drawn."""
    facts = share.facts_of(_drawn(case, version), context().institution)
    return cached(Response(draw(facts), mimetype="image/svg+xml"))


@pages.get("/achievements/<case>/v<int:version>/image.png")
@public
def image_png(case: str, version: int) -> Response:
    """The badge of a version as a picture of 600 pixels: the address that signed awards name."""
    facts = share.facts_of(_drawn(case, version), context().institution)
    return cached(Response(share.picture(facts), mimetype="image/png"))


@pages.app_template_global()
def taken_along(view: AwardView, learner: str) -> TakenAlong:
    """What the learner of an award may take along now."""
    award, found = _found(view.number, learner=learner)
    address = f"{context().base_url}/v/{view.number}"
    link = share.linkedin_link(
        title=found.title, institution=context().institution, issued_at=award.issued_at,
        address=address, number=view.number,
    )  # fmt: skip
    picture = f"/achievements/{award.credential}/v{award.version}/image.svg"
    return TakenAlong(address, picture, award.record is not None, link if view.published else "")


def _found(number: str, *, learner: str | None = None) -> tuple[Held, Drawn]:
    with context().engine.connect() as connection:
        award = held(connection, share.credential_id_of(number), learner=learner)
        if award is None:
            abort(404)
        found = drawn(connection, award.credential, award.version)
    return award, found or abort(404)


def _drawn(case: str, version: int) -> Drawn:
    if unprintable(case) or version > LARGEST_VERSION:
        abort(404)
    with context().engine.connect() as connection:
        return drawn(connection, case, version) or abort(404)


def _sent(award: Held, found: Drawn, file: str) -> Response:
    """The file, made now, under a name that says what it is."""
    here = context()
    home = share.Home(here.institution, here.base_url, here.zone)
    wanted = share.files(award, found, home).get(file)
    if wanted is None:
        abort(404)
    answer = Response(wanted.make(), mimetype=wanted.mimetype)
    ending = file.rpartition(".")[2]
    name = _NOT_IN_A_NAME.sub("-", found.title.lower()).strip("-")[:60] or "award"
    shown = "inline" if wanted.name == "card" else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}-{wanted.name}.{ending}"'
    return answer
