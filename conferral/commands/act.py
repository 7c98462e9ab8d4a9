"""`conferral act`: do one action on a case, through the one door."""

from pathlib import Path
from typing import Final
from uuid import uuid4

import click
import orjson

from conferral import console
from workflow.perform import Command

#: More than any form holds; a larger file is not even read.
LARGEST_FORM: Final = 16_000_000


@click.command()
@click.argument("case")
@click.argument("trigger")
@console.person_option
@click.option("--form", default="{}", help="What is said, as a JSON object, or @FILE; @- reads.")
@click.option("--key", help="Idempotency key: the same key gets the same answer.")
@click.option("--revision", type=int, help="The revision you have seen; refused if it has changed.")
@console.data_option
@console.json_option
def command(
    case: str,
    trigger: str,
    *,
    person: str,
    form: str,
    key: str | None,
    revision: int | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Do one action on CASE: `conferral act MC-1 submit --as rowan-sample`.

    A machine's name as CASE begins a new one: `conferral act proposal open --as ... --form ...`.
    """
    said = read_form(form)
    with console.engine(data) as engine:
        opens = case in engine.machines
        who = console.person_known(engine, person)
        done = console.act(engine, Command(
            case=None if opens else case, machine=case if opens else "", trigger=trigger,
            actor=who, key=str(uuid4()) if key is None else key, form=said, revision=revision,
        ))  # fmt: skip
    if as_json:
        console.show_json({
            "case": done.case, "trigger": done.trigger, "state": done.state,
            "revision": done.revision, "seq": done.seq, "repeated": done.repeated,
        })  # fmt: skip
        return
    before = " (already done)" if done.repeated else ""
    machine = engine.machine_of(done.case)
    says = machine.definition.state(done.state).says if machine else done.state
    click.echo(f"{done.case}: {done.trigger}{before}. It is {says}.")


def read_form(text: str) -> dict[str, object]:
    """The form as typed or kept in a file; a usage error names what is wrong with it."""
    try:
        said = orjson.loads(_kept(text.removeprefix("@")) if text.startswith("@") else text)
    except orjson.JSONDecodeError as problem:
        raise click.UsageError(f"--form is not JSON: {problem}.") from problem
    if not isinstance(said, dict):
        raise click.UsageError('--form is a JSON object, such as {"note": "..."}.')
    return said


def _kept(name: str) -> bytes:
    try:
        with click.open_file(name, "rb") as file:
            content: bytes = file.read(LARGEST_FORM + 1)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "this is no file name"
        raise click.UsageError(f"--form: {name!a} cannot be read ({why}).") from problem
    if len(content) > LARGEST_FORM:
        raise click.UsageError(f"--form: a form has at most {LARGEST_FORM:,} bytes.")
    return content
