"""Starting points for tests: the sample people, and one coherent row of every table.

A case that has moved is moved by the engine; the rows here are for tests of what lies below it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import cast
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from conferral.seed import SAMPLE, seed
from tests.factory_delivery import rows_of_delivery
from tests.factory_meetings import rows_of_meetings

#: When the rows below say they happened: a Tuesday in term, 09:00 in Miami.
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
HASH = sha256(b"some content").hexdigest()
BODY = b'{"type": ["VerifiableCredential"]}'

PROPOSAL, ITEM, CREDENTIAL, AWARD = "MC-1", "AG-1", "CR-1", "AW-1"
MEETING = "ME-1"
CERTIFICATE = "CR-2"

# People of the sample, by what they are there.
PROPOSER = "rowan-sample"
UNIT = "information-services"
UNIT_HEAD = "noor-specimen"
NEXT_HEAD_UP = "dana-template"
PROVOST = "alex-figment"
ASA_OFFICER, OTHER_ASA_OFFICER = "ida-example", "sam-placeholder"
ASA_DIRECTOR = "max-instance"
AVP = "gwen-notional"
REGISTRAR = "reg-ledger"
SENATE_OFFICE = "sena-gavel"
APPEAL_OFFICER = "otis-hearing"
ADMIN = "ada-operator"
ASSESSOR, OTHER_ASSESSOR = "mina-testcase", "theo-rubric"
LEARNER, OTHER_LEARNER, GUEST_LEARNER = "leo-learner", "mira-pupil", "ola-guest"
#: First of each the chair, then the vice-chair, then seven members more.
COMMITTEES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ugc": (
            "cass-fiction", "vic-madeup", "ben-draft", "lena-outline", "omar-sketch",
            "priya-pretend", "quinn-blank", "rita-stub", "tom-invented",
        ),
        "gc": (
            "gail-legend", "felix-novella", "ines-parable", "jon-imaginary", "kira-mirage",
            "luis-pseudonym", "maya-anyone", "nils-somebody", "olga-nobody",
        ),
        "ucc": (
            "ursa-quorum", "wes-hypothesis", "xenia-assumption", "yuri-example", "zoe-sample",
            "abel-specimen", "bora-placeholder", "cora-fiction", "dov-template",
        ),
    }
)  # fmt: skip


def seed_people(connection: Connection[object], path: Path = SAMPLE) -> None:
    """Units, people and appointments, by the loader that production uses."""
    seed(connection, path)


def appoint(
    connection: Connection[object], person: str, *, role: str, scope: str = "", **more: object
) -> str:
    """Give a person a role (assessor in a proposal's scope, say); return the appointment's id."""
    row = {
        "id": f"{person}/{role}/{scope}",
        "person": person,
        "role": role,
        "scope": scope,
        "starts": AT - timedelta(days=365),
    } | more
    insert(connection, "appointment", **row)
    return str(row["id"])


def insert(connection: Connection[object], table: str, **changes: object) -> None:
    """Insert the coherent row of a table, with the given columns changed."""
    row = ROWS[table] | changes
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    json = [Jsonb(v) if isinstance(v, dict) or name == "agenda" else v for name, v in row.items()]
    connection.execute(statement, json)


def insert_rows(connection: Connection[object]) -> None:
    """One coherent row of every table, besides the sample people."""
    seed_people(connection)
    for case, machine, state in (
        (PROPOSAL, "proposal", "issued"),
        (ITEM, "agenda_item", "open"),
        (MEETING, "meeting", "planned"),
        (CREDENTIAL, "credential", "active"),
        (CERTIFICATE, "credential", "active"),
        (AWARD, "award", "claimed"),
    ):
        insert(connection, "cases", id=case, machine=machine, state=state)
    for table in ROWS:
        if table not in _PEOPLE | {"cases"}:
            insert(connection, table)


_PEOPLE = frozenset({"person", "unit", "appointment"})


def _uuid(number: int) -> UUID:
    return UUID(int=number)


_UNIT: dict[str, object] = {
    "id": "made-up-unit", "name": "A unit", "kind": "unit", "path": ["made-up-unit", "university"],
}  # fmt: skip
_APPOINTMENT: dict[str, object] = {
    "id": "made-up-appointment", "person": PROPOSER, "role": "member", "scope": UNIT, "starts": AT,
}  # fmt: skip

_CORRECTION: dict[str, object] = {
    "case_id": PROPOSAL, "seq": 3, "what": "Registrar’s code", "was": "EX-110", "value": "EX-101",
    "reason": "Two digits were exchanged.", "proposed_by": ADMIN, "proposed_at": AT,
}  # fmt: skip

#: One row a table, in an order in which they can be inserted.
ROWS: Mapping[str, dict[str, object]] = MappingProxyType(
    cast(
        "dict[str, dict[str, object]]",
        {
            "unit": _UNIT,
            "person": {
                "id": "made-up-person",
                "name": "Made Up",
                "email": "made.up@example.edu",
                "zone": "America/New_York",
                "enrolled": True,
            },
            "appointment": _APPOINTMENT,
            "identity": {
                "issuer": "https://login.example.edu",
                "subject": "made-up-subject",
                "person": PROPOSER,
                "since": AT,
            },
            "session": {"hash": HASH, "person": PROPOSER, "created_at": AT, "seen_at": AT},
            "cases": {
                "id": PROPOSAL,
                "machine": "proposal",
                "definition": 1,
                "edition": "2024-02-07",
                "state": "draft",
                "revision": 2,
                "seq": 3,
                "chain": HASH,
                "entered_at": AT,
                "entered_seq": 2,
                "opened_at": AT,
                "clock_at": AT,
            },
            "entry": {
                "case_id": PROPOSAL,
                "seq": 1,
                "trigger": "open",
                "to_state": "draft",
                "revision": 1,
                "actor": PROPOSER,
                "role": "proposer",
                "at": AT,
                "form": {},
                "key": "a-key",
                "previous": "",
                "hash": HASH,
            },
            "follow_on": {
                "id": _uuid(1),
                "task": "perform",
                "cause_case": PROPOSAL,
                "cause_seq": 1,
                "machine": "credential",
                "trigger": "put_in_force",
                "form": {},
                "due_at": AT,
            },
            "census": {"machine": "proposal", "state": "draft", "change": 1},
            "definition_release": {
                "machine": "proposal",
                "version": 1,
                "hash": HASH,
                "released": {},
            },
            "proposal": {
                "case_id": PROPOSAL,
                "kind": "new",
                "proposer": PROPOSER,
                "unit": UNIT,
                "title": "Data Storytelling",
                "title_key": "data storytelling",
                "holds_title": True,
                "draft": {},
                "draft_hash": HASH,
                "last_edited_by": PROPOSER,
                "extended": False,
            },
            "proposal_version": {
                "case_id": PROPOSAL,
                "version": 1,
                "content": {},
                "content_hash": HASH,
                "frozen_by": PROPOSER,
                "frozen_at": AT,
                "seq": 2,
            },
            "sign_off": {
                "case_id": PROPOSAL,
                "seq": 2,
                "kind": "endorsement",
                "person": UNIT_HEAD,
                "role": "unit_head",
                "version": 1,
                "content_hash": HASH,
                "said": {},
                "at": AT,
            },
            "required_change": {
                "id": _uuid(1),
                "case_id": PROPOSAL,
                "seq": 3,
                "number": 1,
                "field": "slos",
                "asks": "Give each outcome a threshold.",
                "asked_by": ASA_OFFICER,
                "asked_at": AT,
            },
            "correction": _CORRECTION,
            "agenda_item": {
                "case_id": ITEM,
                "proposal": PROPOSAL,
                "body": "ugc",
                "position": 1,
                "unit": UNIT,
                "title": "Data Storytelling",
                "document": {},
                "document_hash": HASH,
                "notice_waived": False,
            },
            **rows_of_meetings(MEETING, PROPOSER, AT),
            "seat": {
                "case_id": ITEM,
                "person": COMMITTEES["ugc"][2],
                "round": 1,
                "present": True,
                "chair": False,
                "recused": False,
            },
            "vote": {
                "case_id": ITEM,
                "person": COMMITTEES["ugc"][2],
                "round": 1,
                "choice": "yes",
                "document_hash": HASH,
                "at": AT,
                "seq": 3,
            },
            "credential": {
                "case_id": CREDENTIAL,
                "proposal": PROPOSAL,
                "type": "digital_badge",
                "title": "Data Storytelling",
                "unit": UNIT,
                "code": "EX-101",
                "version": 1,
            },
            "credential_version": {
                "case_id": CREDENTIAL,
                "version": 1,
                "proposal": PROPOSAL,
                "proposal_version": 1,
                "content": {},
                "content_hash": HASH,
                "rigor": "introductory",
                "effective_on": date(2027, 1, 11),
            },
            "constituent": {
                "certificate": CERTIFICATE,
                "version": 1,
                "credential": CREDENTIAL,
                "required": True,
            },
            "award": {
                "case_id": AWARD,
                "learner": LEARNER,
                "credential": CREDENTIAL,
                "credential_version": 1,
                "verified_by": ASA_OFFICER,
                "credential_id": "https://example.edu/awards/1",
                "status_index": 7,
                "published": False,
                "ended": False,
            },
            "outcome_result": {
                "case_id": AWARD,
                "outcome": "slo-1",
                "evidence": "A chart of the data, and what it says.",
                "submitted_at": AT,
                "state": "submitted",
            },
            "reflection": {
                "case_id": AWARD,
                "pathway": "I began with spreadsheets.",
                "personal_growth": "I ask what a chart leaves out.",
                "professional_growth": "I present figures at work.",
                "submitted_at": AT,
                "state": "submitted",
            },
            "signed_credential": {
                "credential_id": "https://example.edu/awards/1",
                "case_id": AWARD,
                "body": BODY,
                "sha256": sha256(BODY).hexdigest(),
                "key_id": "did:web:example.edu#key-1",
                "signed_at": AT,
            },
            "learner_record": {
                "case_id": AWARD,
                "body": BODY,
                "sha256": sha256(BODY).hexdigest(),
                "key_id": "did:web:example.edu#key-1",
                "signed_at": AT,
            },
            "status_mark": {
                "case_id": AWARD,
                "kind": "revoked",
                "at": AT,
                "reason": "Issued in error.",
                "successor": None,
            },
            "log_leaf": {"position": 0, "case_id": PROPOSAL, "seq": 1, "hash": HASH},
            "log_checkpoint": {"size": 1, "root": HASH, "signed_at": AT, "note": "a log"},
            "calendar_version": {"version": 1, "said": {}, "reason": "why", "actor": "a", "at": AT},
            "register_entry": {
                "seq": 1,
                "at": AT,
                "actor": ADMIN,
                "subject_kind": "appointment",
                "subject_id": "made-up-appointment",
                "says": "Rowan Sample became a member of Information Services.",
                "facts": {},
                "previous": "0" * 64,
                "hash": HASH,
            },
            "status_list": {"number": 1, "body": BODY, "signed_at": AT},
            "work_item": {
                "id": _uuid(1),
                "case_id": PROPOSAL,
                "seq": 1,
                "kind": "draft",
                "role": "proposer",
                "scope": "",
                "person": PROPOSER,
                "opened_at": AT,
            },
            "follow_up": {"person": PROPOSER, "case_id": PROPOSAL, "day": AT.date()},
            "deadline": {
                "id": _uuid(1),
                "case_id": PROPOSAL,
                "seq": 1,
                "of_state": "draft",
                "clock": "draft",
                "does": "remind",
                "role": "proposer",
                "scope": "",
                "fires_at": AT,
                "due_at": AT,
                "rule": "10 BD America/New_York",
            },
            "notification": {
                "id": _uuid(1),
                "case_id": PROPOSAL,
                "seq": 1,
                "kind": "received",
                "importance": "know",
                "recipient": PROPOSER,
                "occurrence": "",
                "facts": {},
                "created_at": AT,
                "due_at": AT,
            },
            **rows_of_delivery(PROPOSER, AT, thread=PROPOSAL),
        },
    )
)
