"""What people read when something cannot be shown or done: what is so, and what to do next."""

import logging
import traceback
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from flask import Flask, redirect, request
from psycopg_pool import PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from web.guard import SignedOutError
from web.pages import show

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says for a status: the answer first, then the way on."""

    heading: str
    lead: str


PAGES: Final = {
    400: Said("This could not be read", "Open the page again and send it once more."),
    403: Said("Nothing was done", "Open the page again, then send the form."),
    404: Said(
        "There is nothing here",
        "It may not exist, or it is not for you to see. Go back to your work, or look at the list.",
    ),
    405: Said("This page cannot do that", "Open it from your work and use its buttons."),
    413: Said(
        "That is more than fits",
        "A page of text is the most a field takes. Keep the essence here and link to the rest. "
        "Nothing was saved.",
    ),
    415: Said("This could not be read", "Send the form as the page gives it."),
    500: Said(
        "Something went wrong here, not with you",
        "What was saved before is safe. Try again; if it stays so, write to us with the number "
        "below.",
    ),
    503: Said(
        "Conferral cannot answer this moment",
        "What you saved is safe. Try again in a few seconds.",
    ),
}


def install(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(SignedOutError, _signed_out)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(psycopg.OperationalError, _unreachable)
    app.register_error_handler(PoolTimeout, _unreachable)
    app.register_error_handler(Exception, _unforeseen)


def _page(status: int, detail: str = "", number: str = "") -> Response:
    said = PAGES.get(status, PAGES[400])
    return show("error.html", status, said=said, detail=detail, number=number)


def _known(problem: HTTPException) -> Response:
    status = problem.code or 500
    own = problem.description if problem.description != type(problem).description else ""
    answer = _page(status, detail=own or "")
    for name, value in problem.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _signed_out(_: SignedOutError) -> Response:
    """A page asks who you are; what was typed into a form is shown, so that nothing is lost."""
    if request.method in {"GET", "HEAD"}:
        return redirect(f"/sign-in?{urlencode({'next': request.full_path.rstrip('?')})}", 303)
    ours = {"csrf", "key", "revision", "add", "remove"}
    typed = [(name, text) for name, text in request.form.items(multi=True) if name not in ours]
    return show("signed_out.html", 401, typed=[(n, t) for n, t in typed if t.strip()])


def _unreachable(problem: Exception) -> Response:
    log.warning("the database did not answer: %s", type(problem).__name__)
    answer = _page(503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _unforeseen(problem: Exception) -> Response:
    """Anything else is a fault of ours: logged with a number, never shown."""
    number = uuid4().hex[:12]
    # Where, never what: a message of the database would carry what somebody typed.
    where = "".join(traceback.format_tb(problem.__traceback__))
    log.error("fault %s on %s: %s\n%s", number, request.endpoint, type(problem).__name__, where)
    return _page(500, number=number)
