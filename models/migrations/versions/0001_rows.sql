CREATE OR REPLACE FUNCTION is_state_of(machine text, state text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (machine = 'proposal' AND state IN ('draft', 'asa_consultation', 'returned', 'curriculum_committee', 'design', 'asa_review', 'approved', 'declined', 'issued', 'declined_final', 'withdrawn', 'expired')) OR
        (machine = 'agenda_item' AND state IN ('queued', 'scheduled', 'open', 'senate_notice', 'carried', 'failed', 'returned_item', 'cancelled')) OR
        (machine = 'meeting' AND state IN ('planned', 'published', 'held', 'minuted', 'cancelled')) OR
        (machine = 'credential' AND state IN ('active')) OR
        (machine = 'award' AND state IN ('claimed', 'under_assessment', 'not_yet', 'reflection', 'reflection_review', 'asa_verification', 'approved_to_issue', 'issued', 'lapsed', 'withdrawn'));
END
$$;

CREATE OR REPLACE FUNCTION is_sound_cases(machine TEXT, state TEXT, revision INTEGER, seq INTEGER, chain TEXT, entered_seq INTEGER) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF (chain ~ '^[0-9a-f]{64}$') AND
        (seq >= 1 AND revision >= 1 AND revision <= seq) AND
        (entered_seq BETWEEN 1 AND seq) AND
        (is_state_of(machine, state)) THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of cases breaks a rule of its table',
        TABLE = 'cases',
        CONSTRAINT = CASE
            WHEN NOT (chain ~ '^[0-9a-f]{64}$') THEN 'ck_cases_chain_is_a_sha256'
            WHEN NOT (seq >= 1 AND revision >= 1 AND revision <= seq) THEN 'ck_cases_counters_in_step'
            WHEN NOT (entered_seq BETWEEN 1 AND seq) THEN 'ck_cases_entered_by_an_entry'
            WHEN NOT (is_state_of(machine, state)) THEN 'ck_cases_state_of_its_machine'
        END;
END
$$;

CREATE OR REPLACE FUNCTION is_sound_entry(seq INTEGER, from_state TEXT, hash TEXT) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF ((seq = 1) = (from_state IS NULL)) AND
        (hash ~ '^[0-9a-f]{64}$') THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of entry breaks a rule of its table',
        TABLE = 'entry',
        CONSTRAINT = CASE
            WHEN NOT ((seq = 1) = (from_state IS NULL)) THEN 'ck_entry_first_comes_from_nowhere'
            WHEN NOT (hash ~ '^[0-9a-f]{64}$') THEN 'ck_entry_hash_is_a_sha256'
        END;
END
$$;

CREATE OR REPLACE FUNCTION is_sound_work_item(role TEXT, person TEXT, state TEXT, closed_seq INTEGER) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF ((state = 'open') = (closed_seq IS NULL)) AND
        (person IS NOT NULL OR role <> '') AND
        (state IN ('open', 'done', 'moot')) THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of work_item breaks a rule of its table',
        TABLE = 'work_item',
        CONSTRAINT = CASE
            WHEN NOT ((state = 'open') = (closed_seq IS NULL)) THEN 'ck_work_item_closed_by_an_entry'
            WHEN NOT (person IS NOT NULL OR role <> '') THEN 'ck_work_item_someone_is_asked'
            WHEN NOT (state IN ('open', 'done', 'moot')) THEN 'ck_work_item_state_known'
        END;
END
$$;

CREATE OR REPLACE FUNCTION is_sound_deadline(does TEXT, trigger TEXT, state TEXT) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF (does IN ('nudge', 'remind', 'warn', 'escalate', 'fire')) AND
        ((does = 'fire') = (trigger IS NOT NULL)) AND
        (state IN ('armed', 'fired', 'skipped', 'cancelled', 'refused')) THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of deadline breaks a rule of its table',
        TABLE = 'deadline',
        CONSTRAINT = CASE
            WHEN NOT (does IN ('nudge', 'remind', 'warn', 'escalate', 'fire')) THEN 'ck_deadline_does_known'
            WHEN NOT ((does = 'fire') = (trigger IS NOT NULL)) THEN 'ck_deadline_fires_a_trigger'
            WHEN NOT (state IN ('armed', 'fired', 'skipped', 'cancelled', 'refused')) THEN 'ck_deadline_state_known'
        END;
END
$$;

CREATE OR REPLACE FUNCTION is_sound_notification(importance TEXT, state TEXT, sent_at TIMESTAMP WITH TIME ZONE, envelope UUID) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF (importance IN ('act', 'know', 'fyi')) AND
        (state <> 'muted' OR (importance = 'fyi' AND envelope IS NULL)) AND
        ((state = 'sent') = (sent_at IS NOT NULL)) AND
        (state NOT IN ('sent', 'dead', 'discarded') OR envelope IS NOT NULL) AND
        (state IN ('pending', 'sent', 'dead', 'discarded', 'muted')) THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of notification breaks a rule of its table',
        TABLE = 'notification',
        CONSTRAINT = CASE
            WHEN NOT (importance IN ('act', 'know', 'fyi')) THEN 'ck_notification_importance_known'
            WHEN NOT (state <> 'muted' OR (importance = 'fyi' AND envelope IS NULL)) THEN 'ck_notification_only_fyi_is_muted'
            WHEN NOT ((state = 'sent') = (sent_at IS NOT NULL)) THEN 'ck_notification_sent_has_a_time'
            WHEN NOT (state NOT IN ('sent', 'dead', 'discarded') OR envelope IS NOT NULL) THEN 'ck_notification_sent_in_an_envelope'
            WHEN NOT (state IN ('pending', 'sent', 'dead', 'discarded', 'muted')) THEN 'ck_notification_state_known'
        END;
END
$$;

CREATE SEQUENCE case_number_proposal START WITH 1;

CREATE SEQUENCE case_number_agenda_item START WITH 1;

CREATE SEQUENCE case_number_meeting START WITH 1;

CREATE SEQUENCE case_number_credential START WITH 1;

CREATE SEQUENCE case_number_award START WITH 1;

CREATE TABLE bounce (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    report TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    says TEXT NOT NULL,
    mail UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bounce PRIMARY KEY (id),
    CONSTRAINT ck_bounce_kind_known CHECK (kind IN ('hard', 'soft')),
    CONSTRAINT uq_bounce_report_address UNIQUE (report, address)
);

CREATE INDEX ix_bounce_address ON bounce (address);

CREATE TABLE calendar_version (
    version INTEGER NOT NULL,
    said JSONB NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    noticed_from TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    reached TEXT DEFAULT '' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_calendar_version PRIMARY KEY (version),
    CONSTRAINT ck_calendar_version_counted_from_one CHECK (version >= 1),
    CONSTRAINT ck_calendar_version_why CHECK (reason <> '')
);

CREATE TABLE cases (
    id TEXT NOT NULL,
    machine TEXT NOT NULL,
    definition INTEGER NOT NULL,
    edition TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    chain TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    entered_seq INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_extra INTEGER DEFAULT '0' NOT NULL,
    paused_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT ck_cases_sound CHECK (is_sound_cases(machine, state, revision, seq, chain, entered_seq))
);

CREATE INDEX ix_cases_machine_entered ON cases (machine, entered_at, id);

CREATE TABLE census (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    machine TEXT NOT NULL,
    state TEXT NOT NULL,
    change INTEGER NOT NULL,
    CONSTRAINT pk_census PRIMARY KEY (id)
);

CREATE TABLE charter (
    body TEXT NOT NULL,
    starts TIMESTAMP WITH TIME ZONE NOT NULL,
    entry BIGINT NOT NULL,
    said JSONB NOT NULL,
    CONSTRAINT pk_charter PRIMARY KEY (body, starts, entry),
    CONSTRAINT ck_charter_of_its_body CHECK (said ->> 'id' = body)
);

CREATE TABLE definition_release (
    machine TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    released JSONB NOT NULL,
    CONSTRAINT pk_definition_release PRIMARY KEY (machine, version),
    CONSTRAINT ck_definition_release_machine_known CHECK (machine IN ('proposal', 'agenda_item', 'meeting', 'credential', 'award'))
);

CREATE TABLE job (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    says TEXT NOT NULL,
    by TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER DEFAULT '0' NOT NULL,
    failed INTEGER DEFAULT '0' NOT NULL,
    cursor TEXT DEFAULT '' NOT NULL,
    problem TEXT DEFAULT '' NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_job PRIMARY KEY (id),
    CONSTRAINT ck_job_counted CHECK (total >= 0 AND done >= 0 AND failed >= 0 AND done + failed <= total),
    CONSTRAINT ck_job_kind_is_a_word CHECK (kind ~ '^[a-z_]+$'),
    CONSTRAINT ck_job_says_what CHECK (says <> '')
);

CREATE INDEX ix_job_running ON job (started_at, id) WHERE finished_at IS NULL;

CREATE INDEX ix_job_started ON job (started_at, id);

CREATE TABLE log_checkpoint (
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_log_checkpoint PRIMARY KEY (size),
    CONSTRAINT ck_log_checkpoint_not_empty CHECK (size > 0),
    CONSTRAINT ck_log_checkpoint_root_is_a_sha256 CHECK (root ~ '^[0-9a-f]{64}$')
);

CREATE TABLE mail_pace (
    domain TEXT NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_mail_pace PRIMARY KEY (domain)
);

CREATE TABLE mail_server (
    name TEXT NOT NULL,
    failures INTEGER DEFAULT '0' NOT NULL,
    closed_since TIMESTAMP WITH TIME ZONE,
    probe_at TIMESTAMP WITH TIME ZONE,
    setting BOOLEAN DEFAULT 'false' NOT NULL,
    why TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_mail_server PRIMARY KEY (name),
    CONSTRAINT ck_mail_server_failures_counted CHECK (failures >= 0),
    CONSTRAINT ck_mail_server_closed_until_a_time CHECK ((closed_since IS NULL) = (probe_at IS NULL))
);

CREATE TABLE person (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    zone TEXT NOT NULL,
    enrolled BOOLEAN NOT NULL,
    nine_months BOOLEAN DEFAULT 'false' NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT ck_person_name_given CHECK (name <> ''),
    CONSTRAINT ck_person_mail_given CHECK (email LIKE '%@%'),
    CONSTRAINT ck_person_not_an_engine CHECK (id NOT IN ('system', 'timer'))
);

CREATE TABLE running_process (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    does TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_running_process PRIMARY KEY (id)
);

CREATE INDEX ix_running_process_seen ON running_process (seen_at);

CREATE TABLE status_list (
    number INTEGER NOT NULL,
    body BYTEA NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_status_list PRIMARY KEY (number)
);

CREATE TABLE unit (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT[] NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (id),
    CONSTRAINT ck_unit_path_starts_at_itself CHECK (path[1] IS NOT DISTINCT FROM id)
);

CREATE TABLE agenda_item (
    case_id TEXT NOT NULL,
    proposal TEXT NOT NULL,
    body TEXT NOT NULL,
    position INTEGER NOT NULL,
    unit TEXT NOT NULL,
    title TEXT NOT NULL,
    document JSONB NOT NULL,
    document_hash TEXT NOT NULL,
    after_item TEXT,
    meeting_on DATE,
    section TEXT DEFAULT '' NOT NULL,
    noticed_at TIMESTAMP WITH TIME ZONE,
    notice_waived BOOLEAN NOT NULL,
    mode TEXT DEFAULT '' NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    rules JSONB,
    closes_at TIMESTAMP WITH TIME ZONE,
    round INTEGER DEFAULT '0' NOT NULL,
    tally JSONB,
    acted_on DATE,
    effective_on DATE,
    CONSTRAINT pk_agenda_item PRIMARY KEY (case_id),
    CONSTRAINT ck_agenda_item_section_known CHECK (section IN ('', 'consent', 'discussion')),
    CONSTRAINT ck_agenda_item_mode_known CHECK (mode IN ('', 'meeting', 'e_ballot')),
    CONSTRAINT ck_agenda_item_document_hash_is_a_sha256 CHECK (document_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_agenda_item_on_an_agenda_with_a_date CHECK ((section = '') = (meeting_on IS NULL)),
    CONSTRAINT ck_agenda_item_opened_with_a_mode CHECK ((mode = '') = (opened_at IS NULL)),
    CONSTRAINT ck_agenda_item_opened_with_its_rules CHECK ((mode = '') = (rules IS NULL)),
    CONSTRAINT fk_agenda_item_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_agenda_item_proposal_cases FOREIGN KEY(proposal) REFERENCES cases (id)
);

CREATE INDEX ix_agenda_item_meeting ON agenda_item (body, meeting_on);

CREATE INDEX ix_agenda_item_proposal ON agenda_item (proposal, position);

CREATE TABLE appointment (
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT DEFAULT '' NOT NULL,
    starts TIMESTAMP WITH TIME ZONE NOT NULL,
    ends TIMESTAMP WITH TIME ZONE,
    on_behalf_of TEXT,
    stands_for TEXT,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_appointment PRIMARY KEY (id),
    CONSTRAINT ck_appointment_ends_after_it_starts CHECK (ends IS NULL OR ends > starts),
    CONSTRAINT ck_appointment_not_on_own_behalf CHECK (on_behalf_of IS NULL OR on_behalf_of <> person),
    CONSTRAINT ck_appointment_alternates_stand_for_another CHECK ((role = 'committee_alternate') = (stands_for IS NOT NULL) AND (stands_for IS NULL OR stands_for <> person)),
    CONSTRAINT fk_appointment_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT fk_appointment_on_behalf_of_person FOREIGN KEY(on_behalf_of) REFERENCES person (id),
    CONSTRAINT fk_appointment_stands_for_person FOREIGN KEY(stands_for) REFERENCES person (id)
);

CREATE INDEX ix_appointment_on_behalf_of ON appointment (on_behalf_of) WHERE on_behalf_of IS NOT NULL;

CREATE INDEX ix_appointment_person ON appointment (person);

CREATE INDEX ix_appointment_role_scope ON appointment (role, scope);

CREATE TABLE attendance (
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    rsvp TEXT DEFAULT '' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    came TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_attendance PRIMARY KEY (case_id, person),
    CONSTRAINT ck_attendance_rsvp_known CHECK (rsvp IN ('', 'yes', 'remote', 'no')),
    CONSTRAINT ck_attendance_came_known CHECK (came IN ('', 'room', 'remote')),
    CONSTRAINT fk_attendance_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_attendance_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE TABLE constituent (
    certificate TEXT NOT NULL,
    version INTEGER NOT NULL,
    credential TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    CONSTRAINT pk_constituent PRIMARY KEY (certificate, version, credential),
    CONSTRAINT ck_constituent_not_itself CHECK (certificate <> credential),
    CONSTRAINT fk_constituent_certificate_cases FOREIGN KEY(certificate) REFERENCES cases (id),
    CONSTRAINT fk_constituent_credential_cases FOREIGN KEY(credential) REFERENCES cases (id)
);

CREATE INDEX ix_constituent_credential ON constituent (credential);

CREATE TABLE correction (
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    what TEXT NOT NULL,
    was TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    on_behalf_of TEXT,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answer TEXT DEFAULT 'open' NOT NULL,
    answered_by TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_correction PRIMARY KEY (case_id, seq),
    CONSTRAINT ck_correction_answer_known CHECK (answer IN ('open', 'confirmed', 'dropped')),
    CONSTRAINT ck_correction_words_given CHECK (what <> '' AND value <> '' AND reason <> ''),
    CONSTRAINT ck_correction_something_changes CHECK (was <> value),
    CONSTRAINT ck_correction_answered_by_somebody CHECK ((answer = 'open') = (answered_by IS NULL) AND (answer = 'open') = (answered_at IS NULL)),
    CONSTRAINT ck_correction_two_people CHECK (answer <> 'confirmed' OR answered_by <> proposed_by),
    CONSTRAINT fk_correction_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_correction_proposed_by_person FOREIGN KEY(proposed_by) REFERENCES person (id),
    CONSTRAINT fk_correction_on_behalf_of_person FOREIGN KEY(on_behalf_of) REFERENCES person (id),
    CONSTRAINT fk_correction_answered_by_person FOREIGN KEY(answered_by) REFERENCES person (id)
);

CREATE TABLE credential (
    case_id TEXT NOT NULL,
    proposal TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    unit TEXT NOT NULL,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (case_id),
    CONSTRAINT ck_credential_type_known CHECK (type IN ('digital_badge', 'micro_certificate')),
    CONSTRAINT uq_credential_proposal UNIQUE (proposal),
    CONSTRAINT fk_credential_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_credential_proposal_cases FOREIGN KEY(proposal) REFERENCES cases (id)
);

CREATE TABLE credential_version (
    case_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    proposal TEXT NOT NULL,
    proposal_version INTEGER NOT NULL,
    content JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    rigor TEXT NOT NULL,
    effective_on DATE NOT NULL,
    CONSTRAINT pk_credential_version PRIMARY KEY (case_id, version),
    CONSTRAINT ck_credential_version_content_hash_is_a_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT fk_credential_version_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_credential_version_proposal_cases FOREIGN KEY(proposal) REFERENCES cases (id)
);

CREATE TABLE deadline (
    id UUID NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    of_state TEXT NOT NULL,
    clock TEXT NOT NULL,
    does TEXT NOT NULL,
    trigger TEXT,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    person TEXT,
    fires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rule TEXT NOT NULL,
    every INTEGER DEFAULT '0' NOT NULL,
    state TEXT DEFAULT 'armed' NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    fence INTEGER DEFAULT '0' NOT NULL,
    outcome TEXT,
    CONSTRAINT pk_deadline PRIMARY KEY (id),
    CONSTRAINT fk_deadline_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_deadline_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT ck_deadline_sound CHECK (is_sound_deadline(does, trigger, state))
);

CREATE INDEX ix_deadline_armed ON deadline (fires_at, id) WHERE state = 'armed';

CREATE INDEX ix_deadline_case_armed ON deadline (case_id) WHERE state = 'armed';

CREATE INDEX ix_deadline_case_past ON deadline (case_id) WHERE state IN ('fired', 'skipped');

CREATE TABLE entry (
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    trigger TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    on_behalf_of TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    form JSONB NOT NULL,
    key TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (case_id, seq),
    CONSTRAINT uq_entry_key UNIQUE (key),
    CONSTRAINT fk_entry_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT ck_entry_sound CHECK (is_sound_entry(seq, from_state, hash))
);

CREATE INDEX ix_entry_actor ON entry (actor, at) WHERE actor NOT IN ('system', 'timer');

CREATE INDEX ix_entry_on_behalf_of ON entry (on_behalf_of, at) WHERE on_behalf_of IS NOT NULL;

CREATE TABLE envelope (
    id UUID NOT NULL,
    recipient TEXT NOT NULL,
    thread TEXT NOT NULL,
    importance TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    retry_at TIMESTAMP WITH TIME ZONE,
    slot_at TIMESTAMP WITH TIME ZONE,
    lease_until TIMESTAMP WITH TIME ZONE,
    fence INTEGER DEFAULT '0' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    CONSTRAINT pk_envelope PRIMARY KEY (id),
    CONSTRAINT ck_envelope_state_known CHECK (state IN ('pending', 'sent', 'dead', 'discarded')),
    CONSTRAINT ck_envelope_importance_known CHECK (importance IN ('act', 'know', 'fyi')),
    CONSTRAINT ck_envelope_sent_has_a_time CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT fk_envelope_recipient_person FOREIGN KEY(recipient) REFERENCES person (id)
);

CREATE INDEX ix_envelope_dead ON envelope (due_at, id) WHERE state = 'dead';

CREATE INDEX ix_envelope_due ON envelope (due_at, id);

CREATE INDEX ix_envelope_pending ON envelope (due_at, id) WHERE state = 'pending';

CREATE INDEX ix_envelope_recipient ON envelope (recipient, due_at);

CREATE UNIQUE INDEX uq_envelope_open ON envelope (recipient, thread) WHERE state = 'pending' AND fence = 0;

CREATE TABLE follow_on (
    id UUID NOT NULL,
    task TEXT NOT NULL,
    cause_case TEXT NOT NULL,
    cause_seq INTEGER NOT NULL,
    machine TEXT NOT NULL,
    target TEXT,
    trigger TEXT NOT NULL,
    form JSONB NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    fence INTEGER DEFAULT '0' NOT NULL,
    outcome TEXT,
    CONSTRAINT pk_follow_on PRIMARY KEY (id),
    CONSTRAINT ck_follow_on_machine_known CHECK (machine IN ('proposal', 'agenda_item', 'meeting', 'credential', 'award')),
    CONSTRAINT ck_follow_on_state_known CHECK (state IN ('pending', 'done', 'moot', 'dead')),
    CONSTRAINT ck_follow_on_why_when_not_done CHECK (state NOT IN ('moot', 'dead') OR outcome IS NOT NULL),
    CONSTRAINT fk_follow_on_cause_case_cases FOREIGN KEY(cause_case) REFERENCES cases (id)
);

CREATE INDEX ix_follow_on_cause ON follow_on (cause_case, cause_seq);

CREATE INDEX ix_follow_on_pending ON follow_on (due_at, id) WHERE state = 'pending';

CREATE TABLE follow_up (
    person TEXT NOT NULL,
    case_id TEXT NOT NULL,
    day DATE NOT NULL,
    CONSTRAINT pk_follow_up PRIMARY KEY (person, case_id),
    CONSTRAINT fk_follow_up_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT fk_follow_up_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE TABLE identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identity PRIMARY KEY (issuer, subject),
    CONSTRAINT uq_identity_issuer_person UNIQUE (issuer, person),
    CONSTRAINT fk_identity_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE TABLE learner_record (
    case_id TEXT NOT NULL,
    body BYTEA NOT NULL,
    sha256 TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_learner_record PRIMARY KEY (case_id),
    CONSTRAINT ck_learner_record_sha256_of_bytes CHECK (sha256 = encode(sha256(body), 'hex')),
    CONSTRAINT fk_learner_record_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE TABLE mail_wishes (
    person TEXT NOT NULL,
    act_at_once BOOLEAN DEFAULT 'true' NOT NULL,
    know_at_once BOOLEAN DEFAULT 'true' NOT NULL,
    fyi BOOLEAN DEFAULT 'true' NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_mail_wishes PRIMARY KEY (person),
    CONSTRAINT fk_mail_wishes_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE TABLE meeting (
    case_id TEXT NOT NULL,
    body TEXT NOT NULL,
    title TEXT NOT NULL,
    held_on DATE NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    agenda JSONB NOT NULL,
    cancelled BOOLEAN NOT NULL,
    CONSTRAINT pk_meeting PRIMARY KEY (case_id),
    CONSTRAINT fk_meeting_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE UNIQUE INDEX uq_meeting_body_day ON meeting (body, held_on) WHERE NOT cancelled;

CREATE TABLE outcome_result (
    case_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    evidence TEXT NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    level TEXT DEFAULT '' NOT NULL,
    feedback TEXT DEFAULT '' NOT NULL,
    assessor TEXT,
    scored_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_outcome_result PRIMARY KEY (case_id, outcome),
    CONSTRAINT ck_outcome_result_state_known CHECK (state IN ('submitted', 'met', 'below')),
    CONSTRAINT ck_outcome_result_scored_by_someone CHECK ((state = 'submitted') = (assessor IS NULL)),
    CONSTRAINT ck_outcome_result_feedback_where_below CHECK (state <> 'below' OR feedback <> ''),
    CONSTRAINT fk_outcome_result_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_outcome_result_assessor_person FOREIGN KEY(assessor) REFERENCES person (id)
);

CREATE TABLE proposal (
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    proposer TEXT NOT NULL,
    unit TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    holds_title BOOLEAN NOT NULL,
    draft JSONB NOT NULL,
    draft_hash TEXT NOT NULL,
    last_edited_by TEXT NOT NULL,
    version INTEGER DEFAULT '0' NOT NULL,
    reviewer TEXT,
    origin TEXT,
    extended BOOLEAN NOT NULL,
    CONSTRAINT pk_proposal PRIMARY KEY (case_id),
    CONSTRAINT ck_proposal_kind_known CHECK (kind IN ('new', 'revision', 'retirement', 'reactivation')),
    CONSTRAINT ck_proposal_draft_hash_is_a_sha256 CHECK (draft_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_proposal_title_to_hold CHECK (NOT holds_title OR title_key <> ''),
    CONSTRAINT fk_proposal_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_proposal_proposer_person FOREIGN KEY(proposer) REFERENCES person (id),
    CONSTRAINT fk_proposal_unit_unit FOREIGN KEY(unit) REFERENCES unit (id),
    CONSTRAINT fk_proposal_last_edited_by_person FOREIGN KEY(last_edited_by) REFERENCES person (id),
    CONSTRAINT fk_proposal_reviewer_person FOREIGN KEY(reviewer) REFERENCES person (id)
);

CREATE INDEX ix_proposal_proposer ON proposal (proposer);

CREATE INDEX ix_proposal_unit ON proposal (unit);

CREATE UNIQUE INDEX uq_proposal_title_held ON proposal (title_key) WHERE holds_title;

CREATE TABLE proposal_version (
    case_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    frozen_by TEXT NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_proposal_version PRIMARY KEY (case_id, version),
    CONSTRAINT ck_proposal_version_content_hash_is_a_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT fk_proposal_version_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_proposal_version_frozen_by_person FOREIGN KEY(frozen_by) REFERENCES person (id)
);

CREATE TABLE reflection (
    case_id TEXT NOT NULL,
    pathway TEXT NOT NULL,
    personal_growth TEXT NOT NULL,
    professional_growth TEXT NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    feedback TEXT DEFAULT '' NOT NULL,
    assessor TEXT,
    CONSTRAINT pk_reflection PRIMARY KEY (case_id),
    CONSTRAINT ck_reflection_state_known CHECK (state IN ('submitted', 'returned', 'accepted')),
    CONSTRAINT ck_reflection_reviewed_by_someone CHECK ((state = 'submitted') = (assessor IS NULL)),
    CONSTRAINT fk_reflection_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_reflection_assessor_person FOREIGN KEY(assessor) REFERENCES person (id)
);

CREATE TABLE register_entry (
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    on_behalf_of TEXT,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    says TEXT NOT NULL,
    facts JSONB NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_register_entry PRIMARY KEY (seq),
    CONSTRAINT ck_register_entry_counted_from_one CHECK (seq >= 1),
    CONSTRAINT ck_register_entry_kind_is_a_word CHECK (subject_kind ~ '^[a-z_]+$'),
    CONSTRAINT ck_register_entry_subject_named CHECK (subject_id <> ''),
    CONSTRAINT ck_register_entry_says_what CHECK (says <> ''),
    CONSTRAINT ck_register_entry_hash_is_a_sha256 CHECK (hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT fk_register_entry_on_behalf_of_person FOREIGN KEY(on_behalf_of) REFERENCES person (id)
);

CREATE INDEX ix_register_entry_subject ON register_entry (subject_kind, subject_id, seq);

CREATE TABLE required_change (
    id UUID NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    field TEXT NOT NULL,
    asks TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answer TEXT DEFAULT 'open' NOT NULL,
    reply TEXT DEFAULT '' NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_required_change PRIMARY KEY (id),
    CONSTRAINT ck_required_change_answer_known CHECK (answer IN ('open', 'fixed', 'contested', 'dropped')),
    CONSTRAINT ck_required_change_words_given CHECK (asks <> ''),
    CONSTRAINT ck_required_change_answered_with_a_time CHECK ((answer IN ('fixed', 'contested')) = (answered_at IS NOT NULL)),
    CONSTRAINT ck_required_change_contested_with_a_reason CHECK (answer <> 'contested' OR reply <> ''),
    CONSTRAINT fk_required_change_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_required_change_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id)
);

CREATE INDEX ix_required_change_case ON required_change (case_id);

CREATE TABLE seat (
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    round INTEGER NOT NULL,
    present BOOLEAN NOT NULL,
    chair BOOLEAN NOT NULL,
    recused BOOLEAN NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    stands_for TEXT,
    CONSTRAINT pk_seat PRIMARY KEY (case_id, person, round),
    CONSTRAINT ck_seat_recused_with_a_reason CHECK (NOT recused OR reason <> ''),
    CONSTRAINT ck_seat_not_for_oneself CHECK (stands_for IS NULL OR stands_for <> person),
    CONSTRAINT fk_seat_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_seat_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT fk_seat_stands_for_person FOREIGN KEY(stands_for) REFERENCES person (id)
);

CREATE TABLE session (
    hash TEXT NOT NULL,
    person TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (hash),
    CONSTRAINT fk_session_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE INDEX ix_session_person ON session (person);

CREATE TABLE sign_off (
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    on_behalf_of TEXT,
    version INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    said JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sign_off PRIMARY KEY (case_id, seq),
    CONSTRAINT ck_sign_off_kind_known CHECK (kind IN ('endorsement', 'consultation', 'scope_question', 'scope_answer', 'determination', 'review', 'recommendation', 'code', 'design')),
    CONSTRAINT ck_sign_off_content_hash_is_a_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT fk_sign_off_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_sign_off_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT fk_sign_off_on_behalf_of_person FOREIGN KEY(on_behalf_of) REFERENCES person (id)
);

CREATE TABLE signed_credential (
    credential_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    body BYTEA NOT NULL,
    sha256 TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_signed_credential PRIMARY KEY (credential_id),
    CONSTRAINT ck_signed_credential_sha256_of_bytes CHECK (sha256 = encode(sha256(body), 'hex')),
    CONSTRAINT uq_signed_credential_case UNIQUE (case_id),
    CONSTRAINT fk_signed_credential_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE TABLE status_mark (
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    successor TEXT,
    CONSTRAINT pk_status_mark PRIMARY KEY (case_id),
    CONSTRAINT ck_status_mark_kind_known CHECK (kind IN ('revoked', 'superseded', 'expired')),
    CONSTRAINT ck_status_mark_superseded_by_another CHECK ((kind = 'superseded') = (successor IS NOT NULL)),
    CONSTRAINT ck_status_mark_says_why_revoked CHECK (kind <> 'revoked' OR reason <> ''),
    CONSTRAINT fk_status_mark_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_status_mark_successor_cases FOREIGN KEY(successor) REFERENCES cases (id)
);

CREATE TABLE undeliverable (
    address TEXT NOT NULL,
    person TEXT,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT pk_undeliverable PRIMARY KEY (address),
    CONSTRAINT ck_undeliverable_in_small_letters CHECK (address = lower(address)),
    CONSTRAINT fk_undeliverable_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE TABLE vote (
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    round INTEGER NOT NULL,
    choice TEXT NOT NULL,
    document_hash TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_vote PRIMARY KEY (case_id, person, round),
    CONSTRAINT ck_vote_choice_known CHECK (choice IN ('yes', 'no', 'abstain')),
    CONSTRAINT ck_vote_document_hash_is_a_sha256 CHECK (document_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT fk_vote_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_vote_person_person FOREIGN KEY(person) REFERENCES person (id)
);

CREATE TABLE work_item (
    id UUID NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    person TEXT,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    state TEXT DEFAULT 'open' NOT NULL,
    closed_seq INTEGER,
    closed_by TEXT,
    CONSTRAINT pk_work_item PRIMARY KEY (id),
    CONSTRAINT fk_work_item_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_work_item_person_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT ck_work_item_sound CHECK (is_sound_work_item(role, person, state, closed_seq))
);

CREATE INDEX ix_work_item_case_open ON work_item (case_id) WHERE state = 'open';

CREATE INDEX ix_work_item_open_person ON work_item (person, due_at, id) WHERE state = 'open' AND person IS NOT NULL;

CREATE INDEX ix_work_item_open_role ON work_item (role, scope, due_at, id) WHERE state = 'open' AND person IS NULL;

CREATE INDEX ix_work_item_person ON work_item (person) WHERE person IS NOT NULL;

CREATE TABLE attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    envelope UUID NOT NULL,
    fence INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    result TEXT NOT NULL,
    answer TEXT NOT NULL,
    took_ms INTEGER,
    CONSTRAINT pk_attempt PRIMARY KEY (id),
    CONSTRAINT ck_attempt_result_known CHECK (result IN ('started', 'sent', 'retry', 'dead', 'unknown')),
    CONSTRAINT fk_attempt_envelope_envelope FOREIGN KEY(envelope) REFERENCES envelope (id)
);

CREATE INDEX ix_attempt_envelope ON attempt (envelope);

CREATE TABLE award (
    case_id TEXT NOT NULL,
    learner TEXT NOT NULL,
    credential TEXT NOT NULL,
    credential_version INTEGER NOT NULL,
    integrity_at TIMESTAMP WITH TIME ZONE,
    identity_method TEXT DEFAULT '' NOT NULL,
    verified_by TEXT,
    credential_id TEXT,
    status_list INTEGER DEFAULT '1' NOT NULL,
    status_index INTEGER,
    registrar_record TEXT DEFAULT '' NOT NULL,
    published BOOLEAN NOT NULL,
    name_shown BOOLEAN DEFAULT 'false' NOT NULL,
    hidden BOOLEAN DEFAULT 'false' NOT NULL,
    notice TEXT DEFAULT '' NOT NULL,
    ended BOOLEAN NOT NULL,
    CONSTRAINT pk_award PRIMARY KEY (case_id),
    CONSTRAINT fk_award_credential_version FOREIGN KEY(credential, credential_version) REFERENCES credential_version (case_id, version),
    CONSTRAINT ck_award_reserved_together CHECK ((credential_id IS NULL) = (status_index IS NULL)),
    CONSTRAINT ck_award_verified_before_reserved CHECK (credential_id IS NULL OR verified_by IS NOT NULL),
    CONSTRAINT ck_award_name_only_where_published CHECK (published OR NOT name_shown),
    CONSTRAINT ck_award_published_or_hidden CHECK (NOT (published AND hidden)),
    CONSTRAINT ck_award_status_index_in_list CHECK (status_index IS NULL OR status_index BETWEEN 0 AND 131071),
    CONSTRAINT uq_award_credential_id UNIQUE (credential_id),
    CONSTRAINT uq_award_status UNIQUE (status_list, status_index),
    CONSTRAINT fk_award_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_award_learner_person FOREIGN KEY(learner) REFERENCES person (id),
    CONSTRAINT fk_award_credential_cases FOREIGN KEY(credential) REFERENCES cases (id),
    CONSTRAINT fk_award_verified_by_person FOREIGN KEY(verified_by) REFERENCES person (id)
);

CREATE INDEX ix_award_credential ON award (credential);

CREATE UNIQUE INDEX uq_award_open ON award (learner, credential) WHERE NOT ended;

CREATE TABLE log_leaf (
    position BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_log_leaf PRIMARY KEY (position),
    CONSTRAINT fk_log_leaf_entry FOREIGN KEY(case_id, seq) REFERENCES entry (case_id, seq),
    CONSTRAINT uq_log_leaf_entry UNIQUE (case_id, seq),
    CONSTRAINT ck_log_leaf_counted_from_zero CHECK (position >= 0),
    CONSTRAINT ck_log_leaf_hash_is_a_sha256 CHECK (hash ~ '^[0-9a-f]{64}$')
);

CREATE TABLE notification (
    id UUID NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    importance TEXT NOT NULL,
    recipient TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    facts JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    envelope UUID,
    CONSTRAINT pk_notification PRIMARY KEY (id),
    CONSTRAINT fk_notification_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_notification_recipient_person FOREIGN KEY(recipient) REFERENCES person (id),
    CONSTRAINT fk_notification_envelope_envelope FOREIGN KEY(envelope) REFERENCES envelope (id),
    CONSTRAINT ck_notification_sound CHECK (is_sound_notification(importance, state, sent_at, envelope))
);

CREATE INDEX ix_notification_case ON notification (case_id, seq);

CREATE INDEX ix_notification_envelope ON notification (envelope) WHERE envelope IS NOT NULL;

CREATE INDEX ix_notification_unsorted ON notification (due_at, id) WHERE state = 'pending' AND envelope IS NULL;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = tg_table_name || ' is append-only: a row once written is never changed or deleted',
        TABLE = tg_table_name,
        CONSTRAINT = tg_name;
END
$$;

CREATE OR REPLACE FUNCTION refuse_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = tg_table_name || ' only move forward: seq and revision never go down',
        TABLE = tg_table_name,
        CONSTRAINT = tg_name;
END
$$;

CREATE OR REPLACE TRIGGER tr_entry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_proposal_version_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON proposal_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_credential_version_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON credential_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_signed_credential_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON signed_credential
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_status_mark_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON status_mark
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_learner_record_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON learner_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_log_leaf_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_log_checkpoint_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_register_entry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_charter_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON charter
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER tr_cases_only_forward
    BEFORE UPDATE ON cases
    FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.revision < OLD.revision)
    EXECUTE FUNCTION refuse_going_back();
