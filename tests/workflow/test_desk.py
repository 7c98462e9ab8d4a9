"""Whose desk a proposal lies on, and what is said about it; none of it decides anything."""

from datetime import timedelta
from typing import cast

import pytest

from tests import factory
from tests.factory import (
    ASA_DIRECTOR,
    ASA_OFFICER,
    LEARNER,
    OTHER_ASA_OFFICER,
    PROPOSER,
    REGISTRAR,
    SENATE_OFFICE,
    UNIT_HEAD,
)
from tests.workflow.door import rows
from tests.workflow.play import Play
from workflow.perform import Command, InvalidError, NotAllowedError, Refused, perform
from workflow.queries.comments import Thread, threads
from workflow.queries.page import case_page
from workflow.queries.people import person
from workflow.queries.work import my_work


def refusal(play: Play, trigger: str, actor: str, case: str, **form: object) -> str:
    with pytest.raises(Refused) as found:
        play.do(trigger, actor, case, **form)
    return str(found.value)


def waits_for(play: Play, who: str) -> list[str]:
    with play.connect() as connection:
        someone = person(connection, who, play.clock.now())
        assert someone
        work = my_work(
            connection, someone, now=play.clock.now(), calendar=play.engine.calendar,
            machines=play.engine.machines,
        )  # fmt: skip
    return [item.case for item in work.items]


def told(play: Play, case: str, kind: str) -> set[str]:
    found = rows(play, "SELECT recipient FROM notification WHERE case_id = %s AND kind = %s",
                 case, f"proposal.{kind}")  # fmt: skip
    return {str(who) for (who,) in found}


def turn(play: Play, case: str) -> tuple[object, ...]:
    (found,) = rows(
        play,
        "SELECT role, scope, person, due_at FROM work_item"
        " WHERE case_id = %s AND state = 'open' AND kind IN ('asa_consultation', 'asa_review')",
        case,
    )
    return found


# ------------------------------------------------------------------------------ taken, given back


def test_what_one_takes_is_theirs_with_its_date_and_the_others_see_who_has_it(play: Play) -> None:
    case = play.submitted()
    before = turn(play, case)
    play.do("take", ASA_OFFICER, case)
    assert turn(play, case)[2:] == (ASA_OFFICER, before[3])
    assert waits_for(play, ASA_OFFICER) == [case]
    assert waits_for(play, OTHER_ASA_OFFICER) == []
    assert PROPOSER in told(play, case, "assigned")
    with play.connect() as connection:
        other = person(connection, OTHER_ASA_OFFICER, play.clock.now())
    assert other
    page = case_page(play.engine, case, other)
    assert page
    assert page.turn
    assert page.turn.who == "Ida Example"


def test_what_is_taken_is_not_taken_again_and_the_answer_names_who_has_it(play: Play) -> None:
    case = play.submitted()
    play.do("take", ASA_OFFICER, case)
    assert "Ida Example has it. They can give it back." in refusal(
        play, "take", OTHER_ASA_OFFICER, case
    )
    assert "You have it already." in refusal(play, "take", ASA_OFFICER, case)


def test_taking_it_lets_nobody_decide_more_or_less(play: Play) -> None:
    case = play.submitted()
    play.do("take", ASA_OFFICER, case)
    assert play.do("decline", OTHER_ASA_OFFICER, case, code="no_need_shown",
                   rationale="Nobody asks.").state == "declined"  # fmt: skip


def test_nobody_takes_what_they_propose_or_what_their_unit_proposes(play: Play) -> None:
    with play.connect() as connection:
        factory.appoint(connection, PROPOSER, role="asa_officer")
        factory.appoint(connection, OTHER_ASA_OFFICER, role="member", scope=factory.UNIT)
    case = play.submitted()
    assert "You propose this" in refusal(play, "take", PROPOSER, case)
    assert "which proposes this" in refusal(play, "take", OTHER_ASA_OFFICER, case)


