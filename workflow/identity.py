"""Who somebody is, as an identity provider knows them: (issuer, subject), tied to a person once.

An address never identifies anyone: it can change hands. What ties a new identity to a person is the
directory key that the provider vouches for, under which people are loaded.
"""

from dataclasses import dataclass
from typing import Final

from psycopg import Connection
from psycopg.errors import UniqueViolation

from workflow.forms import unprintable

Rows = Connection[tuple[object, ...]]

LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What an identity provider vouches for: its own name, its name for somebody, and who that is.

    `key` is the person's directory key; name and address may be empty.
    """

    issuer: str
    subject: str
    key: str
    name: str = ""
    email: str = ""


class NotKnownError(Exception):
    """Nobody here is the one who was vouched for; the message is for them."""


def recognise(connection: Rows, claims: Claims, *, new_people: bool, zone: str) -> str:
    """The person somebody is; a first visit ties the identity to the person of that key.

    With `new_people` somebody whom nobody here knows becomes a person without any role, who reads
    times in `zone` (IANA). Raises NotKnownError.
    """
    if any(unprintable(word) or len(word) > LONGEST for word in (claims.subject, claims.key)):
        raise NotKnownError("Your account has a name that cannot be kept here. Tell its operator.")
    with connection.transaction():
        if person := _tied(connection, claims):
            return person
        if not _is_there(connection, claims.key):
            if not new_people:
                raise NotKnownError(
                    "You are signed in, but nobody has entered you here yet. Ask Academic and "
                    "Student Affairs to add you."
                )
            _enter(connection, claims, zone)
        _tie(connection, claims)
    return claims.key


def _tied(connection: Rows, claims: Claims) -> str | None:
    row = connection.execute(
        "SELECT person FROM identity WHERE issuer = %s AND subject = %s",
        (claims.issuer, claims.subject),
    ).fetchone()
    return str(row[0]) if row else None


def _is_there(connection: Rows, person: str) -> bool:
    found = connection.execute("SELECT FROM person WHERE id = %s", (person,)).fetchone()
    return found is not None


def _enter(connection: Rows, claims: Claims, zone: str) -> None:
    if "@" not in claims.email or unprintable(claims.email) or unprintable(claims.name):
        raise NotKnownError("Your account names no mail address, and we could not write to you.")
    connection.execute(
        """INSERT INTO person (id, name, email, zone, enrolled) VALUES (%s, %s, %s, %s, true)
           ON CONFLICT (id) DO NOTHING""",
        (claims.key, claims.name or claims.key, claims.email, zone),
    )


def _tie(connection: Rows, claims: Claims) -> None:
    """One identity of each provider a person: a second would be a second way into their work."""
    try:
        connection.execute(
            """INSERT INTO identity (issuer, subject, person, since) VALUES (%s, %s, %s, now())
               ON CONFLICT (issuer, subject) DO NOTHING""",
            (claims.issuer, claims.subject, claims.key),
        )
    except UniqueViolation as taken:
        raise NotKnownError(
            "Another account already signs in as this person. Tell Academic and Student Affairs."
        ) from taken
