"""Rules: named conditions that answer with nothing, or with what is missing, in words.

A rule is an atom. `&`, `|` and `~` join atoms; `Choice.is_` makes the cases of one enumerated fact,
so that several rows of one trigger can be proved to exclude each other.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.facts import Facts


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why not: the rule and the clause it comes from, and a sentence people read."""

    rule: str
    clause: str
    text: str
    #: Path of the field it is about, and a good example, where there are any.
    field: str = ""
    example: str = ""


#: What a rule may answer: nothing (it holds), one sentence, or several reasons.
Answer = str | tuple[Reason, ...] | None
#: A rule's question. Typed by the machine's own facts, so it is checked where it is written.
Question = Callable[..., Answer]
#: Truth of each atom, for the proofs.
World = Mapping[object, object]


class Condition(ABC):
    """Something that holds or gives its reasons."""

    __slots__ = ()

    @abstractmethod
    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        """Every reason why it does not hold; empty when it holds."""

    @abstractmethod
    def holds_in(self, world: World) -> bool:
        """Whether it holds where each atom has the value that `world` gives it."""

    @abstractmethod
    def atoms(self) -> tuple["Rule | Choice", ...]:
        """The rules and enumerated facts it is made of."""

    def __and__(self, other: "Condition") -> "Condition":
        return All((self, other))

    def __or__(self, other: "Condition") -> "Condition":
        return Either((self, other))

    def __invert__(self) -> "Condition":
        return Not(self)


@dataclass(frozen=True, slots=True, eq=False)
class Rule(Condition):
    """A named question with the clause it comes from.

    `otherwise` is the sentence that is shown where the rule's negation was needed.
    `judges_form`: it asks about the typed input, so it is not asked while choices are listed.
    """

    id: str
    clause: str
    sentence: str
    ask: Question
    otherwise: str = ""
    judges_form: bool = False

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        if self.judges_form and facts.form is None:
            return ()
        answer = self.ask(facts)
        if not answer:
            return ()
        if isinstance(answer, str):
            return (Reason(self.id, self.clause, answer),)
        return answer

    def holds_in(self, world: World) -> bool:
        return bool(world[self])

    def atoms(self) -> tuple["Rule | Choice", ...]:
        return (self,)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A fact with a closed list of values (origin, outcome, route): rows are its cases."""

    id: str
    clause: str
    values: type[Enum]
    read: Callable[..., Enum]
    #: What to say when the fact has this value but another was needed.
    says: Mapping[Enum, str]
    judges_form: bool = False

    def is_(self, *wanted: Enum) -> "Case":
        """The condition that the fact has one of the wanted values."""
        return Case(self, frozenset(wanted))


@dataclass(frozen=True, slots=True, eq=False)
class Case(Condition):
    """One or more values of an enumerated fact."""

    choice: Choice
    wanted: frozenset[Enum]

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        if self.choice.judges_form and facts.form is None:
            return ()
        value = self.choice.read(facts)
        if value in self.wanted:
            return ()
        return (Reason(self.choice.id, self.choice.clause, self.choice.says[value]),)

    def holds_in(self, world: World) -> bool:
        return world[self.choice] in self.wanted

    def atoms(self) -> tuple[Rule | Choice, ...]:
        return (self.choice,)


@dataclass(frozen=True, slots=True, eq=False)
class All(Condition):
    """Holds when every part holds; otherwise gives the reasons of every part that does not."""

    parts: tuple[Condition, ...]

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        return _distinct(reason for part in self.parts for reason in part.reasons(facts))

    def holds_in(self, world: World) -> bool:
        return all(part.holds_in(world) for part in self.parts)

    def atoms(self) -> tuple[Rule | Choice, ...]:
        return _atoms(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Either(Condition):
    """Holds when one part holds; otherwise gives the reasons of all, each a way to go on."""

    parts: tuple[Condition, ...]

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        collected: list[Reason] = []
        for part in self.parts:
            found = part.reasons(facts)
            if not found:
                return ()
            collected.extend(found)
        return _distinct(collected)

    def holds_in(self, world: World) -> bool:
        return any(part.holds_in(world) for part in self.parts)

    def atoms(self) -> tuple[Rule | Choice, ...]:
        return _atoms(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Not(Condition):
    """Holds when the inner condition does not; the inner atoms say what stands in the way."""

    inner: Condition

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:
        if facts.form is None and any(atom.judges_form for atom in self.inner.atoms()):
            return ()
        if self.inner.reasons(facts):
            return ()
        return tuple(
            Reason(atom.id, atom.clause, getattr(atom, "otherwise", "") or f"Not so: {atom.id}.")
            for atom in self.inner.atoms()
        ) or (_NEVER,)

    def holds_in(self, world: World) -> bool:
        return not self.inner.holds_in(world)

    def atoms(self) -> tuple[Rule | Choice, ...]:
        return self.inner.atoms()


@dataclass(frozen=True, slots=True, eq=False)
class Always(Condition):
    """No condition at all."""

    def reasons(self, facts: "Facts") -> tuple[Reason, ...]:  # noqa: ARG002 - the interface
        return ()

    def holds_in(self, world: World) -> bool:  # noqa: ARG002 - the interface
        return True

    def atoms(self) -> tuple[Rule | Choice, ...]:
        return ()


ALWAYS = Always()
#: Of a negation that has no atom to name: what always holds never does otherwise.
_NEVER = Reason("PR-never", "practice", "This is never possible.")


def rule(
    rule_id: str,
    clause: str,
    *,
    otherwise: str = "",
    judges_form: bool = False,
) -> Callable[[Question], Rule]:
    """Make a rule of a question; its docstring is the sentence officers read beside the policy."""

    def wrap(ask: Question) -> Rule:
        sentence = (ask.__doc__ or "").strip()
        if not sentence:
            raise ValueError(f"{rule_id}: a rule says in its docstring what holds.")
        return Rule(rule_id, clause, sentence, ask, otherwise, judges_form)

    return wrap


def _distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def _atoms(parts: Iterable[Condition]) -> tuple[Rule | Choice, ...]:
    return tuple(dict.fromkeys(atom for part in parts for atom in part.atoms()))
