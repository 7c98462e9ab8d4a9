"""What can be chosen in a field whose list depends on the case: people, outcomes, fields, changes.

A form's field names its list (`json_schema_extra={"options": "asa_officers"}`); here is what each
name means. A list shows what makes sense; whether a choice is allowed is decided by the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from psycopg import Connection

from policies import committees, fields
from policies.committees import BodyKind
from policies.document import read_document
from workflow.agenda_item.facts import AgendaFacts
from workflow.award.facts import AwardFacts
from workflow.charters import committees_at
from workflow.correction import Correctable
from workflow.credential import corrections as credential_corrections
from workflow.credential.facts import CredentialFacts
from workflow.facts import Facts
from workflow.meeting.facts import MeetingFacts
from workflow.proposal import corrections as proposal_corrections
from workflow.proposal.facts import ProposalFacts, readers
from workflow.queries import text
from workflow.queries.delegations import roles_of
from workflow.queries.people import Person

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that can be chosen: how it is kept, how it reads, and a sentence on it."""

    value: str
    label: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who is choosing, on which case; `facts` is None where there is none yet, `at` then says when.

    Without either, the database's own clock does.
    """

    connection: Rows
    person: Person
    facts: Facts | None = None
    at: datetime | None = None

    @property
    def now(self) -> datetime | None:
        """When it is asked, in business time."""
        return self.facts.now if self.facts else self.at

    def rows(self, statement: str, **values: object) -> list[tuple[str, str, str]]:
        """(value, label, sentence) rows of a SELECT."""
        values = {"now": self.now, **values}
        found = self.connection.execute(statement.encode(), values).fetchall()
        return cast("list[tuple[str, str, str]]", found)


def options(name: str, asking: Asking) -> tuple[Choice, ...]:
    """The choices of a named list; () where the name is not known or nothing can be chosen."""
    found = LISTS.get(name)
    return tuple(found(asking)) if found else ()


def _my_units(asking: Asking) -> list[Choice]:
    mine = [h for h in asking.person.holds if h.role in {"member", "unit_head"}]
    named = {h.scope: h.scope_name for h in mine}
    return [
        Choice(scope, name or scope) for scope, name in sorted(named.items(), key=lambda i: i[1])
    ]


_HOLDERS = """
SELECT DISTINCT p.id, p.name, '' FROM appointment a JOIN person p ON p.id = a.person
 WHERE a.role = ANY(%(roles)s) AND a.scope = %(scope)s AND a.starts <= coalesce(%(now)s, now())
   AND (a.ends IS NULL OR a.ends > coalesce(%(now)s, now())) ORDER BY p.name"""

#: Everyone with an appointment, those of the case's own unit first.
_PEOPLE = """
SELECT p.id, p.name, coalesce(string_agg(DISTINCT u.name, ', '), '')
  FROM person p JOIN appointment a ON a.person = p.id LEFT JOIN unit u ON u.id = a.scope
 WHERE a.starts <= coalesce(%(now)s, now()) AND (a.ends IS NULL
    OR a.ends > coalesce(%(now)s, now()))
 GROUP BY p.id, p.name ORDER BY NOT bool_or(a.scope = %(unit)s), p.name LIMIT 200"""

#: Everyone who holds something here themselves, but the one who asks.
_COLLEAGUES = """
SELECT p.id, p.name, coalesce(string_agg(DISTINCT u.name, ', '), '')
  FROM person p JOIN appointment a ON a.person = p.id LEFT JOIN unit u ON u.id = a.scope
 WHERE p.id <> %(me)s AND a.on_behalf_of IS NULL AND a.starts <= coalesce(%(now)s, now())
   AND (a.ends IS NULL OR a.ends > coalesce(%(now)s, now()))
 GROUP BY p.id, p.name ORDER BY p.name LIMIT 500"""

_NAMED = "SELECT id, name, '' FROM person WHERE id = ANY(%(ids)s) ORDER BY name"

_CREDENTIALS = """
SELECT k.case_id, k.title, u.name FROM credential k JOIN cases c ON c.id = k.case_id
  JOIN unit u ON u.id = k.unit WHERE c.state = 'active' ORDER BY k.title LIMIT 500"""


def _holders(asking: Asking, roles: list[str], scope: str = "") -> list[Choice]:
    return [Choice(*row) for row in asking.rows(_HOLDERS, roles=roles, scope=scope)]


def _asa_officers(asking: Asking) -> list[Choice]:
    return _holders(asking, ["asa_officer"])


def _people(asking: Asking) -> list[Choice]:
    unit = asking.facts.unit if isinstance(asking.facts, ProposalFacts | AgendaFacts) else ""
    return [Choice(*row) for row in asking.rows(_PEOPLE, unit=unit)]


def _colleagues(asking: Asking) -> list[Choice]:
    return [Choice(*row) for row in asking.rows(_COLLEAGUES, me=asking.person.id)]


def _roles_to_delegate(asking: Asking) -> list[Choice]:
    now = asking.now
    own = roles_of(asking.connection, asking.person.id, now) if now else ()
    return [Choice(one.key, one.says) for one in own]


def _correctable(asking: Asking) -> list[Choice]:
    """What can be set right here, beside what is on record."""
    facts = asking.facts
    listed: tuple[Correctable, ...] = ()
    if isinstance(facts, ProposalFacts):
        listed = proposal_corrections.THINGS
    elif isinstance(facts, CredentialFacts):
        listed = credential_corrections.THINGS
    now = [(one.says, one.recorded(facts)) for one in listed]
    return [Choice(says, says, f"Now: {value}") for says, value in now if value]


def _people_of_this_case(asking: Asking) -> list[Choice]:
    """Those who have to do with a proposal and may read it, but the one who asks."""
    if not isinstance(asking.facts, ProposalFacts):
        return []
    ids = [*(readers(asking.facts) - {asking.person.id})]
    return [Choice(*row) for row in asking.rows(_NAMED, ids=ids)]


def _members(asking: Asking) -> list[Choice]:
    facts = asking.facts
    if not isinstance(facts, AgendaFacts | MeetingFacts):
        return []
    return _holders(asking, ["committee_member", "committee_chair"], facts.body_id)


_MEETINGS = """
SELECT m.held_on::text, to_char(m.held_on, 'FMDy FMDD Mon YYYY'),
       m.place || CASE WHEN m.published_at IS NULL THEN '' ELSE '; its agenda is public' END
  FROM meeting m WHERE m.body = %(body)s AND NOT m.cancelled
   AND m.held_on > coalesce(%(now)s, now())::date ORDER BY m.held_on LIMIT 40"""


def _meeting_days(asking: Asking) -> list[Choice]:
    """Days on which the item's committee meets, where it plans its meetings here."""
    facts = asking.facts
    if not isinstance(facts, AgendaFacts):
        return []
    return [Choice(*row) for row in asking.rows(_MEETINGS, body=facts.body_id)]


