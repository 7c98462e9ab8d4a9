"""The rows a proposal's actions write: versions, sign-offs, changes, the roster, agenda items."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from policies.document import ProposalDocument, as_data, content_hash, read_document
from policies.fields import with_field
from workflow.changes import Change, Insert, Update
from workflow.clocks import of as clock_of
from workflow.effects import Action, Ask, Fire, Keep, notify
from workflow.forms import Change as RequiredChange
from workflow.proposal import forms
from workflow.proposal.facts import (
    ProposalFacts,
    curriculum_document,
    document_hash,
)
from workflow.roles import ASA_DIRECTOR, REGISTRAR, SENATE_OFFICE
from workflow.titles import title_key


def _facts(act: Action) -> ProposalFacts:
    return cast("ProposalFacts", act.facts)


def _update(act: Action, **values: object) -> Update:
    return Update("proposal", {"case_id": act.case}, values)


# ---------------------------------------------------------------- the working copy


def _open(act: Action) -> Iterator[Change]:
    form = cast("forms.Open", act.facts.form)
    document = read_document(form.content)
    yield Insert("proposal", {
        "case_id": act.case, "kind": form.kind, "proposer": act.actor, "unit": form.unit,
        "title": document.title, "title_key": title_key(document.title), "holds_title": False,
        "draft": as_data(document), "draft_hash": content_hash(document),
        "last_edited_by": act.actor, "version": 0, "extended": False,
    })  # fmt: skip


def _edit(act: Action) -> Iterator[Change]:
    facts, document = _facts(act), _facts(act).document
    for path, value in cast("forms.Edit", facts.form).fields.items():
        document = with_field(document, path, value)
    yield from _kept(act, document)


def _kept(act: Action, document: ProposalDocument) -> Iterator[Change]:
    yield _update(
        act, title=document.title, title_key=title_key(document.title), draft=as_data(document),
        draft_hash=content_hash(document), last_edited_by=act.actor,
    )  # fmt: skip


def _freeze(act: Action) -> Iterator[Change]:
    """A new immutable version, where the text differs from the last one."""
    facts = _facts(act)
    if facts.draft_hash == facts.version_hash:
        return
    yield Insert("proposal_version", {
        "case_id": act.case, "version": facts.version + 1, "content": facts.draft,
        "content_hash": facts.draft_hash, "frozen_by": act.actor, "frozen_at": act.now,
        "seq": act.seq,
    })  # fmt: skip
    yield _update(act, version=facts.version + 1)


def _hold_title(act: Action) -> Iterator[Change]:
    yield _update(act, holds_title=True)


def _free_title(act: Action) -> Iterator[Change]:
    yield _update(act, holds_title=False)


OPEN = Keep("begin the draft", _open)
EDIT = Keep("keep the fields", _edit)
FREEZE = Keep("freeze a version", _freeze)
HOLD_TITLE = Keep("hold the title", _hold_title)
FREE_TITLE = Keep("free the title", _free_title)


# ---------------------------------------------------------------- sign-offs


def signed(kind: str) -> Keep:
    """A sign-off of what was said, bound to the text as it stands and to its routing."""

    def rows(act: Action) -> Iterable[Change]:
        facts = _facts(act)
        said = {**act.form, "routing": facts.routing_key} if kind in _ROUTED else dict(act.form)
        yield Insert("sign_off", {
            "case_id": act.case, "seq": act.seq, "kind": kind, "person": act.actor,
            "role": act.acted_as, "on_behalf_of": act.facts.actor.on_behalf_of,
            "version": facts.version, "content_hash": facts.draft_hash, "said": said, "at": act.now,
        })  # fmt: skip

    return Keep(f"sign {kind}", rows)


#: Sign-offs that stand while basis and routing answers stand.
_ROUTED = frozenset({"consultation", "determination", "scope_question", "scope_answer"})


def _assign(act: Action) -> Iterator[Change]:
    reviewer = cast("forms.AssignReviewer", act.facts.form).reviewer
    yield _update(act, reviewer=reviewer)
    where = {"case_id": act.case, "state": "open", "kind": act.facts.case.state}
    yield Update("work_item", where, {"person": reviewer})
    yield from notify(act, "assigned_to_you", [reviewer], importance="act")


SCOPE_CLOCK = clock_of("proposal", "scope_question", ASA_DIRECTOR)


def _ask_scope(act: Action) -> Iterator[Change]:
    office = cast("forms.AskScope", act.facts.form).office
    role = REGISTRAR if office is forms.Office.REGISTRAR else SENATE_OFFICE
    yield from Ask("scope_question", role, SCOPE_CLOCK).changes(act)


def _extended(act: Action) -> Iterator[Change]:
    yield _update(act, extended=True)


EXTENDED = Keep("note that it was extended", _extended)
ASSIGN = Keep("hand it to the reviewer; tell them: assigned_to_you", _assign)
ASK_SCOPE = Keep("ask registrar or senate_office: scope_question", _ask_scope)


# ---------------------------------------------------------------- required changes


def _require(act: Action) -> Iterator[Change]:
    form = cast("forms.ReturnForRevision", act.facts.form)
    yield from _changes(act, form.changes, by=act.actor)
    yield _update(act, origin=act.facts.case.state, extended=False)


def _require_for_body(act: Action) -> Iterator[Change]:
    form = cast("forms.ItemReturned", act.facts.form)
    yield from _changes(act, form.changes, by=form.asked_by)
    yield _update(act, origin=act.facts.case.state, extended=False)


def _changes(act: Action, changes: tuple[RequiredChange, ...], *, by: str) -> Iterator[Change]:
    """Number the changes on from those of earlier returns, which stay as history."""
    last = max((change.number for change in _facts(act).asked), default=0)
    for n, change in enumerate(changes, start=last + 1):
        yield Insert("required_change", {
            "id": act.key("change", str(n)), "case_id": act.case, "seq": act.seq, "number": n,
            "field": change.field, "asks": change.asks, "asked_by": by, "asked_at": act.now,
            "answer": "open", "reply": "",
        })  # fmt: skip


def _answer(act: Action) -> Iterator[Change]:
    form = cast("forms.AnswerChange", act.facts.form)
    where = {"case_id": act.case, "number": form.number}
    values = {"answer": form.answer, "reply": form.reply, "answered_at": act.now}
    yield Update("required_change", where, values)


REQUIRE = Keep("require the changes", _require)
REQUIRE_FOR_BODY = Keep("require the body's changes", _require_for_body)
ANSWER = Keep("answer the change", _answer)


# ---------------------------------------------------------------- agenda items


def _items_for(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    facts = _facts(act)
    document = curriculum_document(facts.document)
    latest = {item.body: item.case for item in facts.items}
    for position, body in enumerate(facts.bodies):
        if body in facts.missing_bodies:
            yield None, {
                "proposal": act.case, "body": body.id, "position": position,
                "document": document, "document_hash": document_hash(document),
                "after_item": latest.get(body.id),
            }  # fmt: skip


def _open_items(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    for item in _facts(act).open_items:
        yield item.case, {"reason": f"{act.row.label}: {act.case}"}


OPEN_ITEMS = Fire("agenda_item", "open_item", _items_for)
CANCEL_ITEMS = Fire("agenda_item", "cancel", _open_items)


# ---------------------------------------------------------------- approved and issued


def _roster(act: Action) -> Iterator[Change]:
    for person in cast("forms.Roster", act.facts.form).assessors:
        yield Insert("appointment", {
            "id": str(act.key("assessor", person)), "person": person, "role": "assessor",
            "scope": act.case, "starts": act.now, "ends": None, "on_behalf_of": None,
        })  # fmt: skip


def _credential(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    form = cast("forms.Issue", act.facts.form)
    yield None, {"proposal": act.case, "effective_on": form.effective_on.isoformat()}


ROSTER = Keep("appoint the assessors", _roster)
PUT_IN_FORCE = Fire("credential", "put_in_force", _credential)


def _tell_those_who_wait(act: Action) -> Iterator[Change]:
    """Whoever it waited for learns that it no longer does."""
    turn = act.definition.state(act.facts.case.state).turn
    people = turn.asked(act.facts).people if turn else ()
    others = [person for person in people if person != act.actor]
    yield from notify(act, "withdrawn", others, importance="know")


TELL_THOSE_WHO_WAIT = Keep("tell those it waited for: withdrawn", _tell_those_who_wait)
