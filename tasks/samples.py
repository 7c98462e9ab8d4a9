"""A made-up letter of every kind, to see what a mail says before anybody gets it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

from tasks.letters import Letter, Mail
from workflow.clocks import Calendar
from workflow.definition import Definition
from workflow.effects import NAMESPACE
from workflow.notices import importances

PERSON: Final = "sample"
#: What a form may have said, in every field that a mail repeats.
_FORM: Final = {
    "note": "The second half is new.", "question": "Does the stacked course count as a program?",
    "answer": "It does, for the catalog says so.", "message": "Two things are left.",
    "reason": "Its course changes the curriculum.", "committee_required": "yes",
    "rationale": "It repeats what another credential covers.", "says": "3 yes, 5 no, 1 abstained.",
    "text": "@Rowan Sample, could you look at outcome 2?", "comment": "Could you look at it?",
}  # fmt: skip
_CHANGES: Final = [
    "Give outcome 4 a threshold a second assessor would apply the same way.",
    "Name the program outcome it serves.",
]
_SINCE: Final = [("mae", "Mae Fictional", "edit"), (PERSON, "Rowan Sample", "edit")]


def sample(kind: str, definition: Definition, calendar: Calendar, *, now: datetime) -> Mail:
    """A mail of one kind, with made-up facts, as if it went out now."""
    letter = _letter(kind, definition, calendar, now=now)
    return Mail(letter.id, letter.case, now, [letter])


def _letter(kind: str, definition: Definition, calendar: Calendar, *, now: datetime) -> Letter:
    late = kind.endswith((".late", ".escalate"))
    due = now - timedelta(days=4) if late else calendar.add_business_days(now, 4)
    state = _state(kind, definition)
    entered = now - timedelta(days=10)
    stays = [(definition.initial.name, (entered - timedelta(days=20)).isoformat())]
    if state != definition.initial.name:
        stays.append((state, entered.isoformat()))
    importance = importances(definition).get(kind, "act")
    return Letter(
        id=uuid5(NAMESPACE, f"sample\x1f{kind}"), case=f"{definition.prefix}-241", seq=7, kind=kind,
        importance=importance, facts=_facts(due, now), created_at=now, person=PERSON,
        name="Rowan Sample", address="rowan.sample@example.edu", zone=calendar.timezone,
        machine=definition.machine, state=state, actor="ida", actor_name="Ida Example",
        form=_FORM, entered_at=entered, title=_title(definition), unit="Libraries",
        learner="leo", learner_name="Leo Learner", body="ucc", meeting_on=due.date(),
        changes=_CHANGES, stays=stays, holders=["Ida Example"], due_at=due,
        last_wrote=entered, since=_SINCE if definition.machine == "proposal" else [],
    )  # fmt: skip


def _title(definition: Definition) -> str:
    if definition.machine == "meeting":
        return "University Curriculum Committee, Fri 22 Jan 2027"
    return "Data Storytelling"


def _state(kind: str, definition: Definition) -> str:
    """The state that the kind names, where it names one."""
    names = {state.name for state in definition.states}
    return next((word for word in kind.split(".")[1:] if word in names), definition.initial.name)


def _facts(due: datetime, now: datetime) -> dict[str, object]:
    return {
        "due": due.isoformat(), "told": ["J. Lee"], "late": ["Rowan Sample"],
        "tally": "7 yes, 1 no, 1 abstained; 9 of 12 voted.", "met": 3, "of": 4, "kept": 1,
        "reasons": ["The bulletin was not mailed."], "outcomes": ["Tell a story with a chart."],
        "agenda": ["Data Storytelling", "Public Speaking"],
        "counted": "9 items (6 consent, 3 discussion)", "when": "Fri 22 Jan at 14:00",
        "place": "Green Library 220", "starts_at": (now + timedelta(days=30)).isoformat(),
    }  # fmt: skip
