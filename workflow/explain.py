"""Every trigger of a machine, for one case: possible, or each reason why not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.decide import Decision, judge, not_from_here
from workflow.definition import Definition, Row
from workflow.facts import Actor, Facts
from workflow.rules import Reason


@dataclass(frozen=True, slots=True)
class Answer:
    """One trigger: possible, or every reason why not. `label` is how it reads on a button."""

    trigger: str
    label: str
    reasons: tuple[Reason, ...]

    @property
    def enabled(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


def explain(definition: Definition, facts: Facts, *, anyone: bool = False) -> tuple[Answer, ...]:
    """Answer for every trigger of the definition, those of other states included.

    The actor of `facts` is judged as for an action without input. With `anyone` the role is not
    judged: each row is asked for those who could act on it, and holds when it holds for one.
    """
    asked = replace(facts, form=None)
    question = _Question(definition, asked, anyone)
    return tuple(map(question.answer, definition.triggers))


@dataclass(frozen=True, slots=True)
class _Question:
    """Of which case, and whether for one actor or for whoever could act."""

    definition: Definition
    facts: Facts
    anyone: bool

    def answer(self, trigger: str) -> Answer:
        """Possible when one row is; otherwise the reasons of them all."""
        state = self.facts.case.state
        rows = self.definition.rows_for(state, trigger)
        if not rows:
            label = next(row.label for row in self.definition.rows if row.trigger == trigger)
            return Answer(trigger, label, (not_from_here(self.definition, state, trigger),))
        verdicts = [(row, self._reasons(row)) for row in rows]
        possible = next((row for row, reasons in verdicts if not reasons), None)
        if possible is not None:
            return Answer(trigger, possible.label, ())
        found = dict.fromkeys(reason for _, reasons in verdicts for reason in reasons)
        return Answer(trigger, rows[0].label, tuple(found))

    def _reasons(self, row: Row) -> tuple[Reason, ...]:
        if self.anyone:
            return _for_anyone(row, self.facts)
        verdict = judge(self.definition, row, self.facts)
        return () if isinstance(verdict, Decision) else verdict


def _for_anyone(row: Row, facts: Facts) -> tuple[Reason, ...]:
    """The reasons that are fewest among those who could act; without anybody, of nobody."""
    verdicts = [row.when.reasons(seen) for seen in _seen_by_holders(row, facts)]
    nobody = replace(facts, actor=Actor(""))
    return min(verdicts, key=len) if verdicts else row.when.reasons(nobody)


def _seen_by_holders(row: Row, facts: Facts) -> Iterator[Facts]:
    for role in row.roles:
        by_engine = role.party is None and role.scopes is None
        for person in (role.name,) if by_engine else role.asked(facts).people:
            held = tuple(a for a in facts.people if a.person == person)
            yield replace(facts, actor=Actor(person, held))
