"""A proposal that somebody is writing: its parts, the questions of one, and what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from policies import fields, form
from policies.document import DocumentError
from policies.fields import NoSuchFieldError
from policies.form import FormPart
from web import draft_form, undo
from web.acts import command
from web.draft_form import Changes, Draft
from web.forms import Field, Problem, names, with_problems
from web.guard import context
from web.pages import show
from web.seen import seen
from workflow.perform import Refused, perform
from workflow.proposal.facts import ProposalFacts
from workflow.queries.beside import ProposalView
from workflow.queries.options import Asking, options
from workflow.queries.page import CasePage
from workflow.queries.people import Person

#: What somebody else wrote is quoted up to so many characters.
_QUOTED = 200


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

    @property
    def address(self) -> str:
        """Where its parts are listed."""
        return f"/proposals/{self.page.id}/edit"

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

    def questions(self, part: FormPart) -> tuple[Field, ...]:
        """The questions of one part, holding what is said."""
        with context().engine.connect() as connection:
            asking = Asking(connection=connection, person=self.me, facts=self.facts)
            draft = Draft(
                document=self.facts.document, edition=self.facts.policy,
                options=lambda name: options(name, asking),
            )  # fmt: skip
            return draft.questions(part)

    # ------------------------------------------------------------------------------- saving

    def save(self, part: FormPart) -> Response:
        """Keep what was changed in a part, and go on; or the part again with what to fix."""
        changes = draft_form.changed(self.questions(part), request.form)
        try:
            kept = self._with_items(changes)
            if kept:
                self._edit(kept, overtaken=changes.overtaken)
        except Refused as refused:
            return self._again(part, self._problems(refused), changes)
        except DocumentError as problem:
            return self._again(part, [Problem(p.field, p.says) for p in problem.problems], changes)
        if changes.orphans:
            return self._again(part, [], changes)
        return self._standing(part) if request.form.get("autosave") else self._after(part)

    def put_back(self, part: FormPart) -> Response:
        """Put back the item that was removed a moment ago."""
        removed = undo.opened(request.form.get("undo", ""), self.page.id)
        if removed is None:
            abort(400, description="This cannot be undone any more. Write it again.")
        try:
            self._edit({removed.path: removed.value})
        except Refused as refused:
            return self._again(part, self._problems(refused), Changes({}, frozenset(), {}))
        return redirect(f"{self.address}/{part.id}", 303)

    def _edit(self, changed: dict[str, object], *, overtaken: frozenset[str] = frozenset()) -> None:
        """Through the one door: each field on its own, so two people can write at once."""
        document = self.facts.document
        marks = {
            path: "overtaken" if path in overtaken else fields.fingerprint(document, path)
            for path in changed
        }
        said = {"fields": changed, "seen": marks}
        sent = command(said, trigger="edit", case=self.page.id)
        perform(context().engine, replace(sent, revision=None))

    def _with_items(self, changes: Changes) -> dict[str, object]:
        """The changes, with the item that was added or removed; 404 for no such item."""
        add, remove = request.form.get("add", ""), request.form.get("remove", "")
        try:
            if add:
                return draft_form.added(self.facts.document, changes.fields, add)
            if remove:
                return draft_form.without(self.facts.document, changes.fields, remove)
        except (LookupError, NoSuchFieldError):
            abort(404)
        return dict(changes.fields)

    def _problems(self, refused: Refused) -> list[Problem]:
        return [
            Problem(one.field, f"{one.text} {self._now(one.field)}".strip())
            if one.rule == "PR-seen"
            else Problem(one.field, one.text)
            for one in refused.reasons
        ]

    def _now(self, path: str) -> str:
        """What a field says now, for whoever was overtaken."""
        try:
            value = fields.get(self.facts.document, path)
        except NoSuchFieldError:
            return ""
        text = draft_form.text(value)
        said = f"It says now: “{text[:_QUOTED]}”." if text else "It is empty now."
        return f"{said} Save again to replace it with yours."

    # ------------------------------------------------------------------------------- answers

    def _after(self, part: FormPart) -> Response:
        """Where to go on: this part after adding or removing, else the next part."""
        if add := request.form.get("add"):
            return redirect(f"{self.address}/{part.id}#list-{add.replace('.', '-')}", 303)
        if remove := request.form.get("remove"):
            sealed = undo.sealed(self.page.id, remove, fields.get(self.facts.document, remove))
            return redirect(f"{self.address}/{part.id}?undo={sealed}#undo", 303)
        following = dict(pairwise(one.id for one in form.load().parts)).get(part.id, "")
        onward = request.form.get("go") == "next" and following
        return redirect(f"{self.address}/{following}" if onward else self.address, 303)

    def _standing(self, part: FormPart) -> Response:
        """What a script puts in place of the page's own: saved when, and what is still missing."""
        fresh = Writing.of(self.page.id)
        return show("_standing.html", writing=fresh, part=part, saved=context().engine.clock.now(),
                    marks=draft_form.marks(fresh.questions(part)), problems=[])  # fmt: skip

    def show(self, part: FormPart) -> Response:
        """The page of one part."""
        asked = self.questions(part)
        begun = any(one.id == part.id for one in self.view.text)
        advised = draft_form.with_missing(asked, self.view.unmet) if begun else asked
        return self.page_of(part, advised)

    def _again(self, part: FormPart, problems: list[Problem], changes: Changes) -> Response:
        """The part with what was typed and what to fix: 409 where it moved on, else 422."""
        fresh = Writing.of(self.page.id)
        found = [*problems, *_told(changes)]
        moved = bool(changes.overtaken or changes.orphans) or not all(p.field for p in problems)
        if request.form.get("autosave"):
            return show("_standing.html", 409 if moved else 422, writing=fresh, part=part,
                        saved=None, marks=(), problems=found)  # fmt: skip
        asked = draft_form.holding_sent(fresh.questions(part), request.form)
        return fresh.page_of(part, asked, status=409 if moved else 422, found=found)

    def page_of(
        self, part: FormPart, asked: tuple[Field, ...], *, status: int = 200,
        found: Sequence[Problem] = (),
    ) -> Response:  # fmt: skip
        """The page of one part, holding what `asked` holds, with what is to be fixed."""
        known = names(asked)
        placed = [replace(p, field=p.field if p.field in known else "") for p in found]
        return show(
            "part.html", status, writing=self, part=part, fields=with_problems(asked, placed),
            problems=placed, numbered=list(form.load().parts).index(part) + 1, saved=None,
            marks=draft_form.marks(self.questions(part)),
            key=str(context().engine.ids.uuid()), undo=request.args.get("undo", ""),
        )  # fmt: skip


def _told(changes: Changes) -> list[Problem]:
    """What was typed where nothing stands any more, so that it is not lost."""
    return [
        Problem("", f"Somebody removed what this belonged to. You typed: “{text}”.")
        for text in changes.orphans.values()
    ]
