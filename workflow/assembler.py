"""The assembler: a complete stack opens its micro-certificate, and nothing here ever issues one.

It decides nothing itself. It asks the door, whose rules know when a stack is complete, and takes a
refusal for the answer "not yet". Run again, it finds the same answers under the same keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from uuid import uuid5

from psycopg import Connection

from workflow.effects import NAMESPACE
from workflow.engine import Engine
from workflow.facts import SYSTEM
from workflow.outbox import FollowOn
from workflow.perform import Command, Done, NotAllowedError, perform


@dataclass(frozen=True, slots=True)
class _Stack:
    """A micro-certificate that collects a credential, in the version that counts for a learner."""

    learner: str
    certificate: str
    version: int
    #: The learner has an award of it that has not ended.
    held: bool


def assemble(engine: Engine, follow_on: FollowOn) -> tuple[str, ...]:
    """Open every micro-certificate whose stack an issued award completes; the cases it moved.

    Idempotent on (learner, certificate, version). An award that a learner has withdrawn or let
    lapse is not opened again for them; they can claim it. Source: cross-machine rule 3, MC-8a.
    """
    learner, credential = str(follow_on.form["learner"]), str(follow_on.form["credential"])
    with engine.connect() as connection:
        stacks = _stacks(connection, learner=learner, credential=credential)
    moved = (_advance(engine, follow_on, stack) for stack in stacks)
    return tuple(dict.fromkeys(case for cases in moved for case in cases))


def _advance(engine: Engine, follow_on: FollowOn, stack: _Stack) -> Iterator[str]:
    """Claim it for the learner where nobody has, then open it; each step may answer "not yet"."""
    learner, certificate = stack.learner, stack.certificate
    if not stack.held:
        key = uuid5(NAMESPACE, f"claim\x1f{learner}\x1f{certificate}\x1f{stack.version}")
        form = {"credential": certificate, "learner": learner}
        yield from _ask(
            engine,
            Command(trigger="claim", actor=SYSTEM, key=str(key), machine="award", form=form),
        )
    with engine.connect() as connection:
        award = _claimed(connection, learner=learner, certificate=certificate)
    if award is not None:
        key = uuid5(NAMESPACE, f"open\x1f{award}\x1f{follow_on.id}")
        yield from _ask(
            engine, Command(trigger="open_certificate", actor=SYSTEM, key=str(key), case=award)
        )


def _ask(engine: Engine, command: Command) -> Iterator[str]:
    """The case that moved; none where the rules say not yet."""
    try:
        done: Done = perform(engine, command)
    except NotAllowedError:
        return
    yield done.case


def _stacks(
    connection: Connection[tuple[object, ...]], *, learner: str, credential: str
) -> tuple[_Stack, ...]:
    """Certificates that collect the credential: in the version claimed, else the one in force."""
    rows = connection.execute(
        """
        SELECT k.case_id, m.version, o.case_id IS NOT NULL
          FROM constituent m
          JOIN credential k ON k.case_id = m.certificate
          JOIN cases c ON c.id = k.case_id
          LEFT JOIN award o ON o.credential = k.case_id AND o.learner = %s AND NOT o.ended
         WHERE m.credential = %s AND m.version = coalesce(o.credential_version, k.version)
           AND (o.case_id IS NOT NULL OR c.state = 'active')
         ORDER BY k.case_id""",
        (learner, credential),
    ).fetchall()
    return tuple(_Stack(learner, *cast("tuple[str, int, bool]", row)) for row in rows)


def _claimed(
    connection: Connection[tuple[object, ...]], *, learner: str, certificate: str
) -> str | None:
    """The learner's award of the certificate, where it waits to be opened."""
    row = connection.execute(
        """
        SELECT o.case_id FROM award o JOIN cases c ON c.id = o.case_id
         WHERE o.learner = %s AND o.credential = %s AND NOT o.ended AND c.state = 'claimed'""",
        (learner, certificate),
    ).fetchone()
    return cast("str", row[0]) if row else None
