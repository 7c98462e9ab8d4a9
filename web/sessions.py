"""Signed-in browsers: a secret in a cookie, its hash in a row, limits by the database's clock."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from psycopg import Connection
from psycopg.errors import ForeignKeyViolation
from psycopg.rows import class_row

IDLE_MINUTES: Final = 60
HOURS: Final = 12
#: `seen_at` is written at most once in so many seconds, so reading pages costs no writes.
_TOUCH_SECONDS: Final = 60

_LIVE: Final = f"""
WITH live AS (
  SELECT s.hash, s.seen_at, p.id AS person, p.name, p.zone,
         EXISTS (SELECT FROM appointment a WHERE a.person = p.id AND a.starts <= now()
                    AND (a.ends IS NULL OR a.ends > now())) AS works_here,
         EXISTS (SELECT FROM appointment a WHERE a.person = p.id AND a.role = 'admin'
                    AND a.starts <= now() AND (a.ends IS NULL OR a.ends > now())) AS operates
    FROM session s JOIN person p ON p.id = s.person
   WHERE s.hash = %s AND s.seen_at > now() - interval '{IDLE_MINUTES} minutes'
     AND s.created_at > now() - interval '{HOURS} hours'),
touched AS (
  UPDATE session s SET seen_at = now() FROM live
   WHERE s.hash = live.hash AND live.seen_at < now() - interval '{_TOUCH_SECONDS} seconds')
SELECT hash, person, name, zone, works_here, operates FROM live"""  # noqa: S608 - our own numbers

Rows = Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever is signed in: the session's hash, and the person with their time zone (IANA)."""

    hash: str
    person: str
    name: str
    zone: str
    #: Whether they hold any office or membership; learners do not.
    works_here: bool
    #: Whether they operate this installation.
    operates: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A session that is open: by its hash, since when, and when it was last used."""

    hash: str
    created_at: datetime
    seen_at: datetime


def begin(connection: Rows, person: str) -> str | None:
    """Open a session and return its secret, kept nowhere else; None for an unknown person."""
    secret = token_urlsafe(32)
    try:
        connection.execute(
            "INSERT INTO session (hash, person, created_at, seen_at) VALUES (%s, %s, now(), now())",
            (hash_of(secret), person),
        )
    except ForeignKeyViolation:
        return None
    return secret


def visitor(connection: Rows, secret: str) -> Visitor | None:
    """The visitor a secret stands for; None when it is unknown, idle too long or too old."""
    with connection.cursor(row_factory=class_row(Visitor)) as cursor:
        return cursor.execute(_LIVE, (hash_of(secret),)).fetchone()


def end(connection: Rows, secret: str) -> None:
    """Close a session; closing one that is not there changes nothing."""
    connection.execute("DELETE FROM session WHERE hash = %s", (hash_of(secret),))


def of_person(connection: Rows, person: str) -> list[Seen]:
    """The sessions of a person that could still be used, last seen first."""
    with connection.cursor(row_factory=class_row(Seen)) as cursor:
        return cursor.execute(
            f"""SELECT hash, created_at, seen_at FROM session
                 WHERE person = %s AND seen_at > now() - interval '{IDLE_MINUTES} minutes'
                   AND created_at > now() - interval '{HOURS} hours'
                 ORDER BY seen_at DESC, hash""",  # noqa: S608 - our own numbers
            (person,),
        ).fetchall()


def end_all(connection: Rows, person: str, *, but: str = "") -> int:
    """Close every session of a person, except the one of hash `but`; how many were open."""
    return connection.execute(
        "DELETE FROM session WHERE person = %s AND hash <> %s", (person, but)
    ).rowcount


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
