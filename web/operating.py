"""For whoever operates the installation: the mail log, what stands still, long work."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, redirect, request
from psycopg import Connection
from werkzeug.wrappers import Response

from web.guard import context, visitor
from web.pages import show
from web.who import person
from workflow import bounces, jobs, remedies
from workflow.forms import unprintable
from workflow.perform import Refused
from workflow.processes import processes
from workflow.queries.incidents import closed_servers, counts, incidents
from workflow.queries.mail_log import STATES, Last, Wanted, attempts, mail_log, one_mail
from workflow.remedies import ROLE, Which

pages = Blueprint("operating", __name__)

PAGE: Final = 50


@pages.get("/admin/mail")
def log() -> Response:
    """Every mail, the newest first, as searched for."""
    asked = {name: _word(name) for name in ("person", "case", "kind", "state", "day")}
    day = _day(asked["day"])
    calendar = context().engine.calendar
    wanted = Wanted(
        person=asked["person"], case=asked["case"], kind=asked["kind"],
        state=asked["state"] if asked["state"] in STATES else "",
        begins=calendar.start_of(day) if day else None, ends=calendar.end_of(day) if day else None,
    )  # fmt: skip
    with context().engine.connect() as connection:
        _operator(connection)
        found = mail_log(connection, wanted, before=read_last(_word("after")), take=PAGE)
    return show("mail_log.html", found=found, asked=asked, states=STATES, full=len(found) == PAGE)


@pages.get("/admin/mail/<uuid:mail>")
def one(mail: UUID) -> Response:
    """One mail with every attempt; what it says is rebuilt when it is asked for, never kept."""
    with context().engine.connect() as connection:
        _operator(connection)
        found = one_mail(connection, mail)
        tried = attempts(connection, mail)
    if found is None:
        abort(404)
    text = context().written(mail) if "text" in request.args else None
    return show("mail_one.html", mail=found, tried=tried, text=text, asked="text" in request.args)


@pages.get("/admin/delivery")
def delivery() -> Response:
    """What stands still, who works, which addresses take nothing."""
    return _delivery()


@pages.post("/admin/delivery/replay")
def replay() -> Response:
    """Take one up again, or all of a kind."""
    return _remedy(lambda: remedies.replay(context().engine, _which(), actor=visitor().person))


@pages.post("/admin/delivery/discard")
def discard() -> Response:
    """Give one up for good, with a reason."""
    reason = request.form.get("reason", "")[:500]
    return _remedy(
        lambda: remedies.discard(context().engine, _which(), actor=visitor().person, reason=reason)
    )


@pages.post("/admin/delivery/lift")
def lift() -> Response:
    """Let mail go to an address again."""
    with context().engine.connect() as connection:
        _operator(connection)
    address, reason = request.form.get("address", "")[:320], request.form.get("reason", "")[:500]
    return _remedy(
        lambda: bounces.lift(context().engine, address, actor=visitor().person, reason=reason)
    )


@pages.get("/admin/jobs")
def long_work() -> Response:
    """Long work, and how far it has come."""
    with context().engine.connect() as connection:
        _operator(connection)
        found = jobs.newest(connection, take=PAGE)
    answer = show("jobs.html", found=found)
    if any(one.finished_at is None and not one.lost for one in found):
        answer.headers["Refresh"] = "3"  # without script too, a bar moves
    return answer


def read_last(text: str) -> Last | None:
    """Where a page of the log ended; None, the first page, for anything else."""
    at, _, mail = text.partition("~")
    try:
        when = datetime.fromisoformat(at)
        return Last(when, UUID(mail)) if when.tzinfo else None
    except ValueError:
        return None


def _delivery(refused: Refused | None = None) -> Response:
    with context().engine.connect() as connection:
        _operator(connection)
        values = {
            "found": incidents(connection, take=PAGE), "counts": counts(connection),
            "servers": closed_servers(connection), "processes": processes(connection),
            "stopped": bounces.stopped(connection, limit=PAGE),
        }  # fmt: skip
    problems = [reason.text for reason in refused.reasons] if refused else []
    return show(
        "delivery.html", 422 if refused else 200, problems=problems, done=_word("done"), **values
    )


def _remedy(does: Callable[[], object]) -> Response:
    try:
        does()
    except Refused as refused:
        return _delivery(refused)
    return redirect("/admin/delivery?done=yes", 303)


def _which() -> Which:
    try:
        row = UUID(request.form["id"]) if "id" in request.form else None
    except ValueError:
        abort(400, description="This is no row.")
    return Which(kind=request.form.get("kind", "")[:20], id=row)


def _operator(connection: Connection[tuple[object, ...]]) -> None:
    """Only for whoever operates the installation; for all others there is nothing here."""
    if not person(connection).holds_any({ROLE}):
        abort(404)


def _word(name: str) -> str:
    text = request.args.get(name, "")[:200]
    return "" if unprintable(text) else text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
