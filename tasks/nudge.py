"""A nudge after a commit: it leaves from a thread of its own, and is dropped when that is busy."""

import logging
import queue
import threading
import time

from tasks.broker import WAKE, CeleryPublisher
from tasks.context import Publisher

log = logging.getLogger(__name__)

_WAITING = 1000
#: After a failure nothing is tried for so long; the relay finds what was not announced.
_REST = 1.0


class Nudger:
    """Wakes a worker for a case, best effort: `wake` returns at once, whatever the broker does."""

    def __init__(self, broker_url: str, *, publisher: Publisher | None = None) -> None:
        self._url = broker_url
        self._publisher = publisher
        self._cases: queue.Queue[str | None] = queue.Queue(_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        #: Nudges that were not sent, because the broker or this thread was behind.
        self.dropped = 0

    def wake(self, case: str) -> None:
        """Ask for a case's mails and follow-ons to be carried out now rather than in a second."""
        self._started()
        try:
            self._cases.put_nowait(case)
        except queue.Full:
            self.dropped += 1

    def stop(self) -> None:
        """End the thread, once what it is sending has ended; nudges left over are dropped."""
        if self._thread is not None and self._thread.is_alive():
            try:
                self._cases.put_nowait(None)
            except queue.Full:
                self._cases.get_nowait()
                self._cases.put_nowait(None)
            self._thread.join(5)

    def _started(self) -> None:
        # Begun by the first nudge, so it lives in the process that acts, not in one that forked it.
        if self._thread is None or not self._thread.is_alive():
            with self._starting:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        publisher = self._publisher or CeleryPublisher(self._url)
        resting_until = 0.0
        while (case := self._cases.get()) is not None:
            if time.monotonic() < resting_until:
                self.dropped += 1
                continue
            try:
                publisher.publish(WAKE, case)
            except Exception as error:  # noqa: BLE001 - a nudge is best effort, whatever the broker
                self.dropped += 1
                log.warning("no nudge: %s", type(error).__name__)
                resting_until = time.monotonic() + _REST
