"""A deputy acts in another's place, for their days, under the exclusions of both persons."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import factory
from tests.factory import (
    ASA_DIRECTOR,
    ASA_OFFICER,
    ASSESSOR,
    LEARNER,
    OTHER_ASA_OFFICER,
    PROPOSER,
    REGISTRAR,
    UNIT_HEAD,
)
from tests.workflow.door import rows
from tests.workflow.play import Play
from workflow.delegation import Delegate, delegate, end
from workflow.invariants import violations
from workflow.perform import InvalidError, NotAllowedError, NotFoundError
from workflow.queries.delegations import Delegation, delegations, roles_of
from workflow.queries.people import person
from workflow.register import Subject, trail
from workflow.registry import MACHINES
from workflow.rules import Reason

TODAY = date(2026, 11, 24)
HEAD = f"unit_head/{factory.UNIT}"


def form(deputy: str = REGISTRAR, *roles: str, **more: object) -> Delegate:
    said: dict[str, object] = {
        "deputy": deputy, "roles": roles or ("asa_officer",), "first_day": TODAY,
        "last_day": TODAY + timedelta(days=3), "reason": "A conference.",
    }  # fmt: skip
    return Delegate(**(said | more))  # type: ignore[arg-type]


def given(play: Play, by: str = ASA_OFFICER, **more: object) -> Delegation:
    (made,) = delegate(play.engine, by, form(**more))  # type: ignore[arg-type]
    return made


def refused(play: Play, by: str, asked: Delegate) -> tuple[Reason, ...]:
    with pytest.raises(InvalidError) as found:
        delegate(play.engine, by, asked)
    assert rows(play, "SELECT id FROM appointment WHERE on_behalf_of = %s", by) == []
    return found.value.reasons


def names(play: Play, who: str) -> list[str]:
    with play.connect() as connection:
        someone = person(connection, who, play.clock.now())
        assert someone
        return [held.says for held in someone.holds]


def lent(play: Play, who: str = REGISTRAR) -> list[str]:
    return [held for held in names(play, who) if ", for " in held]


# ------------------------------------------------------------------------------ what it gives


def test_a_deputy_acts_in_the_others_place_and_both_names_stand_in_the_history(play: Play) -> None:
    case = play.submitted()
    given(play)
    play.do("assign_reviewer", REGISTRAR, case, reviewer=OTHER_ASA_OFFICER)
    assert rows(
        play, "SELECT actor, on_behalf_of, role FROM entry WHERE trigger = 'assign_reviewer'"
    ) == [(REGISTRAR, ASA_OFFICER, "asa_officer")]
    assert "ASA officer, for Ida Example" in names(play, REGISTRAR)


def test_it_begins_on_its_first_day_and_ends_by_itself_after_its_last(play: Play) -> None:
    tomorrow = TODAY + timedelta(days=1)
    made = given(play, first_day=tomorrow, last_day=tomorrow)
    assert (made.starts, made.ends) == (
        datetime(2026, 11, 25, 5, tzinfo=UTC), datetime(2026, 11, 26, 5, tzinfo=UTC),
    )  # fmt: skip
    for at, holds in (
        (made.starts - timedelta(microseconds=1), False), (made.starts, True),
        (made.last, True), (made.ends, False),
    ):  # fmt: skip
        play.clock.at = at
        assert ("ASA officer, for Ida Example" in names(play, REGISTRAR)) is holds, at


def test_all_roles_of_a_person_go_in_one_form_and_each_is_told_in_the_register(play: Play) -> None:
    with play.connect() as connection:
        own = [one.key for one in roles_of(connection, UNIT_HEAD, play.clock.now())]
        assert own == [HEAD]
        factory.appoint(connection, UNIT_HEAD, role="avp")
    made = delegate(play.engine, UNIT_HEAD, form(REGISTRAR, "avp", HEAD))
    assert {one.role for one in made} == {"avp", "unit_head"}
    with play.connect() as connection:
        told = [trail(connection, Subject("delegation", one.id)) for one in made]
        assert violations(connection, machines=MACHINES, now=play.clock.now()) == ()
    days = "from Tuesday 24 November 2026 to Friday 27 November 2026."
    head = "Unit head, Information and Research Services"
    assert {line.says for (line,) in told} == {
        f"Reg Ledger stands in for Noor Specimen as {what} {days}"
        for what in ("Assistant vice president", head)
    }
    assert all(line.facts["reason"] == "A conference." for (line,) in told)


# ------------------------------------------------------------------------------ exclusions


def test_a_deputy_inherits_what_the_other_may_not_decide(play: Play) -> None:
    with play.connect() as connection:
        factory.appoint(connection, PROPOSER, role="asa_officer")
    case = play.submitted()
    given(play, by=PROPOSER)
    with pytest.raises(NotAllowedError) as found:
        play.do("decline", REGISTRAR, case, code="no_need_shown", rationale="Nobody asks for it.")
    assert "You propose this, so another person decides." in str(found.value)


def test_what_a_deputy_may_not_decide_themselves_no_delegation_lets_them(play: Play) -> None:
    given(play, deputy=PROPOSER)
    case = play.submitted()
    with pytest.raises(NotAllowedError) as found:
        play.do("decline", PROPOSER, case, code="no_need_shown", rationale="Nobody asks for it.")
    assert "You propose this, so another person decides." in str(found.value)


def test_a_deputy_passes_nothing_on(play: Play) -> None:
    given(play)
    (reason,) = refused(play, REGISTRAR, form(UNIT_HEAD, "asa_officer"))
    assert (reason.field, "nobody passes on" in reason.text) == ("roles", True)
    with play.connect() as connection:
        own = {one.role for one in roles_of(connection, REGISTRAR, play.clock.now())}
        assert own == {"registrar", "signer", "unit_head"}


def test_it_counts_only_while_the_other_holds_the_role_themselves(play: Play) -> None:
    case = play.submitted()
    given(play)
    with play.connect() as connection:
        connection.execute(
            "UPDATE appointment SET ends = %s WHERE person = %s AND role = 'asa_officer'",
            (play.clock.now(), ASA_OFFICER),
        )
    assert not lent(play)
    with pytest.raises(NotAllowedError):
        play.do("assign_reviewer", REGISTRAR, case, reviewer=OTHER_ASA_OFFICER)


# ------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("by", "asked", "field", "says"),
    [
        (ASA_OFFICER, form(ASA_OFFICER), "deputy", "you cannot stand in for yourself"),
        (ASA_OFFICER, form("nobody"), "deputy", "somebody who works here"),
        (ASA_OFFICER, form(LEARNER), "deputy", "somebody who works here"),
        (ASA_OFFICER, form(first_day=TODAY - timedelta(days=1)), "first_day", "a later day"),
        (ASA_OFFICER, form(last_day=TODAY - timedelta(days=1)), "last_day", "before the first"),
        (ASA_OFFICER, form(last_day=date(2028, 1, 1)), "last_day", "a year at most"),
        (ASA_OFFICER, form(REGISTRAR, "avp"), "roles", "roles that you hold yourself"),
        (ASA_OFFICER, form(OTHER_ASA_OFFICER), "roles", "Sam Placeholder is ASA officer"),
        (PROPOSER, form(REGISTRAR, f"member/{factory.UNIT}"), "roles", "A membership is your own"),
        (factory.COMMITTEES["ugc"][3], form(REGISTRAR, "committee_member/ugc"), "roles",
         "Votes are cast in person"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(
    play: Play, by: str, asked: Delegate, field: str, says: str
) -> None:
    (reason,) = refused(play, by, asked)
    assert (reason.field, says in reason.text) == (field, True), reason


def test_an_assessor_is_named_on_the_roster_and_not_by_another_assessor(play: Play) -> None:
    with play.connect() as connection:
        factory.appoint(connection, ASSESSOR, role="assessor", scope="MC-9")
    (reason,) = refused(play, ASSESSOR, form(REGISTRAR, "assessor/MC-9"))
    assert "ask the unit head" in reason.text


def test_it_does_not_outlast_the_appointment_it_stands_on(play: Play) -> None:
    with play.connect() as connection:
        connection.execute(
            "UPDATE appointment SET ends = %s WHERE person = %s AND role = 'asa_officer'",
            (datetime(2026, 11, 26, 5, tzinfo=UTC), ASA_OFFICER),
        )
    (reason,) = refused(play, ASA_OFFICER, form())
    assert reason.field == "last_day"
    assert "until Wednesday 25 November 2026" in reason.text
    given(play, last_day=date(2026, 11, 25))


def test_the_same_deputy_is_not_named_twice_for_the_same_days(play: Play) -> None:
    given(play)
    with pytest.raises(InvalidError, match="Reg Ledger is ASA officer"):
        delegate(play.engine, ASA_OFFICER, form())
    given(play, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2))


def test_every_reason_is_told_at_once(play: Play) -> None:
    told = refused(
        play, ASA_OFFICER, form("nobody", "avp", first_day=date(2026, 1, 1), last_day=TODAY)
    )
    assert [reason.field for reason in told] == ["first_day", "deputy", "roles"]


# ------------------------------------------------------------------------------ the end of it


@pytest.mark.parametrize("who", [ASA_OFFICER, REGISTRAR])
def test_either_ends_it_by_one_act_and_it_counts_no_more(play: Play, who: str) -> None:
    made = given(play)
    play.clock.advance(minutes=1)
    end(play.engine, who, made.id)
    assert not lent(play)
    with play.connect() as connection:
        assert delegations(connection, ASA_OFFICER, play.clock.now()) == ()
        last = trail(connection, Subject("delegation", made.id))[-1]
    assert (last.actor, last.says) == (
        who, "Reg Ledger no longer stands in for Ida Example as ASA officer.",
    )  # fmt: skip


def test_one_that_has_not_begun_can_be_taken_back_and_never_counts(play: Play) -> None:
    made = given(play, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2))
    end(play.engine, ASA_OFFICER, made.id)
    with play.connect() as connection:
        assert delegations(connection, ASA_OFFICER, play.clock.now()) == ()
    play.clock.at = datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert not lent(play)


def test_nobody_else_ends_it_and_nobody_ends_it_twice(play: Play) -> None:
    made = given(play)
    with pytest.raises(NotFoundError, match="not yours to end"):
        end(play.engine, ASA_DIRECTOR, made.id)
    end(play.engine, ASA_OFFICER, made.id)
    with pytest.raises(NotFoundError, match="has ended"):
        end(play.engine, ASA_OFFICER, made.id)


def test_both_see_it_until_it_ends(play: Play) -> None:
    made = given(play)
    with play.connect() as connection:
        for who in (ASA_OFFICER, REGISTRAR):
            assert delegations(connection, who, play.clock.now()) == (made,)
        assert delegations(connection, ASA_DIRECTOR, play.clock.now()) == ()
        assert delegations(connection, ASA_OFFICER, made.ends) == ()
    assert (made.says, made.by_name, made.deputy_name) == (
        "ASA officer", "Ida Example", "Reg Ledger",
    )  # fmt: skip
