"""What can go wrong around the rooms, each said in one line.

ConferralError
├── BadSettings         a setting is missing or cannot be read
├── FolderClosed        the data folder cannot be made or written
├── FolderInUse         another Conferral runs on this data folder
├── MachineChanged      a released machine says something else than this database knows
├── ServerFailed        PostgreSQL or Valkey cannot be had or does not start
└── ProgramFailed       web, worker or relay does not start
"""

from pathlib import Path


class ConferralError(Exception):
    """A failure whose message is one line for the person at the keyboard; exit code 2."""


class BadSettings(ConferralError):
    """A setting cannot be read; the message names the field and what is wrong."""


class FolderInUse(ConferralError):
    """Another Conferral holds the data folder."""

    def __init__(self, folder: Path, *, pid: int | None) -> None:
        self.folder = folder
        self.pid = pid
        who = "Another Conferral" if pid is None else f"Another Conferral (process {pid})"
        super().__init__(
            f"{who} runs on {folder}. Stop it with Ctrl-C or SIGTERM, or choose another folder "
            "with --data."
        )


class FolderClosed(ConferralError):
    """The data folder cannot be made, or this user may not write in it."""

    def __init__(self, folder: Path, *, why: str) -> None:
        super().__init__(
            f"You cannot use {folder} as a data folder ({why}). Choose another with --data."
        )


class MachineChanged(ConferralError):
    """The database holds another text of a released machine; the message says which."""


class ServerFailed(ConferralError):
    """A server cannot be found or did not start; the message ends with its own last words."""


class ProgramFailed(ConferralError):
    """A program of `conferral run` ended at its start; the message ends with its last words."""
