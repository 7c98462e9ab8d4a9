"""Business time that several processes share, so that a demo can skip the waiting.

The file holds by how many seconds business time is ahead of the wall clock. Leases and claims run
on the database's clock and are never shifted.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """The time of day, ahead by what the file says; a file that is not there means not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """The present instant of business time, aware, in UTC."""
        return datetime.now(UTC) + self._ahead()

    def begin_at(self, instant: datetime) -> None:
        """Let business time begin at `instant`, before or after the wall clock."""
        self._keep(instant - datetime.now(UTC))

    def advance_to(self, instant: datetime) -> None:
        """Let business time be `instant` now; ValueError for one that has passed."""
        ahead = instant - datetime.now(UTC)
        if ahead < self._ahead():
            raise ValueError(f"{instant.isoformat()} has passed already")
        self._keep(ahead)

    def _keep(self, ahead: timedelta) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(repr(ahead.total_seconds()), encoding="ascii")
        fresh.replace(self._file)

    def _ahead(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta(0)
