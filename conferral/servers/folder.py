"""The data folder: who holds it, where its servers live, and how others find them.

`DIR/lock` is locked by the launcher for as long as it lives, so a crash frees the folder.
`DIR/servers` is where the servers keep their files. When root starts them they run as `nobody`,
who often cannot reach DIR (a home folder is 0700); then the files live below a home that everybody
can reach and `DIR/servers` is a link to it. `DIR/servers.json` tells other commands the addresses.
"""

import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from conferral.errors import FolderClosed, FolderInUse, ServerFailed
from conferral.servers.child import STAY, Kept, User, nobody

HOMES = Path("/var/lib/conferral")
HOMES_VARIABLE = "CONFERRAL_SERVER_HOMES"
LONGEST_SOCKET = 100  # sun_path holds 108 bytes on Linux, 104 on macOS, with the closing NUL


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers are; an address is empty where none was asked for."""

    database_url: str
    redis_url: str = ""
    smtp_url: str = ""

    def environ(self) -> dict[str, str]:
        """The three variables by which every command finds its servers."""
        pairs = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SMTP_URL": self.smtp_url,
        }
        return {name: url for name, url in pairs.items() if url}


@dataclass(frozen=True, slots=True)
class Running(Servers):
    """Servers of our own, with the processes behind them, for whoever keeps them alive."""

    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """Where the servers of one data folder keep their files, and as whom they run."""

    data: Path
    files: Path
    user: User

    @property
    def logs(self) -> Path:
        return self.data / "log"

    def own(self, name: str) -> Path:
        """Make the folder `name` that only the servers' user may enter."""
        return own(self.files / name, self.user)

    def remove(self) -> None:
        """Remove the servers' files for good, for throw-away folders."""
        shutil.rmtree(self.files)
        (self.data / "servers").unlink(missing_ok=True)


def own(folder: Path, user: User) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if user != STAY:
        os.chown(folder, user.uid, user.gid)
    return folder


@contextmanager
def held(data: Path) -> Iterator[Path]:
    """Hold the data folder, made if need be, as its only launcher.

    Raises:
        FolderInUse: another process holds it.
        FolderClosed: it cannot be made or written.
    """
    data = data.resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise FolderClosed(data, why=str(error.strerror).lower()) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(data, pid=_holder(descriptor)) from None
        withdraw(data)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        (data / "log").mkdir(mode=0o700, exist_ok=True)
        yield data
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> int | None:
    words = os.pread(descriptor, 32, 0).split()
    return int(words[0]) if words and words[0].isdigit() else None


# ------------------------------------------------------------------------------------- the home


def home_of(data: Path) -> Home:
    """Find or make the home of the servers' files; call it while holding the folder."""
    pointer = data / "servers"
    if os.geteuid() != 0:
        pointer.mkdir(mode=0o700, exist_ok=True)
        return Home(data=data, files=pointer, user=STAY)
    if pointer.is_symlink():
        files = pointer.resolve()
        if not files.is_dir():
            raise ServerFailed(
                f"The database of {data} was kept in {files}, which is gone. "
                f"Bring it back, or remove {pointer} to begin with an empty one."
            )
    elif pointer.exists() or everyone_reaches(data):
        pointer.mkdir(exist_ok=True)
        pointer.chmod(0o711)
        files = pointer
    else:
        files = _home_elsewhere(data)
        pointer.symlink_to(files)
    return Home(data=data, files=files, user=_owner(files / "postgres") or nobody())


def _owner(cluster: Path) -> User | None:
    """Who made the database, where it was not root: root runs it on as them."""
    if not cluster.exists():
        return None
    found = cluster.stat()
    return User(uid=found.st_uid, gid=found.st_gid)


def everyone_reaches(folder: Path) -> bool:
    """Whether every user may pass through the folder and all folders above it."""
    folder = folder.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def homes() -> Path:
    """The place for homes and copied programs: root's, open to pass through."""
    place = Path(os.environ.get(HOMES_VARIABLE, HOMES))
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not everyone_reaches(place):
        raise ServerFailed(
            f"The servers run as `nobody`, who cannot reach {place}. "
            f"Name a folder that everybody can pass through in {HOMES_VARIABLE}."
        )
    return place


def _home_elsewhere(data: Path) -> Path:
    """A new home; one left by a folder of the same name stays: it may be somebody's data."""
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    attempt = 1
    while True:
        home = homes() / (name if attempt == 1 else f"{name}-{attempt}")
        with suppress(FileExistsError):
            home.mkdir(mode=0o711)
            home.chmod(0o711)  # whatever the umask
            return home
        attempt += 1


@contextmanager
def socket_folder(home: Home, *, socket: str) -> Iterator[Path]:
    """A private folder for sockets, whose path is short enough for one named `socket`."""
    folder = home.files / "run"
    if len(os.fsencode(folder / socket)) <= LONGEST_SOCKET:
        yield own(folder, home.user)
        return
    with tempfile.TemporaryDirectory(prefix="conferral-") as short:
        yield own(Path(short), home.user)


# ------------------------------------------------------------------------------- finding others


def announce(data: Path, servers: Servers) -> None:
    """Write the addresses for other commands of this user; the file appears whole or not at all."""
    draft = data / "servers.json.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(servers.environ(), file)
    draft.replace(data / "servers.json")


def withdraw(data: Path) -> None:
    (data / "servers.json").unlink(missing_ok=True)


@contextmanager
def guest(data: Path) -> Iterator[int]:
    """Be counted among those who use servers they did not start; yields the descriptor."""
    descriptor = os.open(data / "guests", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor
    finally:
        os.close(descriptor)


def wait_for_guests(data: Path, *, seconds: float) -> None:
    """Wait until nobody uses our servers any more, or the time is up."""
    with guest(data) as descriptor:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.05)


def announced(data: Path) -> Servers | None:
    """The addresses the present holder of the folder has made known, if it has."""
    try:
        found = json.loads((data / "servers.json").read_text())
    except FileNotFoundError:
        return None
    return Servers(found["DATABASE_URL"], found.get("REDIS_URL", ""), found.get("SMTP_URL", ""))
