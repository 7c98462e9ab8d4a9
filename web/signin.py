"""Signing in and out: with the institution's account, or on a trial run as a sample person."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from web import sessions
from web.guard import context, cookie_name, is_https, public, visitor
from web.oidc import Attempt, OidcError, Provider
from web.pages import show
from workflow.forms import unprintable
from workflow.identity import NotKnownError, recognise
from workflow.queries.people import Person, people_to_sign_in

HOME: Final = "/work"
#: How long the way to the identity provider and back may take.
ATTEMPT_SECONDS: Final = 600

pages = Blueprint("signin", __name__)


@pages.get("/sign-in")
@public
def sign_in() -> Response:
    """Where one signs in: the institution's own account, or the sample people."""
    return _page()


@pages.post("/sign-in")
@public
def begin() -> Response:
    """Open a session as a sample person. A plain script may send `person` alone."""
    if not context().demo_identities:
        abort(404)
    person = request.form.get("person", "")
    secret = None if unprintable(person) else _opened(person)
    if secret is None:
        return _page(
            422, unknown="Nobody here is known by that name. Choose someone from the list."
        )
    return _remember(redirect(_local(request.form.get("next", "")), 303), secret)


@pages.get("/sign-in/account")
@public
def leave() -> Response:
    """Go to the identity provider; it sends the browser back to `/sign-in/back`."""
    try:
        address, attempt = _provider().begin(_local(request.args.get("next", "")))
    except OidcError as problem:
        return _page(502, refused=str(problem))
    answer = redirect(address, 303)
    answer.set_cookie(
        _attempt_cookie(), _sealer().dumps([*_parts(attempt)]), max_age=ATTEMPT_SECONDS,
        secure=is_https(), httponly=True, samesite="Lax",
    )  # fmt: skip
    return answer


@pages.get("/sign-in/back")
@public
def back() -> Response:
    """Come back from the identity provider, and be whom it vouches for."""
    provider, attempt = _provider(), _attempt()
    if attempt is None:
        return _page(400, refused="It took too long, or began in another browser. Begin again.")
    try:
        claims = provider.finish(request.args, attempt)
        with context().engine.connect() as connection:
            person = recognise(
                connection, claims, new_people=provider.registration.new_people,
                zone=context().zone,
            )  # fmt: skip
    except (OidcError, NotKnownError) as problem:
        return _page(403, refused=str(problem))
    return _remember(redirect(_local(attempt.next), 303), _opened(person) or "")


@pages.post("/sign-out")
def sign_out() -> Response:
    """Close the session."""
    with context().engine.connect() as connection:
        sessions.end(connection, request.cookies.get(cookie_name(), ""))
    return _forget(redirect("/sign-in?out=1", 303))


@pages.get("/sessions")
def open_sessions() -> Response:
    """Where the visitor is signed in."""
    with context().engine.connect() as connection:
        mine = sessions.of_person(connection, visitor().person)
    return show(
        "sessions.html", sessions=mine, this=visitor().hash, ended=request.args.get("ended")
    )


@pages.post("/sessions")
def end_others() -> Response:
    """Close the visitor's sessions in all other browsers."""
    with context().engine.connect() as connection:
        ended = sessions.end_all(connection, visitor().person, but=visitor().hash)
    return redirect(f"/sessions?ended={ended}", 303)


@pages.post("/sessions/stay")
def stay() -> Response:
    """Stay signed in: asking is being there, the guard has noted it."""
    return Response(status=204)


# ------------------------------------------------------------------------------- pieces


def _page(status: int = 200, *, unknown: str = "", refused: str = "") -> Response:
    people: tuple[Person, ...] = ()
    if context().demo_identities:
        with context().engine.connect() as connection:
            people = people_to_sign_in(connection, context().engine.clock.now())
    provider = context().provider
    return show(
        "sign_in.html", status, people=people, unknown=unknown, refused=refused,
        next=HOME if unknown or refused else _local(request.args.get("next", "")),
        provider=provider.registration.name if provider else "", out="out" in request.args,
    )  # fmt: skip


def _provider() -> Provider:
    provider = context().provider
    if provider is None:
        abort(404)
    return provider


def _opened(person: str) -> str | None:
    """A fresh session in place of the one this browser had; None for an unknown person."""
    with context().engine.connect() as connection:
        sessions.end(connection, request.cookies.get(cookie_name(), ""))
        return sessions.begin(connection, person)


def _remember(answer: Response, secret: str) -> Response:
    answer.set_cookie(cookie_name(), secret, secure=is_https(), httponly=True, samesite="Lax")
    if _attempt_cookie() in request.cookies:
        answer.delete_cookie(_attempt_cookie(), secure=is_https(), httponly=True, samesite="Lax")
    return answer


def _forget(answer: Response) -> Response:
    answer.delete_cookie(cookie_name(), secure=is_https(), httponly=True, samesite="Lax")
    return answer


def _attempt_cookie() -> str:
    return "__Host-signing-in" if is_https() else "signing-in"


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(context().secret_key, salt="sign-in")


def _parts(attempt: Attempt) -> tuple[str, str, str, str]:
    return attempt.state, attempt.nonce, attempt.verifier, attempt.next


def _attempt() -> Attempt | None:
    """What this browser carried along; None where it is none of ours, or too old."""
    try:
        parts = _sealer().loads(request.cookies.get(_attempt_cookie(), ""), max_age=ATTEMPT_SECONDS)
        return Attempt(*parts)
    except (BadData, TypeError):
        return None


def _local(place: str) -> str:
    """A page of ours to go on to; anything else is home."""
    parts = urlsplit(place)
    ours = place.startswith("/") and not place.startswith(("//", "/\\")) and not parts.netloc
    return place if ours and not unprintable(place) and "\n" not in place else HOME
