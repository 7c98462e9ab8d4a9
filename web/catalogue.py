"""Credentials in force, and claiming one."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from web.acts import command
from web.guard import context, visitor
from web.pages import show
from workflow.forms import unprintable
from workflow.perform import Refused, perform
from workflow.queries.listing import PAGE, InForce, catalogue, in_force

pages = Blueprint("catalogue", __name__)


@pages.get("/credentials")
def credentials() -> Response:
    """What can be earned here."""
    after = request.args.get("after", "")[:200]
    with context().engine.connect() as connection:
        found = catalogue(connection, visitor().person, after="" if unprintable(after) else after)
    return show("credentials.html", found=found, full=len(found) == PAGE)


@pages.get("/credentials/<case>/claim")
def ask(case: str) -> Response:
    """What claiming means; nothing happens yet."""
    return _ask(_known(case))


@pages.post("/credentials/<case>/claim")
def claim(case: str) -> Response:
    """Claim it, or say every reason why not."""
    found = _known(case)
    try:
        done = perform(
            context().engine, command({"credential": found.case}, trigger="claim", machine="award")
        )
    except Refused as refused:
        return _ask(found, 409, refused)
    context().follow(done.case)
    return redirect(f"/cases/{done.case}?done={done.seq}", 303)


def _known(case: str) -> InForce:
    with context().engine.connect() as connection:
        found = None if unprintable(case) else in_force(connection, visitor().person, case)
    if found is None:
        abort(404)
    return found


def _ask(found: InForce, status: int = 200, refused: Refused | None = None) -> Response:
    key = request.form.get("key") or str(context().engine.ids.uuid())
    reasons = refused.reasons if refused else ()
    return show("claim.html", status, found=found, reasons=reasons, key=key)
