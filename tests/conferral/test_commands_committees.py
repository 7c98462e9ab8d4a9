"""`conferral committees`: who sits, how they vote, and a change with its reason."""

from tests.conferral.cli import Run, refused, run
from tests.factory import SENATE_OFFICE
from tests.workflow.play import chair

__all__ = ["run"]


def test_committees_are_listed_in_their_order_and_as_json(run: Run) -> None:
    said = run("committees", "list").out.splitlines()
    assert said[:3] == [
        "1. Undergraduate Curriculum Committee, ugc", "1. Graduate Curriculum Committee, gc",
        "2. University Curriculum Committee, ucc",
    ]  # fmt: skip
    assert said[3] == "3. Faculty Senate, senate (not in every chain)"
    first = run("committees", "list", "--json").json[0]  # type: ignore[index]
    assert first["voting"]["min_fraction_of_seats"] == "1/3"


def test_a_committee_shows_its_rules_in_words_and_its_seats(run: Run) -> None:
    said = run("committees", "show", "ugc").out
    assert said.startswith("Undergraduate Curriculum Committee\nReads items for undergraduate")
    assert "A tie fails." in said
    assert "Cass Fiction, chair\nVic Madeup, vice-chair\n" in said
    assert run("committees", "show", "registrar_signoff").out.splitlines()[1] == "It does not vote."
    assert "there are ugc" in refused(run("committees", "show", "nowhere"))


def test_a_change_is_told_and_shown_with_who_and_why(run: Run) -> None:
    words = ("voting.carry=two_thirds_of_cast", "voting.ballot_days=7")
    why = ("--why", "The by-laws were revised.")
    made = run("committees", "change", "ugc", *words, "--as", SENATE_OFFICE, *why)
    assert made.code == 0, made.err
    assert "carry two thirds of cast, ballot days 7. The by-laws were revised." in made.out
    said = run("committees", "show", "ugc").out
    assert "An item carries with two thirds of Yes and No." in said
    assert f"({SENATE_OFFICE}, line 1 of the register)" in said
    (charter,) = run("committees", "show", "ugc", "--json").json["charters"]  # type: ignore[index,call-overload]
    assert charter["entry"] == 1


def test_a_change_that_cannot_be_is_refused_in_a_line(run: Run) -> None:
    why = ("--why", "Why not.")
    told = refused(run("committees", "change", "ugc", "voting.quorum", "--as", SENATE_OFFICE, *why))
    assert "write NAME=VALUE" in told
    words = ("committees", "change", "ugc", "required=false", "--from", "2099-01-01", *why)
    assert "Only the Senate office" in refused(run(*words, "--as", chair("ugc")))
