"""What every test has: real servers of its own, never those of the person who runs it."""

import os

import pytest

for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY"):
    os.environ.pop(name, None)

pytest.register_assert_rewrite("tests.servers")
pytest_plugins = ["tests.servers"]
