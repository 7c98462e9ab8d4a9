"""A credential as its model sees it: put in force once, by Conferral, from an issued proposal."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import ClassVar

from policies import calendar
from tests import factory
from tests.walks import worlds
from tests.walks.model import Driver, Form, Model, Try


class CredentialModel(Model):
    """Proposals at several stages, and everybody who tries to put them in force."""

    machine = "credential"
    rare: ClassVar[Mapping[str, float]] = {}
    people = (
        "system", "system", "timer", factory.PROPOSER, factory.UNIT_HEAD, factory.ASA_OFFICER,
        factory.REGISTRAR,
    )  # fmt: skip

    def __init__(self, driver: Driver, random: Random) -> None:
        super().__init__(driver, random)
        self.issued: set[str] = set()
        self.in_force: set[str] = set()
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

    def likely(self, trigger: str) -> Sequence[str]:  # noqa: ARG002 - there is one
        return ("system",)

    def holds(self, role: str, t: Try) -> bool:
        return t.actor == role

    def form(self, trigger: str) -> Form:  # noqa: ARG002 - there is one
        return {"proposal": self.one_of(self.proposals),
                "effective_on": self.often("2026-11-24", "no day")}  # fmt: skip

    def may_put_in_force(self, t: Try, _: str) -> bool:
        proposal, dated = str(t.form["proposal"]), t.form["effective_on"] != "no day"
        return dated and proposal in self.issued - self.in_force

    def done(self, t: Try, before: str) -> None:  # noqa: ARG002 - it begins each time
        self.in_force.add(str(t.form["proposal"]))

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
        return super().propose()
