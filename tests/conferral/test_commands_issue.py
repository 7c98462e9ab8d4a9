"""`conferral issue --batch`: a cohort, judged line by line, issued once whatever is killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from conferral.commands import issue as room
from conferral.compose import pool
from tests.conferral.cli import Run, refused, run
from tests.factory import ASA_OFFICER, ASSESSOR, GUEST_LEARNER, LEARNER, OTHER_LEARNER
from tests.unchanged import unchanged
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow.issuing import status_lists

__all__ = ["run"]

SECRET = "a passphrase of at least thirty-two characters"
LEARNERS = (LEARNER, OTHER_LEARNER)


class KilledError(BaseException):
    """What a program meets that is killed."""


@pytest.fixture
def awards(
    run: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Awards]:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.chdir(tmp_path)
    assert run("cases").code == 0
    with pool(database_url, size=4) as connect:
        yield Awards(Play(connect))


@pytest.fixture
def cohort(awards: Awards) -> list[str]:
    """Two awards of one badge that wait for ASA's verification."""
    badge = awards.badge()
    return [awards.to_verify(badge, learner) for learner in LEARNERS]


def listed(tmp_path: Path, *lines: str, heading: str = "award") -> str:
    path = tmp_path / "cohort.csv"
    path.write_text("\n".join((heading, *lines)) + "\n")
    return str(path)


def batch(run: Run, file: str, *more: str, by: str = ASA_OFFICER) -> Any:  # noqa: ANN401 - Told
    return run("issue", "--batch", file, "--as", by, *more)


def issued(awards: Awards) -> list[tuple[object, ...]]:
    return awards.rows(
        "SELECT e.case_id, count(*) FROM entry e JOIN award a ON a.case_id = e.case_id "
        "WHERE e.trigger = 'issue' GROUP BY e.case_id ORDER BY e.case_id"
    )


def test_a_cohort_is_verified_signed_and_issued_each_once(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path
) -> None:
    told = batch(run, listed(tmp_path, *cohort))
    assert told.code == 0, told
    assert told.out == "2 of 2 issued.\n"
    assert issued(awards) == [(case, 1) for case in sorted(cohort)]
    assert {awards.state(case) for case in cohort} == {"issued"}
    assert awards.row("SELECT kind, total, done, failed FROM job") == ("cohort", 2, 2, 0)
    again = batch(run, listed(tmp_path, *cohort))
    assert again.out == "0 of 2 issued; 2 had been issued before.\n"
    assert issued(awards) == [(case, 1) for case in sorted(cohort)]


def test_a_line_can_name_learner_and_credential(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path
) -> None:
    (badge, code) = awards.row("SELECT case_id, code FROM credential")
    (mail,) = awards.row("SELECT email FROM person WHERE id = %s", OTHER_LEARNER)
    file = listed(
        tmp_path, f"{LEARNER},{badge},directory", f"{mail},{code},",
        heading="learner,credential,identity_method",
    )  # fmt: skip
    assert batch(run, file).out == "2 of 2 issued.\n"
    assert len(issued(awards)) == len(cohort)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path, database_url: str
) -> None:
    (badge,) = awards.row("SELECT case_id FROM credential")
    waiting = awards.claimed(cast("str", badge), GUEST_LEARNER)
    file = listed(tmp_path, *cohort, waiting, "AW-999", cohort[0], "CR-1")
    with unchanged(database_url):
        told = batch(run, file, "--dry-run")
    assert told.code == 2
    assert "line 4, award: It cannot be issued: it is" in told.out
    assert "line 5, award: There is no such award." in told.out
    assert f"line 6, award: {cohort[0]} stands on line 2 too" in told.out
    assert "line 7, award: There is no such award." in told.out
    assert told.out.endswith("Nothing was issued: this was a dry run.\n")
    assert "to be verified and signed." in told.out


def test_with_one_line_refused_nothing_is_issued_unless_one_says_so(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path
) -> None:
    file = listed(tmp_path, cohort[0], "AW-999")
    told = batch(run, file)
    assert told.code == 2
    assert told.out.endswith("Nothing was issued.\n")
    assert issued(awards) == []
    told = batch(run, file, "--skip-refused", "--json")
    assert told.code == 0
    assert told.json["says"] == "1 of 1 issued"
    assert told.json["faults"] == [
        {"line": 3, "column": "award", "says": "There is no such award. (practice)"}
    ]
    assert issued(awards) == [(cohort[0], 1)]


