"""A web application over a real database, and people who use it without script."""

from collections.abc import Callable, Iterator
from threading import Thread

import psycopg
import pytest
from flask import Flask
from werkzeug.serving import make_server

from conferral.compose import pool
from tests import factory
from tests.web.browser import Browser
from tests.web.issuer import RECORDS_BASE, follow_on, records
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from web.app import create_app
from web.context import WebContext

KEY = "a secret of at least thirty-two characters"


@pytest.fixture
def play(database_url: str) -> Iterator[Play]:
    with psycopg.connect(database_url) as connection:
        factory.seed_people(connection)
    with pool(database_url, size=6) as connect:
        yield Play(connect)


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def context_of(play: Play, **changes: object) -> WebContext:
    """The context of a trial run over a play."""
    given: dict[str, object] = {
        "engine": play.engine, "base_url": "http://localhost", "institution": "Example University",
        "contact": "microcredentials@example.edu", "zone": "America/New_York", "secret_key": KEY,
        "demo_identities": True, "records": records(play.engine), "other_hosts": (RECORDS_BASE,),
        "follow": lambda case: follow_on(play.engine, case),
    }  # fmt: skip
    return WebContext(**(given | changes))  # type: ignore[arg-type]


@pytest.fixture
def app(play: Play) -> Flask:
    return create_app(context_of(play))


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    """Sign in as a person; each has a browser of their own."""

    def signed_in(person: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.client.post("/sign-in", data={"person": person}).status_code == 303
        return browser

    return signed_in


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def site(play: Play) -> Iterator[str]:
    """The application behind a real port, for a real browser; its address."""
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(context_of(play, base_url=address))
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield address
    server.shutdown()
    serving.join()
    server.server_close()
