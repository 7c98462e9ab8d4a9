"""Corrections: what was recorded wrongly is set right by two people, and what stood before stays.

One administrator proposes, another confirms or drops; where there is only one, the ASA director is
the second. Each machine lists what can be corrected, and nothing else can be.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import Field, TypeAdapter, ValidationError

from workflow.changes import Change, Insert, Update
from workflow.clocks import Clock
from workflow.definition import SAME, Row, State
from workflow.effects import Action, Ask, Keep, Settle, notify
from workflow.facts import Facts, ProposedCorrection
from workflow.forms import Code, Form, Line, Note, Paragraph
from workflow.forms import Reason as ReasonForm
from workflow.roles import ASA_DIRECTOR, Role, appointed, everywhere, party
from workflow.rules import ALWAYS, Answer, Condition, Reason, Rule, rule

PRACTICE = "practice"
ID = "PR-correction"


class Propose(Form):
    """What is recorded wrongly, and how it should be."""

    what: Line = Field(title="What is wrong", json_schema_extra={"options": "correctable"})
    value: Line = Field(title="As it should be", description="A date as 2026-11-24.")
    reason: Paragraph = Field(
        title="How you know", description="Whoever confirms it reads this, and it stays on record."
    )


@dataclass(frozen=True, slots=True)
class Correctable:
    """One thing that can be corrected, by the words people choose it by."""

    says: str
    #: What is on record; "" where nothing is.
    recorded: Callable[..., str]
    #: Why a value cannot be it, as a sentence; "" when it can.
    unfit: Callable[..., str]
    #: The rows that set it right.
    put: Callable[[Action, str], Iterable[Change]]


def _first(facts: Facts) -> frozenset[str]:
    """Whoever proposed it, and for whom: neither is the second person, nor a deputy of theirs."""
    pending = facts.correction
    if pending is None:
        return facts.actor.persons
    return frozenset(p for p in (pending.proposed_by, pending.on_behalf_of) if p)


_CODE: TypeAdapter[str] = TypeAdapter(Code)


def unfit_code(_: object, value: str) -> str:
    """Why a value is no registrar's code."""
    try:
        _CODE.validate_python(value)
    except ValidationError:
        return "A code has 2 to 20 capital letters, digits, dots or hyphens."
    return ""


def _proposer(facts: Facts) -> str | None:
    return facts.correction.proposed_by if facts.correction else None


ADMIN = appointed("admin", "an administrator")
SECOND = Role("admin", "a second person", scopes=everywhere, excluded=_first,
              deputy=ASA_DIRECTOR)  # fmt: skip
CORRECTOR = party("corrector", "whoever proposed the correction", _proposer)


@rule(ID, PRACTICE, otherwise="No correction is proposed.")
def none_proposed(facts: Facts) -> Answer:
    """No correction waits for a second person."""
    pending = facts.correction
    if pending is None:
        return None
    return f"A correction waits for a second person: {pending.what.lower()}, {pending.value}."


def correcting(
    states: tuple[State, ...], things: tuple[Correctable, ...], *, clock: Clock,
    told: tuple[Role, ...], when: Condition = ALWAYS,
) -> tuple[Row, ...]:  # fmt: skip
    """The rows by which a case in one of these states is corrected; `told` are those concerned.

    What nobody confirmed before the case moved on is not carried out, and stays on record.
    """
    proposed = Keep("keep what is proposed", _proposed(things))
    confirmed = Keep("set it right; tell those concerned: corrected", _confirmed(things, told))
    return (
        Row("propose_correction", states, SAME, ADMIN, PRACTICE, "Propose a correction",
            none_proposed & _listed(things) & when, Propose,
            (proposed, Ask("correction", SECOND, clock)),
            "Nothing changes until a second person confirms it. What stood before stays."),
        Row("confirm_correction", states, SAME, SECOND, PRACTICE, "Confirm the correction",
            ~none_proposed & _still_so(things) & when, Note, (confirmed, Settle("correction")),
            "It is set right, under both names. Those concerned are told.", content=True),
        Row("drop_correction", states, SAME, (SECOND, CORRECTOR), PRACTICE, "Drop the correction",
            ~none_proposed, ReasonForm, (DROPPED, Settle("correction")),
            "Nothing changes. The proposal and your reason stay on record."),
    )  # fmt: skip


