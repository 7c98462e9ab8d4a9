"""What never happens, as named queries: each returns no row while it holds.

The ids are those of the reliability guide. What needs a definition gets it as parameters, made
once from the machines in force; what no query can say is judged row by row in `invariants`.
"""

from dataclasses import dataclass
from typing import Final, LiteralString


@dataclass(frozen=True, slots=True)
class Invariant:
    """One invariant, or a part of one: its id, the sentence for a row that breaks it, the query."""

    id: str
    broken: str
    query: LiteralString


_IN_ORDER: Final[LiteralString] = """
SELECT case_id, seq, from_state, to_state, lag(seq, 1, 0) OVER w AS seq_before,
       lag(to_state) OVER w AS state_before
  FROM entry WINDOW w AS (PARTITION BY case_id ORDER BY seq)"""

#: I2. One entry a transition.
HISTORY: Final = (
    Invariant("I2", "An entry is missing before this one.",
         f"SELECT case_id, seq, seq_before FROM ({_IN_ORDER}) e "  # noqa: S608 - our own words
         "WHERE seq <> seq_before + 1"),
    Invariant("I2", "An entry does not begin where the one before it ended.",
         f"SELECT * FROM ({_IN_ORDER}) e "  # noqa: S608 - our own words
         "WHERE from_state IS DISTINCT FROM state_before"),
    Invariant("I2", "A case does not stand where its last entry left it.", """
         SELECT c.id AS case_id, c.state, c.seq, c.revision, e.to_state, e.seq AS last_seq
           FROM cases c LEFT JOIN LATERAL (
             SELECT l.seq, l.to_state, l.revision FROM entry l WHERE l.case_id = c.id
              ORDER BY l.seq DESC LIMIT 1) e ON true
          WHERE e.seq IS NULL
             OR (c.state, c.seq, c.revision) IS DISTINCT FROM (e.to_state, e.seq, e.revision)"""),
    Invariant("I2", "A case has no subject.", """
         SELECT c.id AS case_id, c.machine FROM cases c
          WHERE NOT CASE c.machine
            WHEN 'proposal' THEN EXISTS (SELECT FROM proposal s WHERE s.case_id = c.id)
            WHEN 'agenda_item' THEN EXISTS (SELECT FROM agenda_item s WHERE s.case_id = c.id)
            WHEN 'meeting' THEN EXISTS (SELECT FROM meeting s WHERE s.case_id = c.id)
            WHEN 'credential' THEN EXISTS (SELECT FROM credential s WHERE s.case_id = c.id)
            WHEN 'award' THEN EXISTS (SELECT FROM award s WHERE s.case_id = c.id) END"""),
    Invariant("I2", "The census does not count the cases there are.", """
         SELECT machine, state, counted, there FROM
           (SELECT machine, state, sum(change) AS counted FROM census GROUP BY 1, 2) s
           FULL JOIN (SELECT machine, state, count(*) AS there FROM cases GROUP BY 1, 2) c
             USING (machine, state)
          WHERE coalesce(counted, 0) <> coalesce(there, 0)"""),
)  # fmt: skip

