"""Deciding is a pure function: to where and with what consequences, or every reason why not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from workflow.definition import Definition, Row
from workflow.facts import Appointment, Facts
from workflow.forms import shown
from workflow.roles import Role
from workflow.rules import Reason
from workflow.step import step

PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes: this row, to this state, relying on these appointments."""

    row: Row
    to: str
    role: Role
    relied: tuple[Appointment, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, with every reason."""

    trigger: str
    reasons: tuple[Reason, ...]


class TwoRowsEnabledError(RuntimeError):
    """Two rows of one trigger were enabled at once: the definition is at fault."""


def decide(definition: Definition, facts: Facts, trigger: str) -> Decision | Refusal:
    """Decide one action on plain facts; the same answer feeds pages, API, mail and proofs.

    Raises TwoRowsEnabledError when order would have to decide.
    """
    state = facts.case.state
    rows = definition.rows_for(state, trigger)
    if not rows:
        return Refusal(trigger, (not_from_here(definition, state, trigger),))
    enabled: list[Decision] = []
    refused: list[tuple[Reason, ...]] = []
    for row in rows:
        verdict = judge(definition, row, facts)
        if isinstance(verdict, Decision):
            enabled.append(verdict)
        else:
            refused.append(verdict)
    if len(enabled) > 1:
        raise TwoRowsEnabledError(
            f"{definition.machine} v{definition.version}: {trigger} from {state} has "
            f"{len(enabled)} enabled rows ({', '.join(e.row.label for e in enabled)})."
        )
    if enabled:
        return enabled[0]
    return Refusal(trigger, tuple(dict.fromkeys(chain.from_iterable(refused))))


def judge(definition: Definition, row: Row, facts: Facts) -> Decision | tuple[Reason, ...]:
    """Judge one row: the decision, or every reason why this row is not enabled."""
    held = _held(row, facts)
    if held is None:
        return (_not_yours(row, facts), *row.when.reasons(facts))
    role, relied = held
    if relied and relied[0].on_behalf_of:
        facts = replace(facts, actor=replace(facts.actor, on_behalf_of=relied[0].on_behalf_of))
    if reasons := row.when.reasons(facts):
        return reasons
    source = facts.case.state
    to = row.lands(source)
    if source:
        to = step(definition.stepper, source, row.trigger, definition.edge(row, source))
    return Decision(row, to, role, relied, facts)


def _held(row: Row, facts: Facts) -> tuple[Role, tuple[Appointment, ...]] | None:
    for role in row.roles:
        held = role.held_by(facts)
        if held is not None:
            return role, held
    return None


def _not_yours(row: Row, facts: Facts) -> Reason:
    who = " or ".join(role.says for role in row.roles)
    names = " or ".join(filter(None, (role.asked_names(facts) for role in row.roles)))
    asked = f" That is {names}." if names else ""
    return Reason("PR-turn", row.clause, f"Only {who} can do this.{asked}")


def not_from_here(definition: Definition, state: str, trigger: str) -> Reason:
    """Why a trigger cannot be used in this state: from which states it can."""
    sources = [s.says for row in definition.rows if row.trigger == trigger for s in row.sources]
    if trigger not in definition.triggers:
        known = ", ".join(definition.triggers)
        return Reason("PR-turn", PRACTICE, f"There is no {shown(trigger)} here. There is: {known}.")
    if not sources:
        text = f"This begins another {definition.noun}; this one is {definition.state(state).says}."
        return Reason("PR-turn", PRACTICE, text)
    here = definition.state(state).says if state else "not begun"
    where = " or ".join(dict.fromkeys(sources))
    return Reason("PR-turn", PRACTICE, f"Possible while it is {where}; it is {here}.")


@dataclass(frozen=True, slots=True)
class Option:
    """One trigger as a person sees it: possible with what follows, or not yet with every reason."""

    trigger: str
    label: str
    enabled: bool
    reasons: tuple[Reason, ...]
    effect: str
    row: Row
    #: Whether this person has the role for it at all.
    yours: bool


def choices(definition: Definition, facts: Facts) -> tuple[Option, ...]:
    """Every trigger of the present state: those possible now, and the others with why.

    Rules about the typed input are not asked: there is no input yet.
    """
    state = facts.case.state
    return tuple(_options(definition, replace(facts, form=None), state))


def _options(definition: Definition, facts: Facts, state: str) -> Iterator[Option]:
    for trigger in definition.triggers:
        rows = definition.rows_for(state, trigger)
        if not rows:
            continue
        verdicts = [(row, judge(definition, row, facts)) for row in rows]
        enabled = [(row, v) for row, v in verdicts if isinstance(v, Decision)]
        yours = any(_held(row, facts) is not None for row in rows)
        if enabled:
            row = enabled[0][0]
            yield Option(trigger, row.label, True, (), row.effect, row, yours)  # noqa: FBT003
            continue
        reasons = chain.from_iterable(v for _, v in verdicts if not isinstance(v, Decision))
        row = rows[0]
        why = tuple(dict.fromkeys(reasons))
        yield Option(trigger, row.label, False, why, row.effect, row, yours)  # noqa: FBT003
