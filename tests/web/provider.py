"""A real OpenID provider in a process of its own, and the way a person takes through it."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: People the provider knows: their claims.
ROWAN = {"sub": "u-1001", "email": "rowan.sample@example.edu", "name": "Rowan Sample"}


@contextmanager
def provider(*people: Mapping[str, object]) -> Iterator[str]:
    """Run it on a free port; its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = [word for one in people for word in ("--user-claims", json.dumps(dict(one)))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen([*command, *known], stderr=subprocess.DEVNULL) as process:
        issuer = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{issuer}/.well-known/openid-configuration")
            yield issuer
        finally:
            process.kill()


def _wait(address: str) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            if httpx2.get(address, timeout=1).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the provider did not start")


def through(client: FlaskClient, subject: str, *, place: str = "/work") -> TestResponse:
    """Leave for the provider, say there who one is, and come back; the answer to coming back."""
    left = client.get(f"/sign-in/account?next={place}")
    assert left.status_code == 303, left.get_data(as_text=True)
    return client.get(answered(left.headers["Location"], subject))


def answered(address: str, subject: str) -> str:
    """Say at the provider who one is; where it sends the browser back to, without its host."""
    answer = httpx2.post(address, data={"sub": subject}, follow_redirects=False, timeout=5)
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.text)[:300]
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"
