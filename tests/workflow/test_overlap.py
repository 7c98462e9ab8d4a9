"""Which micro-credentials are like a proposal."""

from tests.workflow.play import Play
from workflow.queries.overlap import alike, overlap, words


def test_texts_that_share_few_words_are_not_alike() -> None:
    assert alike(words(["Budgets for small teams"]), words(["Choirs of small towns"])) == ()


def test_a_submitted_proposal_on_the_same_matter_is_found_with_the_words_it_shares(
    play: Play,
) -> None:
    there = play.submitted(title="Budgets for Small Teams")
    own = play.draft(title="Planning Budgets for Teams")
    with play.connect() as connection:
        found = overlap(connection, own)
    assert [one.case for one in found] == [there]
    assert {"budget", "team"} <= set(found[0].shared)


def test_a_draft_of_another_and_a_withdrawn_proposal_are_not_listed(play: Play) -> None:
    play.draft(title="Budgets for Small Teams")
    withdrawn = play.submitted(title="Budgets for Small Clubs")
    play.do("withdraw", "rowan-sample", withdrawn)
    own = play.draft(title="Planning Budgets for Teams")
    with play.connect() as connection:
        assert overlap(connection, own) == ()


def test_a_case_that_is_not_there_is_like_nothing(play: Play) -> None:
    with play.connect() as connection:
        assert overlap(connection, "MC-99") == ()
