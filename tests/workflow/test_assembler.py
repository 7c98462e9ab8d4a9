"""A complete stack opens its certificate: once, for whoever completed it, and never issued."""

from uuid import UUID

import pytest

from tests.factory import ASSESSOR, LEARNER, OTHER_LEARNER
from tests.workflow.award_play import COMPETENCIES, OUTCOMES, Awards
from tests.workflow.play import Play
from workflow.assembler import assemble
from workflow.outbox import FollowOn

#: The same outcome as the badges show: their evidence stands for it.
SHARED = [OUTCOMES[0]]
#: An outcome that no badge shows.
OWN = [{**OUTCOMES[0], "statement": "Joins both data sets in one story.",
        "competencies": ["c1", "c2"]}]  # fmt: skip


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def again(learner: str, credential: str, *, cause: int = 1) -> FollowOn:
    """The follow-on of an issued award, as a worker claims it."""
    return FollowOn(
        UUID(int=cause), 1, 1, "assemble", "AW-1", 9, "award", None, "open_certificate",
        {"learner": learner, "credential": credential},
    )  # fmt: skip


def certificates(awards: Awards, certificate: str) -> list[tuple[object, ...]]:
    return awards.rows(
        "SELECT a.learner, c.state FROM award a JOIN cases c ON c.id = a.case_id "
        "WHERE a.credential = %s ORDER BY a.case_id", certificate,
    )  # fmt: skip


def test_the_last_part_opens_the_certificate_at_its_reflection(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first)
    assert certificates(awards, certificate) == []
    awards.issued(second)
    assert certificates(awards, certificate) == [(LEARNER, "reflection")]
    ((case,),) = awards.rows("SELECT case_id FROM award WHERE credential = %s", certificate)
    assert awards.mails(str(case)) == ["stack_complete"]


def test_a_certificate_is_earned_signed_and_names_its_parts(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first)
    awards.issued(second)
    ((case,),) = awards.rows("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.reflected(str(case))
    awards.verify(str(case))
    awards.follow()
    assert awards.state(str(case)) == "issued"
    (body,) = awards.row("SELECT body FROM signed_credential WHERE case_id = %s", case)
    for (part,) in awards.rows(
        "SELECT credential_id FROM award WHERE credential <> %s", certificate
    ):
        assert str(part).encode() in body  # type: ignore[operator]
    assert b'"MicroCredential"' in body  # type: ignore[operator]


def test_run_again_and_again_it_opens_one(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first)
    awards.issued(second)
    for cause in (1, 1, 2):
        assert assemble(awards.play.engine, again(LEARNER, second, cause=cause)) == ()
    assert certificates(awards, certificate) == [(LEARNER, "reflection")]


def test_killed_between_claiming_and_opening_it_goes_on_where_it_stopped(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    awards.issued(first)
    awards.issued(second)
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    case = awards.do("claim", "system", credential=certificate, learner=LEARNER).case
    assert awards.state(case) == "claimed"
    assert assemble(awards.play.engine, again(LEARNER, second)) == (case,)
    assert awards.state(case) == "reflection"


def test_two_of_three_are_enough_where_the_completion_rule_says_so(awards: Awards) -> None:
    parts = [awards.badge(title) for title in ("Charts", "Sources", "Maps")]
    certificate = awards.certificate(
        *parts, completion={"rule": "n_of_m", "n": 2}, slos=SHARED, competencies=COMPETENCIES[:1]
    )
    awards.issued(parts[0])
    assert certificates(awards, certificate) == []
    awards.issued(parts[2])
    assert certificates(awards, certificate) == [(LEARNER, "reflection")]
    awards.issued(parts[1])
    assert certificates(awards, certificate) == [(LEARNER, "reflection")]


def test_parts_of_two_learners_do_not_make_one_stack(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first, LEARNER)
    awards.issued(second, OTHER_LEARNER)
    assert certificates(awards, certificate) == []


def test_a_certificate_with_outcomes_of_its_own_stays_claimed_and_the_mail_names_them(
    awards: Awards,
) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=OWN)
    awards.issued(first)
    awards.issued(second)
    assert certificates(awards, certificate) == [(LEARNER, "claimed")]
    case, facts = awards.row(
        "SELECT case_id, facts FROM notification WHERE kind = 'award.outcomes_left'"
    )
    assert facts["outcomes"] == [OWN[0]["statement"]]  # type: ignore[index]
    awards.submit(str(case), "o1")
    awards.score(str(case), "o1")
    assert awards.do("finish_round", ASSESSOR, str(case)).state == "reflection"


def test_a_learner_who_has_shown_the_own_outcomes_first_is_taken_on_by_the_last_part(
    awards: Awards,
) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=OWN)
    case = awards.claimed(certificate)
    awards.submit(case, "o1")
    awards.score(case, "o1")
    assert awards.do("finish_round", ASSESSOR, case).state == "claimed"
    awards.issued(first)
    assert awards.state(case) == "claimed"
    awards.issued(second)
    assert awards.state(case) == "reflection"


def test_whoever_claims_with_the_stack_in_hand_goes_straight_to_the_reflection(
    awards: Awards,
) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    awards.issued(first)
    awards.issued(second)
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    case = awards.claimed(certificate)
    awards.follow()
    assert awards.state(case) == "reflection"


def test_a_certificate_the_learner_withdrew_is_not_opened_for_them_again(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first)
    awards.issued(second)
    ((case,),) = awards.rows("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.do("withdraw", LEARNER, str(case))
    assemble(awards.play.engine, again(LEARNER, second, cause=3))
    assert certificates(awards, certificate) == [(LEARNER, "withdrawn")]


def test_the_reflection_of_a_certificate_is_due_with_its_completion_window(awards: Awards) -> None:
    first, second = awards.badge("Charts"), awards.badge("Sources")
    awards.certificate(first, second, slos=SHARED, competencies=COMPETENCIES[:1])
    awards.issued(first)
    case = awards.issued(second)
    ((opened,),) = awards.rows("SELECT id FROM cases WHERE state = 'reflection'")
    assert case != opened
    due = {(str(does), str(due)[:10]) for does, *_, due, _ in awards.deadlines(str(opened))}
    assert {day for does, day in due if does == "remind"} == {"2027-11-24"}
    assert {day for does, day in due if does == "warn"} == {"2028-01-05"}, "a warning names the end"
