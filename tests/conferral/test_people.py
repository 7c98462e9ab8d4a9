"""People come in by a file: all of it or nothing, every fault with its line and column."""

import json
from pathlib import Path

import psycopg
import pytest

from tests import factory
from tests.conferral.cli import Run, refused, run
from tests.unchanged import content, differences
from workflow.register import newest

__all__ = ["run"]

GOOD = """\
id,name,email,zone,enrolled,role,scope,starts,ends
ana-new,Ana Núñez,ana@example.edu,Europe/Madrid,yes,member,libraries,2026-09-01,
ana-new,Ana Núñez,ana@example.edu,Europe/Madrid,yes,unit_head,libraries,2026-09-01,2027-09-01
bo-guest,Bo Guest,bo@example.org,,no,,,,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_table_becomes_people_and_their_roles(run: Run, file: Path, database_url: str) -> None:
    told = run("people", "load", str(file))
    assert (told.code, told.err) == (0, "")
    assert told.out == ("People: 2 new.\nRoles: 2 new.\nUnits: nothing changes.\nLoaded.\n")
    with psycopg.connect(database_url) as connection:
        people = connection.execute(
            "SELECT id, name, zone, enrolled FROM person WHERE id IN ('ana-new', 'bo-guest')"
            " ORDER BY id"
        ).fetchall()
        roles = connection.execute(
            "SELECT role, scope, starts AT TIME ZONE 'America/New_York', ends IS NULL"
            " FROM appointment WHERE person = 'ana-new' ORDER BY role"
        ).fetchall()
    assert people == [
        ("ana-new", "Ana Núñez", "Europe/Madrid", True),
        ("bo-guest", "Bo Guest", "America/New_York", False),
    ]
    assert [(role, scope, f"{day:%Y-%m-%d %H:%M}", open_) for role, scope, day, open_ in roles] == [
        ("member", "libraries", "2026-09-01 00:00", True),
        ("unit_head", "libraries", "2026-09-01 00:00", False),
    ]


def test_loading_it_twice_changes_nothing_and_a_new_name_is_a_change(run: Run, file: Path) -> None:
    run("people", "load", str(file))
    assert "People: nothing changes." in run("people", "load", str(file)).out
    file.write_text(GOOD.replace("Ana Núñez", "Ana Núñez Roe"), encoding="utf-8")
    assert "People: 1 changed." in run("people", "load", str(file)).out


def test_a_dry_run_says_what_would_change_and_loads_nothing(
    run: Run, file: Path, database_url: str
) -> None:
    before = content(database_url)
    told = run("people", "load", str(file), "--dry-run", "--json")
    said = json.loads(told.out)
    assert (said["loaded"], said["people"]["new"]) == (False, ["ana-new", "bo-guest"])
    assert not list(differences(before, content(database_url)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("name,email,zone", "name,mail,zone"), "line 1, email: this column is needed"),
        (("ana@example.edu", "ana at example"), "line 2, email: "),
        (("Europe/Madrid", "Madrid"), "line 2, zone: "),
        ((",no,,,,", ",perhaps,,,,"), "line 4, enrolled: say yes or no"),
        (("unit_head,libraries", "unit_head,library"), "line 3, scope: for unit_head name a unit"),
        (("unit_head,libraries", "proposer,libraries"), "line 3, role: proposer is no role to"),
        (("unit_head,libraries", "committee_chair,libraries"), "line 3, scope: for committee_c"),
        (("unit_head,libraries", "registrar,libraries"), "line 3, scope: registrar takes no scope"),
        (("unit_head,", "member,"), "line 3, role: ana-new has this role on a line above"),
        (("2027-09-01", "2026-08-01"), "line 3, ends: it ends before it begins"),
        (("2027-09-01", "1 Sep"), "line 3, ends: 1 Sep is no day"),
        (("bo-guest,Bo Guest", "ana-new,Bo Guest"), "line 4, id: ana-new stands above"),
        (("bo-guest,Bo", "bo-guest"), "line 4, the line: it has not as many fields"),
        (("bo-guest", "sys\x00tem"), "line 4, "),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_column_and_nothing_is_loaded(
    run: Run, file: Path, database_url: str, change: tuple[str, str], says: str
) -> None:
    file.write_text(GOOD.replace(*change, 1) if "ana@" not in change[0] else
                    GOOD.replace(*change), encoding="utf-8")  # fmt: skip
    before = content(database_url)
    line = refused(run("people", "load", str(file)))
    assert says in line
    assert line.endswith("Nothing was loaded.")
    assert not list(differences(before, content(database_url)))


def test_many_faults_are_told_up_to_twenty(run: Run, file: Path) -> None:
    lines = "".join(f"p{n},Name,nowhere,,,,,,\n" for n in range(30))
    file.write_text(GOOD.splitlines()[0] + "\n" + lines, encoding="utf-8")
    assert "And 10 more." in refused(run("people", "load", str(file)))


def test_a_file_that_is_not_there_or_not_text_is_one_line(run: Run, tmp_path: Path) -> None:
    assert "cannot be read" in refused(run("people", "load", str(tmp_path / "none.csv")))
    (tmp_path / "latin.csv").write_bytes(b"id,name,email\nx,N\xfa\xf1ez,x@example.edu\n")
    assert "is not UTF-8" in refused(run("people", "load", str(tmp_path / "latin.csv")))


def test_yaml_brings_units_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(
        "zone: UTC\nstarts: 2026-08-24T00:00:00Z\n"
        "units:\n- {id: arts, name: College of Arts, kind: college}\npeople: []\n"
    )
    assert "Units: 1 new." in run("people", "load", str(path)).out


def test_people_are_listed_with_what_they_hold(run: Run) -> None:
    told = run("people", "list")
    assert "Noor Specimen" in told.out
    people = {one["person"]: one for one in json.loads(run("people", "list", "--json").out)}
    roles = {held["role"] for held in people[factory.UNIT_HEAD]["holds"]}
    assert "unit_head" in roles


def test_an_operator_ends_the_sessions_of_one_person_alone(run: Run, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for n, person in enumerate((factory.PROPOSER, factory.PROPOSER, factory.UNIT_HEAD)):
            connection.execute(
                "INSERT INTO session (hash, person, created_at, seen_at)"
                " VALUES (%s, %s, now(), now())", (f"h{n}", person),
            )  # fmt: skip
    assert run("people", "sign-out", factory.PROPOSER).out == "2 sessions of rowan-sample ended.\n"
    with psycopg.connect(database_url) as connection:
        left = connection.execute("SELECT person FROM session").fetchall()
    assert left == [(factory.UNIT_HEAD,)]
    assert "nobody here is called" in refused(run("people", "sign-out", "nobody"))


def test_a_load_stands_in_the_register_with_whom_it_changed_and_a_load_of_nothing_does_not(
    run: Run, file: Path, database_url: str
) -> None:
    run("people", "load", str(file), "--dry-run")
    for _ in range(2):
        run("people", "load", str(file))
    with psycopg.connect(database_url) as connection:
        (line,) = newest(connection)
    assert (line.actor, line.subject_kind, line.subject_id) == ("system", "people", file.name)
    assert line.facts["people"] == {"new": ["ana-new", "bo-guest"], "changed": []}
