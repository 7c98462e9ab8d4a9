"""On whose desk a proposal lies, and what is said about it, as its model sees that."""

from typing import cast

from policies import calendar
from tests import factory
from tests.walks.model import Try
from tests.walks.proposal_people import ProposalPeople


class ProposalDesk(ProposalPeople):
    """Taken, given back, nudged, commented on."""

    def _own(self, t: Try) -> bool:
        return self.proposer in self._acts_for(t.actor)

    def _of_unit(self, t: Try) -> bool:
        return bool(self._acts_for(t.actor) & self._members(self.unit))

    def may_take(self, t: Try, _: str) -> bool:
        return not self.kept.reviewer and not self._own(t) and not self._of_unit(t)

    def may_give_back(self, _t: Try, _: str) -> bool:
        return bool(self.kept.reviewer)

    def may_nudge(self, _t: Try, _: str) -> bool:
        before = self.kept.nudged_at
        if before is None:
            return True
        return calendar.load().add_business_days(before, 5) <= self.driver.now

    def may_comment(self, t: Try, _: str) -> bool:
        return t.form["field"] != "no_such_field" and factory.LEARNER not in cast(
            "list[str]", t.form["mentions"]
        )

    def _done_assign_reviewer(self, t: Try, _: str) -> None:
        self.kept.reviewer = str(t.form["reviewer"])

    def _done_take(self, t: Try, _: str) -> None:
        self.kept.reviewer = t.actor

    def _done_give_back(self, _t: Try, _: str) -> None:
        self.kept.reviewer = ""

    def _done_nudge(self, _t: Try, _: str) -> None:
        self.kept.nudged_at = self.driver.now
