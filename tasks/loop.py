"""The relay as a process of its own: looks until it is told to stop."""

import signal
import threading
from types import FrameType

from tasks.context import Context
from tasks.heartbeat import living
from tasks.relay import Relay


def run_relay(context: Context) -> None:
    """Run a relay until SIGTERM or SIGINT; what is in hand then is finished first."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    with living(context.engine, "relay", "whatever is due"):
        Relay(context).run(stop)
