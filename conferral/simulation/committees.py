"""How committees go through the year: meetings planned, agendas, answers, rolls, votes by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, LiteralString

from conferral.simulation.office import Journey, Office
from conferral.simulation.plan import MeetingPlan
from workflow.agenda_item.cycles import agenda_cut_off

#: A meeting is planned so long before its day; its agenda is public at least seven days before.
_PLANNED: Final = timedelta(days=60)
_NOTICE: Final = timedelta(days=8)
_AFTERNOON: Final = timedelta(hours=5, minutes=30)
_DAYS_TO_ANSWER, _TOO_FEW = 4, 3
_ANSWERS: Final = {"yes": 68, "remote": 12, "no": 10, "": 10}
_VOTES: Final = {"yes": 86, "no": 6, "abstain": 8}
#: Of so many items one is voted on by e-ballot, and one has a member recused.
_BALLOTS, _RECUSALS = 10, 4


def planned_on(plan: MeetingPlan, begins: date) -> date:
    """The day on which a meeting is planned."""
    return max(begins, plan.day - _PLANNED)


def play(office: Office, plan: MeetingPlan) -> Journey:
    """One meeting, from its planning to its minutes."""
    chair = office.cast.committees[plan.body][0]
    case = office.open(
        "meeting", "plan", chair, body=plan.body, held_on=plan.day.isoformat(), starts="14:00",
        place="Room 101 and by video",
    )  # fmt: skip
    yield from _Meeting(office, plan, case, office.draw("meeting", plan.number)).through()


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A meeting on its way."""

    office: Office
    plan: MeetingPlan
    case: str
    chance: Random

    @property
    def members(self) -> tuple[str, ...]:
        """Its body, whoever is in the chair first."""
        return self.office.cast.committees[self.plan.body]

    @property
    def chair(self) -> str:
        """Whoever is in the chair."""
        return self.members[0]

    def through(self) -> Journey:
        """An agenda, answers, the day itself, minutes; without an item its clock drops it."""
        calendar = self.office.engine.calendar
        day = self.plan.day - _NOTICE
        while not calendar.is_business_day(day):
            day -= timedelta(days=1)
        yield self.office.at(day, self.chance)
        items = self._placed()
        if not items:
            return
        self.office.do("publish_agenda", self.chair, self.case)
        ballots = self._ballots(items)
        yield from self._answers()
        for item in ballots:
            yield from self._ballot(item)
        if self.plan.fate == "cancelled":
            reason = "The campus closes for a storm."
            self.office.do("cancel_meeting", self.chair, self.case, reason=reason)
            return
        yield calendar.start_of(self.plan.day) + _AFTERNOON
        self._hold([one for one in items if one not in ballots])
        yield self.office.within(self.chance, 5)
        self.office.do(
            "approve_minutes", self.chair, self.case, remarks="Every question was answered."
        )

    # ------------------------------------------------------------------------- the agenda

    def _placed(self) -> list[str]:
        """Every item that waits for this body and came before the cut-off, placed."""
        cut_off = agenda_cut_off(self.office.engine.calendar, self.plan.day)
        found = self.office.rows(_WAITING, self.plan.body, cut_off)
        items = [str(item) for (item,) in found]
        for item in items:
            section = self.chance.choice(("consent", "discussion"))
            day = self.plan.day.isoformat()
            self.office.do("place_on_agenda", self.chair, item, meeting_on=day, section=section)
            if section == "consent" and self.chance.randrange(6) == 0:
                why = "A question on the prerequisites."
                self.office.do("pull_from_consent", self.members[5], item, reason=why)
        return items

    def _answers(self) -> Journey:
        """Each member says whether they come, in their own time; some never do."""
        kinds, weights = tuple(_ANSWERS), tuple(_ANSWERS.values())
        said = self.chance.choices(kinds, weights=weights, k=len(self.members))
        if self.plan.fate == "no_quorum":
            said = ["yes"] * _TOO_FEW + ["no"] * (len(self.members) - _TOO_FEW)
        answers = [
            (self.office.later(self.chance, 0, _DAYS_TO_ANSWER), member, coming)
            for member, coming in zip(self.members, said, strict=True) if coming
        ]  # fmt: skip
        for instant, member, coming in sorted(answers):
            yield instant
            self.office.do("rsvp", member, self.case, coming=coming)

    # ------------------------------------------------------------------------- votes

    def _ballots(self, items: Sequence[str]) -> list[str]:
        """Some items are opened for an e-ballot as soon as the agenda is public."""
        chosen = [item for item in items if self.chance.randrange(_BALLOTS) == 0]
        for item in chosen:
            self.office.do("open_vote", self.chair, item, mode="e_ballot")
        return chosen

    def _ballot(self, item: str) -> Journey:
        """Most vote on one day; where too few do, the clock closes it without a result."""
        yield self.office.later(self.chance, 0, 1)
        if self.office.state(item) == "open":
            self._vote(item, self.members if self.chance.randrange(3) else self.members[:2])

    def _hold(self, items: Sequence[str]) -> None:
        """The roll, each item, and the end; without a quorum nothing is voted on."""
        come = self._who_comes()
        self.office.do("take_roll", self.chair, self.case, room=come[:-1], remote=come[-1:])
        for item in items:
            if self.office.state(item) == "scheduled":
                with self.office.unless("PR-quorum"):
                    self._decide(item, come)
        self.office.do("close_meeting", self.chair, self.case)

    def _who_comes(self) -> list[str]:
        """The chair, and most of those who did not say that they do not come."""
        if self.plan.fate == "no_quorum":
            return list(self.members[:_TOO_FEW])
        said = self.office.rows(
            "SELECT person FROM attendance WHERE case_id = %s AND rsvp = 'no'", self.case
        )
        absent = {str(person) for (person,) in said}
        others = [one for one in self.members[1:] if one not in absent]
        return [self.chair, *(one for one in others if self.chance.randrange(12))]

    def _decide(self, item: str, come: Sequence[str]) -> None:
        """One item in the meeting: perhaps a recusal, then returned, or voted on by name."""
        proposal = str(self.office.ask("SELECT proposal FROM agenda_item WHERE case_id = %s", item))
        fate = self.office.fates.pop(proposal, "")
        if fate == "returned_by_body":
            changes = [{"field": "curriculum_items.i1.text", "asks": "Name the prerequisites."}]
            self.office.do("return_item", self.chair, item, changes=changes, message="Nearly.")
            return
        recused = self.chance.choice(come[1:]) if self.chance.randrange(_RECUSALS) == 0 else ""
        if recused:
            why = "Co-author of the course."
            self.office.do("recuse", recused, item, member=recused, reason=why)
        self.office.do("open_vote", self.chair, item, mode="meeting")
        self._vote(item, [one for one in come if one != recused], carry=not fate)
        if self.office.state(item) == "open":
            self.office.do("close_vote", self.chair, item)

    def _vote(self, item: str, members: Sequence[str], *, carry: bool = True) -> None:
        judged = self.office.ask("SELECT document_hash FROM agenda_item WHERE case_id = %s", item)
        for member in members:
            choice = self.chance.choices(tuple(_VOTES), weights=tuple(_VOTES.values()))[0]
            said = choice if carry else "no"
            self.office.do("cast_vote", member, item, choice=said, document_hash=judged)


_WAITING: Final[LiteralString] = """
SELECT c.id FROM agenda_item i JOIN cases c ON c.id = i.case_id
 WHERE i.body = %s AND c.state = 'queued' AND c.opened_at <= %s
   AND NOT EXISTS (SELECT FROM agenda_item e JOIN cases d ON d.id = e.case_id
        WHERE e.proposal = i.proposal AND e.position < i.position
          AND d.state IN ('queued', 'scheduled', 'open', 'senate_notice'))
 ORDER BY c.opened_at, c.id"""