@pytest.mark.parametrize("who", [ASA_OFFICER, ASA_DIRECTOR])
def test_given_back_it_waits_for_the_officers_again_with_its_date(play: Play, who: str) -> None:
    case = play.submitted()
    before = turn(play, case)
    play.do("take", ASA_OFFICER, case)
    play.do("give_back", who, case)
    assert turn(play, case) == before
    assert waits_for(play, OTHER_ASA_OFFICER) == [case]
    assert told(play, case, "given_back") == {ASA_OFFICER, OTHER_ASA_OFFICER} - {who}
    play.do("take", OTHER_ASA_OFFICER, case)


def test_only_whoever_has_it_or_the_director_gives_it_back(play: Play) -> None:
    case = play.submitted()
    assert "Nobody has taken it." in refusal(play, "give_back", ASA_DIRECTOR, case)
    play.do("assign_reviewer", ASA_OFFICER, case, reviewer=OTHER_ASA_OFFICER)
    assert "Only the ASA officer who has it" in refusal(play, "give_back", ASA_OFFICER, case)
    play.do("give_back", OTHER_ASA_OFFICER, case)


def test_whoever_took_it_in_consultation_has_it_in_review(play: Play) -> None:
    case = play.submitted()
    play.do("take", OTHER_ASA_OFFICER, case)
    play.do("record_consultation", ASA_OFFICER, case, held_on="2026-11-24", notes="Talked.",
            outcome="Agreed.", rigor="intermediate", rigor_rationale="Beyond recall.",
            award_type="digital_badge")  # fmt: skip
    play.do("clear_to_design", ASA_OFFICER, case)
    play.complete_design(case)
    assert turn(play, case)[2] == OTHER_ASA_OFFICER


# ------------------------------------------------------------------------------ nudges


def test_a_nudge_reaches_whoever_has_it_and_only_them(play: Play) -> None:
    case = play.submitted()
    play.do("nudge", PROPOSER, case, note="Term begins soon.")
    assert told(play, case, "nudged") == {ASA_OFFICER, OTHER_ASA_OFFICER}
    assert "Only the proposer" in refusal(play, "nudge", UNIT_HEAD, case)


def test_one_nudges_once_in_five_business_days(play: Play) -> None:
    case = play.submitted()
    play.do("nudge", PROPOSER, case)
    assert "You can again on Thursday 3 December." in refusal(play, "nudge", PROPOSER, case)
    play.clock.at = play.engine.calendar.add_business_days(play.clock.now(), 5)
    play.do("nudge", PROPOSER, case)


def test_somebody_new_who_has_it_may_be_nudged_at_once(play: Play) -> None:
    case = play.consulted()
    play.do("nudge", PROPOSER, case)
    play.do("clear_to_design", ASA_OFFICER, case)
    play.complete_design(case)
    play.do("nudge", PROPOSER, case)


# ------------------------------------------------------------------------------ comments


def said(play: Play, case: str, words: str, by: str = UNIT_HEAD, **more: object) -> None:
    play.do("comment", by, case, words=words, **more)
    play.clock.advance(minutes=1)


def read(play: Play, case: str) -> tuple[Thread, ...]:
    with play.connect() as connection:
        someone = person(connection, PROPOSER, play.clock.now())
    assert someone
    page = case_page(play.engine, case, someone)
    assert page
    return cast("tuple[Thread, ...]", page.beside.comments)  # type: ignore[union-attr]


def test_comments_stand_by_field_in_the_order_in_which_they_were_said(play: Play) -> None:
    case = play.submitted()
    said(play, case, "Which course is it?", field="title")
    said(play, case, "A good idea.")
    said(play, case, "IDS 3301.", by=PROPOSER, field="title")
    whole, title = read(play, case)
    assert (whole.about, [one.words for one in whole.comments]) == ("", ["A good idea."])
    assert [(one.who, one.words) for one in title.comments] == [
        ("Noor Specimen", "Which course is it?"), ("Rowan Sample", "IDS 3301."),
    ]  # fmt: skip
    assert title.about


def test_a_field_that_is_gone_keeps_its_comments(play: Play) -> None:
    case = play.submitted()
    with play.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        said(play, case, "Said once.", field="title")
        connection.execute("UPDATE entry SET form = jsonb_set(form, '{field}', '\"of old\"')"
                           " WHERE trigger = 'comment'")  # fmt: skip
        connection.execute("SET session_replication_role = origin")
    assert [one.about for one in read(play, case)] == ["of old"]


