"""What a key of the issuer has signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class SignedBy:
    """An award's credential and when it was signed."""

    case: str
    credential_id: str
    at: datetime


_SIGNED_BY: Final[LiteralString] = """
SELECT case_id AS case, credential_id, signed_at AS at FROM signed_credential
 WHERE key_id = %s ORDER BY signed_at, case_id"""


def signed_by(connection: Connection[tuple[object, ...]], key_id: str) -> tuple[SignedBy, ...]:
    """Every credential that a key has signed, oldest first."""
    with connection.cursor(row_factory=class_row(SignedBy)) as cursor:
        return tuple(cursor.execute(_SIGNED_BY, (key_id,)).fetchall())
