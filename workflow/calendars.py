"""The calendar in force: versions in the database, added to and never changed.

Web, workers and relays look for a new version every few seconds, so all of them soon agree on it
without a restart. What was armed under an older one is counted anew by `workflow.recount`.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from policies import calendar
from workflow.clocks import Calendar
from workflow.engine import Connect
from workflow.register import Subject, record

log = logging.getLogger(__name__)

Rows = Connection[tuple[object, ...]]

#: Seconds after which a process looks for a new version.
LOOK_AGAIN: Final = 2.0
#: Seconds after which every process has seen it.
ALL_HAVE_SEEN: Final = 3 * LOOK_AGAIN
#: One writer of a new version at a time.
_LOCK: Final = 380_104_02


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the calendar; 0 is the file that comes with the software."""

    number: int
    calendar: Calendar


def newest(connection: Rows) -> Version:
    """The version in force; the file that comes with the software where none was put in force."""
    row = connection.execute(
        "SELECT version, said FROM calendar_version ORDER BY version DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Version(0, calendar.load())
    number, said = cast("tuple[int, Mapping[str, object]]", row)
    return Version(number, calendar.from_data(said))


@dataclass(slots=True)
class InForce:
    """The calendar in force as a process knows it; calling it gives the calendar.

    `seconds` is a clock that only runs forwards. A database that does not answer leaves the version
    that is known: whoever acts learns from their own write that it is away.
    """

    connect: Connect
    seconds: Callable[[], float] = time.monotonic
    known: Version = field(default_factory=lambda: Version(0, calendar.load()))
    _looked: float | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Calendar:
        return self.known.calendar

    def look_again(self) -> None:
        """Look for a new version, when it is time; one thread does, the others go on."""
        due = self._looked is None or self.seconds() - self._looked >= LOOK_AGAIN
        if not due or not self._one.acquire(blocking=False):
            return
        try:
            self._looked = self.seconds()
            with self.connect() as connection:
                found = newest(connection) if self._is_newer(connection) else self.known
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as problem:
            log.warning("calendar: %s", type(problem).__name__)
        else:
            if found.number != self.known.number:
                log.info("calendar: version %s is in force", found.number)
            self.known = found
        finally:
            self._one.release()

    def _is_newer(self, connection: Rows) -> bool:
        row = connection.execute("SELECT max(version) FROM calendar_version").fetchone()
        return (cast("tuple[int | None]", row)[0] or 0) > self.known.number


def put_in_force(
    connection: Rows, said: Mapping[str, object], *, reason: str, actor: str, at: datetime
) -> Version:
    """Add a version in the caller's transaction, and its line in the register.

    Raises policies.data.DataError for a calendar that cannot be, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Say why the calendar changes.")
    new = calendar.from_data(said)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    before = newest(connection)
    number = before.number + 1
    connection.execute(
        "INSERT INTO calendar_version (version, said, reason, actor, at) "
        "VALUES (%s, %s, %s, %s, %s)",
        (number, Jsonb(said), reason.strip(), actor, at),
    )
    changes = differences(before.calendar, new)
    record(
        connection, Subject("calendar", str(number)), actor=actor, at=at,
        says=f"Calendar {new.name} is in force as version {number}: {reason.strip()}",
        facts={"version": number, "changes": list(changes)},
    )  # fmt: skip
    return Version(number, new)


def differences(old: Calendar, new: Calendar) -> tuple[str, ...]:
    """What a new calendar says otherwise, a sentence each; the days that open or close first."""
    days = sorted({day for span in (*old.closed, *new.closed) for day in span.days})
    said = [
        f"{day:%a} {day.day} {day:%b %Y}: {new.closure(day) or 'open'}, "
        f"was {old.closure(day) or 'open'}."
        for day in days
        if old.closure(day) != new.closure(day)
    ]
    for what, name in _PARTS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            said.append(f"{what} changed." if isinstance(after, tuple)
                        else f"{what}: {after}, was {before}.")  # fmt: skip
    return tuple(said)


_PARTS: Final = {
    "Zone": "timezone", "Opening": "opens", "Closing": "closes", "First day kept": "first",
    "Last day kept": "last", "Terms": "terms", "Days off contract": "off_contract",
    "Committee cycles": "cycles",
}  # fmt: skip
