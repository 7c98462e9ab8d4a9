"""What was recorded wrongly is set right by two people; what stood before stays on record."""

from datetime import timedelta

import pytest

from tests.factory import (
    ADMIN,
    ASA_DIRECTOR,
    ASA_OFFICER,
    LEARNER,
    OTHER_ASA_OFFICER,
    PROPOSER,
    REGISTRAR,
    SENATE_OFFICE,
    UNIT_HEAD,
    appoint,
)
from tests.workflow.award_play import Awards
from tests.workflow.door import rows
from tests.workflow.play import Play
from workflow.perform import Refused
from workflow.queries.corrections import Correction, corrections
from workflow.queries.options import LISTS, Asking
from workflow.queries.page import CasePage, case_page
from workflow.queries.people import person

DAY, CODE = "Date of the consultation", "Registrar’s code"
WHY = "The calendar of the meeting says so."


def propose(play: Play, case: str, what: str, value: str, by: str = ADMIN) -> None:
    play.do("propose_correction", by, case, what=what, value=value, reason=WHY)


def refusal(play: Play, trigger: str, actor: str, case: str, **form: object) -> str:
    with pytest.raises(Refused) as found:
        play.do(trigger, actor, case, **form)
    return str(found.value)


def told(play: Play, case: str, kind: str) -> set[str]:
    found = rows(play, "SELECT recipient FROM notification WHERE case_id = %s AND kind = %s",
                 case, kind)  # fmt: skip
    return {str(who) for (who,) in found}


def held_on(play: Play, case: str) -> list[object]:
    found = rows(play, "SELECT said ->> 'held_on' FROM sign_off WHERE case_id = %s"
                 " AND kind = 'consultation' ORDER BY seq", case)  # fmt: skip
    return [day for (day,) in found]


def page(play: Play, case: str, who: str) -> CasePage:
    with play.connect() as connection:
        reader = person(connection, who, play.clock.now())
    assert reader
    found = case_page(play.engine, case, reader)
    assert found
    return found


def kept(play: Play, case: str) -> tuple[Correction, ...]:
    with play.connect() as connection:
        return corrections(connection, case)


# ------------------------------------------------------------------------------ of a proposal


def test_a_date_is_set_right_under_two_names_and_what_was_recorded_stays(play: Play) -> None:
    case = play.in_review()
    (was,) = held_on(play, case)
    propose(play, case, DAY, "2026-11-02")
    assert held_on(play, case) == [was]
    assert told(play, case, "proposal.correction") == {ASA_DIRECTOR}
    play.do("confirm_correction", ASA_DIRECTOR, case)
    assert held_on(play, case) == [was, "2026-11-02"]
    assert {PROPOSER, ADMIN} <= told(play, case, "proposal.corrected")
    (one,) = page(play, case, PROPOSER).corrections
    assert (one.what, one.was, one.value, one.reason) == (DAY, was, "2026-11-02", WHY)
    assert (one.who, one.answered_by, one.answer) == ("Ada Operator", "Max Instance", "confirmed")


def test_a_corrected_consultation_still_holds_what_it_was_on(play: Play) -> None:
    case = play.in_review()
    propose(play, case, DAY, "2026-11-02")
    play.do("confirm_correction", ASA_DIRECTOR, case)
    play.approve(case)
    assert play.state(case) == "approved"


def test_nobody_confirms_what_they_proposed_and_without_a_second_the_director_does(
    play: Play,
) -> None:
    case = play.in_review()
    propose(play, case, DAY, "2026-11-02")
    assert "Only a second person can do this. That is Max Instance." in refusal(
        play, "confirm_correction", ADMIN, case
    )
    play.do("confirm_correction", ASA_DIRECTOR, case)


def test_where_there_are_two_administrators_the_other_one_is_the_second(play: Play) -> None:
    with play.connect() as connection:
        appoint(connection, REGISTRAR, role="admin")
    case = play.in_review()
    propose(play, case, DAY, "2026-11-02")
    assert told(play, case, "proposal.correction") == {REGISTRAR}
    refusal(play, "confirm_correction", ASA_DIRECTOR, case)
    refusal(play, "confirm_correction", ADMIN, case)
    play.do("confirm_correction", REGISTRAR, case)


