"""A data folder for launchers, removed with whatever the servers kept elsewhere."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder below pytest's own, which only its user can enter (0700)."""
    folder = tmp_path / "data"
    yield folder
    shutil.rmtree((folder / "servers").resolve(), ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach and `nobody` can write."""
    with tempfile.TemporaryDirectory(prefix="conferral-") as name:
        Path(name).chmod(0o777)
        yield Path(name)
