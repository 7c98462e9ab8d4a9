"""An alternate counts only in the seat of one who is recused or not there; the roll says so."""

from datetime import date, timedelta

from tests.factory import ASA_OFFICER, AT, COMMITTEES, PROPOSER, REGISTRAR, SENATE_OFFICE, appoint
from tests.workflow.play import Play, chair
from workflow.invariants import violations
from workflow.queries.seats import seats
from workflow.registry import MACHINES

BODY = "ugc"
MEMBERS = COMMITTEES[BODY]
ALTERNATE = ASA_OFFICER


def alternate(play: Play, *, of: str, person: str = ALTERNATE) -> str:
    with play.connect() as connection:
        appoint(connection, person, role="committee_alternate", scope=BODY, stands_for=of)
    return person


def open_meeting(play: Play, item: str, *present: str) -> None:
    play.placed(item, BODY, "2026-12-18")
    play.clock.at = play.engine.calendar.start_of(date(2026, 12, 18)) + timedelta(hours=15)
    play.do("open_vote", chair(BODY), item, mode="meeting", present=list(present))


def roll(play: Play, item: str) -> dict[str, tuple[str | None, bool]]:
    with play.connect() as connection:
        rows = connection.execute(
            "SELECT person, stands_for, recused FROM seat WHERE case_id = %s AND round > 0", (item,)
        ).fetchall()
    return {str(who): (None if of is None else str(of), bool(out)) for who, of, out in rows}


def vote(play: Play, item: str, who: str, choice: str = "yes") -> None:
    play.do("cast_vote", who, item, choice=choice, document_hash=play.document_hash(item))


def tally(play: Play, item: str) -> dict[str, object]:
    with play.connect() as connection:
        row = connection.execute(
            "SELECT tally FROM agenda_item WHERE case_id = %s", (item,)
        ).fetchone()
        found = violations(connection, machines=MACHINES, now=play.clock.now())
    assert {one.invariant for one in found} <= {"I9"}  # mail waits: no worker runs here
    assert row is not None
    assert isinstance(row[0], dict)
    return row[0]


