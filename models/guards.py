"""What a CHECK cannot say: history is only added to, and a case only moves forward.

The refusals are raised as restrict_violation (SQLSTATE 23001) and carry the trigger's name where
a CHECK would carry its constraint's.
"""

from sqlalchemy import Connection, MetaData, event, text

from models.base import metadata

#: Tables whose rows are written once; UPDATE, DELETE and TRUNCATE are refused.
APPEND_ONLY = ("entry", "proposal_version", "credential_version", "signed_credential")


def _refusal(function: str, sentence: str) -> str:
    return f"""\
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = tg_table_name || '{sentence}',
        TABLE = tg_table_name,
        CONSTRAINT = tg_name;
END
$$"""


# Per statement, so it costs an INSERT nothing and also stops a change that would match no row.
_APPEND_ONLY_TRIGGER = """\
CREATE OR REPLACE TRIGGER tr_{table}_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""

# The WHEN is evaluated without a call, so a step forward never enters the function.
_FORWARD_TRIGGER = """\
CREATE OR REPLACE TRIGGER tr_cases_only_forward
    BEFORE UPDATE ON cases
    FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.revision < OLD.revision)
    EXECUTE FUNCTION refuse_going_back()"""

GUARDS = (
    _refusal("refuse_change", " is append-only: a row once written is never changed or deleted"),
    _refusal("refuse_going_back", " only move forward: seq and revision never go down"),
    *(_APPEND_ONLY_TRIGGER.format(table=table) for table in APPEND_ONLY),
    _FORWARD_TRIGGER,
)


def _raise_guards(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    for statement in GUARDS:
        connection.execute(text(statement))


event.listen(metadata, "after_create", _raise_guards)
