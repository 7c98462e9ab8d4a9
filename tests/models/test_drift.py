"""What the migrations make is what the tables declare, down to each word of each check.

Both sides are read back from PostgreSQL, which writes every definition in its own normal form;
`alembic check` would not see a changed CHECK, a member of a closed list, a sequence or a trigger.
"""

from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

from models import APPEND_ONLY, NUMBERS, metadata, migrate
from models.migrations.first import FILE, statements
from models.schema import engine_url

Schema = set[tuple[object, ...]]

#: Kind, name and definition of everything in the schema.
CATALOGUE = """
WITH here AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^alembic_version'
)
SELECT 'column', here.relname || '.' || a.attname, concat_ws(' ',
    format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
FROM here JOIN pg_attribute a ON a.attrelid = here.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = here.oid AND d.adnum = a.attnum
WHERE here.relkind = 'r'
UNION ALL
SELECT 'constraint', here.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN here ON here.oid = k.conrelid
UNION ALL
SELECT 'index', here.relname, pg_get_indexdef(here.oid) FROM here WHERE here.relkind = 'i'
UNION ALL
SELECT 'sequence', s.sequencename, (to_jsonb(s) - 'last_value' - 'sequenceowner')::text
FROM pg_sequences s WHERE s.schemaname = 'public'
UNION ALL
SELECT 'trigger', here.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN here ON here.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'function', p.proname, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
"""


def schema_of(url: str) -> Schema:
    with psycopg.connect(url) as connection:
        return set(connection.execute(CATALOGUE).fetchall())


def test_the_migrations_make_exactly_what_the_tables_declare(
    database_url: str, empty_database_url: str
) -> None:
    engine = create_engine(engine_url(empty_database_url), poolclass=NullPool)
    metadata.create_all(engine)
    migrated, declared = schema_of(database_url), schema_of(empty_database_url)
    assert sorted(migrated - declared) == []
    assert sorted(declared - migrated) == []


def test_the_comparison_sees_all_kinds_of_things(database_url: str) -> None:
    seen = {(kind, name) for kind, name, _ in schema_of(database_url)}
    assert {name for kind, name in seen if kind == "column"} == {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
    }
    assert {("sequence", sequence.name) for sequence in NUMBERS.values()} <= seen
    assert {("trigger", f"{table}.tr_{table}_append_only") for table in APPEND_ONLY} <= seen
    assert ("function", "refuse_change") in seen
    assert ("constraint", "cases.ck_cases_sound") in seen
    assert ("function", "is_sound_cases") in seen
    assert ("index", "uq_award_open") in seen


DRIFTS: dict[str, LiteralString] = {
    "a member more in a closed list": """
        ALTER TABLE vote DROP CONSTRAINT ck_vote_choice_known;
        ALTER TABLE vote ADD CONSTRAINT ck_vote_choice_known
            CHECK (choice IN ('yes', 'no', 'abstain', 'maybe'))""",
    "a check under another name": """
        ALTER TABLE person RENAME CONSTRAINT ck_person_name_given TO ck_person_named""",
    "a check that is gone": "ALTER TABLE seat DROP CONSTRAINT ck_seat_recused_with_a_reason",
    "an index without its WHERE": """
        DROP INDEX uq_award_open;
        CREATE UNIQUE INDEX uq_award_open ON award (learner, credential)""",
    "another default": "ALTER TABLE deadline ALTER COLUMN state SET DEFAULT 'fired'",
    "no default": "ALTER TABLE deadline ALTER COLUMN fence DROP DEFAULT",
    "a column that may be empty": "ALTER TABLE person ALTER COLUMN email DROP NOT NULL",
    "a column more": "ALTER TABLE person ADD COLUMN nickname text",
    "a sequence with another step": "ALTER SEQUENCE case_number_award INCREMENT BY 2",
    "a sequence that is gone": "DROP SEQUENCE case_number_award",
    "a trigger that is gone": "DROP TRIGGER tr_entry_append_only ON entry",
    "a trigger for less": """
        CREATE OR REPLACE TRIGGER tr_entry_append_only BEFORE UPDATE ON entry
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    "a function that lets all pass": """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RETURN NULL; END'""",
    "a rule less among those that are asked together": """
        CREATE OR REPLACE FUNCTION is_sound_entry(
            seq integer, from_state text, hash text) RETURNS boolean
            LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS 'BEGIN RETURN seq > 0; END'""",
    "a foreign key that is gone": "ALTER TABLE vote DROP CONSTRAINT fk_vote_case_id_cases",
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_comparison_would_see(rows: psycopg.Connection[tuple[object, ...]], drift: str) -> None:
    before = set(rows.execute(CATALOGUE).fetchall())
    rows.execute(DRIFTS[drift])
    assert set(rows.execute(CATALOGUE).fetchall()) != before


def test_the_first_revision_is_what_its_generator_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == statements()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = schema_of(database_url)
    migrate(database_url)
    assert schema_of(database_url) == before
