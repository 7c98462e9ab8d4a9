"""The engine on the real database, as a walk drives it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import cast

from psycopg import sql

from conferral.compose import make_engine
from tests.factory import appoint, insert
from tests.walks.model import Answer, Form
from tests.walks.people import MORE
from tests.workflow.play import SeededIds, StoppedClock
from workflow.engine import Connect
from workflow.follow import follow
from workflow.perform import Command, Refused, perform
from workflow.rules import Reason


class Database:
    """What the models' driver is, over the one door and nothing beside it."""

    def __init__(self, connect: Connect, *, keys: str) -> None:
        self.connect, self.clock, self._name = connect, StoppedClock(), keys
        self.engine = make_engine(connect, clock=self.clock, ids=SeededIds())
        self._keys = count()

    @property
    def now(self) -> datetime:
        return self.clock.at

    def join(self) -> None:
        """People beside the sample."""
        with self.connect() as connection:
            for person, role, scope, behalf in MORE:
                appoint(connection, person, role=role, scope=scope, on_behalf_of=behalf)

    def attempt(
        self, trigger: str, actor: str, case: str | None, machine: str, form: Form | None = None
    ) -> Answer:
        self.clock.advance(seconds=1)
        key = f"{self._name}-{next(self._keys)}"
        command = Command(
            trigger=trigger, actor=actor, key=key, case=case, machine=machine, form=form
        )
        try:
            return perform(self.engine, command).state
        except Refused as refused:
            return refused.reasons

    def pending(self) -> Sequence[tuple[object, str, str, str | None, Form]]:
        return cast("Sequence[tuple[object, str, str, str | None, Form]]", self._rows(
            "SELECT id, machine, trigger, target, form FROM follow_on "
            "WHERE state = 'pending' AND task = 'perform' "
            "ORDER BY due_at, cause_case, cause_seq, id"
        ))  # fmt: skip

    def fire(self, follow_on: object) -> Answer:
        assert follow(self.engine, ids=[follow_on]) == 1  # type: ignore[list-item]
        ((state, outcome),) = self._rows(
            "SELECT state, outcome FROM follow_on WHERE id = %s", follow_on
        )
        assert state in {"done", "moot"}, outcome
        if state == "moot":
            return (Reason("moot", "practice", str(outcome)),)
        ((to,),) = self._rows("SELECT to_state FROM entry WHERE key = %s", str(follow_on))
        return str(to)

    def newest(self, machine: str) -> str:
        ((case,),) = self._rows(
            "SELECT id FROM cases WHERE machine = %s "
            "ORDER BY split_part(id, '-', 2)::int DESC LIMIT 1", machine,
        )  # fmt: skip
        return str(case)

    def state(self, case: str) -> str:
        return str(self._one("SELECT state FROM cases WHERE id = %s", case))

    def pass_time(self, to: datetime) -> None:
        """Time passes; whatever only writes to people has done so, each by a mail that is sent."""
        self.clock.at = max(to, self.clock.at)
        with self.connect() as connection:
            connection.execute(
                "UPDATE deadline SET state = 'fired' "
                "WHERE state = 'armed' AND does <> 'fire' AND fires_at <= %s", (self.now,),
            )  # fmt: skip

    def fires_at(self, case: str) -> datetime | None:
        found = self._one(
            "SELECT min(fires_at) FROM deadline WHERE case_id = %s AND state = 'armed' "
            "AND does = 'fire'", case,
        )  # fmt: skip
        return cast("datetime | None", found)

    def warned(self, case: str) -> int:
        found = self._one(
            "SELECT count(*) FROM deadline d JOIN deadline f USING (case_id, seq) "
            "WHERE case_id = %s AND d.does = 'warn' AND d.state = 'fired' "
            "AND f.does = 'fire' AND f.state = 'armed'", case,
        )  # fmt: skip
        return cast("int", found)

    def mail_all(self, case: str) -> None:
        with self.connect() as connection:
            connection.execute(
                """
                WITH mail AS (
                  INSERT INTO envelope (id, recipient, thread, importance, created_at, due_at,
                                        state, sent_at, attempts, fence)
                  SELECT id, recipient, case_id, importance, created_at, due_at, 'sent', now(), 1, 1
                    FROM notification WHERE case_id = %s AND state = 'pending' RETURNING id),
                told AS (
                  UPDATE notification n SET state = 'sent', sent_at = now(), envelope = mail.id
                    FROM mail WHERE n.id = mail.id)
                INSERT INTO attempt (envelope, fence, at, result, answer)
                SELECT id, 1, now(), 'sent', '250 OK' FROM mail""", (case,),
            )  # fmt: skip

    def column(self, table: str, case: str, name: str) -> object:
        query = sql.SQL("SELECT {} FROM {} WHERE case_id = %s")
        with self.connect() as connection:
            found = connection.execute(
                query.format(sql.Identifier(name), sql.Identifier(table)), (case,)
            ).fetchone()
        return cast("tuple[object]", found)[0]

    def sign(self, case: str) -> None:
        reserved = self.column("award", case, "credential_id")
        with self.connect() as connection:
            insert(connection, "signed_credential", case_id=case, credential_id=reserved)

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> object:
        ((value,),) = self._rows(query, *values)
        return value
