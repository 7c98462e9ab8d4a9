"""A cohort: many awards verified by one officer, each through the one door and each exactly once.

A list of awards is no record of an assessment: what stands in the way of one award alone stands in
its way here too. Only awards that wait for ASA's verification, or for their signature, can be in
it.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, LiteralString, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import Connection

from workflow.award.forms import Verify
from workflow.decide import Refusal, decide
from workflow.engine import Engine
from workflow.facts import Facts
from workflow.perform import Command, Refused, filled, perform
from workflow.queries.page import read_facts
from workflow.rules import Reason

Rows = Connection[tuple[object, ...]]

#: What is still to be done for an award: verified and signed, only signed, nothing.
Ahead = Literal["verify", "sign", "nothing"]
_AHEAD: Final[dict[str, Ahead]] = {
    "asa_verification": "verify", "approved_to_issue": "sign", "issued": "nothing",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a cohort: an award by its number, or by its learner and credential.

    `learner` is a person's id or address, `credential` its number or its registrar's code.
    """

    line: int
    award: str = ""
    learner: str = ""
    credential: str = ""
    identity_method: str = "directory"
    attested_by: str = ""

    @property
    def form(self) -> dict[str, str]:
        """What the officer says of the learner's identity."""
        return {"identity_method": self.identity_method, "attested_by": self.attested_by}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is ahead of a line's award; every reason where it cannot be, `field` the column."""

    listed: Listed
    case: str
    ahead: Ahead
    reasons: tuple[Reason, ...] = ()


def cohort_id(sha256: str, officer: str) -> UUID:
    """The job of one file and one officer: run again, it goes on where it stood."""
    return uuid5(NAMESPACE_URL, f"cohort {sha256} {officer}")


def judge(engine: Engine, listed: Listed, *, officer: str) -> Judged:
    """Ask what would happen to one line; nothing is written."""
    with engine.connect() as connection:
        case = _case(connection, listed)
        if case is None:
            column = "award" if listed.award else "learner"
            return _not(listed, "There is no such award.", column)
        machine = engine.machines["award"]
        facts = cast(
            "Facts", read_facts(engine, connection, machine, case=case, person=officer)
        )  # the award is there: it was found
    state = facts.case.state
    ahead = _AHEAD.get(state)
    if ahead is None:
        says = machine.definition.state(state).says
        return _not(listed, f"It cannot be issued: it is {says}.", "award", case=case)
    if ahead != "verify":
        return Judged(listed, case, ahead)
    try:
        form = filled(Verify, listed.form)
    except Refused as refused:
        return Judged(listed, case, ahead, refused.reasons)
    answer = decide(machine.definition, replace(facts, form=form), "verify")
    return Judged(listed, case, ahead, answer.reasons if isinstance(answer, Refusal) else ())


def verify(engine: Engine, judged: Judged, *, cohort: UUID, officer: str) -> None:
    """Verify one award, where that is ahead of it; again without harm. Raises Refused."""
    if judged.ahead == "verify":
        perform(engine, Command(
            trigger="verify", actor=officer, case=judged.case, form=judged.listed.form,
            key=f"cohort {cohort} {judged.case}",
        ))  # fmt: skip


_BY_NUMBER: Final[LiteralString] = "SELECT case_id FROM award WHERE case_id = %(award)s"
_BY_LEARNER: Final[LiteralString] = """
SELECT a.case_id FROM award a JOIN person p ON p.id = a.learner
  JOIN credential k ON k.case_id = a.credential
 WHERE (p.id = %(learner)s OR p.email = %(learner)s)
   AND (k.case_id = %(credential)s OR k.code = %(credential)s) AND NOT a.ended"""


def _case(connection: Rows, listed: Listed) -> str | None:
    named = {"award": listed.award, "learner": listed.learner, "credential": listed.credential}
    row = connection.execute(_BY_NUMBER if listed.award else _BY_LEARNER, named).fetchone()
    return cast("str", row[0]) if row else None


def _not(listed: Listed, text: str, column: str, *, case: str = "") -> Judged:
    return Judged(listed, case, "nothing", (Reason("PR-cohort", "practice", text, column),))
