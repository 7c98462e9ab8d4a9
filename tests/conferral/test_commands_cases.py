"""`conferral cases`, `show` and `explain`: what they tell of a case, in words and as JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import cast

import psycopg
import pytest

from conferral.compose import pool
from tests.conferral.cli import Run, Told, refused, run
from tests.factory import (
    ASA_OFFICER,
    COMMITTEES,
    PROPOSER,
    REGISTRAR,
    UNIT,
    UNIT_HEAD,
)
from tests.policies.documents import badge_data
from tests.unchanged import unchanged
from tests.workflow.play import Play, StoppedClock
from workflow.follow import follow
from workflow.proposal.definition import PROPOSAL

__all__ = ["run"]


def data(told: Told) -> dict[str, object]:
    assert told.code == 0, told.err
    return cast("dict[str, object]", told.json)


@pytest.fixture
def act(run: Run) -> Run:
    def do(case: str, trigger: str, by: str, **form: object) -> Told:
        told = run("act", case, trigger, "--as", by, "--form", json.dumps(form), "--json")
        assert told.code == 0, told.err
        return told

    return do


@pytest.fixture
def submitted(act: Run) -> str:
    """A proposal in consultation."""
    content = badge_data() | {"unit": UNIT, "title": "A [red]title[/red] of its own"}
    case = str(data(act("proposal", "open", PROPOSER, unit=UNIT, content=content))["case"])
    act(case, "endorse", UNIT_HEAD, note="Good work.")
    act(case, "submit", PROPOSER)
    return case


# ------------------------------------------------------------------------- cases


def test_without_a_case_the_list_says_so(run: Run) -> None:
    assert run("cases").out == "There is no case yet.\n"
    assert run("cases", "--machine", "award").out == "There is no such case.\n"
    assert run("cases", "--json").json == []


def test_the_list_says_where_each_case_stands(run: Run, act: Run, submitted: str) -> None:
    act("proposal", "open", PROPOSER, unit=UNIT)
    lines = run("cases").out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [submitted, "asa_consultation"],
        ["MC-2", "draft"],
    ]
    assert lines[0].endswith("A [red]title[/red] of its own")
    assert lines[1].endswith("untitled")
    listed = cast("list[dict[str, object]]", run("cases", "--state", "draft", "--json").json)
    assert [(one["case"], one["machine"], one["title"]) for one in listed] == [
        ("MC-2", "proposal", "")
    ]
    assert len(cast("list[object]", run("cases", "--limit", "1", "--json").json)) == 1
    assert run("cases", "--machine", "credential", "--json").json == []


def test_numbers_are_in_the_order_people_count(run: Run, act: Run) -> None:
    for _ in range(11):
        act("proposal", "open", PROPOSER, unit=UNIT)
    listed = cast("list[dict[str, object]]", run("cases", "--json").json)
    assert [one["case"] for one in listed] == [f"MC-{n}" for n in range(1, 12)]


def test_a_filter_that_names_nothing_is_refused(run: Run) -> None:
    assert "'nope'" in refused(run("cases", "--machine", "nope"))
    assert "'nope'" in refused(run("cases", "--state", "nope"))


# ------------------------------------------------------------------------- show


def test_show_says_who_has_it_since_when_until_when_and_what_happened(
    run: Run, submitted: str
) -> None:
    told = run("show", submitted)
    assert told.code == 0, told.err
    assert "It is in consultation with ASA since " in told.out
    assert "(ASA officer) has it since " in told.out
    assert ", due " in told.out
    assert "Unit head, Noor Specimen, " in told.out
    assert "Good work." in told.out
    assert "Rowan Sample" in told.out


def test_show_as_json_has_holders_sign_offs_and_history(run: Run, submitted: str) -> None:
    shown = data(run("show", submitted, "--json"))
    assert (shown["case"], shown["state"], shown["machine"]) == (
        submitted, "asa_consultation", "proposal",
    )  # fmt: skip
    history = cast("list[dict[str, object]]", shown["history"])
    assert [(one["seq"], one["trigger"], one["to"]) for one in history] == [
        (1, "open", "draft"), (2, "endorse", "draft"), (3, "submit", "asa_consultation"),
    ]  # fmt: skip
    (signed,) = cast("list[dict[str, object]]", shown["sign_offs"])
    assert (signed["kind"], signed["who"], signed["stale"]) == (
        "endorsement", "Noor Specimen", False,
    )  # fmt: skip
    (holder,) = cast("list[dict[str, object]]", shown["holders"])
    assert holder["due"] is not None
    assert shown["votes"] == []


def test_show_says_when_nobody_has_to_act(run: Run, act: Run, submitted: str) -> None:
    act(submitted, "withdraw", PROPOSER)
    assert "Nobody has to act on it." in run("show", submitted).out


def test_show_tells_of_votes_who_but_not_what_until_the_vote_is_closed(
    run: Run, database_url: str
) -> None:
    item = _item_with_votes(database_url)
    shown = data(run("show", item, "--json"))
    votes = {str(v["person"]): v for v in cast("list[dict[str, object]]", shown["votes"])}
    voter, recused = COMMITTEES["ugc"][2], COMMITTEES["ugc"][3]
    assert (votes[voter]["voted"], votes[voter]["choice"]) == (True, None)
    assert votes[recused]["recused"] is True
    told = run("show", item).out
    assert "Ben Draft: has voted" in told
    assert "recused: A friend of the author." in told
    assert ", chair: no vote" in told
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE cases SET state = 'failed' WHERE id = %s", (item,))
    assert "Ben Draft: yes" in run("show", item).out


def _item_with_votes(database_url: str) -> str:
    """An agenda item that is open for votes, one of them cast and one member recused."""
    with pool(database_url) as connect:
        play = Play(connect, clock=StoppedClock(datetime.now(UTC) - timedelta(minutes=5)))
        case = play.consulted(
            basis=[{"kind": "course", "reference": "IDS 3301", "exists": "new"}],
            routing={
                "stack": "none",
                "credit_scope": "outside_both",
                "credit_intended": "no",
                "would_require_committee": "yes",
            },
            curriculum_items=[
                {"reference": "IDS 3301", "title": "Ways of Knowing", "text": "The syllabus."}
            ],
        )
        play.do("route_to_committee", ASA_OFFICER, case)
        play.clock.advance(seconds=5)
        follow(play.engine)
        with connect() as connection:
            found = connection.execute("SELECT case_id FROM agenda_item ORDER BY position")
            item = str((found.fetchone() or ("",))[0])
            document = connection.execute(
                "SELECT document_hash, body FROM agenda_item WHERE case_id = %s", (item,)
            ).fetchone()
        assert document is not None
        chair, _, voter, friend, *_ = COMMITTEES[str(document[1])]
        meeting = play.engine.calendar.day_of(play.clock.now() + timedelta(days=30))
        play.do(
            "place_on_agenda", chair, item, meeting_on=meeting.isoformat(), section="discussion"
        )
        play.do("open_vote", chair, item, mode="e_ballot")
        play.do("recuse", friend, item, member=friend, reason="A friend of the author.")
        play.do("cast_vote", voter, item, choice="yes", document_hash=document[0])
    return item


# ------------------------------------------------------------------------- explain


def test_explain_answers_for_every_trigger_of_the_definition(
    run: Run, submitted: str, database_url: str
) -> None:
    with unchanged(database_url):
        told = data(run("explain", submitted, "--json"))
        text = run("explain", submitted).out
    assert list(told) == ["state", "choices"]
    assert told["state"] == "asa_consultation"
    choices = cast("list[dict[str, object]]", told["choices"])
    assert [one["trigger"] for one in choices] == list(PROPOSAL.triggers)
    for one in choices:
        assert list(one) == ["trigger", "enabled", "reasons"]
        assert one["enabled"] is (one["reasons"] == [])
        for reason in cast("list[dict[str, str]]", one["reasons"]):
            assert list(reason) == ["rule", "clause", "text"]
            assert reason["text"].endswith((".", "?"))
        assert f"\n{one['trigger']}: " in text


def test_explain_says_from_which_states_a_trigger_is_possible(run: Run, submitted: str) -> None:
    reasons = choice(run, submitted, "approve")
    assert [r["text"] for r in reasons] == [
        "Possible while it is in ASA review; it is in consultation with ASA."
    ]
    assert "This begins another proposal" in choice(run, submitted, "open")[0]["text"]


def test_explain_gives_the_clause_of_every_rule_that_is_not_met(run: Run, act: Run) -> None:
    case = str(data(act("proposal", "open", PROPOSER, unit=UNIT))["case"])
    rules = {reason["rule"] for reason in choice(run, case, "submit")}
    assert {"MC-U1", "MC-U2", "MC-7d", "MC-8c", "MC-6c", "MC-1a"} <= rules
    text = run("explain", case).out
    assert "  - It names no competency. (MC-1a, Statement 1)\n" in text


def test_explain_judges_the_role_only_of_a_person_who_is_named(run: Run, submitted: str) -> None:
    assert choice(run, submitted, "record_consultation") == []
    assert choice(run, submitted, "record_consultation", "--as", ASA_OFFICER) == []
    (reason,) = choice(run, submitted, "record_consultation", "--as", REGISTRAR)
    assert reason["text"].startswith("Only an ASA officer can do this. That is ")
    refused(run("explain", submitted, "--as", "nobody-here"))


def test_explain_without_a_person_still_asks_what_holds_for_whoever_could_act(
    run: Run, submitted: str
) -> None:
    reasons = choice(run, submitted, "clear_to_design")
    assert "The consultation with ASA is not on record yet." in {r["text"] for r in reasons}


def choice(run: Run, case: str, trigger: str, *more: str) -> list[dict[str, str]]:
    told = data(run("explain", case, "--json", *more))
    choices = cast("list[dict[str, object]]", told["choices"])
    (found,) = (one for one in choices if one["trigger"] == trigger)
    return cast("list[dict[str, str]]", found["reasons"])
