"""The rows as they were first laid; the SQL beside this file is the whole of it.

Revision 0001, the first.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # One send of many statements, in which a per cent sign is a per cent sign.
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
