"""`conferral issue --batch FILE`: a cohort verified and signed, each award exactly once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from conferral import cohort_csv, console
from conferral.compose import make_engine, pool
from conferral.issuer import handlers_of, keyring_of
from conferral.people_csv import Fault
from workflow import cohort
from workflow.cohort import Judged
from workflow.engine import Engine
from workflow.follow import Handler, follow
from workflow.jobs import job
from workflow.perform import Refused

REFUSED: Final = 2
_MOST_TOLD: Final = 50
_SAYS: Final = {"verify": "to be verified and signed", "sign": "to be signed",
                "nothing": "issued already"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Here:
    """What the command works with."""

    engine: Engine
    handlers: Mapping[str, Handler]
    officer: str


@click.command()
@click.option(
    "--batch", "file", required=True, metavar="FILE", help="CSV, one line an award.",
    type=click.Path(dir_okay=False, path_type=Path),
)  # fmt: skip
@console.person_option
@click.option("--dry-run", is_flag=True, help="Say what would happen to each line; do nothing.")
@click.option("--skip-refused", is_flag=True, help="Issue the rest where some lines cannot be.")
@console.data_option
@console.json_option
def command(
    *, file: Path, person: str, dry_run: bool, skip_refused: bool, data: Path | None, as_json: bool
) -> int:
    """Verify and issue the awards of FILE: `conferral issue --batch cohort.csv --as ida-example`.

    A line names its award, or learner and credential; identity_method and attested_by are as on the
    page. Each award passes every rule that it passes alone. Killed, run it again: it goes on where
    it stood, and nothing is issued twice.
    """
    read = _read(file)
    if read.faults:
        _tell(read.faults, as_json=as_json, did="Nothing was issued")
        return REFUSED
    with _opened(data, person) as here:
        judged = [cohort.judge(here.engine, one, officer=here.officer) for one in read.lines]
        faults = [*_doubled(judged), *_refusals(judged)]
        if dry_run or (faults and not skip_refused):
            did = "Nothing was issued: this was a dry run" if dry_run else "Nothing was issued"
            _tell(faults, as_json=as_json, did=did, judged=judged)
            return REFUSED if faults else 0
        bad = {fault.line for fault in faults}
        good = [one for one in judged if one.listed.line not in bad]
        late = _issue(here, good, cohort.cohort_id(read.sha256, here.officer), quiet=as_json)
    _tell([*faults, *late], as_json=as_json, did=_did(good, late), judged=judged)
    return REFUSED if late else 0


def _read(file: Path) -> cohort_csv.Cohort:
    try:
        return cohort_csv.read(file)
    except OSError as problem:
        raise console.Unreadable(f"{file} cannot be read: {problem.strerror}.") from problem


@contextmanager
def _opened(data: Path | None, person: str) -> Iterator[_Here]:
    with (
        console.database(data) as (settings, url),
        console.answering(),
        pool(url, size=4) as connect,
    ):
        engine = make_engine(connect)
        officer = console.person_known(engine, person)
        with console.keyed():
            ring = keyring_of(settings, now=engine.clock.now)
        yield _Here(engine, handlers_of(settings, connect, ring), officer)


def _issue(
    here: _Here, good: Sequence[Judged], cohort_id: UUID, *, quiet: bool
) -> list[Fault]:  # fmt: skip
    """Take each line through the door and carry out what it caused; what could not be done."""
    says = f"Issue {len(good)} awards"
    late: list[Fault] = []
    begun = job(
        here.engine, "cohort", says=says, by=here.officer, total=len(good), job_id=cohort_id
    )
    with begun as on, _bar(quiet=quiet) as bar:
        shown = bar.add_task(says, total=len(good))
        for place, one in enumerate(good, 1):
            fault = _one(here, one, cohort_id)
            late += [fault] if fault else []
            if place > on.begun:  # a line that was taken up before a kill is counted already
                on.failed(str(fault)) if fault else on.did()
            bar.update(shown, completed=place)
    return late


def _one(here: _Here, one: Judged, cohort_id: UUID) -> Fault | None:
    try:
        cohort.verify(here.engine, one, cohort=cohort_id, officer=here.officer)
    except Refused as refused:
        reason = refused.reasons[0]
        return Fault(one.listed.line, reason.field or "award", console.sentence(reason))
    if one.ahead != "nothing":
        follow(here.engine, handlers=here.handlers, cause=one.case)
    return None


def _bar(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), disable=quiet,
    )  # fmt: skip


def _doubled(judged: Sequence[Judged]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for one in judged:
        before = first.setdefault(one.case, one.listed.line) if one.case else one.listed.line
        if before != one.listed.line:
            yield Fault(one.listed.line, "award", f"{one.case} stands on line {before} too")


def _refusals(judged: Sequence[Judged]) -> Iterator[Fault]:
    for one in judged:
        for reason in one.reasons:
            yield Fault(one.listed.line, reason.field or "award", console.sentence(reason))


def _did(good: Sequence[Judged], late: Sequence[Fault]) -> str:
    done = sum(one.ahead != "nothing" for one in good) - len(late)
    before = sum(one.ahead == "nothing" for one in good)
    already = f"; {before} had been issued before" if before else ""
    return f"{done} of {len(good)} issued{already}"


def _tell(
    faults: Sequence[Fault], *, as_json: bool, did: str, judged: Sequence[Judged] = ()
) -> None:
    ahead = Counter(one.ahead for one in judged if not one.reasons)
    if as_json:
        console.show_json({
            "says": did, "lines": len(judged), "ahead": dict(ahead),
            "faults": [
                {"line": one.line, "column": one.column, "says": one.says} for one in faults
            ],
        })  # fmt: skip
        return
    for fault in faults[:_MOST_TOLD]:
        click.echo(str(fault))
    if len(faults) > _MOST_TOLD:
        click.echo(f"And {len(faults) - _MOST_TOLD} more.")
    for kind, words in _SAYS.items():
        if ahead[kind] and did.startswith("Nothing"):  # type: ignore[index]
            click.echo(f"{ahead[kind]} {words}.")  # type: ignore[index]
    click.echo(f"{did}.")
