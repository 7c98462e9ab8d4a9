"""The university as issuer: its did:web, its sealed key, its status lists, and its public records.

The key lies sealed in the data folder and is opened by the worker that issues; pages need only the
public part, which is kept beside it.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import orjson
from psycopg import Connection

from conferral.settings import Settings
from credentials import did, documents, status
from credentials.contexts import pinned
from credentials.errors import KeyRefused
from credentials.facts import Issuer
from credentials.keys import (
    FileSigner,
    Signer,
    create_key_file,
    dated_key_id,
    from_multikey,
    open_key_file,
)
from tasks import issuing
from workflow.engine import Connect, Engine
from workflow.follow import Handler
from workflow.issuing import status_bits, status_lists
from workflow.outbox import FollowOn


@dataclass(frozen=True, slots=True)
class Keys:
    """The folder in which keys lie, one sealed file a key, named by its date."""

    folder: Path

    def signer(self, issuer_id: str, *, passphrase: str, now: datetime) -> Signer:
        """The newest key, made the first time. Raises KeyRefused where it does not open."""
        files = self._files()
        if files:
            return open_key_file(files[-1], passphrase=passphrase.encode())
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_id = dated_key_id(issuer_id, made=now.date())
        file = self.folder / f"{key_id.rpartition('#')[2]}.json"
        try:
            return create_key_file(
                file, key_id=key_id, passphrase=passphrase.encode(), entropy=os.urandom
            )
        except KeyRefused:
            if not file.exists():
                raise
            return open_key_file(file, passphrase=passphrase.encode())  # another was first

    def public(self, issuer_id: str) -> tuple[did.VerificationKey, ...]:
        """Every key that ever signed, oldest first: the public part needs no passphrase."""
        kept = (orjson.loads(file.read_bytes()) for file in self._files())
        return tuple(
            did.VerificationKey(key["key_id"], issuer_id, from_multikey(key["public_key"]))
            for key in kept
        )

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("key-*.json"))


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
    return Keys(settings.data.absolute() / "keys")


def signer_of(settings: Settings, *, now: datetime) -> FileSigner | Signer:
    """The signer of an installation; a clear error where there is no secret to open it with."""
    if settings.secret_key is None:
        raise KeyRefused("Issuing needs SECRET_KEY: it seals the issuer's key.")
    issuer = issuer_of(settings)
    passphrase = settings.secret_key.get_secret_value()
    return keys_of(settings).signer(issuer.id, passphrase=passphrase, now=now)


def handlers_of(settings: Settings, connect: Connect, signer: Signer) -> Mapping[str, Handler]:
    """What a process that holds the key carries out; a list is published before what it lists."""
    carried = issuing.handlers(
        issuer=issuer_of(settings), signer=signer, base_url=settings.issuer_url
    )

    def sign(engine: Engine, follow_on: FollowOn) -> Iterable[str] | None:
        publish_status_lists(settings, connect, signer)
        return carried["sign"](engine, follow_on)

    return {**carried, "sign": sign}


def did_document(settings: Settings) -> Mapping[str, object] | None:
    """The DID document to publish at /.well-known/did.json; None before the first key was made."""
    issuer = issuer_of(settings)
    keys = keys_of(settings).public(issuer.id)
    return did.did_document(issuer.id, keys) if keys else None


def publish_status_lists(
    settings: Settings, connect: Connect, signer: Signer, *, anew: bool = False
) -> None:
    """Sign and keep every status list that is not published yet; with `anew` each of them."""
    with connect() as connection:
        for number in status_lists(connection):
            found = connection.execute(
                "SELECT 1 FROM status_list WHERE number = %s", (number,)
            ).fetchone()
            if found is None or anew:
                _publish(settings, connection, signer, number=number)


def _publish(
    settings: Settings, connection: Connection[tuple[object, ...]], signer: Signer, *, number: int
) -> None:
    now = datetime.now(UTC)
    document = status.status_list_credential(
        f"{settings.issuer_url}/status/{number}",
        status_bits(connection, number),
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
