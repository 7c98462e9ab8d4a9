"""What an award rests on, for those who may see it: a page, and a file that anyone can check."""

import json

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from web.guard import context
from web.pages import show
from web.seen import seen
from workflow.queries.trace import Trace, trace

pages = Blueprint("tracing", __name__)


@pages.get("/cases/<case>/trace")
def page(case: str) -> Response:
    """Each link from the signed file back to the votes and the policy."""
    return show("trace.html", found=_traced(case), case=case)


@pages.get("/cases/<case>/trace.json")
def file(case: str) -> Response:
    """The same as one file, with every entry and its proof."""
    found = _traced(case)
    answer = Response(json.dumps(found.as_data(), indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="trace-{case}.json"'
    return answer


def _traced(case: str) -> Trace:
    shown, me = seen(case)
    with context().engine.connect() as connection:
        found = trace(connection, shown.id, viewer=me)
    if found is None:
        abort(404)
    return found
