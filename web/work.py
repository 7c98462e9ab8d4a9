"""My work."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.guard import context
from web.pages import show
from web.who import person
from workflow.queries.work import Cursor, my_work

pages = Blueprint("work", __name__)


@pages.get("/")
def home() -> Response:
    """Home is my work."""
    return redirect("/work", 303)


@pages.get("/work")
def work() -> Response:
    """What waits for the visitor, most urgent first."""
    engine, after = context().engine, read_cursor(request.args.get("after", ""))
    with engine.connect() as connection:
        me = person(connection)
        mine = my_work(
            connection, me, now=engine.clock.now(), calendar=engine.calendar,
            machines=engine.machines, after=after,
        )  # fmt: skip
    return show("work.html", mine=mine, me=me, after=after, write_cursor=write_cursor)


def write_cursor(cursor: Cursor) -> str:
    """A cursor as it stands in an address."""
    due = cursor.due_at.isoformat() if cursor.due_at else ""
    return f"{due}~{cursor.id}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor of an address; None, the first page, for anything else."""
    due, _, item = text.partition("~")
    try:
        at = datetime.fromisoformat(due) if due else None
        return Cursor(at if at is None or at.tzinfo else None, UUID(item))
    except ValueError:
        return None
