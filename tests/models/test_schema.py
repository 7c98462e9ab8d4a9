"""One call brings a database to the newest revision, whoever else is starting."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from models import migrate, schema
from models.schema import engine_url, revise


def head() -> str:
    """The newest revision there is."""
    return max(file.name[:4] for file in schema.MIGRATIONS.glob("versions/*.py"))


def test_five_starters_at_once_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(migrate, [empty_database_url] * 5))
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (head(),)
        ]


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE TABLE vote (in_the_way text)")
    with pytest.raises(Exception, match='relation "vote" already exists'):
        migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert tables == [("vote",)]


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://host:5433/name",
        "postgres://host:5433/name",
        "postgresql+psycopg://host:5433/name",
    ],
)
def test_an_address_of_any_form_is_read_by_psycopg(given: str) -> None:
    assert str(engine_url(given)) == "postgresql+psycopg://host:5433/name"


def test_an_address_may_name_a_folder_of_sockets(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        host, port = connection.info.host, connection.info.port
        user, name = connection.info.user, connection.info.dbname
        password = conninfo_to_dict(empty_database_url).get("password", "")
    migrate(f"postgresql:///{name}?host={host}&port={port}&user={user}&password={password}")
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (0,)


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="sqlite is not supported: give a postgresql:// address"):
        migrate("sqlite:///file.db")


def test_importing_the_rows_does_not_load_alembic() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import models, sys; print('alembic' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout == "False\n"


def test_a_later_revision_is_written_from_what_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    copied = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "MIGRATIONS", copied)
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE person DROP COLUMN zone")
    revise(database_url, "zone again")
    written = (copied / "versions" / f"{head()}_zone_again.py").read_text(encoding="utf-8")
    assert "op.add_column('person', sa.Column('zone', sa.Text(), nullable=False))" in written
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT zone FROM person").fetchall() == []
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),)
