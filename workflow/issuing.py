"""Issuing, exactly once: what was reserved is signed, kept for ever, then the award is issued.

Killed anywhere it can be run again: bytes that are stored are used again and never signed anew, and
the door gives the first answer to the same key.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, LiteralString, cast

from psycopg import Connection

from credentials import clr, documents, status
from credentials import issue as credential
from credentials.facts import Issuer
from credentials.keys import Signer
from policies.document import read_document
from workflow.award.signing import HeldPart, ToSign, achievement_facts, award_facts
from workflow.engine import Engine
from workflow.facts import SYSTEM
from workflow.perform import Command, Done, perform

Rows = Connection[tuple[object, ...]]


def sign_award(engine: Engine, case: str, *, issuer: Issuer, signer: Signer, base_url: str) -> Done:
    """Sign what `verify` reserved, keep the bytes, and issue the award; again without harm.

    `base_url`: the public address of this installation, without a slash at its end. Raises Refused
    where the award is not approved to be issued, and credentials' CredentialError where its facts
    make no credential; nothing is issued then.
    """
    with engine.connect() as connection:
        reserved = _reserved(connection, case)
        signing = _to_sign(connection, case)
    if signing is not None:
        signed = credential.issue(
            award_facts(signing, base_url=base_url),
            achievement_facts(signing, base_url=base_url),
            issuer=issuer,
            signer=signer,
            now=engine.clock.now(),
        )
        with engine.connect() as connection:
            _keep(connection, case, signed, key_id=signer.key_id, at=engine.clock.now())
    if signing is None or signing.parts:
        sign_record(engine, case, issuer=issuer, signer=signer)
    return perform(
        engine, Command(trigger="issue", actor=SYSTEM, key=f"issue {reserved or case}", case=case)
    )


def sign_record(engine: Engine, case: str, *, issuer: Issuer, signer: Signer) -> bool:
    """Sign a micro-certificate and the badges in it as one file, once; whether it was done now.

    Nothing is done for a badge, for what is not signed yet, and for what has its file. The badges
    are those that the certificate itself names as its own, in the bytes that were signed.
    """
    with engine.connect() as connection:
        certificate = _without_record(connection, case)
        parts = _named_parts(connection, certificate) if certificate else ()
    if certificate is None or not parts:
        return False
    now = engine.clock.now()
    record = clr.issue_record(certificate, parts, issuer=issuer, signer=signer, now=now)
    with engine.connect() as connection:
        connection.execute(
            """
            INSERT INTO learner_record (case_id, body, sha256, key_id, signed_at)
            VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            (case, record.content, record.sha256, signer.key_id, now),
        )
    return True


def _without_record(connection: Rows, case: str) -> bytes | None:
    """The signed bytes of a micro-certificate that has no record yet."""
    row = connection.execute(
        """
        SELECT s.body FROM signed_credential s
          JOIN award a ON a.case_id = s.case_id JOIN credential k ON k.case_id = a.credential
         WHERE s.case_id = %s AND k.type = 'micro_certificate'
           AND NOT EXISTS (SELECT FROM learner_record r WHERE r.case_id = s.case_id)""",
        (case,),
    ).fetchone()
    return cast("bytes", row[0]) if row else None


def _named_parts(connection: Rows, certificate: bytes) -> tuple[bytes, ...]:
    """The signed badges that a certificate names as its own, in its order."""
    ids = clr.named_parts(documents.read(certificate))
    rows = connection.execute(
        """
        SELECT s.body FROM unnest(%s::text[]) WITH ORDINALITY AS n(id, place)
          JOIN signed_credential s ON s.credential_id = n.id ORDER BY n.place""",
        (list(ids),),
    ).fetchall()
    return tuple(cast("bytes", body) for (body,) in rows)


