"""Dates that a new calendar moved in a case: what the entry keeps, and the rows that follow."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from pydantic import Field

from workflow.changes import Change, Update
from workflow.definition import SAME, Row, State
from workflow.effects import Action, Keep, notify
from workflow.forms import Form, Paragraph
from workflow.roles import SYSTEM_ROLE

PRACTICE = "practice"


class MovedDeadline(Form):
    """One deadline: when it would have fired, and when it does now."""

    id: UUID
    was: datetime
    fires_at: datetime
    due_at: datetime


class MovedWork(Form):
    """What waits for somebody: when it was due, and when it is due now."""

    kind: str
    was: datetime
    due_at: datetime


class Recount(Form):
    """What a version of the calendar moves in one case, and why it changed."""

    calendar: int = Field(title="Calendar version")
    why: Paragraph = Field(title="Why the calendar changed")
    deadlines: tuple[MovedDeadline, ...] = ()
    work: tuple[MovedWork, ...] = ()
    #: Whoever has what moved by a day or more.
    people: tuple[str, ...] = ()


def _moved(act: Action) -> Iterator[Change]:
    """Only what still stands as it was read is moved: what went out stays out."""
    form = act.facts.form
    if not isinstance(form, Recount):
        raise TypeError("a recount takes a Recount")
    for one in form.deadlines:
        where = {"case_id": act.case, "id": one.id, "fires_at": one.was, "state": "armed"}
        yield Update("deadline", where, {"fires_at": one.fires_at, "due_at": one.due_at})
    for item in form.work:
        where = {
            "case_id": act.case, "kind": item.kind, "due_at": item.was, "state": "open",
        }  # fmt: skip
        yield Update("work_item", where, {"due_at": item.due_at})
    if form.work:
        facts = {
            "due": form.work[0].due_at.isoformat(), "was": form.work[0].was.isoformat(),
            "why": form.why,
        }  # fmt: skip
        yield from notify(act, "date_moved", form.people, importance="know", facts=facts)


MOVED = Keep("move what is due", _moved)


def recounted(*states: State) -> Row:
    """The row by which a new calendar moves the dates of a case in one of these states."""
    return Row(
        "recount", states, SAME, SYSTEM_ROLE, PRACTICE, "Count the dates anew",
        form=Recount, then=(MOVED,), effect="Its dates follow the university's calendar.",
    )  # fmt: skip
