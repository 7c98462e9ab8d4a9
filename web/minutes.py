"""Minutes and bulletin of a meeting: read as a page, taken along as PDF.

Everyone reads approved minutes, and the bulletin of a meeting that is over. People who work here
read the draft of the minutes before.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from credentials.typeset import pdf
from web.guard import context, public, visitor
from web.pages import show
from workflow.bulletin import bulletin
from workflow.forms import unprintable
from workflow.minutes import minutes
from workflow.paper import Paper
from workflow.queries.happened import happened

pages = Blueprint("minutes", __name__)

_DRAFTS: Final[Mapping[str, Callable[..., Paper]]] = {"minutes": minutes, "bulletin": bulletin}
#: States of the meeting in which a paper is there: drafted, and for everyone.
_DRAFTED: Final = frozenset({"held", "minuted"})
_PUBLIC: Final = {"minutes": frozenset({"minuted"}), "bulletin": _DRAFTED}


@pages.get("/meetings/<case>/<kind>")
@public
def read(case: str, kind: str) -> Response:
    """A paper that is public, as a page."""
    paper = _paper(case, kind, states=_PUBLIC.get(kind, ()))
    return show("paper.html", paper=paper, pdf=f"/meetings/{case}/{kind}.pdf")


@pages.get("/meetings/<case>/<kind>.pdf")
@public
def sheet(case: str, kind: str) -> Response:
    """A paper that is public, as tagged PDF."""
    return _sheet(_paper(case, kind, states=_PUBLIC.get(kind, ())), f"{kind}-{case}.pdf")


@pages.get("/cases/<case>/papers/<kind>")
def draft(case: str, kind: str) -> Response:
    """A paper for people who work here, also while it is a draft."""
    paper = _paper(case, kind, states=_inside())
    return show("paper.html", paper=paper, pdf=f"/cases/{case}/papers/{kind}.pdf")


@pages.get("/cases/<case>/papers/<kind>.pdf")
def draft_sheet(case: str, kind: str) -> Response:
    """The same as tagged PDF."""
    return _sheet(_paper(case, kind, states=_inside()), f"{kind}-{case}.pdf")


def _inside() -> Collection[str]:
    return _DRAFTED if visitor().works_here else ()


def _paper(case: str, kind: str, *, states: Collection[str]) -> Paper:
    """The paper, or 404 where it is not there for this reader."""
    here = context()
    with here.engine.connect() as connection:
        found = None if unprintable(case) else happened(connection, case)
    if found is None or kind not in _DRAFTS or found.state not in states:
        abort(404)
    return _DRAFTS[kind](found, issuer=here.institution, zone=here.engine.calendar.zone)


def _sheet(paper: Paper, name: str) -> Response:
    answer = Response(pdf("paper.typ", paper.as_data()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
