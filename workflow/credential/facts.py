"""What the rules of a credential may ask, and the statements that read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from workflow.facts import Facts
from workflow.reading import CORRECTION, Common, Reading, Subject, correction


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts(Facts):
    """A credential as rules see it: the proposal behind it and what it would put in force."""

    proposal: str
    proposal_state: str
    kind: str
    title: str
    unit: str
    unit_path: tuple[str, ...]
    type: str
    version: int
    proposal_version: int
    content: Mapping[str, object]
    content_hash: str
    #: The registrar's code and ASA's level of rigor, "" while not on record.
    code: str
    rigor: str
    #: The credential this proposal has put in force already.
    in_force: str | None
    #: State of the credential each constituent names; None where there is none.
    constituents: Mapping[str, str | None]

    @property
    def all_required(self) -> bool:
        """Whether a micro-certificate needs all of its constituents, not some of them."""
        completion = cast("Mapping[str, object]", self.content.get("completion", {}))
        return completion.get("rule") != "n_of_m"


_PARTS = """
  'constituents', (SELECT json_object_agg(n.id, cc.state)
     FROM jsonb_array_elements_text(v.content -> 'constituents') AS n(id)
     LEFT JOIN cases cc ON cc.id = n.id AND cc.machine = 'credential')"""

_SUBJECT = f"""
SELECT json_build_object(
  'proposal', k.proposal, 'proposal_state', pc.state, 'kind', p.kind, 'title', k.title,
  'unit', k.unit, 'unit_path', u.path, 'type', k.type, 'version', k.version,
  'proposal_version', v.proposal_version, 'content', v.content, 'content_hash', v.content_hash,
  'code', k.code, 'rigor', v.rigor, 'in_force', k.case_id,
  'correction', {CORRECTION}, {_PARTS}),
  ARRAY['', k.proposal] || u.path
  FROM credential k JOIN credential_version v ON v.case_id = k.case_id AND v.version = k.version
  JOIN proposal p ON p.case_id = k.proposal JOIN cases pc ON pc.id = k.proposal
  JOIN unit u ON u.id = k.unit WHERE k.case_id = c.id"""  # noqa: S608 - our own words

_OPENING = f"""
SELECT json_build_object(
  'proposal', p.case_id, 'proposal_state', pc.state, 'kind', p.kind, 'title', p.title,
  'unit', p.unit, 'unit_path', u.path, 'type', v.content ->> 'type', 'version', 1,
  'proposal_version', v.version, 'content', v.content, 'content_hash', v.content_hash,
  'code', (SELECT f.said ->> 'code' FROM sign_off f
            WHERE f.case_id = p.case_id AND f.kind = 'code' ORDER BY f.seq DESC LIMIT 1),
  'rigor', (SELECT f.said ->> 'rigor' FROM sign_off f
             WHERE f.case_id = p.case_id AND f.kind = 'consultation' ORDER BY f.seq DESC LIMIT 1),
  'in_force', (SELECT k.case_id FROM credential k WHERE k.proposal = p.case_id), {_PARTS}),
  ARRAY['', p.case_id] || u.path
  FROM proposal p JOIN cases pc ON pc.id = p.case_id JOIN unit u ON u.id = p.unit
  JOIN proposal_version v ON v.case_id = p.case_id AND v.version = p.version
 WHERE p.case_id = %(form)s::json ->> 'proposal'"""  # noqa: S608 - our own words


def _build(common: Common, subject: Subject) -> CredentialFacts:
    return CredentialFacts(
        case=common.case, actor=common.actor, now=common.now, form=common.form,
        people=common.people, correction=correction(subject),
        proposal=str(subject["proposal"]), proposal_state=str(subject["proposal_state"]),
        kind=str(subject["kind"]), title=str(subject["title"]), unit=str(subject["unit"]),
        unit_path=tuple(cast("list[str]", subject["unit_path"])),
        type=str(subject["type"] or ""), version=cast("int", subject["version"]),
        proposal_version=cast("int", subject["proposal_version"]),
        content=cast("Mapping[str, object]", subject["content"]),
        content_hash=str(subject["content_hash"]), code=str(subject["code"] or ""),
        rigor=str(subject["rigor"] or ""), in_force=cast("str | None", subject["in_force"]),
        constituents=cast("Mapping[str, str | None]", subject["constituents"] or {}),
    )  # fmt: skip


READING = Reading(subject=_SUBJECT, opening=_OPENING, build=_build, roles=(
    "unit_head", "admin", "asa_director", "asa_officer", "registrar",
))  # fmt: skip
