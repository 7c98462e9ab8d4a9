"""Two machines for the bench: the real engine and the real tables, on a path that never ends.

`full` goes to and fro between two states and writes all that a transition writes: the case, its
entry with hash, a work item closed and one opened, a deadline cancelled and one armed, a
notification, and the counts. `thin` stays and writes an entry and one row, as the floors do.
"""

from collections.abc import Iterator
from uuid import uuid4

from workflow.changes import Change, Insert
from workflow.checks import checked
from workflow.clocks import Clock
from workflow.definition import SAME, Definition, Row, State
from workflow.effects import Action, Keep, Tell
from workflow.engine import MachineInForce
from workflow.facts import Facts
from workflow.proposal.facts import READING as PROPOSAL_READING
from workflow.proposal.facts import ProposalFacts
from workflow.proposal.roles import PROPOSER
from workflow.proposal.rules import no_vote_open
from workflow.reading import Common, Reading, Subject
from workflow.roles import ASA_DIRECTOR, Role
from workflow.rules import Answer, rule

BENCH = "practice"
#: A role without appointments: the actor itself, so that thin reads nothing but the case.
ANYONE = Role("anyone", "anyone", party=lambda facts: facts.actor.person)


@rule("PR-turn", BENCH)
def has_a_unit(facts: ProposalFacts) -> Answer:
    """The proposal has a unit."""
    return None if facts.unit else "It has no unit."


def _clock() -> Clock:
    return Clock(days=10, tell={0: ASA_DIRECTOR})


HERE = State("draft", "here", PROPOSER, clock=_clock(), announce=False, stays="a bench never ends")
THERE = State("design", "there", PROPOSER, clock=_clock(), announce=False)


def _open(_: Action) -> Iterator[Change]:
    raise NotImplementedError("the bench lays its cases itself")
    yield


NEVER = Keep("never", _open)

FULL = checked(
    Definition(
        "proposal",
        version=1,
        prefix="MC",
        initial=HERE,
        noun="bench",
        facts=ProposalFacts,
        states=(HERE, THERE),
        rows=(
            Row("open", (), HERE, PROPOSER, BENCH, "Open", then=(NEVER,)),
            Row("go", HERE, THERE, PROPOSER, BENCH, "Go", has_a_unit & no_vote_open,
                then=(Tell("moved", (PROPOSER,)),)),
            Row("come", THERE, HERE, PROPOSER, BENCH, "Come", has_a_unit & no_vote_open,
                then=(Tell("moved", (PROPOSER,)),)),
        ),
    )
)  # fmt: skip


def _one_row(act: Action) -> Iterator[Change]:
    yield Insert("census", {"machine": "proposal", "state": act.to, "change": 0})


STILL = State(
    "active", "still", ANYONE, rests="a bench waits for nothing", stays="a bench never ends"
)


def still(*more: Keep) -> MachineInForce:
    """The thin machine: `touch` stays and writes an entry and one row, and what `more` names."""
    touch = Row("touch", STILL, SAME, ANYONE, BENCH, "Touch", then=(Keep("a row", _one_row), *more))
    definition = Definition(
        "credential",
        version=1,
        prefix="CR",
        initial=STILL,
        noun="bench",
        facts=Facts,
        states=(STILL,),
        rows=(Row("open", (), STILL, ANYONE, BENCH, "Open", then=(NEVER,)), touch),
    )
    return MachineInForce(checked(definition), THIN_READING)


def _build(common: Common, _: Subject) -> Facts:
    return Facts(
        case=common.case, actor=common.actor, now=common.now, form=common.form, people=common.people
    )


THIN_READING = Reading("SELECT '{}'::json, ARRAY['']", "SELECT '{}'::json, ARRAY['']", _build, ())

MACHINES = {"proposal": MachineInForce(FULL, PROPOSAL_READING), "credential": still()}


def fresh_key() -> str:
    """An idempotency key that was never used."""
    return str(uuid4())
