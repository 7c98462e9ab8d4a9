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
    if page.ends:
        return f"It is {page.state_says}."
    turn = page.turn
    asked = [one for one in page.holders if not one.main]
    newest = max(asked, key=lambda one: one.since, default=None)
    if not moved:
        since = page.history[0].at
        return _asked(newest) if newest and newest.since == since else ""
    if turn is None:
        return f"It is {page.state_says}."
    return "It is your turn now." if turn.yours else _has_it(turn)


def _has_it(turn: Holder) -> str:
    who = turn.who or turn.role
    by = f" and answers by {reader().near(turn.due.at)}" if turn.due.at else ""
    return f"{who} has it now{by}."


def _asked(holder: Holder) -> str:
    who = holder.who or holder.role
    by = f" and answers by {reader().near(holder.due.at)}" if holder.due.at else ""
    return f"{who} is asked{by}."
