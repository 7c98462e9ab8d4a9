"""Who may act and who is asked: a party of the case, or whoever holds a role in a scope."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.facts import SYSTEM, TIMER, Appointment, Facts

#: The appointments an actor relies on; empty for a party of the case; None when they are not this.
Held = tuple[Appointment, ...] | None
#: Scopes in which a role counts for a case, nearest first: a unit, then the next head up.
Scopes = Callable[..., tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a work item waits for: one person, or anyone who holds `role` in `scope`."""

    role: str
    scope: str
    person: str | None
    #: Who is told now: the person, or the holders known when it was decided.
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A role of a definition: its word, how people say it, and how it is found in the facts."""

    name: str
    says: str
    #: The person the case itself names (proposer, learner), for a party.
    party: Callable[..., str | None] | None = None
    #: Where an appointment to this role counts, for an appointed role.
    scopes: Scopes | None = None
    #: Persons who may not hold it in this case (the next head up is asked instead).
    excluded: Callable[..., frozenset[str]] | None = None
    #: Who stands in when nobody who holds the role may act (the vice-chair for the chair).
    deputy: "Role | None" = None

    def held_by(self, facts: Facts) -> Held:
        """The appointments that make the actor this, () for a party, None if they are not."""
        if self.party is not None:
            named = self.party(facts)
            if named is None and self.deputy:
                return self.deputy.held_by(facts)
            return () if named == facts.actor.person else None
        if self.scopes is None:
            return () if facts.actor.person == self.name else None
        barred = self.excluded(facts) if self.excluded else frozenset()
        for scope in self.scopes(facts):
            mine = [a for a in facts.actor.appointments if a.role == self.name and a.scope == scope]
            free = [a for a in mine if not barred & {a.person, a.on_behalf_of}]
            if free:
                # One's own appointment before a delegated one.
                return (min(free, key=lambda a: a.on_behalf_of is not None),)
            if self._others(facts, scope, barred):
                return None
        return self.deputy.held_by(facts) if self.deputy else None

    def _others(self, facts: Facts, scope: str, barred: frozenset[str]) -> tuple[Appointment, ...]:
        """Holders in this scope who may act: while there are any, the next one is not asked."""
        return tuple(
            a
            for a in facts.people
            if a.role == self.name and a.scope == scope and not barred & {a.person, a.on_behalf_of}
        )

    def asked(self, facts: Facts) -> Asked:
        """Whom a work item for this role waits for in this case."""
        if self.party is not None:
            person = self.party(facts)
            if person is None and self.deputy:
                return self.deputy.asked(facts)
            return Asked(self.name, "", person, (person,) if person else ())
        if self.scopes is None:
            return Asked(self.name, "", None, ())
        barred = self.excluded(facts) if self.excluded else frozenset()
        scopes = self.scopes(facts)
        for scope in scopes:
            if found := _at_work(self._others(facts, scope, barred)):
                people = tuple(dict.fromkeys(a.person for a in found))
                return Asked(self.name, scope, None, people)
        if self.deputy:
            return self.deputy.asked(facts)
        return Asked(self.name, scopes[0] if scopes else "", None, ())

    def asked_names(self, facts: Facts) -> str:
        """Names of those asked, for a sentence; empty when nobody holds the role."""
        asked = self.asked(facts).people
        names = {a.person: a.name or a.person for a in facts.people}
        return " or ".join(sorted({names[p] for p in asked if p in names})[:3])


def _at_work(holders: tuple[Appointment, ...]) -> tuple[Appointment, ...]:
    """Those who are not off contract; all of them where everybody is."""
    return tuple(a for a in holders if not a.away) or holders


def everywhere(_: Facts) -> tuple[str, ...]:
    """The whole university."""
    return ("",)


def appointed(name: str, says: str, *, scopes: Scopes = everywhere) -> Role:
    """A role that people are appointed to, university-wide unless scopes are given."""
    return Role(name, says, scopes=scopes)


def party(name: str, says: str, who: Callable[..., str | None]) -> Role:
    """A role that the case itself gives to one person."""
    return Role(name, says, party=who)


SYSTEM_ROLE = Role(SYSTEM, "Conferral itself")
TIMER_ROLE = Role(TIMER, "a clock")

ASA_OFFICER = appointed("asa_officer", "an ASA officer")
ASA_DIRECTOR = appointed("asa_director", "the ASA director")
REGISTRAR = appointed("registrar", "the registrar")
SENATE_OFFICE = appointed("senate_office", "the Senate office")
