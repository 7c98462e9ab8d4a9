"""A web application over a real database, and browsers that speak HTTP to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from conferral.compose import make_engine, pool
from tests import factory
from web.app import create_app
from web.context import WebContext
from workflow.engine import Engine

KEY = "a secret of at least thirty-two characters"


@dataclass
class StoppedClock:
    """Business time that moves only when a test moves it."""

    at: datetime = factory.AT

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        factory.seed_people(opened)
        yield opened


@pytest.fixture
def engine(
    database_url: str, connection: psycopg.Connection[tuple[object, ...]], clock: StoppedClock
) -> Iterator[Engine]:
    del connection  # the people are in
    with pool(database_url, size=4) as connect:
        yield make_engine(connect, clock=clock)


@pytest.fixture
def context(engine: Engine) -> WebContext:
    return WebContext(
        engine=engine, base_url="http://localhost", institution="Example University",
        contact="microcredentials@example.edu", zone="America/New_York", secret_key=KEY,
        demo_identities=True,
    )  # fmt: skip


@pytest.fixture
def app(context: WebContext) -> Flask:
    return create_app(context)


class _Reading(HTMLParser):
    """Hidden fields and visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name") or ""] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@dataclass
class Browser:
    """A signed-in person: opens pages, and sends forms with what the page carried."""

    client: FlaskClient
    hidden: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: object) -> TestResponse:
        answer = self.client.get(path, **more)  # type: ignore[arg-type]
        reading = _Reading()
        reading.feed(answer.get_data(as_text=True))
        self.hidden = reading.hidden
        return answer

    def send(self, path: str, opened: str | None = None, /, **said: object) -> TestResponse:
        """Open the page of a form, then post it with what it carried."""
        self.get(opened or path)
        return self.post(path, **said)

    def post(self, path: str, **said: object) -> TestResponse:
        carried = {name: value for name, value in self.hidden.items() if name != "shown"}
        return self.client.post(path, data={**carried, **said})


@pytest.fixture
def as_person(app: Flask):  # noqa: ANN201 - a maker of browsers
    def sign_in(person: str) -> Browser:
        client = app.test_client()
        assert client.post("/sign-in", data={"person": person}).status_code == 303
        return Browser(client)

    return sign_in


def text_of(answer: TestResponse) -> str:
    """The words of a page, white space set aside."""
    reading = _Reading()
    reading.feed(answer.get_data(as_text=True))
    return " ".join(" ".join(reading.text).split())


def new_key() -> str:
    return str(uuid4())
