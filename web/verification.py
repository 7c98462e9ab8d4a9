"""Public records: anyone may check an award, without an account and without a cookie."""

import json
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.context import PublicAward
from web.guard import context, public
from web.pages import cached, show, unlisted, varied
from workflow.forms import unprintable

#: What a machine may ask for in place of the page; the first is what it gets if it does not say.
SIGNED: Final = ("application/ld+json", "application/vc", "application/vc+ld+json",
                 "application/json")  # fmt: skip
_PAGE: Final = "text/html"
_NUMBER_LENGTH: Final = 100

pages = Blueprint("verification", __name__)


@pages.get("/v")
@public
def look_up() -> Response:
    """Go to the award of a number that somebody typed."""
    number = request.args.get("number", "").strip()
    return redirect(f"/v/{number}" if plain_number(number) else "/v/unknown", 303)


@pages.get("/v/<number>")
@public
def award(number: str) -> Response:
    """The answer first: valid, or not; or the signed award, for a machine that asks for it."""
    found = _found(number)
    wants = request.accept_mimetypes.best_match([_PAGE, *SIGNED], _PAGE)
    answer = _page(found, number) if wants == _PAGE else _signed(found, wants)
    return varied(answer)


@pages.get("/v/<number>.json")
@public
def signed(number: str) -> Response:
    """The signed award as it was signed, where its learner published it."""
    return unlisted(_signed(_found(number), SIGNED[0]))


@pages.get("/.well-known/did.json")
@pages.get("/did.json")
@public
def did_document() -> Response:
    """The keys this issuer signs with."""
    document = context().records.did_document()
    if document is None:
        return _nothing()
    return cached(Response(json.dumps(document), mimetype="application/did+json"))


@pages.get("/status/<int:number>")
@public
def status_list(number: int) -> Response:
    """A signed list of which awards are revoked."""
    found = context().records.status_list(number)
    return cached(Response(found, mimetype=SIGNED[0])) if found is not None else _nothing()


def _found(number: str) -> PublicAward | None:
    if not plain_number(number):
        return None
    return context().records.award(number, context().engine.clock.now())


def plain_number(number: str) -> bool:
    """A number as we give them: letters, digits, hyphens."""
    bare = number.replace("-", "").replace("_", "")
    return (
        bare.isascii()
        and bare.isalnum()
        and len(number) <= _NUMBER_LENGTH
        and not unprintable(number)
    )


def _page(found: PublicAward | None, number: str) -> Response:
    shown = number if plain_number(number) else ""
    return cached(show("verify.html", 200 if found else 404, award=found, number=shown))


def _signed(found: PublicAward | None, mimetype: str) -> Response:
    if found is None or found.signed is None:
        return _nothing()
    return cached(Response(found.signed, mimetype=mimetype))


def _nothing() -> Response:
    return cached(Response('{"error": "not found"}\n', 404, mimetype="application/json"))
