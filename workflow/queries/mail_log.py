"""The mail log: every mail with what became of it, and every attempt to deliver one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

Rows = Connection[tuple[object, ...]]

#: What can become of a mail.
STATES: Final = ("pending", "sent", "dead", "discarded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched for; what is empty asks nothing.

    `person` is an id, an address or part of a name; `kind` begins a message's kind; `begins` and
    `ends` bound when a mail was to go out.
    """

    person: str = ""
    case: str = ""
    kind: str = ""
    state: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


class Last(NamedTuple):
    """Where a page of the log ended."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail: to whom, on what, when; `tries` counts all attempts, those before a replay too.

    `retry_at` is by the database's clock, all else business time; `why` is the server's last word.
    """

    id: UUID
    name: str
    address: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    retry_at: datetime | None
    why: str
    tries: int
    cases: list[str]
    kinds: list[str]

    @property
    def says(self) -> str:
        """What is in it, in a few words."""
        words = (kind.replace(".", ": ", 1).replace("_", " ") for kind in self.kinds)
        return "; ".join(dict.fromkeys(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt, by the database's clock, and what the mail server answered."""

    at: datetime
    result: str
    answer: str
    took_ms: int | None


def mail_log(
    connection: Rows, wanted: Wanted, *, before: Last | None = None, take: int = 50
) -> tuple[Mail, ...]:
    """A page of the log, the newest first."""
    values = {
        "person": wanted.person.strip(), "case": wanted.case.strip().upper(), "kind": wanted.kind,
        "state": wanted.state, "begins": wanted.begins, "ends": wanted.ends,
        "at": before.at if before else None, "last": before.id if before else None, "take": take,
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(Mail)) as cursor:
        return tuple(cursor.execute(_LOG, values).fetchall())


def one_mail(connection: Rows, mail: UUID) -> Mail | None:
    """One mail by its id."""
    with connection.cursor(row_factory=class_row(Mail)) as cursor:
        return cursor.execute(_ONE, {"id": mail}).fetchone()


def attempts(connection: Rows, mail: UUID) -> tuple[Tried, ...]:
    """Every attempt to deliver a mail, the first one first."""
    with connection.cursor(row_factory=class_row(Tried)) as cursor:
        return tuple(
            cursor.execute(
                "SELECT at, result, answer, took_ms FROM attempt WHERE envelope = %s ORDER BY id",
                (mail,),
            ).fetchall()
        )


_READ: Final[LiteralString] = """
SELECT e.id, p.name, p.email AS address, e.state, e.due_at, e.sent_at, e.retry_at,
       coalesce(e.outcome, '') AS why,
       (SELECT count(*) FROM attempt a WHERE a.envelope = e.id) AS tries,
       coalesce(n.cases, '{}') AS cases, coalesce(n.kinds, '{}') AS kinds
  FROM envelope e JOIN person p ON p.id = e.recipient
  LEFT JOIN LATERAL (SELECT array_agg(DISTINCT case_id) AS cases, array_agg(DISTINCT kind) AS kinds
                       FROM notification WHERE envelope = e.id) AS n ON true"""

_ONE: Final[LiteralString] = f"{_READ} WHERE e.id = %(id)s"
_LOG: Final[LiteralString] = f"""{_READ}
 WHERE (%(state)s = '' OR e.state = %(state)s)
   AND (%(person)s = '' OR p.id = %(person)s OR lower(p.email) = lower(%(person)s)
        OR strpos(lower(p.name), lower(%(person)s)) > 0)
   AND (%(case)s = '' OR %(case)s = ANY(n.cases))
   AND (%(kind)s = '' OR EXISTS (SELECT FROM unnest(n.kinds) AS k WHERE starts_with(k, %(kind)s)))
   AND (%(begins)s::timestamptz IS NULL OR e.due_at >= %(begins)s)
   AND (%(ends)s::timestamptz IS NULL OR e.due_at < %(ends)s)
   AND (%(at)s::timestamptz IS NULL OR (e.due_at, e.id) < (%(at)s, %(last)s))
 ORDER BY e.due_at DESC, e.id DESC LIMIT %(take)s"""
