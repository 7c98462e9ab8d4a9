"""A record is set right by two people, on pages that work without script."""

from collections.abc import Callable

from tests.factory import ADMIN, ASA_DIRECTOR, PROPOSER
from tests.web.browser import Browser
from tests.workflow.play import Play

SignIn = Callable[[str], Browser]


def test_an_administrator_proposes_the_director_confirms_and_the_page_says_both(
    play: Play, sign_in: SignIn
) -> None:
    case = play.in_review()
    ada, max_ = sign_in(ADMIN), sign_in(ASA_DIRECTOR)
    assert "Confirm the correction" not in max_.read(f"/cases/{case}")
    form = ada.read(f"/cases/{case}/act/propose_correction")
    assert "Date of the consultation" in form
    said = {"what": "Date of the consultation", "value": "2026-11-02", "reason": "See the notes."}
    sent = ada.goes(ada.send(f"/cases/{case}/act/propose_correction", **said))
    assert "It waits for a second person; nothing is changed yet." in sent
    assert "Confirm a correction of Data Storytelling" in max_.read("/work")
    assert "Confirm the correction" in max_.read(f"/cases/{case}")
    max_.goes(max_.send(f"/cases/{case}/act/confirm_correction"))
    page = sign_in(PROPOSER).read(f"/cases/{case}")
    assert "Corrected by Ada Operator, confirmed by Max Instance" in page
    assert "Propose a correction" not in page
