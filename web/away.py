"""Out of office: who stands in for the visitor, for whom they stand in, and ending either."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.forms import Problem, Values, fields_of, read, with_problems
from web.guard import context, visitor
from web.pages import show
from web.who import person
from workflow.delegation import Delegate, delegate, end
from workflow.perform import NotFoundError, Refused, filled
from workflow.queries.delegations import delegations
from workflow.queries.options import Asking, options

pages = Blueprint("away", __name__)


@pages.get("/out-of-office")
def away() -> Response:
    """Who stands in, and a form to name a deputy."""
    return _page({"first_day": context().engine.calendar.day_of(context().engine.clock.now())})


@pages.post("/out-of-office")
def name_deputy() -> Response:
    """Name the deputy, or say every reason why not; what was typed is kept."""
    said = read(Delegate, request.form)
    try:
        delegate(context().engine, visitor().person, filled(Delegate, said))
    except Refused as refused:
        return _page(said, refused=refused)
    return redirect("/out-of-office?done=named", 303)


@pages.get("/out-of-office/<delegation>/end")
def back(delegation: str) -> Response:  # noqa: ARG001 - whichever it was
    """Ending is a form of the page."""
    return redirect("/out-of-office", 303)


@pages.post("/out-of-office/<delegation>/end")
def end_it(delegation: str) -> Response:
    """End one before its day; one that has ended meanwhile is as good."""
    try:
        end(context().engine, visitor().person, delegation)
    except NotFoundError:
        return redirect("/out-of-office?done=over", 303)
    return redirect("/out-of-office?done=ended", 303)


def _page(said: Values, *, refused: Refused | None = None) -> Response:
    engine = context().engine
    now = engine.clock.now()
    problems = [Problem(one.field, one.text) for one in refused.reasons] if refused else []
    with engine.connect() as connection:
        me = person(connection)
        asking = Asking(connection=connection, person=me, at=now)
        fields = fields_of(Delegate, said, options=lambda name: options(name, asking))
        running = delegations(connection, me.id, now)
    return show(
        "away.html", 422 if refused else 200, me=me, problems=problems,
        fields=with_problems(fields, problems), done=request.args.get("done", ""),
        given=[one for one in running if one.by == me.id],
        held=[one for one in running if one.deputy == me.id],
    )  # fmt: skip