def test_an_alternate_sits_where_the_member_is_not_there(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    who = alternate(play, of=MEMBERS[8])
    open_meeting(play, item, *MEMBERS[:5], who)
    assert roll(play, item)[who] == (MEMBERS[8], False)
    assert MEMBERS[8] not in roll(play, item)
    for member in (*MEMBERS[:5], who):
        vote(play, item, member)
    play.do("close_vote", chair(BODY), item)
    counted = tally(play, item)
    assert (counted["yes"], counted["eligible"], counted["seats"]) == (6, 9, 9)


def test_an_alternate_whose_member_is_there_has_no_seat(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    who = alternate(play, of=MEMBERS[1])
    open_meeting(play, item, *MEMBERS[:5], who)
    assert who not in roll(play, item)
    reasons = play.refused(
        "cast_vote", who, item, choice="yes", document_hash=play.document_hash(item)
    )
    assert "PR-proxy" in {reason.rule for reason in reasons}


def test_an_alternate_of_a_recused_member_votes_by_e_ballot_and_is_asked(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    who = alternate(play, of=MEMBERS[4])
    play.placed(item, BODY)
    play.do("recuse", MEMBERS[4], item, member=MEMBERS[4], reason="Co-author.")
    play.do("open_vote", chair(BODY), item, mode="e_ballot")
    assert roll(play, item)[MEMBERS[4]] == (None, True)
    assert roll(play, item)[who] == (MEMBERS[4], False)
    assert asked(play, item, who) == ["open"]
    for member in (*MEMBERS[:4], *MEMBERS[5:], who):
        vote(play, item, member)
    assert asked(play, item, who) == []
    play.do("close_vote", chair(BODY), item)
    counted = tally(play, item)
    assert (counted["yes"], counted["recused"], counted["eligible"], counted["seats"]) == (
        9, 1, 9, 9,
    )  # fmt: skip


def asked(play: Play, item: str, who: str) -> list[str]:
    with play.connect() as connection:
        rows = connection.execute(
            "SELECT kind FROM work_item WHERE case_id = %s AND person = %s AND state = 'open'",
            (item, who),
        ).fetchall()
    return [str(row[0]) for row in rows]


def test_whoever_is_recused_in_an_e_ballot_makes_room_for_their_alternate(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    who = alternate(play, of=MEMBERS[3])
    play.voting(item, BODY)
    assert who not in roll(play, item)
    vote(play, item, MEMBERS[3], "no")
    play.do("recuse", MEMBERS[3], item, member=MEMBERS[3], reason="Co-author.")
    assert roll(play, item)[who] == (MEMBERS[3], False)
    assert asked(play, item, who) == ["open"]
    vote(play, item, who)
    play.do("recuse", chair(BODY), item, member=who, reason="Spouse of the proposer.")
    assert roll(play, item)[who] == (MEMBERS[3], True)


def test_an_alternate_who_proposes_the_item_does_not_sit(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    alternate(play, of=MEMBERS[2], person=PROPOSER)
    play.placed(item, BODY)
    play.do("recuse", MEMBERS[2], item, member=MEMBERS[2], reason="Co-author.")
    play.do("open_vote", chair(BODY), item, mode="e_ballot")
    assert PROPOSER not in roll(play, item)


def test_a_stranger_is_not_on_the_roll(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    play.placed(item, BODY, "2026-12-18")
    play.clock.at = play.engine.calendar.start_of(date(2026, 12, 18)) + timedelta(hours=15)
    present = [*MEMBERS[:6], ALTERNATE]
    reasons = play.refused("open_vote", chair(BODY), item, mode="meeting", present=present)
    assert f"Not a member of this committee: {ALTERNATE}." in {reason.text for reason in reasons}


def test_a_deputy_of_the_chair_chairs_and_has_no_seat(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    with play.connect() as connection:
        appoint(
            connection, ALTERNATE, role="committee_chair", scope=BODY, on_behalf_of=chair(BODY),
            id="deputy",
        )  # fmt: skip
    play.placed(item, BODY)
    play.do("open_vote", ALTERNATE, item, mode="e_ballot")
    assert set(roll(play, item)) == set(MEMBERS)


def test_a_committee_is_listed_chair_first_alternates_last(play: Play) -> None:
    alternate(play, of=MEMBERS[2])
    with play.connect() as connection:
        found = seats(connection, BODY, AT)
    assert (found[0].person, found[0].says) == (MEMBERS[0], "chair")
    assert (found[1].person, found[1].says) == (MEMBERS[1], "vice-chair")
    assert found[2].last is None
    assert found[-1].says == "alternate for Ben Draft"
    assert len(found) == 10


def recused_down_to(play: Play, item: str, left: int) -> None:
    for member in MEMBERS[left:]:
        play.do("recuse", member, item, member=member, reason="Co-author.")


def senate_work(play: Play, item: str) -> list[str]:
    with play.connect() as connection:
        rows = connection.execute(
            "SELECT kind FROM work_item WHERE case_id = %s AND role = 'senate_office' "
            "AND state = 'open'", (item,),
        ).fetchall()  # fmt: skip
    return [str(row[0]) for row in rows]


def test_recusals_that_leave_no_quorum_come_to_the_senate_office_once_and_say_why(
    play: Play,
) -> None:
    item = play.items(play.routed())[BODY]
    play.placed(item, BODY)
    recused_down_to(play, item, 3)
    assert senate_work(play, item) == []
    play.do("recuse", MEMBERS[2], item, member=MEMBERS[2], reason="Co-author.")
    play.do("recuse", MEMBERS[1], item, member=MEMBERS[1], reason="Co-author.")
    assert senate_work(play, item) == ["quorum"]
    with play.connect() as connection:
        told = connection.execute(
            "SELECT recipient, facts ->> 'tally' FROM notification "
            "WHERE kind = 'agenda_item.quorum' AND case_id = %s", (item,)
        ).fetchall()  # fmt: skip
    assert told == [
        (SENATE_OFFICE, "7 are recused, 2 of 9 can vote, a quorum is 3."),
    ]
    alternate(play, of=MEMBERS[8])
    alternate(play, of=MEMBERS[7], person=REGISTRAR)
    play.do("open_vote", chair(BODY), item, mode="e_ballot")
    assert senate_work(play, item) == [], "alternates make the quorum, and the office is free"


def test_a_committee_too_small_for_an_item_is_told_when_it_is_placed(play: Play) -> None:
    item = play.items(play.routed())[BODY]
    with play.connect() as connection:
        connection.execute(
            "UPDATE appointment SET ends = %s WHERE role = 'committee_member' AND scope = %s "
            "AND person <> ALL(%s)", (AT + timedelta(seconds=1), BODY, list(MEMBERS[:2])),
        )  # fmt: skip
    play.placed(item, BODY)
    assert senate_work(play, item) == ["quorum"]
