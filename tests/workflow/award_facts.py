"""Facts of an award, built by hand, for what is decided without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from policies.document import Outcome
from tests.policies.documents import LEVELS
from workflow.award.definition import AWARD
from workflow.award.facts import AwardFacts, Part, Result
from workflow.award.reading import READING
from workflow.chain import GENESIS
from workflow.decide import Decision, Refusal, decide
from workflow.engine import MachineInForce
from workflow.facts import Actor, Appointment, CaseFacts
from workflow.forms import Form
from workflow.perform import form_of

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ROSTER = "MC-1"
MACHINE = MachineInForce(AWARD, READING)

#: Who is who: an assessor of the roster, officers, the registrar, and the learner.
OFFICES = {
    "mina": ("assessor", ROSTER), "theo": ("assessor", ROSTER), "ida": ("asa_officer", ""),
    "max": ("asa_director", ""), "reg": ("registrar", ""), "noor": ("unit_head", "libraries"),
}  # fmt: skip
PEOPLE = tuple(
    Appointment(person, person, role, scope, None, person.title())
    for person, (role, scope) in OFFICES.items()
)


def rubric_outcome(number: int, level: int | None = 3) -> Outcome:
    """An outcome with four levels, met from one of them on, or by a threshold in words."""
    return Outcome.model_validate({
        "id": f"o{number}", "statement": f"Explains data set {number}.",
        "rubric": [{"id": f"l{n}", **said} for n, said in enumerate(LEVELS, 1)],
        "threshold": "Level 3 of 4.", "threshold_level": level,
    })  # fmt: skip


def result(number: int, state: str = "met", **changes: object) -> Result:
    """A result, scored an hour ago by one assessor unless it is only submitted."""
    scored = state != "submitted"
    said: dict[str, object] = {
        "outcome": f"o{number}", "state": state, "level": "3, proficient" if scored else "",
        "feedback": "Go on." if scored else "", "assessor": "mina" if scored else None,
        "submitted_at": NOW - timedelta(days=2),
        "scored_at": NOW - timedelta(hours=1) if scored else None,
    }  # fmt: skip
    return Result(**cast("dict[str, str]", said | changes))  # type: ignore[arg-type]


def part(number: int, *, issued: bool = True, required: bool = True, shows: str = "") -> Part:
    """A part of a stack."""
    award = f"AW-{number}" if issued else None
    return Part(f"CR-{number}", f"Part {number}", required, award, (shows,) if shows else ())


def case_in(state: str, **changes: object) -> CaseFacts:
    """An award's case in a state that it entered yesterday."""
    said: dict[str, object] = {
        "id": "AW-9", "machine": "award", "definition": 1, "edition": "380.104/2024-02-07",
        "state": state, "revision": 1, "seq": 1, "chain": GENESIS,
        "entered_at": NOW - timedelta(days=1), "entered_seq": 1,
        "opened_at": NOW - timedelta(days=1), "clock_at": NOW - timedelta(days=1),
    }  # fmt: skip
    return CaseFacts(**cast("dict[str, str]", said | changes))  # type: ignore[arg-type]


def award(state: str, actor: str, **changes: object) -> AwardFacts:
    """A badge's award of two outcomes in a state, as one person looks at it."""
    mine = tuple(a for a in PEOPLE if a.person == actor)
    said: dict[str, object] = {
        "case": case_in(state), "actor": Actor(actor, mine),
        "now": NOW, "people": PEOPLE, "learner": "leo", "learner_name": "Leo Learner",
        "enrolled": True, "credential": "CR-1", "version": 1, "title": "Data Storytelling",
        "type": "digital_badge", "proposal": ROSTER, "unit_path": ("libraries", "university"),
        "credential_state": "active", "outcomes": (rubric_outcome(1), rubric_outcome(2)),
    }  # fmt: skip
    return AwardFacts(**cast("dict[str, str]", said | changes))  # type: ignore[arg-type]


def form(trigger: str, **said: object) -> Form:
    """The typed input of a trigger."""
    return form_of(MACHINE, trigger).model_validate(said)


def decided(facts: AwardFacts, trigger: str, **said: object) -> Decision:
    """The decision; fails with the reasons where it is a refusal."""
    answer = decide(AWARD, _with(facts, trigger, said), trigger)
    assert isinstance(answer, Decision), answer
    return answer


def refused(facts: AwardFacts, trigger: str, **said: object) -> set[str]:
    """Ids of the rules that refuse; fails where nothing does."""
    answer = decide(AWARD, _with(facts, trigger, said), trigger)
    assert isinstance(answer, Refusal), answer
    return {reason.rule for reason in answer.reasons}


def sentences(facts: AwardFacts, trigger: str, **said: object) -> str:
    """What the refusal says, in one string."""
    answer = decide(AWARD, _with(facts, trigger, said), trigger)
    assert isinstance(answer, Refusal), answer
    return " ".join(reason.text for reason in answer.reasons)


def _with(facts: AwardFacts, trigger: str, said: dict[str, object]) -> AwardFacts:
    return replace(facts, form=form(trigger, **said))