#: I4. A vote once, by whoever may, on the document as it was pinned; the tally is the votes.
VOTES: Final = (
    Invariant("I4", "A vote is by someone who had no seat in its round, or was not there.", """
         SELECT v.case_id, v.person, v.round, v.choice FROM vote v
           LEFT JOIN seat s ON s.case_id = v.case_id AND s.person = v.person AND s.round = v.round
          WHERE s.person IS NULL OR NOT s.present"""),
    Invariant("I4", "A vote is on another document than the item's.", """
         SELECT v.case_id, v.person, v.round, v.document_hash, i.document_hash AS of_the_item
           FROM vote v JOIN agenda_item i ON i.case_id = v.case_id
          WHERE v.document_hash <> i.document_hash"""),
    Invariant("I4", "A vote is not what its entry says.", """
         SELECT v.case_id, v.person, v.round, v.choice, v.seq FROM vote v
           LEFT JOIN entry e ON e.case_id = v.case_id AND e.seq = v.seq
          WHERE e.seq IS NULL OR e.trigger <> 'cast_vote' OR e.actor <> v.person
             OR e.form ->> 'choice' <> v.choice"""),
    Invariant("I4", "The tally recorded is not the votes.", """
         SELECT i.case_id, i.tally ->> 'yes' AS yes, i.tally ->> 'no' AS no,
                i.tally ->> 'abstain' AS abstain, n.yes AS counted_yes, n.no AS counted_no,
                n.abstain AS counted_abstain
           FROM agenda_item i CROSS JOIN LATERAL (
             SELECT count(*) FILTER (WHERE counts AND v.choice = 'yes') AS yes,
                    count(*) FILTER (WHERE counts AND v.choice = 'no') AS no,
                    count(*) FILTER (WHERE counts AND v.choice = 'abstain') AS abstain,
                    coalesce(jsonb_object_agg(v.person, v.choice)
                             FILTER (WHERE v.person IS NOT NULL), '{}') AS roll
               FROM vote v JOIN seat s USING (case_id, person, round)
              CROSS JOIN LATERAL (SELECT s.present AND NOT s.recused
                    AND NOT (s.chair AND i.tally #>> '{rules,chair_votes}' = 'tie_only')
                    AS counts) c
              WHERE v.case_id = i.case_id AND v.round = (i.tally ->> 'round')::int) n
          WHERE i.tally IS NOT NULL
            AND ((n.yes, n.no, n.abstain) IS DISTINCT FROM ((i.tally ->> 'yes')::int,
                 (i.tally ->> 'no')::int, (i.tally ->> 'abstain')::int)
                 OR n.roll <> i.tally -> 'roll')"""),
)  # fmt: skip

#: I5. Nothing is earned that was not approved, nor verified by whoever assessed it.
AWARDS: Final = (
    Invariant("I5", "An award is of a credential that no issued proposal put in force.", """
         SELECT a.case_id, a.credential, a.credential_version, v.proposal, p.state
           FROM award a JOIN credential_version v
             ON v.case_id = a.credential AND v.version = a.credential_version
           JOIN cases p ON p.id = v.proposal
           LEFT JOIN proposal_version f
             ON f.case_id = v.proposal AND f.version = v.proposal_version
          WHERE p.state <> 'issued' OR f.version IS NULL"""),
    Invariant("I5", "An award was verified by someone who assessed it.", """
         SELECT e.case_id, e.seq, e.actor, e.on_behalf_of, s.seq AS assessed
           FROM entry e JOIN cases c ON c.id = e.case_id AND c.machine = 'award'
           JOIN entry s ON s.case_id = e.case_id AND s.role = 'assessor' AND s.seq < e.seq
          WHERE e.trigger = 'verify'
            AND (s.actor IN (e.actor, e.on_behalf_of)
                 OR s.on_behalf_of IN (e.actor, e.on_behalf_of))"""),
)  # fmt: skip

