"""`conferral act`: do one action on a case, through the one door."""

from pathlib import Path
from uuid import uuid4

import click
import orjson

from conferral import console
from workflow.perform import Command, Refused, perform


@click.command()
@click.argument("case")
@click.argument("trigger")
@console.person_option
@click.option("--form", default="{}", help="What is said, as a JSON object.")
@click.option("--key", help="Idempotency key: the same key gets the same answer.")
@click.option("--revision", type=int, help="The revision you have seen; refused if it has changed.")
@console.data_option
@console.json_option
def command(  # noqa: PLR0913 - the options of a command line
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
    """Do one action on CASE: `conferral act MC-1 submit --as rowan-sample`."""
    said = read_form(form)
    with console.engine(data) as engine:
        who = console.person_known(engine, person)
        try:
            done = perform(engine, Command(
                case=case, trigger=trigger, actor=who, key=key or str(uuid4()), form=said,
                revision=revision,
            ))  # fmt: skip
        except Refused as refused:
            raise console.RefusedHere(refused) from refused
    if as_json:
        console.show_json({
            "case": done.case, "trigger": done.trigger, "state": done.state,
            "revision": done.revision, "seq": done.seq, "repeated": done.repeated,
        })  # fmt: skip
        return
    before = " (already done)" if done.repeated else ""
    click.echo(f"{done.case}: {done.trigger}{before}. It is now in {done.state}.")


def read_form(text: str) -> dict[str, object]:
    """The form as typed; a usage error names what is wrong with it."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise click.UsageError(f"--form is not JSON: {problem}.") from problem
    if not isinstance(said, dict):
        raise click.UsageError('--form is a JSON object, such as {"note": "..."}.')
    return said
