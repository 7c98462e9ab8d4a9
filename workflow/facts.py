"""What rules may ask: plain values read once, before anything is decided. No query hides here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from workflow.forms import Form

#: Actors that are no person. "system" fires what another case caused; "timer" what a clock is due.
SYSTEM = "system"
TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role someone holds now, in a scope ('' is the whole university)."""

    id: str
    person: str
    role: str
    scope: str
    on_behalf_of: str | None = None
    #: The holder's name, for sentences ("Noor Specimen is asked").
    name: str = ""
    #: Faculty on nine months.
    nine_months: bool = False
    #: Whose seat an alternate fills.
    stands_for: str | None = None
    #: Whether they are off contract now.
    away: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and for whom when the appointment they rely on is a delegation."""

    person: str
    appointments: tuple[Appointment, ...] = ()
    on_behalf_of: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """The actor and whoever they act for: a delegate inherits every exclusion."""
        return frozenset(p for p in (self.person, self.on_behalf_of) if p)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The case itself as it was read: where it is and the counters that guard it."""

    id: str
    machine: str
    definition: int
    edition: str
    state: str
    revision: int
    seq: int
    chain: str
    entered_at: datetime
    entered_seq: int
    opened_at: datetime
    #: When the state's clock began, business days added to it, and since when it rests.
    clock_at: datetime
    clock_extra: int = 0
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProposedCorrection:
    """A correction that waits for a second person: what it is, how it stands, how it should be."""

    seq: int
    what: str
    was: str
    value: str
    reason: str
    proposed_by: str
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every machine's rules may ask; each machine adds its subject in a subclass."""

    case: CaseFacts
    actor: Actor
    now: datetime
    #: None while only choices are listed: rules that judge the form wait until there is one.
    form: Form | None = None
    #: Everyone whom this machine's roles may reach, now and in this case's scopes.
    people: tuple[Appointment, ...] = field(default=(), repr=False)
    #: What is proposed to be set right since the case is where it is.
    correction: ProposedCorrection | None = None

    def holders(self, role: str, scopes: Iterable[str] = ("",)) -> tuple[Appointment, ...]:
        """Appointments to `role` in the first of `scopes` that has any."""
        for scope in scopes:
            found = tuple(a for a in self.people if a.role == role and a.scope == scope)
            if found:
                return found
        return ()
