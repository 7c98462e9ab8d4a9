"""The rows an award's actions write: results, the reflection, what is reserved, what is mailed."""

from collections.abc import Iterator, Mapping
from typing import cast

from workflow.award import forms
from workflow.award.facts import AwardFacts
from workflow.award.rules import level_name, level_number, reaches
from workflow.changes import Change, Insert, Update, Upsert
from workflow.effects import Action, Fire, Keep
from workflow.facts import SYSTEM

#: Entries of a status list (W3C Bitstring Status List 1.0, 2.1), and how many awards share one:
#: a list is never more than half full, so a free entry is found in two tries on average.
STATUS_ENTRIES, AWARDS_A_LIST = 131_072, 65_536


def _facts(act: Action) -> AwardFacts:
    return cast("AwardFacts", act.facts)


def _award(act: Action, **values: object) -> Update:
    return Update("award", {"case_id": act.case}, values)


# ---------------------------------------------------------------- claim


def _claim(act: Action) -> Iterator[Change]:
    facts = _facts(act)
    yield Insert("award", {
        "case_id": act.case, "learner": facts.learner, "credential": facts.credential,
        "credential_version": facts.version, "identity_method": "", "status_list": 1,
        "registrar_record": "", "published": False, "ended": False,
    })  # fmt: skip
    for kept in facts.kept:
        yield Insert("outcome_result", {
            "case_id": act.case, "outcome": kept.outcome, "evidence": kept.evidence,
            "submitted_at": kept.submitted_at, "state": kept.state, "level": kept.level,
            "feedback": kept.feedback, "assessor": kept.assessor, "scored_at": kept.scored_at,
        })  # fmt: skip


