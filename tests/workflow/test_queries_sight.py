"""Who may see what: denied unless said here, and what one may not see is in no list."""

from collections.abc import Iterable

import pytest

from tests import factory
from tests.factory import ASA_OFFICER, PROPOSER, UNIT_HEAD
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow.queries.listing import After, Filter, Listing, cases, catalogue, in_force
from workflow.queries.people import people_to_sign_in, person
from workflow.queries.sight import may_see


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def everyone(play: Play) -> tuple[str, ...]:
    with play.connect() as connection:
        return tuple(one.id for one in people_to_sign_in(connection, play.clock.now()))


def see(play: Play, case: str) -> set[str]:
    """Everyone who may see a case, by its page and by the list alike."""
    with play.connect() as connection:
        viewers = [person(connection, who, play.clock.now()) for who in everyone(play)]
        found = set()
        for viewer in viewers:
            assert viewer
            by_page = may_see(connection, viewer, case)
            listed = {one.id for one in cases(connection, Filter(), viewer=viewer).cases}
            assert by_page == (case in listed), (viewer.id, case)
            found |= {viewer.id} if by_page else set()
        return found


def holders(play: Play, *roles: str, scopes: Iterable[str] | None = None) -> set[str]:
    with play.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT person FROM appointment WHERE role = ANY(%s) "
            "AND (%s::text[] IS NULL OR scope = ANY(%s))",
            (list(roles), None if scopes is None else list(scopes), list(scopes or ())),
        ).fetchall()
    return {str(row[0]) for row in rows}


LEARNERS = {"leo-learner", "mira-pupil", "nia-student", "ola-guest", "pim-visitor"}
PATH = ("information-services", "libraries", "university")


def test_a_first_draft_is_seen_by_its_unit_its_heads_and_asa_alone(play: Play) -> None:
    case = play.draft()
    asa = holders(play, "asa_officer", "asa_director", "asa_liaison", "avp")
    unit = holders(play, "member", "unit_head", scopes=[factory.UNIT])
    heads = holders(play, "unit_head", scopes=PATH)
    assert see(play, case) == asa | unit | heads | {PROPOSER}
    assert "bea-benchmark" not in see(play, case), "a member of the unit above is not of the unit"


def test_what_was_submitted_is_seen_by_the_whole_university_and_by_no_learner(play: Play) -> None:
    case = play.routed()
    assert see(play, case) == set(everyone(play)) - LEARNERS
    assert see(play, play.items(case)["ugc"]) == set(everyone(play)) - LEARNERS


def test_what_is_in_force_is_seen_by_all_an_award_by_those_who_act_on_it(awards: Awards) -> None:
    play, credential = awards.play, awards.badge()
    award = awards.claimed(credential)
    assert see(play, credential) == set(everyone(play))
    asa = holders(play, "asa_officer", "asa_director", "asa_liaison", "avp", "registrar")
    assert see(play, award) == asa | {"leo-learner", "mina-testcase", "theo-rubric"}


def test_assessors_of_another_credential_do_not_see_the_award(awards: Awards) -> None:
    award = awards.claimed(awards.badge())
    other = awards.play.approved(title="Another")
    awards.play.prepared(other, "jules-mockup")
    assert "jules-mockup" not in see(awards.play, award)


def test_an_appointment_that_ended_shows_nothing_more(awards: Awards) -> None:
    award = awards.claimed(awards.badge())
    with awards.play.connect() as connection:
        connection.execute(
            "UPDATE appointment SET ends = %s WHERE role = 'assessor'", (awards.play.clock.now(),)
        )
    assert {"mina-testcase", "theo-rubric"}.isdisjoint(see(awards.play, award))


def listed(play: Play, wanted: Filter, *, who: str | None = None, **more: object) -> Listing:
    with play.connect() as connection:
        viewer = person(connection, who, play.clock.now()) if who else None
        return cases(connection, wanted, viewer=viewer, **more)  # type: ignore[arg-type]


def test_lists_are_filtered_by_machine_state_and_words_in_the_title(play: Play) -> None:
    draft, sent = play.draft(title="Maps of Health"), play.submitted(title="Budgets 100%")
    assert [one.id for one in listed(play, Filter()).cases] == [sent, draft]
    assert [one.id for one in listed(play, Filter(state="draft")).cases] == [draft]
    assert [one.id for one in listed(play, Filter(title="HEALTH")).cases] == [draft]
    assert [one.id for one in listed(play, Filter(title="%")).cases] == [sent]
    assert listed(play, Filter(machine="award")).cases == ()
    assert listed(play, Filter(machine="no such"), who=ASA_OFFICER).cases == ()


def test_lists_go_on_page_by_page(play: Play) -> None:
    made = [play.draft(title=f"Draft {n}") for n in range(7)]
    seen, after = [], None
    while True:
        page = listed(play, Filter(machine="proposal"), who=UNIT_HEAD, after=after, take=3)
        seen += [one.id for one in page.cases]
        if page.more is None:
            break
        after = After(page.more.entered_at, page.more.id)
    assert seen == made[::-1]


def test_the_catalogue_shows_what_is_in_force_and_my_own_claim(awards: Awards) -> None:
    first, second = awards.badge("Alpha"), awards.badge("Beta")
    claim = awards.claimed(second)
    with awards.play.connect() as connection:
        shown = catalogue(connection, "leo-learner")
        assert [(one.case, one.claim) for one in shown] == [(first, ""), (second, claim)]
        assert [one.claim for one in catalogue(connection, "mira-pupil")] == ["", ""]
        assert [one.title for one in catalogue(connection, "", after="Alpha")] == ["Beta"]
        assert in_force(connection, "mira-pupil", first) is not None
        assert in_force(connection, "mira-pupil", "CR-99") is None


def test_the_people_to_sign_in_as_say_what_they_are(play: Play) -> None:
    with play.connect() as connection:
        known = {one.id: one.says for one in people_to_sign_in(connection, play.clock.now())}
    assert known["ida-example"] == "ASA officer"
    assert known["noor-specimen"] == "Unit head, Information and Research Services"
    assert known["cass-fiction"] == "Committee chair, Undergraduate Curriculum Committee"
    assert known["rowan-sample"] == "Member, Information and Research Services"
    assert known["leo-learner"] == "Learner"
    assert known["ola-guest"] == "Learner without a university account"
    order = list(known)
    assert order.index("rowan-sample") < order.index("ida-example") < order.index("leo-learner")
