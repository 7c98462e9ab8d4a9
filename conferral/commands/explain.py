"""`conferral explain`: what may be done with a case, and what not, with every reason."""

from pathlib import Path

import click

from conferral import console
from workflow.explain import Answer, explain


@click.command()
@click.argument("case")
@click.option("--as", "person", metavar="PERSON", help="Judge the role of this person too.")
@console.data_option
@console.json_option
def command(case: str, *, person: str | None, data: Path | None, as_json: bool) -> None:
    """Say for every trigger of CASE whether it is possible, or each reason why not."""
    with console.engine(data) as engine:
        who = console.person_known(engine, person) if person else ""
        machine, facts = console.case_known(engine, case, person=who)
    definition = machine.definition
    answers = explain(definition, facts, anyone=person is None)
    if as_json:
        console.show_json({
            "state": facts.case.state, "choices": [as_data(answer) for answer in answers],
        })  # fmt: skip
        return
    click.echo(f"{case} is {definition.state(facts.case.state).says}.")
    for answer in answers:
        click.echo(f"\n{answer.trigger}: {answer.label}\n{_said(answer)}")


def as_data(answer: Answer) -> dict[str, object]:
    """One trigger as the JSON that other programs read."""
    reasons = [{"rule": r.rule, "clause": r.clause, "text": r.text} for r in answer.reasons]
    return {"trigger": answer.trigger, "enabled": answer.enabled, "reasons": reasons}


def _said(answer: Answer) -> str:
    if answer.enabled:
        return "  possible"
    return "\n".join(f"  - {console.sentence(reason)}" for reason in answer.reasons)
