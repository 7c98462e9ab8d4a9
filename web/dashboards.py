"""How long cases take, and what waits for whom: each as a picture, a table and a CSV."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from web.charts import Bar, Chart, chart
from web.guard import context
from web.pages import show
from web.who import person
from workflow.queries import dashboards
from workflow.queries.dashboards import Load, Stay

pages = Blueprint("dashboards", __name__)

_STAYS: Final = ("state", "cases", "half_within", "most_within", "limit")
_LOADS: Final = ("who", "open", "late", "oldest")


@pages.get("/dashboards")
def both() -> Response:
    """Both, for everyone who works here."""
    machine, stays, loads = _figures()
    return show(
        "dashboards.html", machine=machine, machines=context().engine.machines, stays=stays,
        loads=loads, worst=dashboards.bottleneck(loads), stayed=stays_chart(stays),
        waits=loads_chart(loads),
    )  # fmt: skip


@pages.get("/dashboards/states.csv")
def states() -> Response:
    """How long cases stayed, for a spreadsheet; a group that is not shown has no figures."""
    stays = _figures()[1]
    return _csv(_STAYS, ((s.says, s.cases * (s.half is not None) or None, s.half, s.most, s.limit)
                         for s in stays))  # fmt: skip


@pages.get("/dashboards/waiting.csv")
def waiting() -> Response:
    """What waits for whom, for a spreadsheet."""
    return _csv(_LOADS, ((w.role, w.open, w.late, w.oldest) for w in _figures()[2]))


def _figures() -> tuple[str, tuple[Stay, ...], tuple[Load, ...]]:
    engine, machine = context().engine, request.args.get("machine", "proposal")
    if machine not in engine.machines:
        abort(404)
    with engine.connect() as connection:
        if not person(connection).of_the_university:
            abort(404)
        stays = dashboards.stays(connection, engine.machines[machine], engine.calendar)
        loads = dashboards.loads(connection, now=engine.clock.now(), calendar=engine.calendar)
    return machine, stays, loads


def stays_chart(stays: Iterable[Stay]) -> Chart:
    """Half as a bar, most as a line, the limit dashed."""
    return chart([
        Bar(name=one.says, says=f"half in {one.half}, most in {one.most}", length=one.half,
            until=one.most, limit=one.limit)
        for one in stays if one.half is not None
    ])  # fmt: skip


def loads_chart(loads: Iterable[Load]) -> Chart:
    """Open items as a bar, the late ones hollow at its start."""
    return chart([
        Bar(name=one.role, length=one.open, hollow=one.late,
            says=f"{one.open} items" + (f", {one.late} late" if one.late else ""))
        for one in loads
    ])  # fmt: skip


def _csv(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment"
    return answer
