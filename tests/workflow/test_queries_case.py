"""The page of a case: who has it until when, every choice with its reasons, what happened."""

import pytest

from policies.document import read_document
from tests import factory
from tests.factory import ASA_OFFICER, ASSESSOR, LEARNER, OTHER_LEARNER, PROPOSER, UNIT_HEAD
from tests.workflow.award_play import Awards
from tests.workflow.play import NEW_COURSE, Play, chair
from workflow.award.forms import SubmitEvidence
from workflow.explain import explain
from workflow.facts import Facts
from workflow.proposal.forms import ReturnForRevision
from workflow.queries import words
from workflow.queries.beside import (
    AgendaView,
    AwardView,
    CredentialView,
    ProposalView,
    beside,
    named,
)
from workflow.queries.history import field_name, said
from workflow.queries.options import Asking, Choice, options
from workflow.queries.page import CasePage, case_page
from workflow.queries.people import person
from workflow.queries.text import label, readable
from workflow.registry import MACHINES


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def page_of(play: Play, case: str, who: str) -> CasePage:
    page = seen(play, case, who)
    assert page is not None
    return page


def seen(play: Play, case: str, who: str) -> CasePage | None:
    with play.connect() as connection:
        someone = person(connection, who, play.clock.now())
    assert someone
    return case_page(play.engine, case, someone)


def test_a_page_says_who_has_it_since_when_until_when_and_what_comes_next(play: Play) -> None:
    case = play.submitted()
    page = page_of(play, case, PROPOSER)
    assert (page.title, page.about) == (
        "Data Storytelling",
        "digital badge, Information and Research Services",
    )
    turn = page.turn
    assert turn is not None
    assert (turn.who, turn.yours, turn.due.days) == ("Ida Example or Sam Placeholder", False, 10)
    assert [(step.name, step.place) for step in page.path] == [
        ("Draft", "done"), ("Consultation", "now"), ("Design", "next"), ("ASA review", "next"),
        ("Approved", "next"), ("Issued", "next"),
    ]  # fmt: skip
    assert [alarm.says for alarm in page.alarms] == ["ASA director is told, openly."]
    officer = page_of(play, case, ASA_OFFICER)
    assert officer.turn is not None
    assert officer.turn.yours


def test_the_committee_stands_on_the_path_where_it_must_act(play: Play) -> None:
    page = page_of(play, play.routed(), PROPOSER)
    assert [step.name for step in page.path][:3] == ["Draft", "Consultation", "Committee"]
    assert isinstance(page.beside, ProposalView)
    assert [(item.body, item.counted) for item in page.beside.items] == [
        ("ugc", False),
        ("ucc", False),
    ]


def test_a_returned_proposal_stands_where_it_came_from(play: Play) -> None:
    case = play.consulted()
    play.do("return_for_revision", ASA_OFFICER, case, message="Nearly there.",
            changes=[{"field": "slos.o1.threshold", "asks": "Name the level."}])  # fmt: skip
    page = page_of(play, case, PROPOSER)
    now = next(step for step in page.path if step.place == "now")
    assert (now.name, now.back) == ("Consultation, returned", True)
    assert isinstance(page.beside, ProposalView)
    (change,) = page.beside.changes
    assert (change.about, change.answer, change.who) == (
        "What is just good enough",
        "open",
        "Ida Example",
    )
    said = {one.asked: one.words for one in page.history[0].said}
    assert said == {
        "Required changes": "What is just good enough: Name the level.",
        "A word to the proposer": "Nearly there.",
    }


def test_where_it_ends_nothing_is_left_to_come(play: Play) -> None:
    case = play.submitted()
    play.do("withdraw", PROPOSER, case)
    page = page_of(play, case, PROPOSER)
    assert [(step.name, step.place) for step in page.path] == [
        ("Draft", "done"), ("Consultation", "done"), ("Withdrawn", "now"),
    ]  # fmt: skip
    assert page.ends
    assert not page.holders
    assert not page.choices


