"""The sample people go in once, stay in step with their file, and are plainly made up."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from conferral.errors import BadSettings
from conferral.seed import SAMPLE, read, seed
from tests import factory

TABLES = ("unit", "person", "appointment")

SMALL = """
zone: America/New_York
starts: 2026-08-24T00:00:00-04:00
units:
- {id: university, name: Example University, kind: university}
- {id: college, name: College of Samples, kind: college, parent: university}
- {id: department, name: Department of Examples, kind: department, parent: college}
people:
- id: rowan-sample
  name: Rowan Sample
  email: rowan.sample@example.edu
  roles:
  - {role: member, scope: department}
- id: noor-specimen
  name: Noor Specimen
  email: noor.specimen@example.org
  zone: Europe/Madrid
  enrolled: false
  roles:
  - {role: unit_head, scope: department, on_behalf_of: rowan-sample,
     starts: 2026-11-02T00:00:00-05:00, ends: 2026-12-01T00:00:00-05:00}
"""


def written(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                sql.SQL("SELECT * FROM {} ORDER BY id").format(sql.Identifier(table))
            ).fetchall()
            for table in TABLES
        }


def seed_from(url: str, path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        seed(connection, path)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_file_becomes_units_with_their_way_up_people_and_appointments(
    database_url: str, small: Path
) -> None:
    seed_from(database_url, small)
    with psycopg.connect(database_url) as connection:
        paths = connection.execute("SELECT id, path FROM unit ORDER BY id").fetchall()
        people = connection.execute("SELECT id, zone, enrolled FROM person ORDER BY id").fetchall()
        roles = connection.execute(
            "SELECT id, starts::text, ends::text, on_behalf_of FROM appointment ORDER BY id"
        ).fetchall()
    assert paths == [
        ("college", ["college", "university"]),
        ("department", ["department", "college", "university"]),
        ("university", ["university"]),
    ]
    assert people == [
        ("noor-specimen", "Europe/Madrid", False),
        ("rowan-sample", "America/New_York", True),
    ]
    assert [role[0] for role in roles] == [
        "noor-specimen/unit_head/department/rowan-sample",
        "rowan-sample/member/department",
    ]
    assert roles[0][3] == "rowan-sample"
    assert roles[0][2] is not None
    assert roles[1][2:] == (None, None)


def test_seeding_twice_changes_nothing(database_url: str, small: Path) -> None:
    seed_from(database_url, small)
    once = written(database_url)
    seed_from(database_url, small)
    assert written(database_url) == once


def test_a_changed_file_changes_what_it_names_and_leaves_the_rest(
    database_url: str, small: Path
) -> None:
    seed_from(database_url, SAMPLE)
    before = written(database_url)
    small.write_text(SMALL.replace("name: Rowan Sample", "name: Rowan R. Sample"), encoding="utf-8")
    seed_from(database_url, small)
    after = written(database_url)
    names = {row[0]: row[1] for row in after["person"]}
    assert names["rowan-sample"] == "Rowan R. Sample"
    assert names.keys() == {row[0] for row in before["person"]}
    assert len(after["unit"]) == len(before["unit"]) + 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("parent: college", "parent: faculty", "parent faculty is named but not given"),
        ("parent: university", "parent: department", "unit college is its own parent"),
        ("scope: department}", "scope: office}", "unit office is named but not given"),
        ("on_behalf_of: rowan-sample", "on_behalf_of: x", "person x is named but not given"),
        ("id: noor-specimen", "id: rowan-sample", "person rowan-sample stands there twice"),
        ("id: college,", "id: university,", "unit university stands there twice"),
        ("Europe/Madrid", "Europe/Nowhere", "people.1.zone: 'Europe/Nowhere' is no time zone"),
        ("@example.org", "", "people.1.email: value is not a valid email address"),
        ("name: Rowan Sample", 'name: " "', "people.0.name: String should have at least 1"),
        ("enrolled: false", "enroled: false", "people.1.enroled: Extra inputs are not permitted"),
        ("-04:00", "", "starts: Input should have timezone info"),
        ("units:", "units: [", "is not YAML"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_writes_nothing(
    database_url: str, small: Path, wrong: tuple[str, str, str]
) -> None:
    was, becomes, says = wrong
    assert was in SMALL
    small.write_text(SMALL.replace(was, becomes), encoding="utf-8")
    with pytest.raises(BadSettings) as refused:
        seed_from(database_url, small)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert written(database_url) == {table: [] for table in TABLES}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"nobody\.yaml cannot be read: No such file"):
        read(tmp_path / "nobody.yaml")


def test_every_sample_person_is_plainly_made_up() -> None:
    domains = {person.email.partition("@")[2] for person in read(SAMPLE).people}
    assert domains == {"example.edu", "example.org"}


def test_the_sample_fills_every_role_that_a_process_asks_for() -> None:
    held = {(row.role, row.scope) for row in read(SAMPLE).appointments()}
    everywhere = {role for role, scope in held if scope == ""}
    assert everywhere == {
        "asa_officer", "asa_director", "avp", "registrar", "senate_office", "appeal_officer",
        "admin",
    }  # fmt: skip
    units = {unit.id for unit in read(SAMPLE).units}
    assert {scope for role, scope in held if role == "unit_head"} == units
    for body, members in factory.COMMITTEES.items():
        assert {("committee_chair", body), ("committee_vice_chair", body)} <= held
        assert len(members) == 9


def test_the_factory_calls_the_sample_people_what_they_are(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        factory.seed_people(connection)
        rows = connection.execute("SELECT person, role, scope FROM appointment").fetchall()
        learners = connection.execute("SELECT id, enrolled FROM person").fetchall()
    held = set(rows)
    assert {
        (factory.PROPOSER, "member", factory.UNIT),
        (factory.UNIT_HEAD, "unit_head", factory.UNIT),
        (factory.NEXT_HEAD_UP, "unit_head", "libraries"),
        (factory.PROVOST, "unit_head", "university"),
        (factory.ASA_OFFICER, "asa_officer", ""),
        (factory.OTHER_ASA_OFFICER, "asa_officer", ""),
        (factory.ASA_DIRECTOR, "asa_director", ""),
        (factory.AVP, "avp", ""),
        (factory.REGISTRAR, "registrar", ""),
        (factory.SENATE_OFFICE, "senate_office", ""),
        (factory.APPEAL_OFFICER, "appeal_officer", ""),
        (factory.ADMIN, "admin", ""),
        (factory.ASSESSOR, "member", factory.UNIT),
    } <= held
    for body, members in factory.COMMITTEES.items():
        assert {row[0] for row in held if row[1:] == ("committee_member", body)} == set(members)
        assert (members[0], "committee_chair", body) in held
        assert (members[1], "committee_vice_chair", body) in held
    enrolled: dict[object, object] = dict(learners)
    assert [enrolled[factory.LEARNER], enrolled[factory.OTHER_LEARNER]] == [True, True]
    assert enrolled[factory.GUEST_LEARNER] is False


def test_an_assessor_is_appointed_in_the_scope_of_a_proposal(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        factory.seed_people(connection)
        made = factory.appoint(connection, factory.ASSESSOR, role="assessor", scope="MC-1")
        row = connection.execute(
            "SELECT person, role, scope, ends FROM appointment WHERE id = %s", [made]
        ).fetchone()
    assert row == (factory.ASSESSOR, "assessor", "MC-1", None)


def test_nine_month_faculty_are_known_as_such(database_url: str, small: Path) -> None:
    small.write_text(SMALL.replace("  name: Rowan", "  nine_months: true\n  name: Rowan"), "utf-8")
    seed_from(database_url, small)
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT id FROM person WHERE nine_months").fetchall()
    assert found == [("rowan-sample",)]
