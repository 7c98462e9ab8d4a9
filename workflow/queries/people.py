"""Who there is: people one can sign in as, and a person as the pages know them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import Connection
from psycopg.rows import class_row

from workflow.queries import words

Rows = Connection[tuple[object, ...]]

#: ASA's own roles: they see every proposal from its first line, and every award.
ASA: Final = frozenset({"asa_officer", "asa_director", "asa_liaison", "avp"})


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held now, in a scope ('' is the whole university), perhaps for someone else."""

    role: str
    scope: str
    scope_name: str
    for_whom: str

    @property
    def says(self) -> str:
        """The role in words, with where and for whom."""
        where = words.body(self.scope) or self.scope_name or self.scope
        role = words.role(self.role) + (f", {where}" if where else "")
        return f"{role}, for {self.for_whom}" if self.for_whom else role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone, with what they hold now; `zone` is the IANA zone in which they read times."""

    id: str
    name: str
    zone: str
    enrolled: bool
    holds: tuple[Holding, ...] = ()

    @property
    def of_the_university(self) -> bool:
        """Whether they hold any office or membership; a learner holds none."""
        return bool(self.holds)

    def scopes(self, *roles: str) -> tuple[str, ...]:
        """Where they hold one of these roles."""
        return tuple(dict.fromkeys(h.scope for h in self.holds if h.role in roles))

    def holds_any(self, roles: Iterable[str]) -> bool:
        """Whether they hold one of these roles anywhere."""
        return not {h.role for h in self.holds}.isdisjoint(roles)

    @property
    def says(self) -> str:
        """What they are, in a line."""
        if self.holds:
            offices = [h for h in self.holds if not self._goes_without_saying(h)] or self.holds
            return "; ".join(dict.fromkeys(h.says for h in offices))
        return "Learner" if self.enrolled else "Learner without a university account"

    def _goes_without_saying(self, held: Holding) -> bool:
        """A membership beside an office; a seat beside the chair of the same committee."""
        chairs = self.scopes("committee_chair", "committee_vice_chair")
        return held.role == "member" or (held.role == "committee_member" and held.scope in chairs)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    zone: str
    enrolled: bool
    holds: list[list[str]]


_PEOPLE: Final = """
SELECT p.id, p.name, p.zone, p.enrolled,
       coalesce((SELECT json_agg(json_build_array(a.role, a.scope, coalesce(u.name, ''),
                          coalesce(b.name, '')) ORDER BY a.role, a.scope, a.id)
                   FROM appointment a LEFT JOIN unit u ON u.id = a.scope
                   LEFT JOIN person b ON b.id = a.on_behalf_of
                  WHERE a.person = p.id AND a.starts <= %(now)s
                    AND (a.ends IS NULL OR a.ends > %(now)s)
                    AND (a.on_behalf_of IS NULL OR EXISTS (
                          SELECT FROM appointment o WHERE o.person = a.on_behalf_of
                             AND o.role = a.role AND o.scope = a.scope AND o.on_behalf_of IS NULL
                             AND o.starts <= %(now)s AND (o.ends IS NULL OR o.ends > %(now)s)))
                ), '[]') AS holds
  FROM person p"""


def person(connection: Rows, person_id: str, now: datetime) -> Person | None:
    """A person by id, with what they hold at `now`; None when there is none."""
    found = _read(connection, " WHERE p.id = %(id)s", now=now, person_id=person_id)
    return next(iter(found), None)


def people_to_sign_in(connection: Rows, now: datetime) -> tuple[Person, ...]:
    """Everyone, for a trial run's sign-in page: offices first, learners last."""
    everyone = _read(connection, " ORDER BY p.name, p.id LIMIT 500", now=now, person_id="")
    return tuple(sorted(everyone, key=_rank))


def _read(connection: Rows, where: str, *, now: datetime, person_id: str) -> tuple[Person, ...]:
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute((_PEOPLE + where).encode(), {"now": now, "id": person_id}).fetchall()
    return tuple(
        Person(
            id=row.id, name=row.name, zone=row.zone, enrolled=row.enrolled,
            holds=tuple(Holding(*held) for held in row.holds),
        )
        for row in rows
    )  # fmt: skip


#: The order in which a stranger meets them: who proposes, who decides, who votes, who learns.
_RANKS: Final = (
    "", "unit_head", "asa_officer", "asa_director", "avp", "registrar", "senate_office", "assessor",
    "committee_chair", "committee_vice_chair", "committee_member",
)  # fmt: skip


def _rank(one: Person) -> tuple[int, str]:
    if not one.holds:
        return len(_RANKS) + 1, one.name
    offices = {h.role for h in one.holds} - {"member"}
    if not offices:
        return 0, one.name
    return min((_RANKS.index(o) for o in offices if o in _RANKS), default=len(_RANKS)), one.name