def test_every_choice_is_there_with_the_reasons_that_explain_gives(play: Play) -> None:
    case = play.submitted()
    page = page_of(play, case, ASA_OFFICER)
    definition = MACHINES["proposal"].definition
    answers = {answer.trigger: answer for answer in explain(definition, page.facts)}
    shown = {choice.trigger: choice for choice in page.choices}
    assert {"decline", "record_consultation", "clear_to_design", "withdraw"} <= set(shown)
    for trigger, choice in shown.items():
        assert choice.enabled == answers[trigger].enabled
        assert choice.reasons == answers[trigger].reasons
    assert not shown["withdraw"].yours
    assert "committee_carried" not in shown, "what no person does is no choice"


def test_an_edit_voids_the_endorsement_visibly_and_keeps_the_consultation(play: Play) -> None:
    case = play.designing()
    before = page_of(play, case, PROPOSER).beside
    assert isinstance(before, ProposalView)
    assert {(s.kind, s.stale, s.version) for s in before.sign_offs} == {
        ("endorsement", False, 1), ("consultation", False, 1),
    }  # fmt: skip
    play.do("edit", PROPOSER, case, fields={"description": "Said otherwise."})
    after = page_of(play, case, PROPOSER).beside
    assert isinstance(after, ProposalView)
    assert {(s.kind, s.stale) for s in after.sign_offs} == {
        ("endorsement", True), ("consultation", False),
    }  # fmt: skip


def test_history_names_people_in_words_and_leaves_out_what_machines_tell_each_other(
    play: Play,
) -> None:
    case = play.routed()
    item = play.items(case)["ugc"]
    line = page_of(play, item, PROPOSER).history[-1]
    assert (line.who, line.did, line.said) == ("Conferral", "opened the item.", ())
    approved = play.approved(title="Another")
    play.prepared(approved, ASSESSOR)
    said = {line.trigger: line.said for line in page_of(play, approved, PROPOSER).history}
    assert [one.words for one in said["set_roster"]] == ["Mina Testcase"]
    assert "Date of the consultation" in {one.asked for one in said["record_consultation"]}
    assert said["open"] == ()


def test_while_a_vote_is_open_nobody_reads_how_others_voted(play: Play) -> None:
    item = play.voting(play.items(play.routed())["ugc"], "ugc")
    play.vote(item, "ugc", "yn")
    page = page_of(play, item, factory.COMMITTEES["ugc"][2])
    assert isinstance(page.beside, AgendaView)
    assert (page.beside.voted, page.beside.closed) == (2, False)
    assert all(not line.said for line in page.history if line.trigger == "cast_vote")
    assert page.turn is not None
    assert page.turn.who.endswith("and 5 others")
    assert "IDS 3301" in str(page.beside.text)
    play.vote(item, "ugc", "ynyyyyyyy")
    play.do("close_vote", factory.COMMITTEES["ugc"][0], item)
    closed = page_of(play, item, PROPOSER)
    assert isinstance(closed.beside, AgendaView)
    assert closed.beside.closed
    assert sorted(one.choice for one in closed.beside.roll) == ["no", *["yes"] * 8]
    assert any(line.said for line in closed.history if line.trigger == "cast_vote")
    parent = page_of(play, closed.beside.proposal, PROPOSER).beside
    assert isinstance(parent, ProposalView)
    counted = next(one for one in parent.items if one.counted)
    assert (counted.yes, counted.no, counted.abstain, counted.recused) == (8, 1, 0, 0)


def test_an_award_shows_evidence_and_scores_and_not_the_prints_history_keeps(
    awards: Awards,
) -> None:
    case = awards.reflecting(awards.badge())
    page = page_of(awards.play, case, LEARNER)
    assert isinstance(page.beside, AwardView)
    assert [(one.state, one.assessor) for one in page.beside.outcomes] == [
        ("met", "Mina Testcase")
    ] * 2
    assert "https://example.edu/brief" in page.beside.outcomes[0].evidence
    assert all(not line.said for line in page.history if line.trigger == "submit_evidence")
    awards.reflected(case)
    after = page_of(awards.play, case, ASSESSOR)
    assert isinstance(after.beside, AwardView)
    assert after.beside.reflection[0] == ("Pathway", "I began with spreadsheets.")
    assert after.beside.number == ""


def test_a_credential_shows_what_it_asks(awards: Awards) -> None:
    page = page_of(awards.play, awards.badge(), LEARNER)
    assert isinstance(page.beside, CredentialView)
    assert (page.state_says, page.beside.version) == ("in force", 1)
    assert page.beside.text


