"""What the sentences of a mail need, read in one query for a whole batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from psycopg import Connection

from workflow.envelopes import MORNING

#: Titles are those of the subject now; everything else stands as it was at the entry.
_READ: LiteralString = """
SELECT n.id, n.case_id, n.seq, n.kind, n.importance, n.facts, n.created_at,
       p.id, p.name, p.email, p.zone, c.machine, e.to_state, e.actor, a.name, e.form, e.at,
       coalesce(pr.title, ai.title, me.title, cr.title, ac.title, ''),
       coalesce(u.name, ''), l.id, l.name, ai.body, ai.meeting_on,
       coalesce((SELECT json_agg(r.asks ORDER BY r.number) FROM required_change r
                  WHERE r.case_id = n.case_id AND r.seq = n.seq), '[]'),
       (SELECT json_agg(json_build_array(s.to_state, s.at) ORDER BY s.seq) FROM entry s
         WHERE s.case_id = n.case_id AND s.seq <= n.seq
           AND s.from_state IS DISTINCT FROM s.to_state),
       coalesce((SELECT json_agg(DISTINCT h.name) FROM work_item w
                   LEFT JOIN appointment o ON w.person IS NULL AND o.role = w.role
                         AND o.scope = w.scope AND o.starts <= n.created_at
                         AND (o.ends IS NULL OR o.ends > n.created_at)
                   JOIN person h ON h.id = coalesce(w.person, o.person)
                  WHERE w.case_id = n.case_id AND w.state = 'open' AND w.kind = e.to_state), '[]'),
       (SELECT min(w.due_at) FROM work_item w
         WHERE w.case_id = n.case_id AND w.state = 'open' AND w.kind = e.to_state),
       last.created_at,
       coalesce((SELECT json_agg(json_build_array(s.actor, coalesce(h.name, ''), s.trigger)
                                 ORDER BY s.seq)
                   FROM (SELECT i.* FROM entry i
                          WHERE c.machine = 'proposal' AND i.case_id = n.case_id
                            AND i.seq > last.seq AND i.seq < n.seq
                          ORDER BY i.seq DESC LIMIT 3) s
                   LEFT JOIN person h ON h.id = s.actor), '[]')
  FROM notification n
  JOIN person p ON p.id = n.recipient
  JOIN cases c ON c.id = n.case_id
  JOIN entry e ON e.case_id = n.case_id AND e.seq = n.seq
  LEFT JOIN person a ON a.id = e.actor
  LEFT JOIN proposal pr ON pr.case_id = n.case_id
  LEFT JOIN agenda_item ai ON ai.case_id = n.case_id
  LEFT JOIN meeting me ON me.case_id = n.case_id
  LEFT JOIN credential cr ON cr.case_id = n.case_id
  LEFT JOIN award aw ON aw.case_id = n.case_id
  LEFT JOIN credential ac ON ac.case_id = aw.credential
  LEFT JOIN person l ON l.id = aw.learner
  LEFT JOIN unit u ON u.id = coalesce(pr.unit, ai.unit, cr.unit, ac.unit)
  LEFT JOIN LATERAL (
       SELECT b.seq, b.created_at FROM notification b
        WHERE b.case_id = n.case_id AND b.recipient = n.recipient AND b.seq < n.seq
        ORDER BY b.seq DESC, b.created_at DESC LIMIT 1) last ON true
 WHERE {which}
 ORDER BY n.created_at, n.case_id, n.seq, n.id"""

_BY_ID: LiteralString = _READ.format(which="n.id = ANY(%s)")
_BY_ENVELOPE: LiteralString = _READ.format(which="n.envelope = %s")


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification with what its sentences may say; the body says less than is read here."""

    id: UUID
    case: str
    seq: int
    kind: str
    importance: str
    facts: Mapping[str, object]
    created_at: datetime
    person: str
    name: str
    address: str
    zone: str
    machine: str
    #: The state that the entry led to.
    state: str
    actor: str
    #: None for Conferral itself and its clocks.
    actor_name: str | None
    form: Mapping[str, object]
    entered_at: datetime
    title: str
    unit: str
    learner: str | None
    learner_name: str | None
    body: str | None
    meeting_on: date | None
    #: The words of changes required by this very entry, in order.
    changes: list[str]
    #: (state, since when as text) of every state up to this entry.
    stays: list[tuple[str, str]]
    #: Who has it, and until when, while it is still in that state.
    holders: list[str]
    due_at: datetime | None
    #: When this person was written to on this case before; None for the first time.
    last_wrote: datetime | None = None
    #: (actor, name, trigger) of what was done to a proposal since then, the last three, in order.
    since: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mail:
    """One envelope with all that is said in it, the oldest first."""

    id: UUID
    thread: str
    #: When it was to go out: the date it bears.
    due_at: datetime
    letters: Sequence[Letter]

    @property
    def is_morning(self) -> bool:
        """Whether it is a list of several matters, or of what can wait; else it is on one case."""
        few = len({letter.case for letter in self.letters}) == 1
        return self.thread == MORNING and not (few and self.letters[0].importance != "fyi")


def read_mail(connection: Connection[tuple[object, ...]], envelope: UUID) -> Mail | None:
    """What is in an envelope; None where there is none, or nothing in it that can be read."""
    with connection.cursor() as cursor:
        row = cursor.execute(
            "SELECT id, thread, due_at FROM envelope WHERE id = %s", (envelope,)
        ).fetchone()
        found = cursor.execute(_BY_ENVELOPE, (envelope,)).fetchall()
    letters = [Letter(*one) for one in found]  # type: ignore[arg-type]
    return Mail(*row, letters) if row and letters else None  # type: ignore[call-arg, arg-type]


def read_letters(
    connection: Connection[tuple[object, ...]], ids: Collection[UUID]
) -> dict[UUID, Letter]:
    """The letters of these notifications, by their ids."""
    with connection.cursor() as cursor:
        found = cursor.execute(_BY_ID, (list(ids),)).fetchall()
    letters = [Letter(*row) for row in found]  # type: ignore[arg-type]
    return {letter.id: letter for letter in letters}
