"""Importing described micro-credentials: every record judged first, then all opened or none."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast
from uuid import uuid5

import click

from conferral import console
from policies.checks import Unmet, all_unmet, met
from policies.document import DocumentError, ProposalDocument, as_data, content_hash
from policies.edition import Edition, Stage
from policies.records import Record, RecordError, read_records, to_document
from workflow.effects import NAMESPACE
from workflow.engine import Connect, Engine
from workflow.perform import Command

#: More than a thousand records take.
LARGEST: Final = 16_000_000
#: One import at a time, so that two of the same file cannot race. Any constant will do.
_LOCK: Final = 380_105


@dataclass(frozen=True, slots=True)
class Plan:
    """One record as it would be opened, and what it lacks; `mark` tells equal records apart."""

    record: Record
    document: ProposalDocument
    unmet: tuple[Unmet, ...]
    met: int
    mark: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A record with the case it became; None in a dry run."""

    plan: Plan
    case: str | None = None
    already: bool = False


# ------------------------------------------------------------------------------- reading


def planned(file: str | Path, *, unit: str, edition: Edition) -> Iterator[Plan]:
    """Every record of a file, read and judged; a refusal names file, line and field."""
    times: Counter[str] = Counter()
    for record, document in list(_documents(str(file), unit=unit)):
        said = content_hash(to_document(record))
        times[said] += 1
        # The policy's own clauses: our practice asks when the proposer submits.
        unmet = (u for u in all_unmet(document, edition=edition) if not _practice(edition, u.rule))
        held = met(document, stage=Stage.DESIGN, edition=edition)
        yield Plan(
            record, document, tuple(unmet), sum(not rule.practice for rule in held),
            f"{said}/{times[said]}",
        )  # fmt: skip


def _stay() -> None:
    """The calendar stays what it is while records are imported."""


def _practice(edition: Edition, rule: str) -> bool:
    return edition.rule(rule).practice


def _documents(file: str, *, unit: str) -> Iterator[tuple[Record, ProposalDocument]]:
    name = ascii(file)[1:-1]
    try:
        for record in read_records(_content(file), filename=name):
            try:
                yield record, to_document(record, unit=unit)
            except DocumentError as problem:
                first = problem.problems[0]
                raise RecordError(
                    name, record.line, field=first.field, message=first.says
                ) from problem
    except RecordError as problem:
        raise console.Unreadable(str(problem)) from problem


def _content(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as opened:
            content = cast("bytes", opened.read(LARGEST + 1))
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "this is no file name"
        raise console.Unreadable(f"{ascii(file)[1:-1]} cannot be read: {why}.") from problem
    if len(content) > LARGEST:
        raise console.Unreadable(f"{file} is larger than {LARGEST:,} bytes, so it is not read.")
    return content


# ------------------------------------------------------------------------------- writing


def imported(
    engine: Engine, plans: Sequence[Plan], *, person: str, unit: str | None
) -> tuple[Opened, ...]:
    """Open a draft for each plan that has none yet, in one transaction: all of them, or none."""
    with engine.connect() as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        # The door works on this one connection, so that a refusal takes back what came before;
        # it looks for no other calendar meanwhile, which would take a second one.
        within = replace(
            engine, connect=cast("Connect", lambda: nullcontext(connection)), look_again=_stay
        )
        place = unit or _only_unit(within, person)
        keys = [_key(plan, place) for plan in plans]
        there = _there(within, keys)
        return tuple(
            Opened(plan, there[key], already=True)
            if key in there
            else Opened(plan, _open(within, plan, key, person=person, unit=place))
            for plan, key in zip(plans, keys, strict=True)
        )


def _key(plan: Plan, unit: str) -> str:
    """The same record for the same unit gives the same key, whoever imports it."""
    return str(uuid5(NAMESPACE, f"import\x1f{unit}\x1f{plan.record.id}\x1f{plan.mark}"))


def _open(engine: Engine, plan: Plan, key: str, *, person: str, unit: str) -> str:
    form = {"unit": unit, "content": as_data(plan.document)}
    done = console.act(engine, Command(
        trigger="open", actor=person, key=key, machine="proposal", form=form,
    ))  # fmt: skip
    return done.case


def _there(engine: Engine, keys: Iterable[str]) -> dict[str, str]:
    with engine.connect() as connection:
        found = connection.execute(
            "SELECT key, case_id FROM entry WHERE key = ANY(%s)", (list(keys),)
        ).fetchall()
    return dict(cast("list[tuple[str, str]]", found))


def _only_unit(engine: Engine, person: str) -> str:
    now = engine.clock.now()
    with engine.connect() as connection:
        found = connection.execute(
            "SELECT DISTINCT scope FROM appointment WHERE person = %s AND role IN ('member', "
            "'unit_head') AND starts <= %s AND (ends IS NULL OR ends > %s) ORDER BY scope",
            (person, now, now),
        ).fetchall()
    units = [str(row[0]) for row in found]
    if len(units) == 1:
        return units[0]
    if units:
        raise click.UsageError(f"--unit: say for which unit: {', '.join(units)}.")
    raise click.UsageError(f"--as: {person} belongs to no unit, so they cannot propose.")
