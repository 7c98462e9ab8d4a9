"""The Celery application: tasks that take a row id, claim that row, and carry it out."""

import threading
from collections.abc import Callable
from uuid import UUID

from celery import Celery
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down

from tasks.broker import DELIVER, FOLLOW_ON, SWEEP, WAKE, celery_app
from tasks.context import SMTP_TOTAL, Context
from tasks.deliver import deliver
from tasks.heartbeat import living
from tasks.relay import Relay
from workflow.envelopes import sort_mail
from workflow.follow import follow
from workflow.outbox import due_envelopes
from workflow.sweep import sweep_deadlines

_FEW = 10


def make_celery(
    broker_url: str, open_context: Callable[[], Context], *, relay: bool = True
) -> Celery:
    """The application of a worker. `open_context` is called once, by the process that works.

    With `relay` each worker is a relay as well, so that any one process finds whatever is due.
    """
    app = celery_app(broker_url)
    context = _once(open_context)
    # Each task is a named function: Celery reads its name and arguments to check what is sent.

    def deliver_one(row: str) -> None:
        _deliver(context(), row)

    def wake(case: str) -> None:
        _wake(context(), case)

    def follow_one(row: str) -> None:
        _follow_on(context(), row)

    def sweep() -> None:
        _sweep(context())

    for name, function in (
        (DELIVER, deliver_one), (WAKE, wake), (FOLLOW_ON, follow_one), (SWEEP, sweep),
    ):  # fmt: skip
        app.task(name=name)(function)
    if relay:
        _relay_beside(app, context)
    return app


def _once(open_context: Callable[[], Context]) -> Callable[[], Context]:
    """The same context for the relay and for every task, whichever asks first."""
    lock = threading.Lock()
    opened: list[Context] = []

    def context() -> Context:
        with lock:
            if not opened:
                opened.append(open_context())
            return opened[0]

    return context


def _deliver(context: Context, row: str) -> None:
    deliver(context, UUID(row))


def _wake(context: Context, case: str) -> None:
    """What a case has just caused: its follow-ons, then its first mails.

    What is more than a few the relay shares out among all workers, within its next look.
    """
    engine = context.engine
    follow(engine, handlers=context.handlers, cause=case)
    sort_mail(engine, case=case)
    with engine.connect() as connection:
        due = due_envelopes(connection, limit=_FEW, business_now=engine.clock.now(), case=case)
    for _, row in due:
        deliver(context, row)


def _follow_on(context: Context, row: str) -> None:
    follow(context.engine, handlers=context.handlers, ids=(UUID(row),))


def _sweep(context: Context) -> None:
    while sweep_deadlines(context.engine).more:
        pass


def _relay_beside(app: Celery, context: Callable[[], Context]) -> None:
    """Run a relay in a thread for as long as the worker of this application runs.

    A worker that is told to stop ends what it has in hand, and so does its relay.
    """
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def work(does: str) -> None:
        with living(context().engine, "worker", does):
            Relay(context()).run(stop)

    def begin(sender: object, **_: object) -> None:
        celery = getattr(sender, "app", None)
        if celery is not None and celery is app:
            does = ", ".join(sorted(celery.amqp.queues.consume_from))
            threads.append(threading.Thread(target=work, args=(does,), name="relay", daemon=True))
            threads[-1].start()

    def end(**_: object) -> None:
        stop.set()

    def ended(**_: object) -> None:
        for thread in threads:
            thread.join(SMTP_TOTAL.total_seconds())

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(end, weak=False)
    worker_shutdown.connect(ended, weak=False)
