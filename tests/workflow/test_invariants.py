"""Each invariant holds on what the engine wrote, and is seen to break when a row is changed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid5

import psycopg
import pytest

from conferral.compose import pool
from conferral.servers import Servers
from tests.factory import COMMITTEES, LEARNER, PROPOSER, UNIT_HEAD, seed_people
from tests.servers import TEMPLATE, url_of
from tests.unchanged import unchanged
from tests.workflow.award_play import Awards
from tests.workflow.play import Play, chair
from workflow.effects import NAMESPACE
from workflow.envelopes import sort_all
from workflow.invariant_queries import INVARIANTS
from workflow.invariants import ASKED, MOST, Violation, violations
from workflow.outbox import Attempted, claim_envelopes, finish_envelope
from workflow.registry import MACHINES

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class World:
    """A database in which cases of all four machines have gone their ways, and its time."""

    name: str
    now: datetime
    badge: str
    award: str
    item: str


@pytest.fixture(scope="module")
def world(servers: Servers, template: str) -> World:
    del template  # only that it is there
    name = "conferral_invariants"
    _create(servers, name, TEMPLATE)
    with psycopg.connect(url_of(servers, name)) as connection:
        seed_people(connection)
    with pool(url_of(servers, name), size=3) as connect:
        play = Play(connect)
        awards = Awards(play)
        case = play.routed()
        item = play.voting(play.items(case)["ugc"], "ugc")
        play.vote(item, "ugc", "yyyyna---")
        absent = COMMITTEES["ugc"][5]
        play.do("recuse", absent, item, member=absent, reason="Co-author.")
        play.vote(item, "ugc", "------yyn")
        play.do("close_vote", chair("ugc"), item)
        badge = awards.badge("Public Data")
        award = awards.issued(badge)
        awards.recorded(award)
        play.draft(title="Another Draft")
        _send(play)
        return World(name, play.clock.now(), badge, award, item)


def _send(play: Play) -> None:
    """Send every mail: half of them at the second try, after one that got no answer."""
    lease = timedelta(seconds=60)
    sort_all(play.engine)
    with play.connect() as connection:
        for answered in (False, True):
            connection.execute("UPDATE envelope SET lease_until = NULL")
            now = play.clock.now() + timedelta(days=5)  # what waits for a morning too
            mails = claim_envelopes(connection, limit=1000, lease=lease, business_now=now)
            for n, mail in enumerate(mails):
                if answered or n % 2:
                    sent = Attempted("sent", "250 OK")
                    assert finish_envelope(connection, mail, sent, business_now=now)


def _create(servers: Servers, name: str, copy_of: str) -> None:
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copy_of} STRATEGY file_copy")


@pytest.fixture
def copy(servers: Servers, world: World) -> Iterator[str]:
    """The URL of a copy of that database, to be broken."""
    name = f"invariants_{os.getpid()}_{next(_numbers)}"
    _create(servers, name, world.name)
    yield url_of(servers, name)
    with psycopg.connect(url_of(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def found(url: str, now: datetime) -> tuple[Violation, ...]:
    with psycopg.connect(url, autocommit=True) as connection:
        return violations(connection, machines=MACHINES, now=now)


def broken(url: str, world: World, *statements: str) -> None:
    """Change the database behind the back of its guards, as only a superuser can."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            done = connection.execute(
                statement.encode(),
                {"award": world.award, "item": world.item, "badge": world.badge,
                 "now": world.now, "learner": LEARNER, "proposer": PROPOSER},
            )  # fmt: skip
            assert done.rowcount, f"nothing was broken by {statement}"


def test_what_the_engine_wrote_breaks_nothing(world: World, copy: str) -> None:
    with unchanged(copy):
        assert found(copy, world.now) == ()


def test_every_invariant_has_its_sentence() -> None:
    assert {one.id for one in INVARIANTS} | {"I3", "I10", "I11"} == set(ASKED)


