"""The main journeys by hand, without script: from a first line to a badge anyone can check."""

from collections.abc import Callable

from tests import factory
from tests.factory import ASA_OFFICER, ASSESSOR, LEARNER, PROPOSER, REGISTRAR, UNIT_HEAD
from tests.web.browser import Browser, Page
from tests.workflow.award_play import ANSWERS, Awards
from tests.workflow.play import Play

SignIn = Callable[[str], Browser]


def test_a_draft_is_written_part_by_part_endorsed_and_submitted(sign_in: SignIn) -> None:
    rowan = sign_in(PROPOSER)
    assert "Nothing waits for you" in rowan.read("/work")
    case = _started(rowan)
    _write_the_concept(rowan, case)
    assert "Nothing is missing for the next step" in rowan.read(f"/proposals/{case}/edit")

    asked = rowan.send(f"/cases/{case}/act/ask_endorsement", note="Short and ready.")
    assert "Noor Specimen is asked and answers by Thu 3 Dec" in rowan.goes(asked)

    noor = sign_in(UNIT_HEAD)
    assert "Endorse Data Storytelling" in noor.read("/work")
    assert "You endorsed it." in noor.goes(noor.send(f"/cases/{case}/act/endorse"))

    submitted = rowan.goes(rowan.send(f"/cases/{case}/act/submit"))
    assert "You submitted it to ASA. Ida Example or Sam Placeholder has it now" in submitted
    assert "answers by Thu 10 Dec" in submitted
    waiting = rowan.read("/work")
    assert "Yours, waiting for others 1 item" in waiting
    assert "In consultation with ASA." in waiting


def _started(rowan: Browser) -> str:
    answer = rowan.send("/proposals/new", unit=factory.UNIT)
    assert answer.status_code == 303
    return str(answer.headers["Location"].split("/")[2])


def _write_the_concept(rowan: Browser, case: str) -> None:
    edit = f"/proposals/{case}/edit"
    _saved(rowan, f"{edit}/title", title="Data Storytelling", unit=factory.UNIT,
           contact__name="Rowan Sample", contact__email="rowan.sample@example.edu")  # fmt: skip
    _saved(rowan, f"{edit}/purpose", type="digital_badge", purpose__kinds=["up_skilling"],
           purpose__rationale="Employers ask for it.", audience=["undergraduate"])  # fmt: skip
    _saved(rowan, f"{edit}/basis", add="basis")
    _saved(rowan, f"{edit}/basis", basis__b1__kind="course", basis__b1__reference="IDS 3301",
           basis__b1__exists="existing")  # fmt: skip
    _saved(rowan, f"{edit}/outcomes", add="competencies")
    _saved(rowan, f"{edit}/outcomes", competencies__c1__kind="skill",
           competencies__c1__statement="Turns a public data set into an honest story.")  # fmt: skip
    _saved(rowan, f"{edit}/routing", routing__stack="none", routing__credit_scope="outside_both",
           routing__credit_intended="no", routing__would_require_committee="no")  # fmt: skip
    _saved(rowan, f"{edit}/check", overlap_seen="yes")


def _saved(browser: Browser, path: str, **said: object) -> None:
    answer = browser.send(path, **said)
    assert answer.status_code == 303, (path, Page(answer).text)


def test_a_return_names_each_change_and_the_proposer_answers_it(
    sign_in: SignIn, play: Play
) -> None:
    case = play.consulted()
    ida = sign_in(ASA_OFFICER)
    path = f"/cases/{case}/act/return_for_revision"
    first = {"changes__0__field": "slos.o1.threshold", "changes__0__asks": "Name the level."}
    one_more = ida.send(path, **first, add="changes")
    assert one_more.status_code == 200
    assert "changes.1.asks" in ida.page.fields  # type: ignore[union-attr]
    returned = ida.post(path, changes__1__field="title", changes__1__asks="Say which data.")
    assert "You returned it for revision. Rowan Sample has it now" in ida.goes(returned)

    rowan = sign_in(PROPOSER)
    page = rowan.read(f"/cases/{case}")
    assert "Required changes 0 of 2 answered" in page
    assert "Change 1 has no answer" in page
    for number in (1, 2):
        sent = rowan.send(f"/cases/{case}/act/answer_change", number=number, answer="fixed")
        rowan.goes(sent)
    assert "You resubmitted it." in rowan.goes(rowan.send(f"/cases/{case}/act/resubmit"))


def test_members_vote_by_name_on_the_document_and_the_chair_closes(
    sign_in: SignIn, play: Play
) -> None:
    case = play.routed()
    item = play.voting(play.items(case)["ugc"], "ugc")
    members = factory.COMMITTEES["ugc"]
    for member in members:
        browser = sign_in(member)
        assert "Vote on" in browser.read("/work")
        assert "You voted." in browser.goes(
            browser.send(f"/cases/{item}/act/cast_vote", choice="yes")
        )
    chair = sign_in(members[0])
    assert "Has voted" in chair.read(f"/cases/{item}")
    assert "You closed the vote." in chair.goes(chair.send(f"/cases/{item}/act/close_vote"))
    assert "The roll" in chair.read(f"/cases/{item}")
    assert "Carried" in sign_in(PROPOSER).read(f"/cases/{case}")


def test_a_learner_claims_shows_reflects_and_a_stranger_checks_the_badge(
    sign_in: SignIn, stranger: Browser, awards: Awards
) -> None:
    credential = awards.badge()
    leo, mina, ida = sign_in(LEARNER), sign_in(ASSESSOR), sign_in(ASA_OFFICER)
    assert "One credential you can earn" in leo.read("/credentials")
    claimed = leo.send(f"/credentials/{credential}/claim")
    assert "You claimed it. It is your turn now." in leo.goes(claimed)
    award = claimed.headers["Location"].split("/")[2].partition("?")[0]

    act = f"/cases/{award}/act"
    leo.goes(leo.send(f"{act}/submit_evidence", evidence__o1="My brief.", evidence__o2="My talk.",
                      integrity="yes"))  # fmt: skip
    assert "Score the evidence of Leo Learner" in mina.read("/work")
    assert "My brief." in mina.read(f"/cases/{award}")
    mina.goes(mina.send(f"{act}/score_slo", outcome="o1", level="3", feedback="Clear."))
    mina.goes(mina.send(f"{act}/score_slo", outcome="o2", level="3", met="yes", feedback="Good."))
    mina.goes(mina.send(f"{act}/finish_round"))
    assert "2 of 2 met" in leo.read(f"/cases/{award}")
    leo.goes(leo.send(f"{act}/submit_reflection", **ANSWERS))
    assert ANSWERS["pathway"] in mina.read(f"/cases/{award}")
    mina.goes(mina.send(f"{act}/accept_reflection", level="meets"))
    issued = ida.goes(ida.send(f"{act}/verify", identity_method="directory"))
    assert "Issued since" in issued
    assert "Earned 1 award" in leo.read("/work")

    leo.read(f"/cases/{award}")
    public = next(link for link in leo.page.links if link.startswith("/v/"))  # type: ignore[union-attr]
    answer = stranger.get(public)
    assert answer.status_code == 200
    assert "Valid The holder earned Data Storytelling" in stranger.page.text  # type: ignore[union-attr]
    assert "Leo" not in stranger.page.text  # type: ignore[union-attr]
    assert not answer.headers.getlist("Set-Cookie")

    confirmed = sign_in(REGISTRAR)
    confirmed.goes(confirmed.send(f"{act}/record_confirmed", record="2026-118",
                                  kept_in="student_system", register="student_system"))  # fmt: skip
