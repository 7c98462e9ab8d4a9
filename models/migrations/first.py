"""Make the first revision anew from the tables, as long as no release has carried it.

`python -m models.migrations.first` writes `versions/0001_rows.sql`; it needs no database. Once
Conferral is released this module goes, and every change is a revision of its own.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateSequence, CreateTable
from sqlalchemy.sql.ddl import ExecutableDDLElement

from models import metadata
from models.guards import GUARDS, QUESTIONS
from models.numbers import NUMBERS

FILE = Path(__file__).parent / "versions" / "0001_rows.sql"


def statements() -> str:
    """Every CREATE of the declared functions, sequences, tables and guards, in one fixed order."""
    # "named" leaves a per cent sign alone; psycopg's own style would double it.
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]  # ships so
    creates = [str(create.compile(dialect=dialect)) for create in _creates()]
    every = (*QUESTIONS, *creates, *GUARDS)
    return "\n\n".join(f"{_tidy(statement)};" for statement in every) + "\n"


def _creates() -> Iterator[ExecutableDDLElement]:
    for sequence in NUMBERS.values():
        yield CreateSequence(sequence)
    for table in metadata.sorted_tables:
        yield CreateTable(table)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield CreateIndex(index)


def _tidy(statement: str) -> str:
    lines = statement.strip().replace("\t", "    ").splitlines()
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    FILE.write_text(statements(), encoding="utf-8")