def _listed(things: tuple[Correctable, ...]) -> Rule:
    @rule(ID, PRACTICE, judges_form=True)
    def listed(facts: Facts) -> Answer:
        """What is corrected is on the list, on record, and fits."""
        form = facts.form
        if not isinstance(form, Propose):
            return None
        thing = next((one for one in things if one.says == form.what), None)
        if thing is None or not (recorded := thing.recorded(facts)):
            return (Reason(ID, PRACTICE, "Choose something that is on record.", "what"),)
        unfit = thing.unfit(facts, form.value)
        if recorded == form.value:
            unfit = "It stands so already."
        return (Reason(ID, PRACTICE, unfit, "value"),) if unfit else None

    return listed


def _still_so(things: tuple[Correctable, ...]) -> Rule:
    @rule(ID, PRACTICE, otherwise="It still is as it was.")
    def still_so(facts: Facts) -> Answer:
        """What is corrected still is what it was when the correction was proposed."""
        pending = facts.correction
        if pending is None or _thing(things, pending).recorded(facts) == pending.was:
            return None
        return "It was changed since. Drop this correction and propose another."

    return still_so


def _thing(things: tuple[Correctable, ...], pending: ProposedCorrection) -> Correctable:
    return next(one for one in things if one.says == pending.what)


# --------------------------------------------------------------------------- what is written


def _proposed(things: tuple[Correctable, ...]) -> Callable[[Action], Iterator[Change]]:
    def rows(act: Action) -> Iterator[Change]:
        said = act.form
        thing = next(one for one in things if one.says == said["what"])
        yield Insert("correction", {
            "case_id": act.case, "seq": act.seq, "what": thing.says,
            "was": thing.recorded(act.facts), "value": said["value"], "reason": said["reason"],
            "proposed_by": act.actor, "on_behalf_of": act.facts.actor.on_behalf_of,
            "proposed_at": act.now,
        })  # fmt: skip

    return rows


def _confirmed(
    things: tuple[Correctable, ...], told: tuple[Role, ...]
) -> Callable[[Action], Iterator[Change]]:
    def rows(act: Action) -> Iterator[Change]:
        pending = _pending(act)
        yield from _thing(things, pending).put(act, pending.value)
        yield _answered(act, pending, "confirmed")
        concerned = [p for role in told for p in role.asked(act.facts).people]
        people = [p for p in (*concerned, pending.proposed_by) if p != act.actor]
        facts = {"what": pending.what, "was": pending.was, "value": pending.value,
                 "reason": pending.reason}  # fmt: skip
        yield from notify(act, "corrected", people, importance="know", facts=facts)

    return rows


def _dropped(act: Action) -> Iterator[Change]:
    pending = _pending(act)
    yield _answered(act, pending, "dropped")
    people = [pending.proposed_by] if pending.proposed_by != act.actor else []
    facts = {"what": pending.what, "value": pending.value}
    yield from notify(act, "correction_dropped", people, importance="know", facts=facts)


def _pending(act: Action) -> ProposedCorrection:
    if act.facts.correction is None:
        raise TypeError("what is answered was proposed before")
    return act.facts.correction


def _answered(act: Action, pending: ProposedCorrection, answer: str) -> Update:
    return Update("correction", {"case_id": act.case, "seq": pending.seq}, {
        "answer": answer, "answered_by": act.actor, "answered_at": act.now,
    })  # fmt: skip


DROPPED = Keep("drop the correction; tell whoever proposed it: correction_dropped", _dropped)
