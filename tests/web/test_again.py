"""What is like a proposal, and beginning again with the text of one that has ended."""

from collections.abc import Callable

from tests.factory import ASA_OFFICER, OTHER_ASA_OFFICER, PROPOSER
from tests.web.browser import Browser
from tests.workflow.play import Play

SignIn = Callable[[str], Browser]


def test_a_draft_lists_what_is_like_it_where_its_writer_says_so_was_read(
    sign_in: SignIn, play: Play
) -> None:
    play.submitted(title="Budgets for Small Teams")
    own = play.draft(title="Planning Budgets for Teams")
    rowan = sign_in(PROPOSER)
    assert "Budgets for Small Teams" in rowan.read(f"/proposals/{own}/edit/check")
    assert "Micro-credentials like this one" in rowan.read(f"/cases/{own}")


def test_where_nothing_is_like_it_the_page_says_so(sign_in: SignIn, play: Play) -> None:
    case = play.submitted()
    page = sign_in(ASA_OFFICER).read(f"/cases/{case}")
    assert "Nothing that is proposed or in force shares its words" in page


def test_a_withdrawn_proposal_is_copied_to_a_new_draft_with_the_same_text(
    sign_in: SignIn, play: Play
) -> None:
    case = play.submitted(title="Data Storytelling")
    play.do("withdraw", PROPOSER, case)
    rowan = sign_in(PROPOSER)
    answer = rowan.send(f"/cases/{case}", to=f"/proposals/{case}/copy")
    assert answer.status_code == 303
    copied = str(answer.headers["Location"]).split("/")[2]
    assert copied != case
    assert "Data Storytelling" in rowan.read(f"/cases/{copied}")
    assert play.state(copied) == "draft"


def test_only_its_proposer_is_offered_the_copy_and_only_at_the_end(
    sign_in: SignIn, play: Play
) -> None:
    case = play.submitted()
    assert "Copy it to a new draft" not in sign_in(PROPOSER).read(f"/cases/{case}")
    play.do("withdraw", PROPOSER, case)
    assert "Copy it to a new draft" not in sign_in(OTHER_ASA_OFFICER).read(f"/cases/{case}")
    assert "Copy it to a new draft" in sign_in(PROPOSER).read(f"/cases/{case}")


def test_somebody_of_another_unit_cannot_copy_it(sign_in: SignIn, play: Play) -> None:
    case = play.submitted()
    play.do("withdraw", PROPOSER, case)
    ida = sign_in(ASA_OFFICER)
    answer = ida.send(f"/cases/{case}", to=f"/proposals/{case}/copy")
    assert answer.status_code == 409
