"""`conferral import-proposals`: described micro-credentials become drafts, with what they lack."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from conferral import console
from conferral.importing import Opened, imported, planned
from conferral.seed import SAMPLE, read
from conferral.settings import load
from policies.edition import edition_on


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
