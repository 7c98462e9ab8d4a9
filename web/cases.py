"""Lists of cases, and the page of one."""

from datetime import datetime

from flask import Blueprint, request
from werkzeug.wrappers import Response

from web.guard import context
from web.notices import notice
from web.pages import show
from web.seen import seen
from web.who import person
from workflow.forms import unprintable
from workflow.queries.listing import After, Filter, cases

pages = Blueprint("cases", __name__)


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
        "case.html", page=page, me=me, notice=notice(page, me, request.args.get("done", ""))
    )


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
