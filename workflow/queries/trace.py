"""From a credential back to everything it rests on: award, assessments, text, sign-offs, votes.

What a viewer may not see elsewhere they do not see here: of such a case each entry's hash stands,
which proves that it is there. Evidence is never told, only its fingerprint.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, LiteralString, cast

from psycopg import Connection
from psycopg.rows import class_row

from credentials.documents import spoken
from workflow.queries import subjects, words
from workflow.queries.people import Person
from workflow.queries.proved import entries_of
from workflow.queries.sight import may_see

Rows = Connection[tuple[object, ...]]
FORMAT: Final = "conferral-trace/1"
#: What only moved words about while they were written.
_WITHOUT: Final = ("edit", "keep")


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain: its heading, the case it stands in, and its lines (name, words)."""

    heading: str
    case: str
    lines: tuple[tuple[str, str], ...]
    #: False where the viewer may not read the case; then there are no lines.
    told: bool = True


@dataclass(frozen=True, slots=True)
class Trace:
    """A credential's whole way, newest first, with every entry and its proof."""

    credential_id: str
    title: str
    links: tuple[Link, ...]
    #: The checkpoint that the proofs lead to; "" where none was signed yet.
    checkpoint: str
    entries: list[dict[str, object]] = field(repr=False)

    def as_data(self) -> dict[str, object]:
        """The trace as one JSON file that `conferral log verify` checks offline."""
        return {
            "format": FORMAT, "credential": self.credential_id, "title": self.title,
            "links": [
                {"heading": link.heading, "case": link.case, "told": link.told,
                 "lines": [list(line) for line in link.lines]}
                for link in self.links
            ],
            "checkpoint": self.checkpoint, "entries": self.entries,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Issued:
    award: str
    credential_id: str
    sha256: str
    key_id: str
    signed_at: datetime
    learner: str
    verifier: str
    identity: str
    record: str
    edition: str
    title: str
    credential: str
    version: int
    rigor: str
    content_hash: str
    proposal: str
    proposal_version: int


_ISSUED: Final[LiteralString] = """
SELECT a.case_id AS award, s.credential_id, s.sha256, s.key_id, s.signed_at, l.name AS learner,
       coalesce(q.name, '') AS verifier, a.identity_method AS identity,
       a.registrar_record AS record, c.edition, k.title, k.case_id AS credential, v.version,
       v.rigor, v.content_hash, v.proposal, v.proposal_version
  FROM award a JOIN signed_credential s ON s.case_id = a.case_id
  JOIN cases c ON c.id = a.case_id JOIN person l ON l.id = a.learner
  LEFT JOIN person q ON q.id = a.verified_by JOIN credential k ON k.case_id = a.credential
  JOIN credential_version v ON v.case_id = a.credential AND v.version = a.credential_version
 WHERE a.case_id = %(named)s OR a.credential_id = %(named)s"""

_ASSESSED: Final[LiteralString] = """
SELECT r.outcome, r.level, r.state, coalesce(p.name, ''), r.scored_at,
       encode(sha256(convert_to(r.evidence, 'UTF8')), 'hex')
  FROM outcome_result r LEFT JOIN person p ON p.id = r.assessor
 WHERE r.case_id = %s ORDER BY r.outcome"""

_REFLECTED: Final[LiteralString] = """
SELECT f.state, coalesce(p.name, '') FROM reflection f LEFT JOIN person p ON p.id = f.assessor
 WHERE f.case_id = %s"""

_PARTS: Final[LiteralString] = """
SELECT mk.title, i.credential_id, i.case_id
  FROM award a JOIN constituent m ON m.certificate = a.credential
   AND m.version = a.credential_version
  JOIN credential mk ON mk.case_id = m.credential
  JOIN award i ON i.credential = m.credential AND i.learner = a.learner
   AND i.credential_id IS NOT NULL
 WHERE a.case_id = %s ORDER BY mk.title"""


def trace(connection: Rows, named: str, *, viewer: Person | None) -> Trace | None:
    """The trace of a credential (`urn:uuid:...`) or of an award (`AW-12`).

    None where there is no such signed credential, or the viewer may not see its award; a viewer of
    None is whoever runs the installation, and sees all.
    """
    with connection.cursor(row_factory=class_row(_Issued)) as cursor:
        issued = cursor.execute(_ISSUED, {"named": named}).fetchone()
    if issued is None or not (viewer is None or may_see(connection, viewer, issued.award)):
        return None
    return _Tracer(connection, issued, viewer).whole()


@dataclass(frozen=True, slots=True)
class _Tracer:
    """One trace being put together from one connection."""

    connection: Rows
    issued: _Issued
    viewer: Person | None

    def whole(self) -> Trace:
        found = self.issued
        items = subjects.items(self.connection, found.proposal)
        cases = [found.award, found.credential, found.proposal, *(item.case for item in items)]
        seen = {case for case in cases if self._sees(case)}
        note, size = self._checkpoint()
        return Trace(
            credential_id=found.credential_id, title=found.title, checkpoint=note,
            links=(*self._award(), self._credential(), self._proposal(seen),
                   *(self._item(item, seen) for item in items)),
            entries=entries_of(
                self.connection, cases, size=size, open_to=seen, without=_WITHOUT
            ) if size else [],
        )  # fmt: skip

    def _sees(self, case: str) -> bool:
        return self.viewer is None or may_see(self.connection, self.viewer, case)

    def _checkpoint(self) -> tuple[str, int]:
        row = self.connection.execute(
            "SELECT note, size FROM log_checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        return cast("tuple[str, int]", row) if row else ("", 0)

    def _award(self) -> Iterator[Link]:
        found, matched = self.issued, words.plain(self.issued.identity).lower()
        yield Link("The signed credential", found.award, (
            ("Number", found.credential_id), ("SHA-256 of its bytes", found.sha256),
            ("Signed", spoken(found.signed_at)), ("Key", found.key_id),
        ))  # fmt: skip
        yield Link("The award", found.award, (
            ("Learner", found.learner), *self._assessed(),
            ("Verified by", f"{found.verifier}, identity matched by {matched}"),
            *([("Record", found.record)] if found.record else []),
            ("Policy", found.edition), *self._parts(),
        ))  # fmt: skip

    def _assessed(self) -> Iterator[tuple[str, str]]:
        for outcome, level, state, who, at, evidence in self.connection.execute(
            _ASSESSED, (self.issued.award,)
        ).fetchall():
            when = f" on {spoken(cast('datetime', at))}" if at else ""
            said = f"{words.plain(str(state))}, level {level}, by {who}{when}"
            yield f"Outcome {outcome}", f"{said}; evidence {evidence}"
        for state, who in self.connection.execute(_REFLECTED, (self.issued.award,)).fetchall():
            yield "Reflection", f"{words.plain(str(state))} by {who}"

    def _parts(self) -> Iterator[tuple[str, str]]:
        for title, credential_id, case in self.connection.execute(
            _PARTS, (self.issued.award,)
        ).fetchall():
            yield f"Part {title}", f"{credential_id} ({case})"

    def _credential(self) -> Link:
        found = self.issued
        return Link("The credential as approved", found.credential, (
            ("Version", str(found.version)), ("Hash of its text", found.content_hash),
            ("Level of rigor", words.plain(found.rigor)),
        ))  # fmt: skip

    def _proposal(self, seen: set[str]) -> Link:
        found = self.issued
        if found.proposal not in seen:
            return Link("The proposal behind it", found.proposal, (), told=False)
        versions = [
            (f"Version {one.version}", f"{one.hash}, frozen by {one.who} on {spoken(one.at)}")
            for one in reversed(subjects.versions(self.connection, found.proposal))
        ]
        signed = subjects.sign_offs(self.connection, found.proposal, hash_now="", routing="")
        offs = [
            (one.name, f"{one.who}, {words.role(one.role)}, on version {one.version}, "
             f"{spoken(one.at)}" + (f": {one.result}" if one.result else ""))
            for one in reversed(signed)
        ]  # fmt: skip
        return Link("The proposal behind it", found.proposal, (
            ("Approved version", str(found.proposal_version)), *versions, *offs,
        ))  # fmt: skip

    def _item(self, item: subjects.BodyItem, seen: set[str]) -> Link:
        if item.case not in seen:
            return Link(item.name, item.case, (), told=False)
        said = words.plain(item.state) + (f" on {item.acted_on}" if item.acted_on else "")
        roll = [
            (one.who, "Recused" + (f": {one.reason}" if one.reason else "") if one.recused
             else words.plain(one.choice) if one.choice else "Did not vote")
            for one in subjects.ballots(self.connection, item.case)
        ]  # fmt: skip
        return Link(item.name, item.case, (("Outcome", said), *roll))
