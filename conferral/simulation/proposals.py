"""How a proposal goes through the year: proposer, head, officer, registrar, in their time."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from conferral.demo.proposals import CRITERIA
from conferral.simulation.contents import draft_of, records, whole
from conferral.simulation.office import Journey, Office
from conferral.simulation.plan import ProposalPlan

_CHANGES: Final = (
    {"field": "slos.o1.threshold", "asks": "Say it so that two assessors agree."},
    {"field": "portability_note", "asks": "Name who else counts it."},
)
_PARTS: Final = 2
_LOOK_AGAIN: Final = (2, 4)


def play(office: Office, plan: ProposalPlan) -> Journey:
    """One proposal, from its draft to wherever its fate leads."""
    way, parts = _way(office, plan)
    record = records()[plan.number % len(records())]
    draft = draft_of(record, number=plan.number, unit=plan.unit, way=way)
    case = office.open("proposal", "open", plan.proposer, unit=plan.unit, content=draft)
    if plan.fate == "idle":
        return
    chance = office.draw("proposal", plan.number)
    fields = whole(draft, unit=plan.unit, way=way, level=plan.level, parts=parts)
    yield from _Proposal(office, plan, case, way, chance).through(fields)


def _way(office: Office, plan: ProposalPlan) -> tuple[str, list[str]]:
    """The way it takes; a micro-certificate needs two badges that are in force."""
    if plan.way != "certificate":
        return plan.way, []
    found = office.rows(
        "SELECT c.case_id FROM credential c JOIN cases s ON s.id = c.case_id "
        "WHERE c.type = 'digital_badge' AND s.state = 'active' ORDER BY s.opened_at, s.id LIMIT %s",
        _PARTS,
    )
    parts = [str(case) for (case,) in found]
    return ("certificate", parts) if len(parts) == _PARTS else ("asa_only", [])


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A proposal on its way."""

    office: Office
    plan: ProposalPlan
    case: str
    way: str
    chance: Random

    def through(self, fields: dict[str, object]) -> Journey:
        """Completed, endorsed, submitted, consulted, and on."""
        yield self._later(0, 4)
        self._proposer("edit", fields=fields)
        self._proposer("ask_endorsement")
        yield self._within(5)
        self._endorse()
        yield self._later(0, 2)
        self._proposer("submit")
        yield from self._consultation()

    # ------------------------------------------------------------------------- short words

    def _proposer(self, trigger: str, **form: object) -> None:
        self.office.do(trigger, self.plan.proposer, self.case, **form)

    def _officer(self, trigger: str, **form: object) -> None:
        self.office.do(trigger, self.plan.officer, self.case, **form)

    def _endorse(self) -> None:
        head = self.office.acting(self.office.cast.heads[self.plan.unit])
        self.office.do("endorse", head, self.case)

    def _later(self, least: int, most: int) -> datetime:
        return self.office.later(self.chance, least, most)

    def _within(self, days: int) -> datetime:
        return self.office.within(self.chance, days)

    # ------------------------------------------------------------------------- consultation

    def _consultation(self) -> Journey:
        yield self._within(2)
        self._officer("take")
        if self.chance.randrange(10) == 0:
            words = "Whom may we ask about the rubric?"
            self._proposer("comment", words=words, mentions=[self.plan.officer])
        if self.way == "determination":
            yield from self._scope()
        if self.plan.fate in {"returned", "abandoned"}:
            yield self._later(1, 5)
            self._officer("return_for_revision", changes=list(_CHANGES))
            if self.plan.fate == "abandoned":
                return
            yield from self._revise()
        yield self._within(7)
        if self.plan.fate == "withdrawn":
            self._proposer("withdraw")
        elif self.plan.fate == "declined":
            why = "Another badge of the university covers the same competencies."
            self._officer("decline", code="duplicate", rationale=why)
        else:
            self._consult()
            yield from self._routed()

    def _scope(self) -> Journey:
        question = "Does a stack of existing, non-credit badges need the curriculum committee?"
        self._officer("ask_scope", office="senate_office", question=question)
        yield self._within(5)
        answer = "No. The Senate does not approve non-credit offerings."
        who = self.office.acting(self.office.cast.senate_office)
        self.office.do("answer_scope", who, self.case, committee_required="no", answer=answer)

    def _revise(self) -> Journey:
        """Every required change answered, then it goes back to where it came from."""
        yield self._within(15)
        asked = self.office.rows(
            "SELECT number FROM required_change WHERE case_id = %s AND answer = 'open' "
            "ORDER BY number", self.case,
        )  # fmt: skip
        for (number,) in asked:
            self._proposer("answer_change", number=number, answer="fixed")
        self._proposer("resubmit")

    def _consult(self) -> None:
        kind = "micro_certificate" if self.way == "certificate" else "digital_badge"
        self._officer(
            "record_consultation", held_on=self.office.today().isoformat(),
            notes="We went through competencies and outcomes.", outcome="The concept is clear.",
            rigor="intermediate", rigor_rationale="The learner applies it to a case of their own.",
            award_type=kind, organisation_note="Two badges in any order, then the reflection.",
        )  # fmt: skip

    # ------------------------------------------------------------------------- the way on

    def _routed(self) -> Journey:
        if self.way == "committee":
            if self.plan.fate in {"not_carried", "returned_by_body"}:
                self.office.fates[self.case] = self.plan.fate
            self._officer("route_to_committee")
            yield from self._committee()
            if self.office.state(self.case) != "design":
                return
        else:
            if self.way == "determination":
                reason = "Existing, non-credit parts; the Senate office agrees."
                self._officer("record_determination", committee_required="no", reason=reason)
            self._officer("clear_to_design")
        yield from self._design()

    def _committee(self) -> Journey:
        """Wait for the bodies; what one of them returns is answered."""
        while (state := self.office.state(self.case)) in {"curriculum_committee", "returned"}:
            if state == "returned":
                yield from self._revise()
            yield self._later(*_LOOK_AGAIN)

    def _design(self) -> Journey:
        yield self._within(25)
        alt = "A blue ring around the title, with two filled circles."
        self._proposer("edit", fields={"badge": {"alt": alt}})
        yield self._within(5)
        self._endorse()
        self._proposer("mark_design_complete")
        yield self._within(10)
        self._officer("score_review", **dict.fromkeys(CRITERIA, "meets"))
        self._officer("approve")
        yield from self._owed()
        yield from self._in_force()

    def _owed(self) -> Journey:
        """Code, roster and design, each when whoever owes it comes to it."""
        acts = (self._code, self._roster, self._publish)
        owed = [(self._within(8), n, act) for n, act in enumerate(acts)]
        for instant, _, act in sorted(owed, key=lambda one: one[:2]):
            yield instant
            act()

    def _code(self) -> None:
        number = f"MC-{self.case.removeprefix('MC-').zfill(4)}"
        registrar = self.office.acting(self.office.cast.registrar)
        self.office.do("record_code", registrar, self.case, code=number)

    def _roster(self) -> None:
        head = self.office.acting(self.office.cast.heads[self.plan.unit])
        self.office.do("set_roster", head, self.case, assessors=list(self.plan.assessors))

    def _publish(self) -> None:
        self._officer("publish_design", alt="A blue ring around the title.")

    def _in_force(self) -> Journey:
        """Put in force at once, or in the term in which what a committee carried takes effect."""
        yield self._later(0, 2)
        today = self.office.today()
        terms = [one.first for one in self.office.engine.calendar.terms if one.first > today]
        for day in (today, *terms):
            if day > self.office.today():
                yield self.office.at(day, self.chance)
            with self.office.unless("PR-effective"):
                self._officer("issue", effective_on=self.office.today().isoformat())
                return
