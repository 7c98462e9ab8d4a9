"""The mailbox of a trial run: every mail that would have gone out, as its reader would see it."""

from typing import Final

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from web.context import Mailbox, Received
from web.guard import context, public
from web.headers import POLICY
from web.pages import show

pages = Blueprint("mailbox", __name__)

PAGE: Final = 50
#: A mail may style itself and do nothing else: it is shown in a frame that may not either.
FRAMED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)


@pages.get("/mailbox")
@public
def mailbox() -> Response:
    """What was sent, the newest first."""
    box = _box()
    found = box.newest(before=request.args.get("before", "")[:80], take=PAGE)
    return show("mailbox.html", found=found, full=len(found) == PAGE)


@pages.get("/mailbox/<name>")
@public
def mail(name: str) -> Response:
    """One mail: its head, then its page in a frame, or its text."""
    answer = show("mailbox_one.html", mail=_mail(name), plain="text" in request.args)
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


@pages.get("/mailbox/<name>/page")
@public
def page(name: str) -> Response:
    """The HTML of a mail by itself."""
    answer = Response(_mail(name).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = FRAMED
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _box() -> Mailbox:
    """The mailbox, where this is a trial run; anywhere else there is nothing here."""
    box = context().mailbox
    if box is None:
        abort(404)
    return box


def _mail(name: str) -> Received:
    found = _box().find(name)
    if found is None:
        abort(404)
    return found
