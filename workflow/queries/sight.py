"""Who may see a case: denied by default, and a case one may not see is as if it did not exist.

A proposal is seen by its unit and ASA while it is a first draft, then by everyone at the
university; agenda items and meetings by everyone at the university; a credential in force by anyone
signed in; an award only by its learner, the credential's assessors, ASA and the registrar.
"""

from typing import Final, LiteralString

from psycopg import Connection

from workflow.queries.people import ASA, Person

#: Scalar subqueries, not EXISTS: a plan would else hash every proposal there is for a page of 50.
#: True for a case `c` that the viewer %(viewer)s may see; the other parameters are `parameters()`.
VISIBLE: Final[LiteralString] = """
CASE c.machine
  WHEN 'proposal' THEN %(of_university)s AND (
    SELECT vp.version > 0 OR %(asa)s OR vp.proposer = %(viewer)s
           OR vp.unit = ANY(%(units)s) OR vu.path && %(headed)s::text[]
      FROM proposal vp JOIN unit vu ON vu.id = vp.unit WHERE vp.case_id = c.id)
  WHEN 'agenda_item' THEN %(of_university)s
  WHEN 'meeting' THEN %(of_university)s
  WHEN 'credential' THEN true
  WHEN 'award' THEN %(asa)s OR %(registrar)s OR (
    SELECT va.learner = %(viewer)s OR vk.proposal = ANY(%(rosters)s)
      FROM award va JOIN credential vk ON vk.case_id = va.credential WHERE va.case_id = c.id)
  ELSE false
END"""


def parameters(viewer: Person) -> dict[str, object]:
    """The parameters of VISIBLE for a viewer."""
    return {
        "viewer": viewer.id,
        "of_university": viewer.of_the_university,
        "asa": viewer.holds_any(ASA),
        "registrar": viewer.holds_any({"registrar"}),
        "units": [*viewer.scopes("member")],
        "headed": [*viewer.scopes("unit_head")],
        "rosters": [*viewer.scopes("assessor")],
    }


def may_see(connection: Connection[tuple[object, ...]], viewer: Person, case: str) -> bool:
    """Whether the viewer may see a case; False where there is none."""
    statement = f"SELECT {VISIBLE} FROM cases c WHERE c.id = %(case)s"  # noqa: S608 - our own words
    found = connection.execute(statement, {**parameters(viewer), "case": case}).fetchone()
    return bool(found and found[0])
