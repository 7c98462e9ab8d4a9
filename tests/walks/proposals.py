"""The proposal as its model sees it: guards by hand, what each row changes, and a clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast

from policies import calendar
from tests import factory
from tests.walks.committees import Committee
from tests.walks.model import Form, Try
from tests.walks.proposal_desk import ProposalDesk
from tests.walks.proposal_people import (
    BODIES,
    DAYS,
    TAKEN,
    WARNED_BEFORE,
    Item,
)
from tests.walks.texts import ANSWERS, BASES, CONCURRENCE, Text


class ProposalModel(ProposalDesk):
    """A proposal."""

    def ahead(self) -> Try | None:
        kept, officer = self.kept, self._officer()
        way: dict[str, Sequence[tuple[str, str]]] = {
            "draft": [("submit" if kept.text in kept.endorsed else "endorse", "")],
            "asa_consultation": [
                ("record_determination" if self._consulted() else "record_consultation", officer),
                ("route_to_committee", officer), ("clear_to_design", officer),
            ],
            "returned": [("answer_change" if not self._answered() else "resubmit", self.proposer)],
            "design": [("mark_design_complete" if kept.text in kept.endorsed else "endorse", "")],
            "asa_review": self._after_a_carry() or [
                ("approve" if kept.reviews.get(kept.text) else "score_review", officer)
            ],
            "approved": [("record_code", factory.REGISTRAR), ("set_roster", self._head()),
                         ("publish_design", officer), ("issue", officer)],
        } if self.proposer else {}  # fmt: skip
        if self.state not in way:
            return None
        trigger, actor = self.one_of(way[self.state])
        actor = actor or (self._head() if trigger == "endorse" else self.proposer)
        return Try(trigger, actor, self.form(trigger))

    def _after_a_carry(self) -> Sequence[tuple[str, str]]:
        """A proposal that a committee has carried is sometimes declined all the same."""
        if not self._carried_once() or self.random.random() < 0.5:
            return ()
        if self.kept.text in self.kept.recommended:
            return [("decline", factory.ASA_DIRECTOR)]
        return [("recommend_decline", factory.ASA_OFFICER)]

    # ------------------------------------------------------------------- guards

    @property
    def way(self) -> str:
        """The table's answer, or the determination made on the same answers."""
        said, text = ANSWERS[self.kept.text.basis], self.kept.text
        return self.kept.determined.get(text.routing, said) if said == "determine" else said

    @property
    def _missing(self) -> list[str]:
        """Bodies that have still to act on the curriculum as it stands."""
        if self.way not in {"committee", "yes"}:
            return []
        as_it_stands = self.kept.text.curriculum
        carried = {
            item.body
            for item in self.kept.items
            if item.state == "carried" and item.curriculum == as_it_stands
        }
        return [body for body in BODIES if body not in carried]

    def _green(self) -> bool:
        return self.kept.text.concept if self.state == "draft" else self.kept.text.designed

    def _title_free(self) -> bool:
        return self.kept.text.title != TAKEN

    def _consulted(self) -> bool:
        return self.kept.text.routing in self.kept.consulted

    def _answered(self) -> bool:
        return "open" not in self.kept.changes.values()

    def _carried_once(self) -> bool:
        return any(item.state == "carried" for item in self.kept.items)

    def may_open(self, t: Try, _: str) -> bool:
        return t.form["unit"] in {factory.UNIT, "asa"}

    def may_edit(self, t: Try, _: str) -> bool:
        return "nonsense" not in cast("Mapping[str, object]", t.form["fields"])

    def may_ask_endorsement(self, _t: Try, _: str) -> bool:
        return self._green() and self.kept.text not in self.kept.endorsed

    may_endorse = may_ask_endorsement

    def may_submit(self, _t: Try, _: str) -> bool:
        text = self.kept.text
        return text.concept and self._title_free() and text in self.kept.endorsed

    def may_assign_reviewer(self, t: Try, _: str) -> bool:
        free = {factory.ASA_OFFICER, factory.OTHER_ASA_OFFICER} - self._members(self.unit)
        return t.form["reviewer"] in free

    def may_ask_scope(self, _t: Try, _: str) -> bool:
        return self.way == "determine" and self.kept.asked is None

    def may_answer_scope(self, t: Try, _: str) -> bool:
        return t.actor == self.kept.asked

    def may_record_consultation(self, t: Try, _: str) -> bool:
        form, text = t.form, self.kept.text
        noted = text.type == "digital_badge" or bool(form["organisation_note"])
        held = str(form["held_on"]) <= self._today().isoformat()
        return (
            not self._own(t) and text.rigor and form["award_type"] == text.type and noted and held
        )

    def may_record_determination(self, t: Try, _: str) -> bool:
        text = self.kept.text
        agreed = text.basis not in CONCURRENCE or text.routing in self.kept.concurred
        allowed = t.form["committee_required"] == "yes" or agreed
        return self.way == "determine" and not self._own(t) and not self._of_unit(t) and allowed

    def may_return_for_revision(self, t: Try, _: str) -> bool:
        changes = cast("list[dict[str, str]]", t.form["changes"])
        return (not self._own(t) and bool(changes)
                and all(change["field"] != "no_such_field" for change in changes))  # fmt: skip

    def may_answer_change(self, t: Try, _: str) -> bool:
        return t.form["number"] in self.kept.changes and (
            t.form["answer"] == "fixed" or bool(t.form["reply"])
        )

    def may_extend(self, _t: Try, _: str) -> bool:
        return not self.kept.extended

    def may_resubmit(self, _t: Try, to: str) -> bool:
        again = self.kept.origin == "asa_consultation" or self._rerouted()
        goes = "asa_consultation" if again else self.kept.origin
        return self._answered() and self._title_free() and to == goes

    def _rerouted(self) -> bool:
        """Routing answers have changed since it was consulted: no consultation stands on them."""
        return not self._consulted()

    def may_route_to_committee(self, t: Try, _: str) -> bool:
        to_committee = self.way in {"committee", "yes"}
        ready = self._consulted() and self.kept.text.named and bool(self._missing)
        return not self._own(t) and to_committee and ready

    def may_clear_to_design(self, t: Try, _: str) -> bool:
        past = self.way in {"asa_only", "no"}
        carried = self.way in {"committee", "yes"} and not self._missing
        return not self._own(t) and self._consulted() and (past or carried)

    def may_committee_carried(self, _t: Try, _: str) -> bool:
        return not self._missing

    def may_committee_returned(self, _t: Try, _: str) -> bool:
        return any(item.state == "returned_item" for item in self.kept.items)

    def may_committee_failed(self, _t: Try, _: str) -> bool:
        return any(item.state == "failed" for item in self.kept.items)

    def may_mark_design_complete(self, _t: Try, _: str) -> bool:
        text = self.kept.text
        return text.designed and self._title_free() and text in self.kept.endorsed

    def may_score_review(self, t: Try, _: str) -> bool:
        return not self._own(t)

    def _parts_in_force(self) -> bool:
        return self.kept.text.basis != "certificate_of_nothing"

    def may_approve(self, t: Try, _: str) -> bool:
        text = self.kept.text
        routed = self.way not in {"open", "determine"} and not self._missing
        good = self.kept.reviews.get(text, False) and self._answered() and text.designed
        apart = not self._own(t) and not self._of_unit(t)
        return apart and good and routed and self._consulted() and self._parts_in_force()

    def may_recommend_decline(self, t: Try, _: str) -> bool:
        return not self._own(t) and self._carried_once()

    def may_decline(self, t: Try, _: str) -> bool:
        return not self._own(t)

    def in_role(self, role: str, t: Try, to: str) -> bool:  # noqa: ARG002 - the state says it
        if t.trigger != "decline" or self.state != "asa_review":
            return True
        if role == "asa_officer":
            return not self._carried_once()
        by = self.kept.recommended.get(self.kept.text)
        return self._carried_once() and by is not None and by not in self._acts_for(t.actor)

    def may_record_code(self, t: Try, _: str) -> bool:
        return t.form["code"] == "B-1"

    def may_set_roster(self, t: Try, _: str) -> bool:
        named = cast("list[str]", t.form["assessors"])
        twice = self.kept.roster & set(named)
        return bool(named) and len(set(named)) == len(named) and not twice

    def may_publish_design(self, t: Try, _: str) -> bool:
        return bool(t.form["alt"])

    def may_issue(self, t: Try, _: str) -> bool:
        day, today = date.fromisoformat(str(t.form["effective_on"])), self._today()
        takes_effect = [
            cast("date", when) for item in self.kept.items
            if (when := self.driver.column("agenda_item", item.case, "effective_on"))
        ]  # fmt: skip
        first = max(takes_effect, default=day)
        ready = self.kept.prepared == {"record_code", "set_roster", "publish_design"}
        right = not self.kept.correction
        return ready and right and self._parts_in_force() and first <= day <= today

    def may_withdraw(self, _t: Try, _: str) -> bool:
        return all(item.state != "open" for item in self.kept.items)

    def may_close_appeal_window(self, _t: Try, _: str) -> bool:
        return self.over

    def may_expire(self, _t: Try, _: str) -> bool:
        return self.over and self.warned >= 2 and not self._carried_once()

    # ------------------------------------------------------------------- what has changed

    def done(self, t: Try, before: str) -> None:
        keep = getattr(self, f"_done_{t.trigger}", None)
        if keep:
            keep(t, before)
        if self.state != before:
            self._arm()
            self.kept.nudged_at = None
            self.kept.correction = ()
            self.kept.submitted |= before == "draft"
        self._clock_is_right()

    def _done_open(self, t: Try, _: str) -> None:
        self.proposer, self.unit, self.kept.text = t.actor, str(t.form["unit"]), self._opening

    def _done_edit(self, t: Try, _: str) -> None:
        fields = cast("Mapping[str, object]", t.form["fields"])
        self.kept.text = self._text_of({**self.kept.text.fields(), **fields})
        if self.state == "draft":
            self._arm()

    def _text_of(self, fields: Mapping[str, object]) -> Text:
        mine = {path: fields[path] for path in Text().of_basis()}
        basis = next(name for name in BASES if Text(basis=name).of_basis() == mine)
        return Text(
            str(fields["title"]), basis, bool(fields["purpose.rationale"]),
            bool(fields["pathway.position"]), bool(fields["rigor.rationale"]),
            bool(fields["curriculum_items"]), int(str(fields["description"])[8:-1]),
        )  # fmt: skip

    def _done_keep(self, _t: Try, _: str) -> None:
        self._arm()

    def _done_endorse(self, _t: Try, _: str) -> None:
        self.kept.endorsed.add(self.kept.text)

    def _done_ask_scope(self, t: Try, _: str) -> None:
        office = {"registrar": factory.REGISTRAR, "senate_office": factory.SENATE_OFFICE}
        self.kept.asked = office[str(t.form["office"])]

    def _done_answer_scope(self, t: Try, _: str) -> None:
        if t.actor == factory.SENATE_OFFICE and t.form["committee_required"] == "no":
            self.kept.concurred.add(self.kept.text.routing)
        self.kept.asked = None

    def _done_record_determination(self, t: Try, _: str) -> None:
        self.kept.determined[self.kept.text.routing] = str(t.form["committee_required"])

    def _returned(self, t: Try, before: str) -> None:
        last = max(self.kept.changes, default=0)
        asked = cast("list[object]", t.form["changes"])
        self.kept.changes |= dict.fromkeys(range(last + 1, last + 1 + len(asked)), "open")
        self.kept.origin, self.kept.extended = before, False

    _done_return_for_revision = _done_committee_returned = _returned

    def _done_answer_change(self, t: Try, _: str) -> None:
        self.kept.changes[cast("int", t.form["number"])] = str(t.form["answer"])

    def _done_extend(self, _t: Try, _: str) -> None:
        self.kept.extended, self.extra = True, 20
        self._arm(restart=False)

    def _done_score_review(self, t: Try, _: str) -> None:
        self.kept.reviews[self.kept.text] = "not_yet" not in t.form.values()

    def _done_recommend_decline(self, t: Try, _: str) -> None:
        self.kept.recommended[self.kept.text] = t.actor

    def _done_set_roster(self, t: Try, before: str) -> None:
        self.kept.roster |= set(cast("list[str]", t.form["assessors"]))
        self._prepared(t, before)

    # ------------------------------------------------------------------- its clock

    def _arm(self, *, restart: bool = True) -> None:
        """The warnings that are still to come, as they were agreed; earlier ones count no more."""
        self.warned = 0
        if restart:
            self.clock_at, self.extra = self.driver.now, 0
        days = DAYS.get(self.state)
        if days is None:
            self.armed = []
            return
        year = calendar.load()
        due = year.add_business_days(self.clock_at, days + self.extra)
        told = [year.subtract_business_days(due, n) for n in WARNED_BEFORE.get(self.state, ())]
        self.armed = [at for at in told if at > self.driver.now]
        self.due = due

    def _clock_is_right(self) -> None:
        if self.state in DAYS:
            fires = self.driver.fires_at(str(self.case))
            assert fires == self.due, f"{self.state} is due {self.due}, its clock fires {fires}"

    # ------------------------------------------------------------------- the world

    @property
    def worldly(self) -> float:
        return 0.7 if self.state == "curriculum_committee" else 0.2

    def world(self) -> None:
        if self.state == "curriculum_committee":
            self._committee()
        elif self.state in DAYS and self.random.random() < 0.3:
            self._time(self.due + timedelta(seconds=self.often(0, -60)))
        else:
            self._time(self.driver.now + timedelta(days=self.one_of([1, 3, 8])))

    def _time(self, to: datetime) -> None:
        self.driver.pass_time(to)
        self.warned += sum(1 for at in self.armed if at <= self.driver.now)
        self.armed = [at for at in self.armed if at > self.driver.now]

    def compare(self, t: Try, wanted: str | None, answer: object) -> bool:
        happened = super().compare(t, wanted, answer)  # type: ignore[arg-type]
        if happened:
            self._follow()
        return happened

    def _follow(self) -> None:
        """What was caused is carried out: items are opened and cancelled, the case is moved."""
        while waiting := self.driver.pending():
            follow_on, machine, trigger, target, form = waiting[0]
            if target == self.case:
                t = Try(trigger, "system", form)
                wanted = self.verdict(t)
                super().compare(t, wanted, self.driver.fire(follow_on))
            elif machine == "agenda_item":
                self._item_moves(self.driver.fire(follow_on), trigger, target, form)
            else:
                assert self.driver.fire(follow_on) == "active"

    def _item_moves(self, answer: object, trigger: str, target: str | None, form: Form) -> None:
        if trigger == "open_item":
            assert answer == "queued", answer
            case = self.driver.newest("agenda_item")
            self.kept.items.append(Item(str(form["body"]), case, self.kept.text.curriculum))
        else:
            item = next(item for item in self.kept.items if item.case == target)
            item.state = "cancelled" if isinstance(answer, str) else item.state

    def _committee(self) -> None:
        """One body goes on with its item, as far as it likes."""
        going_on = {"queued", "open", "senate_notice"}
        waiting = [item for item in self.kept.items if item.state in going_on]
        if not waiting:
            return
        # Items of one chain may be opened in any order; its bodies act in theirs.
        item = min(waiting, key=lambda item: BODIES.index(item.body))
        committee = Committee(self, item.body, item.case, self.proposer)
        item.state = committee.goes_on(item.state)
        self._time(self.driver.now)
        self._follow()
