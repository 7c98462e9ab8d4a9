"""The statements that read an award, or what a claim is about to open, in one round trip."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pydantic import TypeAdapter

from policies.document import Outcome
from workflow.award.facts import AwardFacts, Part, Reflected, Result
from workflow.reading import FIRES_AT, WARNED, Common, Reading, Subject

_OUTCOMES = TypeAdapter(tuple[Outcome, ...])

#: A learner's award counts as a part once it is issued, in the version the learner earned.
_STACK = """
  'parts', CASE WHEN k.type = 'micro_certificate' THEN
    (SELECT json_agg(json_build_array(m.credential, mk.title, m.required, i.case_id,
            coalesce(jsonb_path_query_array(iv.content, '$.slos[*].statement'), '[]'))
            ORDER BY mk.title, m.credential)
       FROM constituent m JOIN credential mk ON mk.case_id = m.credential
       LEFT JOIN (award i JOIN cases ic ON ic.id = i.case_id AND ic.state = 'issued')
              ON i.credential = m.credential AND i.learner = {learner} AND NOT i.ended
       LEFT JOIN credential_version iv
              ON iv.case_id = i.credential AND iv.version = i.credential_version
      WHERE m.certificate = k.case_id AND m.version = v.version) END,
  'completion', v.content -> 'completion'"""

_CREDENTIAL = """
  'credential', k.case_id, 'version', v.version, 'title', k.title, 'type', k.type,
  'proposal', k.proposal, 'unit_path', u.path, 'credential_state', kc.state,
  'outcomes', v.content -> 'slos'"""

_RESULT = """json_build_array(r.outcome, r.state, r.level, r.feedback, r.assessor,
                    r.submitted_at, r.scored_at"""

_SUBJECT = f"""
SELECT json_build_object(
  'learner', a.learner, 'learner_name', p.name, 'enrolled', p.enrolled,
  {_CREDENTIAL}, {_STACK.format(learner="a.learner")},
  'results', (SELECT json_agg({_RESULT}) ORDER BY r.outcome)
                FROM outcome_result r WHERE r.case_id = a.case_id),
  'reflection', (SELECT json_build_array(f.state, f.assessor)
                   FROM reflection f WHERE f.case_id = a.case_id),
  'assessed_by', (SELECT json_agg(DISTINCT who)
                    FROM entry e, unnest(ARRAY[e.actor, e.on_behalf_of]) who
                   WHERE e.case_id = a.case_id AND e.role = 'assessor' AND who IS NOT NULL),
  'moves', (SELECT json_agg(json_build_array(e.to_state, e.at) ORDER BY e.seq) FROM entry e
             WHERE e.case_id = a.case_id AND e.from_state IS DISTINCT FROM e.to_state),
  'extended_days', (SELECT sum((e.form ->> 'business_days')::int) FROM entry e
                     WHERE e.case_id = a.case_id AND e.trigger = 'extend'
                       AND e.from_state = 'claimed' AND e.seq < c.entered_seq),
  'fires_at', {FIRES_AT},
  'warned', {WARNED},
  'credential_id', a.credential_id, 'record', a.registrar_record,
  'published', a.published, 'name_shown', a.name_shown, 'hidden', a.hidden,
  'signed', EXISTS (SELECT FROM signed_credential s WHERE s.credential_id = a.credential_id)),
  ARRAY['', k.proposal] || u.path
  FROM award a JOIN person p ON p.id = a.learner
  JOIN credential k ON k.case_id = a.credential JOIN cases kc ON kc.id = k.case_id
  JOIN credential_version v ON v.case_id = a.credential AND v.version = a.credential_version
  JOIN unit u ON u.id = k.unit WHERE a.case_id = c.id"""  # noqa: S608 - our own words

_OPENING = f"""
SELECT json_build_object(
  'learner', l.id, 'learner_name', p.name, 'enrolled', p.enrolled,
  {_CREDENTIAL}, {_STACK.format(learner="l.id")},
  'open_award', (SELECT o.case_id FROM award o
                  WHERE o.learner = l.id AND o.credential = k.case_id AND NOT o.ended),
  'kept', (SELECT json_agg({_RESULT}, r.evidence) ORDER BY r.outcome)
             FROM outcome_result r WHERE r.state = 'met' AND r.case_id = (
               SELECT o.case_id FROM award o JOIN cases oc ON oc.id = o.case_id
                WHERE o.learner = l.id AND o.credential = k.case_id AND oc.state = 'lapsed'
                  AND o.credential_version = v.version
                  AND oc.entered_at > %(now)s - interval '12 months'
                ORDER BY oc.entered_at DESC LIMIT 1))),
  ARRAY['', k.proposal] || u.path
  FROM (SELECT coalesce(nullif(%(form)s::json ->> 'learner', ''), %(actor)s) AS id) l
  JOIN credential k ON k.case_id = %(form)s::json ->> 'credential'
  JOIN cases kc ON kc.id = k.case_id
  JOIN credential_version v ON v.case_id = k.case_id AND v.version = k.version
  JOIN unit u ON u.id = k.unit
  LEFT JOIN person p ON p.id = l.id"""  # noqa: S608 - our own words


def _build(common: Common, subject: Subject) -> AwardFacts:
    said = cast("Mapping[str, list[list[object]] | None]", subject)
    words = cast("Mapping[str, list[str] | None]", subject)
    parts = tuple(_part(row) for row in said.get("parts") or ())
    return AwardFacts(
        case=common.case, actor=common.actor, now=common.now, form=common.form,
        people=common.people, learner=str(subject["learner"]),
        learner_name=str(subject["learner_name"] or ""), enrolled=bool(subject["enrolled"]),
        credential=str(subject["credential"]), version=cast("int", subject["version"]),
        title=str(subject["title"]), type=str(subject["type"]), proposal=str(subject["proposal"]),
        unit_path=tuple(words["unit_path"] or ()),
        credential_state=str(subject["credential_state"]),
        outcomes=_OUTCOMES.validate_python(subject["outcomes"] or ()),
        results=tuple(_result(row) for row in said.get("results") or ()),
        reflection=_reflected(words.get("reflection")),
        parts=parts, parts_needed=_needed(subject["completion"], len(parts)),
        open_award=cast("str | None", subject.get("open_award")),
        kept=tuple(_result(row) for row in said.get("kept") or ()),
        assessed_by=frozenset(words.get("assessed_by") or ()),
        moves=tuple((str(state), _instant(at)) for state, at in said.get("moves") or ()),
        extended_days=cast("int", subject.get("extended_days") or 0),
        fires_at=_instant(subject["fires_at"]) if subject.get("fires_at") else None,
        warned=cast("int", subject.get("warned", 0)),
        credential_id=cast("str | None", subject.get("credential_id")),
        signed=bool(subject.get("signed")), record=str(subject.get("record", "")),
        published=bool(subject.get("published")), name_shown=bool(subject.get("name_shown")),
        hidden=bool(subject.get("hidden")),
    )  # fmt: skip


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _result(row: list[object]) -> Result:
    outcome, state, level, feedback, assessor, submitted_at, scored_at, *evidence = row
    return Result(
        str(outcome), str(state), str(level), str(feedback), cast("str | None", assessor),
        _instant(submitted_at), _instant(scored_at) if scored_at else None, *map(str, evidence),
    )  # fmt: skip


def _part(row: list[object]) -> Part:
    credential, title, required, award, outcomes = row
    shown = tuple(cast("list[str]", outcomes))
    return Part(str(credential), str(title), bool(required), cast("str | None", award), shown)


def _reflected(row: list[str] | None) -> Reflected | None:
    return Reflected(row[0], row[1]) if row else None


def _needed(completion: object, parts: int) -> int:
    """How many parts are enough: n of them, or all."""
    said = cast("Mapping[str, object]", completion or {})
    return cast("int", said.get("n", parts)) if said.get("rule") == "n_of_m" else parts


READING = Reading(
    subject=_SUBJECT,
    opening=_OPENING,
    build=_build,
    roles=(
        "assessor", "lead_assessor", "unit_head", "asa_officer", "asa_director", "registrar",
        "admin",
    ),
)  # fmt: skip
