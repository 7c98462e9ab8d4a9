"""Who may come in at all: the right host, a signed-in person, a form that this session was given.

What is not declared public asks who: the base does it, so no author can forget it. What the person
may then do is decided by `workflow`, never here.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request
from werkzeug.exceptions import HTTPException

from web import sessions
from web.context import WebContext
from web.sessions import Visitor

EXTENSION: Final = "conferral"
#: Characters a key must have to sign anything.
SHORTEST_KEY: Final = 32
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Methods that change nothing.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., object])


class SignedOutError(HTTPException):
    """A page for people who are signed in, and nobody is."""

    code = 401
    description = "Sign in first."


def public(view: View) -> View:
    """Declare that a view answers strangers; it reads no cookie and knows no visitor."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(view: object) -> bool:
    """Whether a view was declared public."""
    return bool(getattr(view, "is_public", False))


def context() -> WebContext:
    """What the application was given."""
    return cast("WebContext", current_app.extensions[EXTENSION])


def visitor() -> Visitor:
    """The person who is signed in; only for views that are not public."""
    return cast("Visitor", g.visitor)


def maybe_visitor() -> Visitor | None:
    """The person who is signed in, if this page asked."""
    return cast("Visitor | None", g.get("visitor"))


def install(app: Flask) -> None:
    """Put the guard before every view."""
    app.before_request(_host_is_ours)
    app.before_request(_sent_by_our_pages)
    app.before_request(_someone_is_signed_in)
    app.before_request(_form_is_of_this_session)


def csrf_token(session_hash: str) -> str:
    """The token of a session's forms: bound to the session, so no other session's will do."""
    key = context().secret_key.encode()
    return hmac.new(key, b"form:" + session_hash.encode(), sha256).hexdigest()


def cookie_name() -> str:
    """Over https the prefix ties the cookie to this very host."""
    return "__Host-session" if is_https() else "session"


def is_https() -> bool:
    """Whether people reach the pages over https."""
    return context().base_url.startswith("https:")


def _host_is_ours() -> None:
    if request.endpoint in {"ops.healthz", "ops.readyz"}:
        return  # asked by address, from inside
    ours = urlsplit(context().base_url).netloc
    served = {ours, *context().other_hosts}
    if _is_local(ours):
        served |= {f"{name}:{ours.rpartition(':')[2]}" for name in _LOCAL} | {ours}
    if request.host not in served:
        abort(400, description=f"This address is not served here. Go to {context().base_url}.")


def _is_local(host: str) -> bool:
    return host.rpartition(":")[0] in _LOCAL


def _sent_by_our_pages() -> None:
    """Refuse what another site's page sends; a plain script sends neither header and may pass."""
    if request.method in _SAFE:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or site not in {None, "same-origin", "none"}:
        abort(403, description="This form came from another site, so nothing was done.")


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def _someone_is_signed_in() -> None:
    if request.endpoint is None or request.endpoint == "static" or is_public(_view()):
        return
    secret = request.cookies.get(cookie_name(), "")
    found = None
    if secret:
        with context().engine.connect() as connection:
            found = sessions.visitor(connection, secret)
    if found is None:
        raise SignedOutError
    g.visitor = found


def _form_is_of_this_session() -> None:
    found = maybe_visitor()
    if request.method in _SAFE or found is None:
        return
    given = request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf_token(found.hash).encode()):
        abort(
            403, description="This form is not of your session. Open the page again, then send it."
        )