#: (invariant, part of the sentence, what breaks it)
BREAKAGES = [
    ("I2", "An entry is missing", "DELETE FROM entry WHERE case_id = 'MC-1' AND seq = 2"),
    ("I2", "does not begin where",
     "UPDATE entry SET from_state = 'design' WHERE case_id = 'MC-1' AND seq = 3"),
    ("I2", "does not stand where", "UPDATE cases SET state = 'approved' WHERE id = 'MC-1'"),
    ("I2", "does not stand where", "UPDATE cases SET revision = revision + 1 WHERE id = 'MC-1'"),
    ("I2", "does not stand where", "DELETE FROM entry WHERE case_id = 'MC-1'"),
    ("I2", "has no subject", "DELETE FROM award"),
    ("I2", "has no subject", "DELETE FROM proposal WHERE case_id = 'MC-1'"),
    ("I2", "has no subject", "DELETE FROM credential"),
    ("I2", "has no subject", "DELETE FROM agenda_item"),
    ("I2", "The census", "DELETE FROM census WHERE id = 1"),
    ("I3", "has no such transition",
     "UPDATE entry SET trigger = 'approve' WHERE trigger = 'submit'"),
    ("I3", "has no such transition", "UPDATE entry SET role = 'member' WHERE trigger = 'approve'"),
    ("I3", "is not kept", "UPDATE cases SET definition = 7 WHERE id = %(award)s"),
    ("I4", "had no seat", "DELETE FROM seat WHERE person = 'ben-draft'"),
    ("I4", "had no seat", "UPDATE seat SET present = false WHERE person = 'ben-draft'"),
    ("I4", "another document",
     "UPDATE agenda_item SET document_hash = repeat('a', 64) WHERE case_id = %(item)s"),
    ("I4", "not what its entry says", "UPDATE vote SET choice = 'no' WHERE person = 'ben-draft'"),
    ("I4", "not what its entry says", "UPDATE vote SET seq = 1 WHERE person = 'ben-draft'"),
    ("I4", "not what its entry says", "UPDATE vote SET seq = 9999 WHERE person = 'ben-draft'"),
    ("I4", "The tally recorded", "UPDATE vote SET choice = 'no' WHERE person = 'ben-draft'"),
    ("I4", "The tally recorded",
     "UPDATE agenda_item SET tally = tally || '{\"yes\": 9}' WHERE case_id = %(item)s"),
    ("I4", "The tally recorded", "DELETE FROM vote WHERE person = 'ben-draft'"),
    ("I4", "The tally recorded", "UPDATE seat SET recused = false WHERE person = 'priya-pretend'"),
    ("I5", "no issued proposal",
     "UPDATE cases SET state = 'approved' WHERE state = 'issued' AND machine = 'proposal'"),
    ("I5", "no issued proposal", "DELETE FROM proposal_version"),
    ("I5", "who assessed it", "UPDATE entry SET actor = 'mina-testcase' WHERE trigger = 'verify'"),
    ("I5", "who assessed it",
     "UPDATE entry SET on_behalf_of = 'mina-testcase' WHERE trigger = 'verify'"),
    ("I5", "who assessed it",
     "UPDATE entry SET on_behalf_of = 'ida-example' WHERE role = 'assessor'"),
    ("I6", "signed off their own",
     "UPDATE sign_off SET person = %(proposer)s WHERE kind = 'endorsement'"),
    ("I6", "signed off their own",
     "UPDATE sign_off SET on_behalf_of = %(proposer)s WHERE kind = 'review'"),
    ("I6", "decided on their own",
     "UPDATE entry SET actor = %(proposer)s WHERE trigger = 'approve'"),
    ("I6", "decided on their own",
     "UPDATE entry SET on_behalf_of = %(proposer)s WHERE trigger = 'clear_to_design'"),
    ("I6", "voted on their own",
     "UPDATE proposal SET proposer = 'ben-draft' WHERE case_id = 'MC-1'"),
    ("I6", "judged their own",
     "UPDATE entry SET actor = %(learner)s WHERE trigger = 'accept_reflection'"),
    ("I6", "judged their own",
     "UPDATE entry SET on_behalf_of = %(learner)s WHERE trigger = 'verify'"),
    ("I7", "say one thing", """
        INSERT INTO notification
        SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid()))).*
          FROM notification n WHERE n.case_id = 'MC-1' LIMIT 1"""),
    ("I7", "no entry that caused",
     "UPDATE notification SET seq = 999 WHERE kind = 'proposal.received'"),
    ("I7", "calls for is missing",
     "DELETE FROM notification WHERE kind = 'proposal.received' AND case_id = 'MC-1'"),
    ("I7", "calls for is missing", "DELETE FROM notification WHERE kind = 'award.issued'"),
    ("I7", "calls for is missing", "DELETE FROM notification WHERE kind = 'agenda_item.result'"),
    ("I7", "another key",
     "UPDATE notification SET occurrence = 'x' WHERE kind = 'proposal.received'"),
    ("I7", "to somebody else", "UPDATE envelope SET recipient = 'ben-draft'"),
    ("I7", "nothing in an envelope", """
        INSERT INTO envelope (id, recipient, thread, importance, created_at, due_at)
        VALUES (gen_random_uuid(), 'ben-draft', 'morning', 'fyi', now(), now())"""),
    ("I8", "what became of its envelope",
     "UPDATE envelope SET state = 'dead', sent_at = NULL WHERE state = 'sent'"),
    ("I8", "without an attempt", "DELETE FROM attempt"),
    ("I8", "sent again", """
        INSERT INTO attempt (envelope, fence, at, result, answer)
        SELECT envelope, fence, at, result, answer FROM attempt
         WHERE result = 'sent' LIMIT 1"""),
    ("I8", "left open", "UPDATE attempt SET result = 'started' WHERE result = 'unknown'"),
    ("I9", "lease on an envelope", """
        UPDATE envelope SET state = 'pending', sent_at = NULL,
               lease_until = now() - interval '31 s'"""),
    ("I9", "lease on a deadline", """
        UPDATE deadline SET fires_at = %(now)s, lease_until = now() - interval '31 s'
         WHERE state = 'armed'"""),
    ("I9", "begun and not taken up", """
        UPDATE follow_on SET state = 'pending', lease_until = now() - interval '31 s'"""),
    ("I9", "waited over 60 seconds for its envelope", """
        UPDATE notification SET state = 'pending', sent_at = NULL, envelope = NULL,
               due_at = %(now)s - interval '61 s'"""),
    ("I9", "An envelope has waited", """
        UPDATE envelope SET state = 'pending', sent_at = NULL, retry_at = NULL,
               lease_until = NULL, due_at = %(now)s - interval '61 s'"""),
    ("I9", "causes in another has waited", """
        UPDATE follow_on SET state = 'pending', lease_until = NULL,
               due_at = %(now)s - interval '61 s'"""),
    ("I9", "A deadline passed", """
        UPDATE deadline SET fires_at = %(now)s - interval '121 s' WHERE state = 'armed'"""),
    ("I9", "mail server has taken nothing", """
        INSERT INTO mail_server (name, failures, closed_since, probe_at)
        VALUES ('mail:25', 5, now() - interval '61 s', now())"""),
    ("I9", "nobody is asked", "DELETE FROM work_item WHERE state = 'open'"),
    ("I10", "chain breaks",
     "UPDATE entry SET form = '{\"unit\": \"x\"}' WHERE case_id = 'MC-1' AND seq = 1"),
    ("I10", "chain breaks",
     "UPDATE entry SET at = at + interval '1 microsecond' WHERE case_id = %(award)s AND seq = 2"),
    ("I10", "chain breaks",
     "UPDATE entry SET hash = repeat('0', 64) WHERE case_id = 'MC-1' AND seq = 2"),
    ("I10", "chain breaks", "UPDATE cases SET chain = repeat('0', 64) WHERE id = 'MC-1'"),
]  # fmt: skip


