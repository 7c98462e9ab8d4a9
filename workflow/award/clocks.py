"""When an award's states are due: the completion window, and what is added to it."""

from datetime import datetime, timedelta

from policies.clocks import clock
from workflow.award.facts import ASSESSMENT, REFLECTION_REVIEW, AwardFacts
from workflow.clocks import Calendar

#: The office's figures that these dates are made of.
WINDOW, TRY, REFLECT, ISSUING = (
    clock("award", state) for state in ("claimed", "not_yet", "reflection", "approved_to_issue")
)
#: Business days an assessor has; what is later is added to the learner's window.
ASSESSOR_DAYS = {state: clock("award", state).days for state in (ASSESSMENT, REFLECTION_REVIEW)}


def window_end(facts: AwardFacts, calendar: Calendar) -> datetime:
    """End of the completion window: its months, extensions, and the days assessors were late."""
    end = calendar.months_after(facts.case.opened_at, WINDOW.months)
    more = facts.extended_days + _late(facts, calendar)
    return calendar.add_business_days(end - timedelta(days=1), 1 + more)


def claim_due(facts: AwardFacts, calendar: Calendar) -> datetime:
    """The end of the window; after a round of assessment never sooner than a new try takes."""
    end = window_end(facts, calendar)
    if not facts.moves:
        return end
    return max(end, calendar.add_business_days(_began(facts, "claimed"), TRY.days))


def reflection_due(facts: AwardFacts, calendar: Calendar) -> datetime:
    """Its business days; for a micro-certificate its completion window, where that is later."""
    due = calendar.add_business_days(_began(facts, "reflection"), REFLECT.days)
    return max(due, window_end(facts, calendar)) if facts.is_certificate else due


def issuing_due(facts: AwardFacts, _: Calendar) -> datetime:
    """An hour: issuing takes minutes, so an operator looks after that."""
    return facts.now + timedelta(hours=ISSUING.hours)


def _began(facts: AwardFacts, state: str) -> datetime:
    """When the state's clock began: earlier where the state stays, now where it is entered."""
    return facts.case.clock_at if facts.case.state == state else facts.now


def _late(facts: AwardFacts, calendar: Calendar) -> int:
    """Business days by which assessors were late."""
    return sum(
        max(0, calendar.business_days_between(entered, left) - allowed)
        for state, allowed in ASSESSOR_DAYS.items()
        for entered, left in facts.stays(state)
    )
