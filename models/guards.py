"""What a CHECK cannot say, or not fast: only added to, only forward, only states of the machine.

The refusals are raised as restrict_violation (SQLSTATE 23001) and carry the trigger's name where
a CHECK would carry its constraint's.
"""

from sqlalchemy import Connection, MetaData, event, text

from models.base import metadata
from models.case import STATES
from models.together import SOUND

#: Tables whose rows are written once; UPDATE, DELETE and TRUNCATE are refused.
APPEND_ONLY = (
    "entry", "proposal_version", "credential_version", "signed_credential", "status_mark",
    "learner_record",
    "log_leaf", "log_checkpoint", "register_entry", "charter",
)  # fmt: skip


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

_STATES_OF = " OR\n        ".join(
    f"(machine = '{machine}' AND state IN ({', '.join(repr(name) for name in names)}))"
    for machine, names in STATES.items()
)

#: What a CHECK asks, made before the tables; not strict, so that nothing unknown passes as NULL.
QUESTIONS = (
    f"""\
CREATE OR REPLACE FUNCTION is_state_of(machine text, state text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN {_STATES_OF};
END
$$""",
    *SOUND,
)

GUARDS = (
    _refusal("refuse_change", " is append-only: a row once written is never changed or deleted"),
    _refusal("refuse_going_back", " only move forward: seq and revision never go down"),
    *(_APPEND_ONLY_TRIGGER.format(table=table) for table in APPEND_ONLY),
    _FORWARD_TRIGGER,
)


def _ready_questions(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    for statement in QUESTIONS:
        connection.execute(text(statement))


def _raise_guards(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    for statement in GUARDS:
        connection.execute(text(statement))


event.listen(metadata, "before_create", _ready_questions)
event.listen(metadata, "after_create", _raise_guards)
