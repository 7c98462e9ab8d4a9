"""Each named check refuses the row it is there for, and names itself."""

import pytest
from psycopg import Connection
from psycopg.errors import CheckViolation
from sqlalchemy import CheckConstraint

from models import MACHINES, STATES, metadata
from models.together import RULES
from tests.factory import ADMIN, ASA_OFFICER, AT, CREDENTIAL, PROPOSER, insert

UNKNOWN = "nothing_of_the_kind"

#: table, check, and the change that makes its coherent row a bad one.
BAD: list[tuple[str, str, dict[str, object]]] = [
    ("cases", "chain_is_a_sha256", {"chain": "A" * 64}),
    ("cases", "counters_in_step", {"revision": 4}),
    ("cases", "counters_in_step", {"revision": 0}),
    ("cases", "entered_by_an_entry", {"entered_seq": 4}),
    ("cases", "entered_by_an_entry", {"entered_seq": 0}),
    ("cases", "state_of_its_machine", {"machine": UNKNOWN}),
    ("cases", "state_of_its_machine", {"state": UNKNOWN}),
    ("cases", "state_of_its_machine", {"state": "carried"}),
    ("entry", "first_comes_from_nowhere", {"from_state": "draft"}),
    ("entry", "first_comes_from_nowhere", {"seq": 2}),
    ("entry", "hash_is_a_sha256", {"hash": ""}),
    ("follow_on", "machine_known", {"machine": UNKNOWN}),
    ("follow_on", "state_known", {"state": UNKNOWN}),
    ("follow_on", "why_when_not_done", {"state": "moot"}),
    ("follow_on", "why_when_not_done", {"state": "dead"}),
    ("definition_release", "machine_known", {"machine": UNKNOWN}),
    ("person", "mail_given", {"email": "made.up"}),
    ("person", "name_given", {"name": ""}),
    ("person", "not_an_engine", {"id": "timer"}),
    ("unit", "path_starts_at_itself", {"path": ["university"]}),
    ("unit", "path_starts_at_itself", {"path": []}),
    ("appointment", "ends_after_it_starts", {"ends": AT}),
    ("appointment", "not_on_own_behalf", {"on_behalf_of": PROPOSER}),
    ("appointment", "alternates_stand_for_another", {"role": "committee_alternate"}),
    ("appointment", "alternates_stand_for_another", {"stands_for": ASA_OFFICER}),
    ("proposal", "draft_hash_is_a_sha256", {"draft_hash": "0" * 63}),
    ("proposal", "kind_known", {"kind": UNKNOWN}),
    ("proposal", "title_to_hold", {"title_key": ""}),
    ("proposal_version", "content_hash_is_a_sha256", {"content_hash": "g" * 64}),
    ("sign_off", "content_hash_is_a_sha256", {"content_hash": "0" * 65}),
    ("sign_off", "kind_known", {"kind": UNKNOWN}),
    ("correction", "answer_known", {"answer": UNKNOWN}),
    ("correction", "answered_by_somebody", {"answer": "dropped"}),
    ("correction", "something_changes", {"value": "EX-110"}),
    ("correction", "two_people", {"answer": "confirmed", "answered_by": ADMIN, "answered_at": AT}),
    ("correction", "words_given", {"reason": ""}),
    ("required_change", "answer_known", {"answer": UNKNOWN}),
    ("required_change", "answered_with_a_time", {"answer": "fixed"}),
    ("required_change", "answered_with_a_time", {"answered_at": AT}),
    ("required_change", "contested_with_a_reason", {"answer": "contested", "answered_at": AT}),
    ("required_change", "words_given", {"asks": ""}),
    ("agenda_item", "document_hash_is_a_sha256", {"document_hash": ""}),
    ("agenda_item", "mode_known", {"mode": UNKNOWN, "opened_at": AT, "rules": {}}),
    ("agenda_item", "section_known", {"section": UNKNOWN, "meeting_on": AT.date()}),
    ("agenda_item", "on_an_agenda_with_a_date", {"section": "consent"}),
    ("agenda_item", "on_an_agenda_with_a_date", {"meeting_on": AT.date()}),
    ("agenda_item", "opened_with_a_mode", {"mode": "meeting", "rules": {}}),
    ("agenda_item", "opened_with_a_mode", {"opened_at": AT}),
    ("agenda_item", "opened_with_its_rules", {"mode": "meeting", "opened_at": AT}),
    ("agenda_item", "opened_with_its_rules", {"rules": {}}),
    ("seat", "recused_with_a_reason", {"recused": True}),
    ("seat", "not_for_oneself", {"person": PROPOSER, "stands_for": PROPOSER}),
    ("charter", "of_its_body", {"body": "ucc"}),
    ("vote", "choice_known", {"choice": "maybe"}),
    ("vote", "document_hash_is_a_sha256", {"document_hash": ""}),
    ("attendance", "rsvp_known", {"rsvp": "perhaps"}),
    ("attendance", "came_known", {"came": "by train"}),
    ("credential", "type_known", {"type": UNKNOWN}),
    ("credential_version", "content_hash_is_a_sha256", {"content_hash": ""}),
    ("constituent", "not_itself", {"certificate": CREDENTIAL}),
    ("award", "reserved_together", {"status_index": None}),
    ("award", "reserved_together", {"credential_id": None}),
    ("award", "status_index_in_list", {"status_index": -1}),
    ("award", "status_index_in_list", {"status_index": 131_072}),
    ("award", "name_only_where_published", {"name_shown": True}),
    ("award", "published_or_hidden", {"published": True, "hidden": True}),
    ("status_mark", "kind_known", {"kind": UNKNOWN}),
    ("status_mark", "superseded_by_another", {"kind": "superseded"}),
    ("status_mark", "says_why_revoked", {"reason": ""}),
    ("log_leaf", "counted_from_zero", {"position": -1}),
    ("log_leaf", "hash_is_a_sha256", {"hash": ""}),
    ("log_checkpoint", "not_empty", {"size": 0}),
    ("log_checkpoint", "root_is_a_sha256", {"root": ""}),
    ("calendar_version", "counted_from_one", {"version": 0}),
    ("calendar_version", "why", {"reason": ""}),
    ("register_entry", "counted_from_one", {"seq": 0}),
    ("register_entry", "kind_is_a_word", {"subject_kind": "Calendar 2026"}),
    ("register_entry", "subject_named", {"subject_id": ""}),
    ("register_entry", "says_what", {"says": ""}),
    ("register_entry", "hash_is_a_sha256", {"hash": ""}),
    ("award", "verified_before_reserved", {"verified_by": None}),
    ("outcome_result", "feedback_where_below", {"state": "below", "assessor": ASA_OFFICER}),
    ("outcome_result", "scored_by_someone", {"state": "met"}),
    ("outcome_result", "scored_by_someone", {"assessor": ASA_OFFICER}),
    ("outcome_result", "state_known", {"state": UNKNOWN, "assessor": ASA_OFFICER}),
    ("reflection", "reviewed_by_someone", {"state": "accepted"}),
    ("reflection", "state_known", {"state": UNKNOWN, "assessor": ASA_OFFICER}),
    ("signed_credential", "sha256_of_bytes", {"body": b"{}"}),
    ("learner_record", "sha256_of_bytes", {"body": b"{}"}),
    ("work_item", "closed_by_an_entry", {"state": "done"}),
    ("work_item", "closed_by_an_entry", {"closed_seq": 2}),
    ("work_item", "someone_is_asked", {"person": None, "role": ""}),
    ("work_item", "state_known", {"state": UNKNOWN, "closed_seq": 2}),
    ("deadline", "does_known", {"does": UNKNOWN}),
    ("deadline", "fires_a_trigger", {"does": "fire"}),
    ("deadline", "fires_a_trigger", {"trigger": "expire"}),
    ("deadline", "state_known", {"state": UNKNOWN}),
    ("notification", "importance_known", {"importance": UNKNOWN}),
    ("notification", "sent_in_an_envelope", {"state": "dead"}),
    ("notification", "only_fyi_is_muted", {"state": "muted"}),
    ("envelope", "importance_known", {"importance": UNKNOWN}),
    ("envelope", "sent_has_a_time", {"state": "sent"}),
    ("envelope", "sent_has_a_time", {"sent_at": AT}),
    ("envelope", "state_known", {"state": UNKNOWN}),
    ("notification", "sent_has_a_time", {"state": "sent"}),
    ("notification", "sent_has_a_time", {"sent_at": AT}),
    ("notification", "state_known", {"state": UNKNOWN}),
    ("attempt", "result_known", {"result": UNKNOWN}),
    ("mail_server", "failures_counted", {"failures": -1}),
    ("mail_server", "closed_until_a_time", {"closed_since": AT}),
    ("bounce", "kind_known", {"kind": UNKNOWN}),
    ("undeliverable", "in_small_letters", {"address": "Made.Up@example.edu"}),
    ("job", "counted", {"done": 3}),
    ("job", "kind_is_a_word", {"kind": "Two words"}),
    ("job", "says_what", {"says": ""}),
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_row_is_refused_by_the_check_that_names_it(
    rows: Connection[object], bad: tuple[str, str, dict[str, object]]
) -> None:
    table, check, changes = bad
    with pytest.raises(CheckViolation) as refused:
        insert(rows, table, **changes)
    assert refused.value.diag.constraint_name == f"ck_{table}_{check}"


def test_every_check_has_a_bad_row_here() -> None:
    declared = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    together = {name for name in declared if name.endswith("_sound")}
    named = {f"ck_{table}_{check}" for table, check, _ in BAD}
    assert named == declared - together | RULES


@pytest.mark.parametrize("machine", MACHINES)
def test_a_case_takes_every_state_of_its_machine_and_no_state_of_another(
    rows: Connection[object], machine: str
) -> None:
    every = {state for states in STATES.values() for state in states} | {"", UNKNOWN}
    taken = {state for state in every if _is_taken(rows, machine, state)}
    assert taken == set(STATES[machine])


def _is_taken(rows: Connection[object], machine: str, state: str) -> bool:
    try:
        with rows.transaction():
            insert(rows, "cases", id=f"{machine}/{state}", machine=machine, state=state)
    except CheckViolation:
        return False
    return True
