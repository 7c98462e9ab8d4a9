"""The rows an agenda item's actions write: its place, the electorate, votes, tally and outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import cast

from policies import committees
from workflow.agenda_item import forms
from workflow.agenda_item.cycles import effective_on
from workflow.agenda_item.facts import AgendaFacts, Seated
from workflow.agenda_item.rules import too_few
from workflow.agenda_item.seating import free_alternate, seating
from workflow.changes import Change, Insert, Update, Upsert
from workflow.clocks import Calendar
from workflow.effects import Action, Fire, Keep, close_work, notify, work_items
from workflow.roles import SENATE_OFFICE, Asked


def _facts(act: Action) -> AgendaFacts:
    return cast("AgendaFacts", act.facts)


def _update(act: Action, **values: object) -> Update:
    return Update("agenda_item", {"case_id": act.case}, values)


def _open_item(act: Action) -> Iterator[Change]:
    facts, form = _facts(act), cast("forms.OpenItem", act.facts.form)
    items = cast("list[Mapping[str, str]]", form.document.get("curriculum_items") or [])
    title = next((item.get("title") or item.get("reference", "") for item in items), "")
    yield Insert("agenda_item", {
        "case_id": act.case, "proposal": form.proposal, "body": form.body,
        "position": form.position, "unit": facts.unit, "title": title or facts.proposal_title,
        "document": form.document, "document_hash": form.document_hash,
        "after_item": form.after_item, "section": "", "mode": "", "notice_waived": False,
        "round": 0,
    })  # fmt: skip


def _place(act: Action) -> Iterator[Change]:
    form = cast("forms.Place", act.facts.form)
    yield _update(
        act, meeting_on=form.meeting_on, section=form.section.value, noticed_at=act.now,
        notice_waived=False,
    )  # fmt: skip


def _to_discussion(act: Action) -> Iterator[Change]:
    yield _update(act, section="discussion")


def _waive(act: Action) -> Iterator[Change]:
    yield _update(act, notice_waived=True)


def _off_the_agenda(act: Action) -> Iterator[Change]:
    yield _update(act, meeting_on=None, section="", noticed_at=None, notice_waived=False,
                  mode="", opened_at=None, closes_at=None, rules=None)  # fmt: skip


def closes_at(facts: AgendaFacts, calendar: Calendar) -> datetime | None:
    """When voting closes: the end of the meeting's day, or the e-ballot's business days."""
    form = facts.form
    if not isinstance(form, forms.OpenVote):
        return facts.closes_at
    if form.mode is forms.Mode.MEETING and facts.meeting_on:
        return calendar.end_of(facts.meeting_on)
    return calendar.add_business_days(facts.now, facts.rules.ballot_days)


def _there(facts: AgendaFacts, form: forms.OpenVote) -> frozenset[str] | None:
    """Who is there: as the form says it, else as the roll was taken; None in an e-ballot."""
    there = frozenset(form.present or facts.roll)
    return there if form.mode is forms.Mode.MEETING else None


def _open_vote(act: Action) -> Iterator[Change]:
    """Freeze the electorate and the rules: who votes, who is there, who is recused and why."""
    facts, form = _facts(act), cast("forms.OpenVote", act.facts.form)
    yield _update(
        act, mode=form.mode.value, opened_at=act.now, round=facts.round + 1,
        closes_at=closes_at(facts, act.calendar), rules=committees.rules_said(facts.rules),
    )  # fmt: skip
    seats = seating(facts, there=_there(facts, form))
    for seat in seats:
        yield Insert("seat", _seat(act, seat))
        if seat.stands_for:
            yield from _asked_to_vote(act, seat.person)
    if form.mode is forms.Mode.E_BALLOT:
        voters = [seat.person for seat in seats if not seat.recused]
        yield from notify(act, "vote", voters, importance="act")


def _seat(act: Action, seat: Seated) -> dict[str, object]:
    return {"case_id": act.case, **asdict(seat)}


def _asked_to_vote(act: Action, person: str) -> Iterator[Change]:
    """An alternate's own work item: the state asks members only."""
    asked = Asked("committee_alternate", _facts(act).body_id, person, (person,))
    yield from work_items(act, "open", asked, due=closes_at(_facts(act), act.calendar), each=True)


def _vote(act: Action) -> Iterator[Change]:
    facts, form = _facts(act), cast("forms.CastVote", act.facts.form)
    yield Upsert("vote", {
        "case_id": act.case, "person": act.actor, "round": facts.round,
        "choice": form.choice.value, "document_hash": form.document_hash, "at": act.now,
        "seq": act.seq,
    })  # fmt: skip


