"""`conferral import-proposals`: described micro-credentials become drafts, with what they lack."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast
from uuid import uuid5

import click

from conferral import console
from conferral.commands.act import act
from conferral.seed import SAMPLE, read
from conferral.settings import load
from policies.checks import Unmet, all_unmet, met
from policies.document import DocumentError, ProposalDocument, as_data, content_hash
from policies.edition import Edition, Stage, edition_on
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


@click.command()
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Say what is unmet and import nothing.")
@click.option("--as", "person", metavar="PERSON", help="Who proposes them.")
@click.option("--unit", metavar="UNIT", help="The unit that proposes them.")
@console.data_option
@console.json_option
def command(
    file: str, *, dry_run: bool, person: str | None, unit: str | None,
    data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Import the records of FILE (YAML or JSON) as draft proposals: all of them, or none.

    For each it says what the policy still asks for. What a record does not say stays unsaid; a
    record that was imported before is not imported again.
    """
    plans = tuple(planned(file, unit=unit or "", edition=edition_on(datetime.now(UTC).date())))
    if dry_run:
        shown = tuple(map(Opened, plans))
    else:
        who = person or _first_proposer()
        with console.engine(data) as engine:
            shown = imported(engine, plans, person=console.person_known(engine, who), unit=unit)
    if as_json:
        console.show_json([as_json_record(one) for one in shown])
        return
    for line in told(shown):
        click.echo(line)


def _first_proposer() -> str:
    """On our own database the first sample person who belongs to a unit; else --as is needed."""
    if load(os.environ).database_url:
        raise click.UsageError("--as: say who proposes them, by id or address.")
    sample = read(SAMPLE).people
    return next(one.id for one in sample if any(held.role == "member" for held in one.roles))


# ------------------------------------------------------------------------------- reading


def planned(file: str | Path, *, unit: str, edition: Edition) -> Iterator[Plan]:
    """Every record of a file, read and judged; a refusal names file, line and field."""
    times: Counter[str] = Counter()
    for record, document in list(_documents(str(file), unit=unit)):
        said = content_hash(to_document(record))
        times[said] += 1
        yield Plan(
            record, document, all_unmet(document, edition=edition),
            len(met(document, stage=Stage.DESIGN, edition=edition)), f"{said}/{times[said]}",
        )  # fmt: skip


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
        # The door works on this one connection, so that a refusal takes back what came before.
        within = replace(engine, connect=cast("Connect", lambda: nullcontext(connection)))
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
    done = act(engine, Command(
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


# ------------------------------------------------------------------------------- telling


def as_json_record(one: Opened) -> dict[str, object]:
    """One record as the JSON that other programs read; each rule stands there once."""
    asked = {u.rule: {"rule": u.rule, "clause": u.clause, "asks": u.asks} for u in one.plan.unmet}
    return {
        "title": one.plan.document.title, "case": one.case, "unmet": list(asked.values()),
    }  # fmt: skip


def told(shown: Sequence[Opened]) -> Iterator[str]:
    """Each record with what is unmet, as coaching: what is asked, what lacks, a good example."""
    for one in shown:
        rules = {unmet.rule: unmet for unmet in one.plan.unmet}
        where = f"{one.case}, " if one.case else ""
        before = " (already there)" if one.already else ""
        checks = f"{one.plan.met} of {one.plan.met + len(rules)} checks met"
        yield f"{where}{one.plan.document.title or 'untitled'}{before}: {checks}."
        for rule, first in rules.items():
            yield f"  {first.asks} ({rule}, {first.clause})"
            yield from (f"    - {u.found}" for u in one.plan.unmet if u.rule == rule)
            yield f"    For example: {first.example}"
        yield ""
    yield _summed(shown)


def _summed(shown: Sequence[Opened]) -> str:
    new = sum(1 for one in shown if one.case and not one.already)
    old = sum(1 for one in shown if one.already)
    if not any(one.case for one in shown):
        return f"{len(shown)} records can be imported. Nothing was imported."
    return f"{new} imported as drafts, {old} already there."