def _keep(
    connection: Rows, case: str, signed: credential.Signed, *, key_id: str, at: datetime
) -> None:
    """Store the bytes, unless another worker was first: then its bytes are the credential."""
    connection.execute(
        """
        INSERT INTO signed_credential (credential_id, case_id, body, sha256, key_id, signed_at)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (signed.credential_id, case, signed.content, signed.sha256, key_id, at),
    )


_TO_SIGN = """
SELECT json_build_object(
  'credential_id', a.credential_id, 'status_list', a.status_list, 'status_index', a.status_index,
  'email', p.email, 'credential', k.case_id, 'version', v.version, 'title', k.title,
  'type', k.type, 'code', k.code, 'rigor', v.rigor, 'unit', k.unit, 'unit_name', u.name,
  'levels', coalesce((SELECT json_object_agg(r.outcome, r.level) FROM outcome_result r
                       WHERE r.case_id = a.case_id AND r.state = 'met'), '{}'),
  'parts', coalesce((SELECT json_agg(json_build_array(m.credential, mk.title,
                coalesce(i.credential_version, mk.version), i.credential_id)
                ORDER BY mk.title, m.credential)
       FROM constituent m JOIN credential mk ON mk.case_id = m.credential
       LEFT JOIN (award i JOIN cases ic ON ic.id = i.case_id AND ic.state = 'issued')
              ON i.credential = m.credential AND i.learner = a.learner AND NOT i.ended
      WHERE m.certificate = k.case_id AND m.version = v.version), '[]')),
  c.entered_at, v.content
  FROM award a JOIN cases c ON c.id = a.case_id JOIN person p ON p.id = a.learner
  JOIN credential k ON k.case_id = a.credential JOIN unit u ON u.id = k.unit
  JOIN credential_version v ON v.case_id = a.credential AND v.version = a.credential_version
 WHERE a.case_id = %s AND c.state = 'approved_to_issue'
   AND NOT EXISTS (SELECT FROM signed_credential s WHERE s.credential_id = a.credential_id)"""


def _reserved(connection: Rows, case: str) -> str | None:
    """The credential id reserved for an award; None where none is."""
    row = connection.execute(
        "SELECT credential_id FROM award WHERE case_id = %s", (case,)
    ).fetchone()
    return cast("str | None", row[0]) if row else None


def _to_sign(connection: Rows, case: str) -> ToSign | None:
    """What is to be signed; None where nothing is, or it has been signed."""
    row = connection.execute(_TO_SIGN, (case,)).fetchone()
    if row is None:
        return None
    said, approved_at, content = cast("tuple[Mapping[str, object], datetime, object]", row)
    return ToSign(
        approved_at=approved_at, document=read_document(content),
        parts=tuple(HeldPart(*part) for part in cast("list[list[str]]", said["parts"])),  # type: ignore[arg-type]
        **{name: value for name, value in said.items() if name != "parts"},  # type: ignore[arg-type]
    )  # fmt: skip


# ---------------------------------------------------------------- status lists


#: From one number to the next by the index: it costs the same however many awards there are.
_LISTS: Final[LiteralString] = """
WITH RECURSIVE n(number) AS (
  SELECT min(status_list) FROM award WHERE status_index IS NOT NULL
  UNION ALL
  SELECT (SELECT min(a.status_list) FROM award a
           WHERE a.status_list > n.number AND a.status_index IS NOT NULL)
    FROM n WHERE n.number IS NOT NULL)
SELECT number FROM n WHERE number IS NOT NULL ORDER BY number"""


def status_lists(connection: Rows) -> tuple[int, ...]:
    """Numbers of the status lists in which places are reserved, to be published."""
    rows = connection.execute(_LISTS).fetchall()
    return tuple(cast("int", number) for (number,) in rows)


def status_bits(connection: Rows, status_list: int) -> tuple[int, ...]:
    """The places of a status list whose bit is set: what was revoked, or replaced by another."""
    rows = connection.execute(
        """
        SELECT a.status_index FROM status_mark m JOIN award a ON a.case_id = m.case_id
         WHERE a.status_list = %s AND m.kind IN ('revoked', 'superseded')
         ORDER BY a.status_index""",
        (status_list,),
    ).fetchall()
    return tuple(cast("int", index) for (index,) in rows)


def published_places(body: bytes) -> set[int]:
    """The places whose bit is set in a list as it is published; StatusListRefused for no list."""
    subject = cast("Mapping[str, object]", documents.read(body).get("credentialSubject") or {})
    return set(status.places(status.decode(str(subject.get("encodedList")))))
