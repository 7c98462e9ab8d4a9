"""The application: guard and headers around it, and one small module for each group of pages."""

import logging
from typing import Final

from flask import Flask

from web import (
    acts,
    away,
    cases,
    catalogue,
    checking,
    dashboards,
    drafts,
    errors,
    guard,
    headers,
    mailbox,
    meetings,
    minutes,
    named,
    operating,
    ops,
    pages,
    preferences,
    registry,
    signin,
    static_files,
    taking,
    tracing,
    verification,
    work,
)
from web.context import WebContext

#: The most a form may send: a proposal's longest part fits, a 10 MB title does not.
LARGEST: Final = 1_000_000
MOST_FIELDS: Final = 2_000

_GROUPS: Final = (
    signin.pages,
    work.pages,
    away.pages,
    preferences.pages,
    cases.pages,
    acts.pages,
    drafts.pages,
    catalogue.pages,
    meetings.pages,
    minutes.pages,
    dashboards.pages,
    verification.pages,
    checking.pages,
    tracing.pages,
    registry.pages,
    named.pages,
    taking.pages,
    operating.pages,
    mailbox.pages,
    ops.pages,
    static_files.pages,
)


def create_app(context: WebContext) -> Flask:
    """Make the WSGI application of one installation.

    Raises ValueError when the secret key is too short to sign anything.
    """
    if len(context.secret_key) < guard.SHORTEST_KEY:
        raise ValueError(f"the secret key has to be at least {guard.SHORTEST_KEY} characters long")
    app = Flask("web", static_folder=None)
    app.request_class = checking.Request
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST, MAX_FORM_MEMORY_SIZE=LARGEST, MAX_FORM_PARTS=MOST_FIELDS,
    )  # fmt: skip
    app.extensions[guard.EXTENSION] = context
    app.logger.setLevel(logging.WARNING)
    app.before_request(context.engine.look_again)
    guard.install(app)
    headers.install(app)
    errors.install(app)
    pages.install(app)
    for group in _GROUPS:
        app.register_blueprint(group)
    return app
