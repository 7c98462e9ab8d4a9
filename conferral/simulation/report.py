"""A simulated year as a stranger reads it."""

from collections.abc import Iterator, Mapping
from textwrap import fill

from conferral.simulation.measure import MAILS, REMINDERS, Report

_WIDTH = 92


def told(report: Report) -> Iterator[str]:
    """The report, line by line: what happened, who was written to, what broke."""
    cases = sum(sum(states.values()) for states in report.cases.values())
    yield fill(
        f"{report.days} days of a university, seed {report.seed}, took {report.seconds:.0f} s. "
        f"People did {report.acts} things on {cases} cases; {report.entries} entries were "
        f"written, {report.credentials_signed} credentials signed, and {report.mails_sent} mails "
        "reached the mail server.",
        width=_WIDTH,
    )
    yield ""
    yield "Where the cases stand:"
    for machine, states in report.cases.items():
        yield from _table(machine.replace("_", " "), states)
    yield ""
    yield "Messages by kind (several may go out in one mail):"
    yield from _most(report.mails)
    if report.not_sent:
        yield from _table("not sent", report.not_sent)
    yield ""
    yield "Who got most mail:"
    yield from _most(report.mails_by_person)
    if report.refused:
        yield ""
        yield "Actions that the policy or the state refused, by trigger and rule:"
        yield from _most(report.refused)
    yield ""
    yield from _verdict(report)


def _table(name: str, states: Mapping[str, int]) -> Iterator[str]:
    said = ", ".join(f"{number} {state.replace('_', ' ')}" for state, number in states.items())
    indent = " " * 16
    yield fill(f"  {name:<14}{said}", width=_WIDTH, subsequent_indent=indent)


def _most(counted: Mapping[str, int]) -> Iterator[str]:
    for name, number in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {number:>6}  {name}"


def _verdict(report: Report) -> Iterator[str]:
    yield f"Invariants broken: {report.violations}"
    yield from (f"  {line}" for line in report.violations_named)
    yield f"Mails sent twice for one slot: {report.duplicates}"
    yield f"Days on which somebody got more mail than the rules allow: {report.over_caps}"
    if report.over_caps:
        rule = f"at most {REMINDERS} reminder of an item and {MAILS} mails outside Act in a day"
        yield f"  The rules: {rule}. The first ones:"
    for one in report.over_caps_named:
        yield f"  {one.day}  {one.person}: {one.mails} ({one.what})"
    yield f"Errors in the log: {sum(report.faults.values())}"
    yield from _most(report.faults)
    yield "Nothing broke." if report.sound else "Something broke: see above."
