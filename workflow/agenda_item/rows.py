"""The rows an agenda item's actions write: its place, the electorate, votes, tally and outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import cast

from workflow.agenda_item import forms
from workflow.agenda_item.cycles import effective_on
from workflow.agenda_item.facts import AgendaFacts
from workflow.changes import Change, Insert, Update, Upsert
from workflow.clocks import Calendar
from workflow.effects import Action, Fire, Keep, close_work, notify


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
                  mode="", opened_at=None, closes_at=None)  # fmt: skip


def closes_at(facts: AgendaFacts, calendar: Calendar) -> datetime | None:
    """When voting closes: the end of the meeting's day, or the e-ballot's business days."""
    form = facts.form
    if not isinstance(form, forms.OpenVote):
        return facts.closes_at
    if form.mode is forms.Mode.MEETING and facts.meeting_on:
        return calendar.end_of(facts.meeting_on)
    rules = facts.body.voting
    return calendar.add_business_days(facts.now, rules.ballot_days if rules else 5)


def _open_vote(act: Action) -> Iterator[Change]:
    """Freeze the electorate: every voting member, who is there, and who is recused and why."""
    facts, form = _facts(act), cast("forms.OpenVote", act.facts.form)
    yield _update(
        act, mode=form.mode.value, opened_at=act.now, round=facts.round + 1,
        closes_at=closes_at(facts, act.calendar),
    )  # fmt: skip
    for person in facts.members:
        reason = facts.recused.get(person, "")
        yield Insert("seat", {
            "case_id": act.case, "person": person, "round": facts.round + 1,
            "present": form.mode is forms.Mode.E_BALLOT or person in (form.present or facts.roll),
            "chair": person in facts.chairs, "recused": bool(reason), "reason": reason,
        })  # fmt: skip
    if form.mode is forms.Mode.E_BALLOT:
        voters = [person for person in facts.members if person not in facts.recused]
        yield from notify(act, "vote", voters, importance="act")


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


def _count(act: Action) -> Iterator[Change]:
    """The tally and the roll, kept as they were counted."""
    facts = _facts(act)
    roll = {person: choice for person, (choice, _) in sorted(facts.votes.items())}
    counted = {
        **{name: _plain(value) for name, value in asdict(facts.tally).items()},
        "round": facts.round, "roll": roll, "recused_members": dict(facts.ballot.recused),
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
