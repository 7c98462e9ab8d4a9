"""Lists of cases, and the page of one."""

from datetime import datetime
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.forms import read
from web.guard import context
from web.notices import notice
from web.pages import show
from web.seen import seen
from web.who import person
from workflow.follow_up import SetFollowUp, set_follow_up
from workflow.forms import unprintable
from workflow.perform import InvalidError, filled
from workflow.queries.listing import After, Filter, cases

pages = Blueprint("cases", __name__)

_FOLLOWED: Final = {
    "on": "It will be back on top of your work that day.",
    "off": "Your follow-up date is taken off.",
    "past": "Choose today or a later day. Nothing was changed.",
}


@pages.get("/cases")
def listed() -> Response:
    """Cases the visitor may see, those that moved last first."""
    asked = {name: _asked(name) for name in ("machine", "state", "title")}
    with context().engine.connect() as connection:
        me = person(connection)
        found = cases(connection, Filter(**asked), viewer=me, after=read_after(_asked("after")))
    return show(
        "cases.html", found=found, asked=asked, machines=context().engine.machines,
        write_after=write_after, me=me,
    )  # fmt: skip


@pages.get("/cases/<case>")
def case(case: str) -> Response:
    """One case: who has it, what may be done and why not, and what happened."""
    page, me = seen(case)
    return show(
        "case.html",
        page=page,
        me=me,
        notice=notice(page, me, request.args.get("done", "")) or _followed(),
    )


@pages.get("/cases/<case>/follow-up")
def back(case: str) -> Response:
    """Its form stands on the page of the case."""
    page, _ = seen(case)
    return redirect(f"/cases/{page.id}", 303)


@pages.post("/cases/<case>/follow-up")
def follow_up(case: str) -> Response:
    """Set the day on which the case is back on top of the visitor's work, or take it off."""
    page, me = seen(case)
    try:
        form = filled(SetFollowUp, read(SetFollowUp, request.form))
        set_follow_up(context().engine, person=me.id, case=page.id, day=form.day)
    except InvalidError:
        return redirect(f"/cases/{page.id}?followed=past", 303)
    return redirect(f"/cases/{page.id}?followed={'on' if form.day else 'off'}", 303)


def _followed() -> str:
    """What became of the follow-up date, in a sentence."""
    return _FOLLOWED.get(request.args.get("followed", ""), "")


def _asked(name: str) -> str:
    text = request.args.get(name, "").strip()[:200]
    return "" if unprintable(text) else text


def write_after(after: After) -> str:
    """Where a page of the list ended, as it stands in an address."""
    return f"{after.entered_at.isoformat()}~{after.id}"


def read_after(text: str) -> After | None:
    """Where a page of the list ended; None, the first page, for anything else."""
    at, _, case_id = text.partition("~")
    try:
        entered = datetime.fromisoformat(at)
    except ValueError:
        return None
    return After(entered, case_id) if entered.tzinfo else None
