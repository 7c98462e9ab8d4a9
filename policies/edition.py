"""Editions of the policy: the text in force on a day, as clauses, rules and our own practice.

An edition is one file, `editions/<effective date>.yaml`, and the text it quotes. A case is judged
by the edition in force when it was submitted. Another policy or institution is another file of this
form; its rule ids are what the definition files and checks refer to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import ROOM, DataError, read

_CLOSED: Final = ConfigDict(extra="forbid")
PRACTICE: Final = "Practice"


class Stage(StrEnum):
    """Where in a life a rule is first asked for."""

    CONCEPT = "concept"
    CONSULTATION = "consultation"
    COMMITTEE = "committee"
    DESIGN = "design"
    REVIEW = "review"
    AWARD = "award"
    RECORD = "record"
    ANNUAL = "annual"
    ALWAYS = "always"


class Kind(StrEnum):
    """Who checks a rule."""

    MACHINE = "M"
    HUMAN = "H"
    BOTH = "M+H"
    """The machine sees whether it is there, a person whether it is good."""


class NoEditionError(LookupError):
    """No edition is held for this day, or of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A sentence of the policy, verbatim, and its place as people cite it ("Statement 3")."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    place: str
    quotation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """What is asked because of one or more clauses, or of our own practice.

    `asks` is a sentence to the proposer, `example` a good answer in their words, `field` the path
    of the proposal it is about ("" where it is about no field). A practice has no clauses and says
    `why`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    asks: str
    stage: Stage
    clauses: tuple[str, ...] = ()
    kind: Kind = Kind.MACHINE
    example: str = ""
    field: str = ""
    should: bool = False
    why: str = ""

    @property
    def practice(self) -> bool:
        """Whether this is our choice and not the policy's word."""
        return not self.clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A sentence of the policy that needs no rule, and why."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    quotation: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edition:
    """One dated text of the policy; `rules` are the policy's, `practices` our own.

    Editions are held once a process and compared by identity, so they are cheap keys.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    policy: str
    title: str
    effective: date
    text: str
    history: str
    clauses: tuple[Clause, ...]
    rules: tuple[PolicyRule, ...]
    practices: tuple[PolicyRule, ...]
    waivers: tuple[Waiver, ...]
    _rules: Mapping[str, PolicyRule] = field(init=False, repr=False)
    _clauses: Mapping[str, Clause] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse ids used twice, unknown clauses, rules without and practices with a clause."""
        all_rules = (*self.rules, *self.practices)
        rules = {rule.id: rule for rule in all_rules}
        clauses = {clause.id: clause for clause in self.clauses}
        if len(rules) != len(all_rules) or len(clauses) != len(self.clauses):
            raise ValueError("rules, practices, clauses: an id is used twice")
        for rule in self.rules:
            unknown = [clause for clause in rule.clauses if clause not in clauses]
            if unknown or rule.practice:
                raise ValueError(f"rules.{rule.id}.clauses: {unknown or 'none'} is no clause here")
        for practice in self.practices:
            if not practice.practice or not practice.why:
                raise ValueError(f"practices.{practice.id}: a practice cites none and says why")
        object.__setattr__(self, "_rules", MappingProxyType(rules))
        object.__setattr__(self, "_clauses", MappingProxyType(clauses))

    def rule(self, rule_id: str) -> PolicyRule:
        """Return a rule or practice by its id ("MC-3a", "PR-notice"); DataError if unknown."""
        try:
            return self._rules[rule_id]
        except KeyError:
            raise DataError(f"{self.id}: there is no rule {rule_id!r}") from None

    def clause(self, clause_id: str) -> Clause:
        """Return a clause by its id; DataError if unknown."""
        try:
            return self._clauses[clause_id]
        except KeyError:
            raise DataError(f"{self.id}: there is no clause {clause_id!r}") from None

    def place(self, rule_id: str) -> str:
        """Return where a rule stands, as people cite it: "Statement 3", or "Practice"."""
        rule = self.rule(rule_id)
        places = dict.fromkeys(self.clause(clause).place for clause in rule.clauses)
        return "; ".join(places) or PRACTICE

    def kept_text(self) -> str:
        """Return the policy's text as it is kept."""
        return (ROOM / self.text).read_text("utf-8")


@cache
def editions() -> tuple[Edition, ...]:
    """Return every edition held, oldest first; DataError names what a file lacks."""
    files = sorted((ROOM / "editions").glob("*.yaml"))
    held = (read(Edition, f"editions/{file.name}") for file in files)
    return tuple(sorted(held, key=lambda edition: edition.effective))


def load(edition_id: str) -> Edition:
    """Return an edition by its id ("380.104/2024-02-07"); NoEditionError says which are held."""
    for edition in editions():
        if edition.id == edition_id:
            return edition
    known = ", ".join(edition.id for edition in editions())
    raise NoEditionError(f"There is no edition {edition_id!r} here; held are {known}.")


def edition_on(day: date) -> Edition:
    """Return the edition in force on a day; NoEditionError for a day before the first one held."""
    in_force = [edition for edition in editions() if edition.effective <= day]
    if not in_force:
        first = editions()[0]
        raise NoEditionError(
            f"No text of the policy is held for {day.isoformat()}; the first held is in force "
            f"from {first.effective.isoformat()}. {first.history}"
        )
    return in_force[-1]