#: I6. Nobody signs off their own, nor does anybody on their behalf.
OWN: Final = (
    Invariant("I6", "A proposer signed off their own proposal.", """
         SELECT f.case_id, f.seq, f.kind, f.person, f.on_behalf_of
           FROM sign_off f JOIN proposal p ON p.case_id = f.case_id
          WHERE p.proposer IN (f.person, f.on_behalf_of)
            AND f.kind IN ('endorsement', 'consultation', 'determination', 'review',
                           'recommendation')"""),
    Invariant("I6", "A proposer decided on their own proposal.", """
         SELECT e.case_id, e.seq, e.trigger, e.actor, e.on_behalf_of FROM entry e
           LEFT JOIN agenda_item i ON i.case_id = e.case_id
           JOIN proposal p ON p.case_id = coalesce(i.proposal, e.case_id)
           JOIN cases c ON c.id = e.case_id
          WHERE p.proposer IN (e.actor, e.on_behalf_of)
            AND c.machine || '.' || e.trigger = ANY(%(not_by_proposer)s)"""),
    Invariant("I6", "A proposer voted on their own proposal.", """
         SELECT v.case_id, v.person, v.round FROM vote v
           JOIN agenda_item i ON i.case_id = v.case_id
           JOIN proposal p ON p.case_id = i.proposal AND p.proposer = v.person
           JOIN seat s ON s.case_id = v.case_id AND s.person = v.person AND s.round = v.round
          WHERE NOT s.recused"""),
    Invariant("I6", "A learner judged their own award.", """
         SELECT e.case_id, e.seq, e.trigger, e.actor, e.on_behalf_of
           FROM entry e JOIN award a ON a.case_id = e.case_id
          WHERE a.learner IN (e.actor, e.on_behalf_of)
            AND (e.role = 'assessor' OR e.trigger = 'verify')"""),
)  # fmt: skip

#: I7 and I8. One notification for each that is called for; each sent, and once unless said why.
MAIL: Final = (
    Invariant("I7", "Two notifications say one thing to one person.", """
         SELECT case_id, seq, kind, recipient, occurrence, count(*) AS times FROM notification
          GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1"""),
    Invariant("I7", "A notification has no entry that caused it.", """
         SELECT n.id, n.case_id, n.seq, n.kind FROM notification n
           LEFT JOIN entry e ON e.case_id = n.case_id AND e.seq = n.seq WHERE e.seq IS NULL"""),
    Invariant("I7", "A notification that the definition calls for is missing.", """
         SELECT e.case_id, e.seq, e.trigger, k.kind, k.role
           FROM entry e JOIN cases c ON c.id = e.case_id
           JOIN unnest(%(calls_machine)s::text[], %(calls_trigger)s::text[], %(calls_from)s::text[],
                       %(calls_to)s::text[], %(calls_kind)s::text[], %(calls_role)s::text[])
             AS k(machine, trigger, from_state, to_state, kind, role)
             ON k.machine = c.machine AND k.trigger = e.trigger AND k.to_state = e.to_state
            AND k.from_state = coalesce(e.from_state, '')
           LEFT JOIN award a ON a.case_id = e.case_id
           LEFT JOIN agenda_item i ON i.case_id = e.case_id
           LEFT JOIN proposal p ON p.case_id = coalesce(i.proposal, e.case_id)
          WHERE NOT EXISTS (SELECT FROM notification n WHERE n.case_id = e.case_id
             AND n.seq = e.seq AND n.kind = k.kind
             AND n.recipient = CASE k.role WHEN 'learner' THEN a.learner ELSE p.proposer END)"""),
    Invariant("I7", "A notification is in an envelope to somebody else.", """
         SELECT n.id, n.case_id, n.kind, n.recipient, e.recipient AS addressed
           FROM notification n JOIN envelope e ON e.id = n.envelope
          WHERE n.recipient <> e.recipient"""),
    Invariant("I7", "There is nothing in an envelope.", """
         SELECT e.id, e.recipient, e.thread, e.state FROM envelope e
          WHERE NOT EXISTS (SELECT FROM notification n WHERE n.envelope = e.id)"""),
    Invariant("I8", "A notification does not say what became of its envelope.", """
         SELECT n.id, n.case_id, n.kind, n.state, e.state AS of_the_envelope
           FROM notification n JOIN envelope e ON e.id = n.envelope
          WHERE (n.state, n.sent_at) IS DISTINCT FROM (e.state, e.sent_at)"""),
    Invariant("I8", "An envelope counts as sent without an attempt that sent it.", """
         SELECT e.id, e.thread, e.recipient FROM envelope e
          WHERE e.state = 'sent' AND NOT EXISTS (
            SELECT FROM attempt a WHERE a.envelope = e.id AND a.result = 'sent')"""),
    Invariant("I8", "An envelope was sent again although it was known to be sent.", """
         SELECT a.envelope AS id, count(*) AS times FROM attempt a WHERE a.result = 'sent'
          GROUP BY 1 HAVING count(*) > 1"""),
    Invariant("I8", "An attempt was left open by a worker that lost its lease.", """
         SELECT e.id, a.fence, e.fence AS fence_now FROM attempt a
           JOIN envelope e ON e.id = a.envelope
          WHERE a.result = 'started' AND (a.fence < e.fence OR e.state <> 'pending')"""),
)  # fmt: skip

