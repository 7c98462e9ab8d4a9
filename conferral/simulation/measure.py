"""What a simulated year left, counted from the database and from what the mail server took."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, LiteralString, cast

from conferral.issuer import did_document
from conferral.outside import folder_of, log_keys
from conferral.settings import Settings
from conferral.simulation.arrivals import Arrivals
from conferral.simulation.office import Office
from credentials.did import resolver
from workflow.invariants import Violation, violations

#: people_and_mail: at most so many reminders of one item, and so many mails outside Act, in a day.
REMINDERS: Final = 1
MAILS: Final = 3
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OverCap:
    """A person who got more on a day than the rules of mail allow."""

    person: str
    day: str
    what: str
    mails: int
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A year in figures, as `--json` prints it."""

    seed: int
    days: int
    cases: Mapping[str, Mapping[str, int]]
    acts: int
    entries: int
    credentials_signed: int
    #: Messages by kind; several may go out in one mail.
    mails: Mapping[str, int]
    mails_sent: int
    #: Messages that never went out, by state.
    not_sent: Mapping[str, int]
    mails_by_person: Mapping[str, int]
    duplicates: int
    over_caps: int
    over_caps_named: Sequence[OverCap]
    #: Actions that were refused, by trigger and rule.
    refused: Mapping[str, int]
    #: Errors that relay and worker wrote into their log.
    faults: Mapping[str, int]
    violations: int
    violations_named: Sequence[str]
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing broke."""
        return not (self.duplicates or self.over_caps or self.violations or self.faults)

    def as_data(self) -> dict[str, object]:
        """The report as JSON values."""
        return asdict(self)


def measured(
    office: Office, arrivals: Arrivals, settings: Settings, *, days: int,
    faults: Mapping[str, int], seconds: float,
) -> Report:  # fmt: skip
    """Count everything."""
    over = _over_caps(office)
    broken = _violations(office, settings)
    return Report(
        seed=office.seed, days=days, cases=_cases(office), acts=office.acts,
        entries=_number(office, "SELECT count(*) FROM entry"),
        credentials_signed=_number(office, "SELECT count(*) FROM signed_credential"),
        mails=_counted(office, "SELECT kind, count(*) FROM notification WHERE state = 'sent' "
                               "GROUP BY 1 ORDER BY 1"),
        mails_sent=len(arrivals.taken),
        not_sent=_counted(office, "SELECT state, count(*) FROM notification WHERE state <> 'sent' "
                                  "GROUP BY 1 ORDER BY 1"),
        mails_by_person=_by_person(arrivals),
        duplicates=arrivals.copies + _number(office, _SLOTS),
        over_caps=len(over), over_caps_named=over[:_MOST_NAMED],
        refused={what: many for what, many in sorted(office.refused.items()) if many > 0},
        faults=dict(faults), violations=len(broken),
        violations_named=[f"{one.invariant}: {one.sentence} {dict(one.row)}" for one in broken],
        seconds=round(seconds, 1),
    )  # fmt: skip


def _number(office: Office, query: LiteralString) -> int:
    return cast("int", office.ask(query))


def _counted(office: Office, query: LiteralString) -> dict[str, int]:
    return {str(name): cast("int", number) for name, number in office.rows(query)}


def _cases(office: Office) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for machine, state, number in office.rows(
        "SELECT machine, state, count(*) FROM cases GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        found.setdefault(str(machine), {})[str(state)] = cast("int", number)
    return found


def _by_person(arrivals: Arrivals) -> dict[str, int]:
    """Who got most mail; equal ones by their address."""
    counted = Counter(one.to for one in arrivals.taken)
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:_MOST_NAMED])


def _violations(office: Office, settings: Settings) -> tuple[Violation, ...]:
    keys = did_document(settings)
    with office.engine.connect() as connection:
        return violations(
            connection, machines=office.engine.machines, now=office.clock.now(),
            resolve_key=resolver(keys) if keys else None,
            outside=folder_of(settings).every(log_keys(settings)),
        )  # fmt: skip


def _over_caps(office: Office) -> list[OverCap]:
    zone = office.engine.calendar.timezone
    return [
        OverCap(person=str(person), day=str(day), what=str(what), mails=cast("int", mails), cap=cap)
        for query, cap in ((_REMINDED, REMINDERS), (_UNASKED, MAILS))
        for person, day, what, mails in office.rows(query, zone, cap)
    ]


#: A slot is one occurrence of one kind, about one case, for one person.
_SLOTS: Final[LiteralString] = """
SELECT coalesce(sum(many - 1), 0)::int FROM (
  SELECT count(*) AS many FROM notification WHERE state = 'sent'
   GROUP BY recipient, case_id, kind, CASE occurrence WHEN '' THEN seq::text ELSE occurrence END
  HAVING count(*) > 1) AS slot"""
#: An item is what one clock of one case is about; a reminder is what the clock itself writes.
_REMINDED: Final[LiteralString] = r"""
SELECT recipient, day, case_id || ' ' || item, mails FROM (
  SELECT recipient, (sent_at AT TIME ZONE %s)::date AS day, case_id,
         regexp_replace(kind, '\.[a-z]+$', '') AS item, count(*) AS mails
    FROM notification WHERE state = 'sent' AND kind ~ '\.(remind|nudge|warn|late|escalate)$'
   GROUP BY 1, 2, 3, 4) AS told
 WHERE mails > %s ORDER BY 2, 1, 3"""
#: Parts of one envelope are one mail; a mail that holds something of Act is Act.
_UNASKED: Final[LiteralString] = """
SELECT recipient, day, 'mails outside Act', count(*) FROM (
  SELECT recipient, (min(sent_at) AT TIME ZONE %s)::date AS day FROM notification AS n
   WHERE state = 'sent'
   GROUP BY recipient, coalesce(to_jsonb(n) ->> 'envelope', n.id::text)
  HAVING bool_and(importance <> 'act')) AS mail
 GROUP BY 1, 2 HAVING count(*) > %s ORDER BY 2, 1"""
