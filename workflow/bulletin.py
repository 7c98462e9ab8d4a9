"""The bulletin: what a committee carried, with its text, and until when one may object."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from workflow.happened import Happened, Matter
from workflow.minutes import day_in_words
from workflow.paper import Paper, Part


def bulletin(happened: Happened, *, issuer: str, zone: ZoneInfo) -> Paper:
    """The bulletin of a meeting; without a part where nothing was carried."""
    carried = tuple(matter for matter in happened.matters if matter.carried)
    return Paper(
        issuer=issuer,
        title=f"Bulletin of the {happened.body_name}, {day_in_words(happened.held_on)}",
        stand=_stand(happened, carried),
        facts=tuple(_facts(happened, carried, zone)),
        parts=tuple(
            _part(n, matter, happened=happened, zone=zone) for n, matter in enumerate(carried, 1)
        ),
        foot="Drafted from the votes as they were counted; the roll by name stands in the minutes. "
        f"Meeting {happened.case}.",
    )


def _stand(happened: Happened, carried: tuple[Matter, ...]) -> str:
    if not carried:
        return "Nothing was carried at this meeting."
    items = "1 item was" if len(carried) == 1 else f"{len(carried)} items were"
    if happened.reports_to_senate:
        return f"{items} carried and reported to the Senate."
    return f"{items} carried. This committee's word is final for each."


def _facts(
    happened: Happened, carried: tuple[Matter, ...], zone: ZoneInfo
) -> Iterator[tuple[str, str]]:
    yield "Meeting", f"{day_in_words(happened.held_on)}, {happened.place}"
    dates = sorted(m.objections_until for m in carried if m.objections_until)
    if dates:
        yield "To object", f"Write to the Senate office by {_moment(dates[0], zone)}."


def _part(number: int, matter: Matter, *, happened: Happened, zone: ZoneInfo) -> Part:
    return Part(
        heading=f"{number}. {matter.title}",
        about=f"{matter.unit}, for “{matter.proposal_title}” ({matter.proposal}). "
        f"Item {matter.item}.",
        lines=(matter.votings[-1].sentence,),
        quoted=matter.text,
        result=_until(matter, happened, zone),
    )


def _until(matter: Matter, happened: Happened, zone: ZoneInfo) -> str:
    if matter.objections_until:
        return f"Objections can be made until {_moment(matter.objections_until, zone)}."
    if not happened.reports_to_senate:
        return ""
    if matter.carried_on:
        return f"Nobody objected; it is carried since {day_in_words(matter.carried_on)}."
    return "The notice to the Senate has ended."


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{day_in_words(local.date())}, {local:%H:%M}"
