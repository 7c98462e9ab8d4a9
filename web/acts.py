"""Acting on a case: one screen shows what follows, then the action itself. A GET never decides."""

from dataclasses import dataclass, field, replace
from typing import cast

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from web.forms import (
    Field,
    Problem,
    Values,
    changed_rows,
    extra,
    fields_of,
    names,
    read,
    with_problems,
)
from web.guard import context, visitor
from web.pages import show
from web.seen import seen
from workflow.facts import Facts
from workflow.forms import unprintable
from workflow.perform import Command, InvalidError, Refused, StaleError, perform
from workflow.queries.options import Asking, options
from workflow.queries.page import CasePage, Choice
from workflow.queries.people import Person

pages = Blueprint("acts", __name__)

LONGEST_KEY = 100


@pages.get("/cases/<case>/act")
def choose(case: str) -> Response:
    """Go to the page of the action that was chosen."""
    page, _ = seen(case)
    choice = page.choice(request.args.get("trigger", ""))
    return redirect(
        f"/cases/{page.id}/act/{choice.trigger}" if choice else f"/cases/{page.id}", 303
    )


@pages.get("/cases/<case>/act/<trigger>")
def ask(case: str, trigger: str) -> Response:
    """What the action does and what it asks; nothing happens yet."""
    page, me = seen(case)
    choice = _choice(page, trigger)
    if choice.trigger == "edit":
        return redirect(f"/proposals/{page.id}/edit", 303)
    return Asked(page, choice, me).show()


@pages.post("/cases/<case>/act/<trigger>")
def act(case: str, trigger: str) -> Response:
    """Do it, or say every reason why not; what was typed is kept."""
    page, me = seen(case)
    choice = _choice(page, trigger)
    said = read(choice.form, request.form)
    asked = Asked(page, choice, me, said)
    add, remove = request.form.get("add", ""), request.form.get("remove", "")
    if add or remove:
        return replace(asked, said=changed_rows(said, add=add, remove=remove)).show()
    try:
        done = perform(context().engine, command(said, trigger=trigger, case=page.id))
    except Refused as refused:
        return asked.refused(refused)
    context().follow(done.case)
    return redirect(f"/cases/{done.case}?done={done.seq}", 303)


def command(said: Values, *, trigger: str, case: str | None = None, machine: str = "") -> Command:
    """The command of the form that was sent."""
    return Command(
        trigger=trigger, actor=visitor().person, key=_key(), case=case, machine=machine, form=said,
        revision=_revision() if case else None,
    )  # fmt: skip


def _revision() -> int | None:
    """The revision the page has seen; None from a script that saw no page, 0 for no number."""
    text = request.form.get("revision")
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _key() -> str:
    """The key made when the form was shown: sent twice, the action happens once."""
    key = request.form.get("key") or str(context().engine.ids.uuid())
    if len(key) > LONGEST_KEY or unprintable(key):
        abort(400, description="The number of this form is not one of ours. Open the page again.")
    return key


def _choice(page: CasePage, trigger: str) -> Choice:
    choice = page.choice(trigger)
    if choice is None:
        abort(404)
    return choice


@dataclass(frozen=True, slots=True)
class Asked:
    """The page of one action on one case, with what was typed so far."""

    page: CasePage
    choice: Choice
    me: Person
    said: Values = field(default_factory=dict)

    def show(
        self,
        status: int = 200,
        *,
        problems: tuple[Problem, ...] = (),
        refused: Refused | None = None,
    ) -> Response:
        """The page; `problems` are about fields, `refused` about the action."""
        fields = with_problems(self._fields(), problems)
        known = names(fields)
        return show(
            "act.html", status, page=self.page, choice=self.choice, fields=fields,
            reasons=refused.reasons if refused else (),
            problems=[replace(p, field=p.field if p.field in known else "") for p in problems],
            key=request.form.get("key") or str(context().engine.ids.uuid()),
            stale=self._since() if isinstance(refused, StaleError) else (),
        )  # fmt: skip

    def refused(self, refused: Refused) -> Response:
        """The same page with every reason: 422 for the form, 409 for the policy or a race."""
        problems = tuple(Problem(reason.field, reason.text) for reason in refused.reasons)
        if isinstance(refused, InvalidError):
            return self.show(422, problems=problems)
        ours = tuple(problem for problem in problems if problem.field in names(self._fields()))
        return self.show(409, problems=ours, refused=refused)

    def _fields(self) -> tuple[Field, ...]:
        carried = _carried(self.choice, self.page.facts)
        with context().engine.connect() as connection:
            asking = Asking(connection=connection, person=self.me, facts=self.page.facts)
            return fields_of(
                self.choice.form, {**self.said, **carried},
                options=lambda name: options(name, asking),
            )  # fmt: skip

    def _since(self) -> tuple[object, ...]:
        """What happened since the page was shown."""
        before = _revision() or 0
        return tuple(line for line in self.page.history if line.revision > before)


def _carried(choice: Choice, facts: Facts) -> dict[str, object]:
    """Values that the page carries along from the case, such as the hash a vote binds."""
    asked = {name: extra(info, "from") for name, info in choice.form.model_fields.items()}
    return {
        name: cast("object", getattr(facts, source)) for name, source in asked.items() if source
    }
