"""Who may see an award, what became of it, and the log over all histories.

Revision 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
ALTER TABLE award ADD COLUMN name_shown BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE award ADD COLUMN hidden BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE award ADD COLUMN notice TEXT DEFAULT '' NOT NULL;
ALTER TABLE award ADD CONSTRAINT ck_award_name_only_where_published
    CHECK (published OR NOT name_shown);
ALTER TABLE award ADD CONSTRAINT ck_award_published_or_hidden CHECK (NOT (published AND hidden));

CREATE TABLE status_mark (
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    successor TEXT,
    CONSTRAINT pk_status_mark PRIMARY KEY (case_id),
    CONSTRAINT ck_status_mark_kind_known CHECK (kind IN ('revoked', 'superseded', 'expired')),
    CONSTRAINT ck_status_mark_superseded_by_another
        CHECK ((kind = 'superseded') = (successor IS NOT NULL)),
    CONSTRAINT ck_status_mark_says_why_revoked CHECK (kind <> 'revoked' OR reason <> ''),
    CONSTRAINT fk_status_mark_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_status_mark_successor_cases FOREIGN KEY(successor) REFERENCES cases (id)
);

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

CREATE TABLE log_checkpoint (
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_log_checkpoint PRIMARY KEY (size),
    CONSTRAINT ck_log_checkpoint_not_empty CHECK (size > 0),
    CONSTRAINT ck_log_checkpoint_root_is_a_sha256 CHECK (root ~ '^[0-9a-f]{64}$')
);

CREATE OR REPLACE TRIGGER tr_status_mark_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON status_mark
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER tr_log_leaf_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER tr_log_checkpoint_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    # One send of many statements, in which a per cent sign is a per cent sign.
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(STATEMENTS)
