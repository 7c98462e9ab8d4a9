"""The registrar's page: what waits for a number, many confirmed at once, the week as a file."""

from datetime import date
from typing import Final

import orjson
from flask import Blueprint, abort, request
from psycopg import Connection
from werkzeug.wrappers import Response

from web.guard import context, visitor
from web.pages import reader, show
from web.who import person
from workflow.forms import unprintable
from workflow.perform import Command, Refused, perform
from workflow.queries.registrar import Record, as_csv, as_data, of_week, unconfirmed

Rows = Connection[tuple[object, ...]]

_FIELD: Final = "record."
_LONGEST: Final = 300

pages = Blueprint("registry", __name__)


@pages.get("/registrar")
def waiting() -> Response:
    """Every award whose record waits, with a field for its number."""
    return _page((), ())


@pages.post("/registrar")
def confirm() -> Response:
    """Confirm each record that was given a number; the others wait on."""
    records, _ = _waiting()
    given = [(one, request.form.get(_FIELD + one.award, "").strip()) for one in records]
    answers = [(one, number, _confirmed(one, number)) for one, number in given if number]
    done = tuple((one, number) for one, number, why in answers if not why)
    refused = tuple((one, number, why) for one, number, why in answers if why)
    return _page(done, refused, status=409 if refused else 200)


@pages.get("/registrar/feed.<form>")
def feed(form: str) -> Response:
    """The awards of a week, as a file in columns that do not change."""
    if form not in {"csv", "json"}:
        abort(404)
    day = _day()
    with context().engine.connect() as connection:
        _as_registrar(connection)
        records = of_week(connection, day, zone=context().zone, now=context().engine.clock.now())
    answer = Response(as_csv(records), mimetype="text/csv") if form == "csv" else _json(records)
    answer.headers["Content-Disposition"] = f'attachment; filename="awards-{day}.{form}"'
    return answer


def _page(
    done: tuple[tuple[Record, str], ...], refused: tuple[tuple[Record, str, str], ...],
    status: int = 200,
) -> Response:  # fmt: skip
    records, today = _waiting()
    return show(
        "registrar.html", status, records=records, today=today, done=done,
        typed={one.award: (number, why) for one, number, why in refused},
    )  # fmt: skip


def _waiting() -> tuple[tuple[Record, ...], date]:
    engine, zone = context().engine, context().zone
    with engine.connect() as connection:
        _as_registrar(connection)
        return unconfirmed(connection, zone=zone, now=engine.clock.now()), reader().today


def _as_registrar(connection: Rows) -> None:
    """The page of an office is as if it did not exist for those who do not hold it."""
    if not person(connection).holds_any({"registrar"}):
        abort(404)


def _confirmed(one: Record, number: str) -> str:
    """Why a record was not confirmed; "" where it was."""
    if len(number) > _LONGEST or unprintable(number):
        return "That is no record number."
    wanted = Command(
        trigger="record_confirmed", actor=visitor().person, case=one.award,
        key=f"confirm {one.award} {number}", form={"record": number, "kept_in": one.kept_in},
    )  # fmt: skip
    try:
        perform(context().engine, wanted)
    except Refused as problem:
        return " ".join(reason.text for reason in problem.reasons)
    return ""


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return reader().today


def _json(records: tuple[Record, ...]) -> Response:
    return Response(orjson.dumps(as_data(records)), mimetype="application/json")
