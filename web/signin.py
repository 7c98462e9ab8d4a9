"""Signing in and out: a trial run lists its sample people, and nothing else does."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from web import sessions
from web.guard import context, cookie_name, is_https, public
from web.pages import show
from workflow.forms import unprintable
from workflow.queries.people import people_to_sign_in

HOME: Final = "/work"

pages = Blueprint("signin", __name__)


@pages.get("/sign-in")
@public
def sign_in() -> Response:
    """The people one can sign in as."""
    _only_on_a_trial_run()
    with context().engine.connect() as connection:
        people = people_to_sign_in(connection, context().engine.clock.now())
    return show(
        "sign_in.html", people=people, next=_local(request.args.get("next", "")), unknown=""
    )


@pages.post("/sign-in")
@public
def begin() -> Response:
    """Open a session; nothing else changes. A plain script may send `person` alone."""
    _only_on_a_trial_run()
    person = request.form.get("person", "")
    with context().engine.connect() as connection:
        sessions.end(connection, request.cookies.get(cookie_name(), ""))
        secret = None if unprintable(person) else sessions.begin(connection, person)
    if secret is None:
        return _unknown()
    return _remember(redirect(_local(request.form.get("next", "")), 303), secret)


@pages.post("/sign-out")
def sign_out() -> Response:
    """Close the session."""
    with context().engine.connect() as connection:
        sessions.end(connection, request.cookies.get(cookie_name(), ""))
    answer = redirect("/sign-in" if context().demo_identities else "/", 303)
    answer.delete_cookie(cookie_name(), secure=is_https(), httponly=True, samesite="Lax")
    return answer


def _only_on_a_trial_run() -> None:
    if not context().demo_identities:
        abort(404)


def _unknown() -> Response:
    with context().engine.connect() as connection:
        people = people_to_sign_in(connection, context().engine.clock.now())
    said = "Nobody here is known by that name. Choose someone from the list."
    return show("sign_in.html", 422, people=people, next=HOME, unknown=said)


def _remember(answer: Response, secret: str) -> Response:
    answer.set_cookie(cookie_name(), secret, secure=is_https(), httponly=True, samesite="Lax")
    return answer


def _local(place: str) -> str:
    """A page of ours to go on to; anything else is home."""
    parts = urlsplit(place)
    ours = place.startswith("/") and not place.startswith(("//", "/\\")) and not parts.netloc
    return place if ours and not unprintable(place) and "\n" not in place else HOME
