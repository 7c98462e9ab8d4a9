"""An award as its model sees it: outcomes one by one, a reflection, a stack, three people apart."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar, cast

from policies import calendar
from tests import factory
from tests.walks.model import Driver, Form, Model, Try
from tests.walks.worlds import ROSTER

BADGES, SHARED, OWN = ("CR-1", "CR-2"), "CR-3", "CR-4"
OFFICERS = (factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER)
OUTCOMES = {"CR-1": ("o1", "o2"), "CR-2": ("o1", "o2"), SHARED: ("o1",), OWN: ("o1",)}
ANSWERS = ("pathway", "personal_growth", "professional_growth")
TRY_DAYS = 30


class AwardModel(Model):
    """An award of a badge, of a certificate that its parts show, or of one with its own outcome."""

    machine = "award"
    rare: ClassVar[Mapping[str, float]] = {
        "withdraw": 0.96, "extend": 0.8, "lapse": 0.6, "send_back": 0.6, "claim": 0.9,
        "return_reflection": 0.5,
    }  # fmt: skip
    people = (
        factory.LEARNER, factory.OTHER_LEARNER, factory.GUEST_LEARNER, *ROSTER,
        factory.ASA_OFFICER, factory.ASA_DIRECTOR, factory.REGISTRAR, factory.UNIT_HEAD,
        "system", "timer",
    )  # fmt: skip

    def __init__(self, driver: Driver, random: Random) -> None:
        super().__init__(driver, random)
        self.learner = self.one_of([factory.LEARNER, factory.GUEST_LEARNER, factory.ASSESSOR,
                                    factory.OTHER_ASA_OFFICER])  # fmt: skip
        self.credential = self.one_of(["CR-1", "CR-1", SHARED, OWN])
        self.results: dict[str, str] = {}
        #: Outcomes that were scored in this round, so that a score may be mended.
        self.scored_now: set[str] = set()
        self.reflection = ""
        self.assessors: set[str] = set()
        #: Parts of a certificate that each learner has been issued.
        self.earned: dict[str, set[str]] = {}
        self.record = self.signed = False
        self.number = "2026-1"
        self.seen = "unlisted"
        self.entered = driver.now
        self.extra = 0

    # ------------------------------------------------------------------- what it is

    @property
    def suite(self) -> bool:
        return self.credential in {SHARED, OWN}

    @property
    def parts(self) -> set[str]:
        return self.earned.setdefault(self.learner, set())

    @property
    def stacked(self) -> bool:
        """Every part is issued; a badge has none."""
        return not self.suite or self.parts == set(BADGES)

    @property
    def required(self) -> tuple[str, ...]:
        """Outcomes to be shown here: a part shows its own for the certificate too."""
        shown = self.credential == SHARED and bool(self.parts)
        return () if shown else OUTCOMES[self.credential]

    @property
    def missing(self) -> list[str]:
        return [outcome for outcome in self.required if self.results.get(outcome) != "met"]

    @property
    def enrolled(self) -> bool:
        return self.learner != factory.GUEST_LEARNER

    # ------------------------------------------------------------------- people

    def holds(self, role: str, t: Try) -> bool:
        if t.trigger == "claim" and role == "learner":
            return (t.form.get("learner") or t.actor) == t.actor
        apart = {self.learner} | self.assessors
        free = [officer for officer in OFFICERS if officer not in apart]
        held: Mapping[str, set[str]] = {
            "learner": {self.learner}, "assessor": set(ROSTER) - {self.learner},
            "asa_officer": set(OFFICERS), "registrar": {factory.REGISTRAR}, "system": {"system"},
            "timer": {"timer"},
        }  # fmt: skip
        if role == "asa_officer" and t.trigger in {"verify", "send_back"}:
            director = {factory.ASA_DIRECTOR} - apart
            return t.actor in (set(free) or director)
        return t.actor in held[role]

    def likely(self, trigger: str) -> Sequence[str]:
        free = [o for o in (*OFFICERS, factory.ASA_DIRECTOR)
                if o not in self.assessors | {self.learner}]  # fmt: skip
        by = {
            "claim": (self.learner,), "submit_evidence": (self.learner,),
            "submit_reflection": (self.learner,), "withdraw": (self.learner,), "verify": free,
            "publish": (self.learner,), "unpublish": (self.learner,),
            "send_back": free, "issue": ("system",), "open_certificate": ("system",),
            "record_confirmed": (factory.REGISTRAR,), "correct_record": (factory.REGISTRAR,),
            "extend": OFFICERS, "lapse": ("timer",),
            "return_to_claimed": ("timer",),
        }  # fmt: skip
        return by.get(trigger) or [a for a in ROSTER if a != self.learner]

    def ahead(self) -> Try | None:
        way = {
            "": "claim", "claimed": "submit_evidence", "not_yet": "submit_evidence",
            "under_assessment": "score_slo" if "submitted" in self.results.values()
            else "finish_round",
            "reflection": "submit_reflection", "reflection_review": "accept_reflection",
            "asa_verification": "verify", "approved_to_issue": "issue",
            "issued": "record_confirmed",
        }  # fmt: skip
        if self.state not in way:
            return None
        trigger = way[self.state]
        if self.state == "claimed" and self.suite and self.stacked and not self.missing:
            trigger = "open_certificate"
        return Try(trigger, self.one_of(self.likely(trigger)), self.form(trigger))

    # ------------------------------------------------------------------- forms

    def form(self, trigger: str) -> Form:
        maker = getattr(self, f"_form_{trigger}", None)
        return cast("Form", maker()) if maker else {}

    def _form_claim(self) -> Form:
        return {"credential": self.often(self.credential, "CR-99"),
                "learner": self.often("", self.learner, "nobody")}  # fmt: skip

    def _form_submit_evidence(self) -> Form:
        left = self.missing or list(OUTCOMES[self.credential])
        chosen = self.random.sample(left, self.random.randrange(1, len(left) + 1))
        if self.random.random() < 0.1:
            chosen.append(self.one_of(["o1", "o9"]))
        return {
            "evidence": dict.fromkeys(chosen, "My brief."),
            "integrity": self.random.random() < 0.8,
        }

    def _form_score_slo(self) -> Form:
        waiting = [o for o, state in self.results.items() if state == "submitted"]
        outcome = self.often(self.one_of(waiting or ["o1"]), "o1", "o2", "o9")
        level = self.one_of(["1", "2", "3", "4", "3", "4", "7"])
        met = self.often("yes" if level in {"3", "4"} else "no", None, "yes", "no")
        words = (
            {} if met is None or (outcome == "o1" and self.random.random() < 0.7) else {"met": met}
        )
        return {"outcome": outcome, "level": level, "feedback": "Clear.", **words}

    def _form_submit_reflection(self) -> Form:
        return {name: self.often("A change.", "") if name == "pathway" else "A change."
                for name in ANSWERS}  # fmt: skip

    def _form_accept_reflection(self) -> Form:
        return {"level": self.often("meets", "not_yet", "exceeds")}

    def _form_return_reflection(self) -> Form:
        return {"feedback": self.often("Name a moment.", "")}

    def _form_verify(self) -> Form:
        right = "directory" if self.enrolled else "verified_mail"
        who = self.one_of([*sorted(self.assessors), factory.REGISTRAR, ""])
        return {"identity_method": self.often(right, "directory", "verified_mail"),
                "attested_by": who}  # fmt: skip

    def _form_send_back(self) -> Form:
        return {"defect": "Which source?", "outcomes": self.one_of([[], ["o1"], ["o1", "o9"]])}

    def _form_record_confirmed(self) -> Form:
        return {"record": "2026-1", "kept_in": self.one_of(["student_system", "asa_register"])}

    def _form_correct_record(self) -> Form:
        return {"record": self.one_of(["2026-1", "2026-2"]), "reason": "A digit was wrong."}

    def _form_publish(self) -> Form:
        return {"name_shown": self.one_of([True, False])}

    def _form_extend(self) -> Form:
        return {"reason": "work", "business_days": self.often(10, 0, 300)}

    # ------------------------------------------------------------------- guards

    def may_claim(self, t: Try, _: str) -> bool:
        learner = str(t.form["learner"] or t.actor)
        known = learner not in {"nobody", "system", "timer"}
        mine = self.case is not None and learner == self.learner
        there = t.form["credential"] == self.credential
        whole = self.earned.get(learner, set()) == set(BADGES)
        by_itself = t.actor != "system" or (self.suite and whole)
        return known and there and not mine and by_itself

    def may_open_certificate(self, _t: Try, _: str) -> bool:
        return self.suite and self.stacked and not self.missing

    def may_submit_evidence(self, t: Try, _: str) -> bool:
        shown = cast("Mapping[str, str]", t.form["evidence"])
        known = all(outcome in OUTCOMES[self.credential] for outcome in shown)
        new = all(self.results.get(outcome) != "met" for outcome in shown)
        return bool(self.missing) and known and new and bool(t.form["integrity"])

    def may_score_slo(self, t: Try, _: str) -> bool:
        outcome, level, met = str(t.form["outcome"]), str(t.form["level"]), t.form.get("met")
        if outcome not in OUTCOMES[self.credential] or level not in {"1", "2", "3", "4"}:
            return False
        waits = self.results.get(outcome) == "submitted" or outcome in self.scored_now
        if outcome == "o1":
            judged = met is None or (met == "yes") == (level in {"3", "4"})
        else:
            judged = met is not None
        return waits and judged

    def _after_the_round(self) -> str:
        said = self.results.values()
        if "below" in said:
            return "not_yet"
        if self.missing or not self.stacked:
            return "claimed"
        return "asa_verification" if self.reflection == "accepted" else "reflection"

    def may_finish_round(self, _t: Try, to: str) -> bool:
        return "submitted" not in self.results.values() and to == self._after_the_round()

    def may_return_to_claimed(self, _t: Try, _: str) -> bool:
        return self.over

    def may_submit_reflection(self, t: Try, _: str) -> bool:
        return all(t.form[name] for name in ANSWERS) and not self.missing

    def may_accept_reflection(self, t: Try, _: str) -> bool:
        return t.form["level"] != "not_yet"

    def may_return_reflection(self, t: Try, _: str) -> bool:
        return bool(t.form["feedback"])

    def may_verify(self, t: Try, _: str) -> bool:
        if t.form["identity_method"] == "directory":
            matched = self.enrolled
        else:
            matched = t.form["attested_by"] in self.assessors
        return matched and not self.missing and self.stacked and self.reflection == "accepted"

    def may_send_back(self, t: Try, _: str) -> bool:
        return all(outcome in self.results for outcome in cast("list[str]", t.form["outcomes"]))

    def may_issue(self, _t: Try, _: str) -> bool:
        return self.signed

    def may_record_confirmed(self, t: Try, _: str) -> bool:
        return not self.record and (self.enrolled or t.form["kept_in"] == "asa_register")

    def may_correct_record(self, t: Try, _: str) -> bool:
        return self.record and t.form["record"] != self.number

    def may_publish(self, t: Try, _: str) -> bool:
        return self.seen != ("by name" if t.form["name_shown"] else "published")

    def may_unpublish(self, _t: Try, _: str) -> bool:
        return self.seen != "hidden"

    def may_extend(self, t: Try, _: str) -> bool:
        return t.actor != self.learner and t.form["business_days"] == 10

    def may_lapse(self, _t: Try, _: str) -> bool:
        return self.over and self.driver.warned(str(self.case)) >= 2

    # ------------------------------------------------------------------- what has changed

    def attempt(self, t: Try) -> bool:
        if t.trigger == "claim" and self.case is not None:
            return False  # another award: a walk keeps to one
        return super().attempt(t)

    def done(self, t: Try, before: str) -> None:
        keep = getattr(self, f"_done_{t.trigger}", None)
        if "assessor" in self._as(t, before):
            self.assessors.add(t.actor)
        if keep:
            keep(t)
        if self.state != before:
            self.scored_now, self.entered, self.extra = set(), self.driver.now, 0
        if self.state == "not_yet":
            due = calendar.load().add_business_days(self.entered, TRY_DAYS + self.extra)
            assert self.driver.fires_at(str(self.case)) == due
        self._opened_by_itself()

    def _as(self, t: Try, before: str) -> set[str]:
        """Roles in which a row is used that only one role may use."""
        mine = {"score_slo", "finish_round", "accept_reflection", "return_reflection"}
        return {"assessor"} if t.trigger in mine and before else set()

    def _opened_by_itself(self) -> None:
        """Who claims with the whole stack in hand goes on to the reflection at once."""
        for follow_on, _, trigger, target, form in self.driver.pending():
            if target == self.case and trigger == "open_certificate":
                t = Try(trigger, "system", form)
                self.compare(t, self.verdict(t), self.driver.fire(follow_on))

    def _done_claim(self, t: Try) -> None:
        self.learner = str(t.form["learner"] or t.actor)

    def _done_submit_evidence(self, t: Try) -> None:
        shown = cast("Mapping[str, str]", t.form["evidence"])
        self.results |= dict.fromkeys(shown, "submitted")

    def _done_score_slo(self, t: Try) -> None:
        outcome = str(t.form["outcome"])
        high = t.form["level"] in {"3", "4"} if outcome == "o1" else t.form["met"] == "yes"
        self.results[outcome] = "met" if high else "below"
        self.scored_now.add(outcome)

    def _done_submit_reflection(self, _: Try) -> None:
        self.reflection = "submitted"

    def _done_accept_reflection(self, _: Try) -> None:
        self.reflection = "accepted"

    def _done_return_reflection(self, _: Try) -> None:
        self.reflection = "returned"

    def _done_send_back(self, t: Try) -> None:
        self.results |= dict.fromkeys(cast("list[str]", t.form["outcomes"]), "submitted")

    def _done_record_confirmed(self, _: Try) -> None:
        self.record = True

    def _done_correct_record(self, t: Try) -> None:
        self.number = str(t.form["record"])

    def _done_publish(self, t: Try) -> None:
        self.seen = "by name" if t.form["name_shown"] else "published"

    def _done_unpublish(self, _: Try) -> None:
        self.seen = "hidden"

    def _done_extend(self, _: Try) -> None:
        self.extra += 10

    # ------------------------------------------------------------------- the world

    def walk(self, steps: int) -> int:
        for badge in BADGES if self.suite else ():
            if self.random.random() < 0.6:
                self._earn(badge)
        return super().walk(steps)

    def _earn(self, badge: str) -> None:
        """The learner is issued a part of the certificate."""
        assessor = next(a for a in ROSTER if a not in {self.learner, factory.OTHER_ASA_OFFICER})
        self.must("claim", self.learner, None, "award", credential=badge)
        case = self.driver.newest("award")
        evidence = dict.fromkeys(OUTCOMES[badge], "My brief.")
        self.must("submit_evidence", self.learner, case, "award", evidence=evidence, integrity=True)
        for outcome, more in (("o1", {}), ("o2", {"met": "yes"})):
            self.must("score_slo", assessor, case, "award", outcome=outcome, level="3",
                      feedback="Clear.", **more)  # fmt: skip
        self.must("finish_round", assessor, case, "award")
        self.must("submit_reflection", self.learner, case, "award",
                  **dict.fromkeys(ANSWERS, "A change."))  # fmt: skip
        self.must("accept_reflection", assessor, case, "award", level="meets")
        method = "directory" if self.enrolled else "verified_mail"
        officer = next(officer for officer in OFFICERS if officer != self.learner)
        self.must("verify", officer, case, "award", identity_method=method,
                  attested_by=assessor)  # fmt: skip
        self.driver.sign(case)
        self.must("issue", "system", case, "award")
        self.parts.add(badge)

    def world(self) -> None:
        missing = [badge for badge in BADGES if self.suite and badge not in self.parts]
        if self.state == "approved_to_issue" and not self.signed:
            self.driver.sign(str(self.case))
            self.signed = True
        elif missing and self.state == "claimed" and self.random.random() < 0.6:
            self._earn(missing[0])
        elif self.random.random() < 0.2 and self.driver.fires_at(str(self.case)):
            self.driver.pass_time(cast("datetime", self.driver.fires_at(str(self.case))))
        else:
            self.driver.pass_time(self.driver.now + timedelta(days=self.one_of([1, 4, 15])))
