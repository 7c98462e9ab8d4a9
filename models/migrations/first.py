"""Make the first revision anew from the tables, as long as no release has carried it.

`python -m models.migrations.first` writes `versions/0001_rows.sql`; it needs no database. Once
Conferral is released this module goes, and every change is a revision of its own.
"""

from pathlib import Path

from sqlalchemy import ClauseElement, create_mock_engine
from sqlalchemy.dialects.postgresql.base import PGDialect

from models import metadata

FILE = Path(__file__).parent / "versions" / "0001_rows.sql"


def statements() -> str:
    """Every CREATE that the declared tables, sequences and guards amount to, in order."""
    written: list[str] = []
    # "named" leaves a per cent sign alone; psycopg's own style would double it.
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]  # ships so

    def write(statement: ClauseElement, *_: object, **__: object) -> None:
        written.append(_tidy(str(statement.compile(dialect=dialect))))

    engine = create_mock_engine("postgresql+psycopg://", write)
    metadata.create_all(engine, checkfirst=False)
    return "".join(f"{statement};\n\n" for statement in written).rstrip("\n") + "\n"


def _tidy(statement: str) -> str:
    lines = statement.strip().replace("\t", "    ").splitlines()
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    FILE.write_text(statements(), encoding="utf-8")
