"""A whole year, played: servers of its own, the plan, the people, the relay, and what it left."""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, LiteralString

import psycopg

from conferral.compose import bring_up, make_engine, pool
from conferral.issuer import handlers_of, keyring_of
from conferral.outside import keeping
from conferral.servers import embedded
from conferral.servers.mailbox import taking
from conferral.settings import Settings, load, variable
from conferral.simulation import absences, committees, learners, plan, proposals
from conferral.simulation.arrivals import Arrivals
from conferral.simulation.measure import Report, measured
from conferral.simulation.office import Journey, Office, SeededIds, VirtualClock
from conferral.simulation.people import people
from conferral.simulation.schedule import Schedule
from policies import calendar, delivery
from tasks.context import Context
from tasks.relay import Relay
from workflow.calendars import InForce, put_in_force
from workflow.engine import Connect, Engine
from workflow.recount import recount

#: A learner claims more than once in a year.
_CLAIMS_A_LEARNER: Final = 2
#: Two days on which nobody can work, told on the evening before; and by whom.
_STORM: Final = (date(2026, 10, 20), date(2026, 10, 21))
_ADMIN: Final = "ada-operator"


@dataclass(frozen=True, slots=True)
class SoFar:
    """How far a year has come: its day, how many have gone, what was done and sent."""

    day: date
    days: int
    acts: int
    mails: int


#: Whether relay or worker have anything to do; a look at nothing costs more than this question.
_DUE: Final[LiteralString] = """
SELECT EXISTS (SELECT FROM notification WHERE state = 'pending' AND due_at <= %s)
    OR EXISTS (SELECT FROM deadline WHERE state = 'armed' AND fires_at <= %s)
    OR EXISTS (SELECT FROM follow_on WHERE state = 'pending' AND due_at <= %s)"""

#: Mails a minute to one domain: the pace is real time, and a day here is gone in a second.
_NO_PACE: Final = 1_000_000

#: Told on each day of business time.
Told = Callable[[SoFar], None]


@dataclass
class _Year:
    """A year in play."""

    office: Office
    schedule: Schedule
    arrivals: Arrivals
    load: plan.Load

    def begin(self) -> None:
        """Put everything that is planned on the schedule."""
        office, seed = self.office, self.office.seed
        for meeting in plan.meetings(self.load, office.engine.calendar, seed=seed):
            day = committees.planned_on(meeting, plan.BEGINS)
            self._on(day, committees.play(office, meeting), "meeting", meeting.number)
        for proposal in plan.proposals(self.load, office.cast, seed=seed):
            self._on(proposal.day, proposals.play(office, proposal), "proposal", proposal.number)
        for claim in plan.claims(self.load, office.cast, seed=seed):
            self._on(claim.day, learners.play(office, claim), "claim", claim.number)
        for day, person in absences.absences(office, days=self.load.days):
            self._on(day, absences.play(office, person), "absence", person)
        evening = office.engine.calendar.end_of(_STORM[0] - timedelta(days=1))
        self.schedule.begin(evening, _storm(office))

    def _on(self, day: date, journey: Journey, *name: object) -> None:
        self.schedule.begin(self.office.at(day, self.office.draw("hour", *name)), journey)


def _storm(office: Office) -> Journey:
    """The university closes for two days: every open date is counted anew."""
    span = calendar.Span(first=_STORM[0], last=_STORM[1], name="Storm")
    said = calendar.with_closure(calendar.as_data(calendar.text()), span)
    with office.engine.connect() as connection, connection.transaction():
        put_in_force(
            connection, said, reason="A storm closes the campus.", actor=_ADMIN,
            at=office.clock.now(),
        )  # fmt: skip
    while recount(office.engine, wait=False).more:
        pass
    yield office.clock.now()


def simulate(data: Path, load_: plan.Load, *, seed: int, told: Told) -> Report:
    """Play a year on servers of its own in `data`, which is empty and stays as scratch."""
    began = time.monotonic()
    with embedded(data, need_redis=False, need_smtp=False, fast=True, keep=False, environ={}) as on:
        bring_up(on.database_url)
        with psycopg.connect(on.database_url) as connection:
            cast = people(connection, learners=max(load_.claims // _CLAIMS_A_LEARNER, 8))
        settings = _settings(data)
        first = calendar.load().start_of(plan.BEGINS)
        clock = VirtualClock(first)
        arrivals = Arrivals(clock.now)
        with pool(on.database_url, size=8) as connect, taking(arrivals) as smtp_url:
            engine = _engine(connect, clock, seed)
            office = Office(engine, clock, cast, seed, first + timedelta(days=load_.days))
            year = _Year(office, Schedule(office), arrivals, load_)
            with _faults() as faults:
                _play(year, settings, smtp_url=smtp_url, told=told)
            return measured(
                office, arrivals, settings, days=load_.days, faults=faults,
                seconds=time.monotonic() - began,
            )  # fmt: skip


def _settings(data: Path) -> Settings:
    environ = {
        variable("data"): str(data), variable("base_url"): "https://conferral.example.edu",
        "SECRET_KEY": secrets.token_urlsafe(48),
    }  # fmt: skip
    return load(environ, folder=data)


def _engine(connect: Connect, clock: VirtualClock, seed: int) -> Engine:
    """The engine of every installation; a new calendar is seen by business time."""
    calendars = InForce(connect, seconds=lambda: clock.now().timestamp())
    made = make_engine(connect, clock=clock, ids=SeededIds(seed))
    return replace(made, calendars=calendars, look_again=calendars.look_again)


def _play(year: _Year, settings: Settings, *, smtp_url: str, told: Told) -> None:
    office = year.office
    ring = keyring_of(settings, now=office.clock.now)
    relay = Relay(Context(
        engine=office.engine, smtp_url=smtp_url, sender=settings.mail_sender,
        base_url=settings.base_url, handlers=handlers_of(settings, office.engine.connect, ring),
        keep_log=keeping(settings, office.engine.connect, ring, now=office.clock.now),
        figures=replace(delivery.load(), per_minute=_NO_PACE),
    ))  # fmt: skip
    last = plan.BEGINS

    def tell() -> None:
        nonlocal last
        if office.today() != last:
            last = office.today()
            told(SoFar(
                last, (last - plan.BEGINS).days, office.acts, len(year.arrivals.taken)
            ))  # fmt: skip

    year.begin()

    def drain() -> int:
        return relay.drain() if office.ask(_DUE, *[office.clock.now()] * 3) else 0

    year.schedule.run(until=office.last, drain=drain, told=tell)


class _Counting(logging.Handler):
    """Counts what our own rooms log as an error or a warning."""

    def __init__(self, counted: Counter[str]) -> None:
        super().__init__(logging.WARNING)
        self._counted = counted

    def emit(self, record: logging.LogRecord) -> None:
        """One more of this kind; what differs from one to the next is left out."""
        self._counted[f"{record.name}: {record.msg}"] += 1


@contextmanager
def _faults() -> Iterator[Counter[str]]:
    """Warnings and errors of relay, worker and engine, by their message."""
    counted: Counter[str] = Counter()
    handler = _Counting(counted)
    logs = [logging.getLogger(name) for name in ("tasks", "workflow")]
    for log in logs:
        log.addHandler(handler)
    try:
        yield counted
    finally:
        for log in logs:
            log.removeHandler(handler)