def test_one_who_is_named_reads_it_now_and_the_proposer_learns_of_it(play: Play) -> None:
    case = play.submitted()
    play.do("take", ASA_OFFICER, case)
    said(play, case, "Is the record kept? @Reg Ledger", mentions=[SENATE_OFFICE])
    assert told(play, case, "mentioned") == {REGISTRAR, SENATE_OFFICE}
    assert told(play, case, "commented") == {PROPOSER, ASA_OFFICER}


def test_those_named_as_parties_or_by_id_are_called_and_nobody_is_by_half_a_name(
    play: Play,
) -> None:
    case = play.submitted()
    play.do("take", ASA_OFFICER, case)
    said(play, case, "@proposer and @Reviewer, ask @sena-gavel. Not @sena, nor me@reg-ledger.")
    assert told(play, case, "mentioned") == {PROPOSER, ASA_OFFICER, SENATE_OFFICE}
    assert told(play, case, "commented") == set()


def test_nobody_is_told_of_their_own_comment(play: Play) -> None:
    case = play.submitted()
    said(play, case, "I, @Rowan Sample, and @proposer.", by=PROPOSER)
    assert told(play, case, "mentioned") | told(play, case, "commented") == set()


@pytest.mark.parametrize(
    ("form", "field"),
    [({"field": "nonsense"}, "field"), ({"mentions": [LEARNER]}, "mentions"),
     ({"words": " "}, "words")],
)  # fmt: skip
def test_a_comment_on_no_field_or_to_a_stranger_is_refused_by_its_field(
    play: Play, form: dict[str, object], field: str
) -> None:
    case = play.submitted()
    given = {"words": "Why?", **form}
    with pytest.raises((NotAllowedError, InvalidError)) as found:
        play.do("comment", UNIT_HEAD, case, **given)
    assert [reason.field for reason in found.value.reasons] == [field]


def test_a_first_draft_is_commented_on_by_its_unit_and_asa_alone(play: Play) -> None:
    case = play.draft()
    for who in (PROPOSER, UNIT_HEAD, factory.NEXT_HEAD_UP, ASA_OFFICER):
        said(play, case, "A thought.", by=who)
    with play.connect() as connection:
        factory.appoint(connection, "theo-rubric", role="member", scope=factory.UNIT)
    said(play, case, "Another thought.", by="theo-rubric")
    for who in (REGISTRAR, LEARNER):
        assert "Only somebody who works here" in refusal(play, "comment", who, case, words="Hm.")
    assert "may read it" in refusal(
        play, "comment", UNIT_HEAD, case, words="Hm.", mentions=[REGISTRAR]
    )
    said(play, case, "@reg-ledger cannot read this yet.")
    assert told(play, case, "mentioned") == set()


def test_one_comments_after_deciding_until_the_end(play: Play) -> None:
    case = play.submitted()
    play.do("decline", ASA_OFFICER, case, code="no_need_shown", rationale="Nobody asks.")
    said(play, case, "Come back with a letter.", by=ASA_OFFICER)
    play.clock.at += timedelta(days=60)
    command = Command(trigger="close_appeal_window", actor="timer", key="over", case=case)
    perform(play.engine, command)
    assert "Possible while it is" in refusal(play, "comment", ASA_OFFICER, case, words="Hm.")
    assert [one.words for thread in read(play, case) for one in thread.comments] == [
        "Come back with a letter."
    ]


def test_a_comment_moves_neither_state_nor_revision_so_no_page_grows_old(play: Play) -> None:
    case = play.submitted()
    before = rows(play, "SELECT state, revision, clock_at FROM cases WHERE id = %s", case)
    said(play, case, "Hm.")
    play.do("take", ASA_OFFICER, case)
    play.do("give_back", ASA_OFFICER, case)
    play.do("nudge", PROPOSER, case)
    assert rows(play, "SELECT state, revision, clock_at FROM cases WHERE id = %s", case) == before


def test_there_are_no_threads_where_nothing_was_said(play: Play) -> None:
    case = play.draft()
    with play.connect() as connection:
        from policies.document import read_document

        assert threads(connection, case, read_document({})) == ()
