"""I11: what was issued verifies, and what is published on it is what is recorded."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, LiteralString, cast

from psycopg import Connection

from credentials import documents
from credentials.did import ResolveKey
from credentials.errors import CredentialError
from credentials.verify import Answer, verify
from workflow.issuing import published_places, status_bits, status_lists

Rows = Connection[tuple[object, ...]]
#: (what is wrong, the row it is wrong with)
Broken = tuple[str, dict[str, object]]

_BATCH: Final = 200
#: Answers that a genuine credential can get without its status list.
_GENUINE: Final = frozenset({Answer.VALID, Answer.EXPIRED, Answer.NOT_YET})
_SIGNED: Final[LiteralString] = """
SELECT case_id, credential_id, body FROM signed_credential ORDER BY case_id"""


def unlike(connection: Rows, *, resolve_key: ResolveKey | None, now: datetime) -> Iterator[Broken]:
    """Each list and each credential that is not as it must be.

    `resolve_key` finds our own keys; without it no signature is asked.
    """
    for number in status_lists(connection):
        yield from _of_list(connection, number)
    if resolve_key is not None:
        yield from _of_credentials(connection, resolve_key, now)


def _of_list(connection: Rows, number: int) -> Iterator[Broken]:
    row = connection.execute("SELECT body FROM status_list WHERE number = %s", (number,)).fetchone()
    wanted = {*status_bits(connection, number)}
    if row is None:
        if wanted:
            yield "A status list with places set is not published.", {"status_list": number}
        return
    try:
        published = published_places(cast("bytes", row[0]))
    except CredentialError as error:
        yield f"A status list cannot be read. {error}", {"status_list": number}
        return
    for index in sorted(wanted ^ published):
        said = "is revoked, but not in its list" if index in wanted else "is in its list by mistake"
        yield f"A credential {said}.", {"status_list": number, "status_index": index}


def _of_credentials(connection: Rows, resolve_key: ResolveKey, now: datetime) -> Iterator[Broken]:
    with connection.cursor("signed") as cursor:
        cursor.itersize = _BATCH
        for case, credential_id, body in cursor.execute(_SIGNED):
            fault = _fault(cast("bytes", body), resolve_key, now)
            if fault:
                row = {"case_id": case, "credential_id": credential_id}
                yield f"A credential does not verify. {fault}", row


def _fault(body: bytes, resolve_key: ResolveKey, now: datetime) -> str:
    """Why these bytes are not a genuine credential; "" where they are."""
    try:
        verdict = verify(documents.read(body), resolve_key=resolve_key, now=now)
    except CredentialError as error:
        return str(error)
    if verdict.answer in _GENUINE:
        return ""
    return " ".join(check.sentence for check in verdict.checks if check.ok is False)
