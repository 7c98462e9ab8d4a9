import dataclasses
import importlib
import pkgutil

import pytest

import policies

VALUES = {
    value
    for one in pkgutil.iter_modules(policies.__path__)
    for value in vars(importlib.import_module(f"policies.{one.name}")).values()
    if isinstance(value, type)
    and dataclasses.is_dataclass(value)
    and value.__module__ == f"policies.{one.name}"
}


@pytest.mark.parametrize("value", sorted(VALUES, key=str))
def test_every_value_of_this_room_is_frozen_and_slotted(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined] # set by dataclass
    assert "__slots__" in vars(value)
