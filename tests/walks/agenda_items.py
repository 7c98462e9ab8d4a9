"""An agenda item as its model sees it: an agenda, a roster, votes, and a count of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import ClassVar, cast

from policies import calendar
from tests import factory
from tests.walks import worlds
from tests.walks.committees import ITEM, Committee
from tests.walks.model import Driver, Form, Model, Try
from tests.walks.people import CHAIR_WHO_PROPOSES, MEMBER_WHO_PROPOSES

SIGNING = "provost"
NOTICE, BEFORE_A_MEETING = 7, timedelta(days=14)
#: Nobody decides alone, and no small part of a committee for all of it.
LEAST, LEAST_SHARE = 3, 3
CHANGES = [{"field": "title", "asks": "Mend it."}]


@dataclass
class Vote:
    """One round of voting."""

    mode: str
    roster: tuple[str, ...]
    present: frozenset[str]
    over_at: datetime
    said: dict[str, str] = field(default_factory=dict)


class AgendaModel(Model):
    """An agenda item of the council, of the university's committee, or of a body that signs."""

    machine = ITEM
    rare: ClassVar[Mapping[str, float]] = {
        "cancel": 0.97,
        "return_item": 0.95,
        "recuse": 0.7,
        "pull_from_consent": 0.3,
    }
    people = (
        *factory.COMMITTEES["ugc"], *factory.COMMITTEES["ucc"][:3], factory.PROVOST,
        factory.PROPOSER, "system", "timer", factory.ASA_OFFICER,
    )  # fmt: skip

    def __init__(self, driver: Driver, random: Random) -> None:
        super().__init__(driver, random)
        self.proposer = self.one_of([factory.PROPOSER, MEMBER_WHO_PROPOSES, CHAIR_WHO_PROPOSES])
        self.body = self.one_of(["ugc", "ugc", "ucc", SIGNING])
        self.proposal = worlds.routed(driver, self.proposer)
        self.meeting: date | None = None
        self.noticed: date | None = None
        self.section = ""
        self.waived = False
        self.recused: set[str] = set()
        self.vote: Vote | None = None
        self.mailed = False
        self.begun = driver.now
        self.council_open = True
        self._begin()

    # ------------------------------------------------------------------- how it begins

    def _begin(self) -> None:
        items = self._items()
        self.council, self.university = items["ugc"], items["ucc"]
        if self.body == SIGNING:
            position = self.one_of([0, 3])
            document = self.driver.column(ITEM, self.council, "document")
            digest = self.driver.column(ITEM, self.council, "document_hash")
            said = {"proposal": self.proposal, "body": SIGNING, "position": position,
                    "document": document, "document_hash": digest}  # fmt: skip
            t = Try("open_item", "system", said)
            self.compare(t, "queued", self.driver.attempt("open_item", "system", None, ITEM, said))
            self.waits = position > 0
        else:
            self.case, self.state = items[self.body], "queued"
            self.waits = self.body == "ucc"
        self.members = factory.COMMITTEES.get(self.body, ())
        self.recused |= {self.proposer} & set(self.members)
        self.digest = str(self.driver.column(ITEM, str(self.case), "document_hash"))

    def _items(self) -> dict[str, str]:
        """The two items that were opened last, by body: they may be opened in any order."""
        last = int(self.driver.newest(ITEM).removeprefix("AG-"))
        cases = (f"AG-{last - 1}", f"AG-{last}")
        return {str(self.driver.column(ITEM, case, "body")): case for case in cases}

    # ------------------------------------------------------------------- people

    @property
    def chair(self) -> str | None:
        """The chair, or the vice-chair where the chair is recused."""
        return next((m for m in self.members[:2] if m not in self.recused), None)

    def holds(self, role: str, t: Try) -> bool:
        held: Mapping[str, set[str | None]] = {
            "committee_chair": {self.chair}, "committee_member": set(self.members),
            "signer": {factory.PROVOST} if self.body == SIGNING else set(),
            "system": {"system"}, "timer": {"timer"},
            "committee_alternate": set(),
        }  # fmt: skip
        return t.actor in held[role]

    def likely(self, trigger: str) -> Sequence[str]:
        by_clock = {"meeting_passed", "no_objection"}
        if trigger in by_clock:
            return ("timer",)
        if trigger in {"cancel", "meeting_cancelled", "open_item"}:
            return ("system",)
        if trigger in {"cast_vote", "pull_from_consent", "recuse"} and self.members:
            return self.members
        if trigger == "close_vote":
            return ("timer", self.chair or "timer")
        return (self.chair,) if self.chair else (factory.PROVOST,)

    def ahead(self) -> Try | None:
        way = {"queued": "place_on_agenda", "scheduled": "open_vote", "open": "cast_vote",
               "senate_notice": "no_objection"}  # fmt: skip
        if self.state not in way:
            return None
        trigger = way[self.state]
        if self.body == SIGNING and self.state == "queued":
            return Try("sign_off", factory.PROVOST)
        voters = sorted(self._voters() - self.vote.said.keys()) if self.vote else []
        if self.state == "open" and not voters:
            trigger = "close_vote"
        if trigger == "cast_vote":
            return Try(trigger, self.one_of(voters), self.form(trigger))
        return Try(trigger, self.one_of(self.likely(trigger)), self.form(trigger))

    # ------------------------------------------------------------------- forms

    def form(self, trigger: str) -> Form:
        maker = getattr(self, f"_form_{trigger}", None)
        return cast("Form", maker()) if maker else {}

    def _form_open_item(self) -> Form:
        return {"proposal": "MC-9999", "body": "ugc", "position": 0, "document": {},
                "document_hash": "0" * 64}  # fmt: skip

    def _form_place_on_agenda(self) -> Form:
        day = self._today() + timedelta(days=self.one_of([-1, 0, 1, 5, 7, 13, 14, 20, 30]))
        return {"meeting_on": day.isoformat(), "section": self.one_of(["consent", "discussion"]),
                "late_waiver": self.one_of(["", "The chair waived it."])}  # fmt: skip

    def _form_pull_from_consent(self) -> Form:
        return {"reason": self.one_of(["", "A word on it."])}

    def _form_waive_notice(self) -> Form:
        return {"in_favor": self.one_of([3, 5, 6, 9, 10]), "voting": self.one_of([8, 9])}

    def _form_open_vote(self) -> Form:
        mode = self.one_of(["e_ballot", "meeting"])
        there = self.random.sample(self.members, self.random.randrange(len(self.members) + 1))
        stranger = [factory.PROPOSER] if self.random.random() < 0.1 else []
        return {"mode": mode, "present": [*there, *stranger] if mode == "meeting" else []}

    def _form_cast_vote(self) -> Form:
        return {"choice": self.one_of(["yes", "yes", "no", "abstain"]),
                "document_hash": self.often(self.digest, self.digest, "0" * 64)}  # fmt: skip

    def _form_recuse(self) -> Form:
        return {"member": self.one_of([*self.members, factory.PROPOSER]), "reason": "Co-author."}

    def _form_close_vote(self) -> Form:
        return self.one_of([{}, {"casting": "yes"}])

    def _form_meeting_cancelled(self) -> Form:
        return {"meeting": "ME-1"}

    def _form_return_item(self) -> Form:
        return {"changes": self.often(CHANGES, [])}

    # ------------------------------------------------------------------- guards

    def _today(self) -> date:
        return calendar.load().day_of(self.driver.now)

    def _eligible(self) -> set[str]:
        return set(self.members) - self.recused

    def _quorum(self, eligible: int) -> int:
        return max(eligible // 2 + 1, LEAST, -(-len(self.members) // LEAST_SHARE))

    def _voters(self) -> set[str]:
        return (set(self.vote.roster) & self.vote.present) - self.recused if self.vote else set()

    def may_open_item(self, t: Try, _: str) -> bool:
        return t.form["proposal"] == self.proposal

    def may_place_on_agenda(self, t: Try, _: str) -> bool:
        meeting = date.fromisoformat(str(t.form["meeting_on"]))
        cycle = calendar.load().cycle_for(meeting)
        last_day = cycle.submit_by if cycle else meeting - BEFORE_A_MEETING
        in_time = calendar.load().day_of(self.begun) <= last_day or bool(t.form["late_waiver"])
        return not self.waits and meeting > self._today() and in_time

    def may_pull_from_consent(self, _t: Try, _: str) -> bool:
        return self.section == "consent"

    def may_waive_notice(self, t: Try, _: str) -> bool:
        yes, cast_votes = cast("int", t.form["in_favor"]), cast("int", t.form["voting"])
        return not self.waived and 2 * cast_votes <= 3 * yes <= 3 * cast_votes

    def may_open_vote(self, t: Try, _: str) -> bool:
        assert self.meeting is not None
        assert self.noticed is not None
        in_time = self.waived or (self.meeting - self.noticed).days >= NOTICE
        present, eligible = set(cast("list[str]", t.form["present"])), self._eligible()
        meets = t.form["mode"] == "meeting"
        there = eligible & present if meets else eligible
        today = not meets or self.meeting == self._today()
        known = present <= set(self.members)
        return in_time and today and known and len(there) >= self._quorum(len(eligible))

    def may_cast_vote(self, t: Try, _: str) -> bool:
        return t.actor in self._voters() and t.form["document_hash"] == self.digest

    def may_recuse(self, t: Try, _: str) -> bool:
        """Declared by a member, or said of any member by the chair or by Conferral itself."""
        member = t.form["member"]
        return member in self._eligible() and t.actor in {member, self.chair, "system"}

    def may_close_vote(self, t: Try, to: str) -> bool:
        assert self.vote is not None
        over = self.vote.over_at <= self.driver.now
        all_have = self._voters() <= self.vote.said.keys()
        return (over or (all_have and t.actor != "timer")) and to == self._result()

    def _result(self) -> str:
        vote = cast("Vote", self.vote)
        said = [choice for member, choice in vote.said.items() if member in self._voters()]
        if len(said) < self._quorum(len(set(vote.roster) - self.recused)):
            return "queued"
        if said.count("yes") <= said.count("no"):
            return "failed"
        return "senate_notice" if self.body == "ucc" else "carried"

    def may_meeting_passed(self, _t: Try, _: str) -> bool:
        assert self.meeting is not None
        return calendar.load().end_of(self.meeting) <= self.driver.now

    def may_return_item(self, t: Try, _: str) -> bool:
        return bool(t.form["changes"])

    def may_no_objection(self, _t: Try, _: str) -> bool:
        return self.over and self.mailed

    def may_sign_off(self, _t: Try, _: str) -> bool:
        return not self.waits

    # ------------------------------------------------------------------- what has changed

    def done(self, t: Try, before: str) -> None:
        keep = getattr(self, f"_done_{t.trigger}", None)
        if keep:
            keep(t)
        if self.state == "queued" and before != "queued":
            self.meeting = self.noticed = None
            self.section, self.waived = "", False
        assert (self.state == "open") == (self.vote is not None) or before == "open"
        if self.state != "open":
            self.vote = None

    def _done_place_on_agenda(self, t: Try) -> None:
        self.meeting = date.fromisoformat(str(t.form["meeting_on"]))
        self.noticed, self.section, self.waived = self._today(), str(t.form["section"]), False

    def _done_pull_from_consent(self, _: Try) -> None:
        self.section = "discussion"

    def _done_waive_notice(self, _: Try) -> None:
        self.waived = True

    def _done_open_vote(self, t: Try) -> None:
        mode, year = str(t.form["mode"]), calendar.load()
        if mode == "meeting":
            present = frozenset(cast("list[str]", t.form["present"]))
            over = year.end_of(cast("date", self.meeting))
        else:
            present, over = frozenset(self.members), year.add_business_days(self.driver.now, 5)
        self.vote = Vote(mode, tuple(self.members), present, over)

    def _done_cast_vote(self, t: Try) -> None:
        cast("Vote", self.vote).said[t.actor] = str(t.form["choice"])

    def _done_recuse(self, t: Try) -> None:
        self.recused.add(str(t.form["member"]))

    # ------------------------------------------------------------------- the world

    def world(self) -> None:
        if self.waits and self.council_open and self.random.random() < 0.5:
            self.council_open = self.waits = False
            Committee(self, "ugc", self.council, self.proposer).carries()
            if self.body == SIGNING:
                Committee(self, "ucc", self.university, self.proposer).carries()
        elif self.state == "senate_notice" and self.random.random() < 0.5:
            self.driver.mail_all(str(self.case))
            self.mailed = True
        elif self.random.random() < 0.4 and self.driver.fires_at(str(self.case)):
            self.driver.pass_time(cast("datetime", self.driver.fires_at(str(self.case))))
        else:
            self.driver.pass_time(self.driver.now + timedelta(days=self.one_of([1, 2, 7])))
