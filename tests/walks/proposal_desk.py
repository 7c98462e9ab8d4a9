"""On whose desk a proposal lies, and what is said about it, as its model sees that."""

from typing import cast

from policies import calendar
from tests import factory
from tests.walks.model import Try
from tests.walks.proposal_people import CODE, DAY, ProposalPeople


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

    def may_propose_correction(self, t: Try, _: str) -> bool:
        what, value = str(t.form["what"]), str(t.form["value"])
        recorded = self.kept.recorded.get(what)
        fits = what == CODE or (value[0].isdigit() and value <= self._today().isoformat())
        return not self.kept.correction and bool(recorded) and recorded != value and fits

    def may_confirm_correction(self, _t: Try, _: str) -> bool:
        return bool(self.kept.correction) and self._still_so()

    def _still_so(self) -> bool:
        what, _, was = self.kept.correction
        return self.kept.recorded[what] == was

    def may_drop_correction(self, _t: Try, _: str) -> bool:
        return bool(self.kept.correction)

    def _done_propose_correction(self, t: Try, _: str) -> None:
        what = str(t.form["what"])
        self.kept.correction = (what, str(t.form["value"]), self.kept.recorded[what])

    def _done_confirm_correction(self, _t: Try, _: str) -> None:
        what, value, _was = self.kept.correction
        self.kept.recorded[what] = value
        self.kept.correction = ()

    def _done_drop_correction(self, _t: Try, _: str) -> None:
        self.kept.correction = ()

    def _done_record_consultation(self, t: Try, _: str) -> None:
        self.kept.recorded[DAY] = str(t.form["held_on"])
        self.kept.consulted.add(self.kept.text.routing)

    def _prepared(self, t: Try, _: str) -> None:
        self.kept.prepared.add(t.trigger)

    _done_publish_design = _prepared

    def _done_record_code(self, t: Try, before: str) -> None:
        self.kept.recorded[CODE] = str(t.form["code"])
        self._prepared(t, before)

    def _done_assign_reviewer(self, t: Try, _: str) -> None:
        self.kept.reviewer = str(t.form["reviewer"])

    def _done_take(self, t: Try, _: str) -> None:
        self.kept.reviewer = t.actor

    def _done_give_back(self, _t: Try, _: str) -> None:
        self.kept.reviewer = ""

    def _done_nudge(self, _t: Try, _: str) -> None:
        self.kept.nudged_at = self.driver.now
