"""Rules of the rows that every transition writes, asked together.

PostgreSQL reads the text of each CHECK anew at each write; a transition writes eight rows under
some twenty of them. What a function asks, the session keeps ready. So the named rules of these
tables become one function, which their one CHECK calls and which names the rule that is broken, as
a CHECK of its own would. The tables declare their rules like all others.
"""

import re

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.dialects import postgresql

from models.base import metadata
from models.case import Case, Entry
from models.work import Deadline, Notification, WorkItem

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # ships so


def _gathered(table: Table) -> dict[str, str]:
    """The rules of a table by name, taken out of its constraints."""
    checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
    for one in checks:
        table.constraints.remove(one)
    return {str(one.name): str(one.sqltext) for one in sorted(checks, key=lambda c: str(c.name))}


def _asked(table: Table, rules: dict[str, str]) -> dict[str, str]:
    """Columns that the rules name, with their types."""
    words = set(re.findall(r"\w+", re.sub("'[^']*'", "", " ".join(rules.values()))))
    types = {one.name: one.type.compile(dialect=_DIALECT) for one in table.columns}
    return {name: kind for name, kind in types.items() if name in words}


def _question(table: Table, rules: dict[str, str], columns: dict[str, str]) -> str:
    takes = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    every = " AND\n        ".join(f"({rule})" for rule in rules.values())
    broken = "\n            ".join(f"WHEN NOT ({r}) THEN '{name}'" for name, r in rules.items())
    return f"""\
CREATE OR REPLACE FUNCTION is_sound_{table.name}({takes}) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF {every} THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = 'a row of {table.name} breaks a rule of its table',
        TABLE = '{table.name}',
        CONSTRAINT = CASE
            {broken}
        END;
END
$$"""


def _ask_together(table: Table) -> tuple[dict[str, str], str]:
    rules = _gathered(table)
    columns = _asked(table, rules)
    table.append_constraint(
        CheckConstraint(f"is_sound_{table.name}({', '.join(columns)})", name="sound")
    )
    return rules, _question(table, rules, columns)


_HOT = (Case, Entry, WorkItem, Deadline, Notification)
_TOGETHER = [_ask_together(metadata.tables[str(row.__tablename__)]) for row in _HOT]

#: Names of the rules that a function asks; a refusal carries them as if they were constraints.
RULES = frozenset(name for rules, _ in _TOGETHER for name in rules)
#: The functions, to be made before the tables.
SOUND = tuple(question for _, question in _TOGETHER)