def test_a_deputy_of_whoever_proposed_it_is_no_second_person(play: Play) -> None:
    with play.connect() as connection:
        appoint(connection, SENATE_OFFICE, role="admin", on_behalf_of=ADMIN)
        appoint(connection, REGISTRAR, role="admin")
    case = play.in_review()
    propose(play, case, DAY, "2026-11-02")
    refusal(play, "confirm_correction", SENATE_OFFICE, case)
    play.do("drop_correction", ADMIN, case, reason="It was right.")
    propose(play, case, DAY, "2026-11-03", by=SENATE_OFFICE)
    refusal(play, "confirm_correction", ADMIN, case)
    (_, one) = kept(play, case)
    assert (one.who, one.for_whom) == ("Sena Gavel", "Ada Operator")


def test_only_an_administrator_proposes_and_none_on_what_they_themselves_propose(
    play: Play,
) -> None:
    case = play.in_review()
    said = {"what": DAY, "value": "2026-11-02", "reason": WHY}
    for other in (PROPOSER, ASA_OFFICER, ASA_DIRECTOR, UNIT_HEAD, LEARNER):
        refusal(play, "propose_correction", other, case, **said)
    with play.connect() as connection:
        appoint(connection, PROPOSER, role="admin")
    assert "You propose this" in refusal(play, "propose_correction", PROPOSER, case, **said)


