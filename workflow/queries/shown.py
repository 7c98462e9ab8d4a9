"""What strangers may read of an issued award: what its learner shows, and what became of it.

An award that is hidden is looked for exactly as one that does not exist: one statement, which finds
nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

#: What became of it for good, or "" where nothing did.
Mark = Literal["", "revoked", "superseded", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """What the verification page of a credential may show."""

    credential_id: str
    case: str
    #: The signed bytes, as they are kept.
    body: bytes
    sha256: str
    title: str
    type: str
    unit: str
    rigor: str
    edition: str
    issued_at: datetime
    record: str
    #: The learner shows it to everyone; else only the page is public, and no JSON (FERPA).
    published: bool
    #: The learner's name as it is now, only where the learner shows it; else "".
    learner_name: str
    #: What its page says while it is under review.
    notice: str
    mark: Mark
    marked_at: datetime | None
    reason: str
    #: The credential id of the award that took its place, where that one may be shown.
    successor: str


#: The first part is the same one probe of an index for what is hidden and for what never was.
_SHOWN: Final[LiteralString] = """
WITH one AS MATERIALIZED (
  SELECT * FROM award WHERE credential_id = %(credential_id)s AND NOT hidden)
SELECT one.credential_id, one.case_id AS case, s.body, s.sha256, k.title, k.type, u.name AS unit,
       v.rigor, c.edition, i.at AS issued_at, one.registrar_record AS record, one.published,
       CASE WHEN one.name_shown THEN p.name ELSE '' END AS learner_name,
       CASE WHEN m.kind IS NULL THEN one.notice ELSE '' END AS notice,
       coalesce(m.kind, '') AS mark, m.at AS marked_at, coalesce(m.reason, '') AS reason,
       coalesce(n.credential_id, '') AS successor
  FROM one
  JOIN signed_credential s ON s.credential_id = one.credential_id
  JOIN cases c ON c.id = one.case_id
  JOIN entry i ON i.case_id = one.case_id AND i.trigger = 'issue'
  JOIN person p ON p.id = one.learner
  JOIN credential k ON k.case_id = one.credential
  JOIN credential_version v ON v.case_id = one.credential AND v.version = one.credential_version
  JOIN unit u ON u.id = k.unit
  LEFT JOIN status_mark m ON m.case_id = one.case_id
  LEFT JOIN award n ON n.case_id = m.successor AND NOT n.hidden
 ORDER BY i.seq DESC LIMIT 1"""


def public_view(connection: Rows, credential_id: str) -> PublicView | None:
    """What may be shown of an issued credential; None for what is hidden, not issued or unknown.

    `credential_id` is the whole id, `urn:uuid:...`.
    """
    with connection.cursor(row_factory=class_row(PublicView)) as cursor:
        return cursor.execute(_SHOWN, {"credential_id": credential_id}).fetchone()
