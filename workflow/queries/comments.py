"""What is said about a proposal, field by field, in the order in which it was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from policies.document import ProposalDocument
from policies.fields import NoSuchFieldError
from workflow.queries import text

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment; its number is its entry's, so a link to it never changes."""

    seq: int
    at: datetime
    who: str
    for_whom: str
    words: str


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said about one field; `about` is its name, "" for the whole."""

    about: str
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    at: datetime
    who: str
    for_whom: str
    form: Mapping[str, str]


_COMMENTS: Final[LiteralString] = """
SELECT e.seq, e.at, p.name AS who, coalesce(b.name, '') AS for_whom, e.form
  FROM entry e JOIN person p ON p.id = e.actor LEFT JOIN person b ON b.id = e.on_behalf_of
 WHERE e.case_id = %s AND e.trigger = 'comment' ORDER BY e.seq"""


def threads(connection: Rows, case: str, document: ProposalDocument) -> tuple[Thread, ...]:
    """Every comment, by field: those on the whole first, then by when a field was first spoken of.

    A field that is no longer there keeps its comments, under the name of its path.
    """
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(_COMMENTS, (case,)).fetchall()
    said: dict[str, list[Comment]] = {"": []}
    for row in rows:
        said.setdefault(row.form.get("field", ""), []).append(Comment(
            seq=row.seq, at=row.at, who=row.who, for_whom=row.for_whom, words=row.form["words"]
        ))  # fmt: skip
    return tuple(Thread(_about(document, f), tuple(one)) for f, one in said.items() if one)


def _about(document: ProposalDocument, field: str) -> str:
    if not field:
        return ""
    try:
        return text.label(document, field)
    except NoSuchFieldError:
        return field
