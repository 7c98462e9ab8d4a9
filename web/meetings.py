"""Committees' meetings: the list, planning one, and the agenda that anyone may read."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from web.acts import command
from web.forms import Problem, fields_of, read, with_problems
from web.guard import context, public
from web.pages import show
from web.who import person
from workflow.forms import unprintable
from workflow.meeting.forms import Plan
from workflow.perform import Refused, perform
from workflow.queries.meetings import meetings, public_meeting
from workflow.queries.options import Asking, options

pages = Blueprint("meetings", __name__)


@pages.get("/meetings")
def listed() -> Response:
    """Meetings to come and those that were."""
    with context().engine.connect() as connection:
        me = person(connection)
        found = meetings(connection, public=not me.of_the_university)
        plans = bool(options("my_committees", Asking(connection=connection, person=me)))
    return show("meetings.html", meetings=found, plans=plans)


@pages.get("/meetings/<case>")
@public
def agenda(case: str) -> Response:
    """A published agenda, for anyone."""
    with context().engine.connect() as connection:
        found = None if unprintable(case) else public_meeting(connection, case)
    return show("meeting.html", meeting=found) if found else abort(404)


@pages.get("/meetings/new")
def ask() -> Response:
    """When and where a committee meets."""
    return _new()


@pages.post("/meetings/new")
def plan() -> Response:
    """Plan it, or say every reason why not."""
    try:
        said = read(Plan, request.form)
        done = perform(context().engine, command(said, trigger="plan", machine="meeting"))
    except Refused as refused:
        return _new(422, tuple(Problem(one.field, one.text) for one in refused.reasons))
    return redirect(f"/cases/{done.case}?done={done.seq}", 303)


def _new(status: int = 200, problems: tuple[Problem, ...] = ()) -> Response:
    with context().engine.connect() as connection:
        asking = Asking(connection=connection, person=person(connection))
        asked = fields_of(
            Plan, read(Plan, request.form), options=lambda name: options(name, asking)
        )
    key = request.form.get("key") or str(context().engine.ids.uuid())
    fields = with_problems(asked, problems)
    return show("meeting_new.html", status, fields=fields, problems=problems, key=key)