@pytest.mark.parametrize(("invariant", "sentence", "statement"), BREAKAGES)
def test_a_row_that_breaks_it_is_found(
    world: World, copy: str, invariant: str, sentence: str, statement: str
) -> None:
    broken(copy, world, statement)
    seen = [
        v for v in found(copy, world.now) if v.invariant == invariant and sentence in v.sentence
    ]
    assert seen, f"not seen: {statement}"
    assert all(violation.row for violation in seen)


def test_every_query_is_broken_by_one_of_these() -> None:
    """A query that no breakage reaches might as well not be there."""
    for one in INVARIANTS:
        assert any(one.id == name and part in one.broken for name, part, _ in BREAKAGES), one.broken


def test_a_notification_of_a_kind_no_definition_knows_is_found(world: World, copy: str) -> None:
    kind = "proposal.nonsense"
    with psycopg.connect(copy) as connection:
        row = connection.execute(
            "SELECT case_id, seq FROM notification WHERE kind = 'proposal.received' LIMIT 1"
        ).fetchone()
        assert row is not None
        key = "\x1f".join((str(row[0]), str(row[1]), "mail", kind, UNIT_HEAD, ""))
        mark = uuid5(NAMESPACE, key)
        connection.execute(
            """INSERT INTO notification (id, case_id, seq, kind, importance, recipient, occurrence,
                                         facts, created_at, due_at)
               VALUES (%s, %s, %s, %s, 'fyi', %s, '', '{}', %s, %s)""",
            (mark, *row, kind, UNIT_HEAD, world.now, world.now),
        )
    (violation,) = found(copy, world.now)
    assert violation.sentence == "The definition calls for no such notification."
    assert violation.row["kind"] == kind


def test_the_row_that_is_named_is_the_row_that_is_wrong(world: World, copy: str) -> None:
    broken(copy, world, "UPDATE entry SET form = '{}' WHERE case_id = %(award)s AND seq = 3")
    (violation,) = found(copy, world.now)
    assert (violation.row["case_id"], violation.row["seq"]) == (world.award, 3)


def test_of_one_sentence_no_more_than_a_hundred_rows_are_named(world: World, copy: str) -> None:
    with psycopg.connect(copy) as connection:
        connection.execute(
            """INSERT INTO cases SELECT (jsonb_populate_record(c,
                      jsonb_build_object('id', 'MC-' || n))).*
                 FROM cases c, generate_series(1000, 1249) n WHERE c.id = 'MC-1'"""
        )
    seen = found(copy, world.now)
    assert sum(v.sentence == "A case has no subject." for v in seen) == MOST


def test_it_reads_one_snapshot_and_cannot_write(world: World, copy: str) -> None:
    with psycopg.connect(copy, autocommit=True) as connection:
        violations(connection, machines=MACHINES, now=world.now)
        # The connection is as it was: outside a transaction, and free to write again.
        assert connection.info.transaction_status.name == "IDLE"
        connection.execute("UPDATE person SET name = 'Leo' WHERE id = %s", (LEARNER,))
