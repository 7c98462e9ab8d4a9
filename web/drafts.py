"""Writing a proposal: a list of its parts, and one part a page."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from policies import form
from policies.form import FormPart
from web.acts import command
from web.forms import Problem, fields_of, read, with_problems
from web.guard import context
from web.pages import show
from web.seen import seen
from web.who import person
from web.writing import Writing
from workflow.perform import Refused, perform
from workflow.proposal.forms import Open
from workflow.queries.options import Asking, options

pages = Blueprint("drafts", __name__)


@pages.get("/proposals/new")
def ask() -> Response:
    """Which unit it is for."""
    return _new()


@pages.post("/proposals/new")
def start() -> Response:
    """Begin a draft, then go to its parts."""
    try:
        said = read(Open, request.form)
        done = perform(context().engine, command(said, trigger="open", machine="proposal"))
    except Refused as refused:
        problems = tuple(Problem(reason.field or "unit", reason.text) for reason in refused.reasons)
        return _new(422, problems)
    return redirect(f"/proposals/{done.case}/edit", 303)


def _new(status: int = 200, problems: tuple[Problem, ...] = ()) -> Response:
    with context().engine.connect() as connection:
        asking = Asking(connection=connection, person=person(connection))
        asked = fields_of(
            Open, read(Open, request.form), options=lambda name: options(name, asking)
        )
    key = request.form.get("key") or str(context().engine.ids.uuid())
    fields = with_problems(asked, problems)
    return show("new.html", status, fields=fields, problems=problems, key=key)


@pages.get("/proposals/<case>/copy")
def before_copy(case: str) -> Response:
    """A copy is begun from the page of the case: an address alone begins nothing."""
    return redirect(f"/cases/{seen(case)[0].id}#again", 303)


@pages.post("/proposals/<case>/copy")
def copy(case: str) -> Response:
    """Begin a new draft with the text of a proposal that has ended."""
    facts = Writing.of(case).facts
    said = {"unit": facts.unit, "content": dict(facts.draft)}
    try:
        done = perform(context().engine, command(said, trigger="open", machine="proposal"))
    except Refused as refused:
        abort(409, description=str(refused))
    return redirect(f"/proposals/{done.case}/edit", 303)


@pages.get("/proposals/<case>/edit")
def parts(case: str) -> Response:
    """The parts of the draft, each with what it still misses."""
    writing = Writing.of(case)
    return show("parts.html", writing=writing) if writing.editable else writing.leave()


@pages.get("/proposals/<case>/edit/<part>")
def part(case: str, part: str) -> Response:
    """The questions of one part."""
    writing, here = Writing.of(case), _part(part)
    return writing.show(here) if writing.editable else writing.leave()


@pages.post("/proposals/<case>/edit/<part>")
def save(case: str, part: str) -> Response:
    """Save what changed; an added, removed or put back item is saved with it."""
    writing, here = Writing.of(case), _part(part)
    return writing.put_back(here) if "undo" in request.form else writing.save(here)


def _part(name: str) -> FormPart:
    found = next((one for one in form.load().parts if one.id == name), None)
    if found is None:
        abort(404)
    return found
