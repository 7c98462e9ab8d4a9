"""What the visitor is written, and when: one page, one button, and a way back."""

from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from policies.mail import Wishes, load
from web.guard import context, visitor
from web.pages import show
from workflow.wishes import choose, told, wishes_of

pages = Blueprint("preferences", __name__)

#: (field, its question, and for true and for false: value, label, what follows from it).
QUESTIONS: Final = (
    ("act_at_once", "What waits for you", (
        ("now", "At once", "From {opens} to {closes} on business days; otherwise at {morning}."),
        ("morning", "With the morning's mail",
         "At {morning}. What is due within one business day still comes at once."),
    )),
    ("know_at_once", "Decisions on what is yours", (
        ("now", "At once", "No more than {a_day} a day; what is left comes in the morning."),
        ("morning", "With the morning's mail", "At {morning} on the next business day."),
    )),
    ("fyi", "News that asks for nothing", (
        ("morning", "With the morning's mail", "Nothing is sent when there is none."),
        ("never", "Never", "It stands on the pages all the same."),
    )),
)  # fmt: skip


@pages.get("/preferences")
def preferences() -> Response:
    """What is chosen, with what was chosen before where it was just changed."""
    with context().engine.connect() as connection:
        mine = wishes_of(connection, visitor().person)
    undo = _read(request.args.get("was", "").split("."))
    return show(
        "preferences.html", questions=_questions(mine), said=told(mine) if undo else "",
        undo=_values(undo) if undo else (),
    )  # fmt: skip


@pages.post("/preferences")
def save() -> Response:
    """Keep what was chosen; a form that does not say all of it changes nothing."""
    chosen = _read([request.form.get(field, "") for field, _, _ in QUESTIONS])
    if chosen is None:
        return redirect("/preferences", 303)
    before = choose(context().engine, visitor().person, chosen)
    return redirect(f"/preferences?was={'.'.join(value for _, value in _values(before))}", 303)


def _read(values: list[str]) -> Wishes | None:
    if len(values) != len(QUESTIONS):
        return None
    chosen = {
        field: value == yes
        for value, (field, _, ((yes, *_), (no, *_))) in zip(values, QUESTIONS, strict=True)
        if value in {yes, no}
    }
    return Wishes(**chosen) if len(chosen) == len(QUESTIONS) else None


def _values(wishes: Wishes) -> tuple[tuple[str, str], ...]:
    """Each field with the value that stands for what was chosen."""
    return tuple((field, answers[not getattr(wishes, field)][0]) for field, _, answers in QUESTIONS)


def _questions(wishes: Wishes) -> list[dict[str, object]]:
    rules = load()
    words = {
        "opens": f"{rules.opens:%H:%M}", "closes": f"{rules.closes:%H:%M}",
        "morning": f"{rules.morning:%H:%M}", "a_day": rules.others_a_day,
    }  # fmt: skip
    chosen = dict(_values(wishes))
    return [
        {"name": field, "label": label, "answers": [
            {"value": value, "label": name, "says": says.format(**words),
             "chosen": chosen[field] == value}
            for value, name, says in answers
        ]}
        for field, label, answers in QUESTIONS
    ]  # fmt: skip
