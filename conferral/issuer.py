"""The university as issuer: its did:web, its sealed key, its status lists, and its public records.

The key lies sealed in the data folder and is opened by the worker that issues; pages need only the
public part, which is kept beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, cast
from urllib.parse import urlsplit

from psycopg import Connection

from conferral.keyring import Keyring, Keys
from conferral.settings import Settings
from credentials import did, documents, status
from credentials.contexts import pinned
from credentials.errors import KeyRefused
from credentials.facts import Issuer
from credentials.keys import Signer
from workflow.assembler import assemble
from workflow.award.signing import status_list_url
from workflow.engine import Connect, Engine
from workflow.follow import Handler
from workflow.issuing import published_places, sign_award, status_bits, status_lists
from workflow.outbox import FollowOn

#: Whoever publishes a list holds this and the list's number.
_LISTS: Final = 380_105


def issuer_of(settings: Settings) -> Issuer:
    """Who signs: the institution, by the did:web of the address credentials name."""
    parts = urlsplit(settings.issuer_url)
    return Issuer(
        id=did.did_web(parts.hostname or "", port=parts.port),
        name=settings.institution_name,
        url=settings.issuer_url,
        email=settings.business_contact,
    )


def keys_of(settings: Settings) -> Keys:
    """The keys of an installation, in its data folder."""
    return Keys(settings.data.absolute() / "keys", issuer_of(settings).id)


def keyring_of(settings: Settings, *, now: Callable[[], datetime]) -> Keyring:
    """The signer of an installation; a clear error where there is no secret to open it with."""
    if settings.secret_key is None:
        raise KeyRefused("Issuing needs SECRET_KEY: it seals the issuer's key.")
    return Keyring(keys_of(settings), settings.secret_key.get_secret_value(), now)


def handlers_of(settings: Settings, connect: Connect, ring: Keyring) -> Mapping[str, Handler]:
    """What a process that holds the key carries out; a list is published before what it lists."""
    issuer = issuer_of(settings)

    def sign(engine: Engine, follow_on: FollowOn) -> Iterable[str]:
        signer = ring.signer()
        publish_status_lists(settings, connect, signer)
        done = sign_award(
            engine, follow_on.target or "", issuer=issuer, signer=signer,
            base_url=settings.issuer_url,
        )  # fmt: skip
        return (done.case,)

    def publish(_: Engine, follow_on: FollowOn) -> None:
        number = cast("int", follow_on.form["status_list"])
        publish_status_list(settings, connect, ring.signer(), number=number)

    return {"sign": sign, "publish": publish, "assemble": assemble}


def did_document(settings: Settings) -> Mapping[str, object] | None:
    """The DID document to publish at /.well-known/did.json; None before the first key was made."""
    keys = keys_of(settings)
    public = keys.public()
    return did.did_document(keys.issuer_id, public) if public else None


def publish_status_lists(
    settings: Settings, connect: Connect, signer: Signer, *, anew: bool = False
) -> tuple[int, ...]:
    """Sign and keep every status list that is not published yet; with `anew` each that differs.

    The numbers of those that were signed.
    """
    with connect() as connection:
        numbers = status_lists(connection)
        there = connection.execute("SELECT number FROM status_list").fetchall()
    wanted = numbers if anew else sorted({*numbers} - {cast("int", number) for (number,) in there})
    return tuple(
        number for number in wanted if publish_status_list(settings, connect, signer, number=number)
    )


def publish_status_list(
    settings: Settings, connect: Connect, signer: Signer, *, number: int
) -> bool:
    """Sign a list as it is now, unless what is published says the same; whether it was signed.

    One at a time for each list: the places are read after the lock, so the last one to publish has
    seen what all before it have marked.
    """
    with connect() as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LISTS, number))
        row = connection.execute(
            "SELECT body FROM status_list WHERE number = %s", (number,)
        ).fetchone()
        marked = status_bits(connection, number)
        if row and published_places(cast("bytes", row[0])) == {*marked}:
            return False
        _publish(settings, connection, signer, number=number, marked=marked)
    return True


def _publish(
    settings: Settings, connection: Connection[tuple[object, ...]], signer: Signer, *,
    number: int, marked: Iterable[int],
) -> None:  # fmt: skip
    now = datetime.now(UTC)
    document = status.status_list_credential(
        status_list_url(number, settings.issuer_url),
        marked,
        issuer_id=issuer_of(settings).id,
        signer=signer,
        now=now,
        contexts=pinned(),
    )
    connection.execute(
        """INSERT INTO status_list (number, body, signed_at) VALUES (%s, %s, %s)
           ON CONFLICT (number)
           DO UPDATE SET body = EXCLUDED.body, signed_at = EXCLUDED.signed_at""",
        (number, documents.write(document), now),
    )


def published_list(connect: Connect, number: int) -> bytes | None:
    """A status list as it was signed; None where there is none of this number."""
    with connect() as connection:
        row = connection.execute(
            "SELECT body FROM status_list WHERE number = %s", (number,)
        ).fetchone()
    return cast("bytes", row[0]) if row else None
