import doctest
import importlib
import pkgutil

import pytest

import policies


@pytest.mark.parametrize("name", [one.name for one in pkgutil.iter_modules(policies.__path__)])
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"policies.{name}")).failed == 0