def test_every_rule_of_one_award_holds_in_a_cohort(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path, database_url: str
) -> None:
    with unchanged(database_url):
        told = batch(run, listed(tmp_path, *cohort), by=ASSESSOR)
    assert "line 2, award: Only" in told.out
    heading = "award,identity_method,attested_by"
    told = batch(run, listed(tmp_path, f"{cohort[0]},verified_mail,", heading=heading))
    assert "line 2, attested_by: Name the assessor" in told.out
    file = listed(tmp_path, f"{cohort[0]},verified_mail,{'x' * 201}", heading=heading)
    assert "line 2, attested_by:" in batch(run, file).out
    assert issued(awards) == []


def test_what_is_verified_already_is_signed(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path
) -> None:
    awards.verify(cohort[0])
    assert batch(run, listed(tmp_path, *cohort)).out == "2 of 2 issued.\n"
    assert issued(awards) == [(case, 1) for case in sorted(cohort)]


@pytest.mark.parametrize("dies_in", ["verify", "follow"])
@pytest.mark.parametrize("after", [0, 1])
def test_killed_and_run_again_it_goes_on_and_issues_each_once(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, dies_in: str, after: int,
) -> None:  # fmt: skip
    place = room.cohort if dies_in == "verify" else room
    real, left = getattr(place, dies_in), [after]

    def dying(*words: Any, **more: Any) -> object:  # noqa: ANN401 - whatever it takes
        if not left[0]:
            raise KilledError
        left[0] -= 1
        return real(*words, **more)

    with monkeypatch.context() as patched:
        patched.setattr(place, dies_in, dying)
        with pytest.raises(KilledError):
            batch(run, listed(tmp_path, *cohort))
    assert batch(run, listed(tmp_path, *cohort)).code == 0
    assert issued(awards) == [(case, 1) for case in sorted(cohort)]
    assert awards.row("SELECT done, failed, finished_at IS NULL FROM job") == (2, 0, False)


def test_what_is_refused_meanwhile_is_told_and_the_rest_goes_on(
    run: Run, awards: Awards, cohort: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = room.cohort.verify

    def overtaken(engine: Any, judged: Any, **more: Any) -> None:  # noqa: ANN401 - passed on
        if judged.case == cohort[0]:
            awards.do("send_back", ASA_OFFICER, cohort[0], defect="Which source?", outcomes=["o1"])
        real(engine, judged, **more)

    monkeypatch.setattr(room.cohort, "verify", overtaken)
    told = batch(run, listed(tmp_path, *cohort))
    assert told.code == 2
    assert told.out.startswith("line 2, award:")
    assert told.out.endswith("1 of 2 issued.\n")
    assert issued(awards) == [(cohort[1], 1)]
    assert awards.row("SELECT done, failed FROM job") == (1, 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1, award: name the award, or learner and credential"),
        (b"learner\nleo\n", "line 1, award: name the award, or learner and credential"),
        (b"award,mark\nAW-1,5\n", "line 1, mark: there is no such column"),
        (b"award\nAW-1,2\n", "line 2, the line: it has not as many fields"),
        (b"learner,credential\nleo,\n", "line 2, credential: this is needed"),
        (b"award,identity_method\nAW-1,guess\n", "line 2, identity_method: say directory or"),
        (b"award\nAW\x00-1\n", "line 2, "),
        (b"award\n\xff\n", "line 1, the file: it is not UTF-8"),
        (b'award\n"AW-1\n', "the line: unexpected end of data"),
        (b"award\n" + b"AW-1\n" * 20_001, "line 20002, the line: a cohort has at most 20,000"),
        (b"a" * 10_000_001, "line 1, the file: it is larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_line_and_column(
    run: Run, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "cohort.csv"
    path.write_bytes(content)
    told = batch(run, str(path))
    assert told.code == 2
    assert says in told.out
    assert told.out.endswith("Nothing was issued.\n")


def test_there_must_be_a_file_a_person_and_a_secret(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cannot be read" in refused(batch(run, str(tmp_path / "none.csv")))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    assert "nobody here" in batch(run, listed(tmp_path, "AW-1"), by="nobody").err
    monkeypatch.delenv("SECRET_KEY")
    assert "SECRET_KEY" in batch(run, listed(tmp_path, "AW-1")).err


def test_lists_are_found_however_many_awards_there_are(awards: Awards, cohort: list[str]) -> None:
    with awards.play.connect() as connection:
        assert status_lists(connection) == ()
        awards.verify(cohort[0])
        awards.verify(cohort[1])
        connection.execute("UPDATE award SET status_list = 7 WHERE case_id = %s", (cohort[1],))
        assert status_lists(connection) == (1, 7)