def _recuse(act: Action) -> Iterator[Change]:
    facts, form = _facts(act), cast("forms.Recuse", act.facts.form)
    voting = facts.case.state == "open"
    seat = next(
        (s for s in facts.seats if s.person == form.member and s.round == facts.round), None
    )
    yield Upsert("seat", {
        "case_id": act.case, "person": form.member, "round": facts.round if voting else 0,
        "present": bool(seat and seat.present), "chair": form.member in facts.chairs,
        "recused": True, "reason": form.reason,
    })  # fmt: skip
    yield close_work(act, "open", person=form.member, state="moot")
    if voting and facts.mode == "e_ballot":
        yield from _steps_in(act, form.member)


def _steps_in(act: Action, member: str) -> Iterator[Change]:
    """Whoever is recused while an e-ballot runs makes room for their alternate."""
    facts = _facts(act)
    seated = {seat.person for seat in facts.seats if seat.round == facts.round}
    instead = free_alternate(facts, member, there=None, taken=seated)
    if instead:
        seat = Seated(instead, facts.round, True, False, False, "", member)  # noqa: FBT003 - a row
        yield Insert("seat", _seat(act, seat))
        yield from _asked_to_vote(act, instead)
        yield from notify(act, "vote", [instead], importance="act")


def _out_of_reach(act: Action) -> Iterator[Change]:
    """Where those who are recused leave too few for a quorum, the Senate office is asked openly."""
    facts, form = _facts(act), act.facts.form
    after = facts
    if isinstance(form, forms.Recuse):
        out = Seated(form.member, 0, False, False, True, form.reason)  # noqa: FBT003 - a row
        after = replace(facts, seats=(*facts.seats, out))
        if too_few(facts):
            return  # they know already
    says = too_few(after)
    if says:
        office = SENATE_OFFICE.asked(facts)
        yield from work_items(act, "quorum", office, due=None, each=False)
        yield from notify(act, "quorum", office.people, importance="act", facts={"tally": says})


def _count(act: Action) -> Iterator[Change]:
    """The tally and the roll, kept as they were counted, with the rules of that count."""
    facts = _facts(act)
    roll = {person: choice for person, (choice, _) in sorted(facts.votes.items())}
    counted = {
        **{name: _plain(value) for name, value in asdict(facts.tally).items()},
        "round": facts.round, "roll": roll, "recused_members": dict(facts.ballot.recused),
        "rules": committees.rules_said(facts.rules),
    }  # fmt: skip
    yield _update(act, tally=counted)


def _plain(value: object) -> object:
    return getattr(value, "value", value)


def _acted(act: Action) -> Iterator[Change]:
    """The committee action date, and the first day of the term it takes effect in (MC-10b)."""
    facts, day = _facts(act), act.calendar.day_of(act.now)
    first = effective_on(
        act.calendar, day, meeting=facts.meeting_on, reports=facts.body.reports_to_senate
    )
    yield _update(act, acted_on=day, effective_on=first)


OPEN_ITEM = Keep("keep the document", _open_item)
PLACE = Keep("place it on the agenda", _place)
TO_DISCUSSION = Keep("move it to discussion", _to_discussion)
WAIVE = Keep("note the waiver", _waive)
OFF_THE_AGENDA = Keep("take it off the agenda", _off_the_agenda)
OPEN_VOTE = Keep("freeze the roster; for an e-ballot tell voters: vote", _open_vote)
VOTE = Keep("keep the vote", _vote)
RECUSE = Keep("recuse the member", _recuse)
OUT_OF_REACH = Keep(
    "where recusals leave no quorum, ask and tell senate_office: quorum", _out_of_reach
)
COUNT = Keep("keep tally and roll", _count)
ACTED = Keep("note the action date", _acted)


def _report(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    facts = _facts(act)
    says = facts.tally.sentence if facts.case.state == "open" else act.row.label
    yield facts.proposal, {"item": act.case, "says": says}


def _report_changes(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    form = cast("forms.ReturnItem", act.facts.form)
    yield _facts(act).proposal, {
        "item": act.case, "says": form.message, "asked_by": act.actor,
        "changes": [change.said() for change in form.changes],
    }  # fmt: skip


CARRIED = Fire("proposal", "committee_carried", _report)
FAILED = Fire("proposal", "committee_failed", _report)
RETURNED = Fire("proposal", "committee_returned", _report_changes)


def tally_said(act: Action) -> Mapping[str, object]:
    """What a mail about the result must say: the tally's own sentence."""
    return {"tally": _facts(act).tally.sentence}


def meeting_said(act: Action) -> Mapping[str, object]:
    """What a mail about an agenda must say: the day of the meeting."""
    facts = _facts(act)
    form = act.facts.form
    day = form.meeting_on if isinstance(form, forms.Place) else facts.meeting_on
    return {"meeting_on": day.isoformat()} if day else {}
