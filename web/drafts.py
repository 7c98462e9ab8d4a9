"""Writing a proposal: a list of its parts, and one part a page."""

from dataclasses import dataclass, replace
from itertools import pairwise

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from policies import form
from policies.document import DocumentError
from policies.fields import NoSuchFieldError
from policies.form import FormPart
from web import draft_form
from web.acts import command
from web.draft_form import Draft
from web.forms import Field, Problem, fields_of, names, read, with_problems
from web.guard import context
from web.pages import show
from web.seen import seen
from web.who import person
from workflow.perform import Refused, StaleError, perform
from workflow.proposal.facts import ProposalFacts
from workflow.proposal.forms import Open
from workflow.queries.beside import ProposalView
from workflow.queries.options import Asking, options
from workflow.queries.page import CasePage
from workflow.queries.people import Person

pages = Blueprint("drafts", __name__)


@pages.get("/proposals/new")
def ask() -> Response:
    """Which unit it is for."""
    return _new()


@pages.post("/proposals/new")
def start() -> Response:
    """Begin a draft, then go to its parts."""
    try:
        said = read(Open, request.form)
        done = perform(context().engine, command(said, trigger="open", machine="proposal"))
    except Refused as refused:
        problems = tuple(Problem(reason.field or "unit", reason.text) for reason in refused.reasons)
        return _new(422, problems)
    return redirect(f"/proposals/{done.case}/edit", 303)


def _new(status: int = 200, problems: tuple[Problem, ...] = ()) -> Response:
    with context().engine.connect() as connection:
        asking = Asking(connection=connection, person=person(connection))
        asked = fields_of(
            Open, read(Open, request.form), options=lambda name: options(name, asking)
        )
    key = request.form.get("key") or str(context().engine.ids.uuid())
    fields = with_problems(asked, problems)
    return show("new.html", status, fields=fields, problems=problems, key=key)


@pages.get("/proposals/<case>/copy")
def before_copy(case: str) -> Response:
    """A copy is begun from the page of the case: an address alone begins nothing."""
    return redirect(f"/cases/{seen(case)[0].id}#again", 303)


@pages.post("/proposals/<case>/copy")
def copy(case: str) -> Response:
    """Begin a new draft with the text of a proposal that has ended."""
    facts = Writing.of(case).facts
    said = {"unit": facts.unit, "content": dict(facts.draft)}
    try:
        done = perform(context().engine, command(said, trigger="open", machine="proposal"))
    except Refused as refused:
        abort(409, description=str(refused))
    return redirect(f"/proposals/{done.case}/edit", 303)


@pages.get("/proposals/<case>/edit")
def parts(case: str) -> Response:
    """The parts of the draft, each with what it still misses."""
    writing = Writing.of(case)
    return show("parts.html", writing=writing) if writing.editable else writing.leave()


@pages.get("/proposals/<case>/edit/<part>")
def part(case: str, part: str) -> Response:
    """The questions of one part."""
    writing, here = Writing.of(case), _part(part)
    return writing.show(here) if writing.editable else writing.leave()


@pages.post("/proposals/<case>/edit/<part>")
def save(case: str, part: str) -> Response:
    """Save what changed; an added or removed item is saved with it."""
    writing, here = Writing.of(case), _part(part)
    try:
        changes = writing.changes(here)
        if changes:
            perform(context().engine, command({"fields": changes}, trigger="edit", case=case))
    except Refused as refused:
        return writing.refused(here, refused)
    except DocumentError as problem:
        return writing.show(
            here, 422, problems=[Problem(p.field, p.says) for p in problem.problems]
        )
    return redirect(writing.after(here), 303)


def _part(name: str) -> FormPart:
    found = next((one for one in form.load().parts if one.id == name), None)
    if found is None:
        abort(404)
    return found


@dataclass(frozen=True, slots=True)
class Writing:
    """A proposal that the visitor is writing."""

    page: CasePage
    me: Person
    facts: ProposalFacts
    view: ProposalView

    @classmethod
    def of(cls, case: str) -> "Writing":
        """The visitor's proposal; 404 for a case that is no proposal or not for them to see."""
        page, me = seen(case)
        if not isinstance(page.facts, ProposalFacts) or not isinstance(page.beside, ProposalView):
            abort(404)
        return cls(page, me, page.facts, page.beside)

    @property
    def editable(self) -> bool:
        """Whether the visitor may write in it now."""
        choice = self.page.choice("edit")
        return choice is not None and choice.enabled

    def leave(self) -> Response:
        """Back to the case: its text stands there for everyone who may read it."""
        return redirect(f"/cases/{self.page.id}", 303)

    @property
    def parts(self) -> tuple[tuple[FormPart, str, int], ...]:
        """(part, how it stands, what it misses) for each part."""
        said = {part.id for part in self.view.text}
        return tuple(
            (part, "begun" if part.id in said else "empty", len(self.missing(part)))
            for part in form.load().parts
        )

    def missing(self, part: FormPart) -> list[object]:
        """What the policy still misses in a part."""
        return [one for one in self.view.unmet if self._belongs(one.field, part)]

    def _belongs(self, field: str, part: FormPart) -> bool:
        return bool(field) and form.load().part_of(field) == part

    def _questions(self, part: FormPart) -> tuple[Field, ...]:
        with context().engine.connect() as connection:
            asking = Asking(connection=connection, person=self.me, facts=self.facts)
            draft = Draft(
                document=self.facts.document, edition=self.facts.policy,
                options=lambda name: options(name, asking),
            )  # fmt: skip
            return draft.questions(part)

    def changes(self, part: FormPart) -> dict[str, object]:
        """The fields of a part that were sent otherwise than they stand; 404 for no such item."""
        changes = draft_form.changed(self._questions(part), request.form)
        add, remove = request.form.get("add", ""), request.form.get("remove", "")
        try:
            if add:
                return draft_form.added(self.facts.document, changes, add)
            if remove:
                return draft_form.without(self.facts.document, changes, remove)
        except (LookupError, NoSuchFieldError):
            abort(404)
        return changes

    def after(self, part: FormPart) -> str:
        """Where to go on: this part after adding or removing, else the next part."""
        base = f"/proposals/{self.page.id}/edit"
        if request.form.get("add") or request.form.get("remove"):
            return f"{base}/{part.id}#list-{(request.form.get('add') or 'top').replace('.', '-')}"
        following = dict(pairwise(one.id for one in form.load().parts)).get(part.id, "")
        return f"{base}/{following}" if request.form.get("go") == "next" and following else base

    def show(
        self, part: FormPart, status: int = 200, *, problems: list[Problem] | None = None
    ) -> Response:
        """The page of one part; with `problems` it keeps what was typed."""
        asked = self._questions(part)
        if problems is not None:
            asked = draft_form.holding_sent(asked, request.form)
        elif any(one.id == part.id for one in self.view.text):
            asked = draft_form.with_missing(asked, self.view.unmet)
        known = names(asked)
        found = [replace(p, field=p.field if p.field in known else "") for p in problems or ()]
        return show(
            "part.html", status, writing=self, part=part, fields=with_problems(asked, found),
            problems=found, numbered=list(form.load().parts).index(part) + 1,
            key=str(context().engine.ids.uuid()),
        )  # fmt: skip

    def refused(self, part: FormPart, refused: Refused) -> Response:
        """The part again with what was typed: 409 where it moved on or is not yours, else 422."""
        problems = [Problem(reason.field, reason.text) for reason in refused.reasons]
        fields = all(reason.field for reason in refused.reasons)
        stale = isinstance(refused, StaleError)
        return self.show(part, 422 if fields and not stale else 409, problems=problems)