def _my_committees(asking: Asking) -> list[Choice]:
    """Committees whose meetings the person may plan: those they chair, or all (Senate office)."""
    me = asking.person
    chaired = me.scopes("committee_chair", "committee_vice_chair")
    at = asking.now
    held = committees_at(asking.connection, at) if at else committees.load()
    return [
        Choice(body.id, body.name)
        for body in held.bodies
        if body.kind is BodyKind.VOTING and (me.holds_any({"senate_office"}) or body.id in chaired)
    ]


_ALTERNATES = """
SELECT DISTINCT p.id, p.name, 'Alternate for ' || m.name FROM appointment a
  JOIN person p ON p.id = a.person JOIN person m ON m.id = a.stands_for
 WHERE a.role = 'committee_alternate' AND a.scope = %(scope)s
   AND a.starts <= coalesce(%(now)s, now()) AND (a.ends IS NULL
    OR a.ends > coalesce(%(now)s, now())) ORDER BY p.name"""


def _attendees(asking: Asking) -> list[Choice]:
    """Members, then alternates with whom each stands for."""
    facts = asking.facts
    if not isinstance(facts, AgendaFacts | MeetingFacts):
        return []
    instead = asking.rows(_ALTERNATES, scope=facts.body_id)
    return [*_members(asking), *(Choice(*row) for row in instead)]


