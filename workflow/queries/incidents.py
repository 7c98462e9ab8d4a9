"""What stands still and will not go on by itself: each with since when, and why in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

#: What can be taken up again or given up.
Kind = Literal["mail", "follow_on", "deadline"]
KINDS: Final[tuple[Kind, ...]] = ("mail", "follow_on", "deadline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One row that was given up: a mail, what a case caused in another, or a clock.

    `word` is the mail's kind or the trigger, `who` whom a mail was for; `case` is "" for a case
    that was still to begin.
    """

    kind: Kind
    id: UUID
    case: str
    word: str
    who: str
    since: datetime
    why: str

    @property
    def what(self) -> str:
        """What did not happen, in a few words: "Mail to Leo Learner: award received"."""
        words = self.word.replace(".", ": ", 1).replace("_", " ")
        return {
            "mail": f"Mail to {self.who}, {words}",
            "follow_on": f"What follows from another case, {words}",
            "deadline": f"What a passed date calls for, {words}",
        }[self.kind]


class Server(NamedTuple):
    """A mail server that nothing is handed to; `setting` where we have to mend something."""

    name: str
    closed_since: datetime
    probe_at: datetime
    setting: bool
    why: str
    waiting: int


def incidents(
    connection: Rows, *, kind: str = "", word: str = "", case: str = "", take: int = 100
) -> tuple[Incident, ...]:
    """Rows that were given up, the oldest first; of a kind, with a word, of a case.

    `word` is the beginning of a mail's kind or of a trigger.
    """
    values = {"kind": kind, "word": word, "case": case, "take": take}
    with connection.cursor(row_factory=class_row(Incident)) as cursor:
        return tuple(cursor.execute(_INCIDENTS, values).fetchall())


def counts(connection: Rows) -> dict[str, int]:
    """How many of each kind there are."""
    found = connection.execute(_COUNTS).fetchall()
    return {str(kind): int(str(many)) for kind, many in found}


def closed_servers(connection: Rows) -> tuple[Server, ...]:
    """Mail servers that nothing is handed to, and how many mails wait meanwhile."""
    found = connection.execute(_SERVERS).fetchall()
    return tuple(Server(*row) for row in found)  # type: ignore[arg-type]


_INCIDENTS: Final[LiteralString] = """
WITH dead AS (
SELECT 'mail' AS kind, e.id, coalesce(n.case_id, '') AS case, coalesce(n.kind, '') AS word,
       p.name AS who, coalesce((SELECT max(a.at) FROM attempt a WHERE a.envelope = e.id),
                               e.created_at) AS since, coalesce(e.outcome, '') AS why
  FROM envelope e JOIN person p ON p.id = e.recipient
  LEFT JOIN LATERAL (SELECT case_id, kind FROM notification WHERE envelope = e.id
                      ORDER BY created_at, id LIMIT 1) AS n ON true
 WHERE e.state = 'dead'
UNION ALL
SELECT 'follow_on', f.id, coalesce(f.target, f.cause_case), f.machine || '.' || f.trigger, '',
       f.due_at, coalesce(f.outcome, '')
  FROM follow_on f WHERE f.state = 'dead'
UNION ALL
SELECT 'deadline', d.id, d.case_id, c.machine || '.' || coalesce(d.trigger, d.does), '',
       d.fires_at, coalesce(d.outcome, '')
  FROM deadline d JOIN cases c ON c.id = d.case_id WHERE d.state = 'refused')
SELECT * FROM dead
 WHERE (%(kind)s = '' OR kind = %(kind)s) AND starts_with(word, %(word)s)
   AND (%(case)s = '' OR "case" = %(case)s)
 ORDER BY since, id LIMIT %(take)s"""

_COUNTS: Final[LiteralString] = """
SELECT 'mail', count(*) FROM envelope WHERE state = 'dead'
UNION ALL SELECT 'follow_on', count(*) FROM follow_on WHERE state = 'dead'
UNION ALL SELECT 'deadline', count(*) FROM deadline WHERE state = 'refused'"""

_SERVERS: Final[LiteralString] = """
SELECT name, closed_since, probe_at, setting, why,
       (SELECT count(*) FROM envelope WHERE state = 'pending')
  FROM mail_server WHERE closed_since IS NOT NULL ORDER BY closed_since"""
