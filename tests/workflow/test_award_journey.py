"""An award's ways through the real engine and a real database, from claim to signed bytes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import UniqueViolation

from tests.factory import (
    ASA_OFFICER,
    ASSESSOR,
    GUEST_LEARNER,
    LEARNER,
    OTHER_LEARNER,
    REGISTRAR,
)
from tests.workflow.award_play import ANSWERS, FEEDBACK, Awards
from tests.workflow.play import Play, SeededIds
from workflow.award.rows import STATUS_ENTRIES
from workflow.facts import TIMER
from workflow.perform import _TakenError


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def test_a_learner_goes_from_claim_to_an_issued_award_and_a_confirmed_record(
    awards: Awards,
) -> None:
    case = awards.issued(awards.badge())
    assert awards.state(case) == "issued"
    awards.recorded(case)
    assert awards.row("SELECT registrar_record FROM award WHERE case_id = %s", case) == (
        "2026-118",
    )
    assert awards.rows("SELECT 1 FROM work_item WHERE case_id = %s AND state = 'open'", case) == []
    assert awards.deadlines(case) == []


def test_what_is_written_to_whom_on_the_straight_path(awards: Awards) -> None:
    case = awards.issued(awards.badge())
    assert awards.mails(case) == [
        "claimed", "evidence_received", "to_assess", "to_assess", "one_step_left",
        "reflection_review", "reflection_review", "issued",
    ]  # fmt: skip
    (steps,) = awards.rows(
        "SELECT recipient FROM notification WHERE case_id = %s AND kind = 'award.issued'", case
    )
    assert steps == (LEARNER,)


def test_a_second_try_keeps_what_is_met_and_tells_the_next_step(awards: Awards) -> None:
    case = awards.claimed(awards.badge())
    awards.submit(case)
    awards.score(case, "o1", 2)
    awards.score(case, "o2")
    assert awards.do("finish_round", ASSESSOR, case).state == "not_yet"
    (facts,) = awards.row(
        "SELECT facts FROM notification WHERE case_id = %s AND kind = 'award.not_yet'", case
    )
    assert isinstance(facts, dict)
    assert (facts["met"], facts["of"]) == (1, 2)
    assert facts["steps"] == [{"number": 1, "feedback": FEEDBACK}]
    awards.submit(case, "o1")
    awards.score(case, "o1", 4)
    assert awards.do("finish_round", ASSESSOR, case).state == "reflection"


def test_outcomes_can_be_shown_one_after_the_other(awards: Awards) -> None:
    case = awards.claimed(awards.badge())
    awards.submit(case, "o1")
    awards.score(case, "o1")
    assert awards.do("finish_round", ASSESSOR, case).state == "claimed"
    awards.submit(case, "o2")
    awards.score(case, "o2")
    assert awards.do("finish_round", ASSESSOR, case).state == "reflection"


def test_a_score_in_doubt_is_given_again_and_the_accepted_reflection_stands(awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    awards.do("send_back", ASA_OFFICER, case, defect="The brief names no source.", outcomes=["o1"])
    assert awards.rows(
        "SELECT outcome, state FROM outcome_result WHERE case_id = %s ORDER BY outcome", case
    ) == [("o1", "submitted"), ("o2", "met")]
    refused = awards.play.refused("finish_round", ASSESSOR, case)
    assert "Outcome 1 has no score yet." in [reason.text for reason in refused]
    awards.score(case, "o1", 4)
    assert awards.do("finish_round", ASSESSOR, case).state == "asa_verification"
    assert "sent_back" in awards.mails(case)


def test_a_returned_reflection_is_written_anew(awards: Awards) -> None:
    case = awards.reflecting(awards.badge())
    awards.do("submit_reflection", LEARNER, case, **ANSWERS)
    awards.do("return_reflection", ASSESSOR, case, feedback="Name a moment of change.")
    assert awards.state(case) == "reflection"
    awards.reflected(case)
    assert awards.row("SELECT state, assessor FROM reflection WHERE case_id = %s", case) == (
        "accepted", ASSESSOR,
    )  # fmt: skip


def test_a_claim_pins_version_and_edition_and_there_is_one_at_a_time(awards: Awards) -> None:
    credential = awards.badge()
    case = awards.claimed(credential)
    assert awards.row("SELECT edition FROM cases WHERE id = %s", case) == ("380.104/2024-02-07",)
    refused = awards.play.refused("claim", LEARNER, machine="award", credential=credential)
    assert [reason.rule for reason in refused] == ["PR-one-claim"]
    assert case in refused[0].text


def test_an_officer_claims_for_a_learner_and_a_stranger_does_not(awards: Awards) -> None:
    credential = awards.badge()
    refused = awards.play.refused(
        "claim", OTHER_LEARNER, machine="award", credential=credential, learner=LEARNER
    )
    assert [reason.rule for reason in refused] == ["PR-turn"]
    case = awards.do("claim", ASA_OFFICER, credential=credential, learner=LEARNER).case
    assert awards.row("SELECT learner FROM award WHERE case_id = %s", case) == (LEARNER,)


def test_a_claim_of_what_does_not_exist_or_for_nobody_is_refused(awards: Awards) -> None:
    assert awards.play.refused("claim", LEARNER, machine="award", credential="CR-99")
    refused = awards.play.refused(
        "claim", ASA_OFFICER, machine="award", credential=awards.badge(), learner="nobody-there"
    )
    assert [reason.rule for reason in refused] == ["PR-identity"]


def test_a_guest_without_an_account_is_matched_by_mail_and_kept_in_asas_register(
    awards: Awards,
) -> None:
    case = awards.to_verify(awards.badge(), GUEST_LEARNER)
    refused = awards.play.refused("verify", ASA_OFFICER, case, identity_method="directory")
    assert [reason.rule for reason in refused] == ["PR-identity"]
    awards.verify(case, identity_method="verified_mail", attested_by=ASSESSOR)
    awards.follow()
    assert awards.play.refused(
        "record_confirmed", REGISTRAR, case, record="2026-118", kept_in="student_system"
    )
    awards.do("record_confirmed", REGISTRAR, case, record="2026-118", kept_in="asa_register")


def test_a_withdrawn_claim_deletes_the_evidence_and_makes_room_for_a_new_one(
    awards: Awards,
) -> None:
    credential = awards.badge()
    case = awards.reflecting(credential)
    awards.do("submit_reflection", LEARNER, case, **ANSWERS)
    awards.do("withdraw", LEARNER, case)
    kept = awards.rows("SELECT evidence FROM outcome_result WHERE case_id = %s", case)
    assert kept == [("",), ("",)]
    assert awards.row("SELECT pathway FROM reflection WHERE case_id = %s", case) == ("",)
    said = awards.row("SELECT string_agg(form::text, '') FROM entry WHERE case_id = %s", case)
    assert "brief" not in str(said)
    assert awards.claimed(credential) != case


# ---------------------------------------------------------------- what is reserved


def test_a_taken_place_in_the_status_list_is_drawn_again_without_anybody_noticing(
    awards: Awards,
) -> None:
    credential = awards.badge()
    cases = [awards.to_verify(credential, learner) for learner in (LEARNER, OTHER_LEARNER)]
    awards.play.engine = replace(awards.play.engine, ids=_Draws([7, 7, 7, 8]))
    for case in cases:
        assert awards.verify(case).state == "approved_to_issue"
    places = awards.rows("SELECT status_list, status_index FROM award ORDER BY status_index")
    assert places == [(1, 7), (1, 8)]


def test_when_every_draw_is_taken_nothing_is_written(awards: Awards) -> None:
    credential = awards.badge()
    first, second = (awards.to_verify(credential, one) for one in (LEARNER, OTHER_LEARNER))
    awards.play.engine = replace(awards.play.engine, ids=_Draws([7] * 60))
    awards.verify(first)
    with pytest.raises(_TakenError) as taken:
        awards.verify(second)
    assert isinstance(taken.value.__cause__, UniqueViolation)
    assert awards.state(second) == "asa_verification"


class _Draws(SeededIds):
    """Draws that a test decides."""

    def __init__(self, draws: list[int]) -> None:
        super().__init__()
        self._draws = draws

    def below(self, bound: int) -> int:
        return self._draws.pop(0) if bound == STATUS_ENTRIES else super().below(bound)


# ---------------------------------------------------------------- clocks


def test_the_completion_window_is_twelve_months_with_four_reminders_and_then_lapses(
    awards: Awards,
) -> None:
    case = awards.claimed(awards.badge())
    armed = awards.deadlines(case)
    assert [(does, rule) for does, rule, *_ in armed] == [
        ("remind", "50 % of its length, America/New_York"),
        ("remind", "80 % of its length, America/New_York"),
        ("warn", "30 days before the end, America/New_York"),
        ("warn", "7 days before the end, America/New_York"),
        ("fire", "due +0 BD, America/New_York"),
    ]  # fmt: skip
    assert str(armed[-1][2]).startswith("2027-11-24")


def test_a_lapse_waits_for_the_window_and_for_two_warnings(awards: Awards) -> None:
    credential = awards.badge()
    case = awards.claimed(credential)
    awards.submit(case, "o1")
    awards.score(case, "o1")
    awards.do("finish_round", ASSESSOR, case)
    early = {reason.text for reason in awards.play.refused("lapse", TIMER, case)}
    assert early == {"The time is not over.", "The learner has not been warned twice."}
    awards.pass_to_end(case)
    assert awards.do("lapse", TIMER, case).state == "lapsed"
    again = awards.claimed(credential)
    assert awards.rows(
        "SELECT outcome, state, assessor FROM outcome_result WHERE case_id = %s", again
    ) == [("o1", "met", ASSESSOR)]


def test_after_a_year_a_new_claim_begins_without_what_a_lapsed_one_met(awards: Awards) -> None:
    credential = awards.badge()
    case = awards.claimed(credential)
    awards.submit(case, "o1")
    awards.score(case, "o1")
    awards.do("finish_round", ASSESSOR, case)
    awards.pass_to_end(case)
    awards.do("lapse", TIMER, case)
    awards.play.clock.advance(days=366)
    again = awards.claimed(credential)
    assert awards.rows("SELECT 1 FROM outcome_result WHERE case_id = %s", again) == []


def test_a_try_that_passes_goes_back_to_the_claim_and_nothing_is_lost(awards: Awards) -> None:
    case = awards.claimed(awards.badge())
    awards.submit(case)
    awards.score(case, "o1", 1)
    awards.score(case, "o2")
    awards.do("finish_round", ASSESSOR, case)
    assert awards.play.refused("return_to_claimed", TIMER, case)
    awards.pass_to_end(case)
    assert awards.do("return_to_claimed", TIMER, case).state == "claimed"
    awards.submit(case, "o1")


def test_more_time_moves_the_end_of_the_window_and_the_learner_is_told_the_date(
    awards: Awards,
) -> None:
    case = awards.claimed(awards.badge())
    before = awards.deadlines(case)[-1][2]
    awards.do("extend", ASA_OFFICER, case, reason="accommodation", business_days=20)
    after = awards.deadlines(case)[-1][2]
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    calendar = awards.play.engine.calendar
    assert calendar.business_days_between(before, after) == 20
    (told,) = awards.row(
        "SELECT facts FROM notification WHERE case_id = %s AND kind = 'award.extended'", case
    )
    assert told == {"due": after.isoformat()}


def test_an_extension_still_counts_when_the_award_comes_back_to_the_claim(awards: Awards) -> None:
    case = awards.claimed(awards.badge())
    awards.do("extend", ASA_OFFICER, case, reason="work", business_days=20)
    end = awards.deadlines(case)[-1][2]
    awards.submit(case, "o1")
    awards.score(case, "o1")
    awards.do("finish_round", ASSESSOR, case)
    assert awards.deadlines(case)[-1][2] == end


def test_days_by_which_an_assessor_is_late_are_added_to_the_learners_window(
    awards: Awards,
) -> None:
    case = awards.claimed(awards.badge())
    end = awards.deadlines(case)[-1][2]
    awards.submit(case, "o1")
    awards.play.clock.advance(days=60)
    awards.score(case, "o1")
    awards.do("finish_round", ASSESSOR, case)
    later = awards.deadlines(case)[-1][2]
    calendar = awards.play.engine.calendar
    assert isinstance(end, datetime)
    assert isinstance(later, datetime)
    (entered,) = awards.row(
        "SELECT at FROM entry WHERE case_id = %s AND trigger = 'submit_evidence'", case
    )
    assert isinstance(entered, datetime)
    late = calendar.business_days_between(entered, awards.play.clock.now()) - 10
    assert calendar.business_days_between(end, later) == late > 0


def test_a_round_that_ends_close_to_the_window_leaves_time_for_another_try(awards: Awards) -> None:
    case = awards.claimed(awards.badge())
    awards.submit(case, "o1")
    awards.play.clock.at = datetime(2027, 11, 22, 15, 0, tzinfo=UTC)
    with awards.play.connect() as connection:  # the assessor was in time: the entry says so
        connection.execute("ALTER TABLE entry DISABLE TRIGGER tr_entry_append_only")
        connection.execute(
            "UPDATE entry SET at = %s WHERE case_id = %s AND trigger = 'submit_evidence'",
            (awards.play.clock.at, case),
        )
    awards.score(case, "o1")
    awards.do("finish_round", ASSESSOR, case)
    calendar = awards.play.engine.calendar
    due = calendar.add_business_days(awards.play.clock.now(), 30)
    assert awards.deadlines(case)[-1][2] == due


def test_a_reflection_lapses_thirty_business_days_after_it_was_due(awards: Awards) -> None:
    case = awards.reflecting(awards.badge())
    armed = awards.deadlines(case)
    assert [rule.removesuffix(", America/New_York") for _, rule, *_ in armed] == [
        "-15 BD of the due date", "-5 BD of the due date", "-1 BD of the due date",
        "15 BD before the end", "3 BD before the end", "due +30 BD",
    ]  # fmt: skip
    awards.pass_to_end(case)
    assert awards.do("lapse", TIMER, case).state == "lapsed"


def test_a_late_assessment_is_told_to_the_unit_head_where_there_is_no_lead_assessor(
    awards: Awards,
) -> None:
    case = awards.claimed(awards.badge())
    awards.submit(case)
    told = [
        (rule.removesuffix(", America/New_York"), role)
        for does, rule, _, _, role in awards.deadlines(case) if does == "escalate"
    ]  # fmt: skip
    assert told == [("+2 BD late", "unit_head"), ("+5 BD late", "unit_head")]


def test_an_operator_is_told_when_issuing_takes_more_than_an_hour(awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    awards.verify(case)
    ((does, _, at, _, role),) = awards.deadlines(case)
    assert (does, role, at) == ("escalate", "admin", awards.play.clock.now() + timedelta(hours=1))


def test_where_a_credential_completes_the_demand_of_no_certificate_the_assembler_moves_nothing(
    awards: Awards,
) -> None:
    awards.issued(awards.badge())
    assert awards.rows("SELECT state FROM follow_on WHERE task = 'assemble'") == [("done",)]
    assert awards.row("SELECT count(*) FROM award") == (1,)