def _own_stack(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    """A learner who claims with the whole stack in hand goes straight on to the reflection."""
    facts = _facts(act)
    ready = facts.is_certificate and facts.stack_complete and not facts.missing
    if ready and act.actor != SYSTEM:
        yield act.case, {}


CLAIM = Keep("pin the version and keep what a lapsed award met", _claim)
OPEN_OWN_STACK = Fire("award", "open_certificate", _own_stack)


# ---------------------------------------------------------------- evidence and scores


def _evidence(act: Action) -> Iterator[Change]:
    for outcome, text in cast("forms.SubmitEvidence", act.facts.form).evidence.items():
        yield Upsert("outcome_result", {
            "case_id": act.case, "outcome": outcome, "evidence": text, "submitted_at": act.now,
            "state": "submitted", "level": "", "feedback": "", "assessor": None, "scored_at": None,
        })  # fmt: skip
    yield _award(act, integrity_at=act.now)


def _score(act: Action) -> Iterator[Change]:
    form, facts = cast("forms.ScoreOutcome", act.facts.form), _facts(act)
    outcome = next(o for o in facts.outcomes if o.id == form.outcome)
    number = cast("int", level_number(outcome, form.level))
    where = {"case_id": act.case, "outcome": form.outcome}
    yield Update("outcome_result", where, {
        "state": "met" if reaches(outcome, form) else "below",
        "level": level_name(outcome, number), "feedback": form.feedback,
        "assessor": act.actor, "scored_at": act.now,
    })  # fmt: skip


def _score_again(act: Action) -> Iterator[Change]:
    for outcome in dict.fromkeys(cast("forms.SendBack", act.facts.form).outcomes):
        where = {"case_id": act.case, "outcome": outcome}
        yield Update("outcome_result", where, {
            "state": "submitted", "level": "", "feedback": "", "assessor": None, "scored_at": None,
        })  # fmt: skip


EVIDENCE = Keep("keep the evidence", _evidence)
SCORE = Keep("keep the score", _score)
SCORE_AGAIN = Keep("open the scores in doubt", _score_again)


# ---------------------------------------------------------------- the reflection


def _reflection(act: Action) -> Iterator[Change]:
    form = cast("forms.SubmitReflection", act.facts.form)
    yield Upsert("reflection", {
        "case_id": act.case, "pathway": form.pathway, "personal_growth": form.personal_growth,
        "professional_growth": form.professional_growth, "submitted_at": act.now,
        "state": "submitted", "feedback": "", "assessor": None,
    })  # fmt: skip


def _judged(act: Action, state: str, feedback: str) -> Update:
    values = {"state": state, "feedback": feedback, "assessor": act.actor}
    return Update("reflection", {"case_id": act.case}, values)


def _accepted(act: Action) -> Iterator[Change]:
    yield _judged(act, "accepted", cast("forms.AcceptReflection", act.facts.form).note)


def _returned(act: Action) -> Iterator[Change]:
    yield _judged(act, "returned", cast("forms.ReturnReflection", act.facts.form).feedback)


REFLECTION = Keep("keep the reflection", _reflection)
ACCEPTED = Keep("accept the reflection", _accepted)
RETURNED = Keep("return the reflection", _returned)


# ---------------------------------------------------------------- verify, issue, record


def status_list_of(case: str) -> int:
    """The status list an award belongs to, by its number: a new one every 65,536 awards.

    >>> status_list_of("AW-65536"), status_list_of("AW-65537")
    (1, 2)
    """
    return (int(case.rpartition("-")[2]) - 1) // AWARDS_A_LIST + 1


def _reserve(act: Action) -> Iterator[Change]:
    form = cast("forms.Verify", act.facts.form)
    yield _award(
        act, verified_by=act.actor, identity_method=form.identity_method,
        credential_id=f"urn:uuid:{act.ids.uuid()}", status_list=status_list_of(act.case),
        status_index=act.ids.below(STATUS_ENTRIES),
    )  # fmt: skip


def _to_sign(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    yield act.case, {}


def _to_assemble(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    facts = _facts(act)
    yield None, {"learner": facts.learner, "credential": facts.credential}


def _record(act: Action) -> Iterator[Change]:
    yield _award(act, registrar_record=cast("forms.ConfirmRecord", act.facts.form).record)


def _shown(act: Action) -> Iterator[Change]:
    name_shown = cast("forms.Publish", act.facts.form).name_shown
    yield _award(act, published=True, name_shown=name_shown, hidden=False)


def _hidden(act: Action) -> Iterator[Change]:
    yield _award(act, published=False, name_shown=False, hidden=True)


def _corrected(act: Action) -> Iterator[Change]:
    yield _award(act, registrar_record=cast("forms.CorrectRecord", act.facts.form).record)


RESERVE = Keep("reserve the credential id and a place in the status list", _reserve)
SIGN = Fire("award", "issue", _to_sign, task="sign")
ASSEMBLE = Fire("award", "open_certificate", _to_assemble, task="assemble")
RECORD = Keep("keep the record number", _record)
CORRECTED = Keep("keep the right record number", _corrected)
SHOWN = Keep("show it to everyone", _shown)
HIDDEN = Keep("show it to nobody", _hidden)


# ---------------------------------------------------------------- ends


def _ended(act: Action) -> Iterator[Change]:
    yield _award(act, ended=True)


def _erased(act: Action) -> Iterator[Change]:
    yield Update("outcome_result", {"case_id": act.case}, {"evidence": ""})
    yield Update("reflection", {"case_id": act.case}, {
        "pathway": "", "personal_growth": "", "professional_growth": "",
    })  # fmt: skip


ENDED = Keep("end the award, so that a new claim may begin", _ended)
ERASED = Keep("delete the evidence and the reflection", _erased)


# ---------------------------------------------------------------- what a mail must say


def due(act: Action) -> dict[str, object]:
    """When what comes next is due, where the state entered has a clock."""
    clock = act.definition.state(act.to).clock
    at = clock.due_at(act.facts, act.calendar, start=act.now) if clock else None
    return {"due": at.isoformat()} if at else {}


def claimed(act: Action) -> dict[str, object]:
    """What a receipt says: until when, and how many outcomes a lapsed award has met already."""
    return {**due(act), "of": len(_facts(act).outcomes), "kept": len(_facts(act).kept)}


def progress(act: Action) -> dict[str, object]:
    """How many outcomes are met, of how many, and until when the others can be shown."""
    facts = _facts(act)
    waiting = [part.title for part in facts.parts_missing]
    met = len(facts.required) - len(facts.missing)
    return {**due(act), "met": met, "of": len(facts.required), "parts_missing": waiting}


def next_steps(act: Action) -> dict[str, object]:
    """What each outcome below its threshold still needs, in the assessor's words."""
    facts = _facts(act)
    steps = [
        {"number": facts.number(result.outcome), "feedback": result.feedback}
        for result in facts.below
    ]
    return {**progress(act), "steps": steps}


def still_owed(act: Action) -> dict[str, object]:
    """The outcomes of its own that a certificate still asks for."""
    missing = [outcome.statement for outcome in _facts(act).missing]
    return {**due(act), "outcomes": missing}


def extended(act: Action) -> dict[str, object]:
    """The new date, once more days are added."""
    case, clock = act.facts.case, act.definition.state(act.to).clock
    more = case.clock_extra + cast("forms.Extend", act.facts.form).business_days
    at = clock.due_at(act.facts, act.calendar, start=case.clock_at, extra=more) if clock else None
    return {"due": at.isoformat()} if at else {}


def feedback(act: Action) -> dict[str, object]:
    """The assessor's words on a reflection, and until when it can be written anew."""
    return {**due(act), "feedback": cast("forms.ReturnReflection", act.facts.form).feedback}


def defect(act: Action) -> dict[str, object]:
    """What the assessors must mend."""
    return {**due(act), "defect": cast("forms.SendBack", act.facts.form).defect}


def more_days(facts: AwardFacts) -> int:
    """Business days an extension adds to the state's clock."""
    return cast("forms.Extend", facts.form).business_days