@pytest.mark.parametrize("case", ["MC-99", "MC-", "XX-1", "", "MC-1\0", "MC-١", "mc-1", "MC-1 "])
def test_what_is_no_case_has_no_page(play: Play, case: str) -> None:
    play.draft()
    assert seen(play, case, PROPOSER) is None


def test_every_state_and_trigger_is_put_into_words() -> None:
    """A row that lands without its sentences is not finished."""
    for machine in MACHINES.values():
        definition, name = machine.definition, machine.definition.machine
        for trigger in definition.triggers:
            assert (name, trigger) in words.DID, (name, trigger)
        for state in definition.states:
            if state.turn and state.turn.name != "system":
                assert (name, state.name) in words.ASKS, (name, state.name)
        for role in {role.name for row in definition.rows for role in row.roles}:
            assert role in words.ROLES, role


# ---------------------------------------------------------------- lists to choose from


def chosen(play: Play, name: str, case: str, who: str) -> dict[str, str]:
    page = page_of(play, case, who)
    with play.connect() as connection:
        someone = person(connection, who, play.clock.now())
        assert someone
        found = options(name, Asking(connection=connection, person=someone, facts=page.facts))
    return {choice.value: choice.label for choice in found}


def test_lists_of_a_proposal_name_units_people_fields_and_changes(play: Play) -> None:
    case = play.submitted()
    assert chosen(play, "my_units", case, PROPOSER) == {
        factory.UNIT: "Information and Research Services"
    }
    assert chosen(play, "asa_officers", case, ASA_OFFICER) == {
        "ida-example": "Ida Example", "sam-placeholder": "Sam Placeholder",
    }  # fmt: skip
    people = list(chosen(play, "people", case, UNIT_HEAD))
    with play.connect() as connection:
        of_unit = connection.execute(
            "SELECT count(DISTINCT person) FROM appointment WHERE scope = %s", (factory.UNIT,)
        ).fetchone()[0]  # type: ignore[index]
    assert {PROPOSER, UNIT_HEAD} <= set(people[:of_unit]), "those of the unit stand first"
    assert LEARNER not in people
    fields = chosen(play, "document_fields", case, ASA_OFFICER)
    assert fields["slos.o1.threshold"] == "Outcome 1: What is just good enough?"
    assert fields["theme"] == "Theme or meta-competency"
    assert chosen(play, "open_changes", case, PROPOSER) == {}
    play.do("return_for_revision", ASA_OFFICER, case, changes=[{"field": "title", "asks": "Why?"}])
    assert chosen(play, "open_changes", case, PROPOSER) == {"1": "Change 1"}


def test_lists_of_an_award_name_what_is_left_and_what_waits_for_a_score(awards: Awards) -> None:
    case, play = awards.claimed(awards.badge()), awards.play
    assert list(chosen(play, "outcomes_to_show", case, LEARNER)) == ["o1", "o2"]
    assert chosen(play, "outcomes_to_score", case, ASSESSOR) == {}
    awards.submit(case, "o1")
    assert list(chosen(play, "outcomes_to_score", case, ASSESSOR)) == ["o1"]
    assert len(chosen(play, "rubric_levels", case, ASSESSOR)) >= 2
    awards.score(case, "o1")
    assert list(chosen(play, "outcomes_to_show", case, LEARNER)) == ["o2"]
    assert list(chosen(play, "outcomes", case, ASA_OFFICER)) == ["o1", "o2"]
    assert chosen(play, "assessors_of_this_award", case, ASA_OFFICER) == {
        "mina-testcase": "Mina Testcase", "theo-rubric": "Theo Rubric",
    }  # fmt: skip
    assert list(chosen(play, "credentials_in_force", case, ASA_OFFICER)) == ["CR-1"]


def test_lists_of_a_committee_name_its_members_alone(play: Play) -> None:
    item = play.items(play.routed())["ugc"]
    members = chosen(play, "members", item, factory.COMMITTEES["ugc"][0])
    assert set(members) == set(factory.COMMITTEES["ugc"])


def test_a_list_asked_of_the_wrong_machine_or_by_no_name_is_empty(awards: Awards) -> None:
    credential = awards.badge()
    for name in ("outcomes", "outcomes_to_show", "outcomes_to_score", "rubric_levels", "members",
                 "open_changes", "assessors_of_this_award", "no_such_list"):  # fmt: skip
        assert chosen(awards.play, name, credential, OTHER_LEARNER) == {}, name
    assert Choice("a", "A") == Choice("a", "A", "")


