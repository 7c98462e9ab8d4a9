"""What a person chose to be written, and when: read and changed here, and nowhere else.

A change counts at once, for what waits in an envelope too, and stands in the register. What asks
for something can be moved to the morning's mail; it cannot be turned off.
"""

from dataclasses import fields
from datetime import timedelta
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from policies.mail import Wishes
from workflow.engine import Engine
from workflow.register import Subject, record

Rows = Connection[tuple[object, ...]]

#: What was muted within so long comes back when such mail is turned on again.
_COMES_BACK: Final = timedelta(days=1)

_SAYS: Final = {
    "act_at_once": ("What waits for you: at once.", "What waits for you: with the morning's mail."),
    "know_at_once": ("Decisions: at once.", "Decisions: with the morning's mail."),
    "fyi": ("News: with the morning's mail.", "News: never."),
}


def wishes_of(connection: Rows, person: str) -> Wishes:
    """What a person chose; the defaults where they never did."""
    with connection.cursor(row_factory=class_row(Wishes)) as cursor:
        found = cursor.execute(
            "SELECT act_at_once, know_at_once, fyi FROM mail_wishes WHERE person = %s", (person,)
        ).fetchone()
    return found or Wishes()


def choose(engine: Engine, person: str, wishes: Wishes) -> Wishes:
    """Keep what a person chose; returns what they had chosen before. The same again is no change.

    Raises LookupError for somebody who is not there.
    """
    now = engine.clock.now()
    with engine.connect() as connection, connection.transaction():
        # Whoever sorts this person's mail holds this row: they see one choice or the other.
        held = connection.execute(
            "SELECT 1 FROM person WHERE id = %s FOR NO KEY UPDATE", (person,)
        ).fetchone()
        if held is None:
            raise LookupError(person)
        before = wishes_of(connection, person)
        if wishes == before:
            return before
        values = {name: getattr(wishes, name) for name in Wishes.__slots__}
        connection.execute(_KEEP, {**values, "person": person, "now": now})
        if wishes.fyi != before.fyi:
            since = {"person": person, "since": now - _COMES_BACK}
            connection.execute(_UNMUTE if wishes.fyi else _MUTE, since)
        record(
            connection, Subject("mail", person), says=told(wishes), at=now, actor=person,
            facts=values,
        )  # fmt: skip
    return before


def told(wishes: Wishes) -> str:
    """What was chosen, in words."""
    return " ".join(_SAYS[one.name][not getattr(wishes, one.name)] for one in fields(Wishes))


_KEEP: LiteralString = """
INSERT INTO mail_wishes (person, act_at_once, know_at_once, fyi, changed_at)
VALUES (%(person)s, %(act_at_once)s, %(know_at_once)s, %(fyi)s, %(now)s)
    ON CONFLICT (person) DO UPDATE SET act_at_once = excluded.act_at_once,
       know_at_once = excluded.know_at_once, fyi = excluded.fyi, changed_at = excluded.changed_at"""

#: Out of what has not been claimed; an envelope with nothing left in it is none. The locks keep a
#: worker from claiming one meanwhile, and one that was claimed goes out as it is.
_MUTE: LiteralString = """
WITH waits AS MATERIALIZED (
  SELECT id FROM envelope
   WHERE recipient = %(person)s AND state = 'pending' AND fence = 0 FOR UPDATE SKIP LOCKED),
muted AS (
  UPDATE notification n SET state = 'muted', envelope = NULL FROM waits
   WHERE n.envelope = waits.id AND n.importance = 'fyi' AND n.state = 'pending'
  RETURNING n.id)
DELETE FROM envelope e USING waits
 WHERE e.id = waits.id AND NOT EXISTS (
   SELECT FROM notification n WHERE n.envelope = e.id AND n.importance <> 'fyi')"""

_UNMUTE: LiteralString = """
UPDATE notification SET state = 'pending'
 WHERE recipient = %(person)s AND state = 'muted' AND created_at > %(since)s"""