@pytest.mark.parametrize(
    ("what", "value", "why"),
    [
        (DAY, "2 November", "Write the date as year, month and day: 2026-11-24."),
        (DAY, "2099-01-01", "That day is still to come."),
        (CODE, "B-2", "Choose something that is on record."),
        ("Result of the vote", "carried", "Choose something that is on record."),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    play: Play, what: str, value: str, why: str
) -> None:
    case = play.in_review()
    assert why in refusal(
        play, "propose_correction", ADMIN, case, what=what, value=value, reason=WHY
    )
    assert kept(play, case) == ()


def test_what_stands_so_already_is_no_correction_and_there_is_one_at_a_time(play: Play) -> None:
    case = play.in_review()
    (was,) = held_on(play, case)
    said = {"what": DAY, "reason": WHY}
    assert "It stands so already." in refusal(
        play, "propose_correction", ADMIN, case, value=was, **said
    )
    propose(play, case, DAY, "2026-11-02")
    assert "A correction waits for a second person: date of the consultation, 2026-11-02." in (
        refusal(play, "propose_correction", ADMIN, case, value="2026-11-03", **said)
    )
    assert "No correction is proposed." in refusal(
        play, "confirm_correction", ASA_DIRECTOR, play.in_review(title="Another")
    )


def test_what_is_dropped_changes_nothing_and_whoever_proposed_it_reads_why(play: Play) -> None:
    case = play.in_review()
    before = held_on(play, case)
    propose(play, case, DAY, "2026-11-02")
    play.do("drop_correction", ASA_DIRECTOR, case, reason="The notes say otherwise.")
    assert held_on(play, case) == before
    assert told(play, case, "proposal.correction_dropped") == {ADMIN}
    assert [one.answer for one in kept(play, case)] == ["dropped"]
    propose(play, case, DAY, "2026-11-03")
    play.do("drop_correction", ADMIN, case, reason="I misread it.")
    assert rows(play, "SELECT count(*) FROM notification WHERE case_id = %s AND kind = %s",
                case, "proposal.correction_dropped") == [(1,)]  # fmt: skip
    assert rows(play, "SELECT DISTINCT state FROM work_item WHERE case_id = %s AND kind = %s",
                case, "correction") == [("done",)]  # fmt: skip


def test_what_nobody_confirmed_before_the_case_went_on_is_kept_and_not_carried_out(
    play: Play,
) -> None:
    case = play.in_review()
    before = held_on(play, case)
    propose(play, case, DAY, "2026-11-02")
    play.approve(case)
    assert held_on(play, case) == before
    assert [one.answer for one in kept(play, case)] == ["lapsed"]
    propose(play, case, DAY, "2026-11-03")
    assert [one.answer for one in kept(play, case)] == ["lapsed", "open"]


def test_a_code_is_set_right_before_it_goes_into_force_and_not_while_that_waits(
    play: Play,
) -> None:
    case = play.approved()
    play.prepared(case)
    propose(play, case, CODE, "B-202")
    assert "registrar’s code, B-202" in refusal(
        play, "issue", ASA_OFFICER, case, effective_on=play.today()
    )
    play.do("confirm_correction", ASA_DIRECTOR, case)
    play.do("issue", ASA_OFFICER, case, effective_on=play.today())
    play.follow()
    assert rows(play, "SELECT code FROM credential WHERE proposal = %s", case) == [("B-202",)]


def test_what_was_changed_since_is_not_set_right_any_more(play: Play) -> None:
    case = play.approved()
    play.prepared(case)
    propose(play, case, CODE, "B-202")
    play.do("record_code", REGISTRAR, case, code="B-303")
    assert "It was changed since." in refusal(play, "confirm_correction", ASA_DIRECTOR, case)


def test_the_second_person_has_it_on_their_list_and_is_reminded(play: Play) -> None:
    case = play.in_review()
    propose(play, case, DAY, "2026-11-02")
    found = page(play, case, ASA_DIRECTOR)
    assert [holder.asks for holder in found.yours] == ["Confirm a correction of Data Storytelling"]
    assert found.yours[0].due.at
    assert found.yours[0].due.at > play.clock.now() + timedelta(days=4)


def test_the_list_of_what_can_be_corrected_says_what_is_on_record(play: Play) -> None:
    case = play.approved()
    with play.connect() as connection:
        ada = person(connection, ADMIN, play.clock.now())
        assert ada
        facts = page(play, case, ADMIN).facts
        asking = Asking(connection=connection, person=ada, facts=facts)
        listed = LISTS["correctable"](asking)
    assert [one.value for one in listed] == [DAY]
    assert listed[0].says.startswith("Now: 2026-")


# ------------------------------------------------------------------------------ of a credential


def test_a_misspelt_title_is_set_right_in_the_catalogue_and_held_by_its_proposal(
    play: Play,
) -> None:
    case = Awards(play).badge("Data Storyteling")
    propose(play, case, "Title", "Data Storytelling")
    assert page(play, case, LEARNER).title == "Data Storyteling"
    play.do("confirm_correction", ASA_DIRECTOR, case)
    assert page(play, case, LEARNER).title == "Data Storytelling"
    assert {UNIT_HEAD, REGISTRAR, ASA_OFFICER, OTHER_ASA_OFFICER} <= told(
        play, case, "credential.corrected"
    )
    other = play.draft(title="Data Storytelling")
    play.do("endorse", UNIT_HEAD, other)
    assert "title" in refusal(play, "submit", PROPOSER, other)


def test_a_title_that_another_holds_is_not_taken_by_a_correction(play: Play) -> None:
    awards = Awards(play)
    case = awards.badge("Data Storyteling")
    awards.badge("Data Storytelling")
    propose(play, case, "Title", "Data Storytelling")
    assert "Another proposal or credential has this title." in refusal(
        play, "confirm_correction", ASA_DIRECTOR, case
    )
    assert page(play, case, LEARNER).title == "Data Storyteling"


def test_a_title_without_a_letter_is_none_and_a_code_in_force_is_set_right(play: Play) -> None:
    case = Awards(play).badge("Charts")
    said = {"reason": WHY}
    assert "A title has letters or digits." in refusal(
        play, "propose_correction", ADMIN, case, what="Title", value="...", **said
    )
    assert "A code has 2 to 20 capital letters" in refusal(
        play, "propose_correction", ADMIN, case, what=CODE, value="b 2", **said
    )
    propose(play, case, CODE, "B-909")
    play.do("confirm_correction", ASA_DIRECTOR, case)
    assert rows(play, "SELECT code FROM credential WHERE case_id = %s", case) == [("B-909",)]
    with play.connect() as connection:
        ada = person(connection, ADMIN, play.clock.now())
        assert ada
        facts = page(play, case, ADMIN).facts
        listed = LISTS["correctable"](Asking(connection=connection, person=ada, facts=facts))
    assert [(one.value, one.says) for one in listed] == [
        ("Title", "Now: Charts"), (CODE, "Now: B-909"),
    ]  # fmt: skip
