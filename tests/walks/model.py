"""What every model has: the agreed rows, guards by hand, and a comparison after each step.

A model knows nothing of the rules of `workflow`: it keeps its own few words on where a case stands,
says of each attempt whether it may be and where it leads, and is proved wrong by the first answer
that differs.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import ClassVar, Protocol, TypeVar

from tests.walks.agreed import agreed
from workflow.rules import Reason

T = TypeVar("T")
Answer = str | tuple[Reason, ...]
Form = Mapping[str, object]


class Driver(Protocol):
    """What carries an attempt out: an engine in memory, or the one on the database."""

    @property
    def now(self) -> datetime: ...
    def attempt(
        self, trigger: str, actor: str, case: str | None, machine: str, form: Form | None = None
    ) -> Answer: ...
    def newest(self, machine: str) -> str: ...
    def state(self, case: str) -> str: ...
    def pending(self) -> Sequence[tuple[object, str, str, str | None, Form]]: ...
    def fire(self, follow_on: object) -> Answer: ...
    def pass_time(self, to: datetime) -> None: ...
    def fires_at(self, case: str) -> datetime | None: ...
    def warned(self, case: str) -> int: ...
    def mail_all(self, case: str) -> None: ...
    def column(self, table: str, case: str, name: str) -> object: ...
    def sign(self, case: str) -> None: ...


@dataclass(frozen=True)
class Try:
    """One attempt."""

    trigger: str
    actor: str
    form: Form = field(default_factory=dict)


#: A new calendar that moves nothing of this case.
RECOUNT: Form = {"calendar": 1, "why": "The university is closed for a day."}


class DivergenceError(AssertionError):
    """The definition and the model answer differently."""


class Model(ABC):
    """A case as the model sees it."""

    machine: str
    #: Whom a walk lets try things.
    people: tuple[str, ...]
    #: How seldom a trigger is tried, from 0 to 1: what ends a walk early, or leads nowhere.
    rare: ClassVar[Mapping[str, float]]

    def __init__(self, driver: Driver, random: Random) -> None:
        self.driver, self.random = driver, random
        self.case: str | None = None
        self.state = ""
        self.told: list[str] = []
        self.steps = 0
        #: (trigger, from, to) of everything that happened.
        self.taken: set[tuple[str, str, str]] = set()

    # ------------------------------------------------------------------- what a machine says

    @abstractmethod
    def form(self, trigger: str) -> Form:
        """A form for a trigger, sometimes a wrong one."""

    @abstractmethod
    def holds(self, role: str, t: Try) -> bool:
        """Whether the actor is this, in this case."""

    @abstractmethod
    def done(self, t: Try, before: str) -> None:
        """Keep what an attempt has changed; `self.state` is where it led."""

    @abstractmethod
    def world(self) -> None:
        """Something happens around the case: time passes, others act."""

    def actor(self, trigger: str) -> str:
        """Who tries a trigger: mostly somebody who may."""
        likely = self.likely(trigger)
        if likely and self.random.random() < 0.7:
            return self.one_of(likely)
        return self.one_of(self.people)

    @abstractmethod
    def likely(self, trigger: str) -> Sequence[str]:
        """People who may well do it."""

    def ahead(self) -> Try | None:
        """What would lead further, None where nothing does: so that a walk sees every state."""
        return None

    @property
    def worldly(self) -> float:
        """How often the world goes on instead, from 0 to 1."""
        return 0.2

    # ------------------------------------------------------------------- the verdict

    def verdict(self, t: Try) -> str | None:
        """Where an attempt leads, None where it may not be."""
        rows = agreed(self.machine).from_(self.state, t.trigger)
        enabled = [
            to for to, roles in rows.items()
            if any(self._guarded(role, t, to) for role in roles)
        ]  # fmt: skip
        assert len(enabled) <= 1, f"two rows of {t.trigger} from {self.state}: {enabled}"
        return enabled[0] if enabled else None

    def _guarded(self, role: str, t: Try, to: str) -> bool:
        if not self.holds(role, t):
            return False
        guard: Callable[[Try, str], bool] = getattr(self, f"may_{t.trigger}", lambda *_: True)
        return guard(t, to) and self.in_role(role, t, to)

    def in_role(self, role: str, t: Try, to: str) -> bool:  # noqa: ARG002 - for those who need it
        """What a row asks of one of its roles only."""
        return True

    # ------------------------------------------------------------------- a walk

    def walk(self, steps: int) -> int:
        """So many steps; how many attempts were compared."""
        for _ in range(steps):
            if self.case is not None and self.random.random() < self.worldly:
                self.world()
            else:
                self.attempt(self.propose())
        return self.steps

    def propose(self) -> Try:
        """An attempt: mostly what the state has a row for."""
        ahead = self.ahead() if self.random.random() < 0.35 else None
        if ahead is not None:
            return ahead
        triggers = agreed(self.machine).triggers
        here = [t for t in triggers if agreed(self.machine).from_(self.state, t)]
        trigger = self.one_of(triggers)
        if here and self.random.random() < 0.95:
            weights = [1 - self.rare.get(name, 0.0) for name in here]
            (trigger,) = self.random.choices(here, weights)
        if trigger == "recount":
            return Try(trigger, self.one_of(["system", *self.people]), RECOUNT)
        return Try(trigger, self.actor(trigger), self.form(trigger))

    def attempt(self, t: Try) -> bool:
        """Ask both, compare, and keep what has changed; whether it happened."""
        wanted = self.verdict(t) if self.begins(t) or self.case is not None else None
        case = None if self.begins(t) and self.case is None else self.case
        if case is None and not self.begins(t):
            return False
        answer = self.driver.attempt(t.trigger, t.actor, case, self.machine, t.form)
        return self.compare(t, wanted, answer)

    def begins(self, t: Try) -> bool:
        """Whether the trigger begins a case."""
        return bool(agreed(self.machine).from_("", t.trigger))

    def compare(self, t: Try, wanted: str | None, answer: Answer) -> bool:
        """DivergenceError where the two answers differ."""
        self.steps += 1
        got = answer if isinstance(answer, str) else None
        said = str(dict(t.form))[:160]
        self.told.append(f"{self.state or '-'}: {t.trigger} by {t.actor} {said} -> {got}")
        if got != wanted:
            why = "" if isinstance(answer, str) else " ".join(r.text for r in answer)
            raise DivergenceError(
                f"{self.machine}: {t.trigger} by {t.actor} from {self.state or 'nowhere'}: "
                f"agreed {wanted}, decided {got} {why}\n{self}\n" + "\n".join(self.told[-30:])
            )
        if got is None:
            return False
        if self.case is None:
            self.case = self.driver.newest(self.machine)
        before, self.state = self.state, got
        self.taken.add((t.trigger, before, got))
        self.done(t, before)
        assert self.driver.state(self.case) == self.state
        return True

    # ------------------------------------------------------------------- words for models

    def __str__(self) -> str:
        hidden = {"driver", "random", "told", "taken"}
        return str({name: value for name, value in vars(self).items() if name not in hidden})

    def one_of(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def often(self, right: T, *others: T) -> T:
        """Mostly the right one."""
        return right if self.random.random() < 0.75 or not others else self.one_of(others)

    def must(self, trigger: str, actor: str, case: str | None, machine: str, **form: object) -> str:
        """Somebody does what is possible, around the case."""
        answer = self.driver.attempt(trigger, actor, case, machine, form)
        assert isinstance(answer, str), f"{trigger} by {actor} on {case}: {answer}"
        return answer

    @property
    def over(self) -> bool:
        """Whether the state's clock has run out."""
        fires = self.driver.fires_at(str(self.case))
        return fires is not None and fires <= self.driver.now
