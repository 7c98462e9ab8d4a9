"""What stands on record of a proposal, the people around it, and what they might say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import ClassVar, cast

from policies import calendar
from tests import factory
from tests.policies.documents import badge_data
from tests.walks.model import Driver, Form, Model, Try
from tests.walks.people import CHAIR_WHO_PROPOSES, DELEGATE, MEMBER_WHO_PROPOSES
from tests.walks.texts import BASES, Text, with_fields
from tests.workflow.play import JUDGED

TAKEN = "Taken"
DAY, CODE = "Date of the consultation", "Registrar’s code"
ASSESSORS = (factory.ASSESSOR, factory.OTHER_ASSESSOR, factory.LEARNER, factory.REGISTRAR)
#: Business days before it closes on which the proposer is warned.
WARNED_BEFORE = {"draft": (20, 10), "returned": (5, 1)}
DAYS = {"draft": 120, "returned": 20, "declined": 10}
BODIES = ("ugc", "ucc")


@dataclass
class Item:
    """An agenda item of one body."""

    body: str
    case: str
    curriculum: tuple[str, bool]
    state: str = "queued"


@dataclass
class Kept:
    """What stands on record."""

    text: Text = field(default_factory=Text)
    endorsed: set[Text] = field(default_factory=set)
    consulted: set[str] = field(default_factory=set)
    determined: dict[str, str] = field(default_factory=dict)
    concurred: set[str] = field(default_factory=set)
    asked: str | None = None
    changes: dict[int, str] = field(default_factory=dict)
    origin: str = ""
    extended: bool = False
    reviewer: str = ""
    submitted: bool = False
    nudged_at: datetime | None = None
    #: What of the record can be set right, and (what, as it should be, as it was) while it is open.
    recorded: dict[str, str] = field(default_factory=dict)
    correction: tuple[str, ...] = ()
    reviews: dict[Text, bool] = field(default_factory=dict)
    recommended: dict[Text, str] = field(default_factory=dict)
    prepared: set[str] = field(default_factory=set)
    roster: set[str] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)


class ProposalPeople(Model):
    """Who acts on a proposal, as what, and what they say."""

    machine = "proposal"
    rare: ClassVar[Mapping[str, float]] = {
        "withdraw": 0.97, "decline": 0.9, "return_for_revision": 0.7, "edit": 0.6, "keep": 0.9,
        "ask_endorsement": 0.8, "expire": 0.7, "ask_scope": 0.5, "assign_reviewer": 0.8,
        "take": 0.8, "give_back": 0.8, "nudge": 0.8, "comment": 0.9,
        "propose_correction": 0.5, "confirm_correction": 0.5, "drop_correction": 0.8,
    }  # fmt: skip
    people = (
        factory.PROPOSER, factory.UNIT_HEAD, factory.NEXT_HEAD_UP, factory.ASA_OFFICER,
        factory.OTHER_ASA_OFFICER, factory.ASA_DIRECTOR, factory.AVP, factory.REGISTRAR,
        factory.SENATE_OFFICE, DELEGATE, MEMBER_WHO_PROPOSES, CHAIR_WHO_PROPOSES, "system",
        "timer", factory.LEARNER, factory.ADMIN,
    )  # fmt: skip

    def __init__(self, driver: Driver, random: Random) -> None:
        super().__init__(driver, random)
        self.proposer = self.unit = ""
        self.kept = Kept()
        self.clock_at = self.driver.now
        self.extra = 0
        self.warned = 0
        self.armed: list[datetime] = []

    # ------------------------------------------------------------------- people

    def _members(self, unit: str) -> set[str]:
        if unit == "asa":
            return {factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER, factory.ASA_DIRECTOR}
        return {factory.PROPOSER, factory.UNIT_HEAD, MEMBER_WHO_PROPOSES, CHAIR_WHO_PROPOSES}

    def _head(self) -> str:
        """The nearest head who does not propose it."""
        above = {
            "asa": (factory.ASA_DIRECTOR, factory.PROVOST),
            factory.UNIT: (factory.UNIT_HEAD, factory.NEXT_HEAD_UP),
        }[self.unit]
        return next(head for head in above if head != self.proposer)

    def _acts_for(self, actor: str) -> set[str]:
        """The actor and whoever they act for as an officer."""
        return {actor, factory.ASA_OFFICER} if actor == DELEGATE else {actor}

    def holds(self, role: str, t: Try) -> bool:
        actor = t.actor
        held: dict[str, set[str]] = {
            "proposer": {self.proposer}, "unit_head": {self._head()} if self.proposer else set(),
            "asa_officer": {factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER, DELEGATE},
            "asa_director": {factory.ASA_DIRECTOR}, "avp": {factory.AVP},
            "reviewer": {self.kept.reviewer}, "colleague": self._readers(),
            "admin": self._admins(t), "corrector": {factory.ADMIN},
            "registrar": {factory.REGISTRAR}, "senate_office": {factory.SENATE_OFFICE},
            "system": {"system"}, "timer": {"timer"},
            "member": self._members(str(t.form.get("unit"))) if role == "member" else set(),
        }  # fmt: skip
        return actor in held[role]

    def _admins(self, t: Try) -> set[str]:
        """There is one: the director is the second person."""
        return {factory.ADMIN if t.trigger == "propose_correction" else factory.ASA_DIRECTOR}

    def _readers(self) -> set[str]:
        """Those who work here; a first draft is read by its unit and ASA alone."""
        everyone = set(self.people) - {"system", "timer", factory.LEARNER}
        if self.kept.submitted or not self.proposer:
            return everyone
        asa = {factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER, factory.ASA_DIRECTOR, factory.AVP}
        heads = {
            "asa": {factory.ASA_DIRECTOR, factory.PROVOST},
            factory.UNIT: {factory.UNIT_HEAD, factory.NEXT_HEAD_UP},
        }[self.unit]
        return asa | {DELEGATE, self.proposer} | self._members(self.unit) | heads

    def likely(self, trigger: str) -> Sequence[str]:
        officers = (factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER)
        special: dict[str, Sequence[str]] = {
            "open": (factory.PROPOSER, factory.PROPOSER, factory.UNIT_HEAD, factory.ASA_OFFICER),
            "endorse": (self._head(),) if self.proposer else (), "set_roster": (self._head(),)
            if self.proposer else (), "record_code": (factory.REGISTRAR,),
            "answer_scope": (self.kept.asked,) if self.kept.asked else (),
            "propose_correction": (factory.ADMIN,), "confirm_correction": (factory.ASA_DIRECTOR,),
            "drop_correction": (factory.ADMIN, factory.ASA_DIRECTOR),
            "close_appeal_window": ("timer",), "expire": ("timer",), "decline": officers,
        }  # fmt: skip
        if trigger in special:
            return special[trigger]
        mine = {"edit", "keep", "ask_endorsement", "submit", "answer_change", "extend", "resubmit",
                "mark_design_complete", "withdraw", "nudge"}  # fmt: skip
        return (self.proposer,) if trigger in mine else officers

    def _officer(self) -> str:
        """An officer who may well decide on it."""
        of_asa = self.unit == "asa" and self.state == "asa_review"
        return factory.AVP if of_asa else factory.ASA_OFFICER

    # ------------------------------------------------------------------- forms

    def form(self, trigger: str) -> Form:
        makers = getattr(self, f"_form_{trigger}", None)
        return cast("Form", makers()) if makers else {}

    def _form_open(self) -> Form:
        text = self._other_text(Text()) if self.random.random() < 0.6 else Text()
        self._opening, unit = text, self.often(factory.UNIT, "asa", "humanities")
        return {"unit": unit, "content": with_fields(badge_data() | {"unit": unit}, text.fields())}

    def _other_text(self, text: Text) -> Text:
        changes: dict[str, object] = {
            "title": self.often("Walked", "Budgets for Teams", TAKEN),
            "basis": self.one_of([*BASES, "new", "new", "unsure"]),
            "description": self.random.randrange(3),
        } | {name: self.often(True, False) for name in ("purpose", "pathway", "rigor", "named")}  # noqa: FBT003
        chosen = self.random.sample(list(changes), self.random.randrange(1, 4))
        return replace(text, **{name: changes[name] for name in chosen})  # type: ignore[arg-type]

    def _form_edit(self) -> Form:
        if self.random.random() < 0.05:
            return {"fields": {"nonsense": 1}}
        fields = self._other_text(self.kept.text).fields(self.kept.text)
        return {"fields": fields or {"description": f"Version {self.kept.text.description}."}}

    def _today(self) -> date:
        return calendar.load().day_of(self.driver.now)

    def _form_assign_reviewer(self) -> Form:
        return {"reviewer": self.one_of([factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER,
                                         factory.PROPOSER, factory.REGISTRAR])}  # fmt: skip

    def _form_comment(self) -> Form:
        return {"words": "Why?", "field": self.often("", "title", "no_such_field"),
                "mentions": self.often([], [factory.ASA_DIRECTOR], [factory.LEARNER])}  # fmt: skip

    def _form_propose_correction(self) -> Form:
        value = self.one_of(["2026-10-01", "B-2", "2099-01-01"])
        return {"what": self.one_of([DAY, CODE]), "value": value, "reason": "It says so."}

    def _form_drop_correction(self) -> Form:
        return {"reason": "It is right."}

    def _form_ask_scope(self) -> Form:
        return {"office": self.one_of(["registrar", "senate_office"]), "question": "Is it?"}

    def _form_answer_scope(self) -> Form:
        return {"committee_required": self.one_of(["yes", "no"]), "answer": "Because."}

    def _form_record_consultation(self) -> Form:
        other = "digital_badge" if self.kept.text.type != "digital_badge" else "micro_certificate"
        held = self._today() + timedelta(days=self.often(-1, 7))
        return {
            "held_on": held.isoformat(), "notes": "Talked.", "outcome": "Agreed.",
            "rigor": "advanced", "rigor_rationale": "Beyond recall.",
            "award_type": self.often(self.kept.text.type, other),
            "organisation_note": self.often("Both.", ""),
        }  # fmt: skip

    def _form_record_determination(self) -> Form:
        return {"committee_required": self.one_of(["yes", "no"]), "reason": "A precedent."}

    def _form_return_for_revision(self) -> Form:
        fields = [self.often("title", "slos.o1.threshold", "no_such_field")
                  for _ in range(self.often(1, 0, 2))]  # fmt: skip
        return {"changes": [{"field": field, "asks": "Mend it."} for field in fields]}

    def _form_answer_change(self) -> Form:
        still = [n for n, said in self.kept.changes.items() if said == "open"]
        answer = self.one_of(["fixed", "contested"])
        return {"number": self.one_of(still or [1, 7]), "answer": answer,
                "reply": self.often("It is right.", "")}  # fmt: skip

    def _form_score_review(self) -> Form:
        scores = dict.fromkeys(JUDGED, "meets")
        if self.random.random() < 0.3:
            scores[self.one_of(JUDGED)] = "not_yet"
        return scores

    def _form_decline(self) -> Form:
        return {"code": "no_need_shown", "rationale": "Nobody asks for it."}

    def _form_recommend_decline(self) -> Form:
        return {"reason": "The need is gone."}

    def _form_record_code(self) -> Form:
        return {"code": self.often("B-1", "b 1")}

    def _form_set_roster(self) -> Form:
        name = self.one_of(ASSESSORS)
        return {"assessors": self.often([name], [], [name, name])}

    def _form_publish_design(self) -> Form:
        return {"alt": self.often("Three rings.", "")}

    def _form_issue(self) -> Form:
        day = self.often(self._today(), self._today() + timedelta(days=9))
        return {"effective_on": day.isoformat()}

    def _form_committee_carried(self) -> Form:
        return {"item": "AG-1"}

    _form_committee_failed = _form_committee_carried

    def _form_committee_returned(self) -> Form:
        return {"item": "AG-1", "asked_by": factory.COMMITTEES["ugc"][0],
                "changes": [{"field": "title", "asks": "Mend it."}]}  # fmt: skip
