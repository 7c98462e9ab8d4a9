"""Out of office, everything one had a part in, and whose desk it is, on pages without script."""

from collections.abc import Callable

from tests.factory import ASA_OFFICER, LEARNER, OTHER_ASA_OFFICER, PROPOSER, REGISTRAR
from tests.web.browser import Browser
from tests.workflow.play import Play

SignIn = Callable[[str], Browser]
PAGE = "/out-of-office"
GIVEN = {
    "deputy": REGISTRAR, "roles": ["asa_officer"], "first_day": "2026-11-24",
    "last_day": "2026-11-27", "reason": "A conference.",
}  # fmt: skip


def test_a_deputy_is_named_seen_by_both_and_ended_by_one_click(play: Play, sign_in: SignIn) -> None:
    case = play.submitted()
    ida, reg = sign_in(ASA_OFFICER), sign_in(REGISTRAR)
    assert "Reg Ledger stands in for you" in ida.goes(ida.send(PAGE, **GIVEN))
    assert "Reg Ledger stands in for you as ASA officer" in ida.read("/work")
    work = reg.read("/work")
    assert "For Ida Example, ASA officer" in work
    assert case in work
    assert "You stand in for others" in reg.read(PAGE)
    assert reg.page
    (end,) = [link for link in reg.page.links if link.endswith("/end")]
    play.clock.advance(minutes=1)
    assert "It has ended." in reg.goes(reg.send(PAGE, to=end))
    assert "It had ended already." in reg.goes(reg.send(PAGE, to=end))
    assert "For Ida Example" not in reg.read("/work")


def test_what_cannot_be_is_said_by_its_field_and_what_was_typed_stays(sign_in: SignIn) -> None:
    ida = sign_in(ASA_OFFICER)
    answer = ida.send(PAGE, **{**GIVEN, "last_day": "2026-11-01"})
    assert answer.status_code == 422
    assert "The last day is before the first." in answer.text
    assert "A conference." in answer.text
    assert ida.send(PAGE, first_day="soon", deputy="").status_code == 422


def test_one_that_begins_later_is_said_with_its_first_day(sign_in: SignIn) -> None:
    ida = sign_in(ASA_OFFICER)
    ida.send(PAGE, **{**GIVEN, "first_day": "2026-11-26"})
    assert "Reg Ledger will stand in for you from" in ida.read("/work")


def test_a_learner_has_nothing_to_lend(sign_in: SignIn) -> None:
    leo = sign_in(LEARNER)
    assert "You hold nothing that another could do for you." in leo.read(PAGE)
    assert "Out of office" not in leo.read("/work")


def test_everything_one_had_a_part_in_is_listed_for_good(play: Play, sign_in: SignIn) -> None:
    for n in range(51):
        play.draft(title=f"Made up {n}")
    gone = play.draft(title="Begun and left")
    play.do("withdraw", PROPOSER, gone)
    rowan = sign_in(PROPOSER)
    first = rowan.read("/mine")
    assert "You withdrew it." in first
    assert "Show what came before" in first
    assert rowan.page
    (more,) = [link for link in rowan.page.links if link.startswith("/mine?show=all&after=")]
    assert "You withdrew it." not in rowan.read(more)
    ended = rowan.read("/mine?show=ended")
    assert "Begun and left" in ended
    assert "Made up 3" not in ended
    for nonsense in ("x", "2026-11-24T14:00:00~MC-1", "2026-11-24T14:00:00%2B00:00~%00"):
        assert rowan.read(f"/mine?after={nonsense}") == first


def test_whoever_had_a_part_in_nothing_is_told_so(sign_in: SignIn) -> None:
    leo = sign_in(LEARNER)
    assert "You have had a part in nothing yet." in leo.read("/mine")
    assert "None of them." in leo.read("/mine?show=open")


def test_a_proposal_is_taken_commented_on_and_given_back_without_script(
    play: Play, sign_in: SignIn
) -> None:
    case = play.submitted()
    ida, sam = sign_in(ASA_OFFICER), sign_in(OTHER_ASA_OFFICER)
    assert "You took it." in ida.goes(ida.send(f"/cases/{case}/act/take"))
    page = sam.read(f"/cases/{case}")
    assert "with Ida Example" in page
    assert "Ida Example has it. They can give it back." in page
    assert "You have it already" not in ida.read(f"/cases/{case}")
    said = {"words": "Which course? @proposer", "field": "title"}
    answer = sam.send(f"/cases/{case}/act/comment", **said)
    assert "Which course? @proposer" in sam.goes(answer)
    rowan = sign_in(PROPOSER)
    assert "Sam Placeholder" in rowan.read(f"/cases/{case}")
    assert rowan.page
    (link,) = [link for link in rowan.page.links if link.startswith("#c-")]
    assert link.removeprefix("#") in rowan.page.ids
    nudged = rowan.goes(rowan.send(f"/cases/{case}/act/nudge", note="Term begins soon."))
    assert "You nudged whoever has it." in nudged
    assert "You can again on" in nudged
    assert "You gave it back." in ida.goes(ida.send(f"/cases/{case}/act/give_back"))


def test_a_follow_up_date_is_set_moved_and_taken_off_on_the_page_of_the_case(
    play: Play, sign_in: SignIn
) -> None:
    case = play.submitted()
    ida, path = sign_in(ASA_OFFICER), f"/cases/{case}"
    page = ida.goes(ida.send(path, to=f"{path}/follow-up", day="2026-11-24"))
    assert "It will be back on top of your work that day." in page
    assert "Back on top of your work on Tue 24 Nov." in page
    assert "Follow up 1 item" in ida.read("/work")
    for wrong in ("2026-11-01", "soon"):
        page = ida.goes(ida.send(path, to=f"{path}/follow-up", day=wrong))
        assert "Choose today or a later day. Nothing was changed." in page
    page = ida.goes(ida.send(path, to=f"{path}/follow-up", day=""))
    assert "Your follow-up date is taken off." in page
    assert "Follow up" not in ida.read("/work")
    assert "Your follow-up" not in sign_in(PROPOSER).read(path)
