"""A credential as its model sees it: put in force once, by Conferral, from an issued proposal."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import ClassVar

from policies import calendar
from tests import factory
from tests.walks import worlds
from tests.walks.model import Driver, Form, Model, Try

CODE = "Registrar’s code"


class CredentialModel(Model):
    """Proposals at several stages, and everybody who tries to put them in force."""

    machine = "credential"
    rare: ClassVar[Mapping[str, float]] = {}
    people = (
        "system", "system", "timer", factory.PROPOSER, factory.UNIT_HEAD, factory.ASA_OFFICER,
        factory.REGISTRAR, factory.ADMIN, factory.ASA_DIRECTOR,
    )  # fmt: skip

    def __init__(self, driver: Driver, random: Random) -> None:
        super().__init__(driver, random)
        self.issued: set[str] = set()
        self.in_force: set[str] = set()
        self.credentials: list[str] = []
        #: Case -> what is proposed to be set right, and how; its title, where that was.
        self.proposed: dict[str, tuple[str, str]] = {}
        self.titles: dict[str, str] = {}
        self.proposals = ["MC-99999"]
        for n in range(random.randrange(1, 4)):
            self._proposal(f"Walked {n}")

    def _proposal(self, title: str) -> None:
        stages: list[Callable[..., str]] = [worlds.submitted, worlds.consulted, worlds.approved]
        stage = self.one_of([*stages, worlds.approved])
        case = stage(self.driver, title=title)
        self.proposals.append(case)
        if stage is worlds.approved and self.random.random() < 0.7:
            today = calendar.load().day_of(self.driver.now).isoformat()
            worlds.do(self.driver, "issue", factory.ASA_OFFICER, case, effective_on=today)
            self.issued.add(case)

    def likely(self, trigger: str) -> Sequence[str]:
        two = (factory.ADMIN, factory.ASA_DIRECTOR)
        return {"put_in_force": ("system",), "propose_correction": two[:1],
                "confirm_correction": two[1:]}.get(trigger, two)  # fmt: skip

    def holds(self, role: str, t: Try) -> bool:
        """There is one administrator: the director is the second person."""
        second = factory.ADMIN if t.trigger == "propose_correction" else factory.ASA_DIRECTOR
        return t.actor == {"admin": second, "corrector": factory.ADMIN}.get(role, role)

    def form(self, trigger: str) -> Form:
        if trigger == "propose_correction":
            value = self.one_of(["Walked better", "B-2", "...", "Walked again"])
            what = self.one_of(["Title", CODE, "Unit"])
            return {"what": what, "value": value, "reason": "Misspelt."}
        if trigger != "put_in_force":
            return {"reason": "It is right."} if trigger == "drop_correction" else {}
        return {"proposal": self.one_of(self.proposals),
                "effective_on": self.often("2026-11-24", "no day")}  # fmt: skip

    def may_put_in_force(self, t: Try, _: str) -> bool:
        proposal, dated = str(t.form["proposal"]), t.form["effective_on"] != "no day"
        return dated and proposal in self.issued - self.in_force

    def may_propose_correction(self, t: Try, _: str) -> bool:
        what, value = str(t.form["what"]), str(t.form["value"])
        fits = {"Title": value != "...", CODE: value == "B-2"}.get(what, False)
        return fits and self.case not in self.proposed and value != self._recorded(what)

    def _recorded(self, what: str) -> object:
        return self.driver.column("credential", str(self.case), "code" if what == CODE else "title")

    def may_confirm_correction(self, _t: Try, _: str) -> bool:
        """No two hold one title."""
        what, value = self.proposed.get(str(self.case), ("", ""))
        others = {title for case, title in self.titles.items() if case != self.case}
        return bool(what) and not (what == "Title" and value in others)

    def may_drop_correction(self, _t: Try, _: str) -> bool:
        return self.case in self.proposed

    def done(self, t: Try, before: str) -> None:  # noqa: ARG002 - there is one state
        case = str(self.case)
        if t.trigger == "put_in_force":
            self.in_force.add(str(t.form["proposal"]))
            self.credentials.append(case)
        elif t.trigger == "propose_correction":
            self.proposed[case] = (str(t.form["what"]), str(t.form["value"]))
        else:
            what, value = self.proposed.pop(case)
            if t.trigger == "confirm_correction":
                assert self._recorded(what) == value
                if what == "Title":
                    self.titles[case] = value

    def compare(self, t: Try, wanted: str | None, answer: object) -> bool:
        happened = super().compare(t, wanted, answer)  # type: ignore[arg-type]
        self.case, self.state = None, ""
        return happened

    def world(self) -> None:
        """What was caused happens by itself."""
        for follow_on, _, _, _, form in self.driver.pending():
            self.compare(Try("put_in_force", "system", form), self.verdict(
                Try("put_in_force", "system", form)), self.driver.fire(follow_on))  # fmt: skip

    def propose(self) -> Try:
        if self.random.random() < 0.1:
            self.world()
        if self.credentials and self.random.random() < 0.5:
            self.case, self.state = self.one_of(self.credentials), "active"
        return super().propose()