# ---------------------------------------------------------------- the text, and what was said


def test_the_text_reads_part_by_part_with_numbers_and_labels_for_ids_and_values(
    play: Play,
) -> None:
    case = play.draft(
        alignment=[{"kind": "industry", "statement": "Asked for.", "dated": "2026-09-01"}],
        source={"url": "https://example.edu", "facts": [{"name": "Hours", "said": "40"}]},
    )
    view = page_of(play, case, PROPOSER).beside
    assert isinstance(view, ProposalView)
    text = {field.path: (field.label, field.words) for part in view.text for field in part.fields}
    assert text["slos.o1.competencies"] == (
        "Outcome 1: Which competencies does it show?",
        "Competency 1",
    )
    assert text["slos.o1.rubric.l2.level"][0] == "Outcome 1, level 2: Level"
    assert text["alignment.a1.dated"][1] == "Tue 1 Sep 2026"
    assert text["alignment.a1.kind"][1] == "A workplace"
    assert text["source.facts"][1] == "Hours: 40"
    assert text["overlap_seen"][1] == "Yes"


def test_an_edit_says_which_fields_and_an_unknown_field_by_its_path(play: Play) -> None:
    case = play.draft()
    play.do("edit", PROPOSER, case, fields={"title": "Data", "slos.o1.threshold": "Level 2."})
    (said,) = page_of(play, case, PROPOSER).history[0].said
    assert said.words == "Title, What is just good enough"
    assert field_name("no.such.field") == "no.such.field"


def test_an_item_without_words_is_named_and_an_item_that_is_gone_too() -> None:
    document = read_document({"competencies": [{}], "slos": [{"competencies": ["c9"]}]})
    (part,) = readable(document)
    assert [(field.path, field.words) for field in part.fields] == [("slos.o1.competencies", "c9")]
    assert label(document, "competencies.c1") == "Competency 1"
    assert label(document, "competencies.c7.kind") == "What kind is it?"


def test_facts_of_no_known_machine_have_no_page(play: Play) -> None:
    facts = page_of(play, play.draft(), PROPOSER).facts
    unknown = Facts(case=facts.case, actor=facts.actor, now=facts.now)
    assert named(unknown) == ("MC-1", "")
    with play.connect() as connection:
        someone = person(connection, PROPOSER, play.clock.now())
        assert someone
        with pytest.raises(TypeError, match="no page for Facts"):
            beside(connection, unknown, someone)


def test_who_is_nobody_is_no_person(play: Play) -> None:
    with play.connect() as connection:
        assert person(connection, "nobody", play.clock.now()) is None


def test_what_was_said_is_yes_or_no_and_nothing_for_what_says_nothing() -> None:
    told = said(SubmitEvidence, {"integrity": True}, {})
    assert [(one.asked, one.words) for one in told] == [("This is my own work", "Yes")]
    assert not list(said(ReturnForRevision, {"changes": [{"asks": ""}]}, {}))


# ------------------------------------------------------------------------- the committees' dates


def test_a_proposal_on_its_way_to_a_committee_says_the_dates_it_would_have(play: Play) -> None:
    case = play.consulted(**NEW_COURSE)
    page = page_of(play, case, PROPOSER)
    assert page.dates == "If you submit today: 9 Dec cut-off, Senate 9 Feb 2027, Fall 2027."
    officer = page_of(play, case, ASA_OFFICER)
    routed = officer.choice("route_to_committee")
    assert routed
    assert routed.effect.endswith("Senate 9 Feb 2027, Fall 2027.")
    play.do("route_to_committee", ASA_OFFICER, case)
    play.follow()
    line = "Submit by Wed 9 Dec and this is effective Fall 2027; miss it: Spring 2028."
    assert page_of(play, case, PROPOSER).dates == line
    [item, *_] = play.items(case).values()
    assert page_of(play, item, chair("ugc")).dates == line


def test_where_no_committee_is_needed_no_date_is_said(play: Play) -> None:
    case = play.consulted()
    assert page_of(play, case, PROPOSER).dates == ""
    play.do("clear_to_design", ASA_OFFICER, case)
    assert page_of(play, case, PROPOSER).dates == ""
