"""A proposal's straight path through the real engine and a real database."""

from tests.factory import ASA_OFFICER, PROPOSER, UNIT_HEAD
from tests.workflow.play import Play


def test_a_proposal_on_existing_ground_goes_from_draft_to_issued_without_a_committee(
    play: Play,
) -> None:
    case = play.issued()
    with play.connect() as connection:
        states = connection.execute(
            "SELECT to_state FROM entry "
            "WHERE case_id = %s AND from_state IS DISTINCT FROM to_state "
            "ORDER BY seq", (case,),
        ).fetchall()  # fmt: skip
        waiting = connection.execute(
            "SELECT machine, trigger FROM follow_on WHERE state = 'pending'"
        ).fetchall()
    path = ["draft", "asa_consultation", "design", "asa_review", "approved", "issued"]
    assert [state for (state,) in states] == path
    assert waiting == [("credential", "put_in_force")]


def test_an_edit_voids_the_endorsement_until_the_head_endorses_the_new_text(play: Play) -> None:
    case = play.draft()
    play.do("endorse", UNIT_HEAD, case)
    play.do("edit", PROPOSER, case, fields={"description": "Another text."})
    assert "PR-endorse" in {reason.rule for reason in play.refused("submit", PROPOSER, case)}
    play.do("endorse", UNIT_HEAD, case)
    play.do("submit", PROPOSER, case)


def test_a_return_from_review_goes_back_to_review_once_each_change_is_answered(play: Play) -> None:
    case = play.in_review()
    changes = [
        {"field": "title", "asks": "Say it shorter."},
        {"field": "slos.o1.threshold", "asks": "Say it exactly."},
    ]
    play.do("return_for_revision", ASA_OFFICER, case, changes=changes)
    assert len(play.refused("resubmit", PROPOSER, case)) >= 2
    play.do("edit", PROPOSER, case, fields={"title": "Data Stories"})
    play.do("answer_change", PROPOSER, case, number=1, answer="fixed")
    play.do("answer_change", PROPOSER, case, number=2, answer="contested", reply="It is exact.")
    assert play.do("resubmit", PROPOSER, case).state == "asa_review"
