"""Asked by machines: is the process up, and can it answer."""

from flask import Blueprint
from werkzeug.wrappers import Response

from web.guard import context, public

pages = Blueprint("ops", __name__)


@pages.get("/healthz")
@public
def healthz() -> Response:
    """The process is up."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@public
def readyz() -> Response:
    """The database answers; 503 while it does not."""
    with context().engine.connect() as connection:
        connection.execute("SELECT 1")
    return Response("ready\n", mimetype="text/plain")
