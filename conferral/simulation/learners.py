"""How learners earn a credential: evidence, tries, the reflection, ASA's signature."""

from dataclasses import dataclass
from random import Random
from typing import Final, LiteralString, cast

from conferral.simulation.office import Journey, Office
from conferral.simulation.plan import ClaimPlan

_GOOD, _LOW = "3, proficient", "2, developing"


def play(office: Office, plan: ClaimPlan) -> Journey:
    """One claim of something that is in force, from the claim to its record."""
    chance = office.draw("claim", plan.number)
    found = office.rows(_CLAIMABLE, plan.learner)
    if not found:
        return
    credential = str(chance.choice(found)[0])
    award = office.open("award", "claim", plan.learner, credential=credential)
    if plan.fate != "nothing":
        yield from _Award(office, plan.learner, plan.fate, award, chance).through()
        yield from _stacked(office, plan.learner, chance)


def _stacked(office: Office, learner: str, chance: Random) -> Journey:
    """A micro-certificate that the assembler opened: its reflection, and ASA's signature."""
    found = office.ask(_STACK, learner)
    if found is not None:
        award = _Award(office, learner, "goes_on", str(found), chance)
        yield from award.reflected()
        yield from award.verified()


@dataclass(frozen=True, slots=True)
class _Award:
    """An award on its way."""

    office: Office
    learner: str
    fate: str
    case: str
    chance: Random

    def through(self) -> Journey:
        """Evidence and tries, the reflection, ASA; or wherever its fate leads."""
        yield self.office.later(self.chance, 2, 20)
        if self.fate == "withdrawn":
            self._learner("withdraw")
            return
        yield from self._try(low=self.fate == "second_try")
        if self.fate == "second_try":
            yield self.office.later(self.chance, 3, 20)
            yield from self._try(low=False)
        if self.fate == "no_reflection":
            return  # asked again and again, warned twice, and then it lapses
        yield from self.reflected()
        if self.fate == "sent_back":
            yield from self._sent_back()
        yield from self.verified()

    def _learner(self, trigger: str, **form: object) -> None:
        self.office.do(trigger, self.learner, self.case, **form)

    def _roster(self) -> tuple[str, ...]:
        return tuple(str(person) for (person,) in self.office.rows(_ROSTER, self.case))

    # ------------------------------------------------------------------------- evidence

    def _try(self, *, low: bool) -> Journey:
        """Evidence for every outcome that is left, scored; `low` leaves the first unmet."""
        left = cast("list[str]", self.office.ask(_LEFT, self.case) or [])
        evidence = {one: f"https://portfolio.example.edu/{self.case.lower()}/{one}" for one in left}
        self._learner("submit_evidence", evidence=evidence, integrity=True)
        yield self.office.within(self.chance, 10)
        assessor = self._roster()[0]
        for n, one in enumerate(left):
            self._score(assessor, one, low=low and n == 0)
        self.office.do("finish_round", assessor, self.case)

    def _score(self, assessor: str, outcome: str, *, low: bool) -> None:
        feedback = "Name a source for the second claim." if low else "Every claim has its source."
        self.office.do(
            "score_slo", assessor, self.case, outcome=outcome, level=_LOW if low else _GOOD,
            met="no" if low else "yes", feedback=feedback,
        )  # fmt: skip

    # ------------------------------------------------------------------------- reflection

    def reflected(self) -> Journey:
        """The culminating reflection, perhaps returned once, and accepted."""
        yield self.office.within(self.chance, 20)
        self._reflection()
        assessor = self._roster()[-1]
        yield self.office.within(self.chance, 5)
        if self.fate == "reflection_returned":
            feedback = "Say what changed for you."
            self.office.do("return_reflection", assessor, self.case, feedback=feedback)
            yield self.office.later(self.chance, 2, 15)
            self._reflection()
            yield self.office.within(self.chance, 5)
        self.office.do("accept_reflection", assessor, self.case, level="meets")

    def _reflection(self) -> None:
        self._learner(
            "submit_reflection",
            pathway="The first part taught me to look, the second to weigh.",
            personal_growth="I doubted that I could question a headline; now I do.",
            professional_growth="I check where a number comes from before I repeat it.",
        )

    # ------------------------------------------------------------------------- ASA

    def _sent_back(self) -> Journey:
        """ASA finds a defect; the assessor mends it."""
        yield self.office.within(self.chance, 5)
        defect = "The evidence of one outcome does not open."
        self.office.do("send_back", self._officer(), self.case, defect=defect)
        yield self.office.within(self.chance, 10)
        self.office.do("finish_round", self._roster()[0], self.case)

    def _officer(self) -> str:
        return self.chance.choice(self.office.cast.officers)

    def verified(self) -> Journey:
        """ASA verifies, the relay signs, the registrar confirms the record."""
        yield self.office.within(self.chance, 5)
        guest = self.learner in self.office.cast.guests
        identity: dict[str, object] = {"identity_method": "directory"}
        if guest:
            attests = self.office.ask(_ASSESSED, self.case)
            identity = {"identity_method": "verified_mail", "attested_by": attests}
        self.office.do("verify", self._officer(), self.case, **identity)
        yield self.office.within(self.chance, 5)
        self.office.do(
            "record_confirmed", self.office.acting(self.office.cast.registrar), self.case,
            record=f"R-{self.case}", kept_in="asa_register" if guest else "student_system",
        )  # fmt: skip


#: Badges in force that a learner has not claimed.
_CLAIMABLE: Final[LiteralString] = """
SELECT k.case_id FROM credential k JOIN cases c ON c.id = k.case_id
 WHERE c.state = 'active' AND k.type = 'digital_badge' AND NOT EXISTS (
       SELECT FROM award a WHERE a.credential = k.case_id AND a.learner = %s)
 ORDER BY c.opened_at, c.id LIMIT 40"""
_STACK: Final[LiteralString] = """
SELECT min(c.id) FROM award a JOIN cases c ON c.id = a.case_id
  JOIN credential k ON k.case_id = a.credential
 WHERE a.learner = %s AND k.type = 'micro_certificate' AND c.state = 'reflection'"""
_ROSTER: Final[LiteralString] = """
SELECT p.person FROM award a JOIN credential k ON k.case_id = a.credential
  JOIN appointment p ON p.role = 'assessor' AND p.scope = k.proposal
 WHERE a.case_id = %s ORDER BY p.person"""
_LEFT: Final[LiteralString] = """
SELECT json_agg(slo ->> 'id')
  FROM award a JOIN credential_version v
    ON v.case_id = a.credential AND v.version = a.credential_version,
       jsonb_array_elements(v.content -> 'slos') AS slo
 WHERE a.case_id = %s AND NOT EXISTS (SELECT FROM outcome_result r
        WHERE r.case_id = a.case_id AND r.outcome = slo ->> 'id' AND r.state = 'met')"""
_ASSESSED: Final[LiteralString] = "SELECT min(assessor) FROM outcome_result WHERE case_id = %s"
