"""Bring a database to the schema that this code expects.

Later changes, on a database at head: `revise(url, "what changes")` writes the next revision by
autogenerate; it does not see CHECKs, sequences and triggers, which the drift test names and you
add by hand. How the first revision is made anew is told in `models.migrations.first`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

#: Any constant will do, as long as every starter of Conferral takes the same.
_LOCK = 380_104


def migrate(database_url: str) -> None:
    """Upgrade the database to the newest revision, in one transaction: all of it or nothing.

    Of several starters one migrates and the others wait for it. Raises ValueError when the URL
    names no PostgreSQL, and what psycopg raises (wrapped by SQLAlchemy) when it does not answer.
    """
    # Only a start migrates; whoever imports the rows need not pay for Alembic.
    from alembic import command  # noqa: PLC0415

    engine = create_engine(engine_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(_config(connection), "head")


def revise(database_url: str, message: str) -> None:
    """Write the revision that leads from this database to the tables as they are declared now."""
    from alembic import command  # noqa: PLC0415

    engine = create_engine(engine_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        config = _config(connection)
        command.revision(config, message, autogenerate=True, rev_id=_next_revision(config))


def engine_url(database_url: str) -> URL:
    """Turn `postgresql://…` (also `?host=/a/socket/folder`) into SQLAlchemy's form for psycopg.

    Raises ValueError for any other database: PostgreSQL is the only one.
    """
    url = make_url(database_url)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"{url.drivername} is not supported: give a postgresql:// address.")
    return url.set(drivername="postgresql+psycopg")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _next_revision(config: "Config") -> str:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(config).get_current_head()
    return f"{int(head or 0) + 1:04d}"
