"""What a person reads after they acted: what they did, who has it now, and until when."""

from web.pages import reader
from workflow.queries.page import CasePage, Holder
from workflow.queries.people import Person


def notice(page: CasePage, me: Person, done: str) -> str:
    """The sentences for the visitor's own entry of this number; "" for anything else."""
    line = next((one for one in page.history if str(one.seq) == done and one.actor == me.id), None)
    if line is None:
        return ""
    return f"You {line.did} {_next(page, moved=line.from_state != line.to_state)}".strip()


def _next(page: CasePage, *, moved: bool) -> str:
    turn = page.turn
    if not moved:
        return _newly_asked(page)
    if turn is None or not turn.who:
        return f"It is {page.state_says}."
    return "It is your turn now." if turn.yours else f"{turn.who} has it now{_by(turn)}."


def _newly_asked(page: CasePage) -> str:
    """Whoever this entry asked for something, beside whose turn it is."""
    since = page.history[0].at
    asked = (one for one in page.holders if not one.main and one.since == since and one.who)
    return " ".join(f"{one.who} is asked{_by(one)}." for one in asked)


def _by(holder: Holder) -> str:
    if holder.due.at is None:
        return ""
    day = reader().near(holder.due.at)
    return f" and answers {day}" if day in {"today", "tomorrow"} else f" and answers by {day}"
