"""Where simulated people act: the real door, on a clock that moves only when it is told to."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Final, LiteralString
from uuid import UUID

from conferral.errors import ConferralError
from conferral.simulation.people import Cast
from workflow.engine import Engine
from workflow.follow import follow
from workflow.perform import Command, Done, Refused, perform

#: What somebody does over the year: it yields the instant at which it goes on.
Journey = Iterator[datetime]
#: People look at their desk each half hour from 08:30 to 16:30.
_LOOKS: Final = 17
_LOOK: Final = timedelta(minutes=30)
_ACT: Final = timedelta(seconds=2)
#: What an action causes at once in other cases, as the web carries it out.
_AT_ONCE: Final = 20


class Stopped(ConferralError):
    """An action was refused, so whoever wanted it goes no further on this way."""

    def __init__(self, command: Command, refused: Refused) -> None:
        super().__init__("; ".join(reason.text for reason in refused.reasons))
        self.trigger = command.trigger
        self.rules = tuple(dict.fromkeys(reason.rule for reason in refused.reasons))


class VirtualClock:
    """Business time, which stands where it is set and never goes back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The present instant."""
        return self._at

    def advance_to(self, instant: datetime) -> None:
        """Let it be `instant`, unless that has passed."""
        self._at = max(self._at, instant)

    def tick(self) -> None:
        """Let the two seconds of an action pass, so that no two entries share an instant."""
        self._at += _ACT


class SeededIds:
    """Ids that the seed decides, so that a year can be played again."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose

    def uuid(self) -> UUID:
        """A fresh id."""
        return UUID(int=self._random.getrandbits(128), version=4)

    def below(self, bound: int) -> int:
        """A number from 0 up to, not including, `bound`."""
        return self._random.randrange(bound)


@dataclass
class Office:
    """The engine, its people, and short words for what they do and how long they take."""

    engine: Engine
    clock: VirtualClock
    cast: Cast
    seed: int
    last: datetime
    #: In per cent, how often somebody acts after the due day.
    late: int = 15
    #: trigger and rule -> how often an action was refused.
    refused: Counter[str] = field(default_factory=Counter)
    acts: int = 0
    #: Who is away, since when and until when; their deputy acts meanwhile.
    away: dict[str, tuple[date, date]] = field(default_factory=dict)
    #: How a committee decides on the proposals that do not carry: case -> fate.
    fates: dict[str, str] = field(default_factory=dict)
    _keys: "count[int]" = field(default_factory=count)

    # ------------------------------------------------------------------------------- acting

    def do(self, trigger: str, actor: str, case: str, **form: object) -> Done:
        """One action of a person; Stopped where it is refused."""
        return self._perform(Command(
            trigger=trigger, actor=actor, case=case, key=self._key(), form=form,
        ))  # fmt: skip

    def open(self, machine: str, trigger: str, actor: str, **form: object) -> str:
        """An action that begins a case; the case."""
        return self._perform(Command(
            trigger=trigger, actor=actor, machine=machine, key=self._key(), form=form,
        )).case  # fmt: skip

    def _key(self) -> str:
        return f"year-{self.seed}-{next(self._keys)}"

    def _perform(self, command: Command) -> Done:
        self.clock.tick()
        try:
            done = perform(self.engine, command)
        except Refused as refused:
            stopped = Stopped(command, refused)
            self.refused.update(f"{command.trigger}: {rule}" for rule in stopped.rules)
            raise stopped from refused
        self.acts += 1
        follow(self.engine, cause=done.case, limit=_AT_ONCE)
        return done

    @contextmanager
    def unless(self, rule: str) -> Iterator[None]:
        """What this rule alone refuses is expected: it is not counted, and nobody stops."""
        try:
            yield
        except Stopped as stopped:
            if stopped.rules != (rule,):
                raise
            self.refused[f"{stopped.trigger}: {rule}"] -= 1

    def acting(self, person: str) -> str:
        """The person, or whoever stands in for them today."""
        first, last = self.away.get(person, (date.max, date.min))
        return self.cast.deputies[person] if first <= self.today() <= last else person

    # ------------------------------------------------------------------------------- reading

    def state(self, case: str) -> str:
        """Where a case is."""
        return str(self.ask("SELECT state FROM cases WHERE id = %s", case))

    def ask(self, query: LiteralString, *values: object) -> object:
        """One value from the database; None where no row is found."""
        rows = self.rows(query, *values)
        return rows[0][0] if rows else None

    def rows(self, query: LiteralString, *values: object) -> list[tuple[object, ...]]:
        """The rows of a query."""
        with self.engine.connect() as connection:
            return connection.execute(query, values).fetchall()

    # ------------------------------------------------------------------------------- time

    def today(self) -> date:
        """The day of business time."""
        return self.engine.calendar.day_of(self.clock.now())

    def draw(self, *name: object) -> Random:
        """Chance of one journey's own: what others do does not change it."""
        return Random("/".join(map(str, (self.seed, *name))))  # noqa: S311 - repeatable on purpose

    def at(self, day: date, chance: Random) -> datetime:
        """Some half hour of the first business day from `day` on, after now."""
        calendar = self.engine.calendar
        while True:
            day = calendar.nth_business_day(day, 0)
            instant = calendar.at(day, time(8, 30)) + chance.randrange(_LOOKS) * _LOOK
            if instant > self.clock.now():
                return instant
            day += timedelta(days=1)

    def later(self, chance: Random, least: int, most: int) -> datetime:
        """Between so many business days from now."""
        calendar = self.engine.calendar
        count = chance.randint(least, most)
        return self.at(calendar.nth_business_day(self.today(), count), chance)

    def within(self, chance: Random, days: int) -> datetime:
        """When somebody does what is due in so many business days: mostly in time."""
        if chance.randrange(100) < self.late:
            return self.later(chance, days + 1, days + 8)
        return self.later(chance, 0, max(days - 1, 0))