def _credentials(asking: Asking) -> list[Choice]:
    return [Choice(*row) for row in asking.rows(_CREDENTIALS)]


def _document_fields(asking: Asking) -> list[Choice]:
    """Fields of the text: those that are said, by their place, then those left empty."""
    document = (
        asking.facts.document if isinstance(asking.facts, ProposalFacts) else read_document({})
    )
    said = fields.paths(document)
    known = {fields.generic(path) for path in said}
    unsaid = [path for path in fields.all_generic_paths() if path not in known]
    return [Choice(path, text.label(document, path)) for path in (*said, *unsaid)]


def _open_changes(asking: Asking) -> list[Choice]:
    if not isinstance(asking.facts, ProposalFacts):
        return []
    asked = [change for change in asking.facts.asked if change.answer != "dropped"]
    return [Choice(str(c.number), f"Change {c.number}", c.asks) for c in asked]


def _outcomes(asking: Asking) -> list[Choice]:
    facts = asking.facts
    if not isinstance(facts, AwardFacts):
        return []
    return [
        Choice(one.id, f"Outcome {n}", one.statement) for n, one in enumerate(facts.outcomes, 1)
    ]


def _outcomes_to_show(asking: Asking) -> list[Choice]:
    """Required outcomes that are not met yet."""
    facts = asking.facts
    open_ones = {one.id for one in facts.missing} if isinstance(facts, AwardFacts) else set()
    return [choice for choice in _outcomes(asking) if choice.value in open_ones]


def _outcomes_to_score(asking: Asking) -> list[Choice]:
    """Outcomes whose evidence waits for a score."""
    facts = asking.facts
    waiting = {r.outcome for r in facts.unscored} if isinstance(facts, AwardFacts) else set()
    return [choice for choice in _outcomes(asking) if choice.value in waiting]


def _rubric_levels(asking: Asking) -> list[Choice]:
    """Levels of the outcomes that wait, each once; outcomes of one rubric share them."""
    facts = asking.facts
    if not isinstance(facts, AwardFacts):
        return []
    waiting = {result.outcome for result in facts.unscored}
    levels: dict[str, str] = {}
    for outcome in facts.outcomes:
        for level in outcome.rubric if outcome.id in waiting else ():
            levels.setdefault(level.level, level.description)
    return [Choice(name, name, says) for name, says in levels.items() if name]


def _assessors(asking: Asking) -> list[Choice]:
    facts = asking.facts
    return _holders(asking, ["assessor"], facts.proposal) if isinstance(facts, AwardFacts) else []


LISTS: Final[Mapping[str, Callable[[Asking], list[Choice]]]] = {
    "asa_officers": _asa_officers,
    "assessors_of_this_award": _assessors,
    "attendees": _attendees,
    "colleagues": _colleagues,
    "correctable": _correctable,
    "credentials_in_force": _credentials,
    "document_fields": _document_fields,
    "meeting_days": _meeting_days,
    "members": _members,
    "my_committees": _my_committees,
    "my_units": _my_units,
    "open_changes": _open_changes,
    "outcomes": _outcomes,
    "outcomes_to_score": _outcomes_to_score,
    "outcomes_to_show": _outcomes_to_show,
    "people": _people,
    "people_of_this_case": _people_of_this_case,
    "roles_to_delegate": _roles_to_delegate,
    "rubric_levels": _rubric_levels,
}
