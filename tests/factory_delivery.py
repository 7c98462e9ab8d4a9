"""A coherent row of every table of sending and of long work, for `tests.factory`."""

from datetime import datetime
from uuid import UUID

ONE = UUID(int=1)


def rows_of_delivery(person: str, at: datetime, *, thread: str) -> dict[str, dict[str, object]]:
    """One row a table, of this person at this time."""
    return {
        "envelope": {
            "id": ONE,
            "recipient": person,
            "thread": thread,
            "importance": "know",
            "created_at": at,
            "due_at": at,
        },
        "mail_wishes": {"person": person, "changed_at": at},
        "attempt": {"envelope": ONE, "fence": 1, "at": at, "result": "sent", "answer": "250 OK"},
        "mail_server": {"name": "mail.example.edu:25", "failures": 1},
        "mail_pace": {"domain": "example.edu", "next_at": at},
        "bounce": {
            "report": "<made-up@mail.example.edu>",
            "address": "made.up@example.edu",
            "kind": "hard",
            "status": "5.1.1",
            "says": "550 no such user",
            "at": at,
        },
        "undeliverable": {
            "address": "made.up@example.edu",
            "person": person,
            "since": at,
            "why": "550 no such user",
        },
        "running_process": {
            "id": ONE,
            "kind": "worker",
            "host": "made-up",
            "pid": 1,
            "does": "mail",
            "since": at,
            "seen_at": at,
        },
        "job": {
            "id": ONE,
            "kind": "reminders",
            "says": "Reminders of this week",
            "by": person,
            "total": 2,
            "started_at": at,
            "seen_at": at,
        },
    }
