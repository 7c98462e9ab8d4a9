"""What an award is handed out from: its picture, its files, its holder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

_LEVELS: Final = ("introductory", "intermediate", "advanced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One version of a credential as its picture shows it; `parts` are the titles it collects."""

    title: str
    unit: str
    rigor: str
    year: int
    parts: tuple[str, ...]

    @property
    def level(self) -> int:
        """1 to 3; 0 where its level has another name."""
        return _LEVELS.index(self.rigor) + 1 if self.rigor in _LEVELS else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An issued award with its files: the signed bytes, and the record where it is a stack.

    `name` is the learner's as it is now, "" where it is not to be shown.
    """

    case: str
    credential_id: str
    credential: str
    version: int
    body: bytes
    record: bytes | None
    name: str
    issued_at: datetime


_DRAWN: Final[LiteralString] = """
SELECT k.title, u.name AS unit, v.rigor, extract(year FROM v.effective_on)::int AS year,
       coalesce((SELECT array_agg(mk.title ORDER BY mk.title, m.credential) FROM constituent m
                   JOIN credential mk ON mk.case_id = m.credential
                  WHERE m.certificate = k.case_id AND m.version = v.version), '{}') AS parts
  FROM credential k JOIN unit u ON u.id = k.unit
  JOIN credential_version v ON v.case_id = k.case_id AND v.version = %(version)s
 WHERE k.case_id = %(credential)s"""

_FILES: Final[LiteralString] = """
SELECT a.case_id AS case, a.credential_id, a.credential, a.credential_version AS version, s.body,
       r.body AS record, CASE WHEN %(learner)s::text IS NOT NULL OR a.name_shown
                              THEN p.name ELSE '' END AS name,
       (SELECT max(i.at) FROM entry i WHERE i.case_id = a.case_id AND i.trigger = 'issue')
         AS issued_at
  FROM award a JOIN signed_credential s ON s.credential_id = a.credential_id
  JOIN person p ON p.id = a.learner
  LEFT JOIN learner_record r ON r.case_id = a.case_id
 WHERE a.credential_id = %(credential_id)s
   AND (a.published AND NOT a.hidden OR a.learner = %(learner)s)
   AND EXISTS (SELECT FROM entry i WHERE i.case_id = a.case_id AND i.trigger = 'issue')"""


def drawn(connection: Rows, credential: str, version: int) -> Drawn | None:
    """A version of a credential as its picture shows it; None when there is none."""
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        row = cursor.execute(_DRAWN, {"credential": credential, "version": version}).fetchone()
    if row is None:
        return None
    return Drawn(
        title=row.title, unit=row.unit, rigor=row.rigor, year=row.year, parts=tuple(row.parts)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    unit: str
    rigor: str
    year: int
    parts: list[str]


def held(connection: Rows, credential_id: str, *, learner: str | None = None) -> Held | None:
    """The files of an issued award: for its learner, or for anyone where the learner publishes it.

    None for what is not issued, not published or unknown, without a difference between them.
    `credential_id` is the whole id, `urn:uuid:...`.
    """
    asked = {"credential_id": credential_id, "learner": learner}
    with connection.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(_FILES, asked).fetchone()
