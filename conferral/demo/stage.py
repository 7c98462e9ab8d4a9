"""The stage of the demo: an engine on a clock that can skip, beside a real worker and relay."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import LiteralString, cast

from conferral.clock import SharedClock
from conferral.errors import ConferralError
from conferral.servers import Kept
from conferral.servers.child import last_words
from workflow.clocks import Calendar
from workflow.engine import Engine
from workflow.perform import Command, Done, Refused, perform

#: The first moment of business time: Tuesday 25 August 2026, 09:00 in Miami. All that is signed
#: is signed before the end of 2026, so that a reader's clock finds it valid.
BEGINS = datetime(2026, 8, 25, 13, 0, tzinfo=UTC)
_PATIENCE = 30.0
_LOOK = 0.05

_WAITING: Mapping[str, LiteralString] = {
    "follow-ons": "SELECT count(*) FROM follow_on WHERE state = 'pending' AND due_at <= %(now)s",
    "letters": "SELECT count(*) FROM notification "
    "WHERE state = 'pending' AND envelope IS NULL AND due_at <= %(now)s",
    "mails": "SELECT count(*) FROM envelope WHERE state = 'pending' AND due_at <= %(now)s",
    "deadlines": "SELECT count(*) FROM deadline WHERE state = 'armed' AND fires_at <= %(now)s",
}


class DemoFailed(ConferralError):
    """The demo could not go on; the message names the step and why."""


@dataclass
class Stage:
    """Where the demo's people act. Every action goes through the one door."""

    engine: Engine
    clock: SharedClock
    calendar: Calendar
    programs: Sequence[Kept]
    say: Callable[[str], None]
    _steps: "count[int]" = field(default_factory=count)

    def do(self, trigger: str, actor: str, case: str, **form: object) -> Done:
        """One action of a person on a case; DemoFailed with every reason where it is refused."""
        return self._perform(Command(
            trigger=trigger, actor=actor, case=case, key=f"demo-{next(self._steps)}", form=form,
        ))  # fmt: skip

    def open(self, machine: str, trigger: str, actor: str, **form: object) -> str:
        """An action that begins a case; the case."""
        key = f"demo-{next(self._steps)}"
        command = Command(trigger=trigger, actor=actor, machine=machine, key=key, form=form)
        return self._perform(command).case

    def _perform(self, command: Command) -> Done:
        try:
            return perform(self.engine, command)
        except Refused as refused:
            place = command.case or f"a new {command.machine}"
            why = "; ".join(f"{reason.field} {reason.text}".strip() for reason in refused.reasons)
            raise DemoFailed(f"{command.trigger} on {place}: {why}") from refused

    def state(self, case: str) -> str:
        """Where a case is."""
        return str(self.ask("SELECT state FROM cases WHERE id = %s", case))

    def ask(self, query: LiteralString, *parameters: object) -> object:
        """One value from the database."""
        with self.engine.connect() as connection:
            row = connection.execute(query, parameters).fetchone()
        return row[0] if row else None

    # ------------------------------------------------------------------------------- time

    def today(self) -> date:
        """The day of business time."""
        return self.calendar.day_of(self.clock.now())

    def skip_to(self, instant: datetime) -> None:
        """Let business time pass, once everything that is due has been carried out."""
        self.settle()
        self.clock.advance_to(instant)
        self.settle()

    def skip_business_days(self, days: int) -> None:
        """Let so many business days pass, to the morning after the last one's reminders."""
        self.skip_to(self.calendar.add_business_days(self.clock.now(), days))

    def skip_to_day(self, day: date) -> None:
        """Let business time pass to the morning of a day, unless it has come already."""
        morning = self.calendar.start_of(day)
        if morning > self.clock.now():
            self.skip_to(morning)

    def settle(self) -> None:
        """Wait until worker and relay have carried out all that is due, or DemoFailed."""
        give_up = time.monotonic() + _PATIENCE
        while waiting := self._waiting():
            ended = [one for one in self.programs if one.ended()]
            if ended:
                raise DemoFailed(f"{ended[0].name} ended:\n{last_words(ended[0].log)}")
            if time.monotonic() > give_up:
                raise DemoFailed(f"Worker and relay left {waiting} undone.")
            time.sleep(_LOOK)

    def _waiting(self) -> dict[str, int]:
        found = {}
        now = {"now": self.clock.now()}
        with self.engine.connect() as connection:
            for name, query in _WAITING.items():
                row = cast("tuple[int]", connection.execute(query, now).fetchone())
                if row[0]:
                    found[name] = row[0]
        return found
