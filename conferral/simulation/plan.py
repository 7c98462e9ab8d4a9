"""What a simulated year brings, drawn from a seed: proposals, meetings, claims, absences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from conferral.simulation.people import Cast
from policies.calendar import UniversityCalendar

#: Monday of the first week of Fall 2026.
BEGINS: Final = date(2026, 8, 24)
#: In hundredths: which way a proposal takes, and what becomes of it.
_WAYS: Final = {"asa_only": 62, "determination": 14, "committee": 22, "certificate": 2}
_FATES: Final = {
    "goes_on": 62, "returned": 18, "idle": 6, "withdrawn": 4, "declined": 4, "abandoned": 3,
    "not_carried": 1, "returned_by_body": 2,
}  # fmt: skip
_CLAIM_FATES: Final = {
    "goes_on": 60, "second_try": 15, "no_reflection": 6, "reflection_returned": 7, "withdrawn": 4,
    "nothing": 5, "sent_back": 3,
}  # fmt: skip
#: Proposals come until this share of the year is over, claims from there on till the end.
_PROPOSING, _CLAIMING = 0.75, 0.12
_FIRST_CHOICE, _EVERY = date(2026, 9, 11), timedelta(days=7)
_LAST_MEETING: Final = date(2027, 4, 30)


@dataclass(frozen=True, slots=True)
class Load:
    """How much a year carries."""

    days: int
    proposals: int
    meetings: int
    claims: int


@dataclass(frozen=True, slots=True)
class ProposalPlan:
    """A proposal to come."""

    number: int
    day: date
    proposer: str
    unit: str
    way: str
    fate: str
    level: str
    officer: str
    assessors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """A meeting to come: held, without a quorum, or cancelled."""

    number: int
    day: date
    body: str
    fate: str


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """A learner who will claim something."""

    number: int
    day: date
    learner: str
    fate: str


def load_for(days: int) -> Load:
    """The load of governance on a year of 400 days; of fewer days the same share."""
    share = min(days / 400, 1.0)
    return Load(days, round(300 * share), round(40 * share), round(400 * share))


def proposals(load: Load, cast: Cast, *, seed: int) -> Iterator[ProposalPlan]:
    """Every proposal, in the order in which they come."""
    chance = Random(f"{seed}/proposals")  # noqa: S311 - repeatable on purpose
    days = sorted(chance.randrange(round(load.days * _PROPOSING)) for _ in range(load.proposals))
    for number, day in enumerate(days, 1):
        proposer, unit = chance.choice(cast.proposers)
        yield ProposalPlan(
            number, BEGINS + timedelta(days=day), proposer, unit,
            way=_drawn(chance, _WAYS), fate=_drawn(chance, _FATES),
            level=chance.choice(("undergraduate", "graduate")),
            officer=chance.choice(cast.officers),
            assessors=tuple(chance.sample(cast.assessors, 3)),
        )  # fmt: skip


def meetings(load: Load, calendar: UniversityCalendar, *, seed: int) -> list[MeetingPlan]:
    """Every meeting: the days of the cycles, then the Fridays between, each body in its turn."""
    chance = Random(f"{seed}/meetings")  # noqa: S311 - repeatable on purpose
    ends = BEGINS + timedelta(days=load.days)
    of_cycles = [
        (day, body)
        for cycle in calendar.cycles
        for body, day in (("ugc", cycle.councils), ("gc", cycle.councils), ("ucc", cycle.hearing))
        if day is not None
    ]
    days = sorted({*of_cycles, *_between(calendar, of_cycles)}, key=lambda one: one)
    wanted = [one for one in days if one[0] < ends]
    extra = [one for one in wanted if one not in of_cycles]
    chosen = [one for one in wanted if one in of_cycles]
    chosen += chance.sample(extra, max(0, min(len(extra), load.meetings - len(chosen))))
    chosen = sorted(chosen)[: load.meetings]
    odd = dict(zip(chance.sample(range(len(chosen)), min(3, len(chosen) // 4)),
                   ("cancelled", "no_quorum", "cancelled"), strict=False))  # fmt: skip
    return [MeetingPlan(n, day, body, odd.get(n, "held")) for n, (day, body) in enumerate(chosen)]


def _between(
    calendar: UniversityCalendar, taken: Sequence[tuple[date, str]]
) -> Iterator[tuple[date, str]]:
    """Fridays on which nobody meets yet, the bodies in turn."""
    busy, day, turn = {day for day, _ in taken}, _FIRST_CHOICE, 0
    while day <= _LAST_MEETING:
        if day not in busy and calendar.is_business_day(day):
            yield day, ("ugc", "gc", "ucc")[turn % 3]
            turn += 1
            yield day, ("ugc", "gc", "ucc")[turn % 3]
            turn += 1
        day += _EVERY


def claims(load: Load, cast: Cast, *, seed: int) -> Iterator[ClaimPlan]:
    """Every claim; the same learner may come again."""
    chance = Random(f"{seed}/claims")  # noqa: S311 - repeatable on purpose
    first = round(load.days * _CLAIMING)
    days = sorted(chance.randrange(first, load.days) for _ in range(load.claims))
    for number, day in enumerate(days, 1):
        yield ClaimPlan(
            number, BEGINS + timedelta(days=day), chance.choice(cast.learners),
            _drawn(chance, _CLAIM_FATES),
        )  # fmt: skip


def _drawn(chance: Random, shares: dict[str, int]) -> str:
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]
