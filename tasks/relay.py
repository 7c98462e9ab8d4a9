"""The Relay: finds whatever is due, whoever announced it or not, and sees that it is carried out.

It follows what cases caused in each other, sweeps deadlines, sorts mail and hands it out: to the
workers through the broker, or, where there is none or nobody takes them, to threads of its own. Any
number may run, in workers and as processes of their own.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from tasks.broker import DELIVER, FOLLOW_ON
from tasks.context import Context, Publisher
from tasks.deliver import deliver_claimed
from tasks.smtp import server_of
from workflow.envelopes import sort_mail
from workflow.follow import follow
from workflow.mail_gate import shut
from workflow.outbox import (
    ClaimedMail,
    claim_envelopes,
    due_envelopes,
    due_follow_ons,
)
from workflow.processes import forget
from workflow.recount import recount
from workflow.sweep import fold_census, prune_sessions, sweep_deadlines

log = logging.getLogger(__name__)

#: Seconds between two looks where nothing was found.
PAUSE = 0.5
_HOUSEKEEPING = 60.0
_PAGE = 500
_HANDS = 4
#: Seconds after which what was announced and not taken is announced again, and then done here.
_AGAIN, _OURSELVES = 2.0, 8.0
#: Seconds for which a broker that failed is not asked again.
_BROKER_RESTS = 10.0
#: Seconds after which it is forgotten that a row was announced.
_FORGOTTEN = 60.0
#: Follow-ons that need more than the door: whoever can carry them out is told.
TASKS = ("sign", "assemble", "publish")

#: Seconds of a clock that only goes forward.
Ticks = Callable[[], float]


@dataclass(slots=True)
class _Announced:
    """A row that workers were told of: when first, and when last."""

    first: float
    last: float


class Relay:
    """One relay. `once` looks once; `run` looks until it is told to stop."""

    def __init__(self, context: Context, *, ticks: Ticks = time.monotonic) -> None:
        self._context = context
        self._ticks = ticks
        self._announced: dict[UUID, _Announced] = {}
        self._page_after: tuple[datetime, UUID] | None = None
        self._broker_rests_until = 0.0
        self._tidied: float | None = None
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="relay")
        self._busy: set[Future[int]] = set()

    def run(self, stop: threading.Event) -> None:
        """Look, and look again, until `stop` is set; what is in hand then is finished."""
        try:
            while not stop.is_set():
                if not self.once():
                    stop.wait(PAUSE)
        finally:
            self._hands.shutdown(wait=True)

    def once(self) -> int:
        """Look once at everything; how many things were carried out or announced.

        A step that fails is logged and does not keep the others from being done.
        """
        steps = (
            self._follow,
            self._sweep,
            self._recount,
            self._announce_tasks,
            self._sort,
            self._mails,
            self._tidy,
        )
        return sum(_done(step) for step in steps)

    def drain(self) -> int:
        """Carry out everything that is due now, and all that follows from it; how many things."""
        total = 0
        while True:
            done = self.once()
            wait(self._busy)
            if not done:
                return total
            total += done

    # ---------------------------------------------------------------- follow-ons and deadlines

    def _follow(self) -> int:
        handlers = {} if self._broker() else self._context.handlers
        return follow(self._context.engine, handlers=handlers)

    def _sweep(self) -> int:
        swept = sweep_deadlines(self._context.engine)
        return swept.wrote + swept.skipped + swept.fired + swept.refused

    def _recount(self) -> int:
        """Dates that a new calendar moves, a batch of cases at a time."""
        counted = recount(self._context.engine)
        return counted.moved + counted.more

    def _announce_tasks(self) -> int:
        """What only workers with the key carry out; here too, when nobody took it for long."""
        if self._broker() is None:
            return 0
        engine = self._context.engine
        with engine.connect() as connection:
            found = due_follow_ons(
                connection, limit=_PAGE, business_now=engine.clock.now(), tasks=TASKS
            )
        told, late = self._announce(FOLLOW_ON, found)
        if late and self._context.handlers:
            told += follow(engine, handlers=self._context.handlers, ids=late)
        return told

    # ---------------------------------------------------------------- mail

    def _sort(self) -> int:
        """Into envelopes; one that went into an open one is nothing that is left to do."""
        return sort_mail(self._context.engine)

    def _mails(self) -> int:
        """Nothing while the mail server is let alone: mails wait unclaimed."""
        with self._context.engine.connect() as connection:
            if shut(connection, server_of(self._context.smtp_url)):
                return 0
        if self._broker() is None:
            return self._send_ourselves(None)
        told, late = self._announce(DELIVER, self._page())
        return told + (self._send_ourselves(late) if late else 0)

    def _page(self) -> list[UUID]:
        """Page after page of what is due, from the oldest on, so that none waits behind another."""
        engine = self._context.engine
        with engine.connect() as connection:
            found = due_envelopes(
                connection, limit=_PAGE, business_now=engine.clock.now(), after=self._page_after
            )
        self._page_after = found[-1] if len(found) == _PAGE else None
        return [one for _, one in found]

    def _send_ourselves(self, ids: list[UUID] | None) -> int:
        """Claim as many as there are free hands, and send them here."""
        self._busy = {one for one in self._busy if not one.done()}
        if len(self._busy) == _HANDS:
            wait(self._busy, return_when=FIRST_COMPLETED)
            return 1
        engine = self._context.engine
        with engine.connect() as connection:
            claimed = claim_envelopes(
                connection, limit=_HANDS - len(self._busy), lease=self._context.mail_lease,
                business_now=engine.clock.now(), ids=ids,
            )  # fmt: skip
        for mail in claimed:
            self._busy.add(self._hands.submit(_done, partial(self._deliver, mail)))
        return len(claimed)

    def _deliver(self, mail: ClaimedMail) -> int:
        deliver_claimed(self._context, mail)
        return 1

    # ---------------------------------------------------------------- telling workers

    def _broker(self) -> Publisher | None:
        return self._context.publisher if self._ticks() >= self._broker_rests_until else None

    def _announce(self, task: str, rows: Iterable[UUID]) -> tuple[int, list[UUID]]:
        """Tell workers of rows, now and then again; how many were told of, and which are late."""
        now = self._ticks()
        self._announced = {
            row: told for row, told in self._announced.items() if now - told.last < _FORGOTTEN
        }
        told, late = 0, []
        for row in rows:
            known = self._announced.setdefault(row, _Announced(now, -_AGAIN + now))
            if now - known.first >= _OURSELVES:
                late.append(row)
            elif now - known.last < _AGAIN:
                continue
            elif self._publish(task, row):
                known.last = now
                told += 1
            else:
                late.append(row)
        return told, late

    def _publish(self, task: str, row: UUID) -> bool:
        publisher = self._broker()
        if publisher is None:
            return False
        try:
            publisher.publish(task, str(row))
        except Exception as error:  # noqa: BLE001 - whatever ails the broker, we do without it
            log.warning("the broker does not take messages: %s", type(error).__name__)
            self._broker_rests_until = self._ticks() + _BROKER_RESTS
            return False
        return True

    # ---------------------------------------------------------------- housekeeping

    def _tidy(self) -> int:
        """Now and then what only keeps things small; it counts as nothing done."""
        if self._tidied is None or self._ticks() - self._tidied >= _HOUSEKEEPING:
            self._tidied = self._ticks()
            fold_census(self._context.engine)
            prune_sessions(self._context.engine, unseen=self._context.session_kept)
            with self._context.engine.connect() as connection:
                forget(connection)
            with self._context.engine.connect() as connection:
                forget(connection)
            if self._context.keep_log is not None:
                self._context.keep_log()
        return 0


def _done(step: Callable[[], int]) -> int:
    """What a step did; nothing, where it failed: it is logged, and looked at again."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - the relay outlives databases and bad rows
        # The type alone: a message of the database may name people.
        name = getattr(step, "__name__", "deliver")
        log.error("%s: %s", name, type(error).__name__)  # noqa: TRY400
        return 0
