"""`conferral act`: one action through the one door, and what it answers to bad input."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from conferral.commands import act as act_command
from tests.conferral.cli import Run, Told, refused, run
from tests.factory import ASA_OFFICER, PROPOSER, REGISTRAR, UNIT, UNIT_HEAD
from tests.policies.documents import badge_data
from tests.unchanged import unchanged

__all__ = ["run"]

Act = Callable[..., Told]


@pytest.fixture
def act(run: Run) -> Act:
    """Do one action with the sample proposer unless another is named."""

    def do(case: str, trigger: str, *more: str, by: str = PROPOSER, form: object = None) -> Told:
        said = () if form is None else ("--form", json.dumps(form))
        return run("act", case, trigger, "--as", by, *said, *more)

    return do


@pytest.fixture
def case(act: Act) -> str:
    """A complete draft, begun from the command line."""
    form = {"unit": UNIT, "content": badge_data() | {"unit": UNIT}}
    told = act("proposal", "open", "--json", form=form)
    assert told.code == 0, told.err
    begun = told.json
    assert isinstance(begun, dict)
    assert begun["state"] == "draft"
    return str(begun["case"])


def test_an_action_is_done_and_the_new_state_is_said_in_words(act: Act, case: str) -> None:
    told = act(case, "endorse", by=UNIT_HEAD)
    assert told.out == f"{case}: endorse. It is being drafted.\n"
    assert act(case, "submit").out == f"{case}: submit. It is in consultation with ASA.\n"


def test_a_person_can_be_named_by_address(act: Act, case: str) -> None:
    assert act(case, "keep", by="rowan.sample@example.edu").code == 0


def test_the_same_key_gets_the_same_answer_and_nothing_is_done_twice(
    act: Act, case: str, database_url: str
) -> None:
    first = act(case, "keep", "--key", "k-1", "--json").json
    assert isinstance(first, dict)
    with unchanged(database_url):
        again = act(case, "keep", "--key", "k-1", "--json").json
        said = act(case, "keep", "--key", "k-1").out
    assert again == first | {"repeated": True}
    assert "(already done)" in said


def test_a_form_can_be_read_from_a_file_or_from_standard_input(
    run: Run, act: Act, case: str, tmp_path: Path
) -> None:
    file = tmp_path / "form.json"
    file.write_text('{"fields": {"title": "From a file"}}', encoding="utf-8")
    assert run("act", case, "edit", "--as", PROPOSER, "--form", f"@{file}").code == 0
    words = ("act", case, "edit", "--as", PROPOSER, "--form", "@-")
    assert run(*words, stdin=b'{"fields": {"title": "From standard input"}}').code == 0
    assert "From standard input" in run("show", case).out
    assert act(case, "keep").code == 0


# ------------------------------------------------------------------------- bad input


def test_an_unknown_trigger_is_named_with_those_there_are(
    act: Act, case: str, database_url: str
) -> None:
    with unchanged(database_url):
        line = refused(act(case, "approove"))
    assert "There is no 'approove' for a proposal" in line
    assert "submit" in line


def test_the_wrong_role_is_told_who_can(act: Act, case: str, database_url: str) -> None:
    with unchanged(database_url):
        line = refused(act(case, "endorse", by=REGISTRAR))
    assert "Only the unit head can do this. That is Noor Specimen." in line


def test_a_stale_revision_is_refused(act: Act, case: str, database_url: str) -> None:
    assert act(case, "edit", form={"fields": {"title": "Another title"}}).code == 0
    with unchanged(database_url):
        line = refused(act(case, "keep", "--revision", "1"))
    assert "It has changed since you opened the page (revision 1, now 2)." in line


def test_a_key_used_for_something_else_is_refused(act: Act, case: str, database_url: str) -> None:
    assert act(case, "keep", "--key", "k-1").code == 0
    with unchanged(database_url):
        line = refused(act(case, "withdraw", "--key", "k-1"))
    assert "already used" in line


def test_a_missing_field_is_named(act: Act, database_url: str, case: str) -> None:
    with unchanged(database_url):
        assert "Unit: this is needed." in refused(act("proposal", "open"))
        assert "Fields: this is needed." in refused(act(case, "edit", form={}))


def test_a_field_that_is_not_asked_for_is_named(act: Act, case: str, database_url: str) -> None:
    with unchanged(database_url):
        line = refused(act(case, "keep", form={"colour": "green"}))
    assert "colour: there is no such field here." in line


@pytest.mark.parametrize("who", ["nobody-here", "", "system", "timer", "a\x00b", "a\udcffb"])
def test_an_unknown_person_is_refused(act: Act, case: str, database_url: str, who: str) -> None:
    with unchanged(database_url):
        assert "--as: nobody here is called" in refused(act(case, "keep", by=who))


@pytest.mark.parametrize(
    "name",
    ["MC-999999", "MC-", "XX-1", "mc-1", "MC-1 ", "1", "", "MC-\x00", "MC-\udcff", "M" * 300],
)
def test_an_unknown_case_is_refused_by_every_command(
    run: Run, act: Act, case: str, database_url: str, name: str
) -> None:
    assert case == "MC-1"
    with unchanged(database_url):
        refused(act(name, "keep"))
        assert refused(run("show", name)).startswith("There is no '")
        assert refused(run("explain", name)).startswith("There is no '")


def test_the_unit_head_cannot_endorse_their_own_proposal(
    act: Act, run: Run, database_url: str
) -> None:
    form = {"unit": UNIT, "content": badge_data() | {"unit": UNIT}}
    begun = act("proposal", "open", "--json", by=UNIT_HEAD, form=form).json
    assert isinstance(begun, dict)
    with unchanged(database_url):
        line = refused(act(begun["case"], "endorse", by=UNIT_HEAD))
    assert "Only the unit head can do this. That is Dana Template." in line
    assert run("doctor").code == 0


def test_a_title_of_ten_megabytes_is_refused(
    run: Run, act: Act, case: str, database_url: str
) -> None:
    big = json.dumps({"fields": {"title": "x" * 10_000_000}}).encode()
    opening = json.dumps({"unit": UNIT, "content": {"title": "x" * 10_000_000}}).encode()
    with unchanged(database_url):
        line = refused(run("act", case, "edit", "--as", PROPOSER, "--form", "@-", stdin=big))
        assert "At most 200 characters fit here." in line
        words = ("act", "proposal", "open", "--as", PROPOSER, "--form", "@-")
        assert "At most 200 characters" in refused(run(*words, stdin=opening))
        assert len(refused(act(case, "x" * 10_000_000))) < 2_000
        assert len(refused(act(case, "keep", form={"y" * 10_000_000: "z"}))) < 200
        refused(act(case, "keep", by="p" * 10_000_000))
        refused(act(case, "keep", "--key", "k" * 10_000_000))


def test_a_form_larger_than_any_is_not_read(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act_command, "LARGEST_FORM", 10)
    words = ("act", case, "keep", "--as", PROPOSER, "--form", "@-")
    line = refused(run(*words, stdin=b'{"a": "bcdefgh"}'))
    assert line.startswith("--form: a form has at most 10 bytes.")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"fields": {"title": "a\x00b"}}, "U+0000"),
        ({"fields": {"title": "a\x07b"}}, "U+0007"),
        ({"fields": {"ti\x00tle": "b"}}, "U+0000"),
        ({"fi\x00elds": {}}, "fi\\x00elds"),
        ({"fields": {"slos.o1.threshold_level": 2.0}}, "whole numbers"),
        ({"fields": {"nothing.like.it": "x"}}, "no field of a proposal"),
    ],
)
def test_what_cannot_be_kept_is_named(
    act: Act, case: str, database_url: str, form: object, says: str
) -> None:
    with unchanged(database_url):
        assert says in refused(act(case, "edit", form=form))


def test_deep_nesting_is_refused_and_not_followed(run: Run, case: str, database_url: str) -> None:
    words = ("act", case, "edit", "--as", PROPOSER, "--form", "@-")
    with unchanged(database_url):
        for depth in (300, 900, 100_000):
            deep = b'{"fields": {"title": ' + b"[" * depth + b"]" * depth + b"}}"
            refused(run(*words, stdin=deep))


@pytest.mark.parametrize("key", ["", "\x00", "\udcff", "k" * 3_000])
def test_a_key_that_cannot_be_kept_is_refused(
    act: Act, case: str, database_url: str, key: str
) -> None:
    with unchanged(database_url):
        assert "This key is no key" in refused(act(case, "keep", "--key", key))


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("{", "--form is not JSON"),
        ("\udcff", "--form is not JSON"),
        ("[]", "--form is a JSON object"),
        ("null", "--form is a JSON object"),
        ("@/there/is/none", "cannot be read (No such file or directory)"),
        ("@a\x00b", "cannot be read"),
        ("@.", "cannot be read"),
    ],
)
def test_a_form_that_is_no_form_is_refused(
    run: Run, case: str, database_url: str, form: str, says: str
) -> None:
    with unchanged(database_url):
        assert says in refused(run("act", case, "keep", "--as", PROPOSER, "--form", form))


def test_a_revision_that_is_no_number_is_refused(act: Act, case: str) -> None:
    assert "not a valid integer" in refused(act(case, "keep", "--revision", "x"))
    assert "revision" in refused(act(case, "keep", "--revision", "9" * 30))


def test_every_reason_stands_in_the_one_line(act: Act, database_url: str) -> None:
    begun = act("proposal", "open", "--json", form={"unit": UNIT}).json
    assert isinstance(begun, dict)
    with unchanged(database_url):
        line = refused(act(begun["case"], "submit"))
    for rule in ("MC-U1", "MC-U2", "MC-7d", "MC-8c", "MC-6c", "MC-1a"):
        assert f"({rule}, " in line


def test_an_outsider_cannot_propose(act: Act, database_url: str) -> None:
    with unchanged(database_url):
        line = refused(act("proposal", "open", by=ASA_OFFICER, form={"unit": UNIT}))
        assert "(MC-15, " in line
        form = {"unit": f"no-unit-{uuid4()}"}
        assert "does not exist" in refused(act("proposal", "open", form=form))


def test_a_database_that_does_not_answer_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for words in (("cases",), ("doctor",), ("act", "MC-1", "keep", "--as", PROPOSER)):
        assert refused(run(*words)).startswith("The database does not answer: ")
