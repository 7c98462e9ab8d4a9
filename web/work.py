"""My work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.guard import context
from web.pages import show
from web.who import person
from workflow.forms import unprintable
from workflow.queries.delegations import delegations
from workflow.queries.mine import Last, Which, mine
from workflow.queries.work import Cursor, my_work

pages = Blueprint("work", __name__)

_WHICH: Final[Mapping[str, Which]] = {"open": "open", "ended": "ended"}


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
        waits = my_work(
            connection, me, now=engine.clock.now(), calendar=engine.calendar,
            machines=engine.machines, after=after,
        )  # fmt: skip
        lent = delegations(connection, me.id, engine.clock.now())
    given = [one for one in lent if one.by == me.id]
    return show("work.html", mine=waits, me=me, after=after, write_cursor=write_cursor, given=given)


@pages.get("/mine")
def had_a_part() -> Response:
    """Every case in which the visitor did something or was asked for something."""
    wanted = _WHICH.get(request.args.get("show", ""), "all")
    with context().engine.connect() as connection:
        me = person(connection)
        found = mine(
            connection, me, machines=context().engine.machines, which=wanted,
            after=read_last(request.args.get("after", "")),
        )  # fmt: skip
    return show("mine.html", found=found, which=wanted, write_last=write_last)


def write_last(last: Last) -> str:
    """Where a page of them ended, as it stands in an address."""
    return f"{last.at.isoformat()}~{last.case}"


def read_last(text: str) -> Last | None:
    """Where a page of them ended; None, the first page, for anything else."""
    at, _, case = text.partition("~")
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Last(when, case) if when.tzinfo and not unprintable(case) else None


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
