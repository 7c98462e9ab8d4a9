"""A body that goes on with an item around a walk: what it does is possible, and not compared."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.factory import COMMITTEES

if TYPE_CHECKING:
    from tests.walks.model import Model

ITEM = "agenda_item"


class Committee:
    """One body with one item."""

    def __init__(self, model: "Model", body: str, item: str, proposer: str = "") -> None:
        self.model, self.body, self.item = model, body, item
        self.members = [m for m in COMMITTEES[body] if m != proposer]
        #: The vice-chair where the chair proposes it.
        self.chair = self.members[0]

    def do(self, trigger: str, actor: str, **form: object) -> str:
        return self.model.must(trigger, actor, self.item, ITEM, **form)

    def goes_on(self, state: str) -> str:
        """One more step from queued, open or the Senate's notice; the state it leads to."""
        if state == "queued":
            return self.opens() if self.model.random.random() < 0.8 else self.returns()
        if state == "open":
            return self.votes(self.model.often("yes", "no"))
        return self.silence()

    def opens(self) -> str:
        meeting = self.model.driver.now.date() + timedelta(days=21)
        self.do("place_on_agenda", self.chair, meeting_on=meeting.isoformat(),
                section="discussion", late_waiver="The chair waived it.")  # fmt: skip
        return self.do("open_vote", self.chair, mode="e_ballot")

    def votes(self, choice: str) -> str:
        digest = self.model.driver.column(ITEM, self.item, "document_hash")
        for member in self.members:
            self.do("cast_vote", member, choice=choice, document_hash=digest)
        return self.do("close_vote", self.chair)

    def returns(self) -> str:
        return self.do("return_item", self.chair, changes=[{"field": "title", "asks": "Mend it."}])

    def silence(self) -> str:
        """The bulletin was mailed and nobody objects."""
        self.model.driver.mail_all(self.item)
        fires = self.model.driver.fires_at(self.item)
        assert fires is not None
        self.model.driver.pass_time(fires)
        return self.do("no_objection", "timer")

    def carries(self) -> str:
        """From the queue to the end."""
        state = self.opens()
        state = self.votes("yes")
        return self.silence() if state == "senate_notice" else state
