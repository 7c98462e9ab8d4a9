"""Checkpoints of the log as files: outside the database, where who writes tables cannot write.

Copy the folder elsewhere as it grows: a file that a third party holds binds us.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from conferral.issuer import keys_of
from conferral.keyring import Keyring
from conferral.settings import Settings
from credentials.checkpoint import Checkpoint, CheckpointRefused, opened
from workflow.engine import Connect
from workflow.log import Keeper


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The folder in which checkpoints are kept, one file each, named by the size of the log."""

    folder: Path

    def keep(self, note: str) -> Path:
        """Write a note, whole or not at all; one that is there is never changed."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{int(note.split(chr(10))[1]):012d}.txt"
        if not file.exists():
            beside = file.with_name(f".{file.name}.{os.getpid()}.new")
            beside.write_text(note, encoding="utf-8")
            beside.replace(file)
        return file

    def every(self, keys: Iterable[bytes]) -> tuple[Checkpoint, ...]:
        """Every checkpoint in it, oldest first. Raises CheckpointRefused with the file's name."""
        known, found = tuple(keys), []
        for file in sorted(self.folder.glob("*.txt")):
            try:
                found.append(opened(file.read_text(encoding="utf-8"), keys=known))
            except (CheckpointRefused, ValueError) as problem:
                raise CheckpointRefused(f"{file.name}: {problem}") from problem
        return tuple(found)


def folder_of(settings: Settings) -> LogFolder:
    """Where an installation keeps its checkpoints."""
    return LogFolder(settings.data.absolute() / "log")


def origin_of(settings: Settings) -> str:
    """The name of its log."""
    return f"{urlsplit(settings.issuer_url).netloc}/log"


def log_keys(settings: Settings) -> tuple[bytes, ...]:
    """The public keys whose checkpoints count; a compromised one's do not."""
    return tuple(key.public_key for key in keys_of(settings).public() if key.revoked is None)


def keeping(
    settings: Settings, connect: Connect, ring: Keyring, *, now: Callable[[], datetime]
) -> Callable[[], str | None]:
    """Extends the log and signs a checkpoint, in the database and outside; the note, if it grew."""
    keeper, folder = Keeper(origin_of(settings)), folder_of(settings)

    def keep() -> str | None:
        note = keeper.step(connect, signer=ring.signer(), now=now())
        if note is not None:
            folder.keep(note)
        return note

    return keep