#: I9. Nothing stuck. Due by business time; leases and rests by the database's clock.
STUCK: Final = (
    Invariant("I9", "The lease on an envelope ended over 30 seconds ago; nobody took it.", """
         SELECT id, recipient, thread, lease_until FROM envelope
          WHERE state = 'pending' AND lease_until < clock_timestamp() - interval '30 s'
            AND due_at <= %(now)s
            AND (retry_at IS NULL OR retry_at < clock_timestamp() - interval '30 s')"""),
    Invariant("I9", "The lease on a deadline ended over 30 seconds ago; nobody took it.", """
         SELECT id, case_id, clock, lease_until FROM deadline
          WHERE state = 'armed' AND lease_until < clock_timestamp() - interval '30 s'
            AND fires_at <= %(now)s"""),
    Invariant("I9", "What one case causes in another was begun and not taken up again.", """
         SELECT id, cause_case, trigger, lease_until FROM follow_on
          WHERE state = 'pending' AND lease_until < clock_timestamp() - interval '30 s'
            AND due_at <= %(now)s"""),
    Invariant("I9", "A notification has waited over 60 seconds for its envelope.", """
         SELECT id, case_id, kind, recipient, due_at FROM notification
          WHERE state = 'pending' AND envelope IS NULL
            AND due_at < %(now)s - interval '60 s'"""),
    Invariant("I9", "An envelope has waited over 60 seconds.", """
         SELECT id, thread, recipient, due_at FROM envelope
          WHERE state = 'pending' AND due_at < %(now)s - interval '60 s'
            AND (retry_at IS NULL OR retry_at < clock_timestamp() - interval '60 s')
            AND (lease_until IS NULL OR lease_until < clock_timestamp())
            AND NOT EXISTS (SELECT FROM mail_server WHERE closed_since IS NOT NULL)"""),
    Invariant("I9", "The mail server has taken nothing for over 60 seconds; mails wait.", """
         SELECT name, closed_since, why FROM mail_server
          WHERE closed_since < clock_timestamp() - interval '60 s'"""),
    Invariant("I9", "What one case causes in another has waited over 60 seconds.", """
         SELECT id, cause_case, cause_seq, machine, trigger, due_at FROM follow_on
          WHERE state = 'pending' AND due_at < %(now)s - interval '60 s'
            AND (lease_until IS NULL OR lease_until < clock_timestamp() - interval '60 s')"""),
    Invariant("I9", "A deadline passed over 120 seconds ago and nothing happened.", """
         SELECT id, case_id, of_state, clock, does, fires_at FROM deadline
          WHERE state = 'armed' AND fires_at < %(now)s - interval '120 s'
            AND (lease_until IS NULL OR lease_until < clock_timestamp())"""),
    Invariant("I9", "A case is open and nobody is asked.", """
         SELECT c.id AS case_id, c.state FROM cases c
          WHERE c.machine || '.' || c.state = ANY(%(asked_states)s)
            AND NOT EXISTS (SELECT FROM work_item w WHERE w.case_id = c.id AND w.state = 'open'
                               AND w.kind = c.state)"""),
)  # fmt: skip

INVARIANTS: Final = (*HISTORY, *VOTES, *AWARDS, *OWN, *MAIL, *STUCK)
