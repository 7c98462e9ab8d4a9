"""What one case caused in another, carried out: fired through the same door after the commit."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from workflow.engine import Engine
from workflow.facts import SYSTEM
from workflow.outbox import (
    FOLLOW_ON_RESTS,
    FollowOn,
    claim_follow_ons,
    finish_follow_on,
    rest_after,
)
from workflow.perform import Command, NotAllowedError, Refused, perform

log = logging.getLogger(__name__)

#: Carries out one task and names the cases it moved, where it knows them. Raises Refused when the
#: policy or the state does not call for it any more; any other error is tried again.
Handler = Callable[[Engine, FollowOn], Iterable[str] | None]

LEASE = timedelta(seconds=60)
_BATCH = 20
_NO_MORE: Mapping[str, Handler] = MappingProxyType({})


def follow(
    engine: Engine, *, handlers: Mapping[str, Handler] = _NO_MORE, limit: int = 200,
    cause: str | None = None, ids: Collection[UUID] | None = None,
) -> int:  # fmt: skip
    """Carry out due follow-ons whose task is "perform" or has a handler; how many were taken.

    With `cause` only those of that case, and then of the cases that they moved: what a person
    waits for. Whatever fails is tried again later, and dead with its reason after the last time.
    """
    carried = {"perform": _perform, **handlers}
    causes = None if cause is None else {cause}
    taken = 0
    while taken < limit:
        with engine.connect() as connection:
            claimed = claim_follow_ons(
                connection, limit=min(_BATCH, limit - taken), lease=LEASE,
                business_now=engine.clock.now(), tasks=carried, ids=ids, causes=causes,
            )  # fmt: skip
        if not claimed:
            break
        for follow_on in claimed:
            moved = _carry_out(engine, follow_on, carried[follow_on.task])
            if causes is not None:
                causes.update(moved)
        taken += len(claimed)
    return taken


def _perform(engine: Engine, follow_on: FollowOn) -> Iterable[str]:
    command = Command(
        trigger=follow_on.trigger, actor=SYSTEM, key=str(follow_on.id), case=follow_on.target,
        machine=follow_on.machine, form=follow_on.form,
    )  # fmt: skip
    return (perform(engine, command).case,)


def _carry_out(engine: Engine, follow_on: FollowOn, handler: Handler) -> tuple[str, ...]:
    try:
        moved = tuple(handler(engine, follow_on) or ())
    except NotAllowedError as refused:
        # Another body still has to act, or somebody was quicker: nothing is left to do here.
        _finish(engine, follow_on, "moot", outcome=str(refused))
        return ()
    except Refused as refused:
        # A form or a case that cannot be right gets no better by waiting.
        _finish(engine, follow_on, "dead", outcome=str(refused))
        return ()
    except Exception as error:  # noqa: BLE001 - one bad row never spoils a batch; it is recorded
        # The type alone: a database's message may name people, and belongs to the row.
        log.error("follow-on %s: %s", follow_on.id, type(error).__name__)  # noqa: TRY400
        _try_again(engine, follow_on, error)
        return ()
    _finish(engine, follow_on, "done")
    return moved


def _try_again(engine: Engine, follow_on: FollowOn, error: Exception) -> None:
    """Whatever went wrong is this row's own: it waits, and the batch goes on."""
    jitter = engine.ids.below(1000) / 1000
    rest = rest_after(follow_on.attempts, FOLLOW_ON_RESTS, jitter)
    outcome = f"{type(error).__name__}: {error}"
    _finish(engine, follow_on, "pending" if rest else "dead", outcome=outcome, rest=rest)


def _finish(
    engine: Engine, follow_on: FollowOn, state: str, *,
    outcome: str | None = None, rest: timedelta | None = None,
) -> None:  # fmt: skip
    with engine.connect() as connection:
        if not finish_follow_on(connection, follow_on, state, outcome=outcome, rest=rest):
            log.warning("follow-on %s: another took it over, %s not written", follow_on.id, state)
