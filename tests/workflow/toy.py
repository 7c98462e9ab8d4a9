"""A small machine to think with: a form that is filled in, checked, and put away or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from workflow.chain import GENESIS
from workflow.clocks import Clock
from workflow.definition import SAME, Definition, Row, State
from workflow.facts import Actor, Appointment, CaseFacts, Facts
from workflow.forms import Form, Note
from workflow.roles import TIMER_ROLE, Role, appointed, party
from workflow.rules import Answer, Choice, Reason, rule

NOW: Final = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


class Size(StrEnum):
    """A fact with a closed list of values."""

    SMALL = "small"
    LARGE = "large"
    HUGE = "huge"


@dataclass(frozen=True, kw_only=True)
class ToyFacts(Facts):
    """What the rules of the toy may ask."""

    owner: str = "owner"
    complete: bool = True
    size: Size = Size.SMALL
    units: tuple[str, ...] = ("cellar", "house")


@rule("T-1", "Toys 1")
def complete(facts: ToyFacts) -> Answer:
    """It is complete."""
    return None if facts.complete else "It is not complete."


@rule("T-2", "Toys 2", otherwise="It is small.")
def not_small(facts: ToyFacts) -> Answer:
    """It is not small."""
    return None if facts.size is not Size.SMALL else "It is too small."


@rule("T-3", "Toys 3")
def two_things(facts: ToyFacts) -> Answer:
    """Two things hold."""
    if facts.complete:
        return None
    return (Reason("T-3a", "Toys 3a", "One lacks."), Reason("T-3b", "Toys 3b", "Another lacks."))


@rule("T-4", "Toys 4", judges_form=True)
def noted(facts: ToyFacts) -> Answer:
    """There is a note."""
    return None if facts.form.note else "Write a note."  # type: ignore[union-attr]


@rule("T-5", "Toys 5")
def not_the_owner(facts: ToyFacts) -> Answer:
    """The owner does not decide, nor whoever acts for the owner."""
    return "You own it." if facts.owner in facts.actor.persons else None


SIZE = Choice(
    "T-6", "Toys 6", Size, lambda facts: facts.size,
    {Size.SMALL: "It is small.", Size.LARGE: "It is large.", Size.HUGE: "It is huge."},
)  # fmt: skip
NOTE_SIZE = Choice(
    "T-7", "Toys 7", Size, lambda facts: Size(facts.form.note),
    {Size.SMALL: "You say small.", Size.LARGE: "You say large.", Size.HUGE: "You say huge."},
    judges_form=True,
)  # fmt: skip

OWNER = party("owner", "the owner", lambda facts: facts.owner)
CLERK = appointed("clerk", "a clerk")
HEAD = Role(
    "head", "the head", scopes=lambda facts: facts.units,
    excluded=lambda facts: frozenset({facts.owner}),
)  # fmt: skip

DRAFT = State("draft", "being drafted", OWNER, clock=Clock(days=5, fires="lapse"))
DESK = State("desk", "on the desk", CLERK, clock=Clock(days=3, remind=(-1, 0), tell={1: HEAD}))
DONE = State("done", "put away", ends=True)
LOST = State("lost", "thrown away", ends=True)

BEGIN = Row("begin", (), DRAFT, OWNER, "Toys", "Begin")
SEND = Row("send", DRAFT, DESK, OWNER, "Toys", "Send", complete, effect="A clerk has it then.")
REMARK = Row("remark", (DRAFT, DESK), SAME, (OWNER, CLERK), "Toys", "Remark", noted, Note)
FILE_SMALL = Row("file", DESK, DONE, CLERK, "Toys", "File", not_the_owner & SIZE.is_(Size.SMALL))
FILE_LARGE = Row(
    "file", DESK, SAME, HEAD, "Toys", "File with care", SIZE.is_(Size.LARGE, Size.HUGE)
)
RETURN = Row("return", DESK, DRAFT, (CLERK, HEAD), "Toys", "Return", two_things | not_small)
LAPSE = Row("lapse", DRAFT, LOST, TIMER_ROLE, "practice", "Let it lapse")

ROWS = (BEGIN, SEND, REMARK, FILE_SMALL, FILE_LARGE, RETURN, LAPSE)
STATES = (DRAFT, DESK, DONE, LOST)


def toy(**changes: object) -> Definition:
    """The toy, with parts of it replaced."""
    parts: dict[str, object] = {
        "machine": "toy", "version": 1, "prefix": "TY", "initial": DRAFT, "states": STATES,
        "rows": ROWS, "facts": ToyFacts, "noun": "toy",
    }  # fmt: skip
    return Definition(**(parts | changes))  # type: ignore[arg-type]


TOY = toy()


def appointment(
    person: str, role: str, scope: str = "", *, on_behalf_of: str | None = None
) -> Appointment:
    """A role someone holds."""
    words = (person, role, scope, on_behalf_of or "")
    return Appointment("/".join(words), person, role, scope, on_behalf_of, person.title())


def facts(
    state: str = "draft", actor: str = "owner", *, people: tuple[Appointment, ...] = (),
    form: Form | None = None, **more: object,
) -> ToyFacts:  # fmt: skip
    """Facts of a toy in a state, seen by an actor who holds what `people` says they hold."""
    case = CaseFacts(
        "TY-1", "toy", 1, "none", state, 1, 1, GENESIS, NOW, 1, NOW, NOW,
    )  # fmt: skip
    mine = tuple(a for a in people if a.person == actor)
    made = ToyFacts(case=case, actor=Actor(actor, mine), now=NOW, form=form, people=people)
    return replace(made, **more)  # type: ignore[arg-type]


PEOPLE: Final[Mapping[str, Appointment]] = {
    "clerk": appointment("cleo", "clerk"),
    "second clerk": appointment("clint", "clerk"),
    "head": appointment("hera", "head", "cellar"),
    "upper head": appointment("hugo", "head", "house"),
}
