"""Showing a page: the template, with the words, the reader's clock and the masthead it needs."""

from flask import Flask, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.wrappers import Response

from policies import form
from web import guard, sessions, words
from web.words import Reader
from workflow.queries.words import plain


def install(app: Flask) -> None:
    """Give every template what all of them use."""
    app.jinja_env.globals.update(counted=words.counted, number=words.number)
    app.jinja_env.globals.update(part_of=_part_of)
    app.jinja_env.filters.update(sentence=words.sentence, begun=words.begun, plain=plain)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_everywhere)


def show(template: str, status: int = 200, **values: object) -> Response:
    """Render a page as an answer."""
    return Response(render_template(template, **values), status, mimetype="text/html")


def cached(answer: Response) -> Response:
    """The same answer for everyone, kept for a minute, readable by other sites' verifiers.

    A minute is less than the five that a status list may be kept. Asked for again with the tag that
    it carries, what has not changed is answered without its body.
    """
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.add_etag()
    answer.make_conditional(request.environ)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def varied(answer: Response) -> Response:
    """One address, several forms: a cache keeps each for those who ask for it."""
    answer.headers["Vary"] = "Accept"
    return unlisted(answer)


def unlisted(answer: Response) -> Response:
    """Found by its link, and by no search."""
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _part_of(field: str) -> str:
    """The part of a proposal in which a field is asked for."""
    return form.load().part_of(field).id


def reader() -> Reader:
    """The reader of this page: the visitor's zone, or the institution's for strangers."""
    if "reader" not in g:
        context, found = guard.context(), guard.maybe_visitor()
        g.reader = Reader(found.zone if found else context.zone, context.engine.clock.now())
    found_reader: Reader = g.reader
    return found_reader


def _everywhere() -> dict[str, object]:
    context, found = guard.context(), guard.maybe_visitor()
    return {
        "institution": context.institution, "contact": context.contact, "visitor": found,
        "demo": context.demo_identities, "has_mailbox": context.mailbox is not None,
        "csrf": guard.csrf_token(found.hash) if found else "", "when": reader(),
        "here": request.path, "base_url": context.base_url, "idle_minutes": sessions.IDLE_MINUTES,
    }  # fmt: skip
